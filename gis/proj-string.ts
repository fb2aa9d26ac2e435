/**
 * PROJ strings in one canonical form, so that equal systems have equal strings: `+proj=tmerc` with all its
 * parameters (UTM too) or another projection's terms in a fixed order, then the figure of the earth, then
 * the unit. Axis order is dropped: x is easting or longitude everywhere here.
 */
import type { TransverseMercator } from './tmerc.ts'

export type ProjTerms = ReadonlyMap<string, string>

/** Figures of the earth on which longitude and latitude are taken as WGS 84 and CGCS2000, equal here. */
export const WGS84_FIGURE = '+datum=WGS84'
export const GRS80_FIGURE = '+ellps=GRS80'
/** Hong Kong 1980 to WGS 84, EPSG:1825, rotations as position vector. */
export const HONG_KONG_FIGURE =
  '+ellps=intl +towgs84=-162.619,-276.959,-161.764,0.067753,-2.243648,-1.158828,-1.094246'

const METRE = '+units=m'
const RECIPROCAL_FLATTENING: Readonly<Record<string, number>> = {
  [WGS84_FIGURE]: 298.257223563,
  [GRS80_FIGURE]: 298.257222101,
}
const SEMI_MAJOR_M = 6378137

/** `+key=value +flag` as terms; null when it is no PROJ string. */
export function parseProj(text: string): ProjTerms | null {
  const terms = new Map<string, string>()
  for (const term of text.trim().split(/\s+/)) {
    const match = /^\+?([A-Za-z]\w*)(?:=(\S*))?$/.exec(term)
    if (match === null) return null
    terms.set(match[1]!, match[2] ?? '')
  }
  return terms.has('proj') ? terms : null
}

/** Decimal degrees, or degrees and minutes as PROJ writes them: 120d47'E, 31d15'30.5"N. */
export function degreesOf(text: string): number {
  const match = /^([-+]?)(\d+)d(?:(\d+(?:\.\d+)?)'?)?(?:(\d+(?:\.\d+)?)"?)?([NSEW]?)$/i.exec(text)
  if (match === null) return text === '' ? Number.NaN : Number(text)
  const [, sign, degrees, minutes = '0', seconds = '0', side = ''] = match
  const value = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600
  return sign === '-' || /[SW]/i.test(side) ? -value : value
}

/** Rounded so that one system written with 12 or 15 digits is one system: 1e-10 degrees are 11 micrometres. */
const short = (value: number): string => String(Math.round(value * 1e10) / 1e10)

/** @param figure its PROJ terms  @param unitM metres per unit of x and y */
export function tmercString(
  tm: Omit<TransverseMercator, 'semiMajorM' | 'flattening'>,
  figure: string,
  unitM = 1,
): string {
  const { latitudeOfOrigin, centralMeridian, scale, falseEastingM, falseNorthingM } = tm
  return (
    `+proj=tmerc +lat_0=${short(latitudeOfOrigin)} +lon_0=${short(centralMeridian)} +k=${short(scale)} ` +
    `+x_0=${short(falseEastingM)} +y_0=${short(falseNorthingM)} ${figure} ${unitTerm(unitM)} +no_defs`
  )
}

export function longlatString(figure: string): string {
  return `+proj=longlat ${figure} +no_defs`
}

export const WEB_MERCATOR =
  '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs'

/** A conic: lcc or aea. */
export function conicString(
  proj: 'lcc' | 'aea',
  at: Record<'lat_0' | 'lon_0' | 'lat_1' | 'lat_2' | 'x_0' | 'y_0', number>,
  figure: string,
  unitM: number,
): string {
  const terms = Object.entries(at).map(([key, value]) => `+${key}=${short(value)}`)
  return `+proj=${proj} ${terms.join(' ')} ${figure} ${unitTerm(unitM)} +no_defs`
}

const unitTerm = (unitM: number): string => (unitM === 1 ? METRE : `+to_meter=${unitM}`)

/** The parameters of a canonical tmerc string in metres without a shift of datum; null for any other. */
export function tmercOf(proj: string): TransverseMercator | null {
  const terms = parseProj(proj)
  if (terms?.get('proj') !== 'tmerc' || terms.get('units') !== 'm') return null
  const figure = [WGS84_FIGURE, GRS80_FIGURE].find(each => proj.includes(`${each} `))
  if (figure === undefined || terms.has('towgs84')) return null
  const number = (key: string) => Number(terms.get(key))
  return {
    semiMajorM: SEMI_MAJOR_M,
    flattening: 1 / RECIPROCAL_FLATTENING[figure]!,
    centralMeridian: number('lon_0'),
    latitudeOfOrigin: number('lat_0'),
    scale: number('k'),
    falseEastingM: number('x_0'),
    falseNorthingM: number('y_0'),
  }
}
