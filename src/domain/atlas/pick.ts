/** What lies under a click: dots, lines and polygons within a tolerance, nearest first. From memory. */
import { nearest } from '../../../gis/nearest.ts'
import { distanceTo } from './distance.ts'
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
    if (at.lon < west - reach || at.lon > east + reach || at.lat < south - reach || at.lat > north + reach)
      continue
    if (!sieve.passes(shape.handle)) continue
    const distanceM = distanceTo(shape.geometry, at.lon, at.lat)
    if (distanceM <= radiusM) shapes.push({ handle: shape.handle, distanceM })
  }
  // a dot on a lawn is meant before the lawn
  shapes.sort((a, b) => a.distanceM - b.distanceM || a.handle - b.handle)
  const items = [...dots, ...shapes]
  return { items: items.slice(0, limit), more: items.length > limit }
}
