/**
 * The settlement table from what is known: what the batch brings, what was found wrong, what ends. Of one
 * delivery at any time; of a contractor over a period only what was accepted and counts in the registry.
 */

import { maybe, type Queryable } from '../../../core/db.ts'
import { decisionOf } from '../../registry/removals.ts'
import type { Delivery } from '../schema.ts'
import type { Standing } from '../unchanged.ts'
import { isWrong } from './rules.ts'
import type { Quantity, SettledState } from './schema.ts'
import { noQuantity, plus, type Settlement, type Settling, settle } from './settlement.ts'
import { counted, type Inspection, type Item, judgedRow, listItems } from './store.ts'

const ENDED_AT_ONCE = 4_000

/**
 * What an inspection leaves to be settled: things found wrong by class, each once, however often and by whatever way
 * it was seen. Nothing is taken off for a code that the delivery does not have there.
 */
export async function settlingOf(
  db: Queryable,
  { counts }: Pick<Delivery, 'counts'>,
  inspection: Pick<Inspection, 'id' | 'district'>,
  items: readonly Item[],
): Promise<Omit<Settling, 'brought' | 'ended'>> {
  const wrong: Record<string, Partial<Record<SettledState, Quantity>>> = {}
  const off = (code: string, state: SettledState, quantity: Quantity) => {
    const of = (wrong[code] ??= {})
    of[state] = plus(of[state] ?? noQuantity(), quantity)
  }
  const real = counted(items)
  const told = new Set<string>()
  for (const item of real) {
    if (item.kind !== 'row' || !item.complete || !isWrong(judgedRow(item))) continue
    const { code, change, metres, m2 } = item.content
    if (code) told.add(code)
    off(item.class!, change ?? 'added', { pieces: 1, metres: metres ?? 0, m2: m2 ?? 0 })
  }
  for (const { answer } of real)
    for (const { kind, code, class: of } of answer?.sightings ?? []) {
      if (kind !== 'surplus' || told.has(code)) continue
      const known =
        code === '' ? ({ class: of, state: 'added', metres: 0, m2: 0 } as const) : answer?.delivered?.[code]
      if (!known) continue
      if (code !== '') told.add(code)
      off(known.class, known.state, { pieces: 1, metres: known.metres, m2: known.m2 })
    }
  return { wrong, unchanged: await unchangedOf(db, inspection), refused: counts.refused }
}

/** What the delivery brought as it was, by class. */
async function unchangedOf(
  db: Queryable,
  { district, id }: Pick<Inspection, 'id' | 'district'>,
): Promise<Record<string, Quantity>> {
  const row = await maybe<{ unchanged: Standing }>(
    db,
    `SELECT b.unchanged FROM inspection i JOIN batch b ON b.district = i.district AND b.no = i.batch_no AND b.created_at = i.loaded_at
     WHERE i.district = $1 AND i.id = $2::uuid`,
    [district, id],
  )
  const sums: Record<string, Quantity> = {}
  for (const classes of Object.values(row?.unchanged ?? {}))
    for (const [code, quantity] of Object.entries(classes))
      sums[code] = plus(sums[code] ?? noQuantity(), quantity)
  return sums
}

/** Components that end with a batch, by class, in short statements. */
async function endedOf(
  db: Queryable,
  { district, batchNo }: { district: string; batchNo: number },
): Promise<Record<string, Quantity>> {
  const ended: Record<string, Quantity> = {}
  for (let last = '00000000-0000-0000-0000-000000000000', read = ENDED_AT_ONCE; read === ENDED_AT_ONCE; ) {
    const rows = await db.query<{ id: string; class: string; metres: number | null; m2: number | null }>(
      `SELECT r.component_id AS id, c.class,
         CASE WHEN ST_Dimension(c.geom) = 1 THEN ST_Length(ST_SetSRID(c.geom, 4326)::geography) END AS metres,
         CASE WHEN ST_Dimension(c.geom) = 2 THEN ST_Area(ST_SetSRID(c.geom, 4326)::geography) END AS m2
       FROM proposed_removal r JOIN batch b ON b.district = r.district AND b.no = r.batch
       JOIN LATERAL (SELECT c.class, c.geom FROM component c WHERE c.district = r.district AND c.id = r.component_id
           AND c.batch <> r.batch ORDER BY c.batch DESC LIMIT 1) c ON true
       WHERE r.district = $1 AND r.batch = $2 AND ${decisionOf('r', 'b')} = 'end' AND r.component_id > $3::uuid
       ORDER BY r.component_id LIMIT ${ENDED_AT_ONCE}`,
      [district, batchNo, last],
    )
    for (const { class: code, metres, m2 } of rows)
      ended[code] = plus(ended[code] ?? noQuantity(), { pieces: 1, metres: metres ?? 0, m2: m2 ?? 0 })
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
  const settling =
    inspection.settling ?? (await settlingOf(db, delivery, inspection, await listItems(db, inspection)))
  const ended = delivery.counts.missing === 0 ? {} : await endedOf(db, inspection)
  return settle({ ...settling, brought: inspection.brought, ended }, inspection.terms)
}
