/**
 * On which figure of the earth a definition stands, and whether its longitudes can be used as they are:
 * CGCS2000, WGS 84 and TWD97 agree within decimetres; anything else needs its transformation parameters.
 * A wrong silence here is tens of metres on the ground.
 */
import { GRS80_FIGURE, HONG_KONG_FIGURE, type ProjTerms, WGS84_FIGURE } from './proj-string.ts'

export interface StatedFigure {
  datum: string
  semiMajorM: number
  inverseFlattening: number
  /** Three or seven position-vector parameters to WGS 84: metres, arc-seconds, parts per million. */
  toWgs84: readonly number[] | null
}

const SAME_AS_WGS84 =
  /^(wgs(19)?84|worldgeodeticsystem1984|china2000|cgcs2000|chinageodeticcoordinatesystem2000|twd(19)?97|taiwandatum1997)/
const UNNAMED = /^(unknown|unnamed|notspecified|undefined|custom|userdefined|$)/

/** Lower case letters, digits and Han characters: what is left of a name when its spelling is forgotten. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** The figure's PROJ terms, or null when parameters are needed and not given. */
export function figureTerms({ datum, semiMajorM, inverseFlattening, toWgs84 }: StatedFigure): string | null {
  const name = plainName(datum.replace(/^D_/i, ''))
  const modern = semiMajorM === 6378137 && Math.abs(inverseFlattening - 298.2572) < 1e-3
  const shifted = toWgs84?.some(value => value !== 0)
  if (modern && !shifted && (toWgs84 !== null || SAME_AS_WGS84.test(name) || UNNAMED.test(name))) {
    return Math.abs(inverseFlattening - 298.257223563) < 1e-7 ? WGS84_FIGURE : GRS80_FIGURE
  }
  if (toWgs84 !== null) return `+a=${semiMajorM} +rf=${inverseFlattening} +towgs84=${toWgs84.join(',')}`
  return name === 'hongkong1980' && semiMajorM === 6378388 ? HONG_KONG_FIGURE : null
}

/** As PROJ knows them; enough for strings met in China. */
const ELLIPSOIDS: Readonly<Record<string, readonly [semiMajorM: number, inverseFlattening: number]>> = {
  GRS80: [6378137, 298.257222101],
  CGCS2000: [6378137, 298.257222101],
  WGS84: [6378137, 298.257223563],
  krass: [6378245, 298.3],
  IAU76: [6378140, 298.257],
  intl: [6378388, 297],
  bessel: [6377397.155, 299.1528128],
  aust_SA: [6378160, 298.25],
}

/** The figure of a PROJ string; `unknown` when it names one we do not know, null when it needs parameters. */
export function figureOfProj(terms: ProjTerms): string | 'unknown' | null {
  const grids = terms.get('nadgrids')
  if (grids !== undefined && grids !== '@null') return null
  const datum = terms.get('datum')
  if (datum !== undefined && datum !== 'WGS84') return 'unknown'
  const size = sizeOf(terms)
  if (size === null) return 'unknown'
  const stated = terms.get('towgs84')
  const toWgs84 = stated === undefined ? null : parametersOf(stated)
  if (stated !== undefined && toWgs84 === null) return 'unknown'
  return figureTerms({ datum: datum ?? '', semiMajorM: size[0], inverseFlattening: size[1], toWgs84 })
}

/** Three or seven finite numbers. */
function parametersOf(text: string): number[] | null {
  const numbers = text.split(',').map(part => (part === '' ? Number.NaN : Number(part)))
  return (numbers.length === 3 || numbers.length === 7) && numbers.every(Number.isFinite) ? numbers : null
}

function sizeOf(terms: ProjTerms): readonly [number, number] | null {
  if (terms.get('datum') === 'WGS84') return ELLIPSOIDS.WGS84!
  const a = terms.get('a')
  if (a === undefined) return ELLIPSOIDS[terms.get('ellps') ?? 'GRS80'] ?? null
  const semiMajorM = Number(a)
  const [rf, b, f] = [terms.get('rf'), terms.get('b'), terms.get('f')]
  const inverse =
    rf !== undefined ? Number(rf) : b !== undefined ? semiMajorM / (semiMajorM - Number(b)) : 1 / Number(f)
  return semiMajorM > 6e6 && semiMajorM < 7e6 && inverse > 250 && inverse < 350 ? [semiMajorM, inverse] : null
}
