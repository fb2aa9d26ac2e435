/**
 * What a mapping profile does not say although a load would ask for it, and what of it the sample rows do not
 * bear out: told before anything is loaded, each with the key to write. Pure.
 */
import type { Crs } from '../../../gis/crs.ts'
import { type CodeProfile, codeProfile, gridCodeRule, parseCode, ruleText } from '../catalog/codes.ts'
import type { GridLevel } from '../grids/schema.ts'
import { openCodes } from './component-code.ts'
import { openRow } from './component-row.ts'
import { layerCrs } from './crs.ts'
import { finding } from './field-rows.ts'
import { type Finding, type FindingCode, severityOf } from './findings.ts'
import { type ResolvedLayer, resolveLayer } from './profile.ts'
import type { SourceLayer, SourceRow } from './readers/source.ts'
import { type DeliveryKind, type Profile, type ProfileField, placed } from './schema.ts'
import { textOf } from './values.ts'

/** Fields that a load refuses to be without, and those it says it misses. */
const wanted: Record<DeliveryKind, { needed: readonly ProfileField[]; missed: readonly ProfileField[] }> = {
  grids: { needed: ['code'], missed: ['name'] },
  'unit-grids': { needed: ['code'], missed: [] },
  components: { needed: [], missed: ['code'] },
  addresses: { needed: ['text'], missed: [] },
  places: { needed: ['placeKind'], missed: ['name'] },
  units: { needed: ['name'], missed: ['code'] },
  classes: { needed: ['code', 'name', 'geometry'], missed: [] },
}

export interface GapGround {
  district: string
  /** How codes of this kind are cut in the district, where the profile says nothing else. */
  codeProfile: string
  /** The system of the district that the profile names. */
  named: Crs | null
}

const gridLevels: readonly GridLevel[] = [0, 1, 2, 3]

type Layer = Pick<SourceLayer, 'file' | 'name' | 'fields' | 'position' | 'crs' | 'sample'>

export function gapsOf(profile: Profile, layers: readonly Layer[], ground: GapGround): Finding[] {
  const found: Finding[] = []
  const absent = new Map<string, { code: FindingCode; field: ProfileField; layers: Layer[] }>()
  const miss = (code: FindingCode, field: ProfileField, layer: Layer) => {
    const gap = absent.get(field) ?? { code, field, layers: [] }
    gap.layers.push(layer)
    absent.set(field, gap)
  }
  const rule = codeProfile(profile.codeProfile ?? ground.codeProfile)
  for (const layer of layers) {
    const resolved = resolveLayer(profile, layer, layers.length)
    if (resolved.skip) continue
    found.push(...resolved.findings)
    if (placed(profile.kind)) layerCrs(layer, profile, each => found.push(each), ground.named)
    for (const [code, fields] of [
      ['profile.needed', wanted[profile.kind].needed],
      ['profile.missed', wanted[profile.kind].missed],
    ] as const)
      for (const field of fields) if (!says(resolved, field)) miss(code, field, layer)
    if (profile.kind === 'grids' && !says(resolved, 'level')) miss('profile.level', 'level', layer)
    if (profile.kind === 'components' && !saysClass(resolved, rule))
      miss('profile.needed', 'className', layer)
    const misfit = firstMisfit(profile.kind, layer, resolved, rule, ground.district)
    if (misfit) found.push(misfit)
  }
  for (const { code, field, layers } of absent.values()) found.push(gap(code, field, layers))
  return found
}

const says = ({ columns, constants, level, placeKind }: ResolvedLayer, field: ProfileField): boolean =>
  columns[field] !== undefined ||
  constants[field] !== undefined ||
  (field === 'level' && level !== null) ||
  (field === 'placeKind' && placeKind !== null)

/** Some codes hold the class. */
const saysClass = (resolved: ResolvedLayer, { segments }: CodeProfile): boolean =>
  resolved.class !== null ||
  says(resolved, 'className') ||
  says(resolved, 'classCode') ||
  (says(resolved, 'code') && segments !== 'any' && segments.some(({ name }) => name === 'major'))

/** Names that are listed; of more it is told that there are more. */
const LAYERS_NAMED = 5
const COLUMNS_NAMED = 24
const few = (names: readonly string[], most: number): string =>
  (names.length > most ? [...names.slice(0, most), `… +${names.length - most}`] : names).join(', ')

/** One for all layers that lack the same. */
function gap(code: FindingCode, field: ProfileField, layers: readonly Layer[]): Finding {
  const [first] = layers
  const detail = {
    label: field,
    key: field,
    layer: first!.name,
    layers: few(
      layers.map(layer => layer.name),
      LAYERS_NAMED,
    ),
    columns: few(
      first!.fields.map(each => each.name),
      COLUMNS_NAMED,
    ),
  }
  return finding(code, first!.file, null, { field, detail })
}

/** The first code of the sample that the rule for codes does not take. */
function firstMisfit(
  kind: DeliveryKind,
  layer: Layer,
  resolved: ResolvedLayer,
  rule: CodeProfile,
  district: string,
): Finding | null {
  const at = resolved.columns.code
  if (at === undefined || (kind !== 'grids' && kind !== 'components')) return null
  if (kind === 'components') return componentMisfit(layer, resolved, layer.sample, at, { rule, district })
  for (const row of layer.sample) {
    const misfit = gridMisfit(layer, resolved, row, at, rule)
    if (misfit) return misfit
  }
  return null
}

function gridMisfit(
  layer: Layer,
  { columns, constants, level }: ResolvedLayer,
  { row, values }: SourceRow,
  at: number,
  profile: CodeProfile,
): Finding | null {
  const code = textOf(values[at])
  if (code === null) return null
  const said =
    (columns.level === undefined ? null : textOf(values[columns.level])) ?? constants.level ?? String(level)
  // where the level is not said the code may be of any
  const levels = /^[0-3]$/.test(said) ? [Number(said) as GridLevel] : gridLevels
  const rules = levels.map(each => gridCodeRule(profile, each))
  if (rules.some(rule => parseCode(rule, code).ok)) return null
  const detail = { rule: rules.map(rule => ruleText(rule, 'any')).join(' / ') }
  return finding('grid.code', layer.file, row, { field: layer.fields[at]!.name, value: code, detail })
}

/** Read as a load reads it: what is only written oddly is no misfit. */
function componentMisfit(
  layer: Layer,
  resolved: ResolvedLayer,
  rows: readonly SourceRow[],
  at: number,
  { rule, district }: { rule: CodeProfile; district: string },
): Finding | null {
  const found: Finding[] = []
  const row = openRow({ found: each => found.push(each), takenAs: severityOf }, layer, resolved)
  const codes = openCodes(rule, district, at, layer.fields[at]!)
  for (const source of rows) {
    if (row.begin(source)) codes.read(row)
    row.end()
  }
  return found.find(({ code }) => code === 'code.format' || code === 'code.numeric') ?? null
}
