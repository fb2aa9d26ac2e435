/**
 * The whole ground of the pilot from a seed: plan, outline, blocks, divisions, unclaimed pieces, streets
 * and waters, all in EPSG:4549 metres. Nothing here is a real place.
 */
import { streamOf } from '../random.ts'
import type { Quarter } from './character.ts'
import { characterOf } from './character.ts'
import { divide } from './divisions.ts'
import { insetFace } from './inset.ts'
import { layOut } from './layout.ts'
import { flatArea, flatCentre, ringHolds } from './measure.ts'
import { besideLine, roundRing } from './offset.ts'
import type { Plan } from './plan.ts'
import { ringArea } from './plan.ts'
import { rowsAcross } from './rows.ts'
import type { Flat, Shape } from './shape.ts'
import { shapeOf } from './shape.ts'
import type { Bridge, Run } from './streets.ts'
import { bridgeWaters, halfWidthOf, joinStreets, runsOf } from './streets.ts'
import type { Piece } from './unclaimed.ts'
import { cutUnclaimed } from './unclaimed.ts'
import type { Use } from './use.ts'
import { useOf } from './use.ts'
import { warpOf } from './warp.ts'
import type { Water } from './water.ts'
import { waterSurfaces } from './water.ts'

export const districtM2 = 52_300_000
export const villageCount = 67
export const areaCount = 269

/** A block between streets, whole to the middle of the streets around it. */
export interface Block {
  face: number
  quarter: Quarter
  use: Use
  town: number
  village: number
  area: number
  /** What is left of it inside the pavements; null where it is too small. */
  ground: Flat | null
  areaM2: number
}

export interface Grid {
  faces: Set<number>
  rings: Flat[]
  centre: [x: number, y: number]
  /** Number of the grid around it, one level up. */
  parent: number
}

export interface District {
  plan: Plan
  shape: Shape
  blocks: Block[]
  pieces: (Piece & { ring: Flat })[]
  outline: Flat[]
  towns: Grid[]
  villages: Grid[]
  areas: Grid[]
  streets: Run[]
  /** Paths inside estates and hamlets. */
  paths: { line: Flat; block: number }[]
  bridges: Bridge[]
  waterRuns: Run[]
  waters: Water[]
  areaM2: number
}

export function makeDistrict(seed: number, unclaimed: number): District {
  const character = characterOf(seed)
  const layout = layOut(seed, character, districtM2)
  const { plan } = layout
  joinStreets(plan)
  const drawUse = useOf(seed)
  const used = layout.blocks.map(({ face, quarter }) => ({
    face,
    quarter,
    use: drawUse(quarter, ringArea(plan, plan.faces[face]!)),
  }))
  const divisions = divide(seed, plan, used, character.centres, villageCount, areaCount)
  const holdings = used.map((block, i) => ({
    ...block,
    town: divisions.townOf[i]!,
    village: divisions.villageOf[i]!,
    area: divisions.areaOf[i]!,
  }))
  const halfM = (chord: number) => halfWidthOf(plan, chord)
  const cut = cutUnclaimed(seed, plan, holdings, unclaimed, halfM)
  const faces = new Set([...holdings.map(h => h.face), ...cut.map(p => p.face)])
  const shape = exactShape(seed, plan, layout, character.lake, faces)
  const outline = shape.outline(faces)
  const blocks = holdings.map((h): Block => ({ ...h, ...groundOf(plan, shape, h.face, h.use, halfM) }))
  const gridOf = (parent: number, mine: Iterable<number>): Grid => {
    const set = new Set(mine)
    const rings = shape.outline(set)
    return { faces: set, rings, centre: flatCentre(rings[0]!), parent }
  }
  const facesWhere = (keep: (b: Block) => boolean, keepPiece: (p: Piece) => boolean) => [
    ...blocks.filter(keep).map(b => b.face),
    ...cut.filter(keepPiece).map(p => p.face),
  ]
  const runs = runsOf(plan, shape, faces, layout.lakeFace)
  const { streets, waters, bridges } = bridgeWaters(runs, shape)
  const lakeRing = shape.outline(new Set([layout.lakeFace]))[0]!
  return {
    plan,
    shape,
    blocks,
    pieces: cut.map(piece => ({ ...piece, ring: shape.outline(new Set([piece.face]))[0]! })),
    outline,
    towns: character.centres.map((_, t) =>
      gridOf(
        -1,
        facesWhere(
          b => b.town === t,
          p => p.town === t,
        ),
      ),
    ),
    villages: divisions.townOfVillage.map((t, v) =>
      gridOf(
        t,
        facesWhere(
          b => b.village === v,
          p => p.village === v,
        ),
      ),
    ),
    areas: divisions.villageOfArea.map((v, a) =>
      gridOf(
        v,
        facesWhere(
          b => b.area === a,
          () => false,
        ),
      ),
    ),
    streets: [...streets, ...bankRoads(waters, outline)],
    paths: pathsOf(seed, blocks),
    bridges,
    waterRuns: waters,
    waters: [{ kind: 'lake', water: -1, ring: lakeRing }, ...waterSurfaces(seed, waters), ...pondsOf(blocks)],
    areaM2: outline.reduce((sum, ring) => sum + flatArea(ring), 0),
  }
}

/** Scales the ground about its middle until the outline encloses the area asked for. */
function exactShape(
  seed: number,
  plan: Plan,
  layout: { lakeFace: number; courses: Parameters<typeof warpOf>[2] },
  lake: { x: number; y: number; radiusM: number },
  faces: ReadonlySet<number>,
): Shape {
  const warp = warpOf(seed, lake, layout.courses)
  const at = { x: lake.x, y: lake.y, face: layout.lakeFace }
  const asDrawn = shapeOf(seed, plan, warp, at, 1).outline(faces)
  const areaM2 = asDrawn.reduce((sum, ring) => sum + flatArea(ring), 0)
  return shapeOf(seed, plan, warp, at, Math.sqrt(districtM2 / areaM2))
}

function groundOf(
  plan: Plan,
  shape: Shape,
  face: number,
  use: Use,
  halfM: (chord: number) => number,
): { ground: Flat | null; areaM2: number } {
  const margin = use === 'field' || use === 'wood' || use === 'pond' ? 1.5 : 0.5
  return {
    ground: insetFace(plan, shape, face, chord => halfM(chord) + margin),
    areaM2: flatArea(shape.outline(new Set([face]))[0]!),
  }
}

const pondsOf = (blocks: readonly Block[]): Water[] =>
  blocks.flatMap(({ use, ground }): Water[] =>
    use === 'pond' && ground ? [{ kind: 'pond', water: -1, ring: roundRing(ground, 2) }] : [],
  )

/** A road on each bank of a river, as far as that bank is in the district. */
const bankRoads = (waters: readonly Run[], outline: readonly Flat[]): Run[] =>
  waters
    .filter(run => run.kind === 'river')
    .flatMap(run =>
      [1, -1].flatMap(side =>
        stretchesInside(besideLine(run.line, side * (run.halfM + 11)), outline).map(line => ({
          kind: 'local' as const,
          street: -1 - 2 * run.street - (side > 0 ? 1 : 0),
          halfM: 6,
          line,
          nodes: [],
        })),
      ),
    )

function stretchesInside(line: readonly number[], outline: readonly Flat[]): Flat[] {
  const out: Flat[] = []
  let open: Flat = []
  for (let i = 0; i < line.length; i += 2) {
    const isInside = outline.some(ring => ringHolds(ring, line[i]!, line[i + 1]!))
    if (isInside) open.push(line[i]!, line[i + 1]!)
    if (!isInside || i === line.length - 2) {
      if (open.length >= 8) out.push(open)
      open = []
    }
  }
  return out
}

/** Paths between the houses of estates, old quarters and hamlets. */
function pathsOf(seed: number, blocks: readonly Block[]): { line: Flat; block: number }[] {
  const random = streamOf(seed, 'paths')
  return blocks.flatMap(({ use, ground }, block) => {
    const gapM = 26 + 10 * random()
    if (!ground || (use !== 'residential' && use !== 'hamlet')) return []
    return rowsAcross(ground, use === 'hamlet' ? gapM * 0.75 : gapM, 24).map(line => ({ line, block }))
  })
}
