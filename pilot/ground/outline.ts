/** Chooses which faces make up the district: one piece, without holes, of a given area, and bounded by the plan's lines. */
import type { Plan } from './plan.ts'
import { faceAcross, ringArea, ringCentre } from './plan.ts'

/** How much nearer a wholly surrounded face counts. */
const smoothM = 1700

/**
 * Grows from the least remote face to its neighbours until `areaM2` is reached, then fills what it
 * encloses. `candidates` are the faces it may take; `remoteness` orders them.
 */
export function chooseDistrict(
  plan: Plan,
  candidates: readonly number[],
  remoteness: (x: number, y: number) => number,
  areaM2: number,
): number[] {
  const far = new Map(candidates.map(face => [face, remoteness(...ringCentre(plan, plan.faces[face]!))]))
  const chosen = new Set<number>()
  // A face already half surrounded comes sooner: the outline stays smooth.
  const rank = (face: number) => far.get(face)! - smoothM * sharedPart(plan, face, chosen)
  const nearest = (faces: Iterable<number>) => {
    let best = -1
    let bestRank = Infinity
    for (const face of faces) {
      const mine = rank(face)
      if (mine >= bestRank) continue
      best = face
      bestRank = mine
    }
    return best
  }
  const edge = new Set([nearest(far.keys())])
  let sum = 0
  while (sum < areaM2 && edge.size > 0) {
    const face = nearest(edge)
    edge.delete(face)
    chosen.add(face)
    sum += ringArea(plan, plan.faces[face]!)
    for (const next of neighbours(plan, face)) if (far.has(next) && !chosen.has(next)) edge.add(next)
  }
  closeUp(plan, chosen, far)
  return [...chosen].sort((a, b) => a - b)
}

/** The part of a face's sides, by length, that it shares with the chosen ones. */
function sharedPart(plan: Plan, face: number, chosen: ReadonlySet<number>): number {
  const ring = plan.faces[face]!
  let shared = 0
  let whole = 0
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!
    const length = Math.hypot(plan.x[b]! - plan.x[a]!, plan.y[b]! - plan.y[a]!)
    whole += length
    if (chosen.has(faceAcross(plan, a, b))) shared += length
  })
  return shared / whole
}

/** Fills enclosed faces and corners where the district would touch itself in a single point. */
function closeUp(plan: Plan, chosen: Set<number>, far: ReadonlyMap<number, number>): void {
  for (;;) {
    const outside = reachOutside(plan, chosen)
    const enclosed = [...far.keys()].filter(face => !chosen.has(face) && !outside.has(face))
    for (const face of enclosed) chosen.add(face)
    const pinched = pinches(plan, chosen)
    if (pinched.size === 0) return
    for (const [face, ring] of plan.faces.entries()) {
      if (ring && far.has(face) && ring.some(n => pinched.has(n))) chosen.add(face)
    }
  }
}

function reachOutside(plan: Plan, chosen: ReadonlySet<number>): Set<number> {
  const outside = new Set([-1])
  const open: number[] = []
  for (const [face, ring] of plan.faces.entries()) {
    if (ring && !chosen.has(face) && neighbours(plan, face).includes(-1)) open.push(face)
  }
  while (open.length > 0) {
    const face = open.pop()!
    if (outside.has(face)) continue
    outside.add(face)
    for (const next of neighbours(plan, face)) if (next >= 0 && !chosen.has(next)) open.push(next)
  }
  return outside
}

/** Nodes through which the outline passes more than once. */
function pinches(plan: Plan, chosen: ReadonlySet<number>): Set<number> {
  const leaving = new Map<number, number>()
  for (const face of chosen) {
    const ring = plan.faces[face]!
    ring.forEach((a, i) => {
      if (!chosen.has(faceAcross(plan, a, ring[(i + 1) % ring.length]!)))
        leaving.set(a, (leaving.get(a) ?? 0) + 1)
    })
  }
  return new Set([...leaving].filter(([, times]) => times > 1).map(([node]) => node))
}

/** The faces across each side, in ring order, -1 beyond the frame; a neighbour may stand more than once. */
export function neighbours(plan: Plan, face: number): number[] {
  const ring = plan.faces[face]!
  return ring.map((a, i) => faceAcross(plan, a, ring[(i + 1) % ring.length]!))
}
