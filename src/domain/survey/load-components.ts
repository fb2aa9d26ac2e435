/**
 * Components from files to an unpublished batch: a thread decodes, COPY lands, indexes follow.
 *
 *   component-worker --rows--> channel --COPY--> component_N      then closePart, placeShapes
 *                    --rows--> channel --COPY--> placement_N
 *                    --findings--> ledger
 */
import { ewkbSize, writeEwkb } from '../../../gis/ewkb.ts'
import type { Geometry } from '../../../gis/geometry.ts'
import { channel } from '../../core/channel.ts'
import { type Db, one } from '../../core/db.ts'
import { startThread } from '../../core/threads.ts'
import { getDictionary, listClasses } from '../catalog/store.ts'
import { currentGeneration, listGrids, listUnitGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { dropBatch, openBatch } from '../registry/commands.ts'
import { listKnown } from '../registry/comparing.ts'
import { closePart, landRows } from '../registry/parts.ts'
import { placeShapes } from '../registry/placing.ts'
import { proposeRemovals } from '../registry/removals.ts'
import { listRetired } from '../registry/retired.ts'
import type { Batch } from '../registry/schema.ts'
import { currentVersion } from '../registry/store.ts'
import type { MainMessage, WorkerContext, WorkerInput, WorkerMessage } from './component-worker.ts'
import { finding } from './field-rows.ts'
import type { Finding } from './findings.ts'
import { hintsOf } from './hint-ground.ts'
import type { Loaded, LoadHouse, LoadInput } from './loading.ts'
import { findRegisteredNear } from './near-registered.ts'
import { readCommission } from './packages.ts'
import { matchPhotos } from './photos/matching.ts'
import { hashesByPicture } from './photos/photo-name.ts'
import { PICTURED_COLUMNS } from './photos/pictured.ts'
import { stemHashes } from './photos/store.ts'
import { takePhotos } from './photos/taking.ts'
import { numbersOf } from './running-numbers.ts'
import { noCounts } from './schema.ts'
import { keepUnchanged } from './unchanged.ts'

type Opened = Extract<WorkerMessage, { kind: 'opened' }>
const MANY_ROWS = 1_000_000
type Done = Extract<WorkerMessage, { kind: 'done' }>

/** @returns the batch, landed and unseen; nothing is left of it when this throws */
export async function loadComponents(house: LoadHouse, input: Omit<LoadInput, 'profile'>): Promise<Loaded> {
  const { db } = house
  const { district } = input.delivery
  const started = performance.now()
  const worker = startWorker({ files: input.files, profile: input.delivery.profile })
  let batch: Batch | null = null
  const brings = input.photos.files.length > 0 || input.photos.folder !== null
  const stop = () => worker.fail(input.signal.reason)
  input.signal.addEventListener('abort', stop, { once: true })
  try {
    const [opened, ground] = await Promise.all([worker.opened, readContext(db, district)])
    input.ledger.know(opened.layers)
    await input.ledger.add(opened.findings)
    const rowsTotal = opened.layers.reduce<number | null>(
      (sum, layer) => (sum === null || layer.rowCount === null ? null : sum + layer.rowCount),
      0,
    )
    const { gridGeneration, baseVersion, context } = ground
    if (!context) {
      await input.ledger.add([finding('grid.no-district', input.delivery.name, null)])
      return { counts: noCounts(), files: [], refusedWhole: true, batchNo: null }
    }
    batch = await openBatch(db, {
      district,
      deliveryId: input.delivery.id,
      dictionaryId: context.dictionaryId,
      files: opened.layers.map(layer => layer.file),
      gridGeneration,
      baseVersion,
      expectedRows: opened.layers.reduce(
        (sum, each) => sum + (each.rowCount ?? each.aboutRows ?? MANY_ROWS),
        0,
      ),
    })
    input.signal.throwIfAborted()
    const told = (taken: number) => input.progress('photos', taken, null)
    const brought = brings ? await takePhotos(house, { ...input, progress: told }) : 0
    const photoHashes = brings ? await stemHashes(db, input.delivery) : null
    const done = await worker.run(
      {
        ...context.worker,
        batch,
        numbersOf: numbersOf(input.delivery),
        codeProfileId: opened.profile.codeProfile ?? context.codeProfileId,
        full: input.delivery.options.full,
        crs: input.crs,
        picturesOf: brings ? input.delivery.id : null,
        commission: await readCommission(db, input.delivery),
        rules: input.rules,
        latestDate: dayInChina(input.rules.dates.daysAhead),
        photoHashes,
      },
      {
        part: batch.part,
        db,
        findings: found => input.ledger.add(found),
        pictured: rows => db.copyIn('photo_row', PICTURED_COLUMNS, [rows]),
        progress: rowsRead => input.progress('reading', rowsRead, rowsTotal),
      },
    )
    const mark = (phase: string) =>
      house.log.debug({ phase, ms: Math.round(performance.now() - started) }, 'load phase')
    mark('landed')
    input.progress('indexing', done.counts.read, rowsTotal)
    await closePart(db, batch.part)
    mark('indexed')
    input.signal.throwIfAborted()
    input.progress('placing', done.counts.read, rowsTotal)
    if (done.landed.placement < done.landed.component) await placeShapes(db, batch)
    mark('placed')
    const { samples } = done
    const hints = await hintsOf(db, district, { samples, grids: context.grids, keys: 'ids' })
    await input.ledger.add(hints.map(hint => hint.finding))
    mark('hinted')
    const files = opened.layers.map(layer => layer.file)
    const things = { table: done.near, asked: done.asked, codeFields: done.codeFields, files }
    const { known } = context.worker
    await input.ledger.add(
      await findRegisteredNear(
        db,
        district,
        things,
        known,
        input.rules,
        photoHashes && hashesByPicture(photoHashes),
      ),
    )
    mark('compared')
    const photos = brings ? await matchPhotos(db, { ...input, files, known, photos: brought }) : undefined
    mark('photographed')
    const missing = done.broken ? [] : await missingOf(done, input)
    await proposeRemovals(db, batch, missing)
    await keepUnchanged(db, batch, done.unchanged)
    input.signal.throwIfAborted()
    return {
      counts: { ...done.counts, missing: missing.length },
      files: done.files,
      refusedWhole: done.broken,
      batchNo: batch.no,
      photos,
    }
  } catch (error) {
    worker.fail(error)
    // the database may be gone too: what is left then is dropped when the interrupted load is noticed
    if (batch)
      await dropBatch(db, district, batch.no).catch(left =>
        house.log.warn({ err: left }, 'batch left to be dropped later'),
      )
    throw error
  } finally {
    input.signal.removeEventListener('abort', stop)
    await worker.close()
  }
}

/** Today where the districts are, and so many days on. */
const dayInChina = (daysAhead: number): string =>
  new Date(Date.now() + (8 + 24 * daysAhead) * 3_600_000).toISOString().slice(0, 10)

/** What a full delivery does not bring; nothing where it may stand in what was not read. */
async function missingOf(
  { missing }: Done,
  { delivery, ledger }: Pick<LoadInput, 'delivery' | 'ledger'>,
): Promise<readonly string[]> {
  if (delivery.options.full === undefined || !ledger.unread) return missing
  await ledger.add([finding('load.not-full', delivery.name, null)])
  return []
}

async function readContext(db: Db, district: string) {
  const gridGeneration = await currentGeneration(db, district)
  const baseVersion = await currentVersion(db, district)
  return { gridGeneration, baseVersion, context: await readWorkerContext(db, district, gridGeneration) }
}

async function readWorkerContext(db: Db, district: string, gridGeneration: number) {
  const grids = await listGrids(db, scopeOf(district), gridGeneration)
  if (!grids.some(grid => grid.level === 0)) return null
  const row = await one<{ dictionary_id: string; component_code_profile: string }>(
    db,
    'SELECT dictionary_id, component_code_profile FROM district WHERE code = $1',
    [district],
  )
  const dictionary = await getDictionary(db, row.dictionary_id)
  const units = await listUnitGrids(db, scopeOf(district))
  const worker: Pick<
    WorkerContext,
    'dictionary' | 'classes' | 'units' | 'grids' | 'unitGrids' | 'known' | 'retired'
  > = {
    dictionary: dictionary.name,
    classes: await listClasses(db, row.dictionary_id),
    units: await listUnits(db, scopeOf(district)),
    grids: grids.map(({ geometry, ...grid }) => ({ ...grid, ewkb: ewkb(geometry) })),
    unitGrids: units.map(({ code, geometry }) => ({ code, ewkb: ewkb(geometry) })),
    known: await listKnown(db, district),
    retired: await listRetired(db, district),
  }
  return { worker, grids, dictionaryId: row.dictionary_id, codeProfileId: row.component_code_profile }
}

function ewkb(geometry: Geometry): Uint8Array {
  const bytes = new Uint8Array(ewkbSize(geometry))
  writeEwkb(new DataView(bytes.buffer), 0, geometry, 4490)
  return bytes
}

/** Rows are short-lived: left to itself the thread keeps 100 MB of them, and is no faster for it. */
const YOUNG_MB = 8

/** The decoding thread as promises. */
function startWorker(workerData: WorkerInput) {
  const worker = startThread(new URL('./component-worker.ts', import.meta.url), workerData, YOUNG_MB)
  const post = (message: MainMessage) => worker.postMessage(message)
  const openedGate = Promise.withResolvers<Opened>()
  const doneGate = Promise.withResolvers<Done>()
  const components = channel<Uint8Array>(() => post({ kind: 'taken' }))
  const placements = channel<Uint8Array>()
  let onFindings: (found: Finding[]) => Promise<void> = async () => {}
  let onPictured: (rows: Uint8Array) => Promise<unknown> = async () => {}
  let onProgress: (rowsRead: number) => void = () => {}
  let findingsWritten: Promise<void> = Promise.resolve()

  const fail = (error: unknown) => {
    openedGate.reject(error)
    doneGate.reject(error)
    components.fail(error)
    placements.fail(error)
  }
  openedGate.promise.catch(() => {})
  doneGate.promise.catch(() => {})
  worker.on('message', (message: WorkerMessage) => {
    switch (message.kind) {
      case 'opened':
        return openedGate.resolve(message)
      case 'rows':
        components.push(message.components)
        if (message.placements.length > 0) placements.push(message.placements)
        return onProgress(message.rowsRead)
      case 'findings':
        findingsWritten = findingsWritten.then(() => onFindings(message.findings))
        findingsWritten.catch(fail)
        return
      case 'pictured':
        findingsWritten = findingsWritten.then(() => onPictured(message.rows)).then(() => {})
        findingsWritten.catch(fail)
        return
      case 'done':
        finished = true
        components.end()
        placements.end()
        return doneGate.resolve(message)
      case 'fault':
        return fail(Object.assign(new Error(message.message), { stack: message.stack }))
    }
  })
  worker.on('error', fail)
  let finished = false
  worker.on('exit', code => {
    if (!finished) fail(new Error(`the reading thread stopped (${code})`))
  })

  return {
    opened: openedGate.promise,
    async run(
      context: WorkerContext,
      to: {
        part: number
        db: Db
        findings(found: Finding[]): Promise<void>
        pictured(rows: Uint8Array): Promise<unknown>
        progress(rowsRead: number): void
      },
    ): Promise<Done & { landed: Awaited<ReturnType<typeof landRows>> }> {
      onFindings = to.findings
      onPictured = to.pictured
      onProgress = to.progress
      post({ kind: 'start', context })
      const [landed, done] = await Promise.all([
        landRows(to.db, to.part, components, placements, fail),
        doneGate.promise,
      ])
      await findingsWritten
      return { ...done, landed }
    },
    fail,
    close: () => worker.terminate(),
  }
}
