/** Why a position that lands outside its district is probably wrong: a hint for its surveyor, never a repair. */
import { type Crs, toLonLat } from './crs.ts'
import type { Bbox } from './geometry.ts'

export type SuspectReason = 'not-finite' | 'swapped' | 'zone-prefix'

/** Degrees around the district within which a mended position is believed. */
const MARGIN = 0.05
const ZONE_M = 1e6

/**
 * Null for a position in the district's box, and for one that no single mistake explains. `zone-prefix`
 * says that the zone before the easting is missing, is too much, or is another's.
 * @param districtBbox in degrees
 */
export function suspectPosition(crs: Crs, x: number, y: number, districtBbox: Bbox): SuspectReason | null {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return 'not-finite'
  const [west, south, east, north] = districtBbox
  const move = moveOf(crs)
  const lands = (px: number, py: number, margin: number): boolean => {
    const [lon, lat] = move(px, py)
    return lon >= west - margin && lon <= east + margin && lat >= south - margin && lat <= north + margin
  }
  if (lands(x, y, 0)) return null
  if (lands(y, x, MARGIN)) return 'swapped'
  if (crs.kind !== 'projected') return null
  // The easting with the prefix the system wants, where the number has another or none.
  const mended = (easting: number): number => (easting % ZONE_M) + (crs.zonePrefix ?? 0) * ZONE_M
  if (mended(x) !== x && lands(mended(x), y, MARGIN)) return 'zone-prefix'
  if (mended(y) !== y && lands(mended(y), x, MARGIN)) return 'swapped'
  return null
}

/** Kept per system, because a wrong file asks for every row. */
const moves = new WeakMap<Crs, ReturnType<typeof toLonLat>>()

function moveOf(crs: Crs): ReturnType<typeof toLonLat> {
  const kept = moves.get(crs) ?? toLonLat(crs)
  moves.set(crs, kept)
  return kept
}
