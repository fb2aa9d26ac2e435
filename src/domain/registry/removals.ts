/**
 * Components that a batch would end: missing from a delivery declared full. A proposal is decided by a
 * person, one by one or all at once, before the batch is published; what nobody decided stays.
 */
import { type Db, one, type Queryable } from '../../core/db.ts'
import { baseAndHead } from './comparing.ts'
import { FIRST_ID } from './ranges.ts'
import type { Batch } from './schema.ts'

export type RemovalDecision = 'keep' | 'end'

const AT_ONCE = 5_000

/** @param ids of current components */
export async function proposeRemovals(
  db: Queryable,
  batch: Pick<Batch, 'district' | 'no'>,
  ids: readonly string[],
  decided: { decision: RemovalDecision; actor: string } | null = null,
): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    await db.query(
      `INSERT INTO proposed_removal (district, batch, component_id, decision, decided_by, decided_at)
       SELECT $1, $2, id, $4, $5, CASE WHEN $4::text IS NULL THEN NULL ELSE now() END FROM unnest($3::uuid[]) AS id`,
      [
        batch.district,
        batch.no,
        ids.slice(at, at + AT_ONCE),
        decided?.decision ?? null,
        decided?.actor ?? null,
      ],
    )
  }
}

/**
 * Decides proposals of a batch; a decision can be changed until the batch is published.
 * @param ids all that are proposed where null
 * @returns how many were decided
 */
export async function decideRemovals(
  tx: Queryable,
  batch: { district: string; no: number },
  { ids, decision, actor }: { ids: readonly string[] | null; decision: RemovalDecision; actor: string },
): Promise<number> {
  const { n } = await one<{ n: number }>(
    tx,
    `WITH decided AS (
       UPDATE proposed_removal SET decision = $4, decided_by = $5, decided_at = now()
       WHERE district = $1 AND batch = $2 AND ($3::uuid[] IS NULL OR component_id = ANY($3::uuid[])) RETURNING 1)
     SELECT count(*)::int AS n FROM decided`,
    [batch.district, batch.no, ids, decision, actor],
  )
  return n
}

/** How the proposals of a batch were decided. */
export async function countRemovals(
  db: Queryable,
  batch: { district: string; no: number },
): Promise<{ end: number; keep: number; undecided: number }> {
  return one(
    db,
    `SELECT count(*) FILTER (WHERE decision = 'end')::int AS end, count(*) FILTER (WHERE decision = 'keep')::int AS keep,
       count(*) FILTER (WHERE decision IS NULL)::int AS undecided
     FROM proposed_removal WHERE district = $1 AND batch = $2`,
    [batch.district, batch.no],
  )
}

/** Ids of the components that were decided to end. */
export async function listEnded(db: Queryable, batch: { district: string; no: number }): Promise<string[]> {
  const ids: string[] = []
  for (let last = FIRST_ID, read = AT_ONCE; read === AT_ONCE; ) {
    const rows = await db.query<{ id: string }>(
      `SELECT component_id AS id FROM proposed_removal WHERE district = $1 AND batch = $2 AND decision = 'end'
       AND component_id > $3::uuid ORDER BY component_id LIMIT ${AT_ONCE}`,
      [batch.district, batch.no, last],
    )
    for (const row of rows) ids.push(row.id)
    read = rows.length
    last = rows.at(-1)?.id ?? last
  }
  return ids
}

/** How many of the components to end are not what they were when that was proposed: ended or changed by a later version. */
export async function countEndOvertaken(
  db: Db | Queryable,
  batch: { district: string; no: number },
): Promise<number> {
  const { base, head } = await baseAndHead(db, batch)
  if (base === head) return 0
  const { n } = await one<{ n: number }>(
    db,
    `SELECT count(*)::int AS n FROM proposed_removal r
     WHERE r.district = $1 AND r.batch = $2 AND r.decision = 'end' AND NOT EXISTS (
       SELECT 1 FROM component c JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version <= $3
       WHERE c.district = r.district AND c.id = r.component_id AND (c.closed_version IS NULL OR c.closed_version > $4))`,
    [batch.district, batch.no, base, head],
  )
  return n
}
