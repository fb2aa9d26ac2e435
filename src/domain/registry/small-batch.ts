/**
 * A few rows as a version of the registry, in one transaction on both engines: opened, landed, placed and
 * published, or nothing of it. For what people decide one by one; surveys land unseen first (commands.ts).
 */
import type { Db, Queryable } from '../../core/db.ts'
import { closeRows, undoStrayClosings } from './closing.ts'
import { addBatch, afterOthers, nextVersion, writeVersion } from './commands.ts'
import { placeShapes } from './placing.ts'
import { type Batch, COMPONENT_COLUMNS, PLACEMENT_COLUMNS } from './schema.ts'

/** What lands: rows in COPY form that say whether they change one that was there, placements of the points among them, and what they mean for those before. */
export interface Landing {
  components: Uint8Array
  placements: Uint8Array
  added: number
  supersedes: readonly string[]
  ends: readonly string[]
}

export interface SmallBatch {
  district: string
  actor: string
  source: 'upkeep'
  /** Stands where a delivery's id would. */
  id: string
  files: readonly string[]
  dictionaryId: string
  gridGeneration: number
  /** Asked when nobody else can publish in the district any more; throws what forbids it. */
  land(tx: Queryable, batch: Batch): Promise<Landing>
  /** Runs in the same transaction, before the version is written. */
  record(tx: Queryable, version: number, batch: Batch): Promise<void>
}

/** @returns the new version */
export function publishRows(db: Db, input: SmallBatch): Promise<number> {
  const publish = () => db.transaction(tx => publishIn(tx, input))
  return db.engine.manyConnections ? publish() : afterOthers(db, publish)
}

async function publishIn(tx: Queryable, input: SmallBatch): Promise<number> {
  const { district, actor, source, id, files, dictionaryId, gridGeneration } = input
  // the head before the district: grids that are published take them in this order too
  const version = await nextVersion(tx, district)
  await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
  await undoStrayClosings(tx, district, version)
  const batch = await addBatch(
    tx,
    { district, deliveryId: id, dictionaryId, files, gridGeneration, baseVersion: version - 1, source },
    0,
  )
  const landing = await input.land(tx, batch)
  if (landing.components.length > 0) await tx.copyIn('component_0', COMPONENT_COLUMNS, [landing.components])
  if (landing.placements.length > 0) await tx.copyIn('placement_0', PLACEMENT_COLUMNS, [landing.placements])
  await placeShapes(tx, batch)
  await closeRows(tx, batch, version, [...landing.supersedes, ...landing.ends])
  return writeVersion(tx, batch, version, {
    actor,
    added: landing.added,
    supersedes: landing.supersedes,
    ends: landing.ends,
    restores: null,
    record: () => input.record(tx, version, batch),
  })
}
