/**
 * Hints on a delivery's coordinates: what a sample of its positions says against what the district knows. A
 * hint never acts; it says what it saw, how sure it is, and what a person could write into the profile. Pure.
 *
 *   sample + ground -> lattice? -> another reading? -> displaced as a whole? -> findings of the layer
 */
import { coarseLattice } from '../../../gis/lattice.ts'
import { countIn, type Explained, explainMisreading } from '../../../gis/misread.ts'
import type { Reading } from '../../../gis/reading.ts'
import { crsNameOf, describeReading, meridianOf } from './crs-words.ts'
import { canBeJudged, displacedHints } from './displaced-hint.ts'
import type { Finding, FindingCode } from './findings.ts'
import { found, type HintGround, type PositionHint, type ProfileChange } from './hint.ts'
import type { PositionSample } from './position-sample.ts'

/**
 * Layer by layer, in the order of the samples. Small layers that are read alike are judged together on whether
 * they are displaced: a shapefile for each class has few of each.
 * @param ground null where the district has no border yet: then only the numbers themselves speak
 */
export function positionHints(samples: readonly PositionSample[], ground: HintGround | null): PositionHint[] {
  const hints: PositionHint[] = []
  const alike = new Map<string, PositionSample[]>()
  for (const sample of samples.map(usable)) {
    const declared = declaredOf(sample)
    const explained = ground && explainMisreading(sample.positions, declared, ground)
    // what is fine for metres is coarse for degrees: the reading comes first
    const coarse = !explained && declared && coarseHint(sample, declared, ground)
    if (coarse) hints.push(coarse)
    if (!ground) continue
    if (explained) hints.push(misreadHint(sample, declared, explained))
    else if (declared && canBeJudged(sample, ground))
      hints.push(...displacedHints([sample], declared, ground))
    else if (declared) {
      const key = JSON.stringify([crsNameOf(declared.crs), declared.swapAxes, declared.degrees])
      alike.set(key, [...(alike.get(key) ?? []), sample])
    }
  }
  if (ground)
    for (const group of alike.values()) hints.push(...displacedHints(group, declaredOf(group[0]!)!, ground))
  return hints
}

const declaredOf = ({ crs, swapAxes, degrees }: PositionSample): Reading | null =>
  crs && { crs, swapAxes, degrees }

/** Without positions that are no numbers: a row says that of itself. */
function usable(sample: PositionSample): PositionSample {
  const at = sample.keys
    .map((_, i) => i)
    .filter(i => {
      const [x, y] = [sample.positions[i * 2], sample.positions[i * 2 + 1]]
      return Number.isFinite(x) && Number.isFinite(y)
    })
  return {
    ...sample,
    positions: Float64Array.from(at.flatMap(i => [sample.positions[i * 2]!, sample.positions[i * 2 + 1]!])),
    keys: at.map(i => sample.keys[i]!),
    statedGrids: at.map(i => sample.statedGrids[i]!),
  }
}

function coarseHint(
  sample: PositionSample,
  declared: Reading,
  ground: HintGround | null,
): PositionHint | null {
  const lattice = coarseLattice(sample.positions, declared.crs.kind)
  if (!lattice) return null
  const count = sample.keys.length
  const degrees = declared.crs.kind === 'geographic'
  const detail = {
    step: degrees ? `${lattice.step}°` : `${lattice.step} m`,
    m: Math.round(degrees ? lattice.step * 111_195 : lattice.step),
    on: lattice.on,
    sample: count,
  }
  const before = ground ? countIn(sample.positions, declared, ground) : 0
  return { finding: found('hint.coarse', sample, detail), change: null, sample: count, before, after: null }
}

const codes = {
  swapped: 'hint.swapped',
  'zone-prefix': 'hint.zone-prefix',
  meridian: 'hint.meridian',
  system: 'hint.system',
  degrees: 'hint.degrees',
} as const satisfies Record<Explained['mistake'], FindingCode>

function misreadHint(
  sample: PositionSample,
  declared: Reading | null,
  { mistake, reading, before, after }: Explained,
): PositionHint {
  const count = sample.keys.length
  const change = changeTo(reading, declared)
  const detail: Finding['detail'] = {
    declared: declared ? crsNameOf(declared.crs) : '-',
    proposed: describeReading(change),
    sample: count,
    before,
    after,
  }
  if (mistake === 'meridian') {
    detail.meridian = meridianOf(reading.crs)
    detail.declaredMeridian = declared ? meridianOf(declared.crs) : '-'
  }
  return {
    finding: found(codeOf(mistake, change, declared), sample, detail),
    change,
    sample: count,
    before,
    after,
  }
}

/** That the axes are swapped is said whatever else is amiss; what was never declared cannot look like something else. */
function codeOf(mistake: Explained['mistake'], change: ProfileChange, declared: Reading | null): FindingCode {
  if (change.swapAxes !== undefined) return 'hint.swapped'
  return declared === null && mistake === 'system' ? 'hint.undeclared' : codes[mistake]
}

/** What of the profile must be written for the reading, and only that. */
function changeTo(reading: Reading, declared: Reading | null): ProfileChange {
  const { crs, swapAxes, degrees } = reading
  return {
    ...(crs.proj !== declared?.crs.proj || crs.offset !== declared.crs.offset ? { crs: crsNameOf(crs) } : {}),
    ...(swapAxes !== (declared?.swapAxes ?? false) ? { swapAxes } : {}),
    ...(degrees !== (declared?.degrees ?? 'decimal') ? { degrees } : {}),
  }
}
