/**
 * Which tiles of the server are others than when the map was opened: what the server says of each change, kept as
 * versions of tiles. A tile that no change reached keeps its address, hence what was fetched already.
 *
 *   event {no, tiles} ─> changes ─> versionOf(set, box of a tile) ─> part of its address
 */
import { shallowReactive } from 'vue'
import type { Bbox } from '../api/districts.ts'
import type { Ring } from '../api/live.ts'

interface Change {
  no: number
  sets: readonly string[]
  boxes: readonly Bbox[] | null
}

export const changed = shallowReactive({
  /** Counts up whenever some tile is another. */
  turn: 0,
  /** The newest journal number that was heard of. */
  heard: 0,
})

/** More changes than these count as one of everything. */
const MOST_CHANGES = 200
let changes: Change[] = []
/** The last version given, and the one that all tiles have at least. */
let last = 0
let all = 0

/** Kinds of events that change tiles, where the server does not say which. */
const unsaid =
  /^(registry|grids|places)\.published$|^units\.loaded$|^dictionary\.extended$|^district\.changed$|^live\.reset$/

/** @returns whether some tile is another */
export function hearChange({ no, kind, tiles }: Ring): boolean {
  // after a reset numbers may begin anew
  changed.heard = kind === 'live.reset' ? no : Math.max(changed.heard, no)
  if (!tiles || kind === 'live.reset') return unsaid.test(kind) && everythingChanged()
  if (tiles.sets.length === 0) return false
  changes.push({ no: ++last, ...tiles })
  if (changes.length > MOST_CHANGES) return everythingChanged()
  changed.turn++
  return true
}

/** For what was not heard, and for another district. */
export function everythingChanged(): true {
  changes = []
  all = ++last
  changed.turn++
  return true
}

/** The version of a tile of a set; `box` in degrees. */
export function versionOf(set: string, box: Bbox): number {
  // what is drawn reaches a little beyond its tile
  const [dx, dy] = [(box[2] - box[0]) / 32, (box[3] - box[1]) / 32]
  for (let i = changes.length - 1; i >= 0; i--) {
    const { no, sets, boxes } = changes[i]!
    const meets = ([west, south, east, north]: Bbox) =>
      west <= box[2] + dx && east >= box[0] - dx && south <= box[3] + dy && north >= box[1] - dy
    if (sets.includes(set) && (boxes === null || boxes.some(meets))) return no
  }
  return all
}
