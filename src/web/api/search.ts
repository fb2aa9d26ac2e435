/** One search over components, classes, units, grids, addresses and places. */
import { call } from './client.ts'
import type { Summary } from './components.ts'
import type { Bbox, LonLat } from './districts.ts'
import type { Level } from './grids.ts'

export interface Found {
  components: Summary[]
  classes: { code: string; name: string }[]
  units: { id: string; name: string; kind: string }[]
  grids: { level: Level; code: string; name: string; lonLat: LonLat; bbox: Bbox }[]
  addresses: { text: string; lonLat: LonLat }[]
  places: { name: string; kind: string; lonLat: LonLat; bbox: Bbox | null }[]
}

export const search = (q: string, limit: number, signal?: AbortSignal): Promise<Found> =>
  call('/api/search', { query: { q, limit }, ...(signal ? { signal } : {}) })
