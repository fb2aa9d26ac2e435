/**
 * Ranges of ids, so that no statement runs so long that nobody else is answered on the embedded engine,
 * which is one connection. PostgreSQL is asked once: planners without statistics of fresh rows take a range
 * for a handful.
 */
import { maybe, type Reader } from '../../core/db.ts'

/** Rows one statement reads on the embedded engine. */
export const EMBEDDED_ROWS = 20_000
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export interface Ranged {
  /** `table alias WHERE ...`, with $1 ... for `params`. */
  from: string
  /** The column of ids, qualified. */
  id: string
  params: readonly unknown[]
  /** Rows of a range. */
  size?: number
  /** Only ids after this one. */
  after?: string | undefined
}

/**
 * Conditions, to be put behind `from`, that together meet each of its rows once, with their parameters.
 * @yields `AND id > $n AND id <= $m`, or one condition without an end where statements may be long
 */
export async function* idRanges(
  db: Reader,
  { from, id, params, size = EMBEDDED_ROWS, after: first = FIRST_ID }: Ranged,
): AsyncGenerator<{ within: string; params: unknown[] }> {
  const n = params.length
  if (db.engine.longStatements) {
    if (first === FIRST_ID) yield { within: '', params: [...params] }
    else yield { within: `AND ${id} > $${n + 1}::uuid`, params: [...params, first] }
    return
  }
  for (let after = first; after < LAST_ID; ) {
    const end = await maybe<{ id: string }>(
      db,
      `SELECT ${id} AS id FROM ${from} AND ${id} > $${n + 1}::uuid ORDER BY ${id} OFFSET $${n + 2}::int LIMIT 1`,
      [...params, after, size],
    )
    const upTo = end?.id ?? LAST_ID
    yield {
      within: `AND ${id} > $${n + 1}::uuid AND ${id} <= $${n + 2}::uuid`,
      params: [...params, after, upTo],
    }
    after = upTo
  }
}

/**
 * The first rows, in order of ids, of those of the ranges that are wanted. No statement reads more than the rows
 * of a range, however few of them are wanted.
 * @param wanted.sql of a range's rows in order of ids; `more(0)` is the first of `params`. A LIMIT is added
 */
export async function firstRows<R>(
  db: Reader,
  ranged: Ranged,
  limit: number,
  wanted: { params: readonly unknown[]; sql(within: string, more: (i: number) => string): string },
): Promise<R[]> {
  const found: R[] = []
  for await (const { within, params } of idRanges(db, ranged)) {
    const sql = wanted.sql(within, i => `$${params.length + i + 1}`)
    const rows = await db.query<R>(`${sql} LIMIT ${limit - found.length}`, [...params, ...wanted.params])
    found.push(...rows)
    if (found.length >= limit) break
  }
  return found
}
