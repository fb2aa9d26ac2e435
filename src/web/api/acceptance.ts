/** 监理验收: what is drawn of a delivery, what is found on the ground, what it comes to, and what is settled. */
import { address, call } from './client.ts'
import type { LonLat } from './districts.ts'

export type Verdict = 'right' | 'wrong' | 'unknown'
export type Pass = 'pass' | 'fail' | 'not-sampled'
export type Conclusion = 'incomplete' | 'pass' | 'fail' | 'not-sampled'

export interface Result {
  population: number
  drawn: number
  attributes: {
    judged: number
    wrong: number
    rate: number | null
    low: number | null
    high: number | null
    pass: Pass
  }
  positions: {
    measured: number
    beyond: number
    share: number | null
    rmseM: number | null
    maxM: number | null
    limitM: number | null
    pass: Pass
  }
  omissions: { present: number; missing: number; surplus: number; rate: number | null; pass: Pass }
  pass: Pass
}
export interface Results {
  total: Result
  classes: ({ class: string } & Result)[]
  fields: { field: string; right: number; wrong: number; unknown: number }[]
  open: number
  conclusion: Conclusion
}
export interface Draw {
  share: number
  min: number
  max: number
}
export type SettledState = 'added' | 'changed' | 'unchanged' | 'ended'
export type SettledUnit = 'piece' | 'metre' | 'm2'
export interface Terms {
  rows: Draw
  positions: Draw
  areas: number
  limits: { wrong: number; missing: number; beyond: number }
  least: { judged: number; measured: number }
  mustPass: 'total' | 'every-class'
  accuracy: Record<string, 'A' | 'B' | 'C'>
  settle: { states: SettledState[]; deductWrong: boolean }
  prices: Record<string, { unit: SettledUnit; price: number }>
}
export interface Inspection {
  id: string
  state: 'open' | 'accepted' | 'returned' | 'released' | 'void'
  seed: string | null
  terms: Terms
  /** Null for who sends, until the supervisor has given his word. */
  results: Results | null
  reason: string | null
  drawnAt: string
  drawnBy: string
  decidedAt: string | null
  decidedBy: string | null
}

/** Null: it cannot be measured. */
export type Position = { x: number; y: number; crs?: string } | null
export interface RowAnswer {
  verdicts: Record<string, Verdict>
  found: Record<string, string>
  position?: Position
  note: string
  /** A name, as a field sheet told it. */
  photo: string
  photos: string[]
}
export interface Sighting {
  kind: 'missing' | 'surplus'
  class: string
  code: string
  position: Position
  note: string
  /** A name, as a field sheet told it. */
  photo: string
  photos: string[]
}
export interface AreaAnswer {
  walked: boolean
  sightings: Sighting[]
  note: string
}
export interface Item {
  no: number
  kind: 'row' | 'area'
  drawn: 'rule' | 'replacement' | 'hand'
  class: string | null
  componentId: string | null
  geometry: { type: string; coordinates: unknown[] } | null
  code: string | null
  name: string | null
  area: string | null
  fields: { field: string; value: string }[]
  present: Record<string, number> | null
  file: string | null
  row: number | null
  measure: boolean
  accuracy: 'A' | 'B' | 'C' | null
  replacedBy: number | null
  replacedWhy: string | null
  answer: {
    verdicts?: Record<string, Verdict>
    found?: Record<string, string>
    position?: 'measured' | 'impossible'
    walked?: boolean
    sightings?: (Omit<Sighting, 'position' | 'photos'> & { lonLat: LonLat | null; photos?: string[] })[]
    note: string
    photo?: string
    photos?: string[]
  } | null
  measured: LonLat | null
  deviationM: number | null
  complete: boolean
}

export interface Quantity {
  pieces: number
  metres: number
  m2: number
}
export interface Settled {
  added: Quantity
  changed: Quantity
  unchanged: number
  ended: number
  wrong: Quantity
  settled: Quantity
  amount: number | null
}
export interface Settlement {
  classes: (Settled & { class: string; unit: SettledUnit | null; price: number | null })[]
  total: Settled
  refused: number
}
export interface Period extends Settlement {
  deliveries: {
    delivery: { id: string; no: number; name: string; contractor: string | null }
    acceptedAt: string
    acceptedBy: string
    /** The version that took it away again. */
    reversedBy: number | null
    settlement: Settlement
  }[]
  contractors: { firm: string | null; name: string }[]
}
export interface TakenSheet {
  taken: number
  findings: { sheet: string; row: number | null; column: string | null; value: string; message: string }[]
}

const at = (id: string, rest = ''): string => `/api/inspections/${encodeURIComponent(id)}${rest}`
const ofDelivery = (id: string): string => `/api/deliveries/${encodeURIComponent(id)}/inspections`

/** Newest first. */
export const listInspections = async (delivery: string): Promise<Inspection[]> =>
  (await call<{ items: Inspection[] }>(ofDelivery(delivery))).items
export const drawInspection = (delivery: string): Promise<Inspection> =>
  call(ofDelivery(delivery), { method: 'POST', body: {} })
export async function listItems(id: string): Promise<Item[]> {
  const all: Item[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: { items: Item[]; next: number | null } = await call(at(id, '/items'), { query: { after } })
    all.push(...page.items)
    after = page.next
  }
  return all
}
export const answerItem = (id: string, no: number, body: RowAnswer | AreaAnswer): Promise<Item> =>
  call(at(id, `/items/${no}`), { method: 'PUT', body })
export const addItem = (id: string, body: { componentId: string } | { code: string }): Promise<Item> =>
  call(at(id, '/items'), { method: 'POST', body })
export const replaceItem = (id: string, no: number, reason: string): Promise<Item> =>
  call(at(id, `/items/${no}/replace`), { method: 'POST', body: { reason } })
export const acceptInspection = (id: string, note: string): Promise<Inspection> =>
  call(at(id, '/accept'), { method: 'POST', body: { note } })
export const returnInspection = (id: string, reason: string): Promise<Inspection> =>
  call(at(id, '/return'), { method: 'POST', body: { reason } })
export const releaseInspection = (id: string, reason: string): Promise<Inspection> =>
  call(at(id, '/release'), { method: 'POST', body: { reason } })
export const sheetAddress = (id: string, lang: 'zh' | 'en'): string =>
  address(at(id, '/field-sheet.xlsx'), { lang })
export const takeSheet = (id: string, file: File): Promise<TakenSheet> =>
  call(at(id, '/field-sheet'), { method: 'PUT', file })

export const getSettlement = (id: string): Promise<Settlement> => call(at(id, '/settlement'))
export const settlementAddress = (id: string, lang: 'zh' | 'en'): string =>
  address(at(id, '/settlement.xlsx'), { lang })
export interface PeriodQuery {
  from: string
  to: string
  firm: string
  contractor: string
}
export const getPeriod = (query: PeriodQuery): Promise<Period> =>
  call('/api/settlement', { query: { ...query } })
export const periodAddress = (query: PeriodQuery, lang: 'zh' | 'en'): string =>
  address('/api/settlement.xlsx', { ...query, lang })

export const getTerms = (): Promise<{ terms: Terms; updatedAt: string | null; updatedBy: string | null }> =>
  call('/api/acceptance/terms')
export const saveTerms = (terms: Terms): Promise<void> =>
  call('/api/acceptance/terms', { method: 'PUT', body: terms })
export const setAcceptance = (district: string, acceptance: 'none' | 'required'): Promise<void> =>
  call(`/api/districts/${district}/acceptance`, { method: 'PUT', body: { acceptance } })
