/**
 * Closing rows: with the number of the version to come, so that it is not seen before that version is written.
 * What a publish that never came to its end closed is opened again before the next.
 */
import type { Queryable } from '../../core/db.ts'
import type { Batch } from './schema.ts'

/** Rows closed in one statement on the embedded engine. */
export const CLOSE_AT_ONCE = 1_000

/** @param version the one to come */
export async function undoStrayClosings(db: Queryable, district: string, version: number): Promise<void> {
  for (let undone = CLOSE_AT_ONCE; undone === CLOSE_AT_ONCE; ) {
    const strays = await db.query<{ id: string }>(
      `SELECT id FROM component WHERE district = $1 AND closed_version >= $2 LIMIT ${CLOSE_AT_ONCE}`,
      [district, version],
    )
    undone = strays.length
    const sql = `UPDATE component SET closed_version = NULL
      WHERE district = $1 AND id = ANY($2::uuid[]) AND closed_version >= $3`
    if (undone > 0) await db.query(sql, [district, strays.map(({ id }) => id), version])
  }
}

export async function closeRows(
  db: Queryable,
  batch: Batch,
  version: number,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await db.query(
    `UPDATE component SET closed_version = $3
     WHERE district = $1 AND id = ANY($2::uuid[]) AND batch <> $4 AND closed_version IS NULL
       AND batch <> ALL(ARRAY(SELECT no FROM batch WHERE district = $1 AND version IS NULL))`,
    // listed once, in the same statement: a join would look through all batches for each row, and a list made before
    // would not know a batch that began since
    [batch.district, ids, version, batch.no],
  )
}
