/**
 * The geometries of a GeoPackage: a header of its own before well-known binary (OGC 12-128r18 §2.1.3).
 *
 *   0 'GP' · 2 version · 3 flags · 4 srs id · 8 envelope of 0, 4, 6 or 8 doubles · WKB
 *   flags: 1 little endian (header only) · 2-8 kind of envelope · 16 empty · 32 extended, not WKB
 *
 * Z and M are dropped. A collection of one is its one member: programs write every polygon as a
 * multipolygon of one where a layer may hold several, and a shapefile of the same would not.
 */
import { readEwkb } from '../../../../gis/ewkb.ts'
import type { Geometry } from '../../../../gis/geometry.ts'

/** Doubles in the envelope by its kind. */
const envelopes = [0, 4, 6, 6, 8]
const empty = 16
const extended = 32

/** Well-known binary's types that are none of ours. */
const others: Record<number, string> = {
  0: 'Geometry',
  7: 'GeometryCollection',
  8: 'CircularString',
  9: 'CompoundCurve',
  10: 'CurvePolygon',
  11: 'MultiCurve',
  12: 'MultiSurface',
  13: 'Curve',
  14: 'Surface',
  15: 'PolyhedralSurface',
  16: 'TIN',
  17: 'Triangle',
}

/** The geometry (null when it is empty), the type that is not ours, or what is wrong. */
export function readGpkgGeometry(
  bytes: Uint8Array,
): { geometry: Geometry | null } | { type: string } | { fault: string } {
  if (bytes.length < 8 || bytes[0] !== 0x47 || bytes[1] !== 0x50)
    return { fault: 'not a GeoPackage geometry' }
  const flags = bytes[3]!
  if ((flags & extended) !== 0) return { type: 'ExtendedGeometry' }
  const doubles = envelopes[(flags >> 1) & 7]
  if (doubles === undefined) return { fault: `envelope of kind ${(flags >> 1) & 7}` }
  if ((flags & empty) !== 0) return { geometry: null }
  const at = 8 + doubles * 8
  if (bytes.length < at + 5) return { fault: `geometry of ${bytes.length} B` }
  const type = typeOf(bytes, at)
  if (others[type] !== undefined) return { type: others[type] }
  try {
    return { geometry: single(readEwkb(bytes.subarray(at))) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { fault: error.message }
  }
}

/** The plain type: 3 for a polygon, whatever its dimensions. */
function typeOf(bytes: Uint8Array, at: number): number {
  const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 1, bytes[at] === 1)
  return (word & 0x0fffffff) % 1000
}

function single(geometry: Geometry): Geometry | null {
  if (geometry.coordinates.length === 0) return null
  if (geometry.coordinates.length > 1) return geometry
  const [only] = geometry.coordinates
  switch (geometry.type) {
    case 'MultiPoint':
      return { type: 'Point', coordinates: only as number[] }
    case 'MultiLineString':
      return { type: 'LineString', coordinates: only as number[][] }
    case 'MultiPolygon':
      return { type: 'Polygon', coordinates: only as number[][][] }
    default:
      return geometry
  }
}
