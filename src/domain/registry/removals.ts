/**
 * Components that a batch would end: missing from a delivery declared full. A proposal is decided by a
 * person, one by one or all at once, before the batch is published; what nobody decided stays. Decisions of
 * a batch are numbered: one on all is a single row, and holds for what was not decided since.
 */
import { type Db, one, type Queryable } from '../../core/db.ts'
import { baseAndHead, listClosed } from './comparing.ts'
import { idRanges } from './ranges.ts'
import type { Batch } from './schema.ts'

export type RemovalDecision = 'keep' | 'end'

/** Proposals one statement writes, or removes. */
const AT_ONCE = 2_000
/** Proposals one statement reads. */
const READ_AT_ONCE = 5_000

/** What was decided of a proposal, by the names that it and its batch have in the statement. */
export const decisionOf = (proposal: string, batch: string): string =>
  `CASE WHEN ${proposal}.decided_no > ${batch}.of_all_no THEN ${proposal}.decision ELSE ${batch}.of_all END`
const DECISION = decisionOf('r', 'b')

/** @param ids of current components */
export async function proposeRemovals(
  db: Queryable,
  batch: Pick<Batch, 'district' | 'no'>,
  ids: readonly string[],
): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    await db.query(
      'INSERT INTO proposed_removal (district, batch, component_id) SELECT $1, $2, id FROM unnest($3::uuid[]) AS id',
      [batch.district, batch.no, ids.slice(at, at + AT_ONCE)],
    )
  }
}

interface Deciding {
  decision: RemovalDecision
  actor: string
}

/**
 * Decides proposals of a batch; a decision can be changed until the batch is published.
 * @returns how many were decided
 */
export async function decideRemovals(
  tx: Queryable,
  batch: Pick<Batch, 'district' | 'no'>,
  ids: readonly string[],
  { decision, actor }: Deciding,
): Promise<number> {
  const decided = await tx.query(
    `UPDATE proposed_removal SET decision = $4, decided_by = $5, decided_at = now(), decided_no = $6
     WHERE district = $1 AND batch = $2 AND component_id = ANY($3::uuid[]) RETURNING 1`,
    [batch.district, batch.no, ids, decision, actor, await nextDecision(tx, batch)],
  )
  return decided.length
}

/** Decides all proposals of a batch, those decided before with them. */
export async function decideAllRemovals(
  tx: Queryable,
  batch: Pick<Batch, 'district' | 'no'>,
  { decision, actor }: Deciding,
): Promise<void> {
  await tx.query(
    'UPDATE batch SET of_all = $3, of_all_no = $4, of_all_by = $5, of_all_at = now() WHERE district = $1 AND no = $2',
    [batch.district, batch.no, decision, await nextDecision(tx, batch), actor],
  )
}

async function nextDecision(
  tx: Queryable,
  { district, no }: Pick<Batch, 'district' | 'no'>,
): Promise<number> {
  const sql = 'UPDATE batch SET decisions = decisions + 1 WHERE district = $1 AND no = $2 RETURNING decisions'
  return (await one<{ decisions: number }>(tx, sql, [district, no])).decisions
}

/** How many decisions were made on a batch: as long as it is the same, so are they. */
export async function countDecisions(
  db: Queryable,
  { district, no }: Pick<Batch, 'district' | 'no'>,
): Promise<number> {
  const sql = 'SELECT decisions FROM batch WHERE district = $1 AND no = $2'
  return (await one<{ decisions: number }>(db, sql, [district, no])).decisions
}

/** How the proposals of a batch were decided. */
export async function countRemovals(
  db: Db,
  batch: Pick<Batch, 'district' | 'no'>,
): Promise<{ end: number; keep: number; undecided: number }> {
  const sums = { end: 0, keep: 0, undecided: 0 }
  for await (const { within, params } of idRanges(db, proposalsOf(batch))) {
    const rows = await db.query<{ decision: RemovalDecision | null; n: number }>(
      `SELECT ${DECISION} AS decision, count(*)::int AS n FROM ${PROPOSALS} ${within} GROUP BY 1`,
      params,
    )
    for (const { decision, n } of rows) sums[decision ?? 'undecided'] += n
  }
  return sums
}

const PROPOSALS = `proposed_removal r JOIN batch b ON b.district = r.district AND b.no = r.batch
  WHERE r.district = $1 AND r.batch = $2`
const proposalsOf = ({ district, no }: Pick<Batch, 'district' | 'no'>) => ({
  from: PROPOSALS,
  id: 'r.component_id',
  params: [district, no],
  size: READ_AT_ONCE,
})

/** Ids of the components that were decided to end. */
export async function listEnded(db: Db, batch: Pick<Batch, 'district' | 'no'>): Promise<string[]> {
  const ids: string[] = []
  for await (const { within, params } of idRanges(db, proposalsOf(batch))) {
    const rows = await db.query<{ id: string }>(
      `SELECT r.component_id AS id FROM ${PROPOSALS} ${within} AND ${DECISION} = 'end' ORDER BY r.component_id`,
      params,
    )
    for (const row of rows) ids.push(row.id)
  }
  return ids
}

/** How many of the components to end are not what they were when that was proposed: ended or changed by a later version. */
export async function countEndOvertaken(
  db: Queryable,
  batch: Pick<Batch, 'district' | 'no'>,
  ends: readonly string[],
): Promise<number> {
  const { base, head } = await baseAndHead(db, batch)
  if (base === head) return 0
  return (await listClosed(db, batch.district, ends, { after: base, upTo: head })).size
}

/** Forgets what was proposed with a batch. */
export async function dropRemovals(db: Db, { district, no }: Pick<Batch, 'district' | 'no'>): Promise<void> {
  const from = 'proposed_removal r WHERE r.district = $1 AND r.batch = $2'
  const all = { from, id: 'r.component_id', params: [district, no], size: AT_ONCE }
  for await (const { within, params } of idRanges(db, all))
    await db.query(`DELETE FROM ${from} ${within}`, params)
}
