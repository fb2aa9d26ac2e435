/** 二维码牌 and 问题上报: plates for printing, what a scanned one says, and reports of problems. */
import { call } from './client.ts'
import type { LonLat } from './districts.ts'
import type { EvidencePhoto } from './evidence.ts'

export interface Plate {
  componentId: string
  code: string | null
  class: string
  className: string
  /** What the QR code says. */
  address: string
}
export interface PlatePolicy {
  publicPage: boolean
  hotline: string | null
}
export type Scanned =
  | { to: 'card'; district: string; componentId: string }
  | {
      to: 'public'
      plate: string | null
      className: string | null
      classNameEn: string | null
      district: string
      hotline: string | null
      demo: boolean
    }
  | { to: 'sign-in' }

export interface ReportInput {
  kind: string
  text: string
  place?: { lon: number; lat: number }
  phone?: string
  /** Ids of photos that were sent. */
  photos: string[]
}
export interface ComponentReport {
  id: string
  no: number
  componentId: string
  code: string | null
  class: string | null
  kind: string
  text: string
  photos: EvidencePhoto[]
  lonLat: LonLat | null
  phone: string | null
  state: 'open' | 'closed'
  reportedAt: string
  reportedBy: string | null
  closedAt: string | null
  closedBy: string | null
  answer: string | null
}

export const issuePlates = (
  components: readonly string[],
  renew: boolean,
): Promise<{ items: Plate[]; hotline: string | null }> =>
  call('/api/plates', { method: 'POST', body: { components, renew } })
export const getPolicy = (): Promise<PlatePolicy> => call('/api/plate-policy')
export const setPolicy = (policy: PlatePolicy): Promise<void> =>
  call('/api/plate-policy', { method: 'PUT', body: policy })

const at = (token: string): string => `/api/plates/${encodeURIComponent(token)}`
export const scanPlate = (token: string): Promise<Scanned> => call(at(token), { query: { nobody: 'ok' } })
export const reportPlate = (token: string, report: ReportInput): Promise<{ no: number }> =>
  call(`${at(token)}/reports`, { method: 'POST', query: { nobody: 'ok' }, body: report })
export const reportComponent = (id: string, report: ReportInput): Promise<{ no: number }> =>
  call(`/api/components/${encodeURIComponent(id)}/reports`, { method: 'POST', body: report })
export const listReports = (
  state: 'open' | 'closed',
  before: number | null,
): Promise<{ items: ComponentReport[]; next: number | null }> =>
  call('/api/reports', { query: { state, before, limit: 50 } })
export const closeReport = (id: string, answer: string): Promise<ComponentReport> =>
  call(`/api/reports/${encodeURIComponent(id)}/close`, { method: 'POST', body: { answer } })
