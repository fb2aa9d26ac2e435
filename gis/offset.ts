/**
 * GCJ-02 and BD-09, the shifted longitudes and latitudes of Chinese web maps. The forward shift is
 * gcoord's; the way back iterates over it, because the closed inverse stops up to 0.13 m away.
 * Outside the mainland nothing is shifted (mainland.ts).
 */
import packaged from 'gcoord'
import { isMainland } from './mainland.ts'

export type OffsetName = 'GCJ-02' | 'BD-09'
type Move = (lon: number, lat: number) => [lon: number, lat: number]

/** What we use of the package. It is CommonJS, and how its types hang together depends on who resolves it. */
interface Gcoord {
  GCJ02: string
  BD09: string
  WGS84: string
  transform(position: [number, number], from: string, to: string): [number, number]
}
const gcoord = packaged as unknown as Gcoord

const targets = { 'GCJ-02': gcoord.GCJ02, 'BD-09': gcoord.BD09 } as const
/** A hundredth of a millimetre. */
const CLOSE_DEGREES = 1e-10
const MOST_STEPS = 20

/** WGS 84 / CGCS2000 to the shifted system; NaN for what is not finite. */
export function toOffset(name: OffsetName): Move {
  const shift = shiftTo(name)
  return (lon, lat) => (isMainland(lon, lat) ? shift(lon, lat) : unshifted(lon, lat))
}

/** The shifted system back to WGS 84 / CGCS2000, to 1e-8 degrees; NaN for what is not finite. */
export function fromOffset(name: OffsetName): Move {
  const shift = shiftTo(name)
  return (lon, lat) => {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return [Number.NaN, Number.NaN]
    let x = lon
    let y = lat
    for (let step = 0; step < MOST_STEPS; step++) {
      const there = shift(x, y)
      const dx = lon - there[0]
      const dy = lat - there[1]
      x += dx
      y += dy
      if (Math.abs(dx) < CLOSE_DEGREES && Math.abs(dy) < CLOSE_DEGREES) break
    }
    // What decides is where the thing truly is, which is known only now.
    return isMainland(x, y) ? [x, y] : [lon, lat]
  }
}

function shiftTo(name: OffsetName): Move {
  const target = targets[name]
  return (lon, lat) => gcoord.transform([lon, lat], gcoord.WGS84, target) as [number, number]
}

function unshifted(lon: number, lat: number): [number, number] {
  return Number.isFinite(lon) && Number.isFinite(lat) ? [lon, lat] : [Number.NaN, Number.NaN]
}
