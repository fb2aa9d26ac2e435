/** Polygons by hand and by chance, for tests of point location. */
import type { PolygonGeometry } from '../../gis/geometry.ts'
import { buildLocator } from '../../gis/locate.ts'
import { randomFrom } from './random.ts'

export type Ring = [number, number][]

export const square = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]
export const polygon = (...rings: Ring[]) => ({
  geometry: { type: 'Polygon', coordinates: rings } as PolygonGeometry,
})
export const rectangle = (west: number, south: number, east: number, north: number): PolygonGeometry => ({
  type: 'Polygon',
  coordinates: [square(west, south, east, north)],
})
export const multi = (...parts: Ring[][]) => ({
  geometry: { type: 'MultiPolygon', coordinates: parts } as PolygonGeometry,
})

/** Multipolygons of random rings, some on a coarse lattice so that edges and vertices coincide. */
export function jumble(seed: number, cells?: number) {
  const random = randomFrom(seed)
  const polygons = Array.from({ length: 6 }, () => {
    const step = random() < 0.5 ? 1 : 1e-5
    const ring = (): Ring => {
      const positions: Ring = Array.from({ length: 3 + Math.floor(random() * 6) }, () => [
        Math.round((random() * 10) / step) * step,
        Math.round((random() * 10) / step) * step,
      ])
      return [...positions, positions[0]!]
    }
    return multi(
      ...Array.from({ length: 1 + Math.floor(random() * 2) }, () =>
        Array.from({ length: 1 + Math.floor(random() * 3) }, ring),
      ),
    )
  })
  return [buildLocator(polygons, cells === undefined ? {} : { cells }), polygons] as const
}
