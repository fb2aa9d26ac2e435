/**
 * Whether a position is near any of many points and lines, by a set of square cells: a cell that one of them
 * touches makes its eight neighbours near too.
 */
import type { Bbox, Geometry } from './geometry.ts'
import { M_PER_DEGREE } from './measure.ts'

export interface NearCells {
  /** Marks points, and lines and outlines all along. */
  mark(geometry: Geometry): void
  /** Whether a mark is within one cell's side; never true beyond three. */
  isNear(lon: number, lat: number): boolean
  /** How many cells are marked. */
  readonly size: number
}

/** @param sideM side of a cell  @param bbox the ground: what lies elsewhere is not marked */
export function openNearCells(sideM: number, [west, south, east, north]: Bbox): NearCells {
  const perLat = M_PER_DEGREE / sideM
  const perLon = perLat * Math.cos((((south + north) / 2) * Math.PI) / 180)
  const columns = Math.ceil((east - west) * perLon) + 4
  const cells = new Set<number>()
  const at = (lon: number, lat: number): number => row(lat) * columns + column(lon)
  const column = (lon: number) => Math.floor((lon - west) * perLon) + 2
  const row = (lat: number) => Math.floor((lat - south) * perLat) + 2
  const put = (lon: number, lat: number) => {
    if (lon >= west && lon <= east && lat >= south && lat <= north) cells.add(at(lon, lat))
  }
  const line = (path: readonly number[][]) => {
    for (let i = 1; i < path.length; i++) {
      const [ax, ay] = path[i - 1] as [number, number]
      const [bx, by] = path[i] as [number, number]
      const steps = Math.ceil(Math.hypot((bx - ax) * perLon, (by - ay) * perLat)) + 1
      for (let step = 0; step <= steps; step++)
        put(ax + ((bx - ax) * step) / steps, ay + ((by - ay) * step) / steps)
    }
  }
  return {
    mark(geometry) {
      if (geometry.type === 'Point') put(geometry.coordinates[0]!, geometry.coordinates[1]!)
      else if (geometry.type === 'MultiPoint') for (const [lon, lat] of geometry.coordinates) put(lon!, lat!)
      else if (geometry.type === 'LineString') line(geometry.coordinates)
      else if (geometry.type === 'MultiPolygon') for (const ring of geometry.coordinates.flat()) line(ring)
      else for (const ring of geometry.coordinates) line(ring)
    },
    isNear(lon, lat) {
      if (!(lon >= west && lon <= east && lat >= south && lat <= north)) return false
      const cell = at(lon, lat)
      for (let dy = -columns; dy <= columns; dy += columns)
        for (let dx = -1; dx <= 1; dx++) if (cells.has(cell + dy + dx)) return true
      return false
    },
    get size() {
      return cells.size
    },
  }
}
