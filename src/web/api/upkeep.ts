/** 变更申请: what is asked of one component, and the word on it. */
import type { Geometry } from 'geojson'
import type { FieldChange, Shape } from './changes.ts'
import { call } from './client.ts'
import type { EvidencePhoto } from './evidence.ts'

export const changeKinds = ['add', 'move', 'reclass', 'edit', 'merge', 'scrap', 'restore'] as const
export type ChangeKind = (typeof changeKinds)[number]
export type ChangeState = 'proposed' | 'overtaken' | 'approved' | 'refused' | 'withdrawn'

/** Absent members stay as they are; null takes a value away. */
export interface ChangedFields {
  code?: string | null
  name?: string | null
  state?: string | null
  currency?: string | null
  competentId?: string | null
  ownerId?: string | null
  maintainerId?: string | null
  surveyedOn?: string | null
  note?: string | null
  picture?: string | null
}
export type Change =
  | { kind: 'add'; class: string; geometry: Geometry; set: ChangedFields }
  | { kind: 'move'; componentId: string; geometry: Geometry }
  | { kind: 'reclass'; componentId: string; class: string; code?: string | null }
  | { kind: 'edit'; componentId: string; set: ChangedFields }
  | { kind: 'merge'; componentId: string; survivorId: string }
  | { kind: 'scrap'; componentId: string; endedOn: string }
  | { kind: 'restore'; componentId: string }

export interface Found {
  code: string
  severity: 'error' | 'warning'
  field: string | null
  value: string | null
  message: string
  remedy: string
}
export interface Effect {
  code: string | null
  class: string
  name: string | null
  geometry: Shape
  formerGeometry: Shape | null
  distanceM: number | null
  fields: FieldChange[]
  findings: Found[]
}
export interface ChangeRequest extends Effect {
  id: string
  no: number
  kind: ChangeKind
  state: ChangeState
  componentId: string
  survivor: { id: string; code: string | null; class: string; geometry: Shape } | null
  endedOn: string | null
  reason: string
  photos: EvidencePhoto[]
  proposedAt: string
  proposedBy: string
  proposers: string[]
  decidedAt: string | null
  decidedBy: string | null
  decision: string | null
  version: number | null
}
export interface RequestPage {
  items: ChangeRequest[]
  next: number | null
  counts: Record<ChangeState, number>
}

const post = <T>(path: string, body: unknown): Promise<T> =>
  call(`/api/changes${path}`, { method: 'POST', body })

export const checkChange = (change: Change, signal: AbortSignal): Promise<Effect> =>
  call('/api/changes/check', { method: 'POST', body: { change }, signal })
export const proposeChange = (change: Change, reason: string, photos: string[]): Promise<ChangeRequest> =>
  post('', { change, reason, photos })
export const listRequests = (states: readonly ChangeState[], before: number | null): Promise<RequestPage> =>
  call('/api/changes', { query: { state: states.join(','), before, limit: 50 } })
export const approveRequests = (ids: readonly string[]): Promise<{ version: number }> =>
  post('/approve', { ids })
export const refuseRequest = (id: string, reason: string): Promise<ChangeRequest> =>
  post(`/${id}/refuse`, { reason })
export const withdrawRequest = (id: string): Promise<ChangeRequest> => post(`/${id}/withdraw`, {})
export const renewRequest = (id: string): Promise<ChangeRequest> => post(`/${id}/renew`, {})
