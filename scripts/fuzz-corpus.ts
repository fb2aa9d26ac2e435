/**
 * Good files of every format the readers take, small, with Chinese text, for being damaged: what Node can write is
 * made here, the rest by GDAL where it is installed.
 *
 *   name of the format -> { file name: bytes }      the parts of one delivery
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buffer } from 'node:stream/consumers'
import excel from 'exceljs'
import iconv from 'iconv-lite'
import { ZipFile } from 'yazl'
import { ewkbSize, writeEwkb } from '../gis/ewkb.ts'
import type { Geometry } from '../gis/geometry.ts'
import { openShapefile } from '../pilot/shapefile-write.ts'

export type Parts = Record<string, Buffer>
export type Corpus = Record<string, Parts>

const ROWS = 40
const texts = ['雨水箅子', '木渎镇宝带西路', 'lamp', '', '电力井盖，含“引号”', '中国电信吴中分公司']
const header = ['OBJCODE', 'OBJNAME', 'X', 'Y', '初始日期', '备注']
const prj =
  'GEOGCS["CGCS2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'

const rows = Array.from({ length: ROWS }, (_, i) => ({
  code: `3205990118${String(i).padStart(6, '0')}`,
  name: texts[i % texts.length]!,
  lon: 120.6 + i * 0.00137,
  lat: 31.3 + ((i * 7) % 13) * 0.0011,
  date: `201708${String((i % 28) + 1).padStart(2, '0')}`,
  note: texts[(i + 3) % texts.length]!,
}))
const square = (x: number, y: number): number[][] => [
  [x, y],
  [x, y + 1e-3],
  [x + 1e-3, y + 1e-3],
  [x + 1e-3, y],
  [x, y],
]
const shapes: ((x: number, y: number) => Geometry)[] = [
  (x, y) => ({ type: 'Point', coordinates: [x, y] }),
  (x, y) => ({
    type: 'LineString',
    coordinates: [
      [x, y],
      [x + 1e-3, y],
      [x + 1e-3, y + 1e-3],
    ],
  }),
  (x, y) => ({ type: 'Polygon', coordinates: [square(x, y)] }),
]
const features = (shape: (typeof shapes)[number]) =>
  rows.map(({ lon, lat, code, name, date, note }) => ({
    type: 'Feature',
    properties: { OBJCODE: code, OBJNAME: name, 初始日期: date, 备注: note },
    geometry: shape(lon, lat),
  }))
const collection = (shape: (typeof shapes)[number]): string =>
  JSON.stringify({ type: 'FeatureCollection', features: features(shape) }, null, 1)

function csv(mark: string): string {
  const cell = (text: string | number) =>
    /[",;\t\n]/.test(String(text)) ? `"${String(text).replaceAll('"', '""')}"` : text
  const lines = rows.map(row =>
    [row.code, row.name, row.lon, row.lat, row.date, row.note].map(cell).join(mark),
  )
  return [header.join(mark), ...lines].join('\r\n')
}

/** In the order in which formats are drawn. */
export async function fuzzCorpus(): Promise<Corpus> {
  const dir = mkdtempSync(join(tmpdir(), 'fuzz-corpus-'))
  try {
    const point = shapefile(dir, 'point')
    const polygon = shapefile(dir, 'polygon')
    const corpus: Corpus = {
      shapefile: point,
      'shapefile, areas': polygon,
      'shapefile, lines': shapefile(dir, 'line'),
      'shapefile, zipped': {
        'a.zip': await zipped({
          '部件/0101.shp': point['a.shp']!,
          '部件/0101.shx': point['a.shx']!,
          '部件/0101.dbf': point['a.dbf']!,
          '部件/0101.prj': point['a.prj']!,
          '绿地.shp': polygon['a.shp']!,
          '绿地.shx': polygon['a.shx']!,
          '绿地.dbf': polygon['a.dbf']!,
        }),
      },
      geopackage: { 'a.gpkg': geopackage(dir) },
      geojson: { 'a.geojson': Buffer.from(collection(shapes[2]!)) },
      'geojson, a line': {
        'a.geojsonl': Buffer.from(
          features(shapes[1]!)
            .map(each => JSON.stringify(each))
            .join('\n'),
        ),
      },
      topojson: { 'a.topojson': topojson() },
      'csv, utf-8': { 'a.csv': Buffer.from(`\ufeff${csv(',')}`) },
      'csv, gb18030': { 'a.csv': iconv.encode(csv(','), 'gb18030') },
      'csv, big5': { 'a.csv': iconv.encode(csv(';'), 'big5') },
      'tsv, utf-16': { 'a.tsv': iconv.encode(csv('\t'), 'utf-16le', { addBOM: true }) },
      xlsx: { 'a.xlsx': await workbook() },
    }
    return { ...corpus, ...(await gdalCorpus(dir)) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const partsIn = (dir: string, begins: string): Parts =>
  Object.fromEntries(
    readdirSync(dir)
      .filter(name => name.startsWith(begins))
      .sort()
      .map(name => [name.replace(begins, 'a'), readFileSync(join(dir, name))]),
  )

function shapefile(dir: string, kind: 'point' | 'line' | 'polygon'): Parts {
  const columns = [
    { name: 'OBJCODE', type: 'C', width: 20 },
    { name: 'OBJNAME', type: 'C', width: 24 },
    { name: 'NUM_', type: 'N', width: 8 },
    { name: 'ORDATE', type: 'D', width: 8 },
  ] as const
  const out = openShapefile({ path: join(dir, kind), kind, columns, prj, tells: 'driver' })
  for (const [i, { code, name, lon, lat, date }] of rows.entries()) {
    const ring = square(lon, lat).slice(0, 4).reverse().flat()
    const part = kind === 'point' ? [lon, lat] : kind === 'line' ? [lon, lat, lon + 1e-3, lat] : ring
    out.write([part], [code, name, i, date])
  }
  out.close()
  return partsIn(dir, kind)
}

async function zipped(entries: Parts): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(bytes, name)
  zip.end()
  return buffer(zip.outputStream as NodeJS.ReadableStream)
}

function geopackage(dir: string): Buffer {
  const path = join(dir, 'made.gpkg')
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
    CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT, description TEXT);
    CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT UNIQUE, description TEXT, last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
    CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT);
    INSERT INTO gpkg_spatial_ref_sys VALUES ('CGCS2000', 4490, 'EPSG', 4490, 'GEOGCS["CGCS2000"]', '');
    INSERT INTO gpkg_contents VALUES ('部件', 'features', '部件', '', '2024-01-01T00:00:00Z', 120, 31, 121, 32, 4490);
    INSERT INTO gpkg_geometry_columns VALUES ('部件', 'geom', 'GEOMETRY', 4490, 0, 0);
    CREATE TABLE "部件" (fid INTEGER PRIMARY KEY, geom BLOB, OBJCODE TEXT, OBJNAME TEXT, ORDATE TEXT);`)
  const insert = db.prepare('INSERT INTO "部件" (geom, OBJCODE, OBJNAME, ORDATE) VALUES (?, ?, ?, ?)')
  for (const [i, { lon, lat, code, name, date }] of rows.entries())
    insert.run(gpkgGeometry(shapes[i % 3]!(lon, lat)), code, name, date)
  db.close()
  return readFileSync(path)
}

/** `GP`, version, flags (little endian, no envelope), system, then WKB: EWKB without its system. */
function gpkgGeometry(geometry: Geometry): Uint8Array {
  const ewkb = Buffer.alloc(ewkbSize(geometry))
  writeEwkb(new DataView(ewkb.buffer, ewkb.byteOffset, ewkb.length), 0, geometry, 4490)
  const little = ewkb[0] === 1
  const type = (little ? ewkb.readUInt32LE(1) : ewkb.readUInt32BE(1)) & 0xff
  const head = Buffer.from([0x47, 0x50, 0, little ? 1 : 0, 0, 0, 0, 0, little ? 1 : 0, 0, 0, 0, 0])
  if (little) head.writeUInt32LE(type, 9)
  else head.writeUInt32BE(type, 9)
  return Buffer.concat([head, ewkb.subarray(9)])
}

function topojson(): Buffer {
  const arcs = rows.map(({ lon, lat }) => square(lon, lat))
  const geometries = rows.map(({ code, name }, i) => ({
    type: 'Polygon',
    arcs: [[i]],
    properties: { code, name },
  }))
  return Buffer.from(
    JSON.stringify({ type: 'Topology', arcs, objects: { 片区: { type: 'GeometryCollection', geometries } } }),
  )
}

async function workbook(): Promise<Buffer> {
  const book = new excel.Workbook()
  for (const name of ['部件', '第二页']) {
    const sheet = book.addWorksheet(name)
    sheet.addRow(header)
    for (const row of rows)
      sheet.addRow([
        row.code,
        row.name,
        row.lon,
        row.lat,
        new Date(`${row.date.slice(0, 4)}-08-07`),
        row.note,
      ])
  }
  return Buffer.from(await book.xlsx.writeBuffer())
}

const drivers: readonly [format: string, driver: string, ending: string][] = [
  ['tab', 'MapInfo File', 'tab'],
  ['mif', 'MapInfo File', 'mif'],
  ['dxf', 'DXF', 'dxf'],
  ['kml', 'KML', 'kml'],
  ['gdb', 'OpenFileGDB', 'gdb'],
]

/** Empty where GDAL is not installed. */
async function gdalCorpus(dir: string): Promise<Corpus> {
  const source = join(dir, 'source.geojson')
  writeFileSync(source, collection(shapes[0]!))
  const corpus: Corpus = {}
  for (const [format, driver, ending] of drivers) {
    const out = join(dir, `${format}-made.${ending}`)
    const more: Record<string, string[]> = {
      DXF: ['-select', ''],
      'MapInfo File': ['-lco', 'ENCODING=CP936'],
    }
    try {
      execFileSync('ogr2ogr', ['-f', driver, ...(more[driver] ?? []), out, source], { stdio: 'ignore' })
    } catch {
      continue
    }
    corpus[format] =
      ending === 'gdb'
        ? {
            'a.zip': await zipped(
              Object.fromEntries(
                readdirSync(out).map(name => [`a.gdb/${name}`, readFileSync(join(out, name))]),
              ),
            ),
          }
        : partsIn(dir, `${format}-made`)
  }
  const kml = corpus.kml?.['a.kml']
  if (kml) corpus.kmz = { 'a.kmz': await zipped({ 'doc.kml': kml, 'files/a.png': Buffer.alloc(100) }) }
  return corpus
}
