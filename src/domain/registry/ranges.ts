/**
 * Ranges of ids, so that no statement runs so long that nobody else is answered on the embedded engine,
 * which is one connection. PostgreSQL is asked once: planners without statistics of fresh rows take a range
 * for a handful.
 */
import { type Db, maybe } from '../../core/db.ts'

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
}

/**
 * Conditions, to be put behind `from`, that together meet each of its rows once, with their parameters.
 * @yields `AND id > $n AND id <= $m`, or one empty condition where statements may be long
 */
export async function* idRanges(
  db: Db,
  { from, id, params, size = EMBEDDED_ROWS }: Ranged,
): AsyncGenerator<{ within: string; params: unknown[] }> {
  if (db.engine.longStatements) {
    yield { within: '', params: [...params] }
    return
  }
  const n = params.length
  for (let after = FIRST_ID; after < LAST_ID; ) {
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
