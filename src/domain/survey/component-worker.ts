/**
 * The thread in which component files are read and decoded, so that the server goes on answering. It
 * opens the files, is told the context, streams landed-ready bytes and findings, and waits when the
 * database is slower than it.
 *
 *   opened -> (start) -> rows, rows, findings ... -> done | fault
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Crs } from '../../../gis/crs.ts'
import { readEwkb } from '../../../gis/ewkb.ts'
import type { PolygonGeometry } from '../../../gis/geometry.ts'
import { copyWriter } from '../../core/copy.ts'
import { keepCompiled } from '../../core/threads.ts'
import { codeProfile } from '../catalog/codes.ts'
import { classIndex } from '../catalog/rules.ts'
import type { ComponentClass } from '../catalog/schema.ts'
import type { Grid } from '../grids/schema.ts'
import { type UnitEntry, unitIndex } from '../orgs/units.ts'
import type { KnownComponents } from '../registry/comparing.ts'
import { openPlacer } from '../registry/placing.ts'
import type { RetiredKey } from '../registry/retired.ts'
import type { Batch } from '../registry/schema.ts'
import { duplicateDistanceM, type EffectiveRules, takenAs } from './check-rules.ts'
import { memoryOf, type NearTable, openNear } from './checks/near.ts'
import { statedGrids } from './checks/stated-grid.ts'
import { type Commission, openCommission } from './commission.ts'
import { componentDecoder, type LayerDecoder } from './component.ts'
import type { KnownIndex } from './component-context.ts'
import type { RowOutcome } from './component-writer.ts'
import { layerCrs, readingOf } from './crs.ts'
import { FileFault, type Finding, type FindingCode } from './findings.ts'
import { withClassColumn } from './guess-class.ts'
import { knownIndex } from './known-index.ts'
import { withoutOtherKinds } from './layer-kind.ts'
import { hashesByPicture } from './photos/photo-name.ts'
import { openPictured } from './photos/pictured.ts'
import { openSampler, type PositionSample, sampleSize } from './position-sample.ts'
import { guessProfile, resolveLayer } from './profile.ts'
import { openSources } from './readers/open.ts'
import type { SourceLayer } from './readers/source.ts'
import { type DeliveryCounts, type DeliveryFile, type LoadOptions, noCounts, type Profile } from './schema.ts'
import { openSeenKeys } from './seen-keys.ts'
import { openUnchanged, type Unchanged } from './unchanged.ts'

export interface WorkerInput {
  files: { path: string; name: string }[]
  /** Guessed from the layers where null. */
  profile: Profile | null
}

/** What the main thread knows and the decoder needs. */
export interface WorkerContext {
  batch: Batch
  numbersOf: string | null
  codeProfileId: Profile['codeProfile'] & {}
  dictionary: string
  classes: ComponentClass[]
  units: UnitEntry[]
  grids: (Omit<Grid, 'geometry'> & { ewkb: Uint8Array })[]
  unitGrids: { code: string; ewkb: Uint8Array }[]
  known: KnownComponents
  retired: RetiredKey[]
  full: LoadOptions['full']
  commission: Commission
  crs: Crs | null
  rules: EffectiveRules
  /** The last day a date may be of, 'YYYY-MM-DD'. */
  latestDate: string
  /** Checksums of photos by the stem of their names; null where none were brought. */
  photoHashes: ReadonlyMap<string, string> | null
  /** The delivery whose photos are matched with rows; null where it brings none. */
  picturesOf: string | null
}

export type WorkerMessage =
  | {
      kind: 'opened'
      layers: Pick<SourceLayer, 'file' | 'rowCount' | 'aboutRows' | 'fields' | 'sheet'>[]
      profile: Profile
      findings: Finding[]
    }
  | { kind: 'rows'; components: Uint8Array; placements: Uint8Array; rowsRead: number }
  | { kind: 'findings'; findings: Finding[] }
  | { kind: 'pictured'; rows: Uint8Array }
  | {
      kind: 'done'
      counts: DeliveryCounts
      files: DeliveryFile[]
      missing: string[]
      broken: boolean
      samples: PositionSample[]
      near: NearTable
      /** 1 for each known component that was brought. */
      asked: Uint8Array
      /** By file: the column that codes stand in. */
      codeFields: (string | null)[]
      unchanged: Unchanged
    }
  | { kind: 'fault'; message: string; stack: string }

export type MainMessage = { kind: 'start'; context: WorkerContext } | { kind: 'taken' }

/** Bytes of a chunk: about what the embedded engine lands in a fifth of a second. */
const CHUNK_BYTES = 640_000
const CHUNKS_AHEAD = 6
const FINDINGS_AT_ONCE = 2_000

const port = parentPort!
const input = workerData as WorkerInput
let ahead = 0
let resume = () => {}
const send = (message: WorkerMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

const started = new Promise<WorkerContext>(resolve =>
  port.on('message', (message: MainMessage) => {
    if (message.kind === 'start') return resolve(message.context)
    ahead--
    resume()
  }),
)

try {
  const { encoding, position } = input.profile ?? {}
  const { layers, findings } = await openSources(input.files, { encoding, position })
  const said = input.profile ?? guessProfile('components', layers)
  const found = (finding: Finding) => findings.push(finding)
  const profile = withoutOtherKinds(said, layers, found, input.profile === null)
  send({
    kind: 'opened',
    // readers stay in this thread
    layers: layers.map(({ rows: _, afterwards: __, ...layer }) => layer),
    profile,
    findings,
  })
  keepCompiled()
  await decode(layers, profile, await started)
} catch (error) {
  send({ kind: 'fault', message: (error as Error).message, stack: String((error as Error).stack) })
}
port.close()

async function decode(layers: SourceLayer[], given: Profile, context: WorkerContext): Promise<void> {
  const components = copyWriter(CHUNK_BYTES * 2)
  const placements = copyWriter()
  const counts = noCounts()
  let pending: Finding[] = []
  const found = (finding: Finding) => {
    pending.push(finding)
    if (pending.length >= FINDINGS_AT_ONCE) flushFindings()
  }
  const flushFindings = () => {
    if (pending.length > 0) send({ kind: 'findings', findings: pending })
    pending = []
  }
  const pictured =
    context.picturesOf === null ? null : openPictured(context.batch.district, context.picturesOf)
  const flushRows = async () => {
    if (pictured && pictured.bytes > 0) send({ kind: 'pictured', rows: pictured.take() })
    if (components.bytes === 0 && placements.bytes === 0) return
    const [a, b] = [components.take(), placements.take()]
    send({ kind: 'rows', components: a, placements: b, rowsRead: counts.read }, [a.buffer, b.buffer])
    ahead++
    while (ahead >= CHUNKS_AHEAD) await new Promise<void>(resolve => (resume = resolve))
  }
  const known = knownIndex(context.known)
  const shared = { ...openShared(context, layers), known, components, placements, found, pictured }
  const profile = input.profile ? given : withClassColumn(given, layers, shared.classes)
  const done: DeliveryFile[] = []
  const samples: PositionSample[] = []
  // a file that ends before its end has given rows already: half of it must not count
  let broken = false
  const codeFields: (string | null)[] = []
  /** @returns whether enough is written to be sent */
  const take = (file: DeliveryFile, outcome: RowOutcome): boolean => {
    counts[outcome]++
    if (outcome === 'refused') file.refused++
    else {
      file.accepted++
      counts.accepted++
    }
    return components.bytes + (pictured?.bytes ?? 0) >= CHUNK_BYTES
  }
  /** Reads rows until the file is through, or it turns out that it has no end. */
  const reading = async (read: () => Promise<void>) => {
    try {
      await read()
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      found(error.finding)
      broken = true
    }
  }
  const putOff: PutOff[] = []
  for (const [fileNo, layer] of layers.entries()) {
    const file: DeliveryFile = { name: layer.file, bytes: null, read: 0, accepted: 0, refused: 0 }
    done.push(file)
    const resolved = resolveLayer(profile, layer, layers.length)
    for (const finding of resolved.findings) found(finding)
    const crs = resolved.skip ? null : layerCrs(layer, profile, found, context.crs)
    if (crs === null || resolved.findings.length > 0) continue
    const positions = readingOf(profile, crs)
    const decoder = componentDecoder(shared, layer, resolved, positions, fileNo)
    const sampler = openSampler(resolved.columns, sampleSize(layers.length))
    codeFields[fileNo] = layer.fields[resolved.columns.code ?? -1]?.name ?? null
    const later: number[] = []
    await reading(async () => {
      for await (const rows of layer.rows()) {
        decoder.look(rows)
        for (const row of rows) {
          file.read++
          counts.read++
          const outcome = decoder.decode(row)
          sampler.offer(row)
          if (outcome === 'later') later.push(row.row)
          else if (take(file, outcome)) await flushRows()
        }
      }
      decoder.end()
      for await (const finding of layer.afterwards?.() ?? []) found(finding)
    })
    if (later.length > 0) putOff.push({ layer, file, decoder, rows: new Set(later) })
    samples.push(withIds({ file: layer.file, ...positions, ...sampler.taken() }, shared.known))
  }
  // now that every row of a known key is through, the others may be taken for what is left
  for (const { layer, file, decoder, rows } of putOff)
    await reading(async () => {
      for await (const some of layer.rows())
        for (const row of some)
          if (rows.has(row.row) && take(file, decoder.decode(row, true) as RowOutcome)) await flushRows()
    })
  await flushRows()
  flushFindings()
  const { full } = context
  const missing = full ? known.missing(full === 'classes' ? shared.classesSeen : null) : []
  const { points, shapes } = shared.unchanged
  const unchanged = { points, shapes }
  const near = shared.near.table
  const { asked } = known
  send(
    { kind: 'done', counts, files: done, missing, broken, samples, near, asked, codeFields, unchanged },
    memoryOf(near),
  )
}

/** Rows that may be things of the registry under another key. */
interface PutOff {
  layer: SourceLayer
  file: DeliveryFile
  decoder: LayerDecoder
  rows: ReadonlySet<number>
}

/** What all layers of a load are decoded with. */
function openShared(context: WorkerContext, layers: readonly SourceLayer[]) {
  const { rules, batch } = context
  const grids = context.grids.map(({ ewkb, ...grid }) => ({
    ...grid,
    geometry: readEwkb(ewkb) as PolygonGeometry,
  }))
  const units = context.unitGrids.map(({ code, ewkb }) => ({
    code,
    geometry: readEwkb(ewkb) as PolygonGeometry,
  }))
  const placer = openPlacer(grids)
  return {
    batch,
    files: layers.map(layer => layer.file),
    numbersOf: context.numbersOf,
    classes: classIndex(context.classes, context.dictionary),
    units: unitIndex(context.units),
    placer,
    districtGrids: grids.filter(grid => grid.level === 0),
    codeProfile: codeProfile(context.codeProfileId),
    rules,
    takenAs: (code: FindingCode) => takenAs(rules, code),
    dates: { earliest: `${rules.dates.earliestYear}-01-01`, latest: context.latestDate },
    statedGrids: statedGrids(grids, placer, units),
    commission: openCommission(context.commission, grids, placer.areas),
    retired: new Map(context.retired.map(each => [each.key, each])),
    near: openNear(code => duplicateDistanceM(rules, code)),
    photoHashes: context.photoHashes && hashesByPicture(context.photoHashes),
    unchanged: openUnchanged(placer),
    seen: openSeenKeys(),
    classesSeen: new Set<string>(),
  }
}

/** Things of the sample that the registry has are told by their ids: ids have an index, codes have none. */
function withIds(sample: PositionSample, known: KnownIndex): PositionSample {
  const keys = sample.keys.map(key => {
    const n = key === null ? -1 : known.find(key)
    return n < 0 ? null : known.text(n)
  })
  return { ...sample, keys }
}
