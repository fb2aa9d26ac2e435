/**
 * Bringing an earlier version's state back, as a batch like any other: nothing that was published is
 * undone or overwritten. Rows that later versions closed are copied into the batch, with where they came
 * from first; what later versions brought is proposed to end, and decided so.
 *
 *   seen at `to`, closed since -> copies        seen now, later than `to`, no copy -> ended
 */
import type { Db, Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { Grid } from '../grids/schema.ts'
import { closePart } from './parts.ts'
import { placeBatch } from './placing.ts'
import { idRanges } from './ranges.ts'
import { decideAllRemovals, proposeRemovals } from './removals.ts'
import { type Batch, COMPONENT_COLUMNS } from './schema.ts'
import { CURRENT, countCurrent, currentVersion } from './store.ts'

/** At most so many rows a restoration copies: what the versions since took away or changed. */
export async function countClosedSince(db: Queryable, district: string, to: number): Promise<number> {
  const head = await currentVersion(db, district)
  if (to < 0 || to >= head) throw problem('registry.version', { version: to, head })
  const [row] = await db.query<{ n: number }>(
    'SELECT coalesce(sum(changed + removed), 0)::int AS n FROM registry_version WHERE district = $1 AND no > $2',
    [district, to],
  )
  return row!.n
}

/**
 * A version at which there was nothing is brought back only by who says that nothing is to be left.
 * @throws Problem registry.version, registry.emptied
 */
export async function refuseToEmpty(
  db: Queryable,
  district: string,
  to: number,
  emptying: boolean,
): Promise<void> {
  await countClosedSince(db, district, to)
  const [then, now] = [await countCurrent(db, district, to), await countCurrent(db, district)]
  if (then === 0 && now > 0 && !emptying) throw problem('registry.emptied', { version: to, n: now })
}

export interface Restored {
  /** Rows brought back. */
  copied: number
  /** Components that end. */
  ended: number
}

/**
 * Lands, indexes and places what was seen at version `to` and is not now, in an open batch, unseen.
 * @param grids of the batch's grid generation
 */
export async function landRestored(
  db: Db,
  batch: Batch,
  {
    to,
    base,
    grids,
    actor,
    signal,
  }: {
    to: number
    /** The version the batch was opened on. */
    base: number
    grids: readonly Grid[]
    actor: string
    signal: AbortSignal
  },
): Promise<Restored> {
  const copied = await copyRows(db, batch, to, base, signal)
  await closePart(db, batch.part)
  signal.throwIfAborted()
  await placeBatch(db, batch, grids)
  signal.throwIfAborted()
  return { copied, ended: await endLaterOnes(db, batch, to, actor, signal) }
}

/** Columns of a row that stay what they were. */
const kept = COMPONENT_COLUMNS.filter(column => !['district', 'part', 'batch', 'supersedes'].includes(column))
/** Whether a component is seen at the base, so that its row that comes back changes it. */
const SEEN = `EXISTS (SELECT 1 FROM component s JOIN batch sb ON sb.district = s.district AND sb.no = s.batch AND sb.version <= $3
  WHERE s.district = c.district AND s.id = c.id AND (s.closed_version IS NULL OR s.closed_version > $3))`

async function copyRows(
  db: Db,
  batch: Batch,
  to: number,
  base: number,
  signal: AbortSignal,
): Promise<number> {
  const from = `component c JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version <= $2
    WHERE c.district = $1 AND c.closed_version > $2 AND c.closed_version <= $3`
  const all = { from, id: 'c.id', params: [batch.district, to, base], size: 5_000 }
  let copied = 0
  for await (const { within, params } of idRanges(db, all)) {
    signal.throwIfAborted()
    const n = params.length
    const rows = await db.query<{ n: number }>(
      `WITH landed AS (
         INSERT INTO component_${batch.part} (district, part, batch, origin_batch, supersedes, ${kept.join(', ')})
         SELECT c.district, $${n + 1}::int, $${n + 2}::int, coalesce(c.origin_batch, c.batch), ${SEEN}, ${kept.map(column => `c.${column}`).join(', ')}
         FROM ${from} ${within} RETURNING 1)
       SELECT count(*)::int AS n FROM landed`,
      [...params, batch.part, batch.no],
    )
    copied += rows[0]!.n
  }
  return copied
}

async function endLaterOnes(
  db: Db,
  batch: Batch,
  to: number,
  actor: string,
  signal: AbortSignal,
): Promise<number> {
  const from = `(${CURRENT}) c JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version > $2
    WHERE c.district = $1`
  const all = { from, id: 'c.id', params: [batch.district, to], size: 5_000 }
  let ended = 0
  for await (const { within, params } of idRanges(db, all)) {
    signal.throwIfAborted()
    const n = params.length
    const rows = await db.query<{ id: string }>(
      `SELECT c.id FROM ${from} ${within} AND NOT EXISTS (SELECT 1 FROM component o
         WHERE o.district = c.district AND o.part = $${n + 1} AND o.batch = $${n + 2} AND o.id = c.id)`,
      [...params, batch.part, batch.no],
    )
    const ids = rows.map(row => row.id)
    await proposeRemovals(db, batch, ids)
    ended += ids.length
  }
  // that they end is what going back means
  if (ended > 0) await db.transaction(tx => decideAllRemovals(tx, batch, { decision: 'end', actor }))
  return ended
}
