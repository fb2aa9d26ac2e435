/**
 * The job that loads one delivery from its files to its end: published, checked (waiting for a second
 * person), failed or cancelled. Whatever stops it, the registry before it stays whole.
 */
import { maybe, one } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { Problem } from '../../core/problem.ts'
import { dropGeneration } from '../grids/commands.ts'
import { dropBatch, dropStrayPlacements } from '../registry/commands.ts'
import { folderOf, publishDelivery, updateDelivery } from './commands.ts'
import { FileFault, type Finding, severityOf } from './findings.ts'
import { openLedger } from './ledger.ts'
import { loadComponents } from './load-components.ts'
import { loadDirectory } from './load-directory.ts'
import { loadGrids } from './load-grids.ts'
import { loadPlaces } from './load-places.ts'
import type { Loaded, LoadHouse, LoadInput } from './loading.ts'
import { guessProfile } from './profile.ts'
import { openSources } from './readers/open.ts'
import { unpack } from './readers/unpack.ts'
import { type Delivery, noCounts, type Profile } from './schema.ts'
import { getDelivery } from './store.ts'

/** How often a running load says that it is alive and how far it is. */
const HEARTBEAT_MS = 500
/** Silence after which a load counts as interrupted, where other processes may be at work. */
const SILENCE_S = 60

/** Loads being run by this process, to be cancelled. */
export interface Runner {
  run(deliveryId: string, signal: AbortSignal): Promise<void>
  /** @returns false when this process does not run it */
  cancel(deliveryId: string): boolean
}

class Cancelled extends Error {}

export function openRunner(house: LoadHouse): Runner {
  const running = new Map<string, AbortController>()
  return {
    async run(id, outer) {
      const own = new AbortController()
      running.set(id, own)
      try {
        await runLoad(house, id, AbortSignal.any([outer, own.signal]))
      } finally {
        running.delete(id)
      }
    },
    cancel(id) {
      const controller = running.get(id)
      controller?.abort(new Cancelled('cancelled'))
      return controller !== undefined
    },
  }
}

async function runLoad(house: LoadHouse, id: string, signal: AbortSignal): Promise<void> {
  const { db, files: store, log } = house
  const delivery = await getDelivery(db, id)
  if (delivery.state !== 'loading') return
  const ledger = openLedger(db, delivery)
  const scratch = await store.scratch()
  let last: Delivery['progress'] = { phase: 'opening' }
  const heartbeat = setInterval(() => {
    updateDelivery(db, delivery, { progress: last }).catch(error => log.warn({ err: error }, 'load progress'))
  }, HEARTBEAT_MS)
  const started = performance.now()
  try {
    const stored = (await store.list(folderOf(delivery))).map(file => file.path)
    const unpacked = await unpack(stored, scratch)
    await ledger.add(unpacked.findings)
    if (
      unpacked.files.length === 0 &&
      unpacked.findings.every(found => severityOf(found.code) === 'warning')
    ) {
      throw new FileFault('file.no-layer', delivery.name)
    }
    const loaded =
      unpacked.files.length === 0
        ? nothing
        : await load(house, {
            delivery,
            files: unpacked.files,
            ledger,
            signal,
            progress(phase, rowsRead, rowsTotal) {
              last = { phase, rowsRead, rowsTotal }
            },
          })
    const findings = await ledger.close()
    clearInterval(heartbeat)
    const { counts, files, batchNo } = loaded
    const result = {
      counts,
      files,
      findings,
      progress: { phase: 'done', rowsRead: counts.read, rowsTotal: counts.read },
    }
    if (loaded.refusedWhole || (counts.accepted === 0 && findings.errors > 0)) {
      if (batchNo !== null) await dropBatch(db, delivery.district, batchNo)
      const taken = { counts: noneTaken(counts), files: files.map(noneTaken) }
      await finish(house, delivery, 'failed', { ...result, ...taken })
    } else await settle(house, delivery, { ...result, batchNo })
    log.info(
      { delivery: delivery.no, kind: delivery.kind, counts, ms: Math.round(performance.now() - started) },
      'load done',
    )
  } catch (error) {
    clearInterval(heartbeat)
    await ledger.add([interruption(delivery, error)]).catch(() => {})
    const findings = await ledger.close().catch(() => undefined)
    const state = error instanceof Cancelled ? 'cancelled' : 'failed'
    if (!(error instanceof Problem || error instanceof Cancelled || error instanceof FileFault))
      log.error({ err: error, delivery: delivery.no }, 'load failed')
    await finish(house, delivery, state, { findings }).catch(left =>
      log.warn({ err: left }, 'the end of a load could not be recorded'),
    )
  } finally {
    clearInterval(heartbeat)
    await store.removeScratch(scratch)
  }
}

/** A load of archives that could not be opened. */
const nothing: Loaded = { counts: noCounts(), files: [], refusedWhole: true, batchNo: null }

/** Counts of a load of which nothing stays: every row read counts as refused. */
const noneTaken = <T extends { read: number; accepted: number; refused: number }>(counts: T): T => ({
  ...counts,
  ...('added' in counts ? { added: 0, changed: 0, unchanged: 0 } : {}),
  accepted: 0,
  refused: counts.read,
})

async function load(house: LoadHouse, given: Omit<LoadInput, 'profile'>): Promise<Loaded> {
  const { kind, district } = given.delivery
  // components are opened, and guessed, in the thread that reads them
  if (kind === 'components') return loadComponents(house, given)
  const input = { ...given, profile: given.delivery.profile ?? (await guess(given.delivery, given.files)) }
  switch (kind) {
    case 'grids': {
      const row = await one<{ grid_code_profile: string }>(
        house.db,
        'SELECT grid_code_profile FROM district WHERE code = $1',
        [district],
      )
      return loadGrids(house, { ...input, codeProfile: row.grid_code_profile })
    }
    case 'addresses':
    case 'places':
      return loadPlaces(house, input)
    case 'units':
    case 'classes':
      return loadDirectory(house, input)
  }
}

/** Components may wait for a second person; everything else counts when it is loaded. */
async function settle(
  house: LoadHouse,
  delivery: Delivery,
  result: Partial<Delivery> & { batchNo: number | null },
): Promise<void> {
  const { db } = house
  const batchNo = result.batchNo
  if (delivery.kind !== 'components' || batchNo === null) return finish(house, delivery, 'published', result)
  const { counts } = result
  if (counts && counts.added + counts.changed === 0) {
    await dropBatch(db, delivery.district, batchNo)
    return finish(house, delivery, 'published', { ...result, batchNo: undefined })
  }
  const { approval } = await one<{ approval: string }>(db, 'SELECT approval FROM district WHERE code = $1', [
    delivery.district,
  ])
  if (approval !== 'none') return finish(house, delivery, 'checked', { ...result, batchNo })
  // still loading until it counts: who waits for the end must not take the step between for it
  await updateDelivery(db, delivery, { ...result, batchNo })
  await publishDelivery(house, await getDelivery(db, delivery.id), delivery.createdBy)
}

async function finish(
  house: LoadHouse,
  delivery: Delivery,
  state: Delivery['state'],
  result: Partial<Delivery>,
): Promise<void> {
  await updateDelivery(house.db, delivery, { ...result, state } as Parameters<typeof updateDelivery>[2])
  await record(house, delivery, state)
}

const record = (house: LoadHouse, delivery: Delivery, state: string): Promise<unknown> =>
  house.db.transaction(tx =>
    append(tx, delivery.district, delivery.createdBy, [
      { kind: `delivery.${state}`, data: { delivery: delivery.id, no: delivery.no } },
    ]),
  )

async function guess(delivery: Delivery, files: { path: string; name: string }[]): Promise<Profile> {
  const { layers } = await openSources(files, {})
  return guessProfile(delivery.kind, layers)
}

/** Why a load ended early, as a finding a person can act on. */
function interruption(delivery: Delivery, error: unknown): Finding {
  if (error instanceof FileFault) return error.finding
  const disk = error instanceof Problem && error.code === 'disk.full'
  const known = error instanceof Problem || error instanceof Cancelled
  const reason = known ? (error as Error).message : 'an error of ours; the log has it'
  return {
    code: disk || (error as { code?: string }).code === 'ENOSPC' ? 'load.disk-full' : 'load.interrupted',
    file: delivery.name,
    row: null,
    field: null,
    value: null,
    detail: { reason: reason.slice(0, 300) },
    lonLat: null,
  }
}

/**
 * Ends loads whose process is gone: their rows are dropped and they can be loaded again. On the embedded
 * engine this process is alone, so every load found running at its start is one.
 */
export async function recoverLoads(house: LoadHouse): Promise<number> {
  const { db, log } = house
  const stale = db.engine.manyConnections ? `heard_at < now() - interval '${SILENCE_S} seconds'` : 'true'
  const rows = await db.query<{ id: string; district: string; no: number }>(
    `SELECT id, district, no FROM delivery WHERE state = 'loading' AND ${stale}`,
  )
  for (const { id, district, no } of rows) {
    const delivery = await getDelivery(db, id)
    const { last } = (await maybe<{ last: number }>(
      db,
      'SELECT max(no) AS last FROM finding WHERE district = $1 AND delivery_no = $2',
      [district, no],
    )) ?? { last: 0 }
    const ledger = openLedger(db, delivery, last ?? 0)
    await ledger.add([interruption(delivery, new Cancelled('the process that loaded it stopped'))])
    await finish(house, delivery, 'failed', { findings: await ledger.close() })
    log.warn({ delivery: no, district }, 'interrupted load ended')
  }
  await dropStrays(house)
  return rows.length
}

/** Drops batches and generations that no delivery owns any more. */
async function dropStrays({ db }: LoadHouse): Promise<void> {
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
  const busy = await db.query("SELECT 1 FROM delivery WHERE kind = 'grids' AND state = 'loading' LIMIT 1")
  if (busy.length === 0) await dropStrayPlacements(db)
}
