/** The findings of a delivery: page by page, summed up, and as marks of a map; all under one filter. */
import { call, type Query } from './client.ts'
import type { Finding } from './deliveries.ts'
import type { Bbox, LonLat } from './districts.ts'

export type Severity = Finding['severity']
export type StoredFinding = Finding & { no: number }

export interface FindingFilter {
  severity: Severity | null
  code: string | null
  file: string | null
  class: string | null
  text: string
  box: Bbox | null
}
export interface FindingSums {
  total: number
  /** Those with a position. */
  placed: number
  bbox: Bbox | null
  /** Each sum leaves its own part of the filter out. */
  severities: Record<Severity, number>
  codes: {
    code: string
    severity: Severity
    title: string
    count: number
    placed: number
    samples: StoredFinding[]
  }[]
  files: { file: string; count: number }[]
  /** Files beside those listed. */
  moreFiles: number
  classes: { class: string; count: number }[]
}
/** One finding, or several that lie close. */
export interface FindingMark {
  bbox: Bbox
  errors: number
  warnings: number
  no: number
}
export interface FindingPage {
  total: number
  /** Those before the first of the page. */
  earlier: number
  items: StoredFinding[]
  next: number | null
}

const at = (id: string, rest = ''): string => `/api/deliveries/${encodeURIComponent(id)}/findings${rest}`
const asQuery = ({ severity, code, file, class: ofClass, text, box }: FindingFilter): Query => ({
  severity,
  code,
  file,
  class: ofClass,
  text: text.trim(),
  box: box?.join() ?? null,
})

export const listFindings = (
  id: string,
  filter: FindingFilter,
  page: { after?: number; before?: number; limit: number },
  signal?: AbortSignal,
): Promise<FindingPage> =>
  call(at(id), { query: { ...asQuery(filter), ...page }, ...(signal ? { signal } : {}) })
export const sumFindings = (id: string, filter: FindingFilter, signal: AbortSignal): Promise<FindingSums> =>
  call(at(id, '/sums'), { query: asQuery(filter), signal })
export const drawFindings = (
  id: string,
  filter: FindingFilter,
  { bbox, zoom }: { bbox: Bbox; zoom: number },
  signal: AbortSignal,
): Promise<{ here: number; marks: FindingMark[] }> =>
  call(at(id, '/marks'), {
    query: { ...asQuery(filter), bbox: bbox.map(side => side.toFixed(7)).join(), zoom: zoom.toFixed(2) },
    signal,
  })

/** One finding by its number, whatever the filter; null where it is gone. */
export async function findFinding(id: string, no: number): Promise<StoredFinding | null> {
  const { items } = await call<FindingPage>(at(id), { query: { after: no - 1, limit: 1 } })
  return items[0]?.no === no ? items[0] : null
}

/** Where a mark stands: in the middle of what it stands for. */
export const middleOf = ({ bbox: [west, south, east, north] }: FindingMark): LonLat => [
  (west + east) / 2,
  (south + north) / 2,
]
