/**
 * What a definition tree (wkt.ts) says, as a canonical PROJ string: figure of the earth, projection and its
 * parameters in metres and degrees. WKT1 states lengths in the system's own unit, WKT2 beside each number.
 */
import { figureTerms } from './figure.ts'
import { conicString, longlatString, parseProj, tmercString, WEB_MERCATOR } from './proj-string.ts'
import { childOf, nameOf, numberOf, type WktNode } from './wkt.ts'

export type Reading =
  | { ok: true; name: string; proj: string }
  | { ok: false; reason: 'unknown' | 'parameters' | 'local'; name: string }

const LOCAL = ['LOCAL_CS', 'ENGCRS', 'ENGINEERINGCRS']
const PROJECTED = ['PROJCS', 'PROJCRS', 'PROJECTEDCRS']
const GEOGRAPHIC = [
  'GEOGCS',
  'GEOGCRS',
  'GEOGRAPHICCRS',
  'GEODCRS',
  'GEODETICCRS',
  'BASEGEOGCRS',
  'BASEGEODCRS',
]
const COMPOUND = ['COMPD_CS', 'COMPOUNDCRS']
const LENGTH_UNITS = ['LENGTHUNIT', 'UNIT']
const DEGREE = Math.PI / 180

/** Reads a system; of a compound one its horizontal part. */
export function readDefinition(node: WktNode, toWgs84: readonly number[] | null = null): Reading {
  const name = nameOf(node)
  if (LOCAL.includes(node.keyword)) return { ok: false, reason: 'local', name }
  if (COMPOUND.includes(node.keyword)) {
    const horizontal = childOf(node, ...PROJECTED, ...GEOGRAPHIC, ...LOCAL, 'BOUNDCRS')
    return horizontal === null ? { ok: false, reason: 'unknown', name } : readDefinition(horizontal, toWgs84)
  }
  if (node.keyword === 'BOUNDCRS') {
    const source = childOf(node, 'SOURCECRS')?.nodes[0]
    return source
      ? readDefinition(source, shiftOf(childOf(node, 'ABRIDGEDTRANSFORMATION')))
      : { ok: false, reason: 'unknown', name }
  }
  const projected = PROJECTED.includes(node.keyword)
  const base = projected ? childOf(node, ...GEOGRAPHIC) : GEOGRAPHIC.includes(node.keyword) ? node : null
  if (base === null || !isPlain(base)) return { ok: false, reason: 'unknown', name }
  if (isWebMercator(node)) return { ok: true, name, proj: WEB_MERCATOR }
  const figure = figureOf(base, toWgs84)
  if (figure === undefined) return { ok: false, reason: 'unknown', name }
  if (figure === null) return { ok: false, reason: 'parameters', name }
  const proj = projected ? projection(node, figure) : longlatString(figure)
  return proj === null ? { ok: false, reason: 'unknown', name } : { ok: true, name, proj }
}

/** Counted from Greenwich in degrees. */
function isPlain(base: WktNode): boolean {
  const unit = numberOf(childOf(base, 'UNIT', 'ANGLEUNIT'), 1)
  return (
    (numberOf(childOf(base, 'PRIMEM'), 1) ?? 0) === 0 && (unit === null || Math.abs(unit - DEGREE) < 1e-9)
  )
}

/** Undefined when there is no datum to read. */
function figureOf(base: WktNode, toWgs84: readonly number[] | null): string | null | undefined {
  const datum = childOf(base, 'DATUM', 'GEODETICDATUM', 'TRF', 'ENSEMBLE')
  const sphere = childOf(datum, 'SPHEROID', 'ELLIPSOID')
  const semiMajorM = numberOf(sphere, 1)
  const inverseFlattening = numberOf(sphere, 2)
  if (semiMajorM === null || inverseFlattening === null) return undefined
  const inside = childOf(datum, 'TOWGS84')?.values.filter(value => typeof value === 'number')
  const named = nameOf(datum).replace(/ ensemble$/i, '')
  return figureTerms({ datum: named, semiMajorM, inverseFlattening, toWgs84: toWgs84 ?? inside ?? null })
}

/** The seven numbers of a Helmert transformation, rotations as position vector; null when it is another kind. */
function shiftOf(transformation: WktNode | null): number[] | null {
  const method = nameOf(childOf(transformation, 'METHOD', 'PROJECTION'))
  if (transformation === null || !/geocentric translation|position vector|coordinate frame/i.test(method))
    return null
  const sign = /coordinate frame/i.test(method) ? -1 : 1
  const value = (name: RegExp) =>
    transformation.nodes.find(node => node.keyword === 'PARAMETER' && name.test(nameOf(node))) ?? null
  const plain = (name: RegExp) => numberOf(value(name), 1) ?? 0
  const scale = value(/^scale difference/i)
  // An abridged transformation without unit states 1.000004 where others state 4 parts per million.
  const ppm =
    scale === null
      ? 0
      : scale.nodes.some(node => node.keyword.endsWith('UNIT'))
        ? plain(/^scale/i)
        : (plain(/^scale/i) - 1) * 1e6
  return [
    ...['X', 'Y', 'Z'].map(axis => plain(new RegExp(`^${axis}-axis translation`, 'i'))),
    ...['X', 'Y', 'Z'].map(axis => sign * plain(new RegExp(`^${axis}-axis rotation`, 'i'))),
    Math.round(ppm * 1e6) / 1e6,
  ]
}

function isWebMercator(node: WktNode): boolean {
  const method = methodOf(node)
  if (method === 'mercatorauxiliarysphere' || method === 'popularvisualisationpseudomercator') return true
  const extension = childOf(node, 'EXTENSION')?.values[1]
  const terms = typeof extension === 'string' ? parseProj(extension) : null
  return terms?.get('proj') === 'merc' && terms.get('a') === '6378137' && terms.get('b') === '6378137'
}

function methodOf(node: WktNode): string {
  const named = childOf(node, 'PROJECTION') ?? childOf(childOf(node, 'CONVERSION'), 'METHOD')
  return nameOf(named)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

function projection(node: WktNode, figure: string): string | null {
  const unitM =
    numberOf(childOf(node, ...LENGTH_UNITS) ?? childOf(childOf(node, 'AXIS'), ...LENGTH_UNITS), 1) ?? 1
  if (!(unitM > 0)) return null
  const given = parametersOf(node, unitM)
  const first = (...names: string[]) => names.map(name => given.get(name)).find(value => value !== undefined)
  const lat_0 =
    first('latitudeoforigin', 'latitudeofnaturalorigin', 'latitudeoffalseorigin', 'latitudeofcenter') ?? 0
  const lon_0 = first(
    'centralmeridian',
    'longitudeofnaturalorigin',
    'longitudeoffalseorigin',
    'longitudeofcenter',
    'longitudeoforigin',
  )
  const x_0 = first('falseeasting', 'eastingatfalseorigin') ?? 0
  const y_0 = first('falsenorthing', 'northingatfalseorigin') ?? 0
  if (lon_0 === undefined || [...given.values()].some(value => !Number.isFinite(value))) return null
  const method = methodOf(node)
  if (method === 'transversemercator' || method === 'gausskruger') {
    const scale = first('scalefactor', 'scalefactoratnaturalorigin') ?? 1
    const at = {
      latitudeOfOrigin: lat_0,
      centralMeridian: lon_0,
      scale,
      falseEastingM: x_0,
      falseNorthingM: y_0,
    }
    return tmercString(at, figure, unitM)
  }
  const lat_1 = first('standardparallel1', 'latitudeof1ststandardparallel')
  const lat_2 = first('standardparallel2', 'latitudeof2ndstandardparallel')
  if (lat_1 === undefined || lat_2 === undefined) return null
  const at = { lat_0, lon_0, lat_1, lat_2, x_0, y_0 }
  if (/^lambert(conformalconic|conicconformal)(2sp)?$/.test(method))
    return conicString('lcc', at, figure, unitM)
  if (/^albers(conic)?(equalarea)?$/.test(method)) return conicString('aea', at, figure, unitM)
  return null
}

/** By name without spelling; lengths in metres. */
function parametersOf(node: WktNode, unitM: number): Map<string, number> {
  const holder = childOf(node, 'CONVERSION') ?? node
  const found = new Map<string, number>()
  for (const parameter of holder.nodes) {
    if (parameter.keyword !== 'PARAMETER') continue
    const name = nameOf(parameter)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
    const value = numberOf(parameter, 1) ?? Number.NaN
    const length = /easting|northing/.test(name)
    const own = numberOf(childOf(parameter, 'LENGTHUNIT', 'UNIT'), 1)
    found.set(name, length ? value * (own ?? unitM) : value)
  }
  return found
}
