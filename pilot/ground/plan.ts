/**
 * The plan: a planar subdivision of convex faces, cut by straight lines.
 *
 *      d-------c          a face is the ring of its nodes, counter-clockwise; where a line of the
 *      |       |          neighbour ends on its side (n) the node belongs to both faces, so that
 *      |       n-----     borders always share every vertex.
 *      |       |
 *      a-------b          half edge a>b: the face on its left and the chord (line) it lies on
 */

/** What a line of the plan is on the ground, from the widest down. */
export type ChordKind =
  | 'frame'
  | 'shore'
  | 'river'
  | 'viaduct'
  | 'arterial'
  | 'secondary'
  | 'canal'
  | 'local'
  | 'lane'
  | 'strip'

/** A line of the plan: one cut, or one run of cuts with the same bearing. */
export interface Chord {
  kind: ChordKind
  /** Unit direction in the plan. */
  dx: number
  dy: number
  /** Chords that go on across a wider line carry the number of the first one; they are one street. */
  street: number
}

interface Half {
  face: number
  chord: number
}

export interface Plan {
  x: number[]
  y: number[]
  /** Node rings, counter-clockwise; null where a face has been cut in two. */
  faces: (number[] | null)[]
  chords: Chord[]
  half: Map<number, Half>
}

/** Key of the half edge from node `a` to node `b`. */
export const halfKey = (a: number, b: number): number => a * 67108864 + b

/** A plan of one square face of `sizeM` about the origin. */
export function emptyPlan(sizeM: number): Plan {
  const r = sizeM / 2
  const plan: Plan = { x: [-r, r, r, -r], y: [-r, -r, r, r], faces: [], chords: [], half: new Map() }
  const frame = addChord(plan, 'frame', 1, 0)
  plan.faces.push([0, 1, 2, 3])
  for (let i = 0; i < 4; i++) {
    plan.half.set(halfKey(i, (i + 1) % 4), { face: 0, chord: frame })
    plan.half.set(halfKey((i + 1) % 4, i), { face: -1, chord: frame })
  }
  return plan
}

export function addChord(plan: Plan, kind: ChordKind, dx: number, dy: number): number {
  const length = Math.hypot(dx, dy)
  plan.chords.push({ kind, dx: dx / length, dy: dy / length, street: plan.chords.length })
  return plan.chords.length - 1
}

export const halfOf = (plan: Plan, a: number, b: number): Half => plan.half.get(halfKey(a, b))!

/** The face on the other side of the edge a>b; -1 outside the frame. */
export const faceAcross = (plan: Plan, a: number, b: number): number => halfOf(plan, b, a).face

export function ringArea(plan: Plan, ring: readonly number[]): number {
  let twice = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    twice += plan.x[ring[j]!]! * plan.y[ring[i]!]! - plan.x[ring[i]!]! * plan.y[ring[j]!]!
  }
  return twice / 2
}

/** Centroid of a ring's surface, in plan metres. */
export function ringCentre(plan: Plan, ring: readonly number[]): [x: number, y: number] {
  const ox = plan.x[ring[0]!]!
  const oy = plan.y[ring[0]!]!
  let twice = 0
  let cx = 0
  let cy = 0
  for (let i = 1; i + 1 < ring.length; i++) {
    const ax = plan.x[ring[i]!]! - ox
    const ay = plan.y[ring[i]!]! - oy
    const bx = plan.x[ring[i + 1]!]! - ox
    const by = plan.y[ring[i + 1]!]! - oy
    const cross = ax * by - bx * ay
    twice += cross
    cx += (ax + bx) * cross
    cy += (ay + by) * cross
  }
  return [ox + cx / (3 * twice), oy + cy / (3 * twice)]
}

/**
 * Cuts a face by the line through (px, py) in the chord's direction. An end that would come within
 * `snapM` of a node takes that node instead. Gives the two new faces (left of the line first), or null
 * when the line misses the face or would leave a piece without a side of its own.
 */
export function cutFace(
  plan: Plan,
  face: number,
  px: number,
  py: number,
  chord: number,
  snapM: number,
): [left: number, right: number] | null {
  const { dx, dy } = plan.chords[chord]!
  const ends = crossings(plan, plan.faces[face]!, px, py, dx, dy, snapM)
  if (!ends) return null
  const [first, second] = ends
  const a = first.node ?? insertNode(plan, first.from, first.to, first.x, first.y)
  const b = second.node ?? insertNode(plan, second.from, second.to, second.x, second.y)
  const ring = plan.faces[face]!
  const at = ring.indexOf(a)
  const to = ring.indexOf(b)
  const [low, high] = at < to ? [at, to] : [to, at]
  const one = ring.slice(low, high + 1)
  const other = [...ring.slice(high), ...ring.slice(0, low + 1)]
  if (isFlat(plan, one) || isFlat(plan, other)) return null
  plan.faces[face] = null
  const [oneFace, otherFace] = [addFace(plan, one), addFace(plan, other)]
  for (const id of [oneFace, otherFace]) {
    const nodes = plan.faces[id]!
    // The last side (back from the ring's end to its start) is the cut itself.
    plan.half.set(halfKey(nodes.at(-1)!, nodes[0]!), { face: id, chord })
  }
  const [cx, cy] = ringCentre(plan, plan.faces[oneFace]!)
  return dx * (cy - py) - dy * (cx - px) > 0 ? [oneFace, otherFace] : [otherFace, oneFace]
}

interface Crossing {
  from: number
  to: number
  x: number
  y: number
  /** An existing node that is near enough to serve. */
  node: number | null
}

function crossings(
  plan: Plan,
  ring: readonly number[],
  px: number,
  py: number,
  dx: number,
  dy: number,
  snapM: number,
): [Crossing, Crossing] | null {
  const side = (n: number) => dx * (plan.y[n]! - py) - dy * (plan.x[n]! - px)
  const found: Crossing[] = []
  for (let i = 0; i < ring.length; i++) {
    const from = ring[i]!
    const to = ring[(i + 1) % ring.length]!
    const sa = side(from)
    const sb = side(to)
    if (sa >= 0 === sb >= 0) continue
    const t = sa / (sa - sb)
    const x = plan.x[from]! + t * (plan.x[to]! - plan.x[from]!)
    const y = plan.y[from]! + t * (plan.y[to]! - plan.y[from]!)
    const near = [from, to].find(n => Math.hypot(plan.x[n]! - x, plan.y[n]! - y) < snapM) ?? null
    found.push({ from, to, x, y, node: near })
  }
  const [a, b] = found
  if (!a || !b || (a.node !== null && a.node === b.node)) return null
  return [a, b]
}

/** Whether all nodes lie on one line, so that the ring encloses nothing. */
function isFlat(plan: Plan, ring: readonly number[]): boolean {
  if (ring.length < 3) return true
  const length = Math.hypot(
    plan.x[ring.at(-1)!]! - plan.x[ring[0]!]!,
    plan.y[ring.at(-1)!]! - plan.y[ring[0]!]!,
  )
  return ringArea(plan, ring) < length * 2
}

function insertNode(plan: Plan, from: number, to: number, x: number, y: number): number {
  const node = plan.x.push(x) - 1
  plan.y.push(y)
  for (const [a, b] of [
    [from, to],
    [to, from],
  ] as const) {
    const half = halfOf(plan, a, b)
    plan.half.delete(halfKey(a, b))
    plan.half.set(halfKey(a, node), { ...half })
    plan.half.set(halfKey(node, b), { ...half })
    const ring = half.face >= 0 ? plan.faces[half.face] : null
    if (ring) ring.splice(ring.indexOf(a) + 1, 0, node)
  }
  return node
}

function addFace(plan: Plan, ring: number[]): number {
  const id = plan.faces.push(ring) - 1
  for (let i = 0; i + 1 < ring.length; i++) halfOf(plan, ring[i]!, ring[i + 1]!).face = id
  return id
}
