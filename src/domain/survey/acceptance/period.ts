/** Settlements over a period: which deliveries were accepted in it, and their sums by contractor. */
import type { Queryable } from '../../../core/db.ts'
import { type Reach, reaches } from '../../orgs/rules.ts'
import type { Delivery } from '../schema.ts'
import { getDelivery } from '../store.ts'
import { type Settlement, sumOf } from './settlement.ts'
import { settlementOf } from './settling.ts'
import { getInspection } from './store.ts'

export interface Settled {
  delivery: Pick<Delivery, 'id' | 'no' | 'name' | 'contractor'>
  acceptedAt: Date
  acceptedBy: string
  settlement: Settlement
}

export interface PeriodSettlement extends Pick<Settlement, 'classes' | 'total' | 'refused'> {
  deliveries: Settled[]
  contractors: string[]
}

/**
 * What was accepted in a period and published since; by the day of acceptance.
 * @param to the first moment that is out of it
 * @param contractor null for all
 * @param reach whose deliveries the caller may see
 */
export async function settlementOfPeriod(
  db: Queryable,
  district: string,
  { from, to, contractor }: { from: Date | null; to: Date | null; contractor: string | null },
  reach: Reach = 'all',
): Promise<PeriodSettlement> {
  const all = await db.query<{
    id: string
    contractor: string | null
    firmId: string | null
    createdBy: string
  }>(
    `SELECT i.id, d.contractor, d.firm_id AS "firmId", d.created_by AS "createdBy" FROM inspection i
     JOIN delivery d ON d.district = i.district AND d.id = i.delivery_id AND d.state = 'published'
     JOIN batch b ON b.district = d.district AND b.no = d.batch_no AND b.created_at = i.loaded_at
     WHERE i.district = $1 AND i.state = 'accepted' AND ($2::timestamptz IS NULL OR i.decided_at >= $2)
       AND ($3::timestamptz IS NULL OR i.decided_at < $3) ORDER BY i.decided_at, i.id`,
    [district, from, to],
  )
  const rows = all.filter(row => reaches(reach, row))
  const deliveries: Settled[] = []
  for (const row of rows) {
    if (contractor !== null && row.contractor !== contractor) continue
    const inspection = await getInspection(db, row.id)
    const delivery = await getDelivery(db, inspection.deliveryId)
    deliveries.push({
      delivery: { id: delivery.id, no: delivery.no, name: delivery.name, contractor: delivery.contractor },
      acceptedAt: inspection.decidedAt!,
      acceptedBy: inspection.decidedBy!,
      settlement: await settlementOf(db, delivery, inspection),
    })
  }
  return {
    ...sumOf(deliveries.map(each => each.settlement)),
    deliveries,
    contractors: [...new Set(rows.flatMap(row => row.contractor ?? []))].sort(),
  }
}
