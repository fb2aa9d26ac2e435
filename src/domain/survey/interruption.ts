/**
 * Loads that ended before their end: why, as a finding a person can act on, and the clearing away of what
 * they left. What was in the registry before stays as it is, whatever stopped them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { maybe } from '../../core/db.ts'
import { Problem } from '../../core/problem.ts'
import { dropGeneration } from '../grids/commands.ts'
import { dropPlaces } from '../places/commands.ts'
import { dropBatch, dropStrayPlacements } from '../registry/commands.ts'
import { endLoad } from './commands.ts'
import { FileFault, type Finding, type FindingCode } from './findings.ts'
import { openLedger } from './ledger.ts'
import type { LoadHouse } from './loading.ts'
import { sweepPhotos } from './photos/sweeping.ts'
import type { Delivery } from './schema.ts'
import { getDelivery } from './store.ts'

/** Silence after which a load counts as interrupted, where other processes may be at work. */
export const SILENCE_S = 60

/** Somebody asked for the end of the load. */
export class Cancelled extends Error {
  readonly actor: string
  constructor(actor: string) {
    super('cancelled')
    this.actor = actor
  }
}
/** The process that loads stops, or is no more. */
export class ProcessGone extends Error {}

/** Why a load ended early. */
export function interruption(delivery: Delivery, error: unknown): Finding {
  if (error instanceof FileFault) return error.finding
  const reason = error instanceof Problem ? error.message : 'an error of ours; the log has it'
  return {
    code: codeOf(error),
    file: delivery.name,
    row: null,
    field: null,
    value: null,
    detail: { reason: reason.slice(0, 300) },
    lonLat: null,
  }
}

function codeOf(error: unknown): FindingCode {
  if (error instanceof Cancelled) return 'load.cancelled'
  if (error instanceof ProcessGone) return 'load.process-gone'
  const { code } = error as { code?: string }
  if (code === 'disk.full' || code === 'ENOSPC') return 'load.disk-full'
  return code === 'database.gone' ? 'load.database-gone' : 'load.interrupted'
}

/** Ends a load that waits for its turn. @returns false when it does not: somebody took it, or ended it */
export async function cancelWaiting({ db }: LoadHouse, delivery: Delivery, actor: string): Promise<boolean> {
  return db.transaction(async tx => {
    const waiting = await tx.query(
      `SELECT 1 FROM delivery WHERE district = $1 AND id = $2::uuid AND state = 'loading'
         AND progress->>'phase' = 'waiting' FOR UPDATE`,
      [delivery.district, delivery.id],
    )
    if (waiting.length === 0) return false
    const ledger = openLedger(tx, delivery)
    await ledger.add([interruption(delivery, new Cancelled(actor))])
    return endLoad(tx, delivery, 'cancelled', { findings: await ledger.close() }, actor)
  })
}

/**
 * Ends loads whose process is gone: their rows are dropped and they can be loaded again. On the embedded
 * engine this process is alone, so every load found running that is not its own is one.
 * @param own ids of the loads this process runs: it may have been too busy to be heard
 */
export async function recoverLoads(house: LoadHouse, own: readonly string[] = []): Promise<number> {
  const { db, log } = house
  const stale = db.engine.manyConnections ? `heard_at < now() - interval '${SILENCE_S} seconds'` : 'true'
  const rows = await db.query<{ id: string }>(
    `SELECT id FROM delivery WHERE state = 'loading' AND NOT (id = ANY($1::uuid[])) AND ${stale}`,
    [own],
  )
  for (const { id } of rows) {
    const delivery = await getDelivery(db, id)
    const last = await maybe<{ no: number | null }>(
      db,
      'SELECT max(no) AS no FROM finding WHERE district = $1 AND delivery_no = $2',
      [delivery.district, delivery.no],
    )
    const ledger = openLedger(db, delivery, { after: last?.no ?? 0 })
    await ledger.add([interruption(delivery, new ProcessGone())])
    const findings = await ledger.close()
    if (await db.transaction(tx => endLoad(tx, delivery, 'failed', { findings })))
      log.warn({ delivery: delivery.no, district: delivery.district }, 'interrupted load ended')
  }
  await dropStrays(house)
  return rows.length
}

/** Drops batches, generations and places that no delivery owns any more. */
export async function dropStrays(house: LoadHouse): Promise<void> {
  const { db } = house
  await sweepPhotos(house)
  const batches = await db.query<{ district: string; no: number }>(
    `SELECT b.district, b.no FROM batch b WHERE b.version IS NULL AND NOT EXISTS (
       SELECT 1 FROM delivery d WHERE d.district = b.district AND d.id = b.delivery_id
         AND (d.state = 'loading' OR (d.state = 'checked' AND d.batch_no = b.no)))`,
  )
  for (const { district, no } of batches) await dropBatch(db, district, no)
  const generations = await db.query<{ district: string; no: number }>(
    `SELECT g.district, g.no FROM grid_generation g WHERE g.published_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM delivery d WHERE d.district = g.district AND d.id = g.delivery_id AND d.state = 'loading')`,
  )
  for (const { district, no } of generations) await dropGeneration(db, district, no)
  const places = await db.query<{ district: string; no: number }>(
    `SELECT p.district, p.no FROM place_delivery p WHERE p.publication IS NULL AND NOT EXISTS (
       SELECT 1 FROM delivery d WHERE d.district = p.district AND d.no = p.no AND d.state = 'loading')`,
  )
  for (const { district, no } of places) await dropPlaces(db, district, no)
  const busy = await db.query("SELECT 1 FROM delivery WHERE kind = 'grids' AND state = 'loading' LIMIT 1")
  if (busy.length === 0) await dropStrayPlacements(db)
}

/** Pause before the end of a load is written again, where the database was gone. */
const AGAIN_MS = 1000

/**
 * Writes how a load ended. A database that went away may come back: it is asked again until the silence would
 * make the load count as interrupted anyway, and what the load left behind is dropped then.
 */
export async function recordEnd(
  house: LoadHouse,
  signal: AbortSignal,
  write: () => Promise<void>,
): Promise<void> {
  const { db } = house
  for (let tries = 0; ; tries++) {
    try {
      await write()
      if (tries > 0) await dropStrays(house)
      return
    } catch (error) {
      const gone = error instanceof Problem && error.code === 'database.gone'
      const stopping = signal.reason instanceof ProcessGone
      if (!gone || stopping || !db.engine.manyConnections || tries >= SILENCE_S) throw error
      await sleep(AGAIN_MS)
    }
  }
}
