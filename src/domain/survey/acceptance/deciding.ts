/**
 * How an inspection ends: signed as accepted, only where its conclusion is that it passes; or sent back with
 * reasons and with everything that was found wrong in the contractor's report.
 *
 *   open -> accepted     the delivery may be approved, by the same person or another
 *        -> returned     the delivery is rejected with its findings; one that counts already is not
 *        -> released     the delivery may be loaded again; drawn once more, the plan has the same seed
 */
import type { Queryable } from '../../../core/db.ts'
import { append } from '../../../core/journal.ts'
import { problem } from '../../../core/problem.ts'
import { rejectDelivery } from '../deciding.ts'
import type { LoadHouse } from '../loading.ts'
import { getDelivery } from '../store.ts'
import { findingsOf, reportFindings } from './findings-found.ts'
import { holdBatch } from './planning.ts'
import { holdOpen } from './replanning.ts'
import type { Results } from './rules.ts'
import { settlingOf } from './settling.ts'
import { getInspection, type Inspection, listItems, weigh } from './store.ts'

/**
 * Signs an inspection that is complete and passes. Never who sent the delivery.
 * @throws Problem inspection.own, inspection.incomplete, inspection.fails, inspection.void, inspection.decided
 */
export async function acceptInspection(
  { db }: Pick<LoadHouse, 'db'>,
  inspection: Inspection,
  { note, actor }: { note: string; actor: string },
): Promise<Inspection> {
  await db.transaction(async tx => {
    const delivery = await getDelivery(tx, inspection.deliveryId)
    if (delivery.createdBy === actor || delivery.senders.includes(actor)) throw problem('inspection.own')
    await holdBatch(tx, { ...delivery, batchNo: inspection.batchNo })
    const open = await holdOpen(tx, inspection)
    const items = await listItems(tx, open)
    const results = weigh(open, items)
    if (results.conclusion === 'incomplete') throw problem('inspection.incomplete', { n: results.open })
    if (results.conclusion !== 'pass') throw problem('inspection.fails', { conclusion: results.conclusion })
    await decide(tx, open, {
      state: 'accepted',
      reason: note || null,
      results,
      settling: await settlingOf(tx, delivery, open, items),
      actor,
    })
  })
  return getInspection(db, inspection.id)
}

/** Sends the delivery back. @throws Problem inspection.void, inspection.decided, inspection.published, delivery.state */
export async function returnInspection(
  house: LoadHouse,
  inspection: Inspection,
  { reason, actor }: { reason: string; actor: string },
): Promise<Inspection> {
  const { db } = house
  const delivery = await getDelivery(db, inspection.deliveryId)
  if (delivery.state === 'published') throw problem('inspection.published', { no: delivery.no })
  const conclude = async (tx: Queryable) => {
    await holdBatch(tx, delivery)
    const open = await holdOpen(tx, inspection)
    const items = await listItems(tx, open)
    await reportFindings(tx, delivery, findingsOf(delivery, items))
    await decide(tx, open, { state: 'returned', reason, results: weigh(open, items), settling: null, actor })
  }
  await rejectDelivery(house, delivery.id, actor, reason, conclude)
  return getInspection(db, inspection.id)
}

/**
 * Lets a delivery under inspection be loaded again, for a reason that is kept. Never by who sent the delivery.
 * @throws Problem inspection.own, inspection.void, inspection.decided
 */
export async function releaseInspection(
  { db }: Pick<LoadHouse, 'db'>,
  inspection: Inspection,
  { reason, actor }: { reason: string; actor: string },
): Promise<Inspection> {
  await db.transaction(async tx => {
    const delivery = await getDelivery(tx, inspection.deliveryId)
    if (delivery.createdBy === actor || delivery.senders.includes(actor)) throw problem('inspection.own')
    const { district, id, deliveryId } = await holdOpen(tx, inspection)
    await tx.query(
      `UPDATE inspection SET state = 'released', reason = $3 WHERE district = $1 AND id = $2::uuid`,
      [district, id, reason],
    )
    await append(tx, district, actor, [
      { kind: 'inspection.released', data: { inspection: id, delivery: deliveryId, reason } },
    ])
  })
  return getInspection(db, inspection.id)
}

async function decide(
  tx: Queryable,
  { district, id, deliveryId }: Inspection,
  end: {
    state: 'accepted' | 'returned'
    reason: string | null
    results: Results
    settling: Inspection['settling']
    actor: string
  },
): Promise<void> {
  await tx.query(
    `UPDATE inspection SET state = $3, reason = $4, results = $5::jsonb, settling = $6::jsonb, decided_at = now(), decided_by = $7
     WHERE district = $1 AND id = $2::uuid`,
    [
      district,
      id,
      end.state,
      end.reason,
      JSON.stringify(end.results),
      end.settling && JSON.stringify(end.settling),
      end.actor,
    ],
  )
  const { conclusion, total } = end.results
  await append(tx, district, end.actor, [
    {
      kind: `inspection.${end.state}`,
      data: {
        inspection: id,
        delivery: deliveryId,
        conclusion,
        wrong: total.attributes.wrong,
        judged: total.attributes.judged,
        missing: total.omissions.missing,
        ...(end.reason ? { reason: end.reason } : {}),
      },
    },
  ])
}
