/**
 * Whether something that claims to be a GeoJSON geometry is one: its type is ours and its coordinates
 * are nested as the type says. Heights are dropped; nothing else is changed.
 */
import type { Position } from 'geojson'
import type { Geometry } from '../../../../gis/geometry.ts'
import type { SourceLayer } from './source.ts'

/** How deep positions lie in the coordinates of each type. */
const depths: Record<string, number> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
}

type Nested = Position | Nested[]

/** The geometry (null when there is none or it is empty), the type that is not ours, or what is wrong. */
export function geometryOf(
  value: unknown,
): { geometry: Geometry | null } | { type: string } | { fault: string } | { notFinite: string } {
  if (value === null) return { geometry: null }
  if (typeof value !== 'object') return { fault: 'not an object' }
  const { type, coordinates } = value as { type?: unknown; coordinates?: unknown }
  if (typeof type !== 'string') return { fault: 'no type' }
  if (!Object.hasOwn(depths, type)) return { type: type.slice(0, 200) }
  if (!Array.isArray(coordinates)) return { fault: `${type} without coordinates` }
  if (coordinates.length === 0) return { geometry: null }
  const flat = flatten(coordinates, depths[type]!)
  if (flat) return { geometry: { type, coordinates: flat } as Geometry }
  const odd = coordinates.flat(5).find(isNoNumber)
  return odd === undefined ? { fault: `coordinates are not those of a ${type}` } : { notFinite: String(odd) }
}

/** `1e400` or `NaN` where a coordinate should be; parseJson leaves the former as text. */
const isNoNumber = (value: unknown): value is string =>
  typeof value === 'string' &&
  (/^[+-]?(nan|inf(inity)?)$/i.test(value) || Math.abs(Number(value)) === Infinity)

/** The same nesting with positions of two numbers, or null when anything does not fit. */
function flatten(node: unknown, depth: number): Nested | null {
  if (!Array.isArray(node)) return null
  if (depth === 0) {
    const [x, y] = node
    return typeof x === 'number' && typeof y === 'number' ? [x, y] : null
  }
  const children: Nested[] = new Array(node.length)
  for (let n = 0; n < node.length; n++) {
    const child = flatten(node[n], depth - 1)
    if (!child) return null
    children[n] = child
  }
  return children
}

/** The kind of a geometry by its type alone; undefined when it is no geometry of ours. */
export function kindOf(value: unknown): Exclude<SourceLayer['geometryKind'], 'mixed' | 'none'> | undefined {
  const type = (value as { type?: unknown } | null)?.type
  if (typeof type !== 'string' || !Object.hasOwn(depths, type)) return undefined
  return type.endsWith('Point') ? 'point' : type.endsWith('String') ? 'line' : 'polygon'
}

/**
 * The CRS that a file of the GeoJSON before RFC 7946 names; EPSG:4326 when it names none.
 * `urn:ogc:def:crs:EPSG::4549` and `EPSG:4549` are alike; a `crs` of null says that there is none.
 */
export function crsOf(crs: unknown): SourceLayer['crs'] {
  if (crs === undefined) return { kind: 'code', code: 'EPSG:4326' }
  if (typeof crs !== 'object' || crs === null) return { kind: 'none' }
  const { properties } = crs as { properties?: { name?: unknown; code?: unknown } }
  const said = properties?.name ?? properties?.code
  if (typeof said !== 'string' && typeof said !== 'number') return { kind: 'none' }
  const name = String(said).trim()
  if (/CRS:?84$/i.test(name)) return { kind: 'code', code: 'EPSG:4326' }
  const epsg =
    /^(?:urn:ogc:def:crs:|http:\/\/www\.opengis\.net\/\w+\/crs\/)?EPSG(?:[:/][\d.]*)?[:/#](\d+)$/i.exec(
      name,
    )?.[1]
  const code = epsg ?? (/^\d+$/.test(name) ? name : undefined)
  return { kind: 'code', code: code ? `EPSG:${code}` : name.slice(0, 200) }
}
