/** GeoPackages for tests, by SQL: the tables every one has, and layers with geometries made byte by byte. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ewkbSize, writeEwkb } from '../../../../gis/ewkb.ts'
import type { Geometry } from '../../../../gis/geometry.ts'

export interface LayerDraft {
  name: string
  /** Column definitions besides fid and geom: `code TEXT`. */
  columns: string[]
  /** Values in their order; the geometry first unless the layer has none. */
  rows: (string | number | bigint | null | Uint8Array)[][]
  /** POINT ...; null for a table of attributes. */
  type: string | null
  srs?: number
}

/** A database made by `more` after the tables and layers are there. */
export function gpkgBytes(
  layers: readonly LayerDraft[],
  more: (db: DatabaseSync) => void = () => {},
): Buffer {
  const home = mkdtempSync(join(tmpdir(), 'gpkg-'))
  const path = join(home, 'a.gpkg')
  try {
    const db = new DatabaseSync(path)
    db.exec(`PRAGMA application_id = 1196444487; PRAGMA user_version = 10300; PRAGMA journal_mode = DELETE;
      CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
      CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT, last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
      CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
        geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
      INSERT INTO gpkg_spatial_ref_sys VALUES ('u', -1, 'NONE', -1, 'undefined', ''), ('u', 0, 'NONE', 0, 'undefined', ''),
        ('CGCS2000', 4490, 'EPSG', 4490, 'GEOGCS["CGCS2000"]', ''), ('GK', 4549, 'epsg', 4549, 'PROJCS["GK"]', ''),
        ('other', 27700, 'EPSG', 27700, 'PROJCS["OSGB36"]', ''), ('own', 100001, 'local', 7, 'PROJCS["own"]', '');`)
    for (const layer of layers) {
      const name = `"${layer.name}"`
      const columns = ['fid INTEGER PRIMARY KEY', ...(layer.type ? ['geom BLOB'] : []), ...layer.columns]
      db.exec(`CREATE TABLE ${name} (${columns.join(', ')})`)
      const kind = layer.type ? 'features' : 'attributes'
      db.prepare('INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES (?, ?, ?)').run(
        layer.name,
        kind,
        layer.srs ?? 4490,
      )
      if (layer.type)
        db.prepare('INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)').run(
          layer.name,
          'geom',
          layer.type,
          layer.srs ?? 4490,
        )
      const places = Array.from({ length: layer.rows[0]?.length ?? 0 }, () => '?').join(', ')
      const insert = layer.rows.length > 0 ? db.prepare(`INSERT INTO ${name} VALUES (NULL, ${places})`) : null
      db.exec('BEGIN')
      for (const row of layer.rows) insert!.run(...row)
      db.exec('COMMIT')
    }
    more(db)
    db.close()
    return readFileSync(path)
  } finally {
    rmSync(home, { recursive: true })
  }
}

/** A geometry as a GeoPackage keeps it. `envelope`: doubles before the WKB. */
export function blob(
  geometry: Geometry,
  { envelope = 0, bigEndian = false, empty = false, kind = undefined as number | undefined } = {},
): Buffer {
  const kinds: Record<number, number> = { 0: 0, 4: 1, 6: 2, 8: 4 }
  const head = Buffer.alloc(8 + envelope * 8, 0x7f)
  head.write('GP', 0, 'latin1')
  head[2] = 0
  head[3] = (bigEndian ? 0 : 1) | ((kind ?? kinds[envelope]!) << 1) | (empty ? 16 : 0)
  head.writeInt32LE(4490, 4)
  return Buffer.concat([head, wkb(geometry)])
}

/** Little-endian WKB without SRID. */
export function wkb(geometry: Geometry): Buffer {
  const bytes = Buffer.alloc(ewkbSize(geometry))
  writeEwkb(new DataView(bytes.buffer, bytes.byteOffset), 0, geometry, 0)
  const type = bytes.readUInt32LE(1) & 0xff
  const plain = Buffer.concat([bytes.subarray(0, 5), bytes.subarray(9)])
  plain.writeUInt32LE(type, 1)
  return plain
}

export const point = (x: number, y: number): Geometry => ({ type: 'Point', coordinates: [x, y] })
