/** What lies under a click: dots, lines and polygons within a tolerance, nearest first. From memory. */
import type { Geometry } from '../../../gis/geometry.ts'
import { haversineM } from '../../../gis/measure.ts'
import { nearest } from '../../../gis/nearest.ts'
import type { Sieve } from './filter.ts'
import type { Model } from './model.ts'

/** Metres a screen pixel covers at the equator on zoom 0 with 256-pixel tiles. */
const M_PER_PX = 156_543.033_928

export interface Picked {
  handle: number
  /** 0 inside a polygon. */
  distanceM: number
}

/** @param limit picks at most so many; `more` says that there were others */
export function pick(
  model: Model,
  sieve: Sieve,
  at: { lon: number; lat: number; zoom: number; tolerancePx: number },
  limit: number,
): { items: Picked[]; more: boolean } {
  const radiusM = (at.tolerancePx * M_PER_PX * Math.cos((at.lat * Math.PI) / 180)) / 2 ** at.zoom
  const { columns } = model
  const shaped = new Set(model.shapes.map(shape => shape.handle))
  const dots = nearest(columns, at.lon, at.lat, radiusM, limit + 1, row => {
    const handle = columns.id[row]!
    return !shaped.has(handle) && sieve.passes(handle)
  }).map(near => ({ handle: columns.id[near.row]!, distanceM: near.distanceM }))

  const reach = radiusM / 111_000 / Math.max(0.01, Math.cos((at.lat * Math.PI) / 180))
  const shapes: Picked[] = []
  for (const shape of model.shapes) {
    const [west, south, east, north] = shape.bbox
    if (at.lon < west - reach || at.lon > east + reach || at.lat < south - reach || at.lat > north + reach) continue
    if (!sieve.passes(shape.handle)) continue
    const distanceM = distanceTo(shape.geometry, at.lon, at.lat)
    if (distanceM <= radiusM) shapes.push({ handle: shape.handle, distanceM })
  }
  // a dot on a lawn is meant before the lawn
  shapes.sort((a, b) => a.distanceM - b.distanceM || a.handle - b.handle)
  const items = [...dots, ...shapes]
  return { items: items.slice(0, limit), more: items.length > limit }
}

/** Metres from a position to a geometry; 0 inside a polygon. Plane geometry in local metres, exact enough within a few hundred metres. */
function distanceTo(geometry: Geometry, lon: number, lat: number): number {
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
