/**
 * How a loaded delivery is decided: approved and published, sent back, and what becomes of the components
 * that it does not bring.
 *
 *   checked -> published | rejected
 */
import type { Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { currentGeneration } from '../grids/store.ts'
import { asksSecondPerson } from '../orgs/store.ts'
import { dropBatch, findBatch, publishBatch } from '../registry/commands.ts'
import { baseAndHead, countOvertaken, listSuperseded } from '../registry/comparing.ts'
import {
  countDecisions,
  countEndOvertaken,
  decideAllRemovals,
  decideRemovals,
  listEnded,
  type RemovalDecision,
} from '../registry/removals.ts'
import { acceptanceOf, isAccepted } from './acceptance/store.ts'
import { forgetFindings } from './commands.ts'
import type { LoadHouse } from './loading.ts'
import { sweepPhotos } from './photos/sweeping.ts'
import type { Delivery } from './schema.ts'
import { getDelivery } from './store.ts'

/**
 * Makes a checked delivery count: of components at once; of anything else by a load that is not a rehearsal any
 * more, which the caller queues (the answer says 'loading'). Where the district asks for a second person, that is nobody who announced it, sent
 * files or started its load; elsewhere only removals wait, for anybody who may approve.
 * Where it asks for an acceptance, the rows must have been accepted; who accepted them may approve them too.
 * @throws delivery.own, delivery.state, acceptance.required
 */
export async function approveDelivery(house: LoadHouse, id: string, actor: string): Promise<Delivery> {
  const delivery = await getDelivery(house.db, id)
  if (delivery.state !== 'checked')
    throw problem('delivery.state', { state: delivery.state, action: 'approved' })
  const mine = delivery.createdBy === actor || delivery.senders.includes(actor)
  if (mine && (await asksSecondPerson(house.db, delivery.district, delivery.createdAt)))
    throw problem('delivery.own')
  return delivery.kind === 'components'
    ? publishDelivery(house, delivery, actor)
    : takeUpApproved(house.db, delivery, actor)
}

/** From a rehearsal to its load. The files are those that were rehearsed: none can be sent in between. */
async function takeUpApproved(db: LoadHouse['db'], delivery: Delivery, actor: string): Promise<Delivery> {
  const { district, id, no } = delivery
  await db.transaction(async tx => {
    const mine = await tx.query(
      `UPDATE delivery SET state = 'loading', heard_at = now(), progress = '{"phase":"waiting"}', counts = '{}',
         findings = '{}', files = '[]', decided_at = now(), decided_by = $3
       WHERE district = $1 AND id = $2::uuid AND state = 'checked' RETURNING id`,
      [district, id, actor],
    )
    if (mine.length === 0)
      throw problem('delivery.state', { state: (await getDelivery(tx, id)).state, action: 'approved' })
    await append(tx, district, actor, [{ kind: 'delivery.approved', data: { delivery: id, no } }])
  })
  await forgetFindings(db, delivery)
  return getDelivery(db, id)
}

/** Whether the district lets nothing count that no supervisor accepted; an earlier state was accepted when it came. */
export const waitsForAcceptance = async (
  db: Queryable,
  { district, options }: Pick<Delivery, 'district' | 'options'>,
): Promise<boolean> => options.restore === undefined && (await acceptanceOf(db, district)) === 'required'

/** Publishes a loaded delivery of components. */
export async function publishDelivery(
  house: LoadHouse,
  delivery: Delivery,
  actor: string,
): Promise<Delivery> {
  const { db } = house
  const { district, id, batchNo } = delivery
  if (batchNo === null) throw problem('delivery.state', { state: delivery.state, action: 'published' })
  const batch = await findBatch(db, district, batchNo)
  // sent back, or taken up again, a moment ago
  if (!batch)
    throw problem('delivery.state', { state: (await getDelivery(db, id)).state, action: 'published' })
  const restores = delivery.options.restore ?? null
  const decisions = await countDecisions(db, batch)
  const ends = delivery.counts.missing === 0 ? [] : await listEnded(db, batch)
  /** Held to the end of the publish: nobody rejects it, calls it interrupted or decides otherwise in between. */
  const hold = async (tx: Queryable) => {
    await tx.query('SELECT 1 FROM delivery WHERE district = $1 AND id = $2::uuid FOR UPDATE', [district, id])
    const { state, batchNo: loaded } = await getDelivery(tx, id)
    if (state !== delivery.state || loaded !== batchNo || (state !== 'checked' && state !== 'loading'))
      throw problem('delivery.state', { state, action: 'published' })
    if (state === 'checked' && (await waitsForAcceptance(tx, delivery)) && !(await isAccepted(tx, delivery)))
      throw problem('acceptance.required', { no: delivery.no })
    if (batch.gridGeneration !== (await currentGeneration(tx, district)))
      throw problem('delivery.grids-changed')
    if (decisions !== (await countDecisions(tx, batch))) throw problem('delivery.decisions')
  }
  const check = async (tx: Queryable) => {
    const overtaken = (await countOvertaken(tx, batch)) + (await countEndOvertaken(tx, batch, ends))
    if (overtaken > 0) throw problem('delivery.overtaken', { n: overtaken })
    const { base, head } = await baseAndHead(tx, batch)
    // an earlier state whole, or not at all
    if (restores !== null && base !== head) throw problem('delivery.overtaken', { n: head - base })
  }
  await hold(db)
  await check(db)
  const supersedes = delivery.counts.changed === 0 ? [] : await listSuperseded(db, batch)
  // what is published is what was counted, shown and decided on, or nothing
  const otherwise = Math.abs(supersedes.length - delivery.counts.changed)
  if (otherwise > 0) throw problem('delivery.overtaken', { n: otherwise })
  await publishBatch(db, batch, {
    actor,
    added: delivery.counts.added,
    supersedes,
    ends,
    restores,
    check,
    hold,
    async record(tx, version) {
      const mine = await tx.query(
        `UPDATE delivery SET state = 'published', version = $3, decided_at = now(), decided_by = $4
         WHERE district = $1 AND id = $2::uuid AND state = $5 AND batch_no = $6 RETURNING id`,
        [district, id, version, actor, delivery.state, batchNo],
      )
      if (mine.length === 0)
        throw problem('delivery.state', { state: (await getDelivery(tx, id)).state, action: 'published' })
    },
  })
  return getDelivery(db, id)
}

/**
 * Decides what becomes of components that a checked delivery does not bring: they end when it is approved, or stay.
 * Undecided ones stay.
 * @param ids all that are proposed where null
 * @returns how many were decided
 */
export async function decideMissing(
  { db }: Pick<LoadHouse, 'db'>,
  id: string,
  input: { ids: readonly string[] | null; decision: RemovalDecision; actor: string },
): Promise<number> {
  return db.transaction(async tx => {
    await tx.query('SELECT 1 FROM delivery WHERE id = $1::uuid FOR UPDATE', [id])
    const delivery = await getDelivery(tx, id)
    const { district, state, batchNo } = delivery
    // what a restoration ends belongs to the state it brings back
    if (state !== 'checked' || batchNo === null || delivery.options.restore !== undefined)
      throw problem('delivery.state', { state, action: 'decided on' })
    const batch = { district, no: batchNo }
    const n = input.ids
      ? await decideRemovals(tx, batch, input.ids, input)
      : await decideAllRemovals(tx, batch, input).then(() => delivery.counts.missing)
    await append(tx, district, input.actor, [
      {
        kind: 'removals.decided',
        data: { delivery: id, decision: input.decision, n, all: input.ids === null },
      },
    ])
    return n
  })
}

/**
 * Sends a checked delivery back, with the reason; its rows go.
 * @param first is done before it in the same transaction
 */
export async function rejectDelivery(
  house: LoadHouse,
  id: string,
  actor: string,
  reason: string,
  first: (tx: Queryable) => Promise<void> = async () => {},
): Promise<Delivery> {
  const { db } = house
  const delivery = await getDelivery(db, id)
  if (delivery.state !== 'checked')
    throw problem('delivery.state', { state: delivery.state, action: 'rejected' })
  await db.transaction(async tx => {
    await first(tx)
    const mine = await tx.query(
      `UPDATE delivery SET state = 'rejected', reason = $3, decided_at = now(), decided_by = $4
       WHERE district = $1 AND id = $2::uuid AND state = 'checked' RETURNING id`,
      [delivery.district, id, reason, actor],
    )
    if (mine.length === 0)
      throw problem('delivery.state', { state: (await getDelivery(tx, id)).state, action: 'rejected' })
    await append(tx, delivery.district, actor, [
      { kind: 'delivery.rejected', data: { delivery: id, reason } },
    ])
  })
  if (delivery.batchNo !== null) await dropBatch(db, delivery.district, delivery.batchNo)
  await sweepPhotos(house)
  return getDelivery(db, id)
}
