/**
 * GeoPackages: every table of features or attributes that its contents name is a layer. Rows come in the order of
 * their fid, a few thousand at a time; the fid is the row's number, as QGIS shows it.
 */

import { open } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { FileFault, type Finding } from '../findings.ts'
import { kindOfColumns, positionColumns, positionNames, positionReader } from './csv-position.ts'
import { corrupt, readUpTo } from './file-bytes.ts'
import { batchRows } from './geojson.ts'
import { type GpkgTable, readContents } from './gpkg-contents.ts'
import { asCorrupt, heard, openGpkgFile, quoted } from './gpkg-file.ts'
import { readGpkgGeometry } from './gpkg-geometry.ts'
import type { ReadOptions, SourceLayer, SourceRow, SourceValue } from './source.ts'
import type { UnpackedFile } from './unzip.ts'

/** A batch is also closed after so many bytes of shapes. */
const batchShapeBytes = 4 << 20
const countedAtOnce = 50_000
/** Row numbers are kept in four bytes. */
const mostRow = 2 ** 31 - 1

/** Throws FileFault: file.corrupt, file.format (a database that is no GeoPackage), profile.column. */
export async function openGpkg(
  file: UnpackedFile,
  options: ReadOptions,
): Promise<{ layers: SourceLayer[]; findings: Finding[] }> {
  const findings: Finding[] = []
  if (await inWal(file)) findings.push(new FileFault('file.wal', file.name).finding)
  const layers: SourceLayer[] = []
  const db = openGpkgFile(file)
  try {
    const contents = readContents(db, file.name)
    findings.push(...contents.findings)
    for (const table of contents.tables) {
      try {
        layers.push(await openTable(db, file, table, options))
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        findings.push(error.finding)
      }
    }
  } finally {
    db.close()
  }
  if (layers.length === 0 && findings.length === 0) throw new FileFault('file.no-layer', file.name)
  return { layers, findings }
}

/** Whether the last writer kept changes in a file beside it (bytes 18 and 19: write and read version). */
async function inWal({ path }: UnpackedFile): Promise<boolean> {
  await using handle = await open(path)
  const head = await readUpTo(handle, 20, 0)
  return head[18] === 2 || head[19] === 2
}

async function openTable(
  db: DatabaseSync,
  file: UnpackedFile,
  table: GpkgTable,
  options: ReadOptions,
): Promise<SourceLayer> {
  const named = `${file.name}/${table.name}`
  const { rowCount, numbered } = await countRows(db, table, named)
  const names = table.fields.map(field => field.name)
  const first = heard(named, () => {
    for (const values of select(db, table, 1)) return values.slice(2) as unknown[]
    return []
  })
  const asked = options.position && Object.values(options.position).every(name => names.includes(name))
  // a layer with shapes has no need of columns; a table beside layers may be without them
  const columns = table.geometry
    ? null
    : positionColumns(names, first, named, asked ? options.position : undefined)
  const toRow = rowMaker(table, named, positionReader(columns, names, named))
  const read = (source: DatabaseSync, most?: number) => readRows(source, table, named, toRow, numbered, most)
  const sample: SourceRow[] = []
  for (const rows of read(db, 5)) sample.push(...rows)
  return {
    file: named,
    name: table.name,
    fields: table.fields,
    geometryKind: table.geometry ? table.geometryKind : kindOfColumns(columns, sample),
    rowCount,
    encoding: { name: 'utf-8', decidedBy: 'format' },
    crs: table.crs,
    ...(table.geometry ? {} : { position: positionNames(columns, names) }),
    sample,
    async *rows() {
      const own = openGpkgFile(file)
      try {
        yield* read(own)
      } finally {
        own.close()
      }
    },
  }
}

/**
 * How many rows, in steps of which each goes on behind the last: pages of a forged file may lead in circles, and
 * counting all at once would follow them. `numbered`: fids do not fit our row numbers, rows are counted instead.
 */
async function countRows(db: DatabaseSync, { name, key }: GpkgTable, file: string) {
  const from = `FROM ${quoted(name)}`
  const step = heard(file, () => {
    const inner = `SELECT ${key} AS fid ${from} WHERE ${key} >= ? ORDER BY ${key} LIMIT ${countedAtOnce}`
    return db.prepare(`SELECT count(*) AS n, max(fid) AS last FROM (${inner})`)
  })
  step.setReadBigInts(true)
  let rowCount = 0
  let next: bigint | null = heard(file, () => {
    const least = db.prepare(`SELECT min(${key}) AS fid ${from}`)
    least.setReadBigInts(true)
    return (least.get() as { fid: bigint | null }).fid
  })
  let numbered = next !== null && next < 1n
  while (next !== null) {
    const at: bigint = next
    const { n, last } = heard(file, () => step.get(at)) as { n: bigint; last: bigint | null }
    if (last === null) break
    if (last < at) throw corrupt(file, `fid ${last} behind ${at}`)
    rowCount += Number(n)
    numbered ||= last > mostRow
    next = Number(n) < countedAtOnce ? null : last + 1n
    await setImmediate()
  }
  return { rowCount, numbered }
}

/** Rows as arrays: fid, geometry, fields. */
function select(db: DatabaseSync, { name, key, geometry, fields }: GpkgTable, most?: number) {
  const columns = [
    key,
    geometry === null ? 'NULL' : quoted(geometry),
    ...fields.map(field => quoted(field.name)),
  ]
  const limit = most === undefined ? '' : ` LIMIT ${most}`
  const statement = db.prepare(`SELECT ${columns.join(', ')} FROM ${quoted(name)} ORDER BY ${key}${limit}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement.iterate() as unknown as Iterable<unknown[]>
}

function* readRows(
  db: DatabaseSync,
  table: GpkgTable,
  file: string,
  toRow: ReturnType<typeof rowMaker>,
  numbered: boolean,
  most?: number,
): Generator<SourceRow[]> {
  let rows: SourceRow[] = []
  let shapeBytes = 0
  let count = 0
  let before: bigint | null = null
  try {
    for (const values of select(db, table, most)) {
      const fid = values[0] as bigint
      if (before !== null && fid <= before) throw corrupt(file, `fid ${fid} behind ${before}`)
      before = fid
      rows.push(toRow(values, numbered ? ++count : Number(fid)))
      shapeBytes += (values[1] as Uint8Array | null)?.length ?? 0
      if (rows.length < batchRows && shapeBytes < batchShapeBytes) continue
      yield rows
      rows = []
      shapeBytes = 0
    }
  } catch (error) {
    throw asCorrupt(error, file)
  }
  if (rows.length > 0) yield rows
}

function rowMaker(
  { fields, geometry: column }: GpkgTable,
  file: string,
  position: ReturnType<typeof positionReader>,
) {
  return (given: unknown[], row: number): SourceRow => {
    const findings: Finding[] = []
    const values: SourceValue[] = new Array(fields.length)
    for (let n = 0; n < fields.length; n++) {
      const { name: field, stored } = fields[n]!
      const value = given[n + 2]
      values[n] = plain(value, stored)
      if (value instanceof Uint8Array)
        findings.push(new FileFault('value.binary', file, { row, field }).finding)
      else if (typeof value === 'string' && value.includes('\ufffd')) {
        const where = { row, field, value: value.slice(0, 200), detail: { encoding: 'utf-8' } }
        findings.push(new FileFault('encoding.wrong', file, where).finding)
      }
    }
    const placed = column === null ? position(values, row) : shapeOf(given[1], row, file)
    if (placed.finding) findings.push(placed.finding)
    const { geometry } = placed
    return findings.length > 0 ? { row, values, geometry, findings } : { row, values, geometry }
  }
}

/** A whole number beyond 2^53 stays text, as a number it would lose digits. */
function plain(value: unknown, stored: string): SourceValue {
  if (typeof value === 'bigint') {
    if (stored === 'boolean' && (value === 0n || value === 1n)) return value === 1n
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (typeof value === 'string') return value === '' ? null : value
  return typeof value === 'number' ? value : null
}

function shapeOf(value: unknown, row: number, file: string): ReturnType<ReturnType<typeof positionReader>> {
  if (value === null || value === undefined) return { geometry: null }
  const read = value instanceof Uint8Array ? readGpkgGeometry(value) : { fault: `a ${typeof value}` }
  if ('geometry' in read) return read
  if ('type' in read) {
    const where = { row, value: read.type, detail: { rule: 'Point, LineString, Polygon, Multi*' } }
    return { geometry: null, finding: new FileFault('geometry.type', file, where).finding }
  }
  const detail = { reason: read.fault, place: `fid ${row}` }
  return { geometry: null, finding: new FileFault('geometry.invalid', file, { row, detail }).finding }
}
