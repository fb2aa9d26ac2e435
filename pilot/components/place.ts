/**
 * Places the things of one class: how many on which track, then one after the other along it. When more
 * are asked for than stand at the usual distance, all tracks are taken and the distance shrinks.
 */
import type { Random } from '../random.ts'
import { between, hash } from '../random.ts'
import type { SurveyClass } from './class-row.ts'
import type { LocateBlock } from './locate-block.ts'
import type { Track, Tracks } from './tracks.ts'

export interface Placed {
  /** Flat points: one for a point, several for a line, a counter-clockwise ring for a surface. */
  geometry: number[]
  /** What `LocateBlock` says of it. */
  block: number
  street: number
}

interface Load {
  track: Track
  count: number
}

/** Calls `emit` exactly `total` times, along each track in turn. */
export function placeClass(
  c: SurveyClass,
  total: number,
  tracks: Tracks,
  locate: LocateBlock,
  random: Random,
  emit: (placed: Placed) => void,
): void {
  for (const { track, count } of loadsOf(c, total, tracks)) {
    const sides =
      Math.abs(c.across[0]) >= 0.6
        ? ([1, -1] as const)
        : ([hash(`${c.code}/${track.street}`) & 1 ? 1 : -1] as const)
    let left = count
    sides.forEach((side, i) => {
      const onSide = i === sides.length - 1 ? left : Math.ceil(count / 2)
      left -= onSide
      alongTrack(c, track, side, onSide, locate, random, emit)
    })
  }
}

/** How many of a class each track takes, in the order of the tracks. */
function loadsOf(c: SurveyClass, total: number, tracks: Tracks): Load[] {
  const sides = Math.abs(c.across[0]) >= 0.6 ? 2 : 1
  const all = c.hosts.flatMap((host, rank) =>
    tracks[host].map((track, i) => {
      const groups = Math.max(1, Math.round(track.lengthM / c.gapM))
      // A stretch much shorter than the usual distance seldom has one at all.
      const chance = Math.min(1, (2 * track.lengthM) / c.gapM)
      const draw = ((hash(`${c.code}/${host}/${i}`) >>> 0) / 4294967296) * (1 + rank * 0.8)
      return { track, room: groups * c.cluster[0] * sides, order: c.code === '0208' ? rank : draw / chance }
    }),
  )
  const room = all.reduce((sum, t) => sum + t.room, 0)
  if (total < room) return fill(all, total)
  // Everything is full: share out what is asked for by length.
  const lengthM = all.reduce((sum, t) => sum + t.track.lengthM, 0)
  let passed = 0
  let given = 0
  return all.map(({ track }) => {
    passed += track.lengthM
    const upTo = Math.round((passed / lengthM) * total)
    const count = upTo - given
    given = upTo
    return { track, count }
  })
}

function fill(all: readonly { track: Track; room: number; order: number }[], total: number): Load[] {
  const byOrder = all.map((_, i) => i).sort((a, b) => all[a]!.order - all[b]!.order || a - b)
  const counts = new Map<number, number>()
  let left = total
  for (const i of byOrder) {
    if (left === 0) break
    const count = Math.min(left, all[i]!.room)
    counts.set(i, count)
    left -= count
  }
  return [...counts.keys()].sort((a, b) => a - b).map(i => ({ track: all[i]!.track, count: counts.get(i)! }))
}

function alongTrack(
  c: SurveyClass,
  track: Track,
  side: 1 | -1,
  count: number,
  locate: LocateBlock,
  random: Random,
  emit: (placed: Placed) => void,
): void {
  if (count === 0) return
  const [size, gapM] = c.cluster
  const groups = Math.ceil(count / size)
  const stepM = track.lengthM / groups
  // A row of trees or lamps keeps its line; each street has its own.
  const edge = between(random, c.across[0], c.across[1]) * track.halfM
  // A lawn lies beside the pavement, not on it.
  const across = (c.kind === 'polygon' && c.across[0] >= 0.9 ? edge + c.size[1] / 2 : edge) * side
  const walk = walker(track.line)
  let middle = 0
  for (let k = 0; k < count; k++) {
    // a group moves as one: its covers lie side by side and never on each other
    if (k % size === 0) middle = (k / size + 0.5 + between(random, -0.12, 0.12)) * stepM
    const at = middle + ((k % size) - (size - 1) / 2) * Math.min(gapM, stepM / size)
    const off = across + between(random, -0.12, 0.12)
    emit(placeAt(c, track, walk, at, off, locate))
  }
}

function placeAt(
  c: SurveyClass,
  track: Track,
  walk: Walker,
  at: number,
  off: number,
  locate: LocateBlock,
): Placed {
  for (const [along, across] of [
    [at, off],
    // On a street along the district's border the far side is not ours: take the near one.
    [at, -off],
    ...[0.5, 0.3, 0.7].flatMap(part => [0.3, -0.3].map(m => [track.lengthM * part, m] as const)),
  ] as const) {
    const { x, y, dx, dy } = walk(Math.min(track.lengthM, Math.max(0, along)))
    const px = x - dy * across
    const py = y + dx * across
    const block = locate(px, py)
    if (block < 0) continue
    return { geometry: shapeAt(c, track, walk, along, px, py, dx, dy, across), block, street: track.street }
  }
  throw new Error(`nothing of class ${c.code} can stand on street ${track.street}`)
}

function shapeAt(
  c: SurveyClass,
  track: Track,
  walk: Walker,
  at: number,
  px: number,
  py: number,
  dx: number,
  dy: number,
  off: number,
): number[] {
  if (c.kind === 'point') return [millimetre(px), millimetre(py)]
  if (c.kind === 'line') return lineAlong(walk, at, Math.min(c.size[0], track.lengthM), track.lengthM, off)
  // A size of nothing means the track's own: a bridge.
  const l = (c.size[0] || track.lengthM) / 2
  const w = (c.size[1] || track.halfM * 2) / 2
  const corners = [-l, -w, l, -w, l, w, -l, w]
  const ring: number[] = []
  for (let i = 0; i < 8; i += 2) {
    ring.push(
      millimetre(px + dx * corners[i]! - dy * corners[i + 1]!),
      millimetre(py + dy * corners[i]! + dx * corners[i + 1]!),
    )
  }
  return ring
}

function lineAlong(walk: Walker, at: number, lengthM: number, wholeM: number, off: number): number[] {
  const from = Math.max(0, Math.min(at - lengthM / 2, wholeM - lengthM))
  const steps = Math.max(1, Math.ceil(lengthM / 15))
  const line: number[] = []
  for (let i = 0; i <= steps; i++) {
    const { x, y, dx, dy } = walk(from + (lengthM * i) / steps)
    line.push(millimetre(x - dy * off), millimetre(y + dx * off))
  }
  return line
}

const millimetre = (v: number): number => Math.round(v * 1000) / 1000

type Walker = (along: number) => { x: number; y: number; dx: number; dy: number }

/** Gives the place and direction on a line at a distance from its start; quick when asked in order. */
function walker(line: readonly number[]): Walker {
  let i = 0
  let before = 0
  return along => {
    if (along < before) {
      i = 0
      before = 0
    }
    for (;;) {
      const dx = line[i + 2]! - line[i]!
      const dy = line[i + 3]! - line[i + 1]!
      const length = Math.hypot(dx, dy)
      if (along - before <= length || i + 5 >= line.length) {
        const t = (along - before) / length
        return { x: line[i]! + dx * t, y: line[i + 1]! + dy * t, dx: dx / length, dy: dy / length }
      }
      before += length
      i += 2
    }
  }
}
