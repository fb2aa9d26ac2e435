/** Rows of grid layers as drafts: everything wrong with a row is reported, and a row with an error gives no draft. */
import {
  type CodeProfile,
  gridCodeRule,
  parseCode,
  codeProfile as profileOf,
  ruleText,
} from '../catalog/codes.ts'
import { type GridDraft, type GridLevel, UNIT_LEVEL } from '../grids/schema.ts'
import { type FieldRow, openFields } from './field-rows.ts'
import { FileFault, type Finding } from './findings.ts'
import { withoutOtherKinds } from './layer-kind.ts'
import type { LoadInput } from './loading.ts'
import { openSources } from './readers/open.ts'
import type { DeliveryFile } from './schema.ts'

/** What a layer's rows are read by. */
interface Reading {
  /** What the layer is called, for a level that is not known. */
  layer: string
  /** Of every row of the layer; null where each row says its own. */
  level: number | null
  /** Whether they are unit grids. */
  units: boolean
  codes: CodeProfile
  /** Where each level and code stood first. */
  seen: Map<string, string>
}

/** @param input.codeProfile how codes of the net are cut in the district */
export async function readDrafts(input: LoadInput & { codeProfile: string }, findings: Finding[]) {
  const { delivery, signal } = input
  const { encoding, position } = input.profile
  const opened = await openSources(input.files, { encoding, position, signal })
  input.ledger.know(opened.layers)
  findings.push(...opened.findings)
  const found = (each: Finding) => findings.push(each)
  const profile = withoutOtherKinds(input.profile, opened.layers, found)
  const units = delivery.kind === 'unit-grids'
  // unit grids are numbered below the areas, by a rule of their own where one is named
  const codes = profileOf(profile.codeProfile ?? (units ? 'any' : input.codeProfile))
  const seen = new Map<string, string>()
  const drafts: GridDraft[] = []
  const files: DeliveryFile[] = []
  for (const layer of opened.layers) {
    const fields = openFields(layer, profile, opened.layers.length, found, input.crs)
    if (fields === 'skip') continue
    const file: DeliveryFile = { name: layer.file, bytes: null, read: 0, accepted: 0, refused: 0 }
    files.push(file)
    if (!fields) continue
    const level = units ? UNIT_LEVEL : fields.resolved.level
    const reading: Reading = { layer: layer.name, level, units, codes, seen }
    try {
      for await (const rows of layer.rows()) {
        signal.throwIfAborted()
        for (const row of rows) {
          file.read++
          const draft = draftOf(fields.read(row, found), layer.file, reading)
          if (draft) drafts.push(draft)
        }
        input.progress('reading', file.read, null)
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      findings.push(error.finding)
    }
  }
  return { drafts, files, read: seen }
}

function draftOf(row: FieldRow, file: string, reading: Reading): GridDraft | null {
  const level = levelOf(row, reading)
  const code = codeOf(row, file, level, reading)
  const { geometry } = row
  if (!geometry) return null
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') {
    row.report('geometry.type', { value: geometry.type, detail: { rule: 'polygon' } })
    return null
  }
  if (row.refused || level === null || code === null) return null
  return {
    file,
    row: row.row,
    level,
    code,
    name: row.given('name') ?? code,
    parentCode: row.given('parentCode'),
    geometry,
    attributes: row.rest(),
  }
}

function levelOf(row: FieldRow, { units, layer, level: of }: Reading): GridDraft['level'] | null {
  if (units) return UNIT_LEVEL
  const text = row.given('level') ?? (of === null ? null : String(of))
  if (text !== null && /^[0-3]$/.test(text)) return Number(text) as GridLevel
  row.report('grid.level', { field: row.column('level'), value: text ?? layer })
  return null
}

/** The digits a unit grid's code may have: 14 of CJ/T 213 to 20 of CJ/T 349. */
const UNIT_DIGITS = /^\d{14,20}$/

function codeOf(
  row: FieldRow,
  file: string,
  level: GridDraft['level'] | null,
  { codes, seen }: Reading,
): string | null {
  const code = row.given('code')
  if (code === null) {
    row.report('grid.code-missing', { field: row.column('code') })
    return null
  }
  if (level === null) return code
  const told = { field: row.column('code'), value: code }
  if (level === UNIT_LEVEL) {
    const fits = codes.segments === 'any' ? UNIT_DIGITS.test(code) : parseCode(codes, code).ok
    const rule = codes.segments === 'any' ? '14–20' : ruleText(codes, 'any')
    if (!fits) row.report('grid.code', { ...told, detail: { rule } })
  } else {
    const rule = gridCodeRule(codes, level)
    if (!parseCode(rule, code).ok)
      row.report('grid.code', { ...told, detail: { rule: ruleText(rule, 'any') } })
  }
  const other = seen.get(`${level}|${code}`)
  if (other) row.report('grid.duplicate', { ...told, detail: { other } })
  else seen.set(`${level}|${code}`, `${file}:${row.row}`)
  return code
}
