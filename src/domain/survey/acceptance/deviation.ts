/**
 * How far a delivered thing is from where it was measured again: of a point its distance, of a line the
 * distance to the line, of a polygon the distance to its edge, for it is the edge that is measured. In a
 * plane of local metres on the ellipsoid of CGCS2000, exact to a millimetre over some hundred metres. Pure.
 */
import type { Geometry, LonLat } from '../../../../gis/geometry.ts'

const SEMI_MAJOR_M = 6_378_137
const FLATTENING = 1 / 298.257222101
const RADIANS = Math.PI / 180

/** Metres of a degree of longitude and of latitude at a latitude. */
function metresPerDegree(lat: number): readonly [number, number] {
  const square = FLATTENING * (2 - FLATTENING)
  const sin = Math.sin(lat * RADIANS)
  const w = 1 - square * sin * sin
  const prime = SEMI_MAJOR_M / Math.sqrt(w)
  return [prime * Math.cos(lat * RADIANS) * RADIANS, ((prime * (1 - square)) / w) * RADIANS]
}

export function deviationM(geometry: Geometry, [lon, lat]: LonLat): number {
  const [kx, ky] = metresPerDegree(lat)
  const local = ([x, y]: readonly number[]): [number, number] => [(x! - lon) * kx, (y! - lat) * ky]
  switch (geometry.type) {
    case 'Point':
      return Math.hypot(...local(geometry.coordinates))
    case 'MultiPoint':
      return Math.min(...geometry.coordinates.map(at => Math.hypot(...local(at))))
    case 'LineString':
      return toLine(geometry.coordinates.map(local))
    case 'MultiLineString':
    case 'Polygon':
      return Math.min(...geometry.coordinates.map(line => toLine(line.map(local))))
    case 'MultiPolygon':
      return Math.min(...geometry.coordinates.flat().map(ring => toLine(ring.map(local))))
  }
}

/** From the origin to the nearest place of a line. */
function toLine(line: readonly [number, number][]): number {
  let best = line.length === 0 ? Infinity : Math.hypot(...line[0]!)
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1]!
    const [dx, dy] = [line[i]![0] - ax, line[i]![1] - ay]
    const square = dx * dx + dy * dy
    const t = square === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / square))
    best = Math.min(best, Math.hypot(ax + t * dx, ay + t * dy))
  }
  return best
}
