/** components/*.zip: one shapefile per minor class, packed by major class. Rows stream; nothing is kept but one class's plan. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { GridRecords } from '../grid-codes.ts'
import type { District } from '../ground/district.ts'
import { apportion } from '../ground/divisions.ts'
import type { FileEntry, OnProgress } from '../manifest.ts'
import { namerOf } from '../names.ts'
import { prj4549 } from '../prj.ts'
import { between, hash, streamOf } from '../random.ts'
import { openShapefile } from '../shapefile-write.ts'
import type { Unit } from '../units.ts'
import { packZip } from '../zip-write.ts'
import type { SurveyClass } from './class-row.ts'
import { surveyClasses } from './classes.ts'
import type { DefectKind, DefectPlan } from './defects.ts'
import { planDefects } from './defects.ts'
import type { LocateBlock } from './locate-block.ts'
import type { Placed } from './place.ts'
import { placeClass } from './place.ts'
import type { RowMaker, Standing } from './row.ts'
import { columnsOf, rowMaker } from './row.ts'
import type { Tracks } from './tracks.ts'
import { tracksOf } from './tracks.ts'

export interface ComponentsMade {
  files: FileEntry[]
  byClass: Record<string, number>
  defects: Record<DefectKind, number>
}

interface Making {
  seed: number
  workDir: string
  district: District
  grids: GridRecords
  tracks: Tracks
  locate: LocateBlock
  defects: DefectPlan
  rows: RowMaker
  report: (step: string, rows: number) => void
}

export async function writeComponents(
  dir: string,
  workDir: string,
  options: { seed: number; components: number; defects: boolean },
  district: District,
  grids: GridRecords,
  units: readonly Unit[],
  locate: LocateBlock,
  onProgress: OnProgress,
): Promise<ComponentsMade> {
  const { seed, components } = options
  mkdirSync(join(dir, 'components'), { recursive: true })
  let done = 0
  const making: Making = {
    seed,
    workDir,
    district,
    grids,
    tracks: tracksOf(district, locate),
    locate,
    defects: planDefects(components, options.defects, streamOf(seed, 'defects')),
    rows: rowMaker(streamOf(seed, 'rows'), new Map(units.map(u => [u.key, u])), namerOf(seed, 'stops').stem),
    report: (step, rows) => onProgress({ step, done: (done += rows), total: components }),
  }
  const counts = classCounts(components)
  const files: FileEntry[] = []
  const majors = new Set(surveyClasses.map(c => c.code.slice(0, 2)))
  for (const major of [...majors].sort()) {
    const loose: string[] = []
    for (const [i, c] of surveyClasses.entries()) {
      if (!c.code.startsWith(major)) continue
      const written = writeClass(making, c, counts[i]!)
      loose.push(...written)
      files.push({
        file: `components/${major}.zip/${c.code}.shp`,
        rows: counts[i]!,
        columns: columnsOf(c).map(x => x.name),
      })
      await new Promise(setImmediate)
    }
    await packZip(join(dir, 'components', `${major}.zip`), loose)
  }
  return {
    files,
    byClass: Object.fromEntries(surveyClasses.map((c, i) => [c.code, counts[i]!])),
    defects: making.defects.counts(),
  }
}

const mostOfAClass = 999_999

/** Shares the total out by the class mix; a serial has six digits, so no class gets more than it can number. */
function classCounts(total: number): number[] {
  const open = new Set(surveyClasses.keys())
  const counts = surveyClasses.map(() => 0)
  let left = total
  for (;;) {
    const list = [...open]
    const shares = apportion(
      list.map(i => surveyClasses[i]!.share),
      left,
    )
    const over = list.filter((_, k) => shares[k]! > mostOfAClass)
    if (over.length === 0) {
      list.forEach((i, k) => {
        counts[i] = shares[k]!
      })
      return counts
    }
    for (const i of over) {
      counts[i] = mostOfAClass
      left -= mostOfAClass
      open.delete(i)
    }
  }
}

/** Gives the paths of the loose files. */
function writeClass(m: Making, c: SurveyClass, count: number): string[] {
  const writer = openShapefile({
    path: join(m.workDir, c.code),
    kind: c.kind,
    columns: columnsOf(c),
    prj: prj4549,
    // Crews differ: most say nothing of the encoding.
    tells: (['nothing', 'nothing', 'driver', 'nothing', 'cpg'] as const)[(hash(c.code) >>> 5) % 5]!,
  })
  const random = streamOf(m.seed, `class/${c.code}`)
  let serial = 0
  let codeBefore = ''
  placeClass(c, count, m.tracks, m.locate, random, placed => {
    const defect = m.defects.next(codeBefore === '')
    const row = m.rows.make(c, ++serial, standingOf(m, placed), defect, codeBefore)
    if (row[0] !== null) codeBefore = row[0] as string
    if (defect === 'position outside') moveAway(placed.geometry, random)
    writer.write([placed.geometry], row)
    if (serial % 20_000 === 0) m.report(c.name, 20_000)
  })
  m.report(c.name, serial % 20_000)
  return writer.close().files
}

function standingOf({ district, grids }: Making, { block, street }: Placed): Standing {
  const { blocks, pieces } = district
  const property = (hash(`property/${block}`) >>> 3) % 8
  const piece = pieces[block - blocks.length]
  if (piece) return { areaCode: '', town: piece.town, village: piece.village, street, property }
  const { area, town, village } = blocks[block]!
  return { areaCode: grids.areas[area]!.code, town, village, street, property }
}

/** Well outside the district: the wrong zone of a receiver, a slip of a digit. */
function moveAway(geometry: number[], random: () => number): void {
  const dx = between(random, 14_000, 60_000) * (random() < 0.5 ? -1 : 1)
  const dy = between(random, 0, 30_000)
  for (let i = 0; i < geometry.length; i += 2) {
    geometry[i] = Math.round((geometry[i]! + dx) * 1000) / 1000
    geometry[i + 1] = Math.round((geometry[i + 1]! + dy) * 1000) / 1000
  }
}
