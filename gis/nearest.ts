/** The points of the columns nearest to a position: rings of growing radius until enough are found. */
import { type Columns, eachInBbox, lonLatOfRow } from './columns.ts'
import type { Bbox } from './geometry.ts'
import { haversineM, M_PER_DEGREE } from './measure.ts'

export interface Near {
  row: number
  /** On the sphere (measure.ts). */
  distanceM: number
}

const FIRST_RADIUS_M = 25

/**
 * At most `limit` rows within `radiusM`, nearest first, ties by row; `accept` filters before the limit.
 * Nothing for a position or radius that is not finite.
 */
export function nearest(
  columns: Columns,
  lon: number,
  lat: number,
  radiusM: number,
  limit: number,
  accept: (row: number) => boolean = () => true,
): Near[] {
  if (!Number.isFinite(lon + lat + radiusM) || radiusM < 0 || limit < 1) return []
  for (let reachM = Math.min(FIRST_RADIUS_M, radiusM); ; reachM = Math.min(reachM * 4, radiusM)) {
    const found: Near[] = []
    eachInBbox(columns, bboxAround(lon, lat, reachM), row => {
      // asked first: far out a rare class is looked for among millions
      if (!accept(row)) return
      const at = lonLatOfRow(columns, row)
      const distanceM = haversineM(lon, lat, at[0], at[1])
      if (distanceM <= reachM) found.push({ row, distanceM })
    })
    if (found.length >= limit || reachM === radiusM) {
      return found.sort((a, b) => a.distanceM - b.distanceM || a.row - b.row).slice(0, limit)
    }
  }
}

/** A box that holds the circle, a hair wider; near a pole it spans all longitudes. */
export function bboxAround(lon: number, lat: number, radiusM: number): Bbox {
  const dLat = (radiusM / M_PER_DEGREE) * (1 + 1e-9) + 1e-7
  const farthest = Math.min(90, Math.abs(lat) + dLat)
  const cos = Math.cos((farthest * Math.PI) / 180)
  const dLon = cos < 1e-6 ? 360 : Math.min(360, dLat / cos)
  return [lon - dLon, lat - dLat, lon + dLon, lat + dLat]
}
