/** Which tiles an event changed, in few words: for who watches and draws. Pure. */
import type { Bbox, LonLat } from '../../../gis/geometry.ts'
import type { TileSet } from './schema.ts'
import { around } from './touched.ts'

export interface TileChange {
  sets: readonly TileSet[]
  /** Where in them, a little more than what changed; null for everywhere. */
  boxes: readonly Bbox[] | null
}

export const NOTHING: TileChange = { sets: [], boxes: [] }
export const EVERYTHING: TileChange = {
  sets: ['components', 'grids', 'addresses', 'density', 'base'],
  boxes: null,
}

/** Degrees of the squares that boxes are told in: where exactly something changed is nobody's to read from them. */
const SQUARE = 0.002
/** More boxes than these are told as one around them all. */
const MOST_BOXES = 24

export function boxesOf(points: readonly LonLat[], boxes: readonly Bbox[]): Bbox[] {
  const squares = new Map<string, Bbox>()
  for (const [west, south, east, north] of [
    ...points.map(([lon, lat]): Bbox => [lon, lat, lon, lat]),
    ...boxes,
  ]) {
    const square: Bbox = [down(west), down(south), up(east), up(north)]
    squares.set(square.join(), square)
  }
  const all = [...squares.values()]
  return all.length > MOST_BOXES ? [all.reduce(around)] : all
}

const whole = (value: number): number => Number((value * SQUARE).toFixed(3))
const down = (value: number): number => whole(Math.floor(value / SQUARE))
const up = (value: number): number => whole(Math.floor(value / SQUARE) + 1)
