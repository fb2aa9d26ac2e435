/**
 * Where the map looks. The map writes what it shows; parts that want it elsewhere ask by `look`, which
 * the map follows. Before the first map there is only what the link says.
 */
import { reactive, shallowRef } from 'vue'
import type { Bbox, LonLat } from '../api/districts.ts'

export const view = reactive({
  centre: null as LonLat | null,
  zoom: null as number | null,
  /** What the map shows now, west south east north. */
  bbox: null as Bbox | null,
  pointer: null as LonLat | null,
  /** Metres on the ground for one pixel, at the centre. */
  metresPerPixel: null as number | null,
  /** How wide the map is that shows it, in px. */
  width: null as number | null,
  /** It shows the district as a whole, as it does before anybody moved it. */
  home: false,
  /** It moved because a list that is walked asked for it: who follows the extent stays where it is. */
  walked: false,
  loading: false,
  /** Some tiles did not come. */
  tilesMissing: false,
})

/** `exact` ignores the panels that lie over the map: the centre is the centre. `walk` is said by a list that stays as it is; `width`
 * is that of the map a zoom was said on. */
export type Look =
  | {
      lonLat: LonLat
      zoom?: number
      width?: number | null
      atLeast?: number
      exact?: boolean
      walk?: boolean
    }
  | { bbox: Bbox }
/** The last wish; a new object each time, so that the same place can be asked for twice. */
export const wish = shallowRef<Look | null>(null)
export const look = (to: Look): void => {
  wish.value = { ...to }
}
/** A place to mark on the map that is no component (a finding, an address, a click). */
export const mark = shallowRef<LonLat | null>(null)

/** From here on a place matters more than the ground around it. */
const STREET_ZOOM = 16

/** A zoom of a wide map on a narrow one: out as far as it takes to show the same ground, unless it is a street's. */
export function zoomForWidth(zoom: number, width: number | null, here: number | null): number {
  if (!width || !here || here >= width || zoom >= STREET_ZOOM) return zoom
  return zoom + Math.log2(here / width)
}
