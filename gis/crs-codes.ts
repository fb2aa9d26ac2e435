/**
 * The coordinate reference systems we know by code and name. Every one of them is compared with PROJ by a
 * test. Formulas rather than a dump: the CGCS2000 zones follow from their number (EPSG 4491 to 4554).
 */
import { plainName } from './figure.ts'
import {
  GRS80_FIGURE,
  HONG_KONG_FIGURE,
  longlatString,
  tmercString,
  WEB_MERCATOR,
  WGS84_FIGURE,
} from './proj-string.ts'

export interface KnownCrs {
  code: `EPSG:${number}`
  /** As the EPSG register writes it. */
  name: string
  /** Canonical PROJ string (proj-string.ts). */
  proj: string
}

const tmerc = (
  figure: string,
  centralMeridian: number,
  falseEastingM: number,
  scale = 1,
  latitudeOfOrigin = 0,
  falseNorthingM = 0,
) => tmercString({ centralMeridian, falseEastingM, scale, latitudeOfOrigin, falseNorthingM }, figure)

/** Zones of six degrees 13 to 23 and of three degrees 25 to 45, each with the zone before the easting and without. */
function chinaZones(): KnownCrs[] {
  const known: KnownCrs[] = []
  const add = (first: number, label: string, zone: number, from: number, meridian: number) => {
    const zoned = tmerc(GRS80_FIGURE, meridian, zone * 1e6 + 500_000)
    const plain = tmerc(GRS80_FIGURE, meridian, 500_000)
    const count = from === 13 ? 11 : 21
    const code = first + zone - from
    known.push({ code: `EPSG:${code}`, name: `CGCS2000 / ${label} zone ${zone}`, proj: zoned })
    known.push({ code: `EPSG:${code + count}`, name: `CGCS2000 / ${label} CM ${meridian}E`, proj: plain })
  }
  for (let zone = 25; zone <= 45; zone++) add(4513, '3-degree Gauss-Kruger', zone, 25, zone * 3)
  for (let zone = 13; zone <= 23; zone++) add(4491, 'Gauss-Kruger', zone, 13, zone * 6 - 3)
  return known
}

function utmZones(): KnownCrs[] {
  return Array.from({ length: 11 }, (_, i) => 43 + i).map(zone => ({
    code: `EPSG:${32600 + zone}`,
    name: `WGS 84 / UTM zone ${zone}N`,
    proj: tmerc(WGS84_FIGURE, zone * 6 - 183, 500_000, 0.9996),
  }))
}

export const knownCrs: readonly KnownCrs[] = [
  { code: 'EPSG:4326', name: 'WGS 84', proj: longlatString(WGS84_FIGURE) },
  { code: 'EPSG:4490', name: 'China Geodetic Coordinate System 2000', proj: longlatString(GRS80_FIGURE) },
  { code: 'EPSG:3857', name: 'WGS 84 / Pseudo-Mercator', proj: WEB_MERCATOR },
  ...chinaZones(),
  ...utmZones(),
  { code: 'EPSG:3825', name: 'TWD97 / TM2 zone 119', proj: tmerc(GRS80_FIGURE, 119, 250_000, 0.9999) },
  { code: 'EPSG:3826', name: 'TWD97 / TM2 zone 121', proj: tmerc(GRS80_FIGURE, 121, 250_000, 0.9999) },
  {
    code: 'EPSG:2326',
    name: 'Hong Kong 1980 Grid System',
    proj: tmerc(HONG_KONG_FIGURE, 114.178555555556, 836_694.05, 1, 22.3121333333333, 819_069.8),
  },
]

const byCode = new Map(knownCrs.map(known => [known.code as string, known]))
// Where a zone of three degrees has the meridian of one of six, the first listed wins: three.
const byProj = new Map(knownCrs.toReversed().map(known => [known.proj, known]))
const byName = new Map(knownCrs.map(known => [crsName(known.name), known]))

/** Other names by which people and programs call them. */
const ALIASES: Readonly<Record<string, string>> = {
  wgs1984: 'EPSG:4326',
  crs84: 'EPSG:4326',
  cgcs2000: 'EPSG:4490',
  '2000国家大地坐标系': 'EPSG:4490',
  国家2000: 'EPSG:4490',
  国家大地坐标系2000: 'EPSG:4490',
  webmercator: 'EPSG:3857',
  wgs1984webmercatorauxiliarysphere: 'EPSG:3857',
  hongkong1980grid: 'EPSG:2326',
}

/** ESRI says GK and 3_Degree where the register says Gauss-Kruger and 3-degree, and puts GCS_ before. */
function crsName(name: string): string {
  return plainName(name.replace(/^GCS_/i, '')).replace('gausskruger', 'gk')
}

export function crsOfCode(code: string): KnownCrs | null {
  return byCode.get(code) ?? null
}

/** Also by ESRI's spelling of the name. */
export function crsOfName(name: string): KnownCrs | null {
  const plain = crsName(name)
  return byName.get(plain) ?? byCode.get(ALIASES[plain] ?? '') ?? null
}

/** By canonical PROJ string: a definition with exactly these parameters. */
export function crsOfProj(proj: string): KnownCrs | null {
  return byProj.get(proj) ?? null
}

/** First and last code of Beijing 1954, New Beijing and Xian 1980 systems, with the name of the datum. */
const OLD_CODES: readonly (readonly [first: number, last: number, name: string])[] = [
  [2327, 2390, 'Xian 1980'],
  [4610, 4610, 'Xian 1980'],
  [2401, 2442, 'Beijing 1954'],
  [4214, 4214, 'Beijing 1954'],
  [21413, 21423, 'Beijing 1954'],
  [21453, 21463, 'Beijing 1954'],
  [21473, 21483, 'Beijing 1954'],
  [4555, 4555, 'New Beijing'],
  [4568, 4589, 'New Beijing'],
  [4652, 4656, 'New Beijing'],
  [4766, 4800, 'New Beijing'],
  [4812, 4812, 'New Beijing'],
  [4822, 4822, 'New Beijing'],
]

/** The datum of a code that cannot be used without transformation parameters. */
export function oldDatumOfCode(code: number): string | null {
  return OLD_CODES.find(([first, last]) => code >= first && code <= last)?.[2] ?? null
}

/** The same for a name, Chinese or English. */
export function isOldDatumName(name: string): boolean {
  return /^(gcs)?((new)?beijing(19)?54|newbeijing|xian(19)?80|(新)?北京(19)?54|西安(19)?80)/.test(
    plainName(name),
  )
}
