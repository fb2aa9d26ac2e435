/** Writes a handful of small layers into one zip: grids, places, departmental nets. */
import { join } from 'node:path'
import type { DbfColumn, DbfValue } from './dbf-write.ts'
import type { FileEntry } from './manifest.ts'
import { prj4549 } from './prj.ts'
import type { ShapefileOptions, ShapeKind } from './shapefile-write.ts'
import { openShapefile } from './shapefile-write.ts'
import { packZip } from './zip-write.ts'

export interface Layer {
  name: string
  kind: ShapeKind
  columns: readonly DbfColumn[]
  tells?: ShapefileOptions['tells']
  rows: Iterable<{ parts: readonly (readonly number[])[]; values: readonly DbfValue[] }>
}

/** `zip` is the path inside `dir`; loose files stand in `workDir` meanwhile. */
export async function writeLayers(
  dir: string,
  workDir: string,
  zip: string,
  layers: readonly Layer[],
): Promise<FileEntry[]> {
  const files: string[] = []
  const entries = layers.map(({ name, kind, columns, tells, rows }): FileEntry => {
    const writer = openShapefile({
      path: join(workDir, name),
      kind,
      columns,
      prj: prj4549,
      ...(tells ? { tells } : {}),
    })
    for (const { parts, values } of rows) writer.write(parts, values)
    const done = writer.close()
    files.push(...done.files)
    return { file: `${zip}/${name}.shp`, rows: done.rows, columns: columns.map(c => c.name) }
  })
  await packZip(join(dir, zip), files)
  return entries
}
