/**
 * What the ending of a file name promises. One table for all who ask: unpacking (what is worth
 * inflating), opening (which reader), and the sentences about what is not read.
 */

/**
 *   shapefile  a part of a shapefile that is read      json   GeoJSON or TopoJSON, the content decides
 *   workbook   a spreadsheet; only .xlsx is read, but endings of spreadsheets lie more than others
 *   gdal       read through the machine's GDAL, or a part of what is
 *   index      belongs to another file, holds no data of its own, passed over in silence
 *   photo      a picture of a thing, matched with its row by name
 *   elsewhere  survey data in a format that is not read here
 *   unread     documents, pictures and everything unknown
 */
export type Format =
  | 'shapefile'
  | 'json'
  | 'geojsonseq'
  | 'csv'
  | 'workbook'
  | 'gpkg'
  | 'gdal'
  | 'zip'
  | 'index'
  | 'photo'
  | 'elsewhere'
  | 'unread'

const formats: Record<string, Format> = {
  shp: 'shapefile',
  shx: 'shapefile',
  dbf: 'shapefile',
  prj: 'shapefile',
  cpg: 'shapefile',
  json: 'json',
  geojson: 'json',
  topojson: 'json',
  geojsonl: 'geojsonseq',
  geojsons: 'geojsonseq',
  geojsonseq: 'geojsonseq',
  ndjson: 'geojsonseq',
  jsonl: 'geojsonseq',
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  gpkg: 'gpkg',
  zip: 'zip',
  // an archive of one KML and its pictures
  kmz: 'zip',
}
for (const ending of 'xlsx xlsm xls xlsb xlt xltx et ods'.split(' ')) formats[ending] = 'workbook'
for (const ending of 'tab dat map id mif mid dxf kml gdbtable gdbtablx'.split(' ')) formats[ending] = 'gdal'
for (const ending of 'sbn sbx qix qpj qmd fbn fbx ain aih atx ixs mxs idm ind gdbindexes spx freelist cst csvt shp.xml'.split(
  ' ',
)) {
  formats[ending] = 'index'
}

for (const ending of 'jpg jpeg png heic heif'.split(' ')) formats[ending] = 'photo'

/** Formats that hold survey data and are not read here (or not without GDAL), with the name a person knows them by. */
const elsewhere: Record<string, string> = {
  mdb: 'Personal Geodatabase (.mdb)',
  accdb: 'Access (.accdb)',
  gdb: 'File Geodatabase (.gdb)',
  dwg: 'AutoCAD (.dwg)',
  dxf: 'AutoCAD (.dxf)',
  tab: 'MapInfo (.tab)',
  mif: 'MapInfo (.mif)',
  kml: 'KML (.kml)',
  kmz: 'KML (.kmz)',
  rar: 'RAR (.rar)',
  '7z': '7-Zip (.7z)',
  tar: 'tar (.tar)',
  gz: 'gzip (.gz)',
}

/** Lower-case ending of a name without its dot (`shp.xml` counts as one), or '' when there is none. */
export function endingOf(name: string): string {
  return /[^/](?:\.(shp\.xml|[^./]+))$/i.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** The name without folders and without its ending: `a.zip/sub/0101.shp` is `0101`. */
export function layerNameOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1)
  const ending = endingOf(last)
  return ending === '' ? last : last.slice(0, -ending.length - 1)
}

/** The workbook that a layer is a sheet of, by its name (`a.zip/b.xlsx/Sheet1`); null for other layers. */
export const workbookOfSheet = (layer: string): string | null =>
  /^(.+\.xls[xm])\/[^/]+$/i.exec(layer)?.[1] ?? null

/** Whether a file is a table of text by its name: comma, tab or semicolon between. */
export const isTextTable = (name: string): boolean => formatOf(name) === 'csv'

export function formatOf(name: string): Format {
  const ending = endingOf(name)
  if (geodatabaseOf(name) !== undefined) return formats[ending] === 'gdal' || !ending ? 'gdal' : 'index'
  if (Object.hasOwn(formats, ending)) return formats[ending]!
  return Object.hasOwn(elsewhere, ending) ? 'elsewhere' : 'unread'
}

/** The folder that is a File Geodatabase around this file, if there is one: `sub/0101.gdb`. */
export function geodatabaseOf(name: string): string | undefined {
  return /^(.*\.gdb)\//i.exec(name)?.[1]
}

/** What a person calls the format of a file that is not read here. */
export function formatName(name: string): string {
  const ending = endingOf(name)
  return Object.hasOwn(elsewhere, ending) ? elsewhere[ending]! : `.${ending}`
}
