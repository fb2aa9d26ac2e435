/**
 * The read model of one district, whole in memory: what a question about today is answered from. Built
 * by build.ts, never changed afterwards; a change in the world makes the next one, which shares with it all
 * that has not changed (change.ts, regrid.ts).
 */
import type { Bbox, Geometry, LonLat } from '../../../gis/geometry.ts'
import type { Locator } from '../../../gis/locate.ts'
import type { Gone } from '../../../gis/merge-columns.ts'
import type { PointSet } from '../../../gis/point-set.ts'
import type { ComponentClass, Dictionary } from '../catalog/schema.ts'
import type { Grid, GridLevel } from '../grids/schema.ts'
import type { PlaceIndex } from './places-index.ts'
import type { Touched } from './touched.ts'

/** A unit as the atlas shows it. */
export interface ModelUnit {
  id: string
  code: string | null
  name: string
  shortName: string | null
  kind: string
}

/** Components by row handle; every array has the same length. */
export interface ModelComponents {
  /** Handles there ever were since the model was built; see `gone`. */
  n: number
  /** A bit for each handle, set where it stands for nothing any more: a changed component has another handle. */
  gone: Gone
  /** 16 bytes a row. */
  ids: Uint8Array
  codes: (string | null)[]
  classIndex: Uint16Array
  stateIndex: Uint16Array
  /** Index into `areas`, -1 when in none. */
  area: Int32Array
  /** 0 placed, 1 gap, 2 outside. */
  reason: Uint8Array
  /** Degrees; of lines and polygons a point on them. */
  lon: Float64Array
  lat: Float64Array
  /** Index into `units`, -1 when none, per role. */
  units: { competent: Int32Array; owner: Int32Array; maintainer: Int32Array }
  /** Handles in the order of lists as they were, and those that came since, in the same order (component-rows.ts). */
  byCode: Uint32Array
  late: Uint32Array
}

/** A component that is a line or polygon. */
export interface ModelShape {
  handle: number
  geometry: Geometry
  bbox: Bbox
}

export interface ModelGrid extends Omit<Grid, 'geometry'> {
  geometry: Grid['geometry']
  bbox: Bbox
  labelPoint: LonLat
}

export interface Model {
  district: string
  /** Changes whenever anything shown changes; part of every ETag. */
  stamp: string
  /** The journal number of the last event that is in it. */
  journalNo: number
  /** That of the last event that changed something shown. */
  changedAt: number
  registryVersion: number
  generation: number
  builtAt: Date
  dictionary: Dictionary
  /** All levels, by level then code. */
  grids: ModelGrid[]
  byId: Map<string, ModelGrid>
  byCode: Map<string, ModelGrid[]>
  /** Level 3 in code order: what `area` of a component points into. */
  areas: ModelGrid[]
  /** Where in `areas`, by id. */
  areaAt: Map<string, number>
  locators: Record<GridLevel, { grids: ModelGrid[]; locator: Locator }>
  classes: ComponentClass[]
  classAt: Map<string, number>
  states: string[]
  units: ModelUnit[]
  unitAt: Map<string, number>
  components: ModelComponents
  /** Positions of all components, those of lines and polygons too; `id` is the handle. */
  points: PointSet
  /** Another list whenever anything drawn of one of them changes. */
  shapes: ModelShape[]
  /** What changed since it was built, for ETags of tiles; null for models that never change. */
  touched: { born: string; components: Touched; grids: Touched } | null
  places: PlaceIndex
  /** The publication of addresses and places that `places` was made of. */
  placesAt: number
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

/** The id of a row. */
export function idOf(components: ModelComponents, handle: number): string {
  const { ids } = components
  let text = ''
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += HEX[ids[handle * 16 + i]!]
  }
  return text
}

/** The way from a grid up to the district, itself first. */
export function pathOf(model: Model, grid: ModelGrid): ModelGrid[] {
  const path: ModelGrid[] = []
  for (let at: ModelGrid | undefined = grid; at; at = at.parentId ? model.byId.get(at.parentId) : undefined)
    path.push(at)
  return path
}

/** The box of the district polygon, or null before there is one. */
export function districtBox(model: Model): Bbox | null {
  const boxes = model.locators[0].grids.map(grid => grid.bbox)
  if (boxes.length === 0) return null
  return [
    Math.min(...boxes.map(box => box[0])),
    Math.min(...boxes.map(box => box[1])),
    Math.max(...boxes.map(box => box[2])),
    Math.max(...boxes.map(box => box[3])),
  ]
}
