/**
 * The rings of a shapefile polygon, a flat list, into polygons with holes.
 *
 *   +-----------+      file: A clockwise, B counter-clockwise, C clockwise
 *   | A  +---+  |
 *   |    | B |  |      A is outer, B lies in A: a hole, C lies in B: outer again (an island in a lake)
 *   |    |[C]|  |
 *   +----+---+--+      depth of containment: even = outer, odd = hole of the ring around it
 *
 * The format says clockwise = outer; many writers get it wrong. So containment decides wherever rings
 * lie in each other, and winding decides nothing that containment contradicts.
 */
import Flatbush from 'flatbush'
import type { Position } from 'geojson'
import type { PolygonGeometry } from '../../../../gis/geometry.ts'

export type Ring = Position[]

/** Polygons in the order of their outer rings in the file, holes likewise. Rings are not copied or turned. */
export function groupRings(rings: readonly Ring[]): PolygonGeometry | null {
  if (rings.length === 0) return null
  if (rings.length === 1) return { type: 'Polygon', coordinates: [rings[0]!] }
  const parents = parentsOf(rings)
  const polygons = new Map<number, Ring[]>()
  for (const [index, ring] of rings.entries()) {
    if (!isHole(index, parents)) polygons.set(index, [ring])
  }
  for (const [index, ring] of rings.entries()) {
    if (isHole(index, parents)) polygons.get(parents[index]!)!.push(ring)
  }
  const coordinates = [...polygons.values()]
  return coordinates.length === 1
    ? { type: 'Polygon', coordinates: coordinates[0]! }
    : { type: 'MultiPolygon', coordinates }
}

function isHole(index: number, parents: Int32Array): boolean {
  let depth = 0
  for (let ring = parents[index]!; ring >= 0; ring = parents[ring]!) depth++
  return depth % 2 === 1
}

interface Extent {
  area: number
  west: number
  south: number
  east: number
  north: number
}

/** For each ring the smallest ring around it, or -1. */
function parentsOf(rings: readonly Ring[]): Int32Array {
  const extents = rings.map(extentOf)
  const index = new Flatbush(rings.length)
  for (const { west, south, east, north } of extents) index.add(west, south, east, north)
  index.finish()
  const parents = new Int32Array(rings.length).fill(-1)
  for (const [inner, extent] of extents.entries()) {
    const around = (outer: number) => outer !== inner && surrounds(extents[outer]!, extent, outer, inner)
    const candidates = index.search(extent.west, extent.south, extent.east, extent.north, around)
    candidates.sort((a, b) => extents[a]!.area - extents[b]!.area || b - a)
    parents[inner] = candidates.find(outer => liesIn(rings[inner]!, rings[outer]!)) ?? -1
  }
  return parents
}

/** By boxes only. Of two rings alike the earlier one is around the later, so that there is no circle. */
function surrounds(outer: Extent, inner: Extent, outerIndex: number, innerIndex: number): boolean {
  return (
    outer.west <= inner.west &&
    outer.south <= inner.south &&
    outer.east >= inner.east &&
    outer.north >= inner.north &&
    (outer.area > inner.area || (outer.area === inner.area && outerIndex < innerIndex))
  )
}

const most = 32

/**
 * Whether a ring lies in another. Up to 32 positions spread over the ring are asked: a position on the
 * border tells nothing, one outside decides. A ring wholly on the border is asked at the middles of its edges.
 */
function liesIn(ring: Ring, around: Ring): boolean {
  const step = Math.max(1, Math.floor(ring.length / most))
  let inside = 0
  for (let n = 0; n < ring.length; n += step) {
    const side = sideOf(ring[n]!, around)
    if (side < 0) return false
    if (side > 0 && ++inside === 4 && step > 1) return true
  }
  if (inside > 0) return true
  for (let n = 1; n < ring.length; n += step) {
    const [a, b] = [ring[n - 1]!, ring[n]!]
    const side = sideOf([(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2], around)
    if (side !== 0) return side > 0
  }
  return false
}

/** 1 inside, 0 on the border, -1 outside: crossings of a ray to the east. */
function sideOf(position: Position, ring: Ring): -1 | 0 | 1 {
  const x = position[0]!
  const y = position[1]!
  let inside = false
  let [x1, y1] = ring.at(-1) as [number, number]
  for (const next of ring) {
    const x2 = next[0]!
    const y2 = next[1]!
    if (y1 > y !== y2 > y) {
      const side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
      if (side === 0) return 0
      if (side > 0 === y2 > y1) inside = !inside
    } else if (y === y1 && y === y2 && x >= Math.min(x1, x2) && x <= Math.max(x1, x2)) return 0
    else if (x === x2 && y === y2) return 0
    x1 = x2
    y1 = y2
  }
  return inside ? 1 : -1
}

function extentOf(ring: Ring): Extent {
  const extent = { area: 0, west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  const [originX, originY] = ring[0] as [number, number]
  let twice = 0
  let [x1, y1] = ring.at(-1) as [number, number]
  for (const position of ring) {
    const x2 = position[0]!
    const y2 = position[1]!
    // Relative to the first position: with eastings of millions the products would lose the area.
    twice += (x1 - originX) * (y2 - originY) - (x2 - originX) * (y1 - originY)
    if (x2 < extent.west) extent.west = x2
    if (x2 > extent.east) extent.east = x2
    if (y2 < extent.south) extent.south = y2
    if (y2 > extent.north) extent.north = y2
    x1 = x2
    y1 = y2
  }
  extent.area = Math.abs(twice) / 2
  return extent
}
