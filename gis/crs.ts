/**
 * Coordinate reference systems: found by code, PROJ string or WKT, and turned into longitude and
 * latitude. x is always easting or longitude, y northing or latitude, whatever the definition's axis
 * order says. What cannot be done exactly is refused with a reason, never approximated.
 */
import proj4 from 'proj4'
import { knownCrs, needsParameters } from './crs-codes.ts'
import { fromOffset, type OffsetName, toOffset } from './offset.ts'

export interface Crs {
  /** `EPSG:4549`, or null where it was given by definition. */
  code: string | null
  name: string
  kind: 'geographic' | 'projected'
  /** PROJ string, WKT or PROJJSON as proj4 reads it; for GCJ-02 and BD-09 that of the lon/lat beneath. */
  proj: string
  /** Shifted lon/lat of Chinese maps. */
  offset: OffsetName | null
  falseEastingM: number | null
  /** The zone number in front of the easting (40 in 40,560,193), null when there is none. */
  zonePrefix: number | null
  /** Degrees east. */
  centralMeridian: number | null
}

export type CrsAnswer =
  | { ok: true; crs: Crs }
  | { ok: false; reason: 'unknown' | 'parameters' | 'local'; name: string }

/** The system a text states: 'EPSG:4549', a PROJ string, an ESRI .prj, WKT2 or PROJJSON, 'GCJ-02', 'BD-09'. */
export function findCrs(stated: string): CrsAnswer {
  const text = stated.trim()
  const offset = /^(GCJ-?02|BD-?09)$/i.exec(text)
  if (offset) {
    const name: OffsetName = /^g/i.test(text) ? 'GCJ-02' : 'BD-09'
    return { ok: true, crs: { ...describe(name, name, knownCrs[4490]!.proj), offset: name } }
  }
  const code = /^(?:urn:ogc:def:crs:)?(?:EPSG:(?::|[\d.]*:)?)?(\d{4,6})$/i.exec(text)?.[1]
  if (/^urn:ogc:def:crs:OGC:[\d.]*:CRS84$|^OGC:CRS84$/i.test(text)) return ofCode(4326)
  if (code) return ofCode(Number(code))
  if (text.startsWith('+proj') || text.startsWith('+init')) return ofProj(text)
  return ofDefinition(text)
}

function ofCode(code: number): CrsAnswer {
  const known = knownCrs[code]
  if (known) return { ok: true, crs: describe(`EPSG:${code}`, known.name, known.proj) }
  return { ok: false, reason: needsParameters(code) ? 'parameters' : 'unknown', name: `EPSG:${code}` }
}

function ofProj(text: string): CrsAnswer {
  if (/\+ellps=krass|\+a=6378245|\+a=6378140|\+ellps=IAU76/i.test(text) && !/\+towgs84=/.test(text)) {
    return { ok: false, reason: 'parameters', name: text }
  }
  return parsed(text, text)
}

const OLD = /Beijing[_ ]?(19)?54|Xian[_ ]?(19)?80|Xi'?an[_ ]?1980|Krass?ovsky|IAG[_ ]?1975|Xian_1980|IAG_75/i

function ofDefinition(text: string): CrsAnswer {
  const name = /^\s*\w+\s*[[(]\s*"([^"]+)"/.exec(text)?.[1] ?? /"name"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? text.slice(0, 80)
  if (/^\s*(LOCAL_CS|ENGCRS|ENGINEERINGCRS)/i.test(text)) return { ok: false, reason: 'local', name }
  if (!/^\s*(\{|(PROJCS|GEOGCS|PROJCRS|GEOGCRS|GEODCRS|BOUNDCRS|COMPD_CS|COMPOUNDCRS|PROJECTEDCRS|GEODETICCRS)\s*[[(])/i.test(text)) {
    return { ok: false, reason: 'unknown', name }
  }
  if (OLD.test(text) && !/TOWGS84\s*\[|towgs84|ABRIDGEDTRANSFORMATION/i.test(text)) return { ok: false, reason: 'parameters', name }
  return parsed(text, name)
}

function parsed(definition: string, name: string): CrsAnswer {
  try {
    const crs = describe(null, name, definition)
    const [lon, lat] = toLonLat(crs)(crs.falseEastingM ?? 0, 0)
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return { ok: false, reason: 'unknown', name }
    return { ok: true, crs }
  } catch {
    return { ok: false, reason: 'unknown', name }
  }
}

function describe(code: string | null, name: string, definition: string): Crs {
  const proj = proj4.Proj(definition) as unknown as { projName?: string; x0?: number; long0?: number }
  const geographic = proj.projName === 'longlat' || proj.projName === 'identity'
  const falseEastingM = geographic ? null : (proj.x0 ?? 0)
  const zone = falseEastingM === null ? 0 : Math.floor(falseEastingM / 1e6)
  return {
    code,
    name,
    kind: geographic ? 'geographic' : 'projected',
    proj: definition,
    offset: null,
    falseEastingM,
    zonePrefix: zone > 0 ? zone : null,
    centralMeridian: geographic || proj.long0 === undefined ? null : (proj.long0 * 180) / Math.PI,
  }
}

/** A function from x, y of the system to [longitude, latitude]; NaN where there is no answer. */
export function toLonLat(crs: Crs): (x: number, y: number) => [number, number] {
  if (crs.offset) {
    const undo = fromOffset(crs.offset)
    return (x, y) => undo(x, y)
  }
  if (crs.kind === 'geographic' && (crs.code === 'EPSG:4326' || crs.code === 'EPSG:4490')) return (x, y) => [x, y]
  const { forward } = proj4(crs.proj, knownCrs[4490]!.proj)
  return (x, y) => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return [Number.NaN, Number.NaN]
    return forward([x, y]) as [number, number]
  }
}

/** A function from longitude, latitude to [x, y] of the system. */
export function fromLonLat(crs: Crs): (lon: number, lat: number) => [number, number] {
  if (crs.offset) {
    const apply = toOffset(crs.offset)
    return (lon, lat) => apply(lon, lat)
  }
  const { forward } = proj4(knownCrs[4490]!.proj, crs.proj)
  return (lon, lat) => forward([lon, lat]) as [number, number]
}
