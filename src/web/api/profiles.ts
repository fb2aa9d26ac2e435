/** 映射方案: which column of a delivery is which field of ours. */
import { call } from './client.ts'
import type { Kind } from './kinds.ts'

export interface Profile {
  kind: Kind
  encoding?: string
  crs?: string
  swapAxes?: boolean
  degrees?: 'decimal' | 'd.mmss' | 'd.mmmm' | 'dmm.mmmm'
  /** Where a table holds its positions; files with geometry need none. */
  position?: { x: string; y: string } | { wkt: string }
  /** our field -> their column */
  fields: Record<string, string>
  /** our field -> constant */
  defaults?: Record<string, string>
  layers?: Record<string, Record<string, unknown>>
  codeProfile?: unknown
}
export interface NamedProfile {
  name: string
  kind: Kind
  profile: Profile
}

export const listProfiles = async (): Promise<NamedProfile[]> =>
  (await call<{ items: NamedProfile[] }>('/api/profiles')).items
export const saveProfile = (name: string, profile: Profile): Promise<void> =>
  call(`/api/profiles/${encodeURIComponent(name)}`, { method: 'PUT', body: profile })
