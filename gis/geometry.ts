/**
 * The shapes every other file speaks of. Coordinates are GeoJSON geometries (RFC 7946 types) whose
 * positions are [x, y]: [longitude, latitude] in degrees unless a name says otherwise.
 */
import type { LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon } from 'geojson'

/** A single geometry without collections. */
export type Geometry = Point | MultiPoint | LineString | MultiLineString | Polygon | MultiPolygon

/** [longitude, latitude] in degrees. */
export type LonLat = readonly [lon: number, lat: number]

/** west, south, east, north, in the unit of the coordinates. */
export type Bbox = readonly [west: number, south: number, east: number, north: number]

export type PointGeometry = Point
export type PolygonGeometry = Polygon | MultiPolygon

/** Calls `visit` for every position of a geometry, in order. */
export function eachPosition(geometry: Geometry, visit: (x: number, y: number) => void): void {
  walk(geometry.coordinates as Nested, visit)
}

type Nested = readonly (number | Nested)[]

function walk(node: Nested, visit: (x: number, y: number) => void): void {
  if (typeof node[0] === 'number') visit(node[0], node[1] as number)
  else for (const child of node) walk(child as Nested, visit)
}

/** The bounding box of a geometry, in the unit of its coordinates; all Infinity when it has no position. */
export function bboxOf(geometry: Geometry): Bbox {
  let west = Infinity
  let south = Infinity
  let east = -Infinity
  let north = -Infinity
  eachPosition(geometry, (x, y) => {
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
  })
  return [west, south, east, north]
}

/** A copy of the geometry with every position passed through `move`. */
export function mapPositions<G extends Geometry>(
  geometry: G,
  move: (x: number, y: number) => [number, number],
): G {
  const through = (node: Nested): Nested =>
    typeof node[0] === 'number'
      ? move(node[0], node[1] as number)
      : node.map(child => through(child as Nested))
  return { type: geometry.type, coordinates: through(geometry.coordinates as Nested) } as unknown as G
}

/**
 * What keeps a geometry from being one at all (not whether it crosses itself): PostGIS refuses such with
 * an error instead of an answer. Null when it is sound.
 */
export function shapeFault(geometry: Geometry): 'empty' | 'line-short' | 'ring-short' | 'ring-open' | null {
  const line = (positions: readonly number[][]) => (positions.length < 2 ? 'line-short' : null)
  const ring = (positions: readonly number[][]) => {
    if (positions.length < 4) return 'ring-short'
    const [first, last] = [positions[0]!, positions.at(-1)!]
    return first[0] === last[0] && first[1] === last[1] ? null : 'ring-open'
  }
  const worst = <T>(parts: readonly T[], fault: (part: T) => ReturnType<typeof shapeFault>) => {
    if (parts.length === 0) return 'empty'
    for (const part of parts) {
      const found = fault(part)
      if (found) return found
    }
    return null
  }
  switch (geometry.type) {
    case 'Point':
      return geometry.coordinates.length < 2 ? 'empty' : null
    case 'MultiPoint':
      return geometry.coordinates.length === 0 ? 'empty' : null
    case 'LineString':
      return line(geometry.coordinates)
    case 'MultiLineString':
      return worst(geometry.coordinates, line)
    case 'Polygon':
      return worst(geometry.coordinates, ring)
    case 'MultiPolygon':
      return worst(geometry.coordinates, rings => worst(rings, ring))
  }
}
