/**
 * The lines things stand along: the stretches of streets between two junctions, corners, paths of
 * estates, rows across parks and works, river banks, bridges. Made once; every class draws from them.
 */
import type { Block, District } from '../ground/district.ts'
import { flatLength } from '../ground/measure.ts'
import { reversed, trimLine } from '../ground/offset.ts'
import { rowsAcross } from '../ground/rows.ts'
import type { Run } from '../ground/streets.ts'
import type { Use } from '../ground/use.ts'
import type { Host } from './class-row.ts'
import type { LocateBlock } from './locate-block.ts'

export interface Track {
  line: readonly number[]
  lengthM: number
  /** Half the width of the street, or of the strip of ground along the line. */
  halfM: number
  /** Things on one street have the same owner and maintainer. */
  street: number
}

export type Tracks = Record<Host, Track[]>

export function tracksOf(district: District, locate: LocateBlock): Tracks {
  const { blocks } = district
  const stretches = stretchesOf(district)
  const ofKind = (...kinds: Run['kind'][]) => stretches.filter(s => kinds.includes(s.kind)).map(s => s.track)
  const all: Tracks = {
    main: ofKind('viaduct', 'arterial', 'secondary'),
    side: ofKind('local'),
    lane: ofKind('lane'),
    path: district.paths.map(({ line, block }) => trackOf(line, 3, -10 - block)),
    park: rowsIn(blocks, ['park', 'wood'], 26, 7),
    works: rowsIn(blocks, ['industry', 'storage', 'works'], 55, 12),
    fields: rowsIn(blocks, ['field', 'wood'], 110, 30),
    bank: district.waterRuns.flatMap(run =>
      cut(run.line, 160).map(line => trackOf(line, run.halfM, run.street)),
    ),
    junction: stretches.flatMap(s => s.corners),
    estate: rowsIn(blocks, ['residential', 'hamlet'], 34, 6),
    public: rowsIn(blocks, ['commercial', 'office', 'school', 'health', 'government'], 45, 9),
    bridge: bridgesOf(district),
  }
  for (const host of Object.keys(all) as Host[])
    all[host] = all[host].filter(track => isInside(track, locate))
  return all
}

/** Whether the middle of a track is in the district, on one side of it at least. */
function isInside({ line }: Track, locate: LocateBlock): boolean {
  const i = (line.length >> 2) << 1
  const [ax, ay, bx, by] = [line[i - 2]!, line[i - 1]!, line[i]!, line[i + 1]!]
  const length = Math.hypot(bx - ax, by - ay)
  const [nx, ny] = [(-(by - ay) / length) * 0.3, ((bx - ax) / length) * 0.3]
  return [1, -1].some(side => locate((ax + bx) / 2 + nx * side, (ay + by) / 2 + ny * side) >= 0)
}

const trackOf = (line: readonly number[], halfM: number, street: number): Track => ({
  line,
  lengthM: flatLength(line),
  halfM,
  street,
})

interface Stretch {
  kind: Run['kind']
  track: Track
  /** The first metres after each junction, seen from it. */
  corners: Track[]
}

const cornerM = 13

/** Streets cut at their junctions, without the junctions themselves and the water under bridges. */
function stretchesOf({ streets, waterRuns, plan, shape }: District): Stretch[] {
  const widest = new Map<number, { street: number; halfM: number; count: number }[]>()
  for (const run of [...streets, ...waterRuns]) {
    for (const n of run.nodes) {
      const list = widest.get(n) ?? widest.set(n, []).get(n)!
      const known = list.find(w => w.street === run.street)
      if (known) known.count++
      else list.push({ street: run.street, halfM: run.halfM, count: 1 })
    }
  }
  const clearM = (node: number, own: number) =>
    Math.max(0, ...(widest.get(node) ?? []).filter(w => w.street !== own).map(w => w.halfM))
  return streets.flatMap((run): Stretch[] => {
    // Roads along a bank have no nodes of the plan under them.
    if (run.street < 0) {
      return cut(run.line, 150).map(line => ({
        kind: run.kind,
        track: trackOf(line, run.halfM, run.street),
        corners: [],
      }))
    }
    const joints = run.nodes.filter(
      (n, i) => i === 0 || i === run.nodes.length - 1 || clearM(n, run.street) > 0,
    )
    return joints.slice(1).flatMap((to, i) => {
      const from = joints[i]!
      const nodes = run.nodes.slice(
        run.nodes.indexOf(from),
        run.nodes.indexOf(to, run.nodes.indexOf(from) + 1) + 1,
      )
      const whole = nodes.slice(0, -1).flatMap((a, k) => shape.chain(a, nodes[k + 1]!))
      whole.push(...shape.node(to))
      const ends = [clearM(from, run.street), clearM(to, run.street)] as const
      const line = trimLine(whole, ends[0] + 2, ends[1] + 2)
      if (!line || flatLength(line) < 6) return []
      const track = trackOf(line, run.halfM, run.street)
      const corners = plan.chords[run.street]!.kind === 'lane' ? [] : cornersOf(track, ends)
      return [{ kind: run.kind, track, corners }]
    })
  })
}

function cornersOf(track: Track, ends: readonly [number, number]): Track[] {
  if (track.lengthM < cornerM * 2) return []
  return [track.line, reversed(track.line)].flatMap((line, i) => {
    if (ends[i]! < 5) return []
    const first = trimLine(line, 0, track.lengthM - cornerM)
    return first ? [trackOf(first, track.halfM, track.street)] : []
  })
}

function rowsIn(blocks: readonly Block[], uses: readonly Use[], gapM: number, halfM: number): Track[] {
  return blocks.flatMap(({ use, ground }, block) =>
    ground && uses.includes(use)
      ? rowsAcross(ground, gapM, 20).map(line => trackOf(line, halfM, -10 - block))
      : [],
  )
}

/** Road bridges first, then footbridges all along the waters. */
function bridgesOf({ bridges, waterRuns }: District): Track[] {
  const across = (
    x: number,
    y: number,
    dx: number,
    dy: number,
    lengthM: number,
    widthM: number,
    street: number,
  ) =>
    trackOf(
      [x - (dx * lengthM) / 2, y - (dy * lengthM) / 2, x + (dx * lengthM) / 2, y + (dy * lengthM) / 2],
      widthM / 2,
      street,
    )
  const roads = bridges.map(b => across(b.x, b.y, b.dx, b.dy, b.lengthM, b.widthM, b.street))
  const foot = waterRuns.flatMap(run =>
    cut(run.line, 24).map(([ax, ay, bx, by]) => {
      const length = Math.hypot(bx! - ax!, by! - ay!)
      return across(
        (ax! + bx!) / 2,
        (ay! + by!) / 2,
        -(by! - ay!) / length,
        (bx! - ax!) / length,
        run.halfM * 2 + 6,
        3,
        run.street,
      )
    }),
  )
  return [...roads, ...foot]
}

/** A line in pieces of about `pieceM` metres, cut at its points. */
function cut(line: readonly number[], pieceM: number): number[][] {
  const pieces: number[][] = []
  let piece = [line[0]!, line[1]!]
  let lengthM = 0
  for (let i = 2; i < line.length; i += 2) {
    lengthM += Math.hypot(line[i]! - line[i - 2]!, line[i + 1]! - line[i - 1]!)
    piece.push(line[i]!, line[i + 1]!)
    if (lengthM >= pieceM || i === line.length - 2) {
      pieces.push(piece)
      piece = [line[i]!, line[i + 1]!]
      lengthM = 0
    }
  }
  return pieces
}
