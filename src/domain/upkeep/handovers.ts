/**
 * 新建移交: new works are announced, their components come as a delivery, and once a second person accepted them the
 * units change in bulk, at once or on the day. Until then the builder answers. A handover of many components is
 * several versions, each whole; one that was interrupted goes on where it stopped.
 *
 *   announced (+ delivery) -> accepted -> transferred
 *             -> withdrawn
 */
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { publishRows } from '../registry/small-batch.ts'
import { listCurrentRows } from '../registry/store.ts'
import { approvalOf } from '../survey/deciding.ts'
import { refuseFaults, type UpkeepHouse } from './commands.ts'
import { collect, dayOf, decode, readGround, snapshotOf } from './decoding.ts'
import type { HandoverState, NewHandover } from './handover-schema.ts'

export interface Handover {
  district: string
  id: string
  no: number
  name: string
  builder: string
  ownerId: string
  maintainerId: string
  handoverOn: string
  warrantyUntil: string | null
  note: string | null
  state: HandoverState
  deliveryId: string | null
  announcedAt: Date
  announcedBy: string
  decidedAt: Date | null
  decidedBy: string | null
  decision: string | null
  transferredAt: Date | null
  components: number | null
}

const ROW = `SELECT district, id, no, name, builder, owner_id AS "ownerId", maintainer_id AS "maintainerId",
    handover_on AS "handoverOn", warranty_until AS "warrantyUntil", note, state, delivery_id AS "deliveryId",
    announced_at AS "announcedAt", announced_by AS "announcedBy", decided_at AS "decidedAt", decided_by AS "decidedBy",
    decision, transferred_at AS "transferredAt", components FROM handover`

/** @throws Problem handover.unknown */
export async function getHandover(db: Queryable, id: string): Promise<Handover> {
  const row = await maybe<Handover>(db, `${ROW} WHERE id = $1::uuid`, [id])
  if (!row) throw problem('handover.unknown', { id })
  return row
}
export const listHandovers = (db: Queryable, district: string): Promise<Handover[]> =>
  db.query(`${ROW} WHERE district = $1 ORDER BY no DESC LIMIT 200`, [district])

/** @throws Problem unit.unknown */
export async function announceHandover(
  db: Db,
  district: string,
  wish: NewHandover,
  actor: string,
): Promise<Handover> {
  const known = new Set((await listUnits(db, scopeOf(district))).map(unit => unit.id))
  for (const unit of [wish.ownerId, wish.maintainerId])
    if (!known.has(unit)) throw problem('unit.unknown', { name: unit })
  const id = newId()
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO handover (district, id, no, name, builder, owner_id, maintainer_id, handover_on, warranty_until, note, state, announced_by)
       SELECT $1, $2::uuid, coalesce(max(no), 0) + 1, $3, $4, $5::uuid, $6::uuid, $7::date, $8::date, $9, 'announced', $10
       FROM handover WHERE district = $1 RETURNING no`,
      [
        district,
        id,
        wish.name,
        wish.builder,
        wish.ownerId,
        wish.maintainerId,
        wish.handoverOn,
        wish.warrantyUntil ?? null,
        wish.note ?? null,
        actor,
      ],
    )
    await append(tx, district, actor, [{ kind: 'handover.announced', data: { handover: id, no } }])
  })
  return getHandover(db, id)
}

/** Says with which delivery the components come. @throws Problem handover.delivery, handover.state */
export async function linkDelivery(
  db: Db,
  { district, id, no }: Handover,
  deliveryId: string,
  actor: string,
): Promise<Handover> {
  await db.transaction(async tx => {
    const fits = await tx.query(
      `SELECT 1 FROM delivery d WHERE d.district = $1 AND d.id = $2::uuid AND d.kind = 'components' AND NOT EXISTS (
         SELECT 1 FROM handover h WHERE h.district = $1 AND h.delivery_id = $2::uuid AND h.id <> $3::uuid)`,
      [district, deliveryId, id],
    )
    if (fits.length === 0) throw problem('handover.delivery', { no })
    await step(tx, { district, id, no }, ['announced'], 'delivery_id = $4::uuid', [deliveryId])
    await append(tx, district, actor, [
      { kind: 'handover.delivered', data: { handover: id, no, delivery: deliveryId } },
    ])
  })
  return getHandover(db, id)
}

export async function withdrawHandover(
  db: Db,
  { district, id, no }: Handover,
  { actor, reason }: { actor: string; reason: string },
): Promise<Handover> {
  await db.transaction(async tx => {
    const set = "state = 'withdrawn', delivery_id = NULL, decided_at = now(), decided_by = $4, decision = $5"
    await step(tx, { district, id, no }, ['announced'], set, [actor, reason])
    await append(tx, district, actor, [{ kind: 'handover.withdrawn', data: { handover: id, no } }])
  })
  return getHandover(db, id)
}

/**
 * Accepts new works whose delivery counts. The units change at once where that is asked or the day is there.
 * @throws Problem handover.undelivered, handover.own, handover.state
 */
export async function acceptHandover(
  house: UpkeepHouse,
  { district, id, no, announcedBy, deliveryId }: Handover,
  { actor, atOnce }: { actor: string; atOnce: boolean },
): Promise<Handover> {
  const { db } = house
  const today = dayOf(house.clock)
  await db.transaction(async tx => {
    if (announcedBy === actor && (await approvalOf(tx, district)) !== 'none')
      throw problem('handover.own', { no })
    const published = await tx.query(
      "SELECT 1 FROM delivery WHERE district = $1 AND id = $2::uuid AND state = 'published'",
      [district, deliveryId],
    )
    if (published.length === 0) throw problem('handover.undelivered', { no })
    const set =
      "state = 'accepted', decided_at = now(), decided_by = $4, handover_on = CASE WHEN $5::boolean THEN least(handover_on, $6::date) ELSE handover_on END"
    await step(tx, { district, id, no }, ['announced'], set, [actor, atOnce, today])
    await append(tx, district, actor, [{ kind: 'handover.accepted', data: { handover: id, no, atOnce } }])
  })
  const accepted = await getHandover(db, id)
  return accepted.handoverOn <= today ? transfer(house, accepted) : accepted
}

async function step(
  tx: Queryable,
  { district, id, no }: Pick<Handover, 'district' | 'id' | 'no'>,
  from: readonly HandoverState[],
  set: string,
  params: readonly unknown[],
): Promise<void> {
  const mine = await tx.query(
    `UPDATE handover SET ${set} WHERE district = $1 AND id = $2::uuid AND state = ANY($3::text[]) RETURNING id`,
    [district, id, from, ...params],
  )
  if (mine.length === 0) throw problem('handover.state', { no, state: (await getHandover(tx, id)).state })
}

/** Components of one version: a fifth of a second on the embedded engine. */
const AT_ONCE = 500

/** Changes the units of all that came with the delivery and is there still; what has them already stays as it is. */
async function transfer(house: UpkeepHouse, handover: Handover): Promise<Handover> {
  const { db } = house
  const { district, id, no, decidedBy } = handover
  let total = 0
  for (let ids = await listLeft(db, handover); ids.length > 0; ids = await listLeft(db, handover)) {
    await publishPart(house, handover, ids)
    total += ids.length
  }
  await db.transaction(async tx => {
    const set = "state = 'transferred', transferred_at = now(), components = $4"
    await step(tx, { district, id, no }, ['accepted'], set, [total])
    await append(tx, district, decidedBy!, [
      { kind: 'handover.transferred', data: { handover: id, no, components: total } },
    ])
  })
  return getHandover(db, id)
}

async function listLeft(
  db: Queryable,
  { district, deliveryId, ownerId, maintainerId }: Handover,
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT c.id FROM delivery d
     JOIN batch o ON o.district = d.district AND o.no = d.batch_no
     JOIN component n ON n.district = o.district AND n.part = o.part AND n.batch = o.no
     JOIN component c ON c.district = n.district AND c.id = n.id
     JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version IS NOT NULL
     JOIN registry_head h ON h.district = c.district
     WHERE d.district = $1 AND d.id = $2::uuid AND (c.closed_version IS NULL OR c.closed_version > h.version)
       AND (c.owner_id IS DISTINCT FROM $3::uuid OR c.maintainer_id IS DISTINCT FROM $4::uuid)
     ORDER BY c.id LIMIT ${AT_ONCE}`,
    [district, deliveryId, ownerId, maintainerId],
  )
  return rows.map(row => row.id)
}

async function publishPart(
  { db, clock }: UpkeepHouse,
  handover: Handover,
  ids: readonly string[],
): Promise<void> {
  const { district, id, no, name, ownerId, maintainerId, decidedBy } = handover
  const ground = await readGround(db, district)
  await publishRows(db, {
    district,
    actor: decidedBy!,
    source: 'handover',
    id,
    files: [name],
    dictionaryId: ground.dictionaryId,
    gridGeneration: ground.gridGeneration,
    async land(tx, batch) {
      const into = collect()
      const rows = await listCurrentRows(tx, scopeOf(district), ids)
      for (const row of rows) {
        const before = snapshotOf(row, ground.unitOf)
        const units = {
          ...before.units,
          owner: ground.unitOf(ownerId),
          maintainer: ground.unitOf(maintainerId),
        }
        const after = { ...before, units, changedOn: dayOf(clock) }
        const decoding = { id: row.id, rowNo: no, after, before, unitStates: row.unitStates }
        refuseFaults(decode(ground, batch, decoding, into).findings, 'zh')
      }
      const supersedes = rows.map(row => row.id)
      return {
        components: into.components.take(),
        placements: into.placements.take(),
        added: 0,
        supersedes,
        ends: [],
      }
    },
    async record() {},
  })
}

/** Hands over what was accepted and whose day has come, in all districts. @returns how many */
export async function transferDue(house: UpkeepHouse): Promise<number> {
  const due = await house.db.query<Handover>(
    `${ROW} WHERE state = 'accepted' AND handover_on <= $1::date ORDER BY district, no`,
    [dayOf(house.clock)],
  )
  for (const handover of due) await transfer(house, handover)
  return due.length
}
