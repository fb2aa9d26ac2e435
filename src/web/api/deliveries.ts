/** 交付批次: what a contractor sends, how it is read, what was found in it, and what became of it. */
import { address, call } from './client.ts'
import type { LonLat } from './districts.ts'
import type { Kind } from './kinds.ts'
import type { Profile } from './profiles.ts'

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
  contractor: string | null
  /** The package it answers. */
  packageId: string | null
  packageName: string | null
  state: DeliveryState
  progress: { rowsRead?: number; rowsTotal?: number | null; phase?: string }
  /** `restore` is the version that one without files brings back. */
  options: LoadOptions & { restore?: number }
  counts: {
    read: number
    accepted: number
    refused: number
    unchanged: number
    added: number
    changed: number
    missing: number
  }
  files: { name: string; bytes: number | null; read: number; accepted: number; refused: number }[]
  findings: {
    errors: number
    warnings: number
    byCode: { code: string; severity: 'error' | 'warning'; count: number; title: string }[]
  }
  createdAt: string
  createdBy: string
  /** Who sent files or started a load: none of them approves it. */
  senders: string[]
  decidedAt: string | null
  decidedBy: string | null
  /** Why it was rejected. */
  reason: string | null
  /** Its rows; null where it has none. */
  batchNo: number | null
  version: number | null
  /** Version of the check rules it was checked with; 0 the software's own. */
  rulesVersion: number | null
}
export interface Finding {
  /** Absent while nothing is loaded yet. */
  no?: number
  code: string
  severity: 'error' | 'warning'
  file: string
  row: number | null
  field: string | null
  value: string | null
  message: string
  remedy: string
  /** In a workbook the sheet, and the cell where it is one. */
  detail: { sheet?: string; cell?: string; meridian?: string }
  lonLat: LonLat | null
  /** The code of the class of its row, where that is known. */
  class: string | null
}
export interface Layer {
  file: string
  name: string
  fields: { name: string; stored: string }[]
  geometryKind: 'point' | 'line' | 'polygon' | 'mixed' | 'none'
  rowCount: number | null
  encoding: { name: string; decidedBy: 'given' | 'declared' | 'guessed' | 'format' }
  crs: { kind: 'wkt'; wkt: string } | { kind: 'code'; code: string } | { kind: 'none' }
  sample: { row: number; values: unknown[]; x: number | null; y: number | null }[]
}
/** Inferred from a sample of the positions; nothing acts on it by itself. */
export interface Hint extends Omit<Finding, 'severity'> {
  severity: Finding['severity'] | 'info'
  files: string[]
  /** What a person could write into the profile; null where there is nothing to write. */
  change: Pick<Profile, 'crs' | 'swapAxes' | 'degrees'> | null
  sample: number
  /** Of the sample, how many lie in the district now, and with the change. */
  before: number
  after: number | null
}
export interface Guess {
  layers: Layer[]
  profile: Profile
  photos: number
  findings: Finding[]
  hints: Hint[]
}

const at = (id: string, rest = ''): string => `/api/deliveries/${encodeURIComponent(id)}${rest}`

export const listDeliveries = (
  before: number | null = null,
): Promise<{ items: Delivery[]; next: number | null }> => call('/api/deliveries', { query: { before } })
export const getDelivery = (id: string): Promise<Delivery> => call(at(id))
/** The delivery of a number, as it is shown beside its name; null where there is none. */
export async function findDelivery(no: number): Promise<Delivery | null> {
  const query = { before: no + 1, limit: 1, all: 'true' }
  const { items } = await call<{ items: Delivery[] }>('/api/deliveries', { query })
  return items[0]?.no === no ? items[0] : null
}
export const openDelivery = (body: {
  kind: Kind
  name: string
  contractor?: string
  package?: string
  district?: string
}): Promise<Delivery> => call('/api/deliveries', { method: 'POST', body })
/** Looks into the files; with a profile, as that profile reads them. */
export const guess = (id: string, profile: Profile | null = null): Promise<Guess> =>
  call(at(id, '/guess'), { method: 'POST', body: profile ? { profile } : {} })

/**
 * Choices for one load: repair invalid polygons; take grids although some are refused; end those not delivered;
 * components: what the delivery is all of.
 */
export interface LoadOptions {
  fix?: boolean
  partial?: boolean
  replace?: boolean
  compare?: boolean
  full?: 'district' | 'classes'
  /** A folder of the server with photos. */
  photos?: string
}
export const load = (id: string, profile: Profile, options: LoadOptions): Promise<Delivery> =>
  call(at(id, '/load'), { method: 'POST', body: { profile, options } })
export const approve = (id: string): Promise<Delivery> =>
  call(at(id, '/approve'), { method: 'POST', body: {} })
export const reject = (id: string, reason: string): Promise<Delivery> =>
  call(at(id, '/reject'), { method: 'POST', body: { reason } })
export const cancel = (id: string): Promise<Delivery> => call(at(id, '/cancel'), { method: 'POST', body: {} })

/** What the intake of this server reads beside the formats it reads by itself. */
export const getIntake = (): Promise<{ gdal: boolean }> => call('/api/intake')

export type ReportFile =
  | 'marked.xlsx'
  | 'marked.csv'
  | 'marked-csv.zip'
  | 'findings.csv'
  | 'findings.geojson'
  | 'findings.json'
/** Whether a file of a delivery is a table of text, which can be had back marked. */
export const isTextTable = (name: string): boolean => /\.(csv|tsv|txt)$/i.test(name)
/** The workbook that a layer of a delivery is a sheet of, which can be had back marked; null for other layers. */
export const workbookOf = (layer: string): string | null => /^(.+\.xls[xm])\/[^/]+$/i.exec(layer)?.[1] ?? null
/** Where the browser downloads a report from by itself: nothing of it passes through the page. */
export const reportAddress = (
  id: string,
  file: ReportFile,
  lang: 'zh' | 'en',
  of: string | null = null,
): string => address(at(id, `/${file}`), { lang, file: of })
