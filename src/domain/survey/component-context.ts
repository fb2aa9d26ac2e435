/** What the decoder of components stands on, for one load. */
import type { LonLat } from '../../../gis/geometry.ts'
import type { CopyWriter } from '../../core/copy.ts'
import type { CodeProfile } from '../catalog/codes.ts'
import type { ClassIndex } from '../catalog/rules.ts'
import type { UnitIndex } from '../orgs/units.ts'
import type { farOutside, Placer } from '../registry/placing.ts'
import type { RetiredKey } from '../registry/retired.ts'
import type { Batch, UnitRole, UnitStateLetter } from '../registry/schema.ts'
import type { EffectiveRules, RuleSeverity } from './check-rules.ts'
import type { NearIndex } from './checks/near.ts'
import type { StatedGrids } from './checks/stated-grid.ts'
import type { HoldToCommission } from './commission.ts'
import type { Finding, FindingCode } from './findings.ts'
import type { PhotoHashes } from './photos/photo-name.ts'
import type { Pictured } from './photos/pictured.ts'
import type { SeenKeys } from './seen-keys.ts'
import type { UnchangedTally } from './unchanged.ts'

/** What is current in the registry: key to id and content. What was asked for is not missing from the delivery. */
export interface KnownIndex {
  /** @returns its number, or -1 */
  find(key: string): number
  content(n: number): bigint
  /** The 16 bytes of its id, written into `into`. */
  id(n: number, into: Uint8Array): Uint8Array
  /** The same as text. */
  text(n: number): string
  /** Middle of its box. */
  lonLat(n: number): LonLat
  /** Whether there is such a key; it is not asked for by this. */
  holds(key: string): boolean
  /** The only one of the survey's number and the class close to a position that no row has yet. @returns its number, or -1 */
  candidate(surveyNo: string, at: LonLat, classCode: string): number
  /** It is the row's own from now on: no key finds it. */
  claim(n: number): void
  /** It is not missing, and may still be found. */
  spare(n: number): void
  isCoded(n: number): boolean
  /** Those never asked for, of all classes or of those named. */
  missing(classes: ReadonlySet<string> | null): string[]
}

/** What a row that comes from no file is known by, beside what it says itself. */
export interface Identity {
  /** The 16 bytes of its id. */
  id: Uint8Array
  /** Its key while it has no code; null for one nobody knew. */
  key: string | null
  surveyNo: string | null
  /** The state a role keeps where it has the same unit as before. */
  unitState(role: UnitRole, unitId: string): UnitStateLetter | null
}

export interface ComponentContext {
  batch: Batch
  /** The delivery's layers, by file number. */
  files: readonly string[]
  /** Whose running numbers the delivery's are; null where nobody is named. */
  numbersOf: string | null
  classes: ClassIndex
  units: UnitIndex
  placer: Placer
  /** Level 0 polygons. */
  districtGrids: Parameters<typeof farOutside>[0]
  codeProfile: CodeProfile
  known: KnownIndex
  /** Keys of what was taken out by a person's decision: a row that brings one again is told so. */
  retired: ReadonlyMap<string, RetiredKey>
  /** Of upkeep, which decodes one row at a time. */
  identity?: Identity
  /** What is brought as it was; upkeep keeps none. */
  unchanged?: UnchangedTally
  components: CopyWriter
  placements: CopyWriter
  rules: EffectiveRules
  /** How the district takes a finding. */
  takenAs(code: FindingCode): RuleSeverity
  /** The days a date may be of, 'YYYY-MM-DD'. */
  dates: { earliest: string; latest: string }
  statedGrids: StatedGrids
  /** What was taken so far, to be compared with what comes. */
  near: NearIndex
  /** Hash of a picture's content by its name, where pictures came along. */
  photoHashes: PhotoHashes | null
  found(finding: Finding): void
  /** Holds rows to what the firm was asked for; null where nothing was. */
  commission: HoldToCommission | null
  /** Keys taken in this delivery. */
  seen: SeenKeys
  /** Told what each row says of its pictures; null where no photos were brought. */
  pictured: Pick<Pictured, 'add'> | null
  /** Classes of which a row was seen, refused or not. */
  classesSeen: Set<string>
}
