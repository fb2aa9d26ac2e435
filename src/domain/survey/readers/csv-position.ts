/**
 * Which columns of a table hold the position, by the names that surveys use, and what stands in them
 * as a geometry. An x column is x: that Chinese survey books write north as X is for the mapping
 * profile to know.
 */

import type { Geometry } from '../../../../gis/geometry.ts'
import { FileFault, type Finding } from '../findings.ts'
import { markedTable } from './marked-columns.ts'
import type { PositionNames, ReadOptions, SourceLayer, SourceRow, SourceValue, StatedCrs } from './source.ts'
import { parseWkt } from './wkt.ts'

/** Pairs of names, degrees before metres. */
const pairs = (
  'lon lat,lng lat,long lat,longitude latitude,经度 纬度,wgs84_lon wgs84_lat,gcj_lng gcj_lat,' +
  'x y,x坐标 y坐标,坐标x 坐标y,point_x point_y,pos_x pos_y,coord_x coord_y,' +
  '东坐标 北坐标,东 北,easting northing,east north,e n'
)
  .split(',')
  .map(pair => pair.split(' ') as [x: string, y: string])
const wktNames = 'wkt geom geometry the_geom wkt_geom shape'.split(' ')

/** Indexes of the columns that hold the position. */
export type PositionColumns = { x: number; y: number } | { wkt: number } | null

/** What of a table is the contractor's own, and where it says its positions. */
export interface TableColumns {
  position: PositionColumns
  /** Indexes of the columns that are no additions of our marked workbook; null where all are. */
  own: readonly number[] | null
  crs: StatedCrs
}

/** As `positionColumns`; what a marked workbook added holds the position where no other is asked for. */
export function tableColumns(
  names: readonly string[],
  firstRow: readonly unknown[],
  file: string,
  asked: ReadOptions['position'],
): TableColumns {
  const marked = markedTable(names)
  if (!marked)
    return { position: positionColumns(names, firstRow, file, asked), own: null, crs: { kind: 'none' } }
  const there = asked !== undefined && Object.values(asked).every(name => names.includes(name))
  const position = marked.position && !there ? marked.position : positionColumns(names, firstRow, file, asked)
  return { position, own: marked.own, crs: marked.crs }
}

/** A row with the values of its own columns; none where nothing stands in them and it has no position. */
export function ownPart(row: SourceRow, own: TableColumns['own']): SourceRow[] {
  if (own === null) return [row]
  const values = own.map(n => row.values[n] ?? null)
  const empty = row.geometry === null && !row.findings && values.every(value => value === null)
  return empty ? [] : [{ ...row, values }]
}

/**
 * `names` are the columns, `firstRow` the values of the first row (a column is WKT only when it looks so).
 * Throws FileFault `profile.column` when a column asked for is not there.
 */
export function positionColumns(
  names: readonly string[],
  firstRow: readonly unknown[],
  file: string,
  asked: ReadOptions['position'],
): PositionColumns {
  const given = (name: string) => {
    const index = names.indexOf(name)
    if (index < 0)
      throw new FileFault('profile.column', file, { field: name, detail: { columns: names.join(', ') } })
    return index
  }
  if (asked) return 'wkt' in asked ? { wkt: given(asked.wkt) } : { x: given(asked.x), y: given(asked.y) }
  const lower = names.map(name =>
    name
      .trim()
      .toLowerCase()
      .replace(/[（(].*[)）]$/, ''),
  )
  const wkt = lower.findIndex(
    (name, n) => wktNames.includes(name) && parseWkt(String(firstRow[n] ?? '')) !== undefined,
  )
  if (wkt >= 0) return { wkt }
  for (const [xName, yName] of pairs) {
    const x = lower.indexOf(xName)
    const y = lower.indexOf(yName)
    if (x >= 0 && y >= 0) return { x, y }
  }
  // names of two pairs together, but not e and n, which may mean anything
  const [x, y] = ([0, 1] as const).map(side =>
    lower.findIndex(name => !/^[en]$/.test(name) && pairs.some(pair => pair[side] === name)),
  )
  return x! >= 0 && y! >= 0 ? { x: x!, y: y! } : null
}

/** The columns by their names. */
export function positionNames(columns: PositionColumns, names: readonly string[]): PositionNames | null {
  if (columns === null) return null
  if ('wkt' in columns) return { wkt: names[columns.wkt]! }
  return { x: names[columns.x]!, y: names[columns.y]! }
}

/** The geometry of a row's values; what is no position is a finding with the column and what stands there. */
export function positionReader(
  columns: PositionColumns,
  names: readonly string[],
  file: string,
): (values: readonly SourceValue[], row: number) => { geometry: Geometry | null; finding?: Finding } {
  if (columns === null) return () => ({ geometry: null })
  if ('wkt' in columns) {
    const field = names[columns.wkt]!
    return (values, row) => {
      const value = values[columns.wkt] ?? null
      if (value === null) return { geometry: null }
      const text = String(value)
      const geometry = parseWkt(text)
      if (geometry !== undefined) return { geometry }
      const detail = { reason: 'WKT', place: `row ${row}` }
      const where = { row, field, value: text.slice(0, 200), detail }
      return { geometry: null, finding: new FileFault('geometry.invalid', file, where).finding }
    }
  }
  const both = [columns.x, columns.y]
  return (values, row) => {
    const [x, y] = both.map(column => values[column] ?? null) as [SourceValue, SourceValue]
    if (x === null && y === null) return { geometry: null }
    const coordinates = [numeric(x), numeric(y)]
    const wrong = both.filter((_, n) => !Number.isFinite(coordinates[n]))
    if (wrong.length === 0) return { geometry: { type: 'Point', coordinates } }
    const field = wrong.map(column => names[column]).join(', ')
    const value = wrong.map(column => String(values[column] ?? '').slice(0, 90)).join(', ')
    return {
      geometry: null,
      finding: new FileFault('position.not-finite', file, { row, field, value }).finding,
    }
  }
}

function numeric(value: SourceValue): number {
  if (typeof value === 'number') return value
  return typeof value !== 'string' || value.trim() === '' ? Number.NaN : Number(value)
}

/** The kind of shapes that a WKT column shows in the sample; `mixed` when that tells nothing. */
export function kindOfColumns(
  columns: PositionColumns,
  sample: readonly SourceRow[],
): SourceLayer['geometryKind'] {
  if (columns === null) return 'none'
  if ('x' in columns) return 'point'
  const kinds = new Set(sample.flatMap(row => (row.geometry ? [row.geometry.type.replace('Multi', '')] : [])))
  const kind = { Point: 'point', LineString: 'line', Polygon: 'polygon' } as const
  const [only] = kinds
  return kinds.size === 1 ? kind[only as keyof typeof kind] : 'mixed'
}
