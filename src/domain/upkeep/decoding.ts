/**
 * One component's snapshot through the decoder of deliveries, as a delivery of one row: the same checks, the
 * same findings, and the row that lands.
 *
 *   Snapshot -> SourceRow -> componentDecoder -> findings, COPY bytes of the row and its placement
 */
import { type Crs, findCrs } from '../../../gis/crs.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { type CopyWriter, copyWriter } from '../../core/copy.ts'
import { type Db, one } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type CodeProfile, codeProfile } from '../catalog/codes.ts'
import { type ClassIndex, classIndex } from '../catalog/rules.ts'
import { getDictionary, listClasses } from '../catalog/store.ts'
import type { Grid } from '../grids/schema.ts'
import { currentGeneration, listGrids, listUnitGrids } from '../grids/store.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { type UnitEntry, type UnitIndex, unitIndex } from '../orgs/units.ts'
import { openPlacer, type Placer } from '../registry/placing.ts'
import { type Batch, type UnitRole, type UnitStateLetter, unitRoles } from '../registry/schema.ts'
import type { ComponentRow } from '../registry/store.ts'
import { type EffectiveRules, effectiveRules, type RuleSeverity, takenAs } from '../survey/check-rules.ts'
import { openNear } from '../survey/checks/near.ts'
import { type StatedGrids, statedGrids } from '../survey/checks/stated-grid.ts'
import { componentDecoder } from '../survey/component.ts'
import type { KnownIndex } from '../survey/component-context.ts'
import type { FindingCode } from '../survey/findings.ts'
import { currentRules } from '../survey/rule-versions.ts'
import type { ProfileField } from '../survey/schema.ts'
import { openSeenKeys, type SeenKeys } from '../survey/seen-keys.ts'
import type { UnitOf } from './rules.ts'
import type { KeptFinding, Snapshot, UnitSaid } from './schema.ts'

/** What a district's components are checked against. */
export interface Ground {
  district: string
  dictionaryId: string
  gridGeneration: number
  classes: ClassIndex
  units: UnitIndex
  unitOf: UnitOf
  placer: Placer
  districtGrids: readonly Grid[]
  statedGrids: StatedGrids
  rules: EffectiveRules
  codeProfile: CodeProfile
}

/** @throws Problem district.none while there are no grids */
export async function readGround(db: Db, district: string): Promise<Ground> {
  const gridGeneration = await currentGeneration(db, district)
  const grids = await listGrids(db, scopeOf(district), gridGeneration)
  if (!grids.some(grid => grid.level === 0)) throw problem('district.none')
  const row = await one<{ dictionary_id: string; component_code_profile: string }>(
    db,
    'SELECT dictionary_id, component_code_profile FROM district WHERE code = $1',
    [district],
  )
  const { name } = await getDictionary(db, row.dictionary_id)
  const units = await listUnits(db, scopeOf(district))
  const placer = openPlacer(grids)
  return {
    district,
    dictionaryId: row.dictionary_id,
    gridGeneration,
    classes: classIndex(await listClasses(db, row.dictionary_id), name),
    units: unitIndex(units),
    unitOf: namedBy(units),
    placer,
    statedGrids: statedGrids(grids, placer, await listUnitGrids(db, scopeOf(district))),
    rules: effectiveRules((await currentRules(db, district)).rules),
    districtGrids: grids.filter(grid => grid.level === 0),
    codeProfile: codeProfile(row.component_code_profile),
  }
}

function namedBy(units: readonly UnitEntry[]): UnitOf {
  const byId = new Map<string, UnitSaid>(units.map(({ id, code, name }) => [id, { id, code, name }]))
  return id => byId.get(id) ?? null
}

/** The day it is in China, YYYY-MM-DD, or so many days on: what is asked in the evening is of that day. */
export const dayOf = (clock: Clock = systemClock, daysAhead = 0): string =>
  new Date(clock.now().getTime() + (8 + 24 * daysAhead) * 3_600_000).toISOString().slice(0, 10)

const DELIVERED = 'AsDelivered'

/** All that a registry row says. */
export function snapshotOf(row: ComponentRow, unitOf: UnitOf): Snapshot {
  const delivered = row.attributes ?? {}
  const said = (role: UnitRole, id: string | null): UnitSaid | null => {
    const raw = delivered[`${role}${DELIVERED}`] as { code: string | null; name: string | null } | undefined
    return raw ? { id, ...raw } : id === null ? null : unitOf(id)
  }
  const { key, surveyNo, code, name, geometry, state, currency, surveyedOn, changedOn } = row
  const { dataSource, picture, note, statedGrid } = row
  return {
    key,
    surveyNo,
    code,
    class: row.class,
    name,
    geometry,
    state,
    currency,
    units: {
      competent: said('competent', row.competentId),
      owner: said('owner', row.ownerId),
      maintainer: said('maintainer', row.maintainerId),
    },
    surveyedOn,
    changedOn,
    dataSource,
    picture,
    note,
    statedGrid,
    attributes: Object.fromEntries(Object.entries(delivered).filter(([name]) => !name.endsWith(DELIVERED))),
  }
}

/** A snapshot to be decoded, with what stands behind it. */
export interface Decoding {
  id: string
  /** The number by which a person finds where the row came from. */
  rowNo: number
  after: Snapshot
  before: Snapshot | null
  /** The letters of `before`, in the order of roles. */
  unitStates: string | null
  /** Whether it changes a component that is there: not where one is new or comes back. */
  changes: boolean
  /** Codes that do not refuse it, whatever the rules say. */
  forgiven?: ReadonlySet<string>
}

/** What batches of upkeep call the file their rows come from. */
export const SOURCE_NAME = '动态更新'

/** Where rows of one batch are collected. */
export interface Collected {
  components: CopyWriter
  placements: CopyWriter
  seen: SeenKeys
}
export const collect = (): Collected => ({
  components: copyWriter(1 << 14),
  placements: copyWriter(1 << 12),
  seen: openSeenKeys(),
})

const lonLat: Crs = (() => {
  const found = findCrs('EPSG:4490')
  if (!found.ok) throw new Error('EPSG:4490 is not known')
  return found.crs
})()

/** Who the thing is, is said by its identity; its former row is never the same. */
const knownAs = (n: number): KnownIndex => ({
  find: () => n,
  content: () => 0n,
  id: (_n, into) => into,
  text: () => '',
  lonLat: () => [0, 0],
  holds: () => n >= 0,
  candidate: () => -1,
  claim: () => {},
  spare: () => {},
  isCoded: () => false,
  missing: () => [],
})
const UNKNOWN = knownAs(-1)
const KNOWN = knownAs(0)

/** Decodes one snapshot. @returns what was found, and whether an error among it refuses the row */
export function decode(
  ground: Ground,
  batch: Batch,
  { id, rowNo, after, before, unitStates, changes, forgiven }: Decoding,
  into: Collected = collect(),
): { findings: KeptFinding[]; refused: boolean } {
  const findings: KeptFinding[] = []
  const { names, values } = saidBy(after)
  const rest = Object.keys(after.attributes)
  const layer = {
    file: SOURCE_NAME,
    name: SOURCE_NAME,
    fields: [...names, ...rest].map(name => ({ name, stored: 'text' as const })),
    geometryKind: 'mixed' as const,
    rowCount: 1,
    encoding: { name: 'utf-8', decidedBy: 'given' as const },
    crs: { kind: 'none' as const },
    sample: [],
    rows: async function* () {},
  }
  const resolved = {
    skip: false,
    class: null,
    level: null,
    placeKind: null,
    columns: Object.fromEntries(names.map((name, i) => [name, i])),
    constants: {},
    rest: rest.map((_, i) => names.length + i),
    findings: [],
  }
  const identity = {
    id: Buffer.from(id.replaceAll('-', ''), 'hex'),
    key: after.key,
    surveyNo: after.surveyNo ?? null,
    unitState: unitStateOf(before, unitStates),
  }
  const { rules } = ground
  const taken = (code: FindingCode): RuleSeverity => {
    const severity = takenAs(rules, code)
    return severity === 'error' && forgiven?.has(code) ? 'warning' : severity
  }
  const decoder = componentDecoder(
    {
      ...ground,
      ...into,
      batch,
      identity,
      numbersOf: null,
      known: changes ? KNOWN : UNKNOWN,
      retired: new Map(),
      commission: null,
      files: [SOURCE_NAME],
      takenAs: taken,
      dates: {
        earliest: `${rules.dates.earliestYear}-01-01`,
        latest: dayOf(systemClock, rules.dates.daysAhead),
      },
      near: openNear(() => 0),
      photoHashes: null,
      pictured: null,
      classesSeen: new Set(),
      found: ({ code, field, value, detail }) =>
        findings.push({
          code,
          severity: taken(code) === 'error' ? 'error' : 'warning',
          field,
          value,
          detail,
        }),
    },
    layer,
    resolved,
    { crs: lonLat, swapAxes: false, degrees: 'decimal' },
    0,
  )
  const source = {
    row: rowNo,
    values: [...values, ...(Object.values(after.attributes) as string[])],
    geometry: after.geometry,
  }
  decoder.look([source])
  const outcome = decoder.decode(source)
  decoder.end()
  return { findings, refused: outcome === 'refused' }
}

/** A snapshot's own fields, as a table's columns and one row. */
function saidBy(after: Snapshot): { names: ProfileField[]; values: (string | null)[] } {
  const { competent, owner, maintainer } = after.units
  const said: [ProfileField, string | null][] = [
    ['code', after.code],
    ['classCode', after.class],
    ['name', after.name],
    ['competentCode', competent?.code ?? null],
    ['competentName', competent?.name ?? null],
    ['ownerCode', owner?.code ?? null],
    ['ownerName', owner?.name ?? null],
    ['maintainerCode', maintainer?.code ?? null],
    ['maintainerName', maintainer?.name ?? null],
    ['state', after.state],
    ['currency', after.currency],
    ['surveyedOn', after.surveyedOn],
    ['changedOn', after.changedOn],
    ['source', after.dataSource],
    ['picture', after.picture],
    ['note', after.note],
    ['statedGrid', after.statedGrid],
  ]
  return { names: said.map(([name]) => name), values: said.map(([, value]) => value) }
}

/** A unit that stays keeps its state: a thing does not become less confirmed by being moved. */
function unitStateOf(before: Snapshot | null, letters: string | null) {
  return (role: UnitRole, unitId: string): UnitStateLetter | null =>
    before && letters && before.units[role]?.id === unitId
      ? ((letters[unitRoles.indexOf(role)] as UnitStateLetter | undefined) ?? null)
      : null
}

export const isError = ({ severity }: KeptFinding): boolean => severity === 'error'
