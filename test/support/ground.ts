/**
 * A small square district for tests, in degrees around 120.6 E, 31.3 N: one town, one village, and areas
 * side by side that fill it from west to east.
 *
 *   +----+----+----+
 *   | 01 | 02 | .. |   0.06 degrees wide, 0.04 high
 *   +----+----+----+
 */
import { HOME } from './intake.ts'

export const BOX = { west: 120.6, south: 31.3, east: 120.66, north: 31.34 } as const

export interface GridFeature {
  level: number
  code: string
  name: string
  ring: readonly (readonly [number, number])[]
}

export function rectangle(west: number, south: number, east: number, north: number): [number, number][] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
}

/** Code of the n-th area, from 1. */
export const areaCode = (n: number, district = HOME): string =>
  `${district}001001${String(n).padStart(2, '0')}`

/** The grids of all four levels; `borders` are the longitudes between areas. */
export function squareDistrict(
  borders: readonly number[] = [120.62, 120.64],
  district = HOME,
): GridFeature[] {
  const { west, south, east, north } = BOX
  const whole = rectangle(west, south, east, north)
  const edges = [west, ...borders, east]
  return [
    { level: 0, code: district, name: '棠泽区', ring: whole },
    { level: 1, code: `${district}001`, name: '柳桥镇', ring: whole },
    { level: 2, code: `${district}001001`, name: '河东村', ring: whole },
    ...edges.slice(1).map((right, i) => ({
      level: 3,
      code: areaCode(i + 1, district),
      name: `第${i + 1}片区`,
      ring: rectangle(edges[i]!, south, right, north),
    })),
  ]
}

/** Grids as a GeoJSON text with the columns level, code, name. */
export function gridsGeojson(grids: readonly GridFeature[]): string {
  return featureCollection(
    grids.map(({ ring, ...properties }) => ({
      properties,
      geometry: { type: 'Polygon', coordinates: [ring] },
    })),
  )
}

export function featureCollection(
  features: readonly { properties: Record<string, unknown>; geometry: unknown }[],
): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    features: features.map(feature => ({ type: 'Feature', ...feature })),
  })
}

/** A component code of cjt16: district, class, serial. */
export const componentCode = (n: number, classCode = '0118', district = HOME): string =>
  `${district}${classCode}${String(n).padStart(6, '0')}`
