/**
 * Whether positions lie where they lie, or are displaced as a whole: measured at things known to be the same,
 * or judged by a share (on the streets, in the district) that one way of undoing a shift raises and shifts of
 * the same length in other directions do not.
 */
import { M_PER_DEGREE } from './measure.ts'

/** lon, lat, lon, lat ... in degrees. */
export type Positions = ArrayLike<number>

export interface Displacement {
  /** From where they lie to where they belong, metres east and north: the middle of all. */
  dxM: number
  dyM: number
  m: number
  /** Half of all lie within so many metres of the middle. */
  spreadM: number
  n: number
}

/** The displacement between the same things in two places, robust against a third that are other things; null for none. */
export function displacementOf(from: Positions, to: Positions): Displacement | null {
  const n = from.length / 2
  if (n === 0) return null
  const east: number[] = []
  const north: number[] = []
  for (let i = 0; i < from.length; i += 2) {
    const perLon = M_PER_DEGREE * Math.cos((from[i + 1]! * Math.PI) / 180)
    east.push((to[i]! - from[i]!) * perLon)
    north.push((to[i + 1]! - from[i + 1]!) * M_PER_DEGREE)
  }
  const [dxM, dyM] = [middle(east), middle(north)]
  const spreadM = middle(east.map((dx, i) => Math.hypot(dx - dxM, north[i]! - dyM)))
  return { dxM, dyM, m: Math.hypot(dxM, dyM), spreadM, n }
}

/** Moved as a whole by metres east and north. */
export function moved(positions: Positions, dxM: number, dyM: number): Float64Array {
  const out = new Float64Array(positions.length)
  for (let i = 0; i < positions.length; i += 2) {
    const lat = positions[i + 1]!
    out[i] = positions[i]! + dxM / (M_PER_DEGREE * Math.cos((lat * Math.PI) / 180))
    out[i + 1] = lat + dyM / M_PER_DEGREE
  }
  return out
}

/** Directions in which a shift of the same length is tried for comparison, and how far from a tested one they must be. */
const DIRECTIONS = 12
const APART = Math.PI / 5
/** Standard errors, and the difference in share, by which the best must lead. */
const SIGMAS = 5
const LEAD = 0.02

/**
 * The index of the candidate whose share leads the declared positions' and every comparison's beyond chance;
 * -1 where none does. Candidates are the same positions, in the same order, with a shift undone.
 * @param share of positions that fit what is known
 */
export function bestPlaced(
  declared: Positions,
  candidates: readonly Positions[],
  share: (positions: Positions) => number,
): number {
  const n = declared.length / 2
  const shifts = candidates.map(each => displacementOf(declared, each))
  if (n === 0 || candidates.length === 0) return -1
  const shares = candidates.map(share)
  const best = shares.indexOf(Math.max(...shares))
  const others = [share(declared)]
  // what lies well is known at once; comparisons are for what does not
  if (shares[best]! - others[0]! < LEAD) return -1
  for (const each of comparisons(declared, shifts)) others.push(share(each))
  const other = Math.max(...others, ...shares.filter((_, i) => i !== best))
  return leads(shares[best]!, other, n) ? best : -1
}

/** Whether they fit best where they lie: better, beyond chance, than each candidate and every comparison. */
export function isPlacedBest(
  declared: Positions,
  candidates: readonly Positions[],
  share: (positions: Positions) => number,
): boolean {
  const n = declared.length / 2
  if (n === 0) return false
  const shifts = candidates.map(each => displacementOf(declared, each))
  const others = [...candidates, ...comparisons(declared, shifts)].map(share)
  return leads(share(declared), Math.max(...others), n)
}

/** The positions shifted as far as each candidate in directions that none of them takes. */
function* comparisons(
  declared: Positions,
  shifts: readonly (Displacement | null)[],
): Generator<Float64Array> {
  for (const shift of shifts) {
    if (!shift || shift.m === 0) continue
    for (let k = 0; k < DIRECTIONS; k++) {
      const angle = (k / DIRECTIONS) * 2 * Math.PI
      const near = shifts.some(each => each && apart(angle, Math.atan2(each.dyM, each.dxM)) < APART)
      if (!near) yield moved(declared, shift.m * Math.cos(angle), shift.m * Math.sin(angle))
    }
  }
}

/** Whether one share of n is larger than another beyond chance. */
function leads(share: number, other: number, n: number): boolean {
  const mean = (share + other) / 2
  const sigma = Math.sqrt((2 * mean * (1 - mean)) / n)
  return share - other >= LEAD && share - other >= SIGMAS * sigma
}

const apart = (a: number, b: number): number => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)))

function middle(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
