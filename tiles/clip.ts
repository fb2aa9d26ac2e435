/**
 * Cuts lines and rings to a square, in any unit: Sutherland and Hodgman (1974) for rings, Liang and Barsky (1984)
 * for lines. Where a segment leaves the square is reckoned from its lower end, whichever way it is walked, so
 * neighbours cut a border they share at the same place to the last bit.
 */

import { BUFFER, EXTENT } from './mvt.ts'

/** x, y, x, y ... */
export type Flat = number[]

/** Where a tile's features end, in its steps. */
export const LOW = -BUFFER
export const HIGH = EXTENT + BUFFER

/** A ring in steps of a tile, cut to it and rounded; empty when none is left. */
export const ringInTile = (ring: Flat): Flat => whole(isInside(ring) ? ring : clipRing(ring, LOW, HIGH))

/** The parts of a line in steps of a tile, cut to it and rounded. */
export const linesInTile = (line: Flat): Flat[] =>
  (isInside(line) ? [line] : clipLine(line, LOW, HIGH)).map(whole)

function isInside(path: Flat): boolean {
  for (const step of path) if (step < LOW || step > HIGH) return false
  return true
}

/** Rounded half up. */
export const whole = (path: Flat): Flat => path.map(step => Math.floor(step + 0.5))

/** The ring inside [low, high] on both axes, its first position repeated at the end; empty when none is left. */
export function clipRing(ring: Flat, low: number, high: number): Flat {
  let left = ring
  for (const axis of [0, 1] as const) {
    left = clipHalf(left, axis, low, 1)
    left = clipHalf(left, axis, high, -1)
  }
  return left
}

/** Keeps what is on the inner side of `edge`: above it for sign 1, below it for -1. */
function clipHalf(ring: Flat, axis: 0 | 1, edge: number, sign: 1 | -1): Flat {
  const kept: Flat = []
  const isIn = (i: number): boolean => (ring[i + axis]! - edge) * sign >= 0
  for (let i = 2; i < ring.length; i += 2) {
    const was = isIn(i - 2)
    const is = isIn(i)
    if (was) kept.push(ring[i - 2]!, ring[i - 1]!)
    if (was !== is) pushCrossing(kept, ring, i - 2, i, axis, edge)
  }
  if (kept.length > 0) kept.push(kept[0]!, kept[1]!)
  return kept
}

function pushCrossing(to: Flat, path: Flat, a: number, b: number, axis: 0 | 1, edge: number): void {
  const other = 1 - axis
  const [from, end] = path[a + axis]! < path[b + axis]! ? [a, b] : [b, a]
  const t = (edge - path[from + axis]!) / (path[end + axis]! - path[from + axis]!)
  const at = path[from + other]! + (path[end + other]! - path[from + other]!) * t
  if (axis === 0) to.push(edge, at)
  else to.push(at, edge)
}

/** The parts of a line inside [low, high] on both axes. */
export function clipLine(line: Flat, low: number, high: number): Flat[] {
  let parts = [line]
  for (const axis of [0, 1] as const) {
    parts = parts.flatMap(part => cutLine(part, axis, low, 1))
    parts = parts.flatMap(part => cutLine(part, axis, high, -1))
  }
  return parts
}

function cutLine(line: Flat, axis: 0 | 1, edge: number, sign: 1 | -1): Flat[] {
  const parts: Flat[] = []
  let part: Flat = []
  const isIn = (i: number): boolean => (line[i + axis]! - edge) * sign >= 0
  for (let i = 0; i < line.length; i += 2) {
    const is = isIn(i)
    if (i > 0 && is !== isIn(i - 2)) pushCrossing(part, line, i - 2, i, axis, edge)
    if (is) part.push(line[i]!, line[i + 1]!)
    else if (part.length > 0) {
      if (part.length > 2) parts.push(part)
      part = []
    }
  }
  if (part.length > 2) parts.push(part)
  return parts
}
