/**
 * GCJ-02 and BD-09, the shifted longitudes and latitudes of Chinese web maps. The forward shift is
 * gcoord's; the way back iterates over it, because the closed inverse stops up to 0.13 m away.
 * Not applied outside the mainland, where these maps are not shifted.
 */
import gcoordModule from 'gcoord'

// CommonJS seen from ESM: the types put what Node gives as the default under another `default`
const gcoord = gcoordModule as unknown as typeof gcoordModule.default

export type OffsetName = 'GCJ-02' | 'BD-09'
type Move = (lon: number, lat: number) => [number, number]

const targets = { 'GCJ-02': gcoord.GCJ02, 'BD-09': gcoord.BD09 } as const
const CLOSE_DEGREES = 1e-9
const MOST_STEPS = 30

/** Boxes of west, south, east, north where maps are not shifted: Hong Kong, Macao, Taiwan. */
const UNSHIFTED = [
  [113.825, 22.13, 114.51, 22.57],
  [113.52, 22.1, 113.61, 22.22],
  [118.1, 21.7, 122.2, 25.4],
] as const

const unshifted = (lon: number, lat: number): boolean =>
  !(lon > 72 && lon < 138 && lat > 0.8 && lat < 56) ||
  UNSHIFTED.some(([west, south, east, north]) => lon >= west && lon <= east && lat >= south && lat <= north)

/** WGS 84 / CGCS2000 to the shifted system. */
export function toOffset(name: OffsetName): Move {
  const target = targets[name]
  return (lon, lat) => {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return [Number.NaN, Number.NaN]
    if (unshifted(lon, lat)) return [lon, lat]
    return gcoord.transform([lon, lat], gcoord.WGS84, target) as [number, number]
  }
}

/** The shifted system back to WGS 84 / CGCS2000, to 1e-8 degrees. */
export function fromOffset(name: OffsetName): Move {
  const forward = toOffset(name)
  return (lon, lat) => {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return [Number.NaN, Number.NaN]
    let [x, y] = [lon, lat]
    for (let step = 0; step < MOST_STEPS; step++) {
      const [fx, fy] = forward(x, y)
      const [dx, dy] = [lon - fx, lat - fy]
      x += dx
      y += dy
      if (Math.abs(dx) < CLOSE_DEGREES && Math.abs(dy) < CLOSE_DEGREES) break
    }
    return [x, y]
  }
}
