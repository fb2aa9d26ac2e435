/**
 * A parsed GeoJSON feature as a row. Which fields there are is only known when all features have been
 * seen: a first pass collects names, types and kinds of geometry, rows are made in a second.
 */
import type { Geometry } from '../../../../gis/geometry.ts'
import { FileFault, type Finding } from '../findings.ts'
import { geometryOf, kindOf } from './geojson-geometry.ts'
import type { SourceField, SourceLayer, SourceRow, SourceValue } from './source.ts'

/** What a first pass over features learns. */
export interface Collected {
  /** Names in the order in which they first appear. */
  fields: SourceField[]
  geometryKind: SourceLayer['geometryKind']
  rowCount: number
}

export interface Collector {
  add(feature: unknown): void
  collected(): Collected
}

/** The members of a feature that rows are made of; null when it is no feature. */
interface Parts {
  properties: Record<string, unknown>
  id: string | number | null
  geometry: unknown
}

function partsOf(feature: unknown): Parts | null {
  if (typeof feature !== 'object' || feature === null || Array.isArray(feature)) return null
  const { properties, geometry, id } = feature as Record<string, unknown>
  if (properties === undefined && geometry === undefined) return null
  const given = typeof properties === 'object' && properties !== null && !Array.isArray(properties)
  return {
    properties: given ? (properties as Record<string, unknown>) : {},
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    geometry: geometry ?? null,
  }
}

const storedAs = (value: unknown): SourceField['stored'] => {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'any'
}

/** A feature's own `id` becomes a field when any has one and no property is called so. */
export function collector(): Collector {
  const names = new Map<string, SourceField['stored'] | null>()
  const kinds = new Set<SourceLayer['geometryKind']>()
  let ids: SourceField['stored'] | null = null
  let rowCount = 0
  const note = (before: SourceField['stored'] | null | undefined, value: unknown) => {
    if (value === null || value === undefined) return before ?? null
    const stored = storedAs(value)
    return before === null || before === undefined || before === stored ? stored : 'any'
  }
  return {
    add(feature) {
      rowCount++
      const parts = partsOf(feature)
      if (!parts) return
      for (const name in parts.properties) names.set(name, note(names.get(name), parts.properties[name]))
      ids = note(ids, parts.id)
      const kind = kindOf(parts.geometry)
      if (kind) kinds.add(kind)
    },
    collected() {
      if (ids !== null && !names.has('id')) names.set('id', ids)
      const fields = [...names].map(([name, stored]) => ({ name, stored: stored ?? ('any' as const) }))
      const [kind] = kinds
      return { fields, rowCount, geometryKind: kinds.size > 1 ? 'mixed' : (kind ?? 'none') }
    },
  }
}

/** Makes rows of features, their values in the order of `fields`. */
export function rowMaker(
  fields: readonly SourceField[],
  file: string,
): (feature: unknown, row: number) => SourceRow {
  const names = fields.map(field => field.name)
  return (feature, row) => {
    const parts = partsOf(feature)
    if (!parts) return badRow(names.length, row, file, 'not a feature')
    const { properties, id } = parts
    const values = names.map(name =>
      Object.hasOwn(properties, name) ? plain(properties[name]) : name === 'id' ? id : null,
    )
    const { geometry, finding } = placed(parts.geometry, row, file)
    return finding ? { row, values, geometry, findings: [finding] } : { row, values, geometry }
  }
}

/** A row of which nothing can be read. */
export function badRow(fields: number, row: number, file: string, reason: string): SourceRow {
  const { finding } = new FileFault('file.corrupt', file, { row, detail: { reason } })
  return { row, values: new Array(fields).fill(null), geometry: null, findings: [finding] }
}

function placed(value: unknown, row: number, file: string): { geometry: Geometry | null; finding?: Finding } {
  const read = geometryOf(value)
  if ('geometry' in read) return { geometry: read.geometry }
  if ('type' in read) {
    const detail = { rule: 'Point, LineString, Polygon, Multi*' }
    return {
      geometry: null,
      finding: new FileFault('geometry.type', file, { row, value: read.type, detail }).finding,
    }
  }
  if ('notFinite' in read) {
    const where = { row, field: 'coordinates', value: read.notFinite.slice(0, 200) }
    return { geometry: null, finding: new FileFault('position.not-finite', file, where).finding }
  }
  const detail = { reason: read.fault, place: 'coordinates' }
  return { geometry: null, finding: new FileFault('geometry.invalid', file, { row, detail }).finding }
}

/** Lists and objects inside properties stay what they are: JSON text. */
function plain(value: unknown): SourceValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'object') return JSON.stringify(value)
  return value as SourceValue
}
