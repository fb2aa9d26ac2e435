/** Reads of change requests. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type CutCode, partsBearing } from '../registry/serials.ts'
import type { ChangeRequest, ChangeState } from './schema.ts'

const COLUMNS = `district, id, no, kind, state, component_id AS "componentId", survivor_id AS "survivorId",
  base_batch AS "baseBatch", change, before, after, reason, findings, proposed_at AS "proposedAt",
  proposed_by AS "proposedBy", proposers, decided_at AS "decidedAt", decided_by AS "decidedBy", decision, version`

/** @throws Problem change.unknown */
export async function getRequest(db: Queryable, id: string): Promise<ChangeRequest> {
  const row = await maybe<ChangeRequest>(db, `SELECT ${COLUMNS} FROM change_request WHERE id = $1::uuid`, [
    id,
  ])
  if (!row) throw problem('change.unknown', { id })
  return row
}

/** Requests of a district, newest first. */
export async function listRequests(
  db: Queryable,
  district: string,
  wish: {
    states: readonly ChangeState[] | null
    component: string | null
    before: number | null
    limit: number
  },
): Promise<ChangeRequest[]> {
  return db.query(
    `SELECT ${COLUMNS} FROM change_request WHERE district = $1 AND ($2::text[] IS NULL OR state = ANY($2::text[]))
     AND ($3::uuid IS NULL OR component_id = $3::uuid OR survivor_id = $3::uuid) AND ($4::int IS NULL OR no < $4)
     ORDER BY no DESC LIMIT $5`,
    [district, wish.states, wish.component, wish.before, wish.limit],
  )
}

/** Requests in the order they were made, held to the end of the caller's transaction. */
export async function holdRequests(
  tx: Queryable,
  district: string,
  ids: readonly string[],
): Promise<ChangeRequest[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM change_request WHERE district = $1 AND id = ANY($2::uuid[]) ORDER BY no FOR UPDATE`,
    [district, ids],
  )
}

/** How many requests are in each state. */
export async function countRequests(db: Queryable, district: string): Promise<Record<ChangeState, number>> {
  const rows = await db.query<{ state: ChangeState; n: number }>(
    'SELECT state, count(*)::int AS n FROM change_request WHERE district = $1 GROUP BY state',
    [district],
  )
  const counts = { proposed: 0, approved: 0, refused: 0, withdrawn: 0, overtaken: 0 }
  for (const { state, n } of rows) counts[state] = n
  return counts
}

/** A current row of component `id`, as a condition on component c. */
const NOW = (id: string) => `c.district = r.district AND c.id = ${id}
  AND (c.closed_version IS NULL OR c.closed_version > coalesce(h.version, 0))
  AND EXISTS (SELECT 1 FROM batch b WHERE b.district = c.district AND b.no = c.batch AND b.version IS NOT NULL)`

/** Open requests of a district whose component is not what it was when they were made, as a condition on request r and head h. */
export const OVERTAKEN = `r.state = 'proposed' AND (
    r.kind NOT IN ('add', 'restore')
      AND NOT EXISTS (SELECT 1 FROM component c WHERE ${NOW('r.component_id')} AND c.batch = r.base_batch)
    OR r.kind IN ('add', 'restore') AND EXISTS (SELECT 1 FROM component c WHERE ${NOW('r.component_id')})
    OR r.survivor_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM component c WHERE ${NOW('r.survivor_id')}))`

/** Numbers of those among `ids` that are overtaken. */
export async function listOvertaken(
  tx: Queryable,
  district: string,
  ids: readonly string[],
): Promise<number[]> {
  const rows = await tx.query<{ no: number }>(
    `SELECT r.no FROM change_request r LEFT JOIN registry_head h ON h.district = r.district
     WHERE r.district = $1 AND r.id = ANY($2::uuid[]) AND ${OVERTAKEN} ORDER BY r.no`,
    [district, ids],
  )
  return rows.map(row => row.no)
}

/**
 * The component that has a key now, other than one; null where nobody has it. Keys have no index: only the batches
 * are looked through whose rows may bear it.
 * @param code the key, where it is a code of the district's profile
 */
export async function findHolder(
  db: Queryable,
  district: string,
  key: string,
  { except, code }: { except: string; code: CutCode | null },
): Promise<{ id: string; class: string } | null> {
  for (const { part, batches } of await partsBearing(db, district, code)) {
    const holder = await maybe<{ id: string; class: string }>(
      db,
      `SELECT c.id, c.class FROM component_${part} c JOIN registry_head h ON h.district = c.district
       WHERE c.district = $1 AND c.part = $2::int AND c.batch = ANY($3::int[]) AND c.key = $4 AND c.id <> $5::uuid
         AND (c.closed_version IS NULL OR c.closed_version > h.version) LIMIT 1`,
      [district, part, batches, key, except],
    )
    if (holder) return holder
  }
  return null
}
