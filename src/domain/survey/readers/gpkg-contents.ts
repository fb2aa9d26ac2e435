/**
 * What a GeoPackage says is in it: layers, their columns and reference systems (OGC 12-128r18 §1.1, §2.1).
 */
import type { DatabaseSync } from 'node:sqlite'
import { findCrs } from '../../../../gis/crs.ts'
import { FileFault, type Finding } from '../findings.ts'
import { corrupt } from './file-bytes.ts'
import { heard, quoted } from './gpkg-file.ts'
import type { SourceField, SourceLayer, StatedCrs } from './source.ts'

export interface GpkgTable {
  name: string
  /** SQL of the row's number. */
  key: string
  geometry: string | null
  geometryKind: SourceLayer['geometryKind']
  fields: SourceField[]
  crs: StatedCrs
}

type Row = Record<string, string | number | null>

/** More entries than any real file has. */
const most = 10_000

/** Throws FileFault: file.format (a database that is none), file.corrupt. */
export function readContents(db: DatabaseSync, file: string): { tables: GpkgTable[]; findings: Finding[] } {
  const findings: Finding[] = []
  const objects = new Map(
    all(db, 'SELECT type, name, sql FROM sqlite_master', file).map(each => [lower(each.name), each]),
  )
  if (objects.get('gpkg_contents')?.type !== 'table')
    throw new FileFault('file.format', file, { detail: { reason: 'SQLite' } })
  const own = (name: string) => objects.get(name)?.type === 'table'
  const systems = own('gpkg_spatial_ref_sys') ? readSystems(db, file) : new Map<number, StatedCrs>()
  const shapes = new Map(
    own('gpkg_geometry_columns')
      ? all(
          db,
          'SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns',
          file,
        ).map(each => [lower(each.table_name), each])
      : [],
  )
  const tables: GpkgTable[] = []
  for (const { table_name, data_type } of all(db, 'SELECT table_name, data_type FROM gpkg_contents', file)) {
    const name = String(table_name)
    const object = objects.get(lower(name))
    const kind = lower(data_type)
    const passOver = (type: string) =>
      findings.push(new FileFault('layer.ignored', file, { detail: { layer: name, type } }).finding)
    if (kind !== 'features' && kind !== 'attributes' && kind !== 'aspatial') passOver(kind)
    else if (!object) findings.push(corrupt(`${file}/${name}`, `no table ${name}`).finding)
    else if (object.type !== 'table') passOver(String(object.type))
    else if (/^\s*create\s+virtual/i.test(String(object.sql))) passOver('virtual table')
    else {
      const shape = kind === 'features' ? shapes.get(lower(name)) : undefined
      const crs = shape && systems.get(Number(shape.srs_id))
      tables.push(readTable(db, String(object.name), shape, crs ?? { kind: 'none' }, file, findings))
    }
  }
  return { tables, findings }
}

/** Rows of one of the format's own tables. Nothing is sorted or filtered: a forged file could make that last. */
function all(db: DatabaseSync, sql: string, file: string): Row[] {
  return heard(file, () => db.prepare(`${sql} LIMIT ${most}`).all() as Row[])
}

const lower = (name: unknown): string => String(name).toLowerCase()

function readSystems(db: DatabaseSync, file: string): Map<number, StatedCrs> {
  const select = 'SELECT srs_id, organization, organization_coordsys_id AS code, definition'
  const systems = new Map<number, StatedCrs>()
  for (const each of all(db, `${select} FROM gpkg_spatial_ref_sys`, file)) {
    const wkt = String(each.definition ?? '').trim()
    const defined: StatedCrs = /^(undefined)?$/i.test(wkt) ? { kind: 'none' } : { kind: 'wkt', wkt }
    const code = `EPSG:${each.code}`
    systems.set(Number(each.srs_id), lower(each.organization) === 'epsg' ? stated(code, defined) : defined)
  }
  return systems
}

/** The code where it says something, known or known not to be usable; else the definition beside it. */
function stated(code: string, defined: StatedCrs): StatedCrs {
  const found = findCrs(code)
  const known = found.ok || found.reason === 'parameters' || defined.kind === 'none'
  return known ? { kind: 'code', code } : defined
}

const kinds: Record<string, SourceLayer['geometryKind']> = {
  point: 'point',
  multipoint: 'point',
  linestring: 'line',
  multilinestring: 'line',
  polygon: 'polygon',
  multipolygon: 'polygon',
}

function readTable(
  db: DatabaseSync,
  name: string,
  shape: Row | undefined,
  crs: StatedCrs,
  file: string,
  findings: Finding[],
): GpkgTable {
  const columns = heard(file, () => db.prepare(`PRAGMA table_xinfo(${quoted(name)})`).all() as Row[])
  const keys = columns.filter(each => Number(each.pk) > 0)
  const [key] = keys.length === 1 && lower(keys[0]!.type) === 'integer' ? keys : []
  const geometry = columns.find(each => lower(each.name) === lower(shape?.column_name ?? ''))
  const fields: SourceField[] = []
  for (const column of columns) {
    if (column === key || column === geometry) continue
    const type = lower(column.type)
    const stored = Number(column.hidden) === 0 ? storedAs(type) : undefined
    if (stored) fields.push({ name: String(column.name), stored })
    else {
      const detail = { type: stored === undefined && Number(column.hidden) > 0 ? 'generated' : type }
      findings.push(
        new FileFault('field.ignored', `${file}/${name}`, { field: String(column.name), detail }).finding,
      )
    }
  }
  return {
    name,
    key: key ? quoted(String(key.name)) : 'rowid',
    geometry: geometry ? String(geometry.name) : null,
    geometryKind: geometry ? (kinds[lower(shape!.geometry_type_name)] ?? 'mixed') : 'none',
    fields,
    crs: geometry ? crs : { kind: 'none' },
  }
}

function storedAs(type: string): SourceField['stored'] | undefined {
  const base = type.replace(/\(.*/, '').trim()
  if (base === 'blob') return undefined
  if (base === 'boolean') return 'boolean'
  if (base === 'text') return 'text'
  if (base === 'date' || base === 'datetime') return 'date'
  return /^(tinyint|smallint|mediumint|int|integer|float|double|real)$/.test(base) ? 'number' : 'any'
}
