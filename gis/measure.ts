/**
 * Lengths and areas of longitude and latitude on the sphere of equal volume with the ellipsoid (radius
 * 6,371,007.2 m, the authalic radius of WGS 84 and, within a micrometre, CGCS2000). Within 0.5 % of the
 * ellipsoid's geodesics: good for distances to show and shares to compare, not for a land register.
 */
import type { Geometry, LonLat } from './geometry.ts'

export const EARTH_RADIUS_M = 6371007.2
/** Metres per degree of latitude, and of longitude at the equator. */
export const M_PER_DEGREE = (EARTH_RADIUS_M * Math.PI) / 180

const RADIANS = Math.PI / 180

/** Metres between two positions along the great circle (haversine). */
export function distanceM(a: LonLat, b: LonLat): number {
  return haversineM(a[0], a[1], b[0], b[1])
}

/** `distanceM` from four numbers, for loops that must not allocate. */
export function haversineM(lonA: number, latA: number, lonB: number, latB: number): number {
  const sinLat = Math.sin(((latB - latA) * RADIANS) / 2)
  const sinLon = Math.sin(((lonB - lonA) * RADIANS) / 2)
  const h = sinLat * sinLat + Math.cos(latA * RADIANS) * Math.cos(latB * RADIANS) * sinLon * sinLon
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Metres of the lines of a geometry, the rings of polygons included (their perimeter); 0 for points. */
export function lengthM(geometry: Geometry): number {
  switch (geometry.type) {
    case 'Point':
    case 'MultiPoint':
      return 0
    case 'LineString':
      return lineM(geometry.coordinates)
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.reduce((sum, line) => sum + lineM(line), 0)
    case 'MultiPolygon':
      return geometry.coordinates.flat().reduce((sum, ring) => sum + lineM(ring), 0)
  }
}

/** Square metres of the polygons of a geometry, holes taken off; 0 for points and lines. */
export function areaM2(geometry: Geometry): number {
  if (geometry.type === 'Polygon') return polygonM2(geometry.coordinates)
  if (geometry.type === 'MultiPolygon')
    return geometry.coordinates.reduce((sum, rings) => sum + polygonM2(rings), 0)
  return 0
}

function lineM(line: readonly number[][]): number {
  let sum = 0
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!]
    sum += haversineM(a[0]!, a[1]!, b[0]!, b[1]!)
  }
  return sum
}

function polygonM2(rings: readonly (readonly number[][])[]): number {
  return rings.reduce((sum, ring, r) => sum + (r === 0 ? ringM2(ring) : -ringM2(ring)), 0)
}

/**
 * Chamberlain and Duquette, "Some algorithms for polygons on a sphere" (JPL 2007). Longitudes are taken
 * from the first position, latitudes enter as differences, so that small rings lose no digits.
 */
function ringM2(ring: readonly number[][]): number {
  if (ring.length < 4) return 0
  const lon0 = ring[0]![0]!
  const sin0 = Math.sin(ring[0]![1]! * RADIANS)
  let sum = 0
  for (let i = 1; i < ring.length; i++) {
    const [a, b] = [ring[i - 1]!, ring[i]!]
    const sinA = Math.sin(a[1]! * RADIANS) - sin0
    const sinB = Math.sin(b[1]! * RADIANS) - sin0
    sum += (b[0]! - lon0 - (a[0]! - lon0)) * RADIANS * (sinA + sinB)
  }
  return (Math.abs(sum) * EARTH_RADIUS_M * EARTH_RADIUS_M) / 2
}
