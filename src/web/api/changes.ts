/** What a delivery adds, changes and does not bring, and what becomes of the missing. */
import { call } from './client.ts'

export const changeKinds = ['added', 'changed', 'missing'] as const
export type ChangeKind = (typeof changeKinds)[number]
export type Decision = 'keep' | 'end'

/** GeoJSON in degrees. */
export interface Shape {
  type: string
  coordinates: unknown[]
}
export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}
export interface Change {
  id: string
  code: string | null
  class: string
  name: string | null
  geometry: Shape
  /** Where it was, when it moved. */
  formerGeometry: Shape | null
  row: number
  file: string | null
  fields: FieldChange[]
  /** Of what is missing; null: nobody decided, it stays. */
  decision: Decision | null
}
export interface Removals {
  end: number
  keep: number
  undecided: number
}

const at = (id: string, rest: string): string => `/api/deliveries/${encodeURIComponent(id)}/${rest}`

export const listChanges = (
  id: string,
  kind: ChangeKind,
  after: string | null,
  limit: number,
): Promise<{ items: Change[]; next: string | null }> =>
  call(at(id, 'changes'), { query: { kind, after, limit } })
export const countRemovals = (id: string): Promise<Removals> => call(at(id, 'removals'))
/** Without ids: all that are missing. */
export const decideRemovals = (
  id: string,
  decision: Decision,
  ids: readonly string[] | null,
): Promise<{ decided: number }> =>
  call(at(id, 'removals'), { method: 'POST', body: ids ? { ids, decision } : { decision } })
