/**
 * The rings of a shapefile polygon, a flat list, into polygons with holes.
 *
 *   +-----------+      file: A clockwise, B counter-clockwise, C clockwise
 *   | A  +---+  |
 *   |    | B |  |      A is outer, B lies in A: a hole, C lies in B: outer again (an island in a lake)
 *   |    |[C]|  |
 *   +----+---+--+      depth of containment: even = outer, odd = hole of the ring around it
 *
 * The format says clockwise = outer; many writers get it wrong. So containment decides, and winding only
 * says how sure it must be: a ring that turns as an outer one is a hole when no position of it is outside.
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
  /** Turns as a hole should. */
  counterClockwise: boolean
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
    const around = (outer: number) => outer !== inner && surrounds(extents[outer]!, extent, outer < inner)
    const candidates = index.search(extent.west, extent.south, extent.east, extent.north, around)
    if (candidates.length === 0) continue
    candidates.sort((a, b) => extents[a]!.area - extents[b]!.area || b - a)
    const within = withinOf(rings[inner]!, extent)
    const lies = (outer: number) =>
      sideOf(within, rings[outer]!) > 0 && (extent.counterClockwise || staysIn(rings[inner]!, rings[outer]!))
    parents[inner] = candidates.find(lies) ?? -1
  }
  return parents
}

/** By boxes only. Of two rings alike only a later one that turns as a hole lies in the earlier, so that there is no circle. */
function surrounds(outer: Extent, inner: Extent, earlier: boolean): boolean {
  return (
    outer.west <= inner.west &&
    outer.south <= inner.south &&
    outer.east >= inner.east &&
    outer.north >= inner.north &&
    (outer.area > inner.area || (outer.area === inner.area && earlier && inner.counterClockwise))
  )
}

const most = 64

/** Asked of a ring that turns as an outer one: no position (of up to 64 spread over it) is outside the other. */
function staysIn(ring: Ring, around: Ring): boolean {
  const step = Math.max(1, Math.floor(ring.length / most))
  for (let n = 0; n < ring.length; n += step) {
    if (sideOf(ring[n]!, around) < 0) return false
  }
  return true
}

/**
 * A position well inside a ring: the middle of its widest stretch at half its height. Positions of the
 * ring itself would not do, since rings touch each other and survey coordinates are rounded.
 */
function withinOf(ring: Ring, { south, north }: Extent): Position {
  const y = (south + north) / 2
  const crossings: number[] = []
  let [x1, y1] = ring.at(-1) as [number, number]
  for (const next of ring) {
    const x2 = next[0]!
    const y2 = next[1]!
    if (y1 > y !== y2 > y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
    x1 = x2
    y1 = y2
  }
  crossings.sort((a, b) => a - b)
  let widest = -1
  let within = ring[0]!
  for (let n = 1; n < crossings.length; n += 2) {
    const [from, to] = [crossings[n - 1]!, crossings[n]!]
    if (to - from > widest) {
      widest = to - from
      within = [(from + to) / 2, y]
    }
  }
  return within
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
  const extent = {
    area: 0,
    counterClockwise: false,
    west: Infinity,
    south: Infinity,
    east: -Infinity,
    north: -Infinity,
  }
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
  extent.counterClockwise = twice > 0
  return extent
}
