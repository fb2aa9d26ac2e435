/**
 * Coordinate reference systems: found by what a file or a person states, turned into longitude and
 * latitude. x is always easting or longitude and y northing or latitude, whatever axis order a definition
 * names. What cannot be done exactly is refused with a reason, never approximated: a datum without
 * parameters would be tens of metres off in silence.
 *
 *   code | name | PROJ string | WKT | PROJJSON -> canonical PROJ string -> (x, y) => [lon, lat]
 */
import proj4 from 'proj4'
import {
  crsOfCode,
  crsOfName,
  crsOfProj,
  isOldDatumName,
  type KnownCrs,
  oldDatumOfCode,
} from './crs-codes.ts'
import { type Reading, readDefinition } from './crs-definition.ts'
import { figureOfProj } from './figure.ts'
import { fromOffset, type OffsetName, toOffset } from './offset.ts'
import {
  degreesOf,
  longlatString,
  type ProjTerms,
  parseProj,
  tmercOf,
  tmercString,
  WEB_MERCATOR,
  WGS84_FIGURE,
} from './proj-string.ts'
import { parseProjJson } from './projjson.ts'
import { applySimilarity, type Similarity, undoSimilarity } from './similarity.ts'
import { transverseMercator } from './tmerc.ts'
import { parseWkt } from './wkt.ts'

export interface Crs {
  /** `EPSG:4549`; null when no known system has exactly these parameters. */
  code: string | null
  name: string
  kind: 'geographic' | 'projected'
  /** Canonical PROJ string; for GCJ-02 and BD-09 that of WGS 84 beneath. */
  proj: string
  /** Shifted longitude and latitude of Chinese web maps. */
  offset: OffsetName | null
  falseEastingM: number | null
  /** The zone in front of the easting (40 in 40,560,193), null when there is none. */
  zonePrefix: number | null
  /** Degrees east. */
  centralMeridian: number | null
  /** From the system's own x, y to those of `proj`, where a city ties its system to a national one. */
  similarity?: Similarity
}

export type CrsAnswer =
  | { ok: true; crs: Crs }
  | { ok: false; reason: 'unknown' | 'parameters' | 'local'; name: string }

/**
 * The system a text states. Refused are `unknown` ones, `local` ones without a place on earth, and those
 * that need transformation `parameters` (Beijing 1954, Xian 1980 ...) unless a definition brings +towgs84.
 */
export function findCrs(stated: string): CrsAnswer {
  const text = stated.replace(/^\uFEFF/, '').trim()
  const offset = /^(GCJ-?02|BD-?09)$/i.exec(text)
  if (offset) return offsetCrs(/^g/i.test(text) ? 'GCJ-02' : 'BD-09')
  const code =
    /^(?:urn:ogc:def:crs:EPSG:[\d.]*:|https?:\/\/www\.opengis\.net\/def\/crs\/EPSG\/\d+\/|\+init=epsg:|EPSG::?)?(\d{4,6})$/i.exec(
      text,
    )
  if (code) return byCode(Number(code[1]))
  if (
    /^(urn:ogc:def:crs:OGC:[\d.]*:|https?:\/\/www\.opengis\.net\/def\/crs\/OGC\/[\d.]+\/|OGC:)CRS84$/i.test(
      text,
    )
  )
    return byCode(4326)
  if (/^\+?proj=|\s\+proj=/.test(text)) return byReading(readProj(text))
  const tree = text.startsWith('{') ? parseProjJson(text) : parseWkt(text)
  if (tree) return byReading(readDefinition(tree))
  const known = crsOfName(text)
  if (known) return { ok: true, crs: crsOf(known.name, known.proj) }
  return { ok: false, reason: isOldDatumName(text) ? 'parameters' : 'unknown', name: text.slice(0, 80) }
}

function byCode(code: number): CrsAnswer {
  const known = crsOfCode(`EPSG:${code}`)
  if (known) return { ok: true, crs: crsOf(known.name, known.proj) }
  const old = oldDatumOfCode(code)
  if (old) return { ok: false, reason: 'parameters', name: `EPSG:${code} (${old})` }
  return { ok: false, reason: 'unknown', name: `EPSG:${code}` }
}

function byReading(reading: Reading): CrsAnswer {
  if (!reading.ok) return reading
  const crs = crsOf(reading.name, reading.proj)
  return isUsable(crs) ? { ok: true, crs } : { ok: false, reason: 'unknown', name: reading.name }
}

/** proj4 throws on what it cannot read, and some definitions give no numbers. */
function isUsable(crs: Crs): boolean {
  try {
    const [x, y] = fromLonLat(crs)(crs.centralMeridian ?? 110, 30)
    const [lon, lat] = toLonLat(crs)(x, y)
    return Math.abs(lon - (crs.centralMeridian ?? 110)) < 0.1 && Math.abs(lat - 30) < 0.1
  } catch {
    return false
  }
}

/** A PROJ string in canonical form; projections other than the common ones are left to proj4. */
function readProj(text: string): Reading {
  const name = text
  const terms = parseProj(text)
  const proj = terms?.get('proj')
  if (!terms || !proj || (terms.get('pm') ?? 'greenwich') !== 'greenwich')
    return { ok: false, reason: 'unknown', name }
  if (proj === 'merc' && terms.get('a') === '6378137' && terms.get('b') === '6378137')
    return { ok: true, name, proj: WEB_MERCATOR }
  const figure = figureOfProj(terms)
  if (figure === null) return { ok: false, reason: 'parameters', name }
  if (figure === 'unknown') return { ok: false, reason: 'unknown', name }
  if (['longlat', 'latlong', 'lonlat', 'latlon'].includes(proj))
    return { ok: true, name, proj: longlatString(figure) }
  if (proj === 'tmerc' || proj === 'utm') return readTmerc(name, terms, figure)
  const rest = [...terms].filter(([key]) => !FIGURE_TERMS.has(key))
  return {
    ok: true,
    name,
    proj: [...rest.map(([key, value]) => (value === '' ? `+${key}` : `+${key}=${value}`)), figure].join(' '),
  }
}

const FIGURE_TERMS = new Set([
  'axis',
  'type',
  'wktext',
  'no_defs',
  'datum',
  'ellps',
  'a',
  'b',
  'rf',
  'f',
  'towgs84',
  'nadgrids',
])
const UNITS_M: Readonly<Record<string, number>> = { m: 1, km: 1000, ft: 0.3048, 'us-ft': 1200 / 3937 }

function readTmerc(name: string, terms: ProjTerms, figure: string): Reading {
  const degrees = (key: string, otherwise: number) =>
    terms.has(key) ? degreesOf(terms.get(key)!) : otherwise
  const unitM = terms.has('to_meter')
    ? Number(terms.get('to_meter'))
    : (UNITS_M[terms.get('units') ?? 'm'] ?? Number.NaN)
  const zone = Number(terms.get('zone'))
  const at =
    terms.get('proj') === 'utm'
      ? {
          latitudeOfOrigin: 0,
          centralMeridian: Number.isInteger(zone) && zone >= 1 && zone <= 60 ? zone * 6 - 183 : Number.NaN,
          scale: 0.9996,
          falseEastingM: 500_000,
          falseNorthingM: terms.has('south') ? 10_000_000 : 0,
        }
      : {
          latitudeOfOrigin: degrees('lat_0', 0),
          centralMeridian: degrees('lon_0', 0),
          scale: Number(terms.get('k') ?? terms.get('k_0') ?? 1),
          falseEastingM: Number(terms.get('x_0') ?? 0),
          falseNorthingM: Number(terms.get('y_0') ?? 0),
        }
  if (!Object.values(at).every(Number.isFinite) || !(unitM > 0)) return { ok: false, reason: 'unknown', name }
  return { ok: true, name, proj: tmercString(at, figure, unitM) }
}

function offsetCrs(name: OffsetName): CrsAnswer {
  return { ok: true, crs: { ...crsOf(name, longlatString(WGS84_FIGURE)), code: null, name, offset: name } }
}

/** The register's name where the parameters are a known system's, else the one stated. */
function crsOf(name: string, proj: string): Crs {
  const known: KnownCrs | null = crsOfProj(proj)
  const terms = parseProj(proj)!
  const geographic = terms.get('proj') === 'longlat'
  const falseEastingM = geographic ? null : Number(terms.get('x_0') ?? 0)
  const zone = Math.floor((falseEastingM ?? 0) / 1e6)
  return {
    code: known?.code ?? null,
    name: known?.name ?? name,
    kind: geographic ? 'geographic' : 'projected',
    proj,
    offset: null,
    falseEastingM,
    zonePrefix: zone > 0 ? zone : null,
    centralMeridian: geographic ? null : degreesOf(terms.get('lon_0') ?? '0'),
  }
}

const LON_LAT = longlatString(WGS84_FIGURE)

/**
 * A function from x, y of the system to [longitude, latitude]; NaN for what is not finite. Far outside of
 * what a transverse Mercator covers (a zone prefix missing) the answer is finite and far away.
 */
export function toLonLat(crs: Crs): (x: number, y: number) => [lon: number, lat: number] {
  if (crs.similarity) {
    const { similarity, ...national } = crs
    const inverse = toLonLat(national)
    return (x, y) => inverse(...applySimilarity(similarity, x, y))
  }
  if (crs.offset) return fromOffset(crs.offset)
  if (isLonLat(crs)) return (x, y) => [x, y]
  const tm = tmercOf(crs.proj)
  if (tm) return transverseMercator(tm).inverse
  const { forward } = proj4(crs.proj, LON_LAT)
  return (x, y) =>
    Number.isFinite(x) && Number.isFinite(y) ? forward([x, y] as [number, number]) : [Number.NaN, Number.NaN]
}

/** A function from longitude and latitude in degrees to [x, y] of the system. */
export function fromLonLat(crs: Crs): (lon: number, lat: number) => [x: number, y: number] {
  if (crs.similarity) {
    const { similarity, ...national } = crs
    const project = fromLonLat(national)
    return (lon, lat) => undoSimilarity(similarity, ...project(lon, lat))
  }
  if (crs.offset) return toOffset(crs.offset)
  if (isLonLat(crs)) return (lon, lat) => [lon, lat]
  const tm = tmercOf(crs.proj)
  if (tm) return transverseMercator(tm).forward
  const { forward } = proj4(LON_LAT, crs.proj)
  return (lon, lat) =>
    Number.isFinite(lon) && Number.isFinite(lat)
      ? forward([lon, lat] as [number, number])
      : [Number.NaN, Number.NaN]
}

/** Longitude and latitude that need no shift of datum. */
function isLonLat(crs: Crs): boolean {
  return crs.kind === 'geographic' && !crs.proj.includes('+towgs84')
}
