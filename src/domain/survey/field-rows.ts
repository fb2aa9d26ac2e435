/**
 * Rows of grids, addresses and places in the field's words: what a column or the profile's constant gives,
 * where the row lies in lon/lat, and what is wrong with it. (Components have a quicker way of their own,
 * component.ts.)
 *
 *   layer + profile -> openFields -> for each row: given(), column(), geometry, report(), refused
 */
import type { Crs } from '../../../gis/crs.ts'
import { bboxOf, type Geometry, mapPositions, shapeFault } from '../../../gis/geometry.ts'
import { type Reading, reader } from '../../../gis/reading.ts'
import { layerCrs, readingOf } from './crs.ts'
import { type Finding, type FindingCode, isToldAlready, saysWhyNowhere, severityOf } from './findings.ts'
import { resolveLayer } from './profile.ts'
import type { SourceLayer, SourceRow, SourceValue } from './readers/source.ts'
import type { Profile, ProfileField } from './schema.ts'
import { textOf } from './values.ts'

type Resolved = ReturnType<typeof resolveLayer>

/** A finding of a row or a file; what is not said is null. */
export const finding = (
  code: FindingCode,
  file: string,
  row: number | null,
  more: Partial<Finding> = {},
): Finding => ({ field: null, value: null, detail: {}, lonLat: null, ...more, code, file, row })

export interface FieldRow {
  row: number
  /** The text of a column, or the constant the profile gives; null where there is neither. */
  given(field: ProfileField): string | null
  /** The name the file gives the column of a field. */
  column(field: ProfileField): string | null
  /** Values of the columns no field has, by their names; empty ones left out. */
  rest(): Record<string, SourceValue>
  /** In lon/lat, positions finite; null where the row has none or none that can be used, which is then reported. */
  geometry: Geometry | null
  report(code: FindingCode, more?: Partial<Finding>): void
  /** Whether an error was reported so far. */
  readonly refused: boolean
}

export interface Fields {
  resolved: Resolved
  reading: Reading
  /** @param found told of everything wrong with the row, by its reader and by `report` */
  read(row: SourceRow, found: (finding: Finding) => void): FieldRow
}

/** @returns 'skip' when the profile passes the layer over; null when it cannot be read, which is then among `found` */
export function openFields(
  layer: SourceLayer,
  profile: Profile,
  layers: number,
  found: (finding: Finding) => void,
  named: Crs | null,
): Fields | 'skip' | null {
  const resolved = resolveLayer(profile, layer, layers)
  for (const each of resolved.findings) found(each)
  if (resolved.skip) return 'skip'
  const crs = layerCrs(layer, profile, found, named)
  if (!crs || resolved.findings.length > 0) return null
  const reading = readingOf(profile, crs)
  const move = reader(reading)
  return { resolved, reading, read: (row, told) => readFields(layer, resolved, move, row, told) }
}

function readFields(
  layer: SourceLayer,
  { columns, constants, rest }: Resolved,
  move: (x: number, y: number) => [number, number],
  row: SourceRow,
  found: (finding: Finding) => void,
): FieldRow {
  let refused = false
  const tell = (each: Finding) => {
    refused ||= severityOf(each.code) === 'error'
    found(each)
  }
  const fields: FieldRow = {
    row: row.row,
    given(field) {
      const at = columns[field]
      return (at === undefined ? null : textOf(row.values[at])) ?? constants[field] ?? null
    },
    column: field => layer.fields[columns[field] ?? -1]?.name ?? null,
    rest: () =>
      Object.fromEntries(
        rest
          .map(i => [layer.fields[i]!.name, row.values[i]!] as const)
          .filter(([, value]) => value !== null && value !== ''),
      ),
    geometry: null,
    report(code, more) {
      if (!isToldAlready(code, more?.field, row)) tell(finding(code, layer.file, row.row, more))
    },
    get refused() {
      return refused
    },
  }
  for (const each of row.findings ?? []) tell(each)
  fields.geometry = moved(fields, row, move)
  return fields
}

function moved(
  row: FieldRow,
  { geometry, findings }: SourceRow,
  move: (x: number, y: number) => [number, number],
): Geometry | null {
  const fault = geometry && shapeFault(geometry)
  if (!geometry) {
    if (!findings?.some(saysWhyNowhere)) row.report('geometry.missing')
  } else if (fault)
    row.report('geometry.invalid', {
      value: geometry.type,
      detail: { reason: fault, place: `row ${row.row}` },
    })
  else {
    const there = mapPositions<Geometry>(geometry, move)
    const [west, south, east, north] = bboxOf(there)
    if (west >= -180 && east <= 180 && south >= -90 && north <= 90) return there
    row.report('position.not-finite', { value: `${west}, ${south}` })
  }
  return null
}
