/**
 * An accepted handover is carried out: whoever claims it lands the changed rows of all its components unseen, some at a
 * time, and publishes them as one version; or nothing of it, with the reason on it. One that stops with its process
 * begins anew when its claim lapses.
 *
 *   accepted -> claim -> batch -> land .. land -> publish -> transferred
 *                                    -> a problem -> stuck            another error -> accepted, later once more
 */
import type { Db } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import type { Log } from '../../core/log.ts'
import { Problem, problem } from '../../core/problem.ts'
import { currentGeneration } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { dropBatch, openBatch, publishBatch } from '../registry/commands.ts'
import { countOvertaken, listSuperseded } from '../registry/comparing.ts'
import { closePart } from '../registry/parts.ts'
import { placeShapes } from '../registry/placing.ts'
import { FIRST_ID } from '../registry/ranges.ts'
import { type Batch, COMPONENT_COLUMNS, PLACEMENT_COLUMNS } from '../registry/schema.ts'
import { type ComponentRow, currentVersion, listCurrentRows } from '../registry/store.ts'
import type { UpkeepHouse } from './commands.ts'
import { collect, dayOf, type Ground, readGround, snapshotOf } from './decoding.ts'
import { dropStrays, getStuck, hear, Lost, leave, take } from './handover-claim.ts'
import { getHandover, type Handover, type Trouble } from './handover-store.ts'
import { landChange } from './landing.ts'

export interface HandingHouse extends UpkeepHouse {
  log?: Log
}

/** Rows of one step: a tenth of a second on the embedded engine. */
const AT_ONCE = 500
/** Components that are named where a handover is stuck. */
const FAULTS_TOLD = 20
/** Others publish now and then: once more, on what is there then. */
const TRIES = 3

/** Something was published between landing and publishing that the rows do not know. */
class Moved extends Error {}

/** Carries out what was accepted and whose day has come, in all districts. @returns how many were handed over */
export async function transferDue(house: HandingHouse, signal?: AbortSignal): Promise<number> {
  const due = await house.db.query<{ id: string }>(
    "SELECT id FROM handover WHERE state = 'accepted' AND handover_on <= $1::date ORDER BY district, no",
    [dayOf(house.clock)],
  )
  let n = 0
  for (const { id } of due) {
    if (signal?.aborted) break
    try {
      if ((await runHandover(house, id, signal))?.state === 'transferred') n++
    } catch (error) {
      house.log?.error({ err: error, handover: id }, 'new works could not be handed over')
    }
  }
  return n
}

/** Carries one out, unless its day has not come or another does. @returns it as it is then; null where it was not done here */
export async function runHandover(
  house: HandingHouse,
  id: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Handover | null> {
  const { db, log } = house
  const claim = newId()
  if (!(await take(house, id, claim))) return null
  const handover = await getHandover(db, id)
  try {
    await dropStrays(db, handover)
    await carryOut(house, handover, { claim, signal })
  } catch (error) {
    await dropStrays(db, handover).catch(left => log?.warn({ err: left }, 'batch left to be dropped later'))
    if (signal.aborted) await leave(db, handover, claim, { wait: false, trouble: null })
    else if (error instanceof Problem && error.status < 500) await getStuck(db, handover, claim, error)
    else if (!(error instanceof Lost)) {
      log?.error({ err: error, handover: handover.no, id: claim }, 'handing over failed')
      const trouble: Trouble = { code: 'internal', detail: { id: claim }, faults: [] }
      await leave(db, handover, claim, { wait: true, trouble })
    }
  }
  return getHandover(db, id)
}

interface Run {
  claim: string
  signal: AbortSignal
}

async function carryOut(house: HandingHouse, handover: Handover, run: Run): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await landAndPublish(house, handover, run)
    } catch (error) {
      if (!(error instanceof Moved) || tries === TRIES) throw error
      await dropStrays(house.db, handover)
    }
  }
}

async function landAndPublish(house: HandingHouse, handover: Handover, run: Run): Promise<void> {
  const { db } = house
  const { district, id, no, name, decidedBy } = handover
  // the version first: what is published after it is found by comparing
  const baseVersion = await currentVersion(db, district)
  const ground = await readGround(db, district)
  for (const unit of [handover.ownerId, handover.maintainerId])
    if (!ground.unitOf(unit)) throw problem('unit.unknown', { name: unit })
  const origin = await originOf(db, handover)
  const batch = await openBatch(db, {
    district,
    deliveryId: id,
    dictionaryId: ground.dictionaryId,
    files: [name],
    gridGeneration: ground.gridGeneration,
    baseVersion,
    expectedRows: origin.rows,
    source: 'handover',
  })
  const landed = await landAll(house, { ground, batch, handover, origin }, run)
  await closePart(db, batch.part)
  await placeShapes(db, batch)
  const supersedes = landed === 0 ? [] : await listSuperseded(db, batch)
  if (supersedes.length !== landed) throw new Moved()
  const finished = async (tx: Parameters<typeof append>[0], version: number | null) => {
    const mine = await tx.query(
      `UPDATE handover SET state = 'transferred', transferred_at = now(), components = $4, version = $5::int,
         claim = NULL, heard_at = NULL, done = NULL, trouble = NULL
       WHERE district = $1 AND id = $2::uuid AND claim = $3::uuid AND state = 'accepted' RETURNING id`,
      [district, id, run.claim, landed, version],
    )
    if (mine.length === 0) throw new Lost()
    await append(tx, district, decidedBy!, [
      { kind: 'handover.transferred', data: { handover: id, no, components: landed } },
    ])
  }
  run.signal.throwIfAborted()
  if (landed === 0) {
    await dropBatch(db, district, batch.no)
    return db.transaction(tx => finished(tx, null))
  }
  await publishBatch(db, batch, {
    actor: decidedBy!,
    added: 0,
    supersedes,
    ends: [],
    restores: null,
    async check(tx) {
      if ((await countOvertaken(tx, batch)) > 0) throw new Moved()
    },
    async hold(tx) {
      if (batch.gridGeneration !== (await currentGeneration(tx, district))) throw new Moved()
    },
    record: finished,
  })
}

/** The batch its components came with; without rows where the delivery changed nothing. */
async function originOf(db: Db, { district, deliveryId }: Handover): Promise<Origin> {
  const [row] = await db.query<Origin>(
    `SELECT b.no, b.part, coalesce((d.counts->>'accepted')::int, 0) AS rows FROM delivery d
     JOIN batch b ON b.district = d.district AND b.no = d.batch_no WHERE d.district = $1 AND d.id = $2::uuid`,
    [district, deliveryId],
  )
  return row ?? { no: 0, part: 0, rows: 0 }
}
interface Origin {
  no: number
  part: number
  rows: number
}

interface Landing {
  ground: Ground
  batch: Batch
  handover: Handover
  origin: Origin
}

/** Lands a row of each component that has not these units yet. @returns how many */
async function landAll(house: HandingHouse, landing: Landing, { claim, signal }: Run): Promise<number> {
  const { db } = house
  const { handover, batch, origin } = landing
  const faults: Trouble['faults'] = []
  let faulty = 0
  let landed = 0
  let done = 0
  for (let last = FIRST_ID, read = AT_ONCE; read === AT_ONCE; ) {
    signal.throwIfAborted()
    const ids = await listOrigin(db, handover.district, origin, last)
    const into = collect()
    for (const row of await listCurrentRows(db, scopeOf(handover.district), ids)) {
      if (row.ownerId === handover.ownerId && row.maintainerId === handover.maintainerId) continue
      const found = landRow(house, landing, row, into)
      if (found.length === 0) landed++
      else if (++faulty <= FAULTS_TOLD) faults.push({ key: row.code ?? row.key, found })
    }
    if (into.components.rows > 0)
      await db.copyIn(`component_${batch.part}`, COMPONENT_COLUMNS, [into.components.take()])
    if (into.placements.rows > 0)
      await db.copyIn(`placement_${batch.part}`, PLACEMENT_COLUMNS, [into.placements.take()])
    read = ids.length
    done += read
    last = ids.at(-1) ?? last
    await hear(db, handover, claim, done)
  }
  if (faulty > 0) throw problem('handover.faulty', { no: handover.no, n: faulty, faults })
  return landed
}

async function listOrigin(db: Db, district: string, { part, no }: Origin, after: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT id FROM component WHERE district = $1 AND part = $2 AND batch = $3 AND id > $4::uuid
     ORDER BY id LIMIT ${AT_ONCE}`,
    [district, part, no, after],
  )
  return rows.map(row => row.id)
}

function landRow(
  { clock }: HandingHouse,
  { ground, batch, handover }: Landing,
  row: ComponentRow,
  into: ReturnType<typeof collect>,
) {
  const before = snapshotOf(row, ground.unitOf)
  const units = {
    ...before.units,
    owner: ground.unitOf(handover.ownerId),
    maintainer: ground.unitOf(handover.maintainerId),
  }
  const after = { ...before, units, changedOn: dayOf(clock) }
  const { id, unitStates } = row
  return landChange(
    ground,
    batch,
    { id, rowNo: handover.no, after, before, unitStates, changes: true },
    // two that have one key had it before
    { ...into, seen: { meet: () => null } },
  )
}
