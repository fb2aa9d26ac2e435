/**
 * Streets and waters as lines: edges of the plan that lie on one street, joined end to end. A street
 * that meets a river from one side ends at its bank; one that goes on across it gives a bridge.
 */
import { hash } from '../random.ts'
import { flatLength } from './measure.ts'
import { trimLine } from './offset.ts'
import type { ChordKind, Plan } from './plan.ts'
import { halfOf } from './plan.ts'
import type { Flat, Shape } from './shape.ts'

/** A stretch of one street or water that can be followed from end to end. */
export interface Run {
  kind: ChordKind
  /** Runs of one street or water share this number. */
  street: number
  halfM: number
  line: Flat
  nodes: number[]
}

export interface Bridge {
  x: number
  y: number
  /** Unit direction of the street. */
  dx: number
  dy: number
  lengthM: number
  widthM: number
  street: number
  water: number
}

const isWater = (kind: ChordKind): boolean => kind === 'river' || kind === 'canal'
const isStreet = (kind: ChordKind): boolean =>
  ['viaduct', 'arterial', 'secondary', 'local', 'lane'].includes(kind)

/** Half the width in metres, pavements or banks included; streets of a kind differ a little. */
export function halfWidthOf(plan: Plan, chord: number): number {
  const { kind, street } = plan.chords[chord]!
  const vary = 0.85 + ((hash(`width/${street}`) >>> 8) % 100) / 333
  return halfWidths[kind] * vary
}

const halfWidths: Record<ChordKind, number> = {
  frame: 0,
  shore: 0,
  river: 27,
  viaduct: 21,
  arterial: 19,
  secondary: 12,
  canal: 6,
  local: 7.5,
  lane: 3.8,
  strip: 0.4,
}

/** Joins chords that go on across a wider line with nearly the same bearing: they become one street. */
export function joinStreets(plan: Plan): void {
  const at = new Map<number, { chord: number; dx: number; dy: number }[]>()
  for (const [key, { chord }] of plan.half) {
    const from = Math.floor(key / 67108864)
    const to = key % 67108864
    const dx = plan.x[to]! - plan.x[from]!
    const dy = plan.y[to]! - plan.y[from]!
    const length = Math.hypot(dx, dy)
    const list = at.get(from) ?? at.set(from, []).get(from)!
    list.push({ chord, dx: dx / length, dy: dy / length })
  }
  const first = (chord: number): number => {
    const { street } = plan.chords[chord]!
    return street === chord ? chord : (plan.chords[chord]!.street = first(street))
  }
  for (const ways of at.values()) {
    for (const a of ways) {
      for (const b of ways) {
        if (plan.chords[a.chord]!.kind !== plan.chords[b.chord]!.kind) continue
        if (a.dx * b.dx + a.dy * b.dy > -0.97) continue
        const [low, high] = [first(a.chord), first(b.chord)].sort((p, q) => p - q) as [number, number]
        plan.chords[high]!.street = low
      }
    }
  }
  for (const chord of plan.chords.keys()) first(chord)
}

/** All streets and waters among the sides of `faces`, in a fixed order. */
export function runsOf(plan: Plan, shape: Shape, faces: ReadonlySet<number>, lakeFace: number): Run[] {
  const byStreet = new Map<number, Map<number, number[]>>()
  for (const face of faces) {
    const ring = plan.faces[face]!
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!
      const across = halfOf(plan, b, a).face
      if (across === lakeFace || (faces.has(across) && a > b)) return
      const { kind, street } = plan.chords[halfOf(plan, a, b).chord]!
      if (!isWater(kind) && !isStreet(kind)) return
      const ways = byStreet.get(street) ?? byStreet.set(street, new Map()).get(street)!
      for (const [p, q] of [
        [a, b],
        [b, a],
      ] as const) {
        const list = ways.get(p)
        if (list) list.push(q)
        else ways.set(p, [q])
      }
    })
  }
  return [...byStreet.keys()]
    .sort((a, b) => a - b)
    .flatMap(street => chains(plan, byStreet.get(street)!).map(nodes => runOf(plan, shape, street, nodes)))
}

function runOf(plan: Plan, shape: Shape, street: number, nodes: number[]): Run {
  const line = nodes.slice(0, -1).flatMap((a, i) => shape.chain(a, nodes[i + 1]!))
  line.push(...shape.node(nodes.at(-1)!))
  return { kind: plan.chords[street]!.kind, street, halfM: halfWidthOf(plan, street), line, nodes }
}

/** Takes a street's edges apart into node chains, going straight on at every node. */
function chains(plan: Plan, ways: Map<number, number[]>): number[][] {
  const out: number[][] = []
  const starts = [...ways.keys()].sort((a, b) => ways.get(a)!.length - ways.get(b)!.length || a - b)
  for (const start of starts) {
    while (ways.get(start)!.length > 0) {
      const nodes = [start]
      let here = start
      for (;;) {
        const before = nodes.at(-2)
        const open = ways.get(here)!
        const next = open.reduce<number | null>((best, n) => {
          if (before === undefined) return best ?? n
          const bend = straightness(plan, before, here, n)
          if (bend < 0.5) return best
          return best === null || bend > straightness(plan, before, here, best) ? n : best
        }, null)
        if (next === null) break
        open.splice(open.indexOf(next), 1)
        const back = ways.get(next)!
        back.splice(back.indexOf(here), 1)
        nodes.push(next)
        here = next
      }
      if (nodes.length < 2) break
      out.push(nodes)
    }
  }
  return out
}

function straightness(plan: Plan, a: number, b: number, c: number): number {
  const ux = plan.x[b]! - plan.x[a]!
  const uy = plan.y[b]! - plan.y[a]!
  const vx = plan.x[c]! - plan.x[b]!
  const vy = plan.y[c]! - plan.y[b]!
  return (ux * vx + uy * vy) / (Math.hypot(ux, uy) * Math.hypot(vx, vy))
}

/** Ends streets at the banks of the waters they do not cross; gives what is left of them, and the bridges. */
export function bridgeWaters(
  runs: readonly Run[],
  shape: Shape,
): { streets: Run[]; waters: Run[]; bridges: Bridge[] } {
  const waters = runs.filter(run => isWater(run.kind))
  const waterAt = new Map<number, Run>()
  for (const run of waters)
    for (const n of run.nodes) if ((waterAt.get(n)?.halfM ?? 0) < run.halfM) waterAt.set(n, run)
  const streets: Run[] = []
  const bridges: Bridge[] = []
  for (const run of runs) {
    if (!isStreet(run.kind)) continue
    const bankM = (node: number) => {
      const water = waterAt.get(node)
      return water ? water.halfM + (water.kind === 'river' ? 9 : 3) : 0
    }
    const line = trimLine(run.line, bankM(run.nodes[0]!), bankM(run.nodes.at(-1)!))
    if (!line || flatLength(line) < 8) continue
    streets.push({ ...run, line })
    run.nodes.slice(1, -1).forEach(n => {
      const water = waterAt.get(n)
      if (water) bridges.push(bridgeAt(run, shape.node(n), water))
    })
  }
  return { streets, waters, bridges }
}

function bridgeAt(run: Run, node: readonly [x: number, y: number], water: Run): Bridge {
  const [x, y] = node
  let at = 0
  for (let i = 2; i < run.line.length; i += 2) {
    const off = Math.hypot(run.line[i]! - x, run.line[i + 1]! - y)
    if (off < Math.hypot(run.line[at]! - x, run.line[at + 1]! - y)) at = i
  }
  const from = Math.max(0, at - 2)
  const to = Math.min(run.line.length - 2, at + 2)
  const dx = run.line[to]! - run.line[from]!
  const dy = run.line[to + 1]! - run.line[from + 1]!
  const length = Math.hypot(dx, dy)
  return {
    x,
    y,
    dx: dx / length,
    dy: dy / length,
    lengthM: water.halfM * 2 + 14,
    widthM: run.halfM * 1.5,
    street: run.street,
    water: water.street,
  }
}
