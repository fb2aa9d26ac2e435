/**
 * Leaves pieces of ground to nobody: strips between walls, river banks, the ground under a viaduct,
 * requisitioned plots. Each is cut from a block on the border of its area, shares no point with another
 * piece or with the outline of the district, and leaves its area in one piece.
 *
 *      +-----------+
 *      |   block   |      area A
 *      +-----------+ - - - cut, `deepM` from the side
 *      |###########|      nobody
 *      +-----------+      side towards area B
 */
import type { Random } from '../random.ts'
import { between, shuffle, streamOf } from '../random.ts'
import type { ChordKind, Plan } from './plan.ts'
import { addChord, cutFace, halfOf } from './plan.ts'

export type PieceKind = 'wall strip' | 'river bank' | 'under viaduct' | 'requisitioned plot'

export interface Piece {
  face: number
  kind: PieceKind
  /** The village around it when one village is all around, else null. */
  village: number | null
  town: number
}

export interface Holding {
  face: number
  area: number
  village: number
  town: number
}

/**
 * Cuts `count` pieces. `holdings` (the blocks and whose they are) is changed in place: a block that loses
 * ground keeps the rest; a cut that turns out unfit stays as two blocks of the same area.
 */
export function cutUnclaimed<H extends Holding>(
  seed: number,
  plan: Plan,
  holdings: H[],
  count: number,
  halfWidthM: (chord: number) => number,
): Piece[] {
  const random = streamOf(seed, 'unclaimed')
  const taken = outlineNodes(plan, holdings)
  const pieces: Piece[] = []
  const order = shuffle(
    random,
    holdings.map((_, i) => i),
  )
  // Two rounds: a block large enough may give a second piece when many are wanted.
  for (const i of [...order, ...order]) {
    if (pieces.length >= count) break
    const piece = cutOne(plan, holdings, i, taken, halfWidthM, random)
    if (!piece) continue
    pieces.push(piece)
    for (const n of plan.faces[piece.face]!) taken.add(n)
  }
  if (pieces.length < count)
    throw new RangeError(`at most ${pieces.length} unclaimed pieces find room, not ${count}`)
  return pieces
}

function cutOne<H extends Holding>(
  plan: Plan,
  holdings: H[],
  i: number,
  taken: ReadonlySet<number>,
  halfWidthM: (chord: number) => number,
  random: Random,
): Piece | null {
  const block = holdings[i]!
  const ownerAt = new Map(holdings.map((h, k) => [h.face, k]))
  const sides = shuffle(random, straightSides(plan, plan.faces[block.face]!))
  for (const side of sides) {
    if (side.some(n => taken.has(n))) continue
    const across = side
      .slice(0, -1)
      .map((a, k) => holdings[ownerAt.get(halfOf(plan, side[k + 1]!, a).face) ?? -1])
    if (across.some(other => !other || other.area === block.area)) continue
    const { chord } = halfOf(plan, side[0]!, side[1]!)
    const form = formOf(plan.chords[chord]!.kind, halfWidthM(chord), random)
    const parts = cutAlong(plan, block.face, side, form.deepM)
    if (!parts) continue
    const [piece, rest] = parts
    holdings[i] = { ...block, face: rest }
    const sound =
      plan.faces[piece]!.every(n => !taken.has(n)) && isOnePiece(plan, holdings, block.area, new Set([piece]))
    if (!sound) {
      holdings.push({ ...block, face: piece })
      return null
    }
    const villages = new Set([block.village, ...across.map(other => other!.village)])
    return {
      face: piece,
      kind: form.kind,
      village: villages.size === 1 ? block.village : null,
      town: block.town,
    }
  }
  return null
}

function formOf(kind: ChordKind, halfM: number, random: Random): { kind: PieceKind; deepM: number } {
  if (kind === 'river' || kind === 'canal')
    return { kind: 'river bank', deepM: halfM + between(random, 7, 22) }
  if (kind === 'viaduct') return { kind: 'under viaduct', deepM: between(random, 16, 30) }
  if (random() < 0.25) return { kind: 'requisitioned plot', deepM: between(random, 45, 90) }
  return { kind: 'wall strip', deepM: halfM + between(random, 4, 11) }
}

/** Cuts parallel to a side, `deepM` inside it; gives the strip and the rest, or null when the block is too shallow. */
function cutAlong(
  plan: Plan,
  face: number,
  side: readonly number[],
  deepM: number,
): [piece: number, rest: number] | null {
  const a = side[0]!
  const b = side.at(-1)!
  const length = Math.hypot(plan.x[b]! - plan.x[a]!, plan.y[b]! - plan.y[a]!)
  const ux = (plan.x[b]! - plan.x[a]!) / length
  const uy = (plan.y[b]! - plan.y[a]!) / length
  const deepest = Math.max(
    ...plan.faces[face]!.map(n => ux * (plan.y[n]! - plan.y[a]!) - uy * (plan.x[n]! - plan.x[a]!)),
  )
  if (length < 35 || deepest < deepM * 1.6 + 15) return null
  const parts = cutFace(
    plan,
    face,
    plan.x[a]! - uy * deepM,
    plan.y[a]! + ux * deepM,
    addChord(plan, 'strip', ux, uy),
    3,
  )
  // The line runs with the side, so the strip is on its right.
  return parts && [parts[1], parts[0]]
}

/** The straight stretches of a ring, each as its nodes from corner to corner. */
function straightSides(plan: Plan, ring: readonly number[]): number[][] {
  const n = ring.length
  const isCorner = (i: number) => {
    const [p, c, q] = [ring[(i + n - 1) % n]!, ring[i % n]!, ring[(i + 1) % n]!]
    const ux = plan.x[c]! - plan.x[p]!
    const uy = plan.y[c]! - plan.y[p]!
    const vx = plan.x[q]! - plan.x[c]!
    const vy = plan.y[q]! - plan.y[c]!
    return Math.abs(ux * vy - uy * vx) > 0.05 * Math.hypot(ux, uy) * Math.hypot(vx, vy)
  }
  const corners = ring.map((_, i) => i).filter(isCorner)
  return corners.map((from, k) => {
    const to = corners[(k + 1) % corners.length]!
    const steps = (to - from + n) % n || n
    return Array.from({ length: steps + 1 }, (_, s) => ring[(from + s) % n]!)
  })
}

function outlineNodes(plan: Plan, holdings: readonly Holding[]): Set<number> {
  const inside = new Set(holdings.map(h => h.face))
  const nodes = new Set<number>()
  for (const face of inside) {
    const ring = plan.faces[face]!
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!
      if (!inside.has(halfOf(plan, b, a).face)) nodes.add(a).add(b)
    })
  }
  return nodes
}

/** Whether the blocks of an area hang together by their sides. */
function isOnePiece(
  plan: Plan,
  holdings: readonly Holding[],
  area: number,
  without: ReadonlySet<number>,
): boolean {
  const faces = new Set(holdings.filter(h => h.area === area && !without.has(h.face)).map(h => h.face))
  const open = [...faces].slice(0, 1)
  const reached = new Set(open)
  while (open.length > 0) {
    const ring = plan.faces[open.pop()!]!
    ring.forEach((a, i) => {
      const next = halfOf(plan, ring[(i + 1) % ring.length]!, a).face
      if (faces.has(next) && !reached.has(next)) {
        reached.add(next)
        open.push(next)
      }
    })
  }
  return reached.size === faces.size
}
