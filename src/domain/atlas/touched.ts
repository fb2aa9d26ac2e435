/**
 * When each tile changed last, by journal number: tiles that no change reached keep their ETag and stay in
 * caches. What is kept is bounded; beyond that every tile counts as changed once.
 *
 *   change -> squares its points lie in, boxes of its shapes -> lastIn(tile) -> number, or 0 since the beginning
 */
import type { Bbox, LonLat } from '../../../gis/geometry.ts'
import { bboxOfTile, unitX, unitY } from '../../../gis/mercator.ts'
import { BUFFER, EXTENT } from '../../../tiles/mvt.ts'
import { DEEPEST_TILE } from './schema.ts'

export interface Touched {
  point(no: number, at: LonLat): void
  box(no: number, box: Bbox): void
  /** Everything changed. */
  all(no: number): void
  /** The last change that reached into a tile or its buffer; 0 for none. */
  lastIn(z: number, x: number, y: number): number
}

/** A point is in twenty tiles and more: so many points are told apart. */
const MOST_SQUARES = 400_000
const MOST_BOXES = 1_000
/** What is drawn reaches so far beyond its tile, and rounding one step further. */
const REACH = (BUFFER + 2) / EXTENT

export function openTouched({ mostSquares = MOST_SQUARES, mostBoxes = MOST_BOXES } = {}): Touched {
  const squares = new Map<number, number>()
  let boxes: { no: number; box: Bbox }[] = []
  let everywhere = 0
  const all = (no: number) => {
    squares.clear()
    boxes = []
    everywhere = Math.max(everywhere, no)
  }
  return {
    all,
    point(no, [lon, lat]) {
      if (squares.size > mostSquares) all(no)
      const [x, y] = [unitX(lon), unitY(lat)]
      for (let z = 0; z <= DEEPEST_TILE; z++) {
        const side = 2 ** (32 - z)
        const reach = side * REACH
        const last = 2 ** z - 1
        const at = (value: number) => Math.max(0, Math.min(last, Math.floor(value / side)))
        for (let column = at(x - reach); column <= at(x + reach); column++)
          for (let row = at(y - reach); row <= at(y + reach); row++) squares.set(keyOf(z, column, row), no)
      }
    },
    box(no, box) {
      if (boxes.length >= mostBoxes) all(no)
      else boxes.push({ no, box })
    },
    lastIn(z, x, y) {
      let last = Math.max(everywhere, squares.get(keyOf(z, x, y)) ?? 0)
      if (boxes.length === 0) return last
      const [west, south, east, north] = bboxOfTile(z, x, y)
      const [dx, dy] = [(east - west) * REACH, (north - south) * REACH]
      for (const { no, box } of boxes)
        if (no > last && meet(box, [west - dx, south - dy, east + dx, north + dy])) last = no
      return last
    },
  }
}

/** Columns and rows of zoom 20 have 20 bits each. */
const keyOf = (z: number, x: number, y: number): number => (z * 2 ** 21 + x) * 2 ** 21 + y

export const meet = (a: Bbox, b: Bbox): boolean =>
  a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1]

/** Both and what lies between. */
export const around = (a: Bbox, b: Bbox): Bbox => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
]
