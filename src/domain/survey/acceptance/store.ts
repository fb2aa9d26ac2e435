/** Reads of acceptance: the terms of a district, inspections, their items, and what they come to. */
import { readEwkb } from '../../../../gis/ewkb.ts'
import type { Geometry } from '../../../../gis/geometry.ts'
import { maybe, one, type Queryable } from '../../../core/db.ts'
import { problem } from '../../../core/problem.ts'
import type { Delivery, DeliveryState } from '../schema.ts'
import { type JudgedRow, type Results, resultsOf, type WalkedArea } from './rules.ts'
import { accuracyOf } from './sampling.ts'
import {
  type AcceptancePolicy,
  type AccuracyClass,
  type AreaContent,
  type Brought,
  type Delivered,
  type Drawn,
  type InspectionState,
  type ItemKind,
  type PlacedSighting,
  type RowContent,
  Terms,
  type Verdict,
} from './schema.ts'
import type { Settling } from './settlement.ts'

export async function acceptanceOf(db: Queryable, district: string): Promise<AcceptancePolicy> {
  const sql = 'SELECT acceptance FROM district WHERE code = $1'
  return (await one<{ acceptance: AcceptancePolicy }>(db, sql, [district])).acceptance
}

/** What the district set, over the usual. */
export async function termsOf(
  db: Queryable,
  district: string,
): Promise<{ terms: Terms; updatedAt: Date | null; updatedBy: string | null }> {
  const row = await maybe<{ terms: unknown; updatedAt: Date; updatedBy: string }>(
    db,
    `SELECT terms, updated_at AS "updatedAt", updated_by AS "updatedBy" FROM acceptance_terms WHERE district = $1`,
    [district],
  )
  return {
    terms: Terms.parse(row?.terms ?? {}),
    updatedAt: row?.updatedAt ?? null,
    updatedBy: row?.updatedBy ?? null,
  }
}

/** 检查: of one batch of one delivery. */
export interface Inspection {
  district: string
  id: string
  deliveryId: string
  batchNo: number
  /** `void`: the delivery was loaded again, or sent back by somebody else, before it was decided. */
  state: InspectionState | 'void'
  seed: string
  terms: Terms
  brought: Record<string, Brought>
  results: Results | null
  settling: Omit<Settling, 'brought' | 'ended'> | null
  reason: string | null
  drawnAt: Date
  drawnBy: string
  decidedAt: Date | null
  decidedBy: string | null
}

const INSPECTION = `SELECT i.district, i.id, i.delivery_id AS "deliveryId", i.batch_no AS "batchNo", i.state, i.seed, i.terms,
    i.brought, i.results, i.settling, i.reason, i.drawn_at AS "drawnAt", i.drawn_by AS "drawnBy",
    i.decided_at AS "decidedAt", i.decided_by AS "decidedBy", d.state AS "deliveryState", b.no IS NOT NULL AS holds
  FROM inspection i JOIN delivery d ON d.district = i.district AND d.id = i.delivery_id
  LEFT JOIN batch b ON b.district = d.district AND b.no = d.batch_no AND b.created_at = i.loaded_at`

type Raw = Omit<Inspection, 'state'> & {
  state: InspectionState
  deliveryState: DeliveryState
  /** Its batch is the delivery's. */
  holds: boolean
}

/** Deliveries whose rows are there to be looked at. */
export const INSPECTED: readonly DeliveryState[] = ['checked', 'published']

function whole({ deliveryState, holds, state, terms, ...rest }: Raw): Inspection {
  const counts = holds && INSPECTED.includes(deliveryState)
  // what was sent back stays told as such; an acceptance of rows that are gone is none
  return { ...rest, terms: Terms.parse(terms), state: counts || state === 'returned' ? state : 'void' }
}

/** @throws Problem inspection.unknown */
export async function getInspection(db: Queryable, id: string): Promise<Inspection> {
  const row = await maybe<Raw>(db, `${INSPECTION} WHERE i.id = $1::uuid`, [id])
  if (!row) throw problem('inspection.unknown', { id })
  return whole(row)
}

/** Those of a delivery, newest first: the first may hold, the others are for the record. */
export async function listInspections(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'id'>,
): Promise<Inspection[]> {
  const rows = await db.query<Raw>(
    `${INSPECTION} WHERE i.district = $1 AND i.delivery_id = $2::uuid ORDER BY i.drawn_at DESC`,
    [delivery.district, delivery.id],
  )
  return rows.map(whole)
}

/** Whether a supervisor looks at the rows that a delivery has now, and has not given his word. */
export async function isInspected(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'id'>,
): Promise<boolean> {
  const row = await maybe(
    db,
    `SELECT 1 FROM inspection i JOIN delivery d ON d.district = i.district AND d.id = i.delivery_id AND d.state = 'checked'
     JOIN batch b ON b.district = d.district AND b.no = d.batch_no AND b.created_at = i.loaded_at
     WHERE i.district = $1 AND i.delivery_id = $2::uuid AND i.state = 'open'`,
    [delivery.district, delivery.id],
  )
  return row !== null
}

/** Whether the rows that a delivery has now were accepted. */
export async function isAccepted(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'id' | 'batchNo'>,
): Promise<boolean> {
  const row = await maybe(
    db,
    `SELECT 1 FROM inspection i JOIN batch b ON b.district = i.district AND b.no = $3 AND b.created_at = i.loaded_at
     WHERE i.district = $1 AND i.delivery_id = $2::uuid AND i.state = 'accepted'`,
    [delivery.district, delivery.id, delivery.batchNo],
  )
  return row !== null
}

export interface KeptAnswer {
  verdicts?: Record<string, Verdict>
  found?: Record<string, string>
  /** As it was typed in, but for the position, which is kept in lon/lat alone. */
  position?: 'measured' | 'impossible'
  walked?: boolean
  sightings?: PlacedSighting[]
  /** What the delivery has in the area under codes that are surplus. */
  delivered?: Record<string, Delivered>
  note: string
  photo?: string
  photos?: string[]
}

export interface Item {
  no: number
  kind: ItemKind
  drawn: Drawn
  class: string | null
  componentId: string | null
  geometry: Geometry | null
  content: Partial<RowContent & AreaContent>
  area: string | null
  measure: boolean
  accuracy: AccuracyClass | null
  replacedBy: number | null
  replacedWhy: string | null
  answer: KeptAnswer | null
  measuredLon: number | null
  measuredLat: number | null
  deviationM: number | null
  complete: boolean
  answeredAt: Date | null
  answeredBy: string | null
}

const ITEM = `SELECT no, kind, drawn, class, component_id AS "componentId", ST_AsEWKB(geom) AS geom, content, area, measure,
    accuracy, replaced_by AS "replacedBy", replaced_why AS "replacedWhy", answer, ST_X(measured) AS "measuredLon",
    ST_Y(measured) AS "measuredLat", deviation_m AS "deviationM", complete, answered_at AS "answeredAt",
    answered_by AS "answeredBy"
  FROM inspection_item WHERE district = $1 AND inspection_id = $2::uuid`

const itemOf = ({ geom, ...rest }: Omit<Item, 'geometry'> & { geom: Uint8Array | null }): Item => ({
  ...rest,
  geometry: geom && readEwkb(geom),
})

/** In order of their numbers; reserves are not told. */
export async function listItems(
  db: Queryable,
  { district, id }: Pick<Inspection, 'district' | 'id'>,
  page: { after: number; limit: number } = { after: 0, limit: 100_000 },
): Promise<Item[]> {
  const rows = await db.query<Omit<Item, 'geometry'> & { geom: Uint8Array | null }>(
    `${ITEM} AND drawn <> 'reserve' AND no > $3 ORDER BY no LIMIT $4`,
    [district, id, page.after, page.limit],
  )
  return rows.map(itemOf)
}

/** @throws Problem inspection.item */
export async function getItem(
  db: Queryable,
  { district, id }: Pick<Inspection, 'district' | 'id'>,
  no: number,
): Promise<Item> {
  const row = await maybe<Omit<Item, 'geometry'> & { geom: Uint8Array | null }>(
    db,
    `${ITEM} AND no = $3 AND drawn <> 'reserve'`,
    [district, id, no],
  )
  if (!row) throw problem('inspection.item', { no })
  return itemOf(row)
}

export const fieldsOf = (item: Pick<Item, 'content'>): string[] =>
  (item.content.fields ?? []).map(each => each.field)

export const judgedRow = (item: Item): JudgedRow => ({
  class: item.class!,
  drawn: item.drawn,
  complete: item.complete,
  measure: item.measure,
  verdicts: item.answer?.verdicts ?? null,
  deviationM: item.deviationM,
  accuracy: item.accuracy ?? accuracyOf(item.class!, {}),
})

export const walkedArea = (item: Item): WalkedArea => ({
  drawn: item.drawn,
  complete: item.complete,
  present: item.content.present ?? {},
  sightings: item.answer?.sightings ?? [],
})

/** What counts: all but those that another took the place of. */
export const counted = (items: readonly Item[]): Item[] => items.filter(item => item.replacedBy === null)

/** What the items of an inspection come to now. */
export function weigh(inspection: Pick<Inspection, 'brought' | 'terms'>, items: readonly Item[]): Results {
  const real = counted(items)
  const population = Object.fromEntries(
    Object.entries(inspection.brought).map(([code, { added, changed }]) => [
      code,
      added.pieces + changed.pieces,
    ]),
  )
  return resultsOf(
    real.filter(item => item.kind === 'row').map(judgedRow),
    real.filter(item => item.kind === 'area').map(walkedArea),
    population,
    inspection.terms,
  )
}
