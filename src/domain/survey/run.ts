/**
 * The job that loads one delivery from its files to its end: published, checked (waiting for a second
 * person), failed or cancelled. Whatever stops it, the registry before it stays whole.
 */
import { one } from '../../core/db.ts'
import { Problem, problem } from '../../core/problem.ts'
import { asksSecondPerson } from '../orgs/store.ts'
import { dropBatch } from '../registry/commands.ts'
import { effectiveRules, takenAs } from './check-rules.ts'
import { endLoad, hearLoad, takeLoad, updateDelivery } from './commands.ts'
import { publishDelivery, waitsForAcceptance } from './deciding.ts'
import { FileFault, type Finding, severityOf } from './findings.ts'
import { Cancelled, interruption, ProcessGone, recordEnd } from './interruption.ts'
import { withoutOtherKinds } from './layer-kind.ts'
import { openLedger } from './ledger.ts'
import { loadComponents } from './load-components.ts'
import { loadDirectory } from './load-directory.ts'
import { loadGrids } from './load-grids.ts'
import { loadPlaces } from './load-places.ts'
import { loadRestored } from './load-restored.ts'
import { actorOf, type Loaded, type LoadHouse, type LoadInput, Rehearsed } from './loading.ts'
import { namedCrs } from './local-crs.ts'
import { resolveFolder } from './photos/photo-folder.ts'
import { forgetPhotos, sweepPhotos } from './photos/sweeping.ts'
import { guessProfile } from './profile.ts'
import { openSources } from './readers/open.ts'
import { unpack } from './readers/unpack.ts'
import { ignored } from './readers/unzip.ts'
import { currentRules, recordRules } from './rule-versions.ts'
import { type Delivery, noCounts, type Profile } from './schema.ts'
import { getDelivery } from './store.ts'
import { listStored } from './stored-files.ts'

/** How often a running load says that it is alive and how far it is. */
const HEARTBEAT_MS = 500

/** Loads being run by this process, to be cancelled. */
export interface Runner {
  run(deliveryId: string, signal: AbortSignal): Promise<void>
  /** @returns false when this process does not run it, or its end has begun: then it is not cancelled any more */
  cancel(deliveryId: string, actor: string): boolean
  /** Ids of the loads under way here. */
  running(): string[]
}

export function openRunner(house: LoadHouse): Runner {
  const running = new Map<string, Running>()
  return {
    async run(id, outer) {
      const own = new AbortController()
      const load: Running = {
        signal: own.signal,
        ending: false,
        stop: reason => own.abort(reason),
        end() {
          if (!load.ending) own.signal.throwIfAborted()
          load.ending = true
        },
      }
      running.set(id, load)
      const stop = () => load.stop(new ProcessGone())
      outer.addEventListener('abort', stop, { once: true })
      if (outer.aborted) stop()
      try {
        await runLoad(house, id, load)
      } finally {
        outer.removeEventListener('abort', stop)
        running.delete(id)
      }
    },
    cancel(id, actor) {
      const load = running.get(id)
      if (!load || load.ending) return false
      load.stop(new Cancelled(actor))
      return true
    },
    running: () => [...running.keys()],
  }
}

/** A load under way: until its end begins it can be stopped, from then on it runs to it. */
interface Running {
  signal: AbortSignal
  ending: boolean
  stop(reason: Cancelled | ProcessGone): void
  /** Begins the end. @throws what stopped the load before */
  end(): void
}

async function runLoad(house: LoadHouse, id: string, running: Running): Promise<void> {
  const { signal } = running
  const { db, files: store, log } = house
  const delivery = await getDelivery(db, id)
  if (!(await takeLoad(db, delivery))) return
  const rehearsal =
    delivery.kind !== 'components' &&
    delivery.decidedBy === null &&
    (await asksSecondPerson(db, delivery.district, delivery.createdAt))
  const { no, rules: changed } = await currentRules(db, delivery.district)
  const rules = effectiveRules(changed)
  if (delivery.kind === 'components') await recordRules(db, delivery, no)
  const ledger = openLedger(db, delivery, { takenAs: code => takenAs(rules, code) })
  const scratch = await store.scratch()
  let last: Delivery['progress'] = { phase: 'opening' }
  const heartbeat = setInterval(() => {
    hearLoad(db, delivery, last).catch(error => log.warn({ err: error }, 'load progress'))
  }, HEARTBEAT_MS)
  const started = performance.now()
  let landed: number | null = null
  try {
    const loaded = await loadFiles(house, {
      delivery,
      rules,
      ledger,
      signal,
      scratch,
      progress(phase, rowsRead, rowsTotal) {
        last = { phase, rowsRead, rowsTotal }
      },
      rehearsal,
      async ended(tx, result, changes) {
        running.end()
        if (rehearsal && changes) throw new Rehearsed(result)
        const progress = done(result.counts)
        if (!(await endLoad(tx, delivery, 'published', { ...result, progress })))
          throw problem('delivery.state', { state: 'failed', action: 'published' })
      },
    })
    const { counts, files, batchNo } = loaded
    landed = batchNo
    // every layer was passed over, or held blank lines only: that is no load of nothing
    const bare = counts.read === 0 && ledger.errors === 0 && delivery.options.restore === undefined
    if (bare) await ledger.add([new FileFault('file.no-rows', delivery.name).finding])
    const findings = await ledger.close()
    clearInterval(heartbeat)
    running.end()
    const result = { counts, files, findings, progress: done(counts) }
    if (loaded.refusedWhole || (counts.accepted === 0 && findings.errors > 0)) {
      if (batchNo !== null) await dropBatch(db, delivery.district, batchNo)
      const taken = { counts: noneTaken(counts), files: files.map(noneTaken) }
      await finish(house, delivery, 'failed', { ...result, ...taken })
    } else await settle(house, delivery, { ...result, batchNo, photos: loaded.photos }, rehearsal)
    log.info(
      { delivery: delivery.no, kind: delivery.kind, counts, ms: Math.round(performance.now() - started) },
      'load done',
    )
  } catch (error) {
    clearInterval(heartbeat)
    running.ending = true
    if (error instanceof Rehearsed)
      return finish(house, delivery, 'checked', { ...error.result, progress: done(error.result.counts) })
    const known = [Problem, Cancelled, ProcessGone, FileFault].some(kind => error instanceof kind)
    if (!known) log.error({ err: error, delivery: delivery.no }, 'load failed')
    const found = interruption(delivery, error)
    await recordEnd(house, signal, async () => {
      await ledger.add([found])
      const [state, actor] =
        error instanceof Cancelled ? (['cancelled', error.actor] as const) : (['failed'] as const)
      await finish(house, delivery, state, { findings: await ledger.close() }, actor)
      if (landed !== null) await dropBatch(db, delivery.district, landed)
    }).catch(left => log.warn({ err: left }, 'the end of a load could not be recorded'))
  } finally {
    clearInterval(heartbeat)
    await store.removeScratch(scratch)
    await sweepPhotos(house).catch(left => log.warn({ err: left }, 'photos left to be swept later'))
  }
}

const done = (counts: Delivery['counts']) => ({
  phase: 'done',
  rowsRead: counts.read,
  rowsTotal: counts.read,
})

/** A load of archives that could not be opened. */
const nothing: Loaded = { counts: noCounts(), files: [], refusedWhole: true, batchNo: null }

/** Counts of a load of which nothing stays: every row read counts as refused. */
const noneTaken = <T extends { read: number; accepted: number; refused: number }>(counts: T): T => ({
  ...counts,
  ...('added' in counts ? { added: 0, changed: 0, unchanged: 0, missing: 0 } : {}),
  accepted: 0,
  refused: counts.read,
})

/** Unpacks and loads what was sent; a restoration has nothing to unpack. */
async function loadFiles(
  house: LoadHouse,
  { scratch, ...given }: Omit<LoadInput, 'profile' | 'files' | 'photos' | 'crs'> & { scratch: string },
): Promise<Loaded> {
  const { delivery, ledger } = given
  if (delivery.options.restore !== undefined) return loadRestored(house, given, delivery.options.restore)
  const stored = (await listStored(house, delivery)).map(file => file.path)
  const components = delivery.kind === 'components'
  const limits = { ...house.unpackLimits, photos: components }
  const { files, photos, findings } = await unpack(stored, scratch, limits, given.signal)
  await ledger.add(findings)
  if (!components) for (const { name } of photos) await ledger.add(ignored(name, [name]))
  const source = {
    files: components ? photos.flatMap(({ path, name }) => (path === null ? [] : [{ path, name }])) : [],
    folder: delivery.options.photos
      ? await resolveFolder(house.photoLimits?.roots ?? [], delivery.options.photos)
      : null,
  }
  await forgetPhotos(house, delivery)
  const crs = await namedCrs(house.db, delivery.district, delivery.profile?.crs)
  if (crs?.version) await updateDelivery(house.db, delivery, { crsVersion: crs.version }, 'loading')
  if (files.length > 0) return load(house, { ...given, files, photos: source, crs })
  if (findings.every(found => severityOf(found.code) === 'warning'))
    throw new FileFault('file.no-layer', delivery.name)
  return nothing
}

async function load(house: LoadHouse, given: Omit<LoadInput, 'profile'>): Promise<Loaded> {
  const { kind, district } = given.delivery
  // components are opened, and guessed, in the thread that reads them
  if (kind === 'components') return loadComponents(house, given)
  const input = { ...given, profile: given.delivery.profile ?? (await guess(given)) }
  switch (kind) {
    case 'grids':
    case 'unit-grids': {
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

/** Where a second person decides, what was loaded or rehearsed waits for it; elsewhere it counts. */
async function settle(
  house: LoadHouse,
  delivery: Delivery,
  result: Partial<Delivery> & Pick<Loaded, 'counts' | 'batchNo' | 'photos'>,
  rehearsal: boolean,
): Promise<void> {
  const { db } = house
  const { batchNo, counts } = result
  if (delivery.kind !== 'components' || batchNo === null) {
    const waits = rehearsal && counts.added + counts.changed > 0
    return finish(house, delivery, waits ? 'checked' : 'published', result)
  }
  const { missing } = counts
  const second = await asksSecondPerson(db, delivery.district, delivery.createdAt)
  const nothingNew = counts.added + counts.changed + missing === 0
  // photos of things as they were count too: where a second person decides, on them as well
  if (nothingNew && (!result.photos || !second)) {
    await dropBatch(db, delivery.district, batchNo)
    return finish(house, delivery, 'published', { ...result, batchNo: undefined })
  }
  // that something ends is a person's decision, wherever loads count at once; a restoration is one already
  const undecided = missing > 0 && delivery.options.restore === undefined
  if (undecided || second || (await waitsForAcceptance(db, delivery)))
    return finish(house, delivery, 'checked', { ...result, batchNo })
  // still loading until it counts: who waits for the end must not take the step between for it
  await updateDelivery(db, delivery, { ...result, batchNo }, 'loading')
  await publishDelivery(house, await getDelivery(db, delivery.id), actorOf(delivery))
}

async function finish(
  house: LoadHouse,
  delivery: Delivery,
  state: Delivery['state'],
  result: Partial<Delivery>,
  actor?: string,
): Promise<void> {
  await house.db.transaction(tx => endLoad(tx, delivery, state, result, actor))
}

async function guess({ delivery, files, signal, ledger }: Omit<LoadInput, 'profile'>): Promise<Profile> {
  const { layers } = await openSources(files, { signal })
  const others: Finding[] = []
  const found = (finding: Finding) => others.push(finding)
  const profile = withoutOtherKinds(guessProfile(delivery.kind, layers), layers, found, true)
  await ledger.add(others)
  return profile
}
