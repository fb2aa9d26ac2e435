/**
 * One delivered component while it is decoded: its values in the field's words, what was found in it, and
 * whether that refuses it. One object serves a whole layer, begun anew with each row; one a row would cost
 * a load dearly. What was found is told when the row is done: only then is it known where and what it is.
 */
import type { Geometry } from '../../../gis/geometry.ts'
import type { RuleSeverity } from './check-rules.ts'
import { type Finding, type FindingCode, isToldAlready } from './findings.ts'
import { middleOnEarth } from './position.ts'
import type { ResolvedLayer } from './profile.ts'
import type { SourceLayer, SourceRow, SourceValue } from './readers/source.ts'
import type { ProfileField } from './schema.ts'
import { textOf } from './values.ts'

export interface DecodedRow {
  source: SourceRow
  /** Whether something found so far refuses the row. */
  refused: boolean
  /** Where it stands, in lon/lat, and the code of its class, as far as is known. */
  geometry: Geometry | null
  classCode: string | null
  /** What has no column of its own. */
  attributes: Record<string, unknown>
  /** @returns whether its reader could make anything of it: of half a row nothing else is worth saying */
  begin(source: SourceRow): boolean
  /** The text of a field's column, or the constant the profile gives. */
  given(field: ProfileField): string | null
  /** The value as the file holds it, or the constant. */
  raw(field: ProfileField): SourceValue | undefined
  /** The name the file gives the column of a field. */
  column(field: ProfileField): string | null
  report(code: FindingCode, at?: Partial<Finding>): void
  /** Tells what was found, with place and class. */
  end(): void
  /** Forgets what was found: the row comes again. */
  drop(): void
}

export function openRow(
  { found, takenAs }: { found(finding: Finding): void; takenAs(code: FindingCode): RuleSeverity },
  layer: Pick<SourceLayer, 'file' | 'fields'>,
  { columns, constants }: Pick<ResolvedLayer, 'columns' | 'constants'>,
): DecodedRow {
  let told: Finding[] = []
  const self: DecodedRow = {
    source: { row: 0, values: [], geometry: null },
    refused: false,
    geometry: null,
    classCode: null,
    attributes: {},
    begin(source) {
      self.source = source
      self.refused = false
      self.geometry = null
      self.classCode = null
      self.attributes = {}
      if (!source.findings) return true
      let readable = true
      for (const finding of source.findings) {
        told.push(finding)
        if (takenAs(finding.code) === 'error') self.refused = true
        if (finding.code === 'row.deleted' || finding.code === 'row.quote') readable = false
      }
      return readable
    },
    given(field) {
      const at = columns[field]
      return (at === undefined ? null : textOf(self.source.values[at])) ?? constants[field] ?? null
    },
    raw(field) {
      const at = columns[field]
      return (at === undefined ? null : self.source.values[at]) ?? constants[field]
    },
    column(field) {
      const at = columns[field]
      return at === undefined ? null : layer.fields[at]!.name
    },
    report(code, at = {}) {
      const severity = takenAs(code)
      if (severity === 'off' || isToldAlready(code, at.field, self.source)) return
      if (severity === 'error') self.refused = true
      const value = at.value == null ? null : at.value.slice(0, 200)
      const where = { row: self.source.row, field: null, detail: {}, lonLat: null, ...at }
      told.push({ ...where, value, code, file: layer.file })
    },
    drop() {
      told = []
    },
    end() {
      if (told.length > 0) {
        const lonLat = self.geometry && middleOnEarth(self.geometry)
        for (const each of told)
          found({ ...each, lonLat: each.row === null ? null : lonLat, class: self.classCode })
        told = []
      }
      // what is found of the layer when its rows are through is of no row and no class
      self.geometry = null
      self.classCode = null
    },
  }
  return self
}
