/** Shapefiles made for one test, opened from a folder of their own. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openShapefile } from '../../../../src/domain/survey/readers/shapefile.ts'
import type { ReadOptions } from '../../../../src/domain/survey/readers/source.ts'
import { type Column, dbfBytes, pointRecord, shpBytes, type Written, writeParts } from './build-shapefile.ts'

/** Where all of them lie; the test file removes it at its end. */
export const home = await mkdtemp(join(tmpdir(), 'shapefile-'))
let folder = 0

export const open = async (written: Written, options: ReadOptions = {}) =>
  openShapefile(await writeParts(join(home, String(++folder)), written), options)
export const note: Column = { name: 'NOTE', type: 'C', width: 8 }

/** Shapes with one text column that counts them. */
export const withShapes = (type: number, records: Buffer[]): Written => ({
  ...shpBytes(type, records),
  dbf: dbfBytes(
    [note],
    records.map((_, n) => [String(n + 1)]),
  ),
})
/** Attributes on points that nobody looks at. */
export const withRows = (columns: Column[], rows: (string | Buffer)[][], options = {}): Written => ({
  ...shpBytes(
    1,
    rows.map(() => pointRecord(1, 2)),
  ),
  dbf: dbfBytes(columns, rows, options),
})
