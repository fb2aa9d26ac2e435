/**
 * The findings of a delivery summed up under a filter: by code with the first few of each, by file, by class. One pass
 * over what text and box let through gives cells of (code, severity, file, class), and all sums are made of those.
 */
import type { Bbox } from '../../../gis/geometry.ts'
import type { Queryable } from '../../core/db.ts'
import type { FindingCode, Severity } from './findings.ts'
import type { Delivery } from './schema.ts'
import { type FindingFilter, inPortions } from './store-findings.ts'

/** Positions that a map can show: what was misread may lie anywhere. */
const ON_EARTH = 'lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90'
/** Findings of one code, severity, file and class. */
interface Cell {
  code: FindingCode
  severity: Severity
  file: string
  class: string | null
  count: number
  /** Those with a position. */
  placed: number
  west: number | null
  south: number | null
  east: number | null
  north: number | null
  first: number[]
}

export interface FindingSums {
  total: number
  placed: number
  /** Of those with a position; null without any. */
  bbox: Bbox | null
  /** Each sum under all other parts of the filter: what choosing that would leave. */
  severities: Record<Severity, number>
  codes: { code: FindingCode; severity: Severity; count: number; placed: number; first: number[] }[]
  files: { file: string; count: number }[]
  classes: { class: string; count: number }[]
}

const SAMPLES = 3

/** What the filter lets through, summed up, with the first few of each code. */
export async function sumFindings(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'no'>,
  filter: FindingFilter,
): Promise<FindingSums> {
  const { text, box } = filter
  const cells: Cell[] = []
  for await (const more of inPortions<Cell>(
    db,
    delivery,
    { text, box },
    where => `SELECT code, severity, file, class, count(*)::int AS count,
           (count(*) FILTER (WHERE ${ON_EARTH}))::int AS placed,
           min(lon) FILTER (WHERE ${ON_EARTH}) AS west, min(lat) FILTER (WHERE ${ON_EARTH}) AS south,
           max(lon) FILTER (WHERE ${ON_EARTH}) AS east, max(lat) FILTER (WHERE ${ON_EARTH}) AS north,
           (array_agg(no ORDER BY no))[1:${SAMPLES}] AS first
         FROM finding WHERE ${where} GROUP BY code, severity, file, class`,
  ))
    cells.push(...more)
  return sumsOf(cells, filter)
}

function sumsOf(cells: readonly Cell[], filter: FindingFilter): FindingSums {
  const fits = (cell: Cell, left: 'severity' | 'code' | 'file' | 'class' | null): boolean =>
    (['severity', 'code', 'file', 'class'] as const).every(
      part => part === left || filter[part] === undefined || filter[part] === cell[part],
    )
  const sums: FindingSums = {
    total: 0,
    placed: 0,
    bbox: null,
    severities: { error: 0, warning: 0 },
    codes: [],
    files: [],
    classes: [],
  }
  const codes = new Map<string, FindingSums['codes'][number]>()
  const files = new Map<string, number>()
  const classes = new Map<string, number>()
  for (const cell of cells) {
    if (fits(cell, 'severity')) sums.severities[cell.severity] += cell.count
    if (fits(cell, 'file')) files.set(cell.file, (files.get(cell.file) ?? 0) + cell.count)
    if (cell.class !== null && fits(cell, 'class'))
      classes.set(cell.class, (classes.get(cell.class) ?? 0) + cell.count)
    if (fits(cell, 'code')) {
      const key = `${cell.severity} ${cell.code}`
      const { code, severity } = cell
      const sum = codes.get(key) ?? { code, severity, count: 0, placed: 0, first: [] }
      sum.count += cell.count
      sum.placed += cell.placed
      sum.first = [...sum.first, ...cell.first].sort((a, b) => a - b).slice(0, SAMPLES)
      codes.set(key, sum)
    }
    if (!fits(cell, null)) continue
    sums.total += cell.count
    sums.placed += cell.placed
    if (cell.placed > 0) sums.bbox = widened(sums.bbox, [cell.west!, cell.south!, cell.east!, cell.north!])
  }
  sums.codes = [...codes.values()].sort(
    (a, b) => a.severity.localeCompare(b.severity) || b.count - a.count || a.code.localeCompare(b.code),
  )
  const most = ([a, n]: [string, number], [b, m]: [string, number]) => m - n || a.localeCompare(b)
  sums.files = [...files].sort(most).map(([file, count]) => ({ file, count }))
  sums.classes = [...classes].sort(most).map(([ofClass, count]) => ({ class: ofClass, count }))
  return sums
}

export const widened = (a: Bbox | null, b: Bbox): Bbox =>
  a === null ? b : [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
