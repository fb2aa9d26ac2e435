/**
 * Who the ground belongs to: three towns, villages in them, areas in those. Towns grow from their
 * centres and stop at rivers; villages and areas are merged from blocks. An area is as large as a
 * committee member can look after, and a village has three to six of them.
 */
import type { Random } from '../random.ts'
import { between, streamOf } from '../random.ts'
import type { Centre } from './character.ts'
import type { Borders, MergeItem } from './merge.ts'
import { mergeInto } from './merge.ts'
import type { ChordKind, Plan } from './plan.ts'
import { halfOf, ringArea, ringCentre } from './plan.ts'
import type { Use } from './use.ts'
import { bustle } from './use.ts'

export interface Member {
  face: number
  use: Use
}

/** Town, village and area of every block, each numbered from 0 over the whole district. */
export interface Divisions {
  townOf: number[]
  villageOf: number[]
  areaOf: number[]
  townOfVillage: number[]
  villageOfArea: number[]
}

/** How easily a grid reaches across a line: 1 for a lane, next to nothing for a river. */
const softness: Record<ChordKind, number> = {
  frame: 0,
  shore: 0,
  river: 0.05,
  viaduct: 0.08,
  arterial: 0.16,
  secondary: 0.45,
  canal: 0.5,
  local: 0.85,
  lane: 1,
  strip: 1,
}

/** What crossing a line adds to the way from a town's centre, in metres. */
const detourM: Partial<Record<ChordKind, number>> = { river: 900, viaduct: 350, arterial: 150 }

export function divide(
  seed: number,
  plan: Plan,
  blocks: readonly Member[],
  centres: readonly Centre[],
  villageCount: number,
  areaCount: number,
): Divisions {
  const random = streamOf(seed, 'divisions')
  const blockAt = new Map(blocks.map(({ face }, i) => [face, i]))
  const items = blocks.map(({ face, use }, id): MergeItem => {
    const areaM2 = ringArea(plan, plan.faces[face]!)
    return { id, areaM2, mass: areaM2 * bustle[use] }
  })
  const borders = softBorders(plan, blocks, blockAt)
  const townOf = growTowns(plan, blocks, blockAt, centres)
  const towns = centres.map((_, town) => items.filter(item => townOf[item.id] === town))
  const shares = apportion(
    towns.map(list => sumMass(list)),
    villageCount,
  )
  const villages = towns.flatMap((list, town) => {
    const groupOf = mergeInto(list, borders, shares[town]!)
    return Array.from({ length: shares[town]! }, (_, g) => ({
      town,
      members: list.filter(item => groupOf.get(item.id) === g),
    }))
  })
  const counts = areaCounts(
    villages.map(v => v.members),
    areaCount,
    random,
  )
  const out: Divisions = { townOf, villageOf: [], areaOf: [], townOfVillage: [], villageOfArea: [] }
  villages.forEach(({ town, members }, village) => {
    out.townOfVillage.push(town)
    const groupOf = mergeInto(members, borders, counts[village]!)
    const first = out.villageOfArea.length
    for (const { id } of members) {
      out.villageOf[id] = village
      out.areaOf[id] = first + groupOf.get(id)!
    }
    for (let g = 0; g < counts[village]!; g++) out.villageOfArea.push(village)
  })
  return out
}

export function softBorders(
  plan: Plan,
  blocks: readonly Member[],
  blockAt: ReadonlyMap<number, number>,
): Borders {
  const borders = new Map<number, Map<number, number>>()
  blocks.forEach(({ face }, id) => {
    const mine = new Map<number, number>()
    eachSide(plan, face, (a, b, across, chord) => {
      const other = blockAt.get(across)
      if (other === undefined) return
      const length = Math.hypot(plan.x[b]! - plan.x[a]!, plan.y[b]! - plan.y[a]!)
      mine.set(other, (mine.get(other) ?? 0) + length * softness[plan.chords[chord]!.kind])
    })
    borders.set(id, mine)
  })
  return borders
}

function eachSide(
  plan: Plan,
  face: number,
  visit: (a: number, b: number, across: number, chord: number) => void,
): void {
  const ring = plan.faces[face]!
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!
    const { face: across, chord } = halfOf(plan, b, a)
    visit(a, b, across, chord)
  })
}

/** Each block goes to the town whose centre is the shortest way off, over blocks, with detours at rivers. */
function growTowns(
  plan: Plan,
  blocks: readonly Member[],
  blockAt: ReadonlyMap<number, number>,
  centres: readonly Centre[],
): number[] {
  const at = blocks.map(({ face }) => ringCentre(plan, plan.faces[face]!))
  const wayM = blocks.map(() => Infinity)
  const townOf = blocks.map(() => -1)
  const open = new Set<number>()
  centres.forEach((centre, town) => {
    const off = at.map(([x, y]) => Math.hypot(x - centre.x, y - centre.y))
    const start = off.indexOf(Math.min(...off))
    wayM[start] = 0
    townOf[start] = town
    open.add(start)
  })
  while (open.size > 0) {
    const here = [...open].reduce((a, b) => (wayM[a]! <= wayM[b]! ? a : b))
    open.delete(here)
    eachSide(plan, blocks[here]!.face, (_a, _b, across, chord) => {
      const next = blockAt.get(across)
      if (next === undefined) return
      const [x, y] = at[here]!
      const [nx, ny] = at[next]!
      // A larger town reaches further.
      const stretch = Math.sqrt(1700 / centres[townOf[here]!]!.reachM)
      const way =
        wayM[here]! + Math.hypot(nx - x, ny - y) * stretch + (detourM[plan.chords[chord]!.kind] ?? 0)
      if (way >= wayM[next]!) return
      wayM[next] = way
      townOf[next] = townOf[here]!
      open.add(next)
    })
  }
  return townOf
}

const sumMass = (items: readonly MergeItem[]): number => items.reduce((sum, item) => sum + item.mass, 0)

/** Shares `total` whole units by weight (largest remainder), at least one each. */
export function apportion(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const exact = weights.map(w => (w / sum) * total)
  const shares = exact.map(e => Math.max(1, Math.floor(e)))
  const byRemainder = exact
    .map((_, i) => i)
    .sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b)
  let left = total - shares.reduce((a, b) => a + b, 0)
  for (let i = 0; left > 0; i = (i + 1) % byRemainder.length, left--) shares[byRemainder[i]!]!++
  while (left < 0) {
    shares[shares.indexOf(Math.max(...shares))]!--
    left++
  }
  return shares
}

/** Three to six areas a village, more in the heavier ones, `total` over all; never more than it has blocks. */
function areaCounts(villages: readonly (readonly MergeItem[])[], total: number, random: Random): number[] {
  const most = villages.map(v => Math.min(6, v.length))
  const least = villages.map((_, i) => Math.min(3, most[i]!))
  const mean = villages.reduce((sum, v) => sum + sumMass(v), 0) / villages.length
  const wish = villages.map(v => 4 * (sumMass(v) / mean) ** 0.7 + between(random, -0.8, 0.8))
  const counts = wish.map((w, i) => Math.min(most[i]!, Math.max(least[i]!, Math.round(w))))
  for (;;) {
    const left = total - counts.reduce((a, b) => a + b, 0)
    if (left === 0) return counts
    const step = Math.sign(left)
    const free = counts
      .map((_, i) => i)
      .filter(i => (step > 0 ? counts[i]! < most[i]! : counts[i]! > least[i]!))
    if (free.length === 0) throw new Error(`${villages.length} villages cannot have ${total} areas`)
    const next = free.reduce((a, b) =>
      (wish[a]! - counts[a]!) * step >= (wish[b]! - counts[b]!) * step ? a : b,
    )
    counts[next]! += step
  }
}
