/** Parallel lines across a piece of ground: the paths of a housing estate, the lanes of a hamlet, rows of trees. */
import { flatCentre } from './measure.ts'
import type { Flat } from './shape.ts'

/** Lines along the ground's longest side, `gapM` apart, clipped to the ring; lines shorter than `leastM` are left out. */
export function rowsAcross(ring: readonly number[], gapM: number, leastM: number): Flat[] {
  const [ux, uy] = longestSide(ring)
  const [cx, cy] = flatCentre(ring)
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < ring.length; i += 2) {
    const v = -(ring[i]! - cx) * uy + (ring[i + 1]! - cy) * ux
    low = Math.min(low, v)
    high = Math.max(high, v)
  }
  const count = Math.floor((high - low) / gapM)
  const rows: Flat[] = []
  for (let k = 0; k < count; k++) {
    const v = low + ((k + 0.5) * (high - low)) / count
    for (const [from, to] of spans(ring, cx - uy * v, cy + ux * v, ux, uy)) {
      if (to - from < leastM) continue
      rows.push([
        cx - uy * v + ux * from,
        cy + ux * v + uy * from,
        cx - uy * v + ux * to,
        cy + ux * v + uy * to,
      ])
    }
  }
  return rows
}

function longestSide(ring: readonly number[]): [ux: number, uy: number] {
  // Sides are drawn with points every few metres: add up those of one bearing.
  const byBearing = new Map<number, [number, number]>()
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    let dx = ring[i]! - ring[j]!
    let dy = ring[i + 1]! - ring[j + 1]!
    if (dx < 0 || (dx === 0 && dy < 0)) {
      dx = -dx
      dy = -dy
    }
    const bearing = Math.round(Math.atan2(dy, dx) / 0.12)
    const [x, y] = byBearing.get(bearing) ?? [0, 0]
    byBearing.set(bearing, [x + dx, y + dy])
  }
  const [x, y] = [...byBearing.values()].sort((a, b) => Math.hypot(b[0], b[1]) - Math.hypot(a[0], a[1]))[0]!
  const length = Math.hypot(x, y)
  return [x / length, y / length]
}

/** Where a line runs inside the ring, as distances from (px, py). */
function spans(
  ring: readonly number[],
  px: number,
  py: number,
  ux: number,
  uy: number,
): [from: number, to: number][] {
  const hits: number[] = []
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const si = ux * (ring[i + 1]! - py) - uy * (ring[i]! - px)
    const sj = ux * (ring[j + 1]! - py) - uy * (ring[j]! - px)
    if (si > 0 === sj > 0) continue
    const t = si / (si - sj)
    const x = ring[i]! + (ring[j]! - ring[i]!) * t
    const y = ring[i + 1]! + (ring[j + 1]! - ring[i + 1]!) * t
    hits.push((x - px) * ux + (y - py) * uy)
  }
  hits.sort((a, b) => a - b)
  const out: [number, number][] = []
  for (let i = 0; i + 1 < hits.length; i += 2) out.push([hits[i]!, hits[i + 1]!])
  return out
}
