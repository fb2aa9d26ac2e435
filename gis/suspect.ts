/** Why a position that landed outside its district is probably wrong. A hint, never a repair. */
import { type Crs, toLonLat } from './crs.ts'
import type { Bbox } from './geometry.ts'

export type SuspectReason = 'not-finite' | 'swapped' | 'zone-prefix'

/** Degrees around the district in which a mended position is believed. */
const MARGIN = 0.05

/** @param districtBbox lon/lat */
export function suspectPosition(crs: Crs, x: number, y: number, districtBbox: Bbox): SuspectReason | null {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return 'not-finite'
  const [west, south, east, north] = districtBbox
  const move = toLonLat(crs)
  const lands = (px: number, py: number): boolean => {
    const [lon, lat] = move(px, py)
    return lon >= west - MARGIN && lon <= east + MARGIN && lat >= south - MARGIN && lat <= north + MARGIN
  }
  if (lands(x, y)) return null
  if (lands(y, x)) return 'swapped'
  if (crs.kind !== 'projected') return null
  const prefixed = (crs.zonePrefix ?? 0) * 1e6
  // the prefix the file's numbers have, against the one the system wants
  for (const [px, py, reason] of [
    [x, y, 'zone-prefix'],
    [y, x, 'swapped'],
  ] as const) {
    const bare = px % 1e6
    if (Math.floor(px / 1e6) !== (crs.zonePrefix ?? 0) && lands(bare + prefixed, py)) return reason
  }
  return null
}
