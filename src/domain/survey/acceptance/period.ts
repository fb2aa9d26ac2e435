/**
 * Settlements over a period: which deliveries were accepted in it, and their sums by contractor. A firm is the
 * same whatever it was called when it delivered. What going back to an earlier version took away again stays
 * told, as reversed, and is in no sum.
 */
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
  /** The version that took it away again; null where it stands. */
  reversedBy: number | null
  settlement: Settlement
}

export interface Contractor {
  /** Null: of no firm of the district, known by the name alone. */
  firm: string | null
  name: string
}

export interface PeriodSettlement extends Pick<Settlement, 'classes' | 'total' | 'refused'> {
  deliveries: Settled[]
  contractors: Contractor[]
}

interface Row extends Contractor {
  id: string
  version: number
  firmId: string | null
  createdBy: string
}

/**
 * What was accepted in a period and published since; by the day of acceptance.
 * @param to the first moment that is out of it
 * @param firm null for all
 * @param contractor of those that are of no firm; null for all
 * @param reach whose deliveries the caller may see
 */
export async function settlementOfPeriod(
  db: Queryable,
  district: string,
  wanted: { from: Date | null; to: Date | null; firm: string | null; contractor: string | null },
  reach: Reach = 'all',
): Promise<PeriodSettlement> {
  const all = await db.query<Row>(
    `SELECT i.id, d.version, d.firm_id AS firm, coalesce(f.name, d.contractor) AS name, d.firm_id AS "firmId",
       d.created_by AS "createdBy" FROM inspection i
     JOIN delivery d ON d.district = i.district AND d.id = i.delivery_id AND d.state = 'published'
     JOIN batch b ON b.district = d.district AND b.no = d.batch_no AND b.created_at = i.loaded_at
     LEFT JOIN firm f ON f.district = d.district AND f.id = d.firm_id
     WHERE i.district = $1 AND i.state = 'accepted' AND ($2::timestamptz IS NULL OR i.decided_at >= $2)
       AND ($3::timestamptz IS NULL OR i.decided_at < $3) ORDER BY i.decided_at, i.id`,
    [district, wanted.from, wanted.to],
  )
  const rows = all.filter(row => reaches(reach, row))
  const reversed = await reversals(db, district)
  const deliveries: Settled[] = []
  for (const row of rows) {
    if (wanted.firm !== null && row.firm !== wanted.firm) continue
    if (wanted.contractor !== null && (row.firm !== null || row.name !== wanted.contractor)) continue
    const inspection = await getInspection(db, row.id)
    const delivery = await getDelivery(db, inspection.deliveryId)
    deliveries.push({
      delivery: { id: delivery.id, no: delivery.no, name: delivery.name, contractor: row.name },
      acceptedAt: inspection.decidedAt!,
      acceptedBy: inspection.decidedBy!,
      reversedBy: reversed(row.version),
      settlement: await settlementOf(db, delivery, inspection),
    })
  }
  return {
    ...sumOf(deliveries.filter(each => each.reversedBy === null).map(each => each.settlement)),
    deliveries,
    contractors: contractorsOf(rows),
  }
}

/** Each once, by name. */
function contractorsOf(rows: readonly Row[]): Contractor[] {
  const known = new Map<string, Contractor>()
  for (const { firm, name } of rows) if (name !== null) known.set(firm ?? `name ${name}`, { firm, name })
  return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/**
 * Which version took what a version brought away again. What stands is read backwards from the newest version: one that
 * brought another back stands for it, and what lies between the two for nothing, until it is brought back itself.
 */
async function reversals(db: Queryable, district: string): Promise<(version: number) => number | null> {
  const restored = await db.query<{ version: number; to: number }>(
    `SELECT version, (options->>'restore')::int AS "to" FROM delivery
     WHERE district = $1 AND state = 'published' AND version IS NOT NULL AND options->>'restore' IS NOT NULL
     ORDER BY version DESC`,
    [district],
  )
  const gone: { after: number; before: number }[] = []
  let stands = Infinity
  for (const { version, to } of restored) {
    // taken away itself
    if (version > stands) continue
    gone.push({ after: to, before: version })
    stands = to
  }
  return version => gone.find(each => version > each.after && version < each.before)?.before ?? null
}
