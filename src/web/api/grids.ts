/** 网格: the grids of all levels, where a position lies, and how classes spread over an area. */
import { call } from './client.ts'
import type { Bbox, LonLat } from './districts.ts'
import { everything, type Filter, filterQuery } from './filter-query.ts'

/** 0 district, 1 town (一级), 2 village (二级), 3 area (三级、片区) */
export type Level = 0 | 1 | 2 | 3

export interface Grid {
  id: string
  level: Level
  code: string
  name: string
  parentCode: string | null
  areaM2: number
  bbox: Bbox
  labelPoint: LonLat
  components: number
}
export interface GridStep {
  level: Level
  code: string
  name: string
}
export interface Where {
  place: { text: string | null; address: string | null; distanceM: number | null }
  areas: GridStep[]
  verdict: 'inside' | 'gap' | 'overlap' | 'outside'
}
export interface Distribution {
  total: number
  items: { class: string; name: string; count: number }[]
}

/** The grids; with a filter, their components are counted as filtered. */
export const listGrids = async (filter: Filter = everything, signal?: AbortSignal): Promise<Grid[]> =>
  (
    await call<{ items: Grid[] }>('/api/grids', {
      query: filterQuery(filter),
      ...(signal ? { signal } : {}),
    })
  ).items
export const getDistribution = (filter: Filter, signal?: AbortSignal): Promise<Distribution> =>
  call('/api/distribution', { query: filterQuery(filter), ...(signal ? { signal } : {}) })
export const whereIs = ([lon, lat]: LonLat): Promise<Where> => call('/api/where', { query: { lon, lat } })
