/** 新建移交: new works, who built them, who will answer for them and from when. */
import { call } from './client.ts'

export type HandoverState = 'announced' | 'accepted' | 'stuck' | 'transferred' | 'reversed' | 'withdrawn'
export interface Handover {
  id: string
  no: number
  name: string
  builder: string
  owner: { id: string; name: string }
  maintainer: { id: string; name: string }
  handoverOn: string
  warrantyUntil: string | null
  note: string | null
  state: HandoverState
  /** The delivery its components come with. */
  delivery: { id: string; no: number; name: string; state: string; components: number } | null
  announcedAt: string
  announcedBy: string
  /** Who announced it and who linked its delivery. */
  proposers: string[]
  decidedAt: string | null
  decidedBy: string | null
  decision: string | null
  transferredAt: string | null
  /** How many changed hands. */
  components: number | null
  /** How many are through, while it is being carried out. */
  done: number | null
  trouble: { message: string; again: boolean; faults: { key: string; message: string }[] } | null
}
export interface HandoverPage {
  items: Handover[]
  next: number | null
}
export interface NewHandover {
  name: string
  builder: string
  ownerId: string
  maintainerId: string
  handoverOn: string
  warrantyUntil?: string
  note?: string
}

const at = (id: string, step: string): string => `/api/handovers/${encodeURIComponent(id)}/${step}`
export const listHandovers = (before: number | null, limit = 50): Promise<HandoverPage> =>
  call(`/api/handovers?limit=${limit}${before === null ? '' : `&before=${before}`}`)
export const announceHandover = (wish: NewHandover): Promise<Handover> =>
  call('/api/handovers', { method: 'POST', body: wish })
/** @param components how many it brings, which confirms a delivery that was there before the works were announced */
export const linkDelivery = (id: string, delivery: string, components: number): Promise<Handover> =>
  call(at(id, 'delivery'), { method: 'PUT', body: { delivery, components } })
export const retryHandover = (id: string): Promise<Handover> =>
  call(at(id, 'retry'), { method: 'POST', body: {} })
export const acceptHandover = (id: string, atOnce: boolean): Promise<Handover> =>
  call(at(id, 'accept'), { method: 'POST', body: { atOnce } })
export const withdrawHandover = (id: string, reason: string): Promise<Handover> =>
  call(at(id, 'withdraw'), { method: 'POST', body: { reason } })
