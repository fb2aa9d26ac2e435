/**
 * The findings of a delivery summed up under a filter: by code with the first few of each, by class, by file. One pass
 * over what text and box let through gives cells of (code, severity, class) and counts of files. Of photos each is a
 * file, so those are numbered and counted, and only the names of the few that are told are asked for again.
 */
import type { Bbox } from '../../../gis/geometry.ts'
import type { Queryable } from '../../core/db.ts'
import { growingInts, growTo } from '../../core/growing.ts'
import { textTable } from '../../core/text-table.ts'
import type { FindingCode, Severity } from './findings.ts'
import type { Delivery } from './schema.ts'
import { type FindingFilter, inPortions } from './store-findings.ts'

/** Positions that a map can show: what was misread may lie anywhere. */
const ON_EARTH = 'lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90'
/** Findings of one code, severity and class. */
interface Cell {
  code: FindingCode
  severity: Severity
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
  /** Those with most findings. */
  files: { file: string; count: number }[]
  /** How many files there are beside those. */
  moreFiles: number
  classes: { class: string; count: number }[]
}

const SAMPLES = 3
/** More files are counted, not listed. */
const MOST_FILES = 200

/** What the filter lets through, summed up, with the first few of each code. */
export async function sumFindings(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'no'>,
  filter: FindingFilter,
): Promise<FindingSums> {
  const { text, box, file } = filter
  const cells: Cell[] = []
  for await (const more of inPortions<Cell>(
    db,
    delivery,
    { text, box, file },
    where => `SELECT code, severity, class, count(*)::int AS count,
           (count(*) FILTER (WHERE ${ON_EARTH}))::int AS placed,
           min(lon) FILTER (WHERE ${ON_EARTH}) AS west, min(lat) FILTER (WHERE ${ON_EARTH}) AS south,
           max(lon) FILTER (WHERE ${ON_EARTH}) AS east, max(lat) FILTER (WHERE ${ON_EARTH}) AS north,
           (array_agg(no ORDER BY no))[1:${SAMPLES}] AS first
         FROM finding WHERE ${where} GROUP BY code, severity, class`,
  ))
    cells.push(...more)
  return { ...sumsOf(cells, filter), ...(await sumFiles(db, delivery, filter)) }
}

/** Files under all parts of the filter but the file, most findings first. */
async function sumFiles(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'no'>,
  { file: _, ...filter }: FindingFilter,
): Promise<Pick<FindingSums, 'files' | 'moreFiles'>> {
  const files = textTable()
  const counts = growingInts(MOST_FILES)
  const firsts = growingInts(MOST_FILES)
  for await (const rows of inPortions<{ file: string; count: number; first: number }>(
    db,
    delivery,
    filter,
    where =>
      `SELECT file, count(*)::int AS count, min(no) AS first FROM finding WHERE ${where} GROUP BY file`,
  ))
    for (const { file, count, first } of rows) {
      const at = files.add(file)
      growTo(counts, at + 1)
      growTo(firsts, at + 1)
      counts[at]! += count
      firsts[at] ||= first
    }
  const told = await most(db, delivery, counts.subarray(0, files.size), firsts)
  return { files: told, moreFiles: files.size - told.length }
}

/** The files that count most, by name where they count alike. */
async function most(
  db: Queryable,
  { district, no }: Pick<Delivery, 'district' | 'no'>,
  counts: Int32Array,
  firsts: Int32Array,
): Promise<FindingSums['files']> {
  // the least count that is told; of those that have just this one, the first come
  const least = counts.slice().sort().at(-MOST_FILES) ?? 0
  let alike = MOST_FILES - counts.reduce((n, count) => (count > least ? n + 1 : n), 0)
  const chosen = new Map<number, number>()
  counts.forEach((count, at) => {
    if (count > least || (count === least && alike-- > 0)) chosen.set(firsts[at]!, count)
  })
  const rows = await db.query<{ no: number; file: string }>(
    'SELECT no, file FROM finding WHERE district = $1 AND delivery_no = $2 AND no = ANY($3::int[])',
    [district, no, [...chosen.keys()]],
  )
  return rows
    .map(row => ({ file: row.file, count: chosen.get(row.no)! }))
    .sort((a, b) => b.count - a.count || a.file.localeCompare(b.file))
}

function sumsOf(cells: readonly Cell[], filter: FindingFilter): Omit<FindingSums, 'files' | 'moreFiles'> {
  const fits = (cell: Cell, left: 'severity' | 'code' | 'class' | null): boolean =>
    (['severity', 'code', 'class'] as const).every(
      part => part === left || filter[part] === undefined || filter[part] === cell[part],
    )
  const sums: ReturnType<typeof sumsOf> = {
    total: 0,
    placed: 0,
    bbox: null,
    severities: { error: 0, warning: 0 },
    codes: [],
    classes: [],
  }
  const codes = new Map<string, FindingSums['codes'][number]>()
  const classes = new Map<string, number>()
  for (const cell of cells) {
    if (fits(cell, 'severity')) sums.severities[cell.severity] += cell.count
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
  sums.classes = [...classes]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .map(([ofClass, count]) => ({ class: ofClass, count }))
  return sums
}

export const widened = (a: Bbox | null, b: Bbox): Bbox =>
  a === null ? b : [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
