/**
 * Whether a layer lies displaced as a whole: against its own things in the registry, else against streets, the
 * grids it states, or the border. GCJ-02 and BD-09 are known by their shift; another steady shift is told as
 * such; what nothing tells is said to be unjudged where somebody asks. Pure.
 */
import { bestPlaced, displacementOf, isPlacedBest, type Positions } from '../../../gis/displaced.ts'
import { countIn, type Ground } from '../../../gis/misread.ts'
import { fromOffset, type OffsetName, toOffset } from '../../../gis/offset.ts'
import { type Reading, reader } from '../../../gis/reading.ts'
import { crsNameOf } from './crs-words.ts'
import { found, type HintGround, type PositionHint } from './hint.ts'
import type { PositionSample } from './position-sample.ts'

/** Fewest things found again that say something of all. */
const FEWEST_KNOWN = 20
/** Metres below which nothing is said: what two surveys of one thing differ by. */
const AGREES_M = 2
/** Of the displacement, how far the things may scatter about it. */
const STEADY = 0.25
const FEWEST = 100
const FEWEST_ALONE = 300
/** Degrees: about a hundred metres; and fewest such cells that say where a layer lies well. */
const SPOT = 0.001
const FEWEST_SPOTS = 50

type Against = 'registry' | 'streets' | 'grids' | 'border'

/** Whether a layer has enough of its own to be judged by. */
export const canBeJudged = (sample: PositionSample, { known }: Pick<HintGround, 'known'>): boolean =>
  sample.keys.length >= FEWEST_ALONE || countKnown(sample, known) >= FEWEST_KNOWN

const countKnown = ({ keys }: PositionSample, known: HintGround['known']): number =>
  keys.filter(key => key !== null && known.has(key)).length

/** Judges layers that are read alike together, and tells each; empty where they lie well, or nothing tells. */
export function displacedHints(
  samples: readonly PositionSample[],
  declared: Reading,
  ground: HintGround,
): PositionHint[] {
  const [first] = samples
  if (!first) return []
  const all = samples.length === 1 ? first : pooled(samples)
  const hint = displacedHint(all, declared, ground) ?? unjudgedHint(all, declared, ground)
  return hint ? samples.map(sample => ({ ...hint, finding: { ...hint.finding, file: sample.file } })) : []
}

const pooled = (samples: readonly PositionSample[]): PositionSample => ({
  ...samples[0]!,
  positions: Float64Array.from(samples.flatMap(each => [...each.positions])),
  keys: samples.flatMap(each => each.keys),
  statedGrids: samples.flatMap(each => each.statedGrids),
})

function displacedHint(sample: PositionSample, declared: Reading, ground: HintGround): PositionHint | null {
  const read = reader(declared)
  const lonLats = moveAll(sample.positions, read)
  const systems = otherSystems(declared)
  const candidates = systems.map(({ move }) => moveAll(lonLats, move))
  const known = knownPairs(sample, lonLats, ground)
  const displacement = known && displacementOf(known.here, known.there)
  if (known && displacement && displacement.n >= FEWEST_KNOWN) {
    // what is known by its code decides, for and against
    const { m, spreadM } = displacement
    if (m < AGREES_M || spreadM > m * STEADY) return null
    const left = candidates.map(each => displacementOf(pick(each, known.at), known.there)!.m)
    const best = left.indexOf(Math.min(...left))
    if (best >= 0 && left[best]! < Math.max(30, m * 0.1) && m > 100)
      return offsetHint(sample, declared, ground, {
        system: systems[best]!,
        against: 'registry',
        moved: candidates[best]!,
        lonLats,
      })
    return shiftHint(sample, declared, ground, displacement)
  }
  if (sample.keys.length < FEWEST) return null
  for (const [against, share] of evidence(sample, ground)) {
    const best = bestPlaced(lonLats, candidates, share)
    if (best >= 0)
      return offsetHint(sample, declared, ground, {
        system: systems[best]!,
        against,
        moved: candidates[best]!,
        lonLats,
      })
  }
  return null
}

/** The first of the positions in each cell: what stands in a row along one street says one thing, not many. */
function spotsOf(lonLats: Positions): number[] {
  const seen = new Set<string>()
  const spots: number[] = []
  for (let i = 0; i < lonLats.length; i += 2) {
    const cell = `${Math.floor(lonLats[i]! / SPOT)} ${Math.floor(lonLats[i + 1]! / SPOT)}`
    if (seen.has(cell)) continue
    seen.add(cell)
    spots.push(i / 2)
  }
  return spots
}

/** Null where the registry's codes decide, or the positions fit where they lie better than anywhere else. */
function unjudgedHint(sample: PositionSample, declared: Reading, ground: HintGround): PositionHint | null {
  const count = sample.keys.length
  if (!ground.tellsUnjudged || declared.crs.kind !== 'geographic' || count === 0) return null
  const known = countKnown(sample, ground.known)
  if (known >= FEWEST_KNOWN || known * 2 >= count) return null
  const all = moveAll(sample.positions, reader(declared))
  const before = countInside(all, ground)
  // elsewhere altogether is another question
  if (before * 2 < count) return null
  const spots = spotsOf(all)
  const lonLats = pick(all, spots)
  const statedGrids = spots.map(i => sample.statedGrids[i]!)
  const candidates = otherSystems(declared).map(({ move }) => moveAll(lonLats, move))
  const told = evidence({ ...sample, keys: spots.map(() => null), statedGrids }, ground)
  if (spots.length >= FEWEST_SPOTS && told.some(([, share]) => isPlacedBest(lonLats, candidates, share)))
    return null
  const reason = count < FEWEST ? 'few' : spots.length < FEWEST_SPOTS ? 'narrow' : 'ground'
  const detail = { reason, sample: count, before }
  return { finding: found('hint.unjudged', sample, detail), change: null, sample: count, before, after: null }
}

/** Whether the registry knows too few of these things to decide alone. */
export const needsStreets = (samples: readonly PositionSample[], known: HintGround['known']): boolean =>
  samples.some(sample => sample.keys.length > 0 && countKnown(sample, known) < FEWEST_KNOWN) &&
  samples.reduce((sum, sample) => sum + sample.keys.length, 0) >= FEWEST

interface OtherSystem {
  /** As a profile names it. */
  name: OffsetName | 'EPSG:4490'
  move: (lon: number, lat: number) => [number, number]
}

/** The other systems of longitude and latitude that the numbers could be in; each takes them as declared and moves them. */
function otherSystems({ crs }: Reading): OtherSystem[] {
  const names: OffsetName[] = ['GCJ-02', 'BD-09']
  const shown = crs.offset ? toOffset(crs.offset) : (lon: number, lat: number): [number, number] => [lon, lat]
  const undone = names
    .filter(name => name !== crs.offset)
    .map(name => ({ name, move: (lon: number, lat: number) => fromOffset(name)(...shown(lon, lat)) }))
  return crs.offset ? [{ name: 'EPSG:4490', move: shown }, ...undone] : undone
}

/** Shares of the sample that fit what is known, the strongest evidence first. */
function evidence(sample: PositionSample, ground: HintGround): [Against, (positions: Positions) => number][] {
  const { isNearStreet } = ground
  const share = (fits: (lon: number, lat: number, i: number) => boolean) => (positions: Positions) => {
    let n = 0
    for (let i = 0; i < positions.length; i += 2) if (fits(positions[i]!, positions[i + 1]!, i / 2)) n++
    return n / Math.max(1, positions.length / 2)
  }
  const list: [Against, (positions: Positions) => number][] = []
  if (isNearStreet) list.push(['streets', share(isNearStreet)])
  if (sample.statedGrids.filter(each => each !== null).length * 2 > sample.keys.length)
    list.push(['grids', share((lon, lat, i) => isInStated(sample.statedGrids[i]!, ground.areaAt(lon, lat)))])
  list.push(['border', share(ground.holds)])
  return list
}

/** A unit grid's code begins with its area's, or an area is stated as such. */
const isInStated = (stated: string | null, area: string | null): boolean =>
  stated !== null && area !== null && (stated.startsWith(area) || area.startsWith(stated))

function offsetHint(
  sample: PositionSample,
  declared: Reading,
  ground: HintGround,
  {
    system,
    against,
    moved,
    lonLats,
  }: { system: OtherSystem; against: Against; moved: Positions; lonLats: Positions },
): PositionHint {
  // how far what is delivered lies from where it belongs
  const { dxM, dyM, m } = displacementOf(moved, lonLats)!
  const inside = (positions: Positions) => countInside(positions, ground)
  const [count, before, after] = [sample.keys.length, inside(lonLats), inside(moved)]
  const detail = {
    declared: crsNameOf(declared.crs),
    system: system.name,
    m: Math.round(m),
    east: Math.round(dxM),
    north: Math.round(dyM),
    against,
    sure: against === 'registry' ? 'certain' : against === 'border' ? 'possible' : 'likely',
    sample: count,
    before,
    after,
  }
  // numbers that were projected after the shift must go back to whoever did it
  const writable = declared.crs.kind === 'geographic'
  const code = system.name === 'EPSG:4490' ? 'hint.unshifted' : 'hint.offset'
  return {
    finding: found(writable ? code : 'hint.offset-projected', sample, detail),
    change: writable ? { crs: system.name } : null,
    sample: count,
    before,
    after,
  }
}

function shiftHint(
  sample: PositionSample,
  declared: Reading,
  ground: HintGround,
  { dxM, dyM, m, n, spreadM }: NonNullable<ReturnType<typeof displacementOf>>,
): PositionHint {
  const detail = {
    m: metres(m),
    east: metres(-dxM),
    north: metres(-dyM),
    spread: metres(spreadM),
    known: n,
    sure: n >= 100 ? 'certain' : 'likely',
    sample: sample.keys.length,
  }
  const before = countIn(sample.positions, declared, ground)
  return {
    finding: found('hint.shift', sample, detail),
    change: null,
    sample: sample.keys.length,
    before,
    after: null,
  }
}

const metres = (m: number): number => Number(m.toFixed(1))

/** The things of the sample that the registry has too: where they are here, where there, and which. */
function knownPairs(sample: PositionSample, lonLats: Positions, { known }: HintGround) {
  const at = sample.keys.map((_, i) => i).filter(i => sample.keys[i] != null && known.has(sample.keys[i]!))
  if (at.length === 0) return null
  const there = Float64Array.from(at.flatMap(i => [...known.get(sample.keys[i]!)!]))
  return { at, here: pick(lonLats, at), there }
}

const pick = (positions: Positions, at: readonly number[]): Float64Array =>
  Float64Array.from(at.flatMap(i => [positions[i * 2]!, positions[i * 2 + 1]!]))

function moveAll(positions: Positions, move: (x: number, y: number) => [number, number]): Float64Array {
  const out = new Float64Array(positions.length)
  for (let i = 0; i < positions.length; i += 2) {
    const [x, y] = move(positions[i]!, positions[i + 1]!)
    out[i] = x
    out[i + 1] = y
  }
  return out
}

function countInside(positions: Positions, { holds }: Ground): number {
  let n = 0
  for (let i = 0; i < positions.length; i += 2) if (holds(positions[i]!, positions[i + 1]!)) n++
  return n
}
