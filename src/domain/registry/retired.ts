/**
 * Keys under which nothing should be delivered any more, because a person decided so: the thing was scrapped,
 * was the same as another, or has another code now. What the registry says of such a thing, and what a survey
 * that brings it again is told. A restoration that goes back before the decision takes it back.
 */
import { maybe, type Queryable } from '../../core/db.ts'
import { holds, lineage } from './lineage.ts'

export type RetiredReason = 'scrapped' | 'merged' | 'recoded'

export interface RetiredKey {
  key: string
  componentId: string
  reason: RetiredReason
  survivorId: string | null
  /** The code of what has its place now. */
  otherCode: string | null
  requestNo: number
  /** YYYY-MM-DD */
  retiredOn: string
}

const RETIRED = `${lineage()} SELECT DISTINCT ON (r.key COLLATE "C") r.key, r.component_id AS "componentId", r.reason,
    r.survivor_id AS "survivorId", r.request_no AS "requestNo", r.retired_on AS "retiredOn",
    (SELECT coalesce(c.code, c.key) FROM component c WHERE c.district = r.district AND c.id = r.survivor_id
     ORDER BY c.batch DESC LIMIT 1) AS "otherCode"
  FROM retired_key r WHERE r.district = $1 AND ${holds('r.version')}`
const LAST = 'ORDER BY r.key COLLATE "C", r.version DESC'

/** The last word that holds on every retired key. */
export const listRetired = (db: Queryable, district: string): Promise<RetiredKey[]> =>
  db.query(`${RETIRED} ${LAST}`, [district])

/** Keys retired by versions after one. */
export async function listRetiredSince(db: Queryable, district: string, version: number): Promise<string[]> {
  const rows = await db.query<{ key: string }>(
    'SELECT key FROM retired_key WHERE district = $1 AND version > $2',
    [district, version],
  )
  return rows.map(row => row.key)
}

/** How a component that is not there any more ended, where a person decided it. */
export const findEnd = (db: Queryable, district: string, id: string): Promise<RetiredKey | null> =>
  maybe(
    db,
    `SELECT * FROM (${RETIRED} AND r.component_id = $2::uuid AND r.reason <> 'recoded' ${LAST}) e
     ORDER BY e."requestNo" DESC LIMIT 1`,
    [district, id],
  )

/** What was merged into a component. */
export const listMerged = (db: Queryable, district: string, survivor: string): Promise<RetiredKey[]> =>
  db.query(`${RETIRED} AND r.survivor_id = $2::uuid AND r.reason = 'merged' ${LAST}`, [district, survivor])

/** Writes down in the transaction of a version which keys it retires. */
export async function retireKeys(
  tx: Queryable,
  district: string,
  version: number,
  keys: readonly Omit<RetiredKey, 'otherCode'>[],
): Promise<void> {
  for (const { key, componentId, reason, survivorId, requestNo, retiredOn } of keys)
    await tx.query(
      `INSERT INTO retired_key (district, key, version, component_id, reason, survivor_id, request_no, retired_on)
       VALUES ($1, $2, $3, $4::uuid, $5, $6::uuid, $7, $8::date)`,
      [district, key, version, componentId, reason, survivorId, requestNo, retiredOn],
    )
}
