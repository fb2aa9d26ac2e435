/**
 * Which single mistake in reading explains positions that do not lie where they should: axes swapped, a zone
 * before the easting that the system has not (or lacks), another central meridian, another system
 * altogether, minutes and seconds taken for decimals. Nothing is repaired: what is found is proposed.
 *
 *   numbers as they stand -> each other reading -> how many lie in the district -> the simplest that brings them there
 */

import { type Crs, findCrs } from './crs.ts'
import { crsOfProj, knownCrs } from './crs-codes.ts'
import type { Bbox } from './geometry.ts'
import { type DegreesNotation, degreesNotations } from './packed-degrees.ts'
import { GRS80_FIGURE, tmercOf, tmercString } from './proj-string.ts'
import { type Reading, reader } from './reading.ts'

export type Misreading = 'swapped' | 'zone-prefix' | 'meridian' | 'system' | 'degrees'

export interface Explained {
  mistake: Misreading
  reading: Reading
  /** Of the positions, how many lie in the district as declared, and as proposed. */
  before: number
  after: number
}

export interface Ground {
  bbox: Bbox
  holds(lon: number, lat: number): boolean
}

/** Below this share of positions in the district something is wrong, above that the explanation is believed. */
const WRONG = 0.5
const RIGHT = 0.9
const FEWEST = 5
/** Degrees around the district in which a first position must fall for the others to be tried. */
const MARGIN = 0.05
/** Degrees from its meridian up to which a zone is used. */
const REACH = 3.1
/** City systems whose meridian was published: Suzhou 2000 (120 deg 47 min). */
const CITY_MERIDIANS = [120 + 47 / 60]
const ZONE_M = 1e6

/**
 * The reading that brings most of them into the district, of equal ones the likeliest. Null where the positions
 * lie well as declared, or where no other reading brings nine in ten of them there.
 * @param positions x, y, x, y ... as they stand in the file
 * @param declared null where nobody said how to read them
 */
export function explainMisreading(
  positions: ArrayLike<number>,
  declared: Reading | null,
  ground: Ground,
): Explained | null {
  const count = positions.length / 2
  if (count < FEWEST) return null
  const before = declared ? countIn(positions, declared, ground) : 0
  if (before > count * WRONG) return null
  const probes = probesOf(positions)
  let best: Explained | null = null
  for (const [mistake, reading] of readings(probes[0]!, declared, ground)) {
    if (!probes.some(([x, y]) => isNear(reader(reading)(x, y), ground.bbox))) continue
    const after = countIn(positions, reading, ground)
    if (after >= count * RIGHT && after > (best?.after ?? 0)) best = { mistake, reading, before, after }
    if (after === count) break
  }
  return best
}

/** How many of the positions lie in the district when they are read so. */
export function countIn(positions: ArrayLike<number>, reading: Reading, { holds }: Ground): number {
  const read = reader(reading)
  let count = 0
  for (let i = 0; i < positions.length; i += 2) {
    const [lon, lat] = read(positions[i]!, positions[i + 1]!)
    if (Number.isFinite(lon) && Number.isFinite(lat) && holds(lon, lat)) count++
  }
  return count
}

/** A few positions of all: cheap questions before the dear one. */
function probesOf(positions: ArrayLike<number>): [x: number, y: number][] {
  const count = positions.length / 2
  const step = Math.max(1, Math.floor(count / 7))
  const probes: [number, number][] = []
  for (let i = Math.floor(step / 2); i < count; i += step)
    probes.push([positions[i * 2]!, positions[i * 2 + 1]!])
  return probes
}

const isNear = ([lon, lat]: readonly [number, number], [west, south, east, north]: Bbox): boolean =>
  lon >= west - MARGIN && lon <= east + MARGIN && lat >= south - MARGIN && lat <= north + MARGIN

/** Readings other than the declared one, the likeliest mistake first: one mistake before two. */
function* readings(
  [x, y]: readonly [number, number],
  declared: Reading | null,
  ground: Ground,
): Generator<[Misreading, Reading]> {
  const swapped = declared?.swapAxes ?? false
  if (declared) yield ['swapped', { ...declared, swapAxes: !swapped }]
  // a system tied to a national one by control points is nobody's to replace
  if (declared?.crs.similarity) return
  for (const swapAxes of [swapped, !swapped]) {
    const easting = swapAxes ? y : x
    if (declared?.crs.kind === 'projected' && tmercOf(declared.crs.proj)?.scale === 1) {
      const { crs } = declared
      for (const [mistake, other] of otherZones(crs, easting, ground.bbox))
        yield [mistake, { crs: other, swapAxes, degrees: 'decimal' }]
    }
    for (const reading of otherSystems(declared, easting, ground.bbox))
      yield ['system', { ...reading, swapAxes }]
    if (declared === null || declared.crs.kind === 'geographic')
      for (const degrees of notationsOf(easting)) {
        const crs = declared?.crs ?? geographic()
        if (degrees !== declared?.degrees) yield ['degrees', { crs, swapAxes, degrees }]
      }
  }
}

/** Notations that a longitude of this size can be in. Seconds before minutes: their digits never pass 59. */
function notationsOf(easting: number): DegreesNotation[] {
  const large = Math.abs(easting) > 360
  return degreesNotations.filter(each => (each === 'dmm.mmmm') === large)
}

/** The declared projection with another zone before the easting, or about another meridian. */
function* otherZones(crs: Crs, easting: number, bbox: Bbox): Generator<['zone-prefix' | 'meridian', Crs]> {
  const tm = tmercOf(crs.proj)
  if (!tm) return
  const zoned = Math.floor(easting / ZONE_M) * ZONE_M
  const plain = tm.falseEastingM - Math.floor(tm.falseEastingM / ZONE_M) * ZONE_M
  const eastings = [...new Set([tm.falseEastingM, plain + Math.max(0, zoned), plain, 500_000, 0])]
  const figure = crs.proj.includes('+datum=WGS84') ? '+datum=WGS84' : GRS80_FIGURE
  const made = (centralMeridian: number, falseEastingM: number) =>
    systemOf(tmercString({ ...tm, centralMeridian, falseEastingM }, figure))
  for (const falseEastingM of eastings)
    if (falseEastingM !== tm.falseEastingM) yield ['zone-prefix', made(tm.centralMeridian, falseEastingM)]
  for (const falseEastingM of eastings)
    for (const meridian of meridiansNear(bbox))
      if (meridian !== tm.centralMeridian && Math.abs(easting - falseEastingM) < 3.2e5)
        yield ['meridian', made(meridian, falseEastingM)]
}

/** Meridians of three degrees, then those of cities, then half degrees, within reach of the district. */
export function meridiansNear([west, , east]: Bbox): number[] {
  const reached = (meridian: number) => meridian > west - REACH && meridian < east + REACH
  const list = new Set<number>()
  for (const step of [3, 0.5]) {
    for (let m = Math.ceil((west - REACH) / step) * step; m <= east + REACH; m += step) list.add(m)
    for (const city of CITY_MERIDIANS) if (reached(city)) list.add(city)
  }
  return [...list]
}

/** Degrees where metres are declared, or any known system where degrees are, or nothing is. */
function* otherSystems(
  declared: Reading | null,
  easting: number,
  bbox: Bbox,
): Generator<Omit<Reading, 'swapAxes'>> {
  if (Math.abs(easting) <= 360) {
    if (declared?.crs.kind !== 'geographic') yield { crs: geographic(), degrees: 'decimal' }
    return
  }
  const [west, , east] = bbox
  for (const { proj } of knownCrs) {
    const tm = tmercOf(proj)
    if (!tm || proj === declared?.crs.proj) continue
    if (tm.centralMeridian > west - REACH && tm.centralMeridian < east + REACH)
      yield { crs: systemOf(proj), degrees: 'decimal' }
  }
  if (declared?.crs.kind === 'projected') return
  for (const centralMeridian of CITY_MERIDIANS)
    for (const falseEastingM of [500_000, 0]) {
      const at = { latitudeOfOrigin: 0, centralMeridian, scale: 1, falseEastingM, falseNorthingM: 0 }
      yield { crs: systemOf(tmercString(at, GRS80_FIGURE)), degrees: 'decimal' }
    }
}

const geographic = (): Crs => systemOf('EPSG:4490')

function systemOf(stated: string): Crs {
  const answer = findCrs(crsOfProj(stated)?.code ?? stated)
  if (!answer.ok) throw new Error(`no system: ${stated}`)
  return answer.crs
}
