/**
 * 新建移交: new works are announced, their components come as a delivery, and once a second person accepted them the
 * units change in bulk, at once or on the day (handing-over.ts). Until then the builder answers. Who announced them and
 * who said with which delivery they come both propose them.
 *
 *   announced (+ delivery) -> accepted -> transferred -> reversed (the registry went back)
 *                                 stuck <->   |             |
 *             -> withdrawn        <-----------+-------------+
 */
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { scopeOf } from '../orgs/rules.ts'
import { asksSecondPerson, listUnits } from '../orgs/store.ts'
import type { UpkeepHouse } from './commands.ts'
import { dayOf } from './decoding.ts'
import type { HandoverState, NewHandover } from './handover-schema.ts'
import { getHandover, type Handover, holdHandover } from './handover-store.ts'

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
      `INSERT INTO handover (district, id, no, name, builder, owner_id, maintainer_id, handover_on, warranty_until, note,
         state, announced_by, proposers)
       SELECT $1, $2::uuid, coalesce(max(no), 0) + 1, $3, $4, $5::uuid, $6::uuid, $7::date, $8::date, $9, 'announced', $10,
         ARRAY[$10::text] FROM handover WHERE district = $1 RETURNING no`,
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

/** What a delivery brought that may be handed over. */
export const BROUGHT = "coalesce((counts->>'added')::int, 0) + coalesce((counts->>'changed')::int, 0)"

/**
 * Says with which delivery the components come. One that was there before the works were announced was not made for
 * them: it is linked by who says how many components that hands over.
 * @throws Problem handover.delivery, handover.older, handover.state
 */
export async function linkDelivery(
  db: Db,
  { id }: Pick<Handover, 'id'>,
  deliveryId: string,
  { actor, components = null }: { actor: string; components?: number | null },
): Promise<Handover> {
  await db.transaction(async tx => {
    const { district, no, state } = await holdHandover(tx, id)
    mustBe(['announced'], { no, state })
    const fits = await maybe<{ no: number; n: number; older: boolean }>(
      tx,
      `SELECT d.no, ${BROUGHT} AS n, d.created_at < (SELECT announced_at FROM handover WHERE district = $1 AND id = $3::uuid) AS older
       FROM delivery d WHERE d.district = $1 AND d.id = $2::uuid AND d.kind = 'components' AND NOT EXISTS (
         SELECT 1 FROM handover h WHERE h.district = $1 AND h.delivery_id = $2::uuid AND h.id <> $3::uuid)`,
      [district, deliveryId, id],
    )
    if (!fits) throw problem('handover.delivery', { no })
    if (fits.older && components !== fits.n) throw problem('handover.older', { delivery: fits.no, n: fits.n })
    await tx.query(
      `UPDATE handover SET delivery_id = $3::uuid,
         proposers = CASE WHEN $4 = ANY(proposers) THEN proposers ELSE array_append(proposers, $4) END
       WHERE district = $1 AND id = $2::uuid`,
      [district, id, deliveryId, actor],
    )
    await append(tx, district, actor, [
      { kind: 'handover.delivered', data: { handover: id, no, delivery: deliveryId } },
    ])
  })
  return getHandover(db, id)
}

/**
 * Takes an announcement back: who proposed it, or who reviews; what was accepted only who reviews.
 * @throws Problem handover.others, handover.running, handover.state
 */
export async function withdrawHandover(
  db: Db,
  { id }: Pick<Handover, 'id'>,
  { actor, reviews, reason }: { actor: string; reviews: boolean; reason: string },
): Promise<Handover> {
  await db.transaction(async tx => {
    const { district, no, state, proposers, done } = await holdHandover(tx, id)
    mustBe(['announced', 'accepted', 'stuck', 'reversed'], { no, state })
    if (!reviews && !(state === 'announced' && proposers.includes(actor)))
      throw problem('handover.others', { no })
    if (done !== null) throw problem('handover.running', { no })
    await tx.query(
      `UPDATE handover SET state = 'withdrawn', delivery_id = NULL, trouble = NULL, claim = NULL, heard_at = NULL,
         decided_at = now(), decided_by = $3, decision = $4 WHERE district = $1 AND id = $2::uuid`,
      [district, id, actor, reason],
    )
    await append(tx, district, actor, [{ kind: 'handover.withdrawn', data: { handover: id, no } }])
  })
  return getHandover(db, id)
}

/**
 * Accepts new works whose delivery counts: their units change at once where that is asked, or on the day.
 * @throws Problem handover.undelivered, handover.own, handover.state
 */
export const acceptHandover = (
  house: UpkeepHouse,
  handover: Pick<Handover, 'id'>,
  { actor, atOnce }: { actor: string; atOnce: boolean },
): Promise<Handover> =>
  decide(house, handover, { actor, atOnce, from: ['announced'], kind: 'handover.accepted' })

/** Has it carried out once more: what was in its way is mended, or the registry went back behind it. */
export const retryHandover = (
  house: UpkeepHouse,
  handover: Pick<Handover, 'id'>,
  { actor }: { actor: string },
): Promise<Handover> =>
  decide(house, handover, { actor, atOnce: false, from: ['stuck', 'reversed'], kind: 'handover.retried' })

async function decide(
  { db, clock }: UpkeepHouse,
  { id }: Pick<Handover, 'id'>,
  {
    actor,
    atOnce,
    from,
    kind,
  }: { actor: string; atOnce: boolean; from: readonly HandoverState[]; kind: string },
): Promise<Handover> {
  await db.transaction(async tx => {
    const { district, no, state, proposers, deliveryId, announcedAt } = await holdHandover(tx, id)
    mustBe(from, { no, state })
    if (proposers.includes(actor) && (await asksSecondPerson(tx, district, announcedAt)))
      throw problem('handover.own', { no })
    if (!(await isPublished(tx, district, deliveryId))) throw problem('handover.undelivered', { no })
    await tx.query(
      `UPDATE handover SET state = 'accepted', decided_at = now(), decided_by = $3, trouble = NULL, claim = NULL,
         heard_at = NULL, transferred_at = NULL, components = NULL, version = NULL,
         handover_on = CASE WHEN $4::boolean THEN least(handover_on, $5::date) ELSE handover_on END
       WHERE district = $1 AND id = $2::uuid`,
      [district, id, actor, atOnce, dayOf(clock)],
    )
    await append(tx, district, actor, [{ kind, data: { handover: id, no, atOnce } }])
  })
  return getHandover(db, id)
}

async function isPublished(tx: Queryable, district: string, deliveryId: string | null): Promise<boolean> {
  const sql = "SELECT 1 FROM delivery WHERE district = $1 AND id = $2::uuid AND state = 'published'"
  return (await tx.query(sql, [district, deliveryId])).length > 0
}

function mustBe(states: readonly HandoverState[], { no, state }: Pick<Handover, 'no' | 'state'>): void {
  if (!states.includes(state)) throw problem('handover.state', { no, state })
}
