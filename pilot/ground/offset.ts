/** Lines beside lines, rounder rings, shorter lines, on flat coordinate lists in metres. */

/** The line `offM` to the left of `line` (to the right when negative); `offM` may vary by point. */
export function besideLine(line: readonly number[], offM: number | ((point: number) => number)): number[] {
  const off = typeof offM === 'number' ? () => offM : offM
  const n = line.length / 2
  const out: number[] = []
  for (let i = 0; i < n; i++) {
    const [nx, ny] = normalAt(line, i)
    out.push(line[2 * i]! + nx * off(i), line[2 * i + 1]! + ny * off(i))
  }
  return out
}

/** Unit normal to the left at a point of a line: the mean of the segments that meet there. */
function normalAt(line: readonly number[], i: number): [number, number] {
  const last = line.length / 2 - 1
  let nx = 0
  let ny = 0
  for (const s of [Math.max(0, i - 1), Math.min(last - 1, i)]) {
    const dx = line[2 * s + 2]! - line[2 * s]!
    const dy = line[2 * s + 3]! - line[2 * s + 1]!
    const length = Math.hypot(dx, dy)
    nx -= dy / length
    ny += dx / length
  }
  const length = Math.hypot(nx, ny)
  return [nx / length, ny / length]
}

/** Cuts the corners of a ring, again and again (Chaikin 1974): a pond or a copse instead of a box. */
export function roundRing(ring: readonly number[], times: number): number[] {
  let from = ring
  for (let t = 0; t < times; t++) {
    const n = from.length / 2
    const to: number[] = []
    for (let i = 0; i < n; i++) {
      const j = (i + 1) % n
      for (const k of [0.25, 0.75]) {
        to.push(from[2 * i]! * (1 - k) + from[2 * j]! * k, from[2 * i + 1]! * (1 - k) + from[2 * j + 1]! * k)
      }
    }
    from = to
  }
  return [...from]
}

/** A line without its first and last `cutM` metres; null when nothing is left. */
export function trimLine(line: readonly number[], startM: number, endM: number): number[] | null {
  const back = cutStart(line, startM)
  if (!back) return null
  const turned = cutStart(reversed(back), endM)
  return turned && reversed(turned)
}

function cutStart(line: readonly number[], cutM: number): number[] | null {
  let left = cutM
  for (let i = 0; i + 3 < line.length; i += 2) {
    const dx = line[i + 2]! - line[i]!
    const dy = line[i + 3]! - line[i + 1]!
    const length = Math.hypot(dx, dy)
    if (left < length) {
      return [line[i]! + (dx * left) / length, line[i + 1]! + (dy * left) / length, ...line.slice(i + 2)]
    }
    left -= length
  }
  return null
}

export function reversed(line: readonly number[]): number[] {
  const out: number[] = []
  for (let i = line.length - 2; i >= 0; i -= 2) out.push(line[i]!, line[i + 1]!)
  return out
}
