/** What addresses and named places are: rows as read, rows as landed. Pure. */
import type { Geometry, LonLat } from '../../../gis/geometry.ts'
import type { PlaceKind } from './kinds.ts'

/** What a delivery of this room holds. */
export type PlaceDeliveryKind = 'addresses' | 'places'

/** 地址: a text and where it is. */
export interface Address {
  id: string
  text: string
  /** Of a line or a polygon a point on it. */
  lonLat: LonLat
}

/** 地名: a street, a water, a block or a point of interest. */
export interface Place {
  id: string
  kind: PlaceKind
  /** One of `placeClasses`, or the source's own word. */
  class: string | null
  name: string | null
  /** lon/lat, EPSG:4490 */
  geometry: Geometry
}

/** An address decoded from a delivery, not yet landed. */
export interface AddressDraft {
  row: number
  text: string
  /** lon/lat, EPSG:4490 */
  geometry: Geometry
}

/** A place decoded from a delivery, not yet landed. */
export interface PlaceDraft {
  row: number
  kind: PlaceKind
  class: string | null
  name: string | null
  /** lon/lat, EPSG:4490 */
  geometry: Geometry
}

/** What became of the rows given: landed + unchanged + repeated are all of them. */
export interface LandedCounts {
  landed: number
  /** Known from a published delivery. */
  unchanged: number
  /** The same text at the same place earlier in this delivery. */
  repeated: number
}
