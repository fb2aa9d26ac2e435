/** What a hint on coordinates is, and what it is judged by. Pure. */
import type { LonLat } from '../../../gis/geometry.ts'
import type { Ground } from '../../../gis/misread.ts'
import type { Finding, FindingCode } from './findings.ts'
import type { PositionSample } from './position-sample.ts'
import type { Profile } from './schema.ts'

/** What the district knows: its border, and where things are known to be. */
export interface HintGround extends Ground {
  /** The code of the area at a position; null in none. */
  areaAt(lon: number, lat: number): string | null
  /** Streets and what stands along them; absent where none are known. */
  isNearStreet?: (lon: number, lat: number) => boolean
  /** Say also where nothing tells whether positions are shifted. */
  tellsUnjudged?: boolean
  /** Where the things of the sample's keys stand in the registry. */
  known: ReadonlyMap<string, LonLat>
}

/** Parts of a profile that a hint proposes to write. */
export type ProfileChange = Pick<Profile, 'crs' | 'swapAxes' | 'degrees'>

export interface PositionHint {
  finding: Finding
  /** Null where there is nothing to write: the data must be made anew. */
  change: ProfileChange | null
  /** Of the sample, how many lie in the district as declared, and as proposed. */
  sample: number
  before: number
  after: number | null
}

/** The finding that a hint is, of a whole layer. */
export const found = (code: FindingCode, { file }: PositionSample, detail: Finding['detail']): Finding => ({
  code,
  file,
  row: null,
  field: null,
  value: null,
  detail,
  lonLat: null,
})

/** One hint for all layers that are told the same; how many positions lie where is added up. */
export function sameHints(hints: readonly PositionHint[]): (PositionHint & { files: string[] })[] {
  const same = new Map<string, PositionHint & { files: string[] }>()
  for (const hint of hints) {
    const { code, file, detail } = hint.finding
    const key = JSON.stringify([
      code,
      hint.change,
      detail.declared,
      detail.step,
      detail.against,
      detail.reason,
    ])
    const first = same.get(key)
    if (!first) {
      same.set(key, { ...hint, files: [file] })
      continue
    }
    first.files.push(file)
    // judged together, they say together how many lie where
    if (detail.against || detail.reason) continue
    first.sample += hint.sample
    first.before += hint.before
    first.after = first.after === null || hint.after === null ? null : first.after + hint.after
    first.finding = {
      ...first.finding,
      detail: { ...first.finding.detail, ...countsOf(first), ...onOf(first, hint) },
    }
  }
  return [...same.values()]
}

const countsOf = ({ sample, before, after }: PositionHint): Finding['detail'] =>
  after === null ? { sample } : { sample, before, after }

const onOf = (first: PositionHint, hint: PositionHint): Finding['detail'] => {
  const { on } = first.finding.detail
  return on === undefined ? {} : { on: Number(on) + Number(hint.finding.detail.on) }
}
