/**
 * The Z-order curve over pairs of unsigned 32-bit numbers: interleave the bits of y and x, y first.
 *
 *   0-1 4-5      Every square whose side is a power of two and that lies on its grid (a map tile) is one
 *    / / /       contiguous stretch of the curve.
 *   2-3 6-7
 */

/** Below, equal or above zero as (ax, ay) lies before, at or behind (bx, by) on the curve. */
export function compareZ(ax: number, ay: number, bx: number, by: number): number {
  const dx = (ax ^ bx) >>> 0
  const dy = (ay ^ by) >>> 0
  // The axis whose difference has the higher leading bit decides; on a tie that is y, written first.
  return dy < dx && dy < (dx ^ dy) >>> 0 ? ax - bx : ay !== by ? ay - by : ax - bx
}

/** The order of n points along the curve (a permutation), equal points as they came. */
export function orderZ(n: number, x: Uint32Array, y: Uint32Array): Uint32Array {
  let order = new Uint32Array(n)
  let spare = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  const digits = new Uint16Array(n)
  const starts = new Uint32Array(65536)
  // Least significant first: each pass sorts by eight bits of either axis.
  for (let shift = 0; shift < 32; shift += 8) {
    starts.fill(0)
    for (let i = 0; i < n; i++) {
      const digit = (SPREAD[(y[i]! >>> shift) & 255]! << 1) | SPREAD[(x[i]! >>> shift) & 255]!
      digits[i] = digit
      starts[digit]!++
    }
    let start = 0
    for (let digit = 0; digit < 65536; digit++) {
      const count = starts[digit]!
      starts[digit] = start
      start += count
    }
    for (let k = 0; k < n; k++) {
      const i = order[k]!
      spare[starts[digits[i]!]!++] = i
    }
    const sorted = spare
    spare = order
    order = sorted
  }
  return order
}

/** Eight bits spread to every second of sixteen. */
const SPREAD = Uint16Array.from({ length: 256 }, (_, byte) => {
  let spread = 0
  for (let bit = 0; bit < 8; bit++) spread |= ((byte >> bit) & 1) << (2 * bit)
  return spread
})
