/** What a grid is: levels, rows as read, rows as landed. Pure. */
import type { PolygonGeometry } from '../../../gis/geometry.ts'

/** 网格级别: 0 the district, 1 一级网格 town, 2 二级网格 village, 3 三级网格（片区） area. */
export type GridLevel = 0 | 1 | 2 | 3

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
