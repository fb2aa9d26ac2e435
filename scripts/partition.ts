/**
 * A made-up partition of ground and points on it, for whoever holds point location against PostGIS: areas that
 * share their wiggly borders to the last bit, and points everywhere, some of them exactly on what is shared.
 */

import type { PolygonGeometry } from '../gis/geometry.ts'
import { unitX, unitY } from '../gis/mercator.ts'
import { orderZ } from '../gis/zorder.ts'

const [WEST, SOUTH, EAST, NORTH] = [120.4, 31.1, 120.55, 31.25]
type Corner = [lon: number, lat: number]

export interface Partition {
  areas: { geometry: PolygonGeometry }[]
  /** The same with the borders between its areas moved a little, those at the rim as they were. */
  moved: { geometry: PolygonGeometry }[]
}

/** A lattice of areas, `perSide` edges along each of their four sides. */
export function partition(count: number, perSide: number, random: () => number): Partition {
  const columns = Math.ceil(Math.sqrt(count))
  const rows = Math.ceil(count / columns)
  const [width, height] = [(EAST - WEST) / columns, (NORTH - SOUTH) / rows]
  const wiggle = 0.15
  const shift = (i: number, last: number) => (i === 0 || i === last ? 0 : (random() - 0.5) * wiggle)
  const corners = Array.from({ length: rows + 1 }, (_, r) =>
    Array.from(
      { length: columns + 1 },
      (_, c): Corner => [WEST + (c + shift(c, columns)) * width, SOUTH + (r + shift(r, rows)) * height],
    ),
  )
  /** From one corner to the next, both included; straight on the outer border. */
  const side = ([ax, ay]: Corner, [bx, by]: Corner, straight: boolean): Corner[] =>
    Array.from({ length: perSide + 1 }, (_, i) => {
      if (i === 0) return [ax, ay]
      if (i === perSide) return [bx, by]
      const [t, off] = [i / perSide, straight ? 0 : (random() - 0.5) / perSide]
      return [ax + (bx - ax) * t - (by - ay) * off, ay + (by - ay) * t + (bx - ax) * off]
    })
  const net = () => {
    const across = corners.map((line, r) =>
      line.slice(1).map((to, c) => side(line[c]!, to, r === 0 || r === rows)),
    )
    const upward = corners
      .slice(1)
      .map((line, r) => line.map((to, c) => side(corners[r]![c]!, to, c === 0 || c === columns)))
    return Array.from({ length: count }, (_, i): { geometry: PolygonGeometry } => {
      const [r, c] = [Math.floor(i / columns), i % columns]
      const ring = [
        ...across[r]![c]!,
        ...upward[r]![c + 1]!.slice(1),
        ...across[r + 1]![c]!.toReversed().slice(1),
        ...upward[r]![c]!.toReversed().slice(1),
      ]
      return { geometry: { type: 'Polygon', coordinates: [ring] } }
    })
  }
  return { areas: net(), moved: net() }
}

export interface Points {
  lons: Float64Array
  lats: Float64Array
}

/** Points over the ground and a little around it, and `onShared` more on vertices and on edges, half and half. */
export function pointsOn(
  areas: Partition['areas'],
  count: number,
  onShared: number,
  random: () => number,
): Points {
  const [marginX, marginY] = [(EAST - WEST) / 50, (NORTH - SOUTH) / 50]
  const lons = new Float64Array(count + onShared)
  const lats = new Float64Array(count + onShared)
  for (let i = 0; i < count; i++) {
    lons[i] = WEST - marginX + random() * (EAST - WEST + 2 * marginX)
    lats[i] = SOUTH - marginY + random() * (NORTH - SOUTH + 2 * marginY)
  }
  for (let i = count; i < lons.length; i++) {
    const ring = areas[Math.floor(random() * areas.length)]!.geometry.coordinates[0] as Corner[]
    const at = 1 + Math.floor(random() * (ring.length - 1))
    const [[ax, ay], [bx, by]] = [ring[at - 1]!, ring[at]!]
    // not every middle is exactly on its edge in doubles: the ones just beside it are the hardest
    lons[i] = i % 2 === 0 ? ax : (ax + bx) / 2
    lats[i] = i % 2 === 0 ? ay : (ay + by) / 2
  }
  return { lons, lats }
}

/** In the order in which the atlas stores points. */
export function stored({ lons, lats }: Points): Points {
  const order = orderZ(lons.length, Uint32Array.from(lons, unitX), Uint32Array.from(lats, unitY))
  return {
    lons: Float64Array.from(order, i => lons[i]!),
    lats: Float64Array.from(order, i => lats[i]!),
  }
}

/** The same numbers for the same seed: mulberry32 (Ettinger 2017). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
