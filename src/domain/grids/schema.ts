/** What a grid is: levels, rows as read, rows as landed. Pure. */
import type { Bbox, LonLat, PolygonGeometry } from '../../../gis/geometry.ts'

/** 网格级别: 0 the district, 1 一级网格 town, 2 二级网格 village, 3 三级网格（片区） area. */
export type GridLevel = 0 | 1 | 2 | 3

export const levelNames = {
  0: ['行政区', 'district'],
  1: ['一级网格', 'town grid'],
  2: ['二级网格', 'village grid'],
  3: ['三级网格', 'area'],
} as const satisfies Record<GridLevel, readonly [string, string]>

/** 网格: one piece of ground of one level. */
export interface Grid {
  id: string
  level: GridLevel
  code: string
  name: string
  parentId: string | null
  areaM2: number
  /** lon/lat, EPSG:4490 */
  geometry: PolygonGeometry
}

/** A grid decoded from a delivery, not yet landed. */
export interface GridDraft {
  file: string
  row: number
  level: GridLevel
  code: string
  name: string
  /** As delivered; null where the parent is found by code prefix or geometry. */
  parentCode: string | null
  geometry: PolygonGeometry
  attributes: Record<string, unknown> | null
}

/** What the console lists. */
export interface GridSummary {
  id: string
  level: GridLevel
  code: string
  name: string
  parentCode: string | null
  areaM2: number
  bbox: Bbox
  labelPoint: LonLat
  components: number
}
