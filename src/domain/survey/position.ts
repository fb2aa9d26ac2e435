/** Where a geometry is, in few numbers: its box, its first position, a text that tells it from others. Pure. */
import { type Bbox, bboxOf, type Geometry } from '../../../gis/geometry.ts'

export const kindOf = {
  Point: 'point',
  MultiPoint: 'point',
  LineString: 'line',
  MultiLineString: 'line',
  Polygon: 'polygon',
  MultiPolygon: 'polygon',
} as const

export const boxOf = (geometry: Geometry): Bbox => {
  if (geometry.type !== 'Point') return bboxOf(geometry)
  const [x, y] = geometry.coordinates
  return [x!, y!, x!, y!]
}

/** The middle of the box of a geometry in lon/lat; null where that is nowhere on earth. */
export function middleOnEarth(geometry: Geometry): [lon: number, lat: number] | null {
  const [west, south, east, north] = boxOf(geometry)
  const [lon, lat] = [(west + east) / 2, (south + north) / 2]
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null
}

export function firstPosition(geometry: Geometry): [number, number] {
  let node: unknown = geometry.coordinates
  while (Array.isArray(node) && Array.isArray(node[0])) node = node[0]
  const [x, y] = (node ?? []) as number[]
  return [x ?? Number.NaN, y ?? Number.NaN]
}

/** A position to 1e-7 degrees (about a centimetre), for telling things without any number apart. */
export function anchor(geometry: Geometry): string {
  const [west, south, east, north] = bboxOf(geometry)
  return `${((west + east) / 2).toFixed(7)},${((south + north) / 2).toFixed(7)}`
}

export function unionBox(boxes: readonly (readonly number[])[]): [number, number, number, number] {
  return [
    Math.min(...boxes.map(box => box[0]!)),
    Math.min(...boxes.map(box => box[1]!)),
    Math.max(...boxes.map(box => box[2]!)),
    Math.max(...boxes.map(box => box[3]!)),
  ]
}
