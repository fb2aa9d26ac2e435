/** Measures on flat coordinate lists (x, y, x, y ...) in metres; rings are not closed by a repeated point. */
export function flatArea(ring: readonly number[]): number {
  let twice = 0
  const ox = ring[0]!
  const oy = ring[1]!
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    twice += (ring[j]! - ox) * (ring[i + 1]! - oy) - (ring[i]! - ox) * (ring[j + 1]! - oy)
  }
  return twice / 2
}

export function flatLength(line: readonly number[]): number {
  let sum = 0
  for (let i = 2; i < line.length; i += 2)
    sum += Math.hypot(line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!)
  return sum
}

/** Centroid of a ring's surface. */
export function flatCentre(ring: readonly number[]): [x: number, y: number] {
  const ox = ring[0]!
  const oy = ring[1]!
  let twice = 0
  let cx = 0
  let cy = 0
  for (let i = 2; i + 3 < ring.length; i += 2) {
    const ax = ring[i]! - ox
    const ay = ring[i + 1]! - oy
    const bx = ring[i + 2]! - ox
    const by = ring[i + 3]! - oy
    const cross = ax * by - bx * ay
    twice += cross
    cx += (ax + bx) * cross
    cy += (ay + by) * cross
  }
  return [ox + cx / (3 * twice), oy + cy / (3 * twice)]
}

/** Whether a point lies inside a ring (even-odd); on the border either answer. */
export function ringHolds(ring: readonly number[], x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const yi = ring[i + 1]!
    const yj = ring[j + 1]!
    if (yi > y !== yj > y && x < ((ring[j]! - ring[i]!) * (y - yi)) / (yj - yi) + ring[i]!) inside = !inside
  }
  return inside
}

/** Whether no two sides of a ring cross or touch but at shared ends. */
export function ringIsSimple(ring: readonly number[]): boolean {
  const n = ring.length / 2
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue
      if (sidesMeet(ring, i, (i + 1) % n, j, (j + 1) % n)) return false
    }
  }
  return true
}

function sidesMeet(r: readonly number[], a: number, b: number, c: number, d: number): boolean {
  const cross = (o: number, p: number, q: number) =>
    (r[2 * p]! - r[2 * o]!) * (r[2 * q + 1]! - r[2 * o + 1]!) -
    (r[2 * p + 1]! - r[2 * o + 1]!) * (r[2 * q]! - r[2 * o]!)
  return cross(a, b, c) > 0 !== cross(a, b, d) > 0 && cross(c, d, a) > 0 !== cross(c, d, b) > 0
}
