/**
 * Divides faces the way towns grow: the largest piece first, across its long side, a little off the
 * middle and a little askew, and through the end of a neighbour's street where one is near, so that
 * streets go on across wider ones.
 */
import type { Random } from '../random.ts'
import { between } from '../random.ts'
import type { ChordKind, Plan } from './plan.ts'
import { addChord, cutFace, ringArea } from './plan.ts'

export interface DivideRule {
  /** Pieces at or below this many square metres stay whole. */
  targetM2: number
  /** What the dividing line is, for a piece of this many square metres. */
  kindOf: (areaM2: number) => ChordKind
  /** Largest turn of a line out of square, in radians. */
  askew: number
  /** How often a line takes up a neighbour's street when there is one near, 0 to 1. */
  align: number
  /** Which way lines run (or square to it), in radians from east; null when they follow the piece itself. */
  bearing?: number | null
  snapM: number
}

/** Divides `face` until all pieces are small enough; gives the pieces. */
export function divideFace(plan: Plan, face: number, rule: DivideRule, random: Random): number[] {
  const open = [face]
  const done: number[] = []
  while (open.length > 0) {
    const next = takeLargest(plan, open)
    const areaM2 = ringArea(plan, plan.faces[next]!)
    const pieces =
      areaM2 > rule.targetM2 * between(random, 0.75, 1.35)
        ? cutAcross(plan, next, areaM2, rule, random)
        : null
    if (pieces) open.push(...pieces)
    else done.push(next)
  }
  return done
}

function takeLargest(plan: Plan, open: number[]): number {
  let best = 0
  for (let i = 1; i < open.length; i++) {
    if (ringArea(plan, plan.faces[open[i]!]!) > ringArea(plan, plan.faces[open[best]!]!)) best = i
  }
  return open.splice(best, 1)[0]!
}

function cutAcross(
  plan: Plan,
  face: number,
  areaM2: number,
  rule: DivideRule,
  random: Random,
): [number, number] | null {
  const ring = plan.faces[face]!
  const box = longBox(plan, ring)
  const chordKind = rule.kindOf(areaM2)
  for (let attempt = 0; attempt < 4; attempt++) {
    const along = box.low + box.length * between(random, 0.39, 0.61)
    const turn = between(random, -rule.askew, rule.askew) * (attempt < 2 ? 1 : 0.3)
    const cos = Math.cos(turn)
    const sin = Math.sin(turn)
    const [ax, ay] = acrossOf(box, rule.bearing ?? null)
    let dx = ax * cos - ay * sin
    let dy = ay * cos + ax * sin
    let px = box.ux * along - box.uy * box.middle
    let py = box.uy * along + box.ux * box.middle
    if (random() < rule.align) {
      const through = nearStreetEnd(plan, ring, box, along)
      if (through !== null) {
        px = plan.x[through]!
        py = plan.y[through]!
        const opposite = streetEndAhead(plan, ring, through, dx, dy)
        if (opposite !== null) {
          dx = plan.x[opposite]! - px
          dy = plan.y[opposite]! - py
        }
      }
    }
    const pieces = cutFace(plan, face, px, py, addChord(plan, chordKind, dx, dy), rule.snapM)
    if (pieces) return pieces
  }
  return null
}

/** The direction of a cut: square to the long side, or the one of the bearing's two directions that is nearer to that. */
function acrossOf(box: LongBox, bearing: number | null): [x: number, y: number] {
  if (bearing === null) return [-box.uy, box.ux]
  const bx = Math.cos(bearing)
  const by = Math.sin(bearing)
  return Math.abs(-box.uy * bx + box.ux * by) > Math.SQRT1_2 ? [bx, by] : [-by, bx]
}

interface LongBox {
  /** Unit vector of the long side. */
  ux: number
  uy: number
  /** Where the box begins along the long side, and how long it is. */
  low: number
  length: number
  /** Middle of the box across the long side. */
  middle: number
}

/** The smallest box around a convex ring: one of its sides lies on a side of the ring. */
function longBox(plan: Plan, ring: readonly number[]): LongBox {
  let best: LongBox | null = null
  let bestArea = Infinity
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i]!
    const b = ring[(i + 1) % ring.length]!
    const length = Math.hypot(plan.x[b]! - plan.x[a]!, plan.y[b]! - plan.y[a]!)
    const ux = (plan.x[b]! - plan.x[a]!) / length
    const uy = (plan.y[b]! - plan.y[a]!) / length
    const [lowU, highU] = extent(plan, ring, ux, uy)
    const [lowV, highV] = extent(plan, ring, -uy, ux)
    const area = (highU - lowU) * (highV - lowV)
    if (area >= bestArea * 0.999) continue
    bestArea = area
    best =
      highU - lowU >= highV - lowV
        ? { ux, uy, low: lowU, length: highU - lowU, middle: (lowV + highV) / 2 }
        : { ux: -uy, uy: ux, low: lowV, length: highV - lowV, middle: -(lowU + highU) / 2 }
  }
  return best!
}

function extent(plan: Plan, ring: readonly number[], ux: number, uy: number): [low: number, high: number] {
  let low = Infinity
  let high = -Infinity
  for (const n of ring) {
    const at = plan.x[n]! * ux + plan.y[n]! * uy
    if (at < low) low = at
    if (at > high) high = at
  }
  return [low, high]
}

/** The node on a straight stretch of the ring (a neighbour's street ends there) nearest to `along`, if near enough. */
function nearStreetEnd(plan: Plan, ring: readonly number[], box: LongBox, along: number): number | null {
  let best: number | null = null
  let bestOff = box.length * 0.16
  for (let i = 0; i < ring.length; i++) {
    if (!isStraight(plan, ring, i)) continue
    const n = ring[i]!
    const off = Math.abs(plan.x[n]! * box.ux + plan.y[n]! * box.uy - along)
    if (off < bestOff) {
      best = n
      bestOff = off
    }
  }
  return best
}

/** Another street end on the far side, within ten degrees of the bearing. */
function streetEndAhead(
  plan: Plan,
  ring: readonly number[],
  from: number,
  dx: number,
  dy: number,
): number | null {
  const bearing = Math.hypot(dx, dy)
  let best: number | null = null
  let bestCos = Math.cos(Math.PI / 18)
  for (let i = 0; i < ring.length; i++) {
    const n = ring[i]!
    if (n === from || !isStraight(plan, ring, i)) continue
    const ex = plan.x[n]! - plan.x[from]!
    const ey = plan.y[n]! - plan.y[from]!
    const cos = Math.abs(ex * dx + ey * dy) / (Math.hypot(ex, ey) * bearing)
    if (cos > bestCos) {
      best = n
      bestCos = cos
    }
  }
  return best
}

function isStraight(plan: Plan, ring: readonly number[], i: number): boolean {
  const a = ring[(i + ring.length - 1) % ring.length]!
  const n = ring[i]!
  const b = ring[(i + 1) % ring.length]!
  const ux = plan.x[n]! - plan.x[a]!
  const uy = plan.y[n]! - plan.y[a]!
  const vx = plan.x[b]! - plan.x[n]!
  const vy = plan.y[b]! - plan.y[n]!
  return Math.abs(ux * vy - uy * vx) < 0.03 * Math.hypot(ux, uy) * Math.hypot(vx, vy)
}
