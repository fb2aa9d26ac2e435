/**
 * Reads of the findings of a delivery, sifted in the database and told page by page. There may be a million: every
 * statement looks at a portion of them, so that nobody waits behind one, and nothing is left out or guessed.
 *
 *   filter -> readFindings (a page)  countFindings     store-finding-sums.ts (by code, file, class)     store-finding-map.ts
 */
import type { Bbox } from '../../../gis/geometry.ts'
import { one, type Queryable } from '../../core/db.ts'
import type { Finding, FindingCode, Severity } from './findings.ts'
import type { Delivery } from './schema.ts'

/** A finding as it was taken when the delivery was loaded. */
export type StoredFinding = Finding & { no: number; severity: Severity; class: string | null }

export interface FindingFilter {
  severity?: Severity | undefined
  code?: string | undefined
  file?: string | undefined
  class?: string | undefined
  /** In the value, the field or the file's name; a number is also a row. */
  text?: string | undefined
  /** Where it lies, west south east north. */
  box?: Bbox | undefined
}

type Owner = Pick<Delivery, 'district' | 'no'>

/** Findings one statement looks at. */
const PORTION = 10_000
const COLUMNS = 'no, code, severity, file, row_no, field, value, detail, lon, lat, class'

interface Row {
  no: number
  code: FindingCode
  severity: Severity
  file: string
  row_no: number | null
  field: string | null
  value: string | null
  detail: Record<string, string | number> | null
  lon: number | null
  lat: number | null
  class: string | null
}

const whole = ({ row_no, lon, lat, detail, ...row }: Row): StoredFinding => ({
  ...row,
  row: row_no,
  detail: detail ?? {},
  lonLat: lon === null || lat === null ? null : [lon, lat],
})

/** Writes a parameter down. @returns how the statement names it */
type Param = (value: unknown) => string

/** The condition of a filter. */
function sifted({ severity, code, file, class: ofClass, text, box }: FindingFilter, at: Param): string[] {
  const terms: string[] = []
  if (severity !== undefined) terms.push(`severity = ${at(severity)}`)
  if (code !== undefined) terms.push(`code = ${at(code)}`)
  if (file !== undefined) terms.push(`file = ${at(file)}`)
  if (ofClass !== undefined) terms.push(`class = ${at(ofClass)}`)
  if (text !== undefined) {
    const sought = at(text)
    const among = ['value', 'field', 'file'].map(
      column => `strpos(lower(${column}), lower(${sought}::text)) > 0`,
    )
    if (/^\d{1,9}$/.test(text)) among.push(`row_no = ${at(Number(text))}::int`)
    terms.push(`(${among.join(' OR ')})`)
  }
  if (box !== undefined) {
    const [west, south, east, north] = box.map(side => `${at(side)}::float8`)
    terms.push(`lon BETWEEN ${west} AND ${east} AND lat BETWEEN ${south} AND ${north}`)
  }
  return terms
}

/**
 * Asks portion by portion, by number, highest first where `back`.
 * @param sql the statement, given the condition of a portion and how to write parameters down
 */
export async function* inPortions<R>(
  db: Queryable,
  { district, no }: Owner,
  filter: FindingFilter,
  sql: (where: string, at: Param) => string,
  { after = 0, before = 2 ** 31, back = false } = {},
): AsyncGenerator<R[]> {
  const { last } = await one<{ last: number }>(
    db,
    'SELECT coalesce(max(no), 0)::int AS last FROM finding WHERE district = $1 AND delivery_no = $2',
    [district, no],
  )
  const portions: [after: number, last: number][] = []
  for (let at = after; at < Math.min(last, before - 1); at += PORTION)
    portions.push([at, Math.min(last, before - 1, at + PORTION)])
  for (const portion of back ? portions.reverse() : portions) {
    const params: unknown[] = [district, no, ...portion]
    const at: Param = value => `$${params.push(value)}`
    const where = ['district = $1 AND delivery_no = $2 AND no > $3 AND no <= $4', ...sifted(filter, at)]
    yield await db.query<R>(sql(where.join(' AND '), at), params)
  }
}

export interface FindingPage {
  /** Those with a higher number, lowest first; or those with a lower number than `before`, the highest of them. */
  after?: number
  before?: number | undefined
  limit: number
}

/** A page of what the filter lets through, by number, lowest first. */
export async function readFindings(
  db: Queryable,
  delivery: Owner,
  filter: FindingFilter,
  { after = 0, before, limit }: FindingPage,
): Promise<StoredFinding[]> {
  const back = before !== undefined
  const rows: Row[] = []
  const sql = (where: string, at: Param) =>
    `SELECT ${COLUMNS} FROM finding WHERE ${where} ORDER BY no ${back ? 'DESC' : ''} LIMIT ${at(limit - rows.length)}`
  for await (const more of inPortions<Row>(db, delivery, filter, sql, back ? { before, back } : { after })) {
    rows.push(...more)
    if (rows.length === limit) break
  }
  return (back ? rows.reverse() : rows).map(whole)
}

/** How many the filter lets through, and how many of them up to a number. */
export async function countFindings(
  db: Queryable,
  delivery: Owner,
  filter: FindingFilter,
  upTo: number,
): Promise<{ total: number; earlier: number }> {
  const sums = { total: 0, earlier: 0 }
  for await (const [found] of inPortions<typeof sums>(
    db,
    delivery,
    filter,
    (where, at) =>
      `SELECT count(*)::int AS total, (count(*) FILTER (WHERE no <= ${at(upTo)}))::int AS earlier
       FROM finding WHERE ${where}`,
  )) {
    sums.total += found!.total
    sums.earlier += found!.earlier
  }
  return sums
}

/** Findings by their numbers. */
export async function getFindings(
  db: Queryable,
  { district, no }: Owner,
  numbers: readonly number[],
): Promise<Map<number, StoredFinding>> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM finding WHERE district = $1 AND delivery_no = $2 AND no = ANY($3::int[])`,
    [district, no, numbers],
  )
  return new Map(rows.map(row => [row.no, whole(row)]))
}
