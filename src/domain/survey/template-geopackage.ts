/**
 * The template as a GeoPackage (OGC 12-128r18): a layer for points, one for lines and one for polygons, or those of one
 * class, empty, in CGCS2000, with the fields of a shapefile as text. What a field means and what may be chosen stands in
 * it too (its schema extension), so that QGIS shows names and pick lists by itself.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Files } from '../../core/files.ts'
import { dbfColumns, type Lang, type ListName, listsOf, type TemplateDistrict } from './template-columns.ts'

const layers = {
  point: { zh: '点', en: 'points', type: 'POINT' },
  line: { zh: '线', en: 'lines', type: 'MULTILINESTRING' },
  polygon: { zh: '面', en: 'polygons', type: 'MULTIPOLYGON' },
} as const

const CGCS2000 =
  'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4490"]]'

/** The tables that every one has; the numbers are 'GPKG' and version 1.3. */
const FRAME = `PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
  CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
  CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys (srs_id));
  CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents (table_name),
    column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys (srs_id),
    z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
  CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
    scope TEXT NOT NULL, UNIQUE (table_name, column_name, extension_name));
  CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL REFERENCES gpkg_contents (table_name), column_name TEXT NOT NULL,
    name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, PRIMARY KEY (table_name, column_name));
  CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
    min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    UNIQUE (constraint_name, constraint_type, value));
  INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL),
    ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL),
    ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]', NULL),
    ('CGCS2000', 4490, 'EPSG', 4490, '${CGCS2000}', NULL);
  INSERT INTO gpkg_extensions VALUES
    ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec/#extension_schema', 'read-write'),
    ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec/#extension_schema', 'read-write');`

export async function templateGeopackage(
  files: Pick<Files, 'scratch' | 'removeScratch'>,
  district: TemplateDistrict,
  lang: Lang,
): Promise<Uint8Array> {
  const scratch = await files.scratch()
  try {
    const path = join(scratch, 'template.gpkg')
    const db = new DatabaseSync(path)
    try {
      db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN')
      db.exec(FRAME)
      writeLists(db, district)
      for (const kind of Object.keys(layers) as (keyof typeof layers)[])
        if (!district.only || district.only.geometry.includes(kind)) writeLayer(db, district, kind, lang)
      db.exec('COMMIT')
    } finally {
      db.close()
    }
    return new Uint8Array(await readFile(path))
  } finally {
    await files.removeScratch(scratch)
  }
}

/** What may be chosen; units are many and may be missing, so they are typed. */
const CHOSEN: readonly ListName[] = ['classes', 'states', 'currencies', 'sources']

function writeLists(db: DatabaseSync, district: TemplateDistrict): void {
  const insert = db.prepare(
    "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value) VALUES (?, 'enum', ?)",
  )
  const lists = listsOf({ ...district, classes: district.all })
  for (const name of CHOSEN) for (const value of new Set(lists[name])) insert.run(name, value)
}

function writeLayer(
  db: DatabaseSync,
  district: TemplateDistrict,
  kind: keyof typeof layers,
  lang: Lang,
): void {
  const { type, ...word } = layers[kind]
  const { only } = district
  const name = only
    ? `${only.code}_${word[lang]}`
    : { zh: `部件_${word.zh}`, en: `components_${word.en}` }[lang]
  const columns = dbfColumns()
  const fields = columns.map(({ dbf, width }) => `"${dbf}" TEXT(${width})`)
  db.exec(
    `CREATE TABLE "${name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom ${type}, ${fields.join(', ')})`,
  )
  db.prepare(
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, 4490)",
  ).run(name, name)
  db.prepare("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4490, 0, 0)").run(name, type)
  const insert = db.prepare(
    'INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name) VALUES (?, ?, ?, ?, ?, ?)',
  )
  for (const { dbf, name: title, list, field, ...column } of columns) {
    const how = field === 'code' ? `${district.codeRule[lang]}; ${column[lang]}` : column[lang]
    const told = lang === 'zh' ? title : dbf
    insert.run(name, dbf, dbf, told, how, list && CHOSEN.includes(list) ? list : null)
  }
}
