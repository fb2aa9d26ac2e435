/** How far a position is from a geometry of any kind, in metres. Pure. */
import type { Geometry } from '../../../gis/geometry.ts'
import { haversineM } from '../../../gis/measure.ts'

/** Metres from a position to a geometry; 0 inside a polygon. Plane geometry in local metres, exact enough within a few hundred metres. */
export function distanceTo(geometry: Geometry, lon: number, lat: number): number {
  const kx = haversineM(lon, lat, lon + 1e-3, lat) * 1e3
  const ky = haversineM(lon, lat, lon, lat + 1e-3) * 1e3
  const local = (line: number[][]) => line.map(p => [(p[0]! - lon) * kx, (p[1]! - lat) * ky] as const)
  switch (geometry.type) {
    case 'Point':
      return haversineM(lon, lat, geometry.coordinates[0]!, geometry.coordinates[1]!)
    case 'MultiPoint':
      return Math.min(...geometry.coordinates.map(p => haversineM(lon, lat, p[0]!, p[1]!)))
    case 'LineString':
      return toLine(local(geometry.coordinates))
    case 'MultiLineString':
      return Math.min(...geometry.coordinates.map(line => toLine(local(line))))
    case 'Polygon':
      return toPolygon(geometry.coordinates.map(local))
    case 'MultiPolygon':
      return Math.min(...geometry.coordinates.map(rings => toPolygon(rings.map(local))))
  }
}

type Local = (readonly [number, number])[]

function toPolygon(rings: Local[]): number {
  let odd = false
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1]!
      const [bx, by] = ring[i]!
      if (ay > 0 !== by > 0 && ax + ((0 - ay) / (by - ay)) * (bx - ax) > 0) odd = !odd
    }
  }
  return odd ? 0 : Math.min(...rings.map(toLine))
}

/** Distance of the origin to a line. */
function toLine(line: Local): number {
  let best = line.length === 1 ? Math.hypot(...line[0]!) : Infinity
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1]!
    const [bx, by] = line[i]!
    const [dx, dy] = [bx - ax, by - ay]
    const square = dx * dx + dy * dy
    const t = square === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / square))
    best = Math.min(best, Math.hypot(ax + t * dx, ay + t * dy))
  }
  return best
}
