/**
 * How much each vertex of many lines and rings matters, so that neighbours lose the same vertices of the border
 * they share and stay together at every zoom. A border runs between junctions: vertices where not all paths
 * through them have the same two neighbours (Bostock's topology), or where a line ends.
 *
 *       B              a border is weighed once, by Douglas and Peucker (1973), whoever comes by first;
 *   ----o---.          junctions (o) and the first vertex and the farthest of a ring without any stay for ever
 *    A   \   o--- C
 */

/** Positions of all paths, one behind the other. */
export interface Paths {
  x: Float64Array
  y: Float64Array
  /** First position of each path, and their number at the end. */
  from: Uint32Array
  /** Per path: 1 where it is a ring, whose last position repeats its first. */
  ring: Uint8Array
}

/**
 * Per position the squared distance below which leaving it out is not seen, in the unit of the positions;
 * Infinity for those that must stay.
 */
export function weigh(paths: Paths): Float64Array {
  const ids = identify(paths)
  const isJunction = junctionsOf(paths, ids)
  const weights = new Float64Array(ids.length).fill(-1)
  for (let p = 0; p + 1 < paths.from.length; p++) {
    const first = paths.from[p]!
    const last = paths.from[p + 1]! - 1
    if (last <= first) {
      for (let at = first; at <= last; at++) weights[ids[at]!] = Infinity
      continue
    }
    const stops = stopsOf(paths, p, ids, isJunction)
    for (const at of stops) weights[ids[at]!] = Infinity
    for (let k = 1; k < stops.length; k++) {
      const [from, to] = [stops[k - 1]!, stops[k]!]
      if (to - from > 1 && weights[ids[from + 1]!] === -1) weighBorder(paths, ids, weights, from, to)
    }
  }
  return Float64Array.from(ids, id => weights[id]!)
}

/** Positions of a path between which its borders run; a ring begins wherever its first position is. */
function stopsOf(paths: Paths, p: number, ids: Uint32Array, isJunction: Uint8Array): number[] {
  const first = paths.from[p]!
  const last = paths.from[p + 1]! - 1
  const stops = [first]
  for (let at = first + 1; at < last; at++) if (isJunction[ids[at]!] === 1) stops.push(at)
  stops.push(last)
  // A ring needs a second stop, and one whose first position is no junction shares borders across it.
  if (paths.ring[p] === 1 && stops.length === 2) stops.splice(1, 0, farthestFrom(paths, first, last))
  return stops
}

function farthestFrom({ x, y }: Paths, first: number, last: number): number {
  let best = first
  let most = -1
  for (let at = first + 1; at < last; at++) {
    const distance = (x[at]! - x[first]!) ** 2 + (y[at]! - y[first]!) ** 2
    if (distance > most) [best, most] = [at, distance]
  }
  return best
}

function weighBorder(
  paths: Paths,
  ids: Uint32Array,
  weights: Float64Array,
  first: number,
  last: number,
): void {
  const ends = [first, last]
  const most = [Infinity]
  while (most.length > 0) {
    const to = ends.pop()!
    const from = ends.pop()!
    const bound = most.pop()!
    const split = farthestBetween(paths, from, to)
    // never more than what it hangs on: who is left out takes those between along
    const weight = Math.min(distanceToSpan(paths, split, from, to), bound)
    weights[ids[split]!] = weight
    if (split - from > 1) {
      ends.push(from, split)
      most.push(weight)
    }
    if (to - split > 1) {
      ends.push(split, to)
      most.push(weight)
    }
  }
}

/** The position between two of a path that is farthest from the span between these. */
function farthestBetween(paths: Paths, from: number, to: number): number {
  let split = from + 1
  let far = -1
  for (let at = from + 1; at < to; at++) {
    const distance = distanceToSpan(paths, at, from, to)
    if (distance > far) {
      far = distance
      split = at
    }
  }
  return split
}

/** Squared distance of a position from the span between two others. */
function distanceToSpan({ x, y }: Paths, at: number, from: number, to: number): number {
  const dx = x[to]! - x[from]!
  const dy = y[to]! - y[from]!
  let ex = x[at]! - x[from]!
  let ey = y[at]! - y[from]!
  const square = dx * dx + dy * dy
  if (square > 0) {
    const t = Math.max(0, Math.min(1, (ex * dx + ey * dy) / square))
    ex -= dx * t
    ey -= dy * t
  }
  return ex * ex + ey * ey
}

/** The same number for the same position, bit for bit, by a hash table with linear probing. */
function identify({ x, y }: Paths): Uint32Array {
  const n = x.length
  const ids = new Uint32Array(n)
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, n * 2)))
  const table = new Int32Array(size).fill(-1)
  const bitsX = new Uint32Array(x.buffer, x.byteOffset, n * 2)
  const bitsY = new Uint32Array(y.buffer, y.byteOffset, n * 2)
  for (let i = 0; i < n; i++) {
    let hash = Math.imul(bitsX[i * 2]!, 0x9e3779b1) ^ Math.imul(bitsX[i * 2 + 1]!, 0x85ebca77)
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d) ^ Math.imul(bitsY[i * 2]!, 0x27d4eb2f)
    hash = Math.imul(hash ^ (hash >>> 13), 0x165667b1) ^ Math.imul(bitsY[i * 2 + 1]!, 0x9e3779b1)
    let slot = (hash ^ (hash >>> 16)) & (size - 1)
    while (table[slot]! >= 0 && (x[table[slot]!] !== x[i] || y[table[slot]!] !== y[i]))
      slot = (slot + 1) & (size - 1)
    if (table[slot]! < 0) table[slot] = i
    ids[i] = table[slot]!
  }
  return ids
}

function junctionsOf({ from, ring }: Paths, ids: Uint32Array): Uint8Array {
  const isJunction = new Uint8Array(ids.length)
  const before = new Int32Array(ids.length).fill(-1)
  const behind = new Int32Array(ids.length)
  const pass = (id: number, a: number, b: number): void => {
    if (before[id]! < 0) {
      before[id] = a
      behind[id] = b
    } else if (!((before[id] === a && behind[id] === b) || (before[id] === b && behind[id] === a)))
      isJunction[id] = 1
  }
  for (let p = 0; p + 1 < from.length; p++) {
    const first = from[p]!
    const last = from[p + 1]! - 1
    for (let at = first + 1; at < last; at++) pass(ids[at]!, ids[at - 1]!, ids[at + 1]!)
    if (last <= first) continue
    if (ring[p] === 1) pass(ids[first]!, ids[last - 1]!, ids[first + 1]!)
    else isJunction[ids[first]!] = isJunction[ids[last]!] = 1
  }
  return isJunction
}
