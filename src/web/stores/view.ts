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
  loading: false,
  /** Some tiles did not come. */
  tilesMissing: false,
})

/** `exact` ignores the panels that lie over the map: the centre is the centre. */
export type Look = { lonLat: LonLat; zoom?: number; atLeast?: number; exact?: boolean } | { bbox: Bbox }
/** The last wish; a new object each time, so that the same place can be asked for twice. */
export const wish = shallowRef<Look | null>(null)
export const look = (to: Look): void => {
  wish.value = { ...to }
}
/** A place to mark on the map that is no component (a finding, an address, a click). */
export const mark = shallowRef<LonLat | null>(null)
