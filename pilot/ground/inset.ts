/**
 * The ground of a block inside its pavements: the face of the plan, which is convex, clipped by each side
 * moved in, and only then bent like everything else. So it is never broken, however narrow the block.
 */
import { flatArea } from './measure.ts'
import type { Plan } from './plan.ts'
import { halfOf } from './plan.ts'
import type { Flat, Shape } from './shape.ts'

const stepM = 30

/** `byM` says how far each side, by its chord, moves in; null when less than 60 square metres are left. */
export function insetFace(
  plan: Plan,
  shape: Shape,
  face: number,
  byM: (chord: number) => number,
): Flat | null {
  const ring = plan.faces[face]!
  let left: Flat = ring.flatMap(n => [plan.x[n]!, plan.y[n]!])
  for (const [i, a] of ring.entries()) {
    const b = ring[(i + 1) % ring.length]!
    const ax = plan.x[a]!
    const ay = plan.y[a]!
    const length = Math.hypot(plan.x[b]! - ax, plan.y[b]! - ay)
    const ux = (plan.x[b]! - ax) / length
    const uy = (plan.y[b]! - ay) / length
    const mid = [ax + (ux * length) / 2, ay + (uy * length) / 2] as const
    const by = byM(halfOf(plan, a, b).chord) / stretch(shape, mid[0], mid[1], ux, uy)
    left = clip(left, ax - uy * by, ay + ux * by, ux, uy)
    if (left.length < 6) return null
  }
  const bent = bend(left, shape)
  return flatArea(bent) > 60 ? bent : null
}

/** Metres on the ground for a metre of the plan square to a side. */
function stretch(shape: Shape, x: number, y: number, ux: number, uy: number): number {
  const [fromX, fromY] = shape.place(x - ux, y - uy)
  const [toX, toY] = shape.place(x + ux, y + uy)
  const [inX, inY] = shape.place(x - uy * 2, y + ux * 2)
  const length = Math.hypot(toX - fromX, toY - fromY)
  return Math.max(0.3, ((toX - fromX) * (inY - fromY) - (toY - fromY) * (inX - fromX)) / length / 2)
}

/** The part of a convex ring to the left of a line (Sutherland and Hodgman 1974). */
function clip(ring: readonly number[], px: number, py: number, ux: number, uy: number): Flat {
  const out: Flat = []
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const before = ux * (ring[j + 1]! - py) - uy * (ring[j]! - px)
    const here = ux * (ring[i + 1]! - py) - uy * (ring[i]! - px)
    if (before > 0 !== here > 0) {
      const t = before / (before - here)
      out.push(ring[j]! + (ring[i]! - ring[j]!) * t, ring[j + 1]! + (ring[i + 1]! - ring[j + 1]!) * t)
    }
    if (here > 0) out.push(ring[i]!, ring[i + 1]!)
  }
  return out
}

function bend(ring: readonly number[], shape: Shape): Flat {
  const out: Flat = []
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length
    const steps = Math.max(
      1,
      Math.round(Math.hypot(ring[j]! - ring[i]!, ring[j + 1]! - ring[i + 1]!) / stepM),
    )
    for (let k = 0; k < steps; k++) {
      const t = k / steps
      out.push(
        ...shape.place(
          ring[i]! + (ring[j]! - ring[i]!) * t,
          ring[i + 1]! + (ring[j + 1]! - ring[i + 1]!) * t,
        ),
      )
    }
  }
  return out
}
