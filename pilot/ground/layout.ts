/**
 * Lays the district out, widest lines first: the lake, two rivers and a viaduct, arterial roads, then
 * secondary roads and canals, then blocks as each quarter asks; and chooses the blocks that make up the
 * district.
 */
import type { Random } from '../random.ts'
import { between, streamOf } from '../random.ts'
import type { Character, Quarter } from './character.ts'
import { divideFace } from './divide.ts'
import { chooseDistrict } from './outline.ts'
import type { ChordKind, Plan } from './plan.ts'
import { addChord, cutFace, emptyPlan, ringArea, ringCentre } from './plan.ts'
import type { Course } from './warp.ts'

export interface Layout {
  plan: Plan
  /** The faces of the district (blocks between lines) and the quarter each belongs to. */
  blocks: { face: number; quarter: Quarter }[]
  /** The lake, one face outside the district. */
  lakeFace: number
  /** The rivers that wind. */
  courses: Course[]
}

const frameM = 24_000
const quarterM2 = 330_000

export function layOut(seed: number, character: Character, areaM2: number): Layout {
  const random = streamOf(seed, 'layout')
  const plan = emptyPlan(frameM)
  const lakeFace = cutLake(plan, character, random)
  const courses = [
    cutThrough(plan, lakeFace, 'river', 1450, 300, 1.3 + between(random, -0.12, 0.12)),
    cutThrough(plan, lakeFace, 'river', -600, -900, -0.24 + between(random, -0.1, 0.1)),
  ]
  cutThrough(plan, lakeFace, 'viaduct', -300, 350, 0.13 + between(random, -0.06, 0.06))
  cutRoads(plan, lakeFace, random)
  // A third river through the new town, from the first one to the lake, and a slanting avenue to the old town.
  cutThrough(plan, lakeFace, 'river', -1700, 1900, 0.5 + between(random, -0.1, 0.1), westOf(courses[0]!))
  cutThrough(
    plan,
    lakeFace,
    'arterial',
    1500,
    250,
    -0.95 + between(random, -0.1, 0.1),
    about(1500, 250, 2100),
  )
  cutCanals(plan, lakeFace, random)
  const blocks = cutQuarters(plan, lakeFace, character, random).flatMap(face => {
    const quarter = character.quarterAt(...ringCentre(plan, plan.faces[face]!))
    return divideQuarter(plan, face, quarter, character, random).map(block => ({ face: block, quarter }))
  })
  const district = new Set(
    chooseDistrict(
      plan,
      blocks.map(b => b.face),
      character.remoteness,
      areaM2,
    ),
  )
  return { plan, blocks: blocks.filter(b => district.has(b.face)), lakeFace, courses }
}

/** The lake is a convex face of nine sides; the warp and the shore's own noise make it ragged. */
function cutLake(plan: Plan, { lake }: Character, random: Random): number {
  let inside = 0
  for (let side = 0; side < 9; side++) {
    const bearing = (side * 2 * Math.PI) / 9 + between(random, -0.12, 0.12)
    const px = lake.x + Math.cos(bearing) * lake.radiusM
    const py = lake.y + Math.sin(bearing) * lake.radiusM
    const chord = addChord(plan, 'arterial', -Math.sin(bearing), Math.cos(bearing))
    inside = cutFace(plan, inside, px, py, chord, 60)?.[0] ?? inside
  }
  return inside
}

/** A line through (x, y) at a bearing (radians from east) across all faces but the lake, or those whose middle is where it says. */
function cutThrough(
  plan: Plan,
  lakeFace: number,
  kind: ChordKind,
  x: number,
  y: number,
  bearing: number,
  where: (x: number, y: number) => boolean = () => true,
): Course {
  const course = { x, y, dx: Math.cos(bearing), dy: Math.sin(bearing) }
  const chord = addChord(plan, kind, course.dx, course.dy)
  for (const [face, ring] of [...plan.faces.entries()]) {
    if (!ring || face === lakeFace) continue
    if (where(...ringCentre(plan, ring))) cutFace(plan, face, x, y, chord, 45)
  }
  return course
}

const about = (x: number, y: number, reachM: number) => (cx: number, cy: number) =>
  Math.hypot(cx - x, cy - y) <= reachM

const westOf = (line: Course) => (x: number, y: number) => (x - line.x) * line.dy - (y - line.y) * line.dx < 0

/** Arterial roads in two families, each a little off the square. */
function cutRoads(plan: Plan, lakeFace: number, random: Random): void {
  const lean = between(random, -0.16, -0.1)
  for (const [bearing, count] of [
    [lean, 11],
    [Math.PI / 2 + lean + 0.09, 13],
  ] as const) {
    let at = -6200 + between(random, 0, 300)
    for (let i = 0; i < count; i++) {
      // Every third road does not go all the way.
      const reachM = random() < 0.35 ? between(random, 2500, 4500) : Infinity
      const shift = between(random, -2500, 2500)
      const x = -Math.sin(bearing) * at + Math.cos(bearing) * shift
      const y = Math.cos(bearing) * at + Math.sin(bearing) * shift
      cutThrough(
        plan,
        lakeFace,
        'arterial',
        x,
        y,
        bearing + between(random, -0.09, 0.09),
        about(x, y, reachM),
      )
      at += between(random, 640, 1500)
    }
  }
}

/** Canals a few kilometres long, dug with the fields and older than most roads. */
function cutCanals(plan: Plan, lakeFace: number, random: Random): void {
  for (let i = 0; i < 16; i++) {
    const x = between(random, -3600, 4800)
    const y = between(random, -4300, 4300)
    const bearing = (i % 2 ? Math.PI / 2 : 0) + between(random, -0.3, 0.3)
    cutThrough(plan, lakeFace, 'canal', x, y, bearing, about(x, y, between(random, 900, 2200)))
  }
}

/** Secondary roads in the town, canals and roads in the country, down to quarters of about a third of a square kilometre. */
function cutQuarters(plan: Plan, lakeFace: number, character: Character, random: Random): number[] {
  const wide = [...plan.faces.entries()].filter(([face, ring]) => {
    if (!ring || face === lakeFace) return false
    const [x, y] = ringCentre(plan, ring)
    return character.remoteness(x, y) < 6200
  })
  return wide.flatMap(([face, ring]) => {
    const country = ['village', 'shore'].includes(character.quarterAt(...ringCentre(plan, ring!)))
    return divideFace(
      plan,
      face,
      {
        targetM2: quarterM2,
        kindOf: () => (country && random() < 0.45 ? 'canal' : 'secondary'),
        askew: 0.1,
        align: 0.85,
        snapM: 40,
      },
      random,
    )
  })
}

function divideQuarter(
  plan: Plan,
  face: number,
  quarter: Quarter,
  character: Character,
  random: Random,
): number[] {
  const bearing = character.bearingAt(...ringCentre(plan, plan.faces[face]!))
  const small = { snapM: 16, askew: 0.06, align: 0.8, bearing }
  switch (quarter) {
    case 'oldtown':
      return divideFace(
        plan,
        face,
        {
          ...small,
          targetM2: 7_500,
          askew: 0.2,
          align: 0.45,
          kindOf: m2 => (m2 > 45_000 ? 'local' : random() < 0.06 ? 'canal' : 'lane'),
        },
        random,
      )
    case 'town':
      return divideFace(
        plan,
        face,
        {
          ...small,
          targetM2: between(random, 18_000, 34_000),
          kindOf: m2 => (m2 > 50_000 ? 'local' : 'lane'),
        },
        random,
      )
    case 'industry':
      return divideFace(
        plan,
        face,
        { ...small, targetM2: 62_000, askew: 0.03, kindOf: () => (random() < 0.1 ? 'canal' : 'local') },
        random,
      )
    case 'shore':
    case 'village':
      return divideCountry(plan, face, random)
  }
}

/** Fields between canals, and in some of them a settlement of narrow lanes. */
function divideCountry(plan: Plan, face: number, random: Random): number[] {
  const fields = divideFace(
    plan,
    face,
    {
      targetM2: 72_000,
      kindOf: () => (random() < 0.5 ? 'canal' : 'local'),
      askew: 0.16,
      align: 0.5,
      snapM: 22,
    },
    random,
  )
  const settled = fields.length > 1 ? Math.floor(random() * fields.length) : -1
  return fields.flatMap((field, i) =>
    i === settled && ringArea(plan, plan.faces[field]!) < 150_000
      ? divideFace(
          plan,
          field,
          { targetM2: 15_000, kindOf: () => 'lane', askew: 0.18, align: 0.5, snapM: 12 },
          random,
        )
      : [field],
  )
}
