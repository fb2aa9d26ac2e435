/**
 * PostGIS's EWKB (extended well-known binary, PostGIS manual): written little-endian with an SRID into
 * a caller's buffer, read from either byte order. 2D only: Z and M of what is read are dropped.
 *
 *   order(u8) type|flags(u32) [srid(u32)] body        flags: 0x80000000 Z, 0x40000000 M, 0x20000000 SRID
 */
import type { Geometry } from './geometry.ts'

const TYPES = { Point: 1, LineString: 2, Polygon: 3, MultiPoint: 4, MultiLineString: 5, MultiPolygon: 6 } as const
const NAMES = [null, 'Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon'] as const
const HAS_SRID = 0x20000000

type Positions = readonly (readonly number[])[]

const lineSize = (line: Positions): number => 4 + line.length * 16
const ringsSize = (rings: readonly Positions[]): number => rings.reduce((sum, ring) => sum + lineSize(ring), 4)

/** Bytes `writeEwkb` will take. */
export function ewkbSize(geometry: Geometry): number {
  switch (geometry.type) {
    case 'Point':
      return 9 + 16
    case 'LineString':
      return 9 + lineSize(geometry.coordinates)
    case 'Polygon':
      return 9 + ringsSize(geometry.coordinates)
    case 'MultiPoint':
      return 9 + 4 + geometry.coordinates.length * 21
    case 'MultiLineString':
      return geometry.coordinates.reduce((sum, line) => sum + 5 + lineSize(line), 13)
    case 'MultiPolygon':
      return geometry.coordinates.reduce((sum, rings) => sum + 5 + ringsSize(rings), 13)
  }
}

/** Writes the geometry at an offset. @returns the offset after it */
export function writeEwkb(view: DataView, offset: number, geometry: Geometry, srid: number): number {
  let at = offset
  const head = (type: number) => {
    view.setUint8(at, 1)
    view.setUint32(at + 1, type, true)
    at += 5
  }
  const count = (n: number) => {
    view.setUint32(at, n, true)
    at += 4
  }
  const position = (p: readonly number[]) => {
    view.setFloat64(at, p[0]!, true)
    view.setFloat64(at + 8, p[1]!, true)
    at += 16
  }
  const line = (positions: Positions) => {
    count(positions.length)
    for (const p of positions) position(p)
  }
  const rings = (all: readonly Positions[]) => {
    count(all.length)
    for (const ring of all) line(ring)
  }
  head((TYPES[geometry.type] | HAS_SRID) >>> 0)
  count(srid)
  switch (geometry.type) {
    case 'Point':
      position(geometry.coordinates)
      break
    case 'LineString':
      line(geometry.coordinates)
      break
    case 'Polygon':
      rings(geometry.coordinates)
      break
    case 'MultiPoint':
      count(geometry.coordinates.length)
      for (const p of geometry.coordinates) {
        head(TYPES.Point)
        position(p)
      }
      break
    case 'MultiLineString':
      count(geometry.coordinates.length)
      for (const part of geometry.coordinates) {
        head(TYPES.LineString)
        line(part)
      }
      break
    case 'MultiPolygon':
      count(geometry.coordinates.length)
      for (const part of geometry.coordinates) {
        head(TYPES.Polygon)
        rings(part)
      }
  }
  return at
}

/** @throws RangeError for bytes that are no EWKB of one of our six types, or are cut short */
export function readEwkb(bytes: Uint8Array): Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let little = true
  let width = 2
  const head = (): (typeof NAMES)[number] => {
    little = view.getUint8(at) === 1
    const type = view.getUint32(at + 1, little)
    at += 5
    if (type & HAS_SRID) at += 4
    width = 2 + (type & 0x80000000 ? 1 : 0) + (type & 0x40000000 ? 1 : 0)
    return NAMES[type & 0xff] ?? null
  }
  const count = (): number => {
    at += 4
    return view.getUint32(at - 4, little)
  }
  const position = (): [number, number] => {
    const p: [number, number] = [view.getFloat64(at, little), view.getFloat64(at + 8, little)]
    at += width * 8
    return p
  }
  const many = <T>(read: () => T): T[] => {
    const n = count()
    if (n > bytes.length) throw new RangeError('EWKB is cut short')
    return Array.from({ length: n }, read)
  }
  const line = () => many(position)
  const rings = () => many(line)
  const part =
    <T>(read: () => T) =>
    (): T => {
      head()
      return read()
    }
  const type = head()
  switch (type) {
    case 'Point':
      return { type, coordinates: position() }
    case 'LineString':
      return { type, coordinates: line() }
    case 'Polygon':
      return { type, coordinates: rings() }
    case 'MultiPoint':
      return { type, coordinates: many(part(position)) }
    case 'MultiLineString':
      return { type, coordinates: many(part(line)) }
    case 'MultiPolygon':
      return { type, coordinates: many(part(rings)) }
    default:
      throw new RangeError('not the EWKB of a point, line or polygon')
  }
}
