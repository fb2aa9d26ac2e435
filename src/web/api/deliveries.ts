/** 交付批次: what a contractor sends, how it is read, what was found in it, and what became of it. */
import { call, send } from './client.ts'
import type { LonLat } from './districts.ts'
import type { Profile } from './profiles.ts'

export type Kind = 'grids' | 'components' | 'addresses' | 'places' | 'units' | 'classes'
export type DeliveryState =
  | 'received'
  | 'loading'
  | 'checked'
  | 'published'
  | 'failed'
  | 'cancelled'
  | 'rejected'

export interface Delivery {
  id: string
  no: number
  kind: Kind
  district: string | null
  name: string
  contractor?: string | null
  state: DeliveryState
  progress: { rowsRead: number; rowsTotal: number | null; phase: string } | null
  counts: {
    read: number
    accepted: number
    refused: number
    unchanged: number
    added: number
    changed: number
  }
  files: { name: string; bytes: number; read: number; accepted: number; refused: number }[]
  findings: {
    errors: number
    warnings: number
    byCode: { code: string; severity: 'error' | 'warning'; count: number; title: string }[]
  }
  createdAt: string
  createdBy: string
  publishedAt: string | null
  version: number | null
}
export interface Finding {
  no: number
  code: string
  severity: 'error' | 'warning'
  file: string
  row: number | null
  field: string | null
  value: string | null
  message: string
  remedy: string
  lonLat: LonLat | null
}
export interface Layer {
  file: string
  name: string
  fields: { name: string; stored: string }[]
  geometryKind: string | null
  rowCount: number | null
  encoding: string | null
  crs: string | null
  sample: { row: number; values: unknown[]; x: number | null; y: number | null }[]
}
export interface Guess {
  layers: Layer[]
  profile: Profile
  findings: Finding[]
}

const at = (id: string, rest = ''): string => `/api/deliveries/${encodeURIComponent(id)}${rest}`

export const listDeliveries = (
  after: string | null = null,
): Promise<{ items: Delivery[]; next: string | null }> => call('/api/deliveries', { query: { after } })
export const getDelivery = (id: string): Promise<Delivery> => call(at(id))
export const openDelivery = (body: { kind: Kind; name: string; contractor?: string }): Promise<Delivery> =>
  call('/api/deliveries', { method: 'POST', body })
export const sendFile = (
  id: string,
  file: File,
  told: (share: number) => void,
  signal?: AbortSignal,
): Promise<void> => send(at(id, `/files/${encodeURIComponent(file.name)}`), file, told, signal)
export const guess = (id: string): Promise<Guess> => call(at(id, '/guess'), { method: 'POST', body: {} })
export const load = (id: string, profile: Profile | null, fix: boolean): Promise<Delivery> =>
  call(at(id, '/load'), {
    method: 'POST',
    body: { ...(profile ? { profile } : {}), ...(fix ? { fix } : {}) },
  })
export const listFindings = (
  id: string,
  code: string | null,
  after: string | null = null,
  limit = 50,
): Promise<{ total: number; items: Finding[]; next: string | null }> =>
  call(at(id, '/findings'), { query: { code, after, limit } })
export const approve = (id: string): Promise<Delivery> =>
  call(at(id, '/approve'), { method: 'POST', body: {} })
export const reject = (id: string, reason: string): Promise<Delivery> =>
  call(at(id, '/reject'), { method: 'POST', body: { reason } })
export const cancel = (id: string): Promise<Delivery> => call(at(id, '/cancel'), { method: 'POST', body: {} })
