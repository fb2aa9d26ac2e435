/** 行政区: the districts of this installation, and one district at a glance. */
import { call } from './client.ts'
import { everything, type Filter, filterQuery } from './filter-query.ts'

/** West, south, east, north in degrees. */
export type Bbox = readonly [number, number, number, number]
/** [longitude, latitude] in degrees, CGCS2000. */
export type LonLat = readonly [number, number]

export interface District {
  code: string
  name: string
  demo: boolean
  /** 密级, e.g. 内部资料 */
  classification: string
  bbox: Bbox | null
  approval: 'none' | 'second-person'
  /** What came before this moment is held to a second person, whatever holds now. */
  secondPersonUntil: string | null
  /** Whether an approval waits for a supervisor's acceptance. */
  acceptance: 'none' | 'required'
}
export interface Overview {
  district: District
  journalNo: number
  registryVersion: number
  /** Changes whenever anything the map shows does. */
  stamp: string
  /** ISO time of what is shown. */
  asOf: string
  counts: {
    components: number
    grids: { town: number; village: number; area: number }
    addresses: number
    units: number
  }
  unplaced: { outside: number; gap: number }
  warming: boolean
}

export const listDistricts = async (): Promise<District[]> =>
  (await call<{ items: District[] }>('/api/districts')).items
export const createDistrict = (body: { code: string; name: string }): Promise<{ code: string }> =>
  call('/api/districts', { method: 'POST', body: { ...body, ifMissing: true } })
export const setApproval = (code: string, approval: District['approval']): Promise<void> =>
  call(`/api/districts/${code}/approval`, { method: 'PUT', body: { approval } })
/** With a filter, components are counted as filtered. */
export const getOverview = (filter: Filter = everything, signal?: AbortSignal): Promise<Overview> =>
  call('/api/overview', { query: filterQuery(filter), ...(signal ? { signal } : {}) })
