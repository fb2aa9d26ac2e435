/** What a grid is: levels, rows as read, rows as landed. Pure. */
import type { PolygonGeometry } from '../../../gis/geometry.ts'

/** 网格级别: 0 the district, 1 一级网格 town, 2 二级网格 village, 3 三级网格（片区） area. */
export type GridLevel = 0 | 1 | 2 | 3

/** 单元网格 stand below the areas, and are a layer of their own. */
export const UNIT_LEVEL = 4
/** What is loaded and published by itself: the net of levels 0 to 3, or the unit grids. */
export type GridLayer = 'net' | 'units'

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

/** 单元网格: about a hectare of built-up ground, within one area where the net is well drawn. */
export interface UnitGrid {
  id: string
  code: string
  name: string
  /** The area that most of it lies in; null where it lies in none. */
  areaId: string | null
  areaM2: number
  /** lon/lat, EPSG:4490 */
  geometry: PolygonGeometry
}

/** A grid decoded from a delivery, not yet landed. */
export interface GridDraft {
  file: string
  row: number
  level: GridLevel | typeof UNIT_LEVEL
  code: string
  name: string
  /** As delivered; null where the parent is found by code prefix or geometry. */
  parentCode: string | null
  geometry: PolygonGeometry
  attributes: Record<string, unknown> | null
}
