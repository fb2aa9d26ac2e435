/** Chooses the reader of each file by its format; one bad file is a finding and does not hide the others. */
import { FileFault, type Finding } from '../findings.ts'
import { endingOf, formatOf } from './formats.ts'
import { openShapefile, type ShapefilePart, type ShapefileParts } from './shapefile.ts'
import type { ReadOptions, SourceLayer } from './source.ts'
import type { UnpackedFile } from './unzip.ts'

export async function openSources(
  files: readonly UnpackedFile[],
  options: ReadOptions,
): Promise<{ layers: SourceLayer[]; findings: Finding[] }> {
  const layers: SourceLayer[] = []
  const findings: Finding[] = []
  const shapefiles = new Map<string, ShapefileParts>()
  for (const file of files) {
    if (formatOf(file.name) !== 'shapefile') continue
    const ending = endingOf(file.name)
    const stem = file.name.slice(0, -ending.length - 1).toLowerCase()
    const parts = shapefiles.get(stem) ?? {}
    parts[ending as ShapefilePart] = file
    shapefiles.set(stem, parts)
  }
  for (const parts of shapefiles.values()) {
    try {
      const opened = await openShapefile(parts, options)
      layers.push(opened.layer)
      findings.push(...opened.findings)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      findings.push(error.finding)
    }
  }
  return { layers, findings }
}
