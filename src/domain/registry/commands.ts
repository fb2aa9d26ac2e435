/**
 * How the registry changes: a batch is opened, its rows land unseen, and it is published in one step or
 * dropped. Closing what a batch supersedes carries the number of the version to come, so it is not seen
 * either until that version is written.
 *
 *   openBatch -> landRows, closePart (parts.ts), placeShapes -> publishBatch | dropBatch
 */
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { CLOSE_AT_ONCE, closeRows, undoStrayClosings } from './closing.ts'
import { dropSharedRows, dropTables, openPart } from './parts.ts'
import { dropRemovals } from './removals.ts'
import type { Batch } from './schema.ts'

export async function openBatch(
  db: Db,
  input: {
    district: string
    deliveryId: string
    dictionaryId: string
    files: readonly string[]
    gridGeneration: number
    baseVersion: number
    expectedRows: number
    source?: 'upkeep' | 'handover'
  },
): Promise<Batch> {
  return db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [input.district])
    return addBatch(tx, input, await openPart(tx, db.engine, input.expectedRows))
  })
}

/** Writes the batch and its placement generation down, while the caller holds the district's row. */
export async function addBatch(
  tx: Queryable,
  input: Omit<Parameters<typeof openBatch>[1], 'expectedRows'>,
  part: number,
): Promise<Batch> {
  const {
    district,
    deliveryId,
    dictionaryId,
    files,
    baseVersion,
    gridGeneration,
    source = 'delivery',
  } = input
  const { no } = await one<{ no: number }>(
    tx,
    `INSERT INTO batch (district, no, part, delivery_id, dictionary_id, files, base_version, source)
     SELECT $1, coalesce(max(no), 0) + 1, $2::int, $3::uuid, $4, $5::text[], $6::int, $7 FROM batch WHERE district = $1 RETURNING no`,
    [district, part, deliveryId, dictionaryId, files, baseVersion, source],
  )
  const generation = await openPlacement(tx, { district, part, gridGeneration, batchNo: no })
  return { district, no, part, generation, gridGeneration, dictionaryId }
}

/** Opens a placement generation nobody sees yet. */
export async function openPlacement(
  tx: Queryable,
  input: { district: string; part: number; gridGeneration: number; batchNo: number | null },
): Promise<number> {
  const { no } = await one<{ no: number }>(
    tx,
    `INSERT INTO placement_generation (district, no, part, grid_generation, batch_no)
     SELECT $1, coalesce(max(no), 0) + 1, $2::int, $3::int, $4::int FROM placement_generation WHERE district = $1 RETURNING no`,
    [input.district, input.part, input.gridGeneration, input.batchNo],
  )
  return no
}

/** Makes a placement generation count, inside the caller's transaction. */
export async function publishPlacement(tx: Queryable, district: string, generation: number): Promise<void> {
  await tx.query('UPDATE placement_generation SET published = true WHERE district = $1 AND no = $2', [
    district,
    generation,
  ])
}

export interface Publishing {
  actor: string
  added: number
  /** Components of which the batch brings a new row. */
  supersedes: readonly string[]
  /** Components it ends without bringing a row. */
  ends: readonly string[]
  /** The version whose state it brings back. */
  restores: number | null
  /** Asked when nobody else can publish in the district any more; throws what forbids it. It may take long. */
  check(tx: Queryable): Promise<void>
  /** Asked in the transaction that writes the version: throws where what is decided elsewhere is another since. */
  hold(tx: Queryable): Promise<void>
  /** Runs in the transaction that writes the version, before it; throws where the batch was dropped meanwhile. */
  record(tx: Queryable, version: number): Promise<void>
}

/**
 * Makes a batch count: closes the rows it supersedes, writes the version, appends `registry.published`.
 * All or nothing at any moment of a crash: closings under a version that does not exist are not seen and
 * are undone before the next publish.
 * @returns the new version
 */
export async function publishBatch(db: Db, batch: Batch, input: Publishing): Promise<number> {
  if (!db.engine.manyConnections) return afterOthers(db, () => publishInSteps(db, batch, input))
  return db.transaction(async tx => {
    const version = await nextVersion(tx, batch.district)
    await input.hold(tx)
    await input.check(tx)
    await undoStrayClosings(tx, batch.district, version)
    await closeRows(tx, batch, version, [...input.supersedes, ...input.ends])
    return writeVersion(tx, batch, version, input)
  })
}

async function publishInSteps(db: Db, batch: Batch, input: Publishing): Promise<number> {
  const version = await nextVersion(db, batch.district)
  await input.check(db)
  await undoStrayClosings(db, batch.district, version)
  const closing = [...input.supersedes, ...input.ends]
  for (let at = 0; at < closing.length; at += CLOSE_AT_ONCE) {
    await closeRows(db, batch, version, closing.slice(at, at + CLOSE_AT_ONCE))
  }
  return db.transaction(async tx => {
    // the steps before were several: what was decided before the first may not be any more
    await input.hold(tx)
    return writeVersion(tx, batch, version, input)
  })
}

/** The last publish of each embedded database: its steps are several statements, which another's must not come between. */
const publishing = new WeakMap<Db, Promise<unknown>>()

export function afterOthers<T>(db: Db, work: () => Promise<T>): Promise<T> {
  const turn = (publishing.get(db) ?? Promise.resolve()).then(work)
  publishing.set(
    db,
    turn.catch(() => {}),
  )
  return turn
}

export const nextVersion = async (db: Queryable, district: string): Promise<number> =>
  (await holdVersion(db, district)) + 1

/** The current version, which stays the current one until the end of the caller's transaction. */
export async function holdVersion(tx: Queryable, district: string): Promise<number> {
  await tx.query('INSERT INTO registry_head (district) VALUES ($1) ON CONFLICT DO NOTHING', [district])
  const { version } = await one<{ version: number }>(
    tx,
    'SELECT version FROM registry_head WHERE district = $1 FOR UPDATE',
    [district],
  )
  return version
}

export async function writeVersion(
  tx: Queryable,
  batch: Batch,
  version: number,
  input: Omit<Publishing, 'check' | 'hold'>,
): Promise<number> {
  // first: it knows whether the batch still waits to be published, and can say so
  await input.record(tx, version)
  await tx.query('UPDATE registry_head SET version = $2 WHERE district = $1', [batch.district, version])
  await one(
    tx,
    'UPDATE batch SET version = $3 WHERE district = $1 AND no = $2 AND version IS NULL RETURNING no',
    [batch.district, batch.no, version],
  )
  await tx.query('UPDATE placement_generation SET published = true WHERE district = $1 AND no = $2', [
    batch.district,
    batch.generation,
  ])
  const changed = input.supersedes.length
  const journalNo = await append(tx, batch.district, input.actor, [
    {
      kind: 'registry.published',
      data: {
        version,
        batch: batch.no,
        added: input.added,
        changed,
        removed: input.ends.length,
        ...(input.restores === null ? {} : { restored: input.restores }),
      },
    },
  ])
  await tx.query(
    `INSERT INTO registry_version (district, no, batch_no, added, changed, removed, restored, published_by, journal_no)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      batch.district,
      version,
      batch.no,
      input.added,
      changed,
      input.ends.length,
      input.restores,
      input.actor,
      journalNo,
    ],
  )
  return version
}

/** Forgets a batch that was never published, with its rows and placements. */
export async function dropBatch(db: Db, district: string, no: number): Promise<void> {
  const batch = await maybe<{ part: number; version: number | null }>(
    db,
    'SELECT part, version FROM batch WHERE district = $1 AND no = $2',
    [district, no],
  )
  if (!batch || batch.version !== null) return
  await dropRemovals(db, { district, no })
  if (batch.part === 0) await dropSharedRows(db, district, no)
  await db.transaction(async tx => {
    const mine = await tx.query(
      'DELETE FROM batch WHERE district = $1 AND no = $2 AND version IS NULL RETURNING no',
      [district, no],
    )
    if (mine.length === 0) return
    await tx.query(
      'DELETE FROM placement_generation WHERE district = $1 AND batch_no = $2 AND NOT published',
      [district, no],
    )
    await dropTables(tx, batch.part)
  })
}

/** Forgets placements of all components that were not published with their grids. */
export async function dropPlacement(db: Db, district: string, generation: number): Promise<void> {
  await db.transaction(async tx => {
    const [mine] = await tx.query<{ part: number }>(
      `DELETE FROM placement_generation WHERE district = $1 AND no = $2 AND NOT published AND batch_no IS NULL
       RETURNING part`,
      [district, generation],
    )
    if (!mine) return
    if (mine.part > 0) await dropTables(tx, mine.part)
    else
      await tx.query('DELETE FROM placement WHERE district = $1 AND part = 0 AND generation = $2', [
        district,
        generation,
      ])
  })
}

/** Forgets those of all districts; only while no grids are being loaded. */
export async function dropStrayPlacements(db: Db): Promise<void> {
  const rows = await db.query<{ district: string; no: number }>(
    'SELECT district, no FROM placement_generation WHERE NOT published AND batch_no IS NULL',
  )
  for (const { district, no } of rows) await dropPlacement(db, district, no)
}

/** The batch of a delivery as it was opened, for publishing it later; null when it was dropped. */
export async function findBatch(db: Queryable, district: string, no: number): Promise<Batch | null> {
  const row = await maybe<{
    part: number
    dictionary_id: string
    generation: number
    grid_generation: number
  }>(
    db,
    `SELECT b.part, b.dictionary_id, p.no AS generation, p.grid_generation FROM batch b
     JOIN placement_generation p ON p.district = b.district AND p.batch_no = b.no
     WHERE b.district = $1 AND b.no = $2 ORDER BY p.no DESC LIMIT 1`,
    [district, no],
  )
  if (!row) return null
  return {
    district,
    no,
    part: row.part,
    generation: row.generation,
    gridGeneration: row.grid_generation,
    dictionaryId: row.dictionary_id,
  }
}
