/**
 * The ground as drawn: every edge of the plan becomes a chain of points in EPSG:4549 metres, made once
 * and rounded once to a tenth of a millimetre. Whatever lies on either side uses the same chain, so
 * shared borders share every vertex.
 */
import { octavesOf } from './noise.ts'
import type { Plan } from './plan.ts'
import { halfKey, halfOf } from './plan.ts'
import type { Warp } from './warp.ts'

/** x, y, x, y ... in EPSG:4549 metres. */
export type Flat = number[]

export interface Shape {
  /** The points from node `a` to node `b` along their edge, `b` left out. */
  chain: (a: number, b: number) => Flat
  /** Where a point of the plan lies. */
  place: (px: number, py: number) => [x: number, y: number]
  node: (n: number) => [x: number, y: number]
  /** Rings of a set of faces joined by their sides: interior on the left, outer ring first (ring not repeated at its end). */
  outline: (faces: ReadonlySet<number>) => Flat[]
}

/** Where the middle of the plan lies: east and north in EPSG:4549, near 120.75 E 31.05 N. */
const origin = { x: 571_600, y: 3_436_800 }
const stepM = 32
const shoreStepM = 14

/** The square root of the scale makes the district's area exact; the lake's shore gets its small bights here. */
export function shapeOf(
  seed: number,
  plan: Plan,
  warp: Warp,
  lake: { x: number; y: number; face: number },
  scale: number,
): Shape {
  const bight = octavesOf(seed, 'shore', 190, 3)
  const cache = new Map<number, Flat>()
  const place = (px: number, py: number, onShore: boolean): [number, number] => {
    const reach = onShore ? Math.hypot(lake.x - px, lake.y - py) : 1
    // Only ever towards the lake: nothing is there to run into.
    const push = onShore ? 26 * (1 + bight(px, py)) : 0
    const [x, y] = warp(px + ((lake.x - px) / reach) * push, py + ((lake.y - py) / reach) * push)
    return [round(origin.x + x * scale), round(origin.y + y * scale)]
  }
  const shoreNodes = new Set(plan.faces[lake.face])
  const node = (n: number) => place(plan.x[n]!, plan.y[n]!, shoreNodes.has(n))
  const forward = (a: number, b: number): Flat => {
    const key = halfKey(a, b)
    const kept = cache.get(key)
    if (kept) return kept
    const onShore = isShore(plan, lake.face, a, b)
    const length = Math.hypot(plan.x[b]! - plan.x[a]!, plan.y[b]! - plan.y[a]!)
    const steps = Math.max(1, Math.round(length / (onShore ? shoreStepM : stepM)))
    const points: Flat = [...node(a)]
    for (let i = 1; i < steps; i++) {
      const t = i / steps
      points.push(
        ...place(
          plan.x[a]! + (plan.x[b]! - plan.x[a]!) * t,
          plan.y[a]! + (plan.y[b]! - plan.y[a]!) * t,
          onShore,
        ),
      )
    }
    points.push(...node(b))
    cache.set(key, points)
    return points
  }
  const chain = (a: number, b: number): Flat => {
    if (a < b) return forward(a, b).slice(0, -2)
    const back = forward(b, a)
    const points: Flat = []
    for (let i = back.length - 2; i > 0; i -= 2) points.push(back[i]!, back[i + 1]!)
    return points
  }
  return {
    chain,
    node,
    place: (px, py) => place(px, py, false),
    outline: faces => outlineNodes(plan, faces).map(ring => ringPoints(ring, chain)),
  }
}

export const isShore = (plan: Plan, lakeFace: number, a: number, b: number): boolean =>
  halfOf(plan, a, b).face === lakeFace || halfOf(plan, b, a).face === lakeFace

const round = (v: number): number => Math.round(v * 10_000) / 10_000

const ringPoints = (ring: readonly number[], chain: Shape['chain']): Flat =>
  ring.flatMap((a, i) => chain(a, ring[(i + 1) % ring.length]!))

/** Outline of a set of faces as node rings. Where rings meet in one node they part there, so each ring is simple. */
export function outlineNodes(plan: Plan, faces: ReadonlySet<number>): number[][] {
  const leaving = new Map<number, number[]>()
  for (const face of faces) {
    const ring = plan.faces[face]!
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!
      if (faces.has(halfOf(plan, b, a).face)) return
      const list = leaving.get(a)
      if (list) list.push(b)
      else leaving.set(a, [b])
    })
  }
  const rings: number[][] = []
  for (const [start, ends] of leaving) {
    while (ends.length > 0) rings.push(follow(plan, leaving, start))
  }
  const areas = new Map(rings.map(ring => [ring, signedArea(plan, ring)]))
  return rings.sort((a, b) => areas.get(b)! - areas.get(a)!)
}

/** Walks from `start` back to `start`; at a node with several ways on it turns as far right as it can, round the ground outside. */
function follow(plan: Plan, leaving: Map<number, number[]>, start: number): number[] {
  const ring = [start]
  let before = start
  let here = leaving.get(start)!.pop()!
  while (here !== start) {
    ring.push(here)
    const ways = leaving.get(here)!
    const turn = (next: number) => {
      const ux = plan.x[here]! - plan.x[before]!
      const uy = plan.y[here]! - plan.y[before]!
      const vx = plan.x[next]! - plan.x[here]!
      const vy = plan.y[next]! - plan.y[here]!
      return Math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)
    }
    const next = ways.reduce((a, b) => (turn(b) < turn(a) ? b : a))
    ways.splice(ways.indexOf(next), 1)
    before = here
    here = next
  }
  return ring
}

function signedArea(plan: Plan, ring: readonly number[]): number {
  return ring.reduce((sum, a, i) => {
    const b = ring[(i + 1) % ring.length]!
    return sum + plan.x[a]! * plan.y[b]! - plan.x[b]! * plan.y[a]!
  }, 0)
}
