/**
 * The settlement table from what is known: what the batch brings, what was found wrong, what ends. Of one
 * delivery at any time; of a contractor over a period only what was accepted and counts in the registry.
 */

import type { Queryable } from '../../../core/db.ts'
import { decisionOf } from '../../registry/removals.ts'
import type { Delivery } from '../schema.ts'
import { isWrong } from './rules.ts'
import type { Quantity } from './schema.ts'
import { noQuantity, plus, type Settlement, type Settling, settle } from './settlement.ts'
import { counted, type Inspection, type Item, judgedRow, listItems } from './store.ts'

const ENDED_AT_ONCE = 4_000

/** What an inspection leaves to be settled: things found wrong by class, each once. */
export function settlingOf(
  { counts }: Pick<Delivery, 'counts'>,
  items: readonly Item[],
): Omit<Settling, 'brought' | 'ended'> {
  const wrong: Record<string, Quantity> = {}
  const off = (code: string, quantity: Quantity) => {
    wrong[code] = plus(wrong[code] ?? noQuantity(), quantity)
  }
  const real = counted(items)
  const told = new Set<string>()
  for (const item of real) {
    if (item.kind !== 'row' || !item.complete || !isWrong(judgedRow(item))) continue
    if (item.content.code) told.add(item.content.code)
    off(item.class!, { pieces: 1, metres: item.content.metres ?? 0, m2: item.content.m2 ?? 0 })
  }
  for (const each of real.flatMap(item => item.answer?.sightings ?? []))
    if (each.kind === 'surplus' && !told.has(each.code)) off(each.class, { pieces: 1, metres: 0, m2: 0 })
  return { wrong, unchanged: counts.unchangedByClass ?? {}, refused: counts.refused }
}

/** Components that end with a batch, by class, in short statements. */
async function endedOf(
  db: Queryable,
  { district, batchNo }: { district: string; batchNo: number },
): Promise<Record<string, number>> {
  const ended: Record<string, number> = {}
  for (let last = '00000000-0000-0000-0000-000000000000', read = ENDED_AT_ONCE; read === ENDED_AT_ONCE; ) {
    const rows = await db.query<{ id: string; class: string }>(
      `SELECT r.component_id AS id, (SELECT c.class FROM component c WHERE c.district = r.district AND c.id = r.component_id
           AND c.batch <> r.batch ORDER BY c.batch DESC LIMIT 1) AS class
       FROM proposed_removal r JOIN batch b ON b.district = r.district AND b.no = r.batch
       WHERE r.district = $1 AND r.batch = $2 AND ${decisionOf('r', 'b')} = 'end' AND r.component_id > $3::uuid
       ORDER BY r.component_id LIMIT ${ENDED_AT_ONCE}`,
      [district, batchNo, last],
    )
    for (const row of rows) ended[row.class] = (ended[row.class] ?? 0) + 1
    read = rows.length
    last = rows.at(-1)?.id ?? last
  }
  return ended
}

/** Of one delivery: as it was accepted, or as it would be now. */
export async function settlementOf(
  db: Queryable,
  delivery: Pick<Delivery, 'counts'>,
  inspection: Inspection,
): Promise<Settlement> {
  const settling = inspection.settling ?? settlingOf(delivery, await listItems(db, inspection))
  const ended = delivery.counts.missing === 0 ? {} : await endedOf(db, inspection)
  return settle({ ...settling, brought: inspection.brought, ended }, inspection.terms)
}
