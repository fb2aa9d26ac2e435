/**
 * Geometries as EWKB, the binary form PostGIS speaks in COPY and casts: written little endian with an SRID,
 * two-dimensional; read in either byte order, with or without SRID, also as ISO WKB, leaving z and m out.
 *
 *   [1][type | SRID flag][srid] then per type: x y | count, x y ... | count, (count, x y ...) ... | count, whole WKBs
 *
 * An empty point is written as PostGIS does, with NaN for both coordinates, and read as `coordinates: []`.
 */
import { bboxOf, type Geometry, type LonLat } from './geometry.ts'

const SRID_FLAG = 0x20000000
const Z_FLAG = 0x80000000
const M_FLAG = 0x40000000
const CODES = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
} as const

type Line = readonly (readonly number[])[]

/** The middle of the box of a geometry that is read; of points without making one. */
export function middleOfEwkb(bytes: Uint8Array): LonLat {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint8(0) === 1 && view.getUint32(1, true) === (CODES.Point | SRID_FLAG))
    return [view.getFloat64(9, true), view.getFloat64(17, true)]
  const [west, south, east, north] = bboxOf(readEwkb(bytes))
  return [(west + east) / 2, (south + north) / 2]
}

/** How many bytes `writeEwkb` will write. */
export function ewkbSize(geometry: Geometry): number {
  return 4 + plainSize(geometry)
}

/** Bytes of the geometry without SRID, as it stands inside another. */
function plainSize(geometry: Geometry): number {
  switch (geometry.type) {
    case 'Point':
      return 21
    case 'LineString':
      return 9 + geometry.coordinates.length * 16
    case 'Polygon':
      return 9 + ringBytes(geometry.coordinates)
    case 'MultiPoint':
      return 9 + geometry.coordinates.length * 21
    case 'MultiLineString':
      return 9 + geometry.coordinates.reduce((sum, line) => sum + 9 + line.length * 16, 0)
    case 'MultiPolygon':
      return 9 + geometry.coordinates.reduce((sum, rings) => sum + 9 + ringBytes(rings), 0)
  }
}

function ringBytes(rings: readonly Line[]): number {
  return rings.reduce((sum, ring) => sum + 4 + ring.length * 16, 0)
}

/**
 * Writes the geometry at `offset` and returns the offset behind it.
 * @throws RangeError when the view has no room for `ewkbSize(geometry)` bytes.
 */
export function writeEwkb(view: DataView, offset: number, geometry: Geometry, srid: number): number {
  view.setUint8(offset, 1)
  view.setUint32(offset + 1, (CODES[geometry.type] | SRID_FLAG) >>> 0, true)
  view.setUint32(offset + 5, srid, true)
  return writeBody(view, offset + 9, geometry)
}

function writeBody(view: DataView, at: number, geometry: Geometry): number {
  switch (geometry.type) {
    case 'Point':
      return writePosition(view, at, geometry.coordinates)
    case 'LineString':
      return writeLine(view, at, geometry.coordinates)
    case 'Polygon':
      return writeRings(view, at, geometry.coordinates)
    case 'MultiPoint':
      return writeParts(view, at, CODES.Point, geometry.coordinates, writePosition)
    case 'MultiLineString':
      return writeParts(view, at, CODES.LineString, geometry.coordinates, writeLine)
    case 'MultiPolygon':
      return writeParts(view, at, CODES.Polygon, geometry.coordinates, writeRings)
  }
}

function writeParts<T>(
  view: DataView,
  at: number,
  code: number,
  parts: readonly T[],
  write: (view: DataView, at: number, part: T) => number,
): number {
  view.setUint32(at, parts.length, true)
  at += 4
  for (const part of parts) {
    view.setUint8(at, 1)
    view.setUint32(at + 1, code, true)
    at = write(view, at + 5, part)
  }
  return at
}

function writeRings(view: DataView, at: number, rings: readonly Line[]): number {
  view.setUint32(at, rings.length, true)
  at += 4
  for (const ring of rings) at = writeLine(view, at, ring)
  return at
}

function writeLine(view: DataView, at: number, line: Line): number {
  view.setUint32(at, line.length, true)
  at += 4
  for (const position of line) at = writePosition(view, at, position)
  return at
}

function writePosition(view: DataView, at: number, position: readonly number[]): number {
  view.setFloat64(at, position[0] ?? NaN, true)
  view.setFloat64(at + 8, position[1] ?? NaN, true)
  return at + 16
}

/** Where reading stands; `dimensions` of the geometry it stands in. */
interface Cursor {
  view: DataView
  at: number
  littleEndian: boolean
  dimensions: number
}

/** @throws RangeError when the bytes end early, go on behind the geometry, or hold another type of geometry. */
export function readEwkb(bytes: Uint8Array): Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const cursor: Cursor = { view, at: 0, littleEndian: true, dimensions: 2 }
  const geometry = readGeometry(cursor)
  if (cursor.at !== bytes.byteLength)
    throw new RangeError(`${bytes.byteLength - cursor.at} bytes behind the geometry`)
  return geometry
}

function readGeometry(cursor: Cursor): Geometry {
  const code = readHeader(cursor)
  switch (code) {
    case CODES.Point:
      return { type: 'Point', coordinates: readPoint(cursor) }
    case CODES.LineString:
      return { type: 'LineString', coordinates: readLine(cursor) }
    case CODES.Polygon:
      return { type: 'Polygon', coordinates: readRings(cursor) }
    case CODES.MultiPoint:
      return { type: 'MultiPoint', coordinates: readParts(cursor, CODES.Point, readPoint) }
    case CODES.MultiLineString:
      return { type: 'MultiLineString', coordinates: readParts(cursor, CODES.LineString, readLine) }
    case CODES.MultiPolygon:
      return { type: 'MultiPolygon', coordinates: readParts(cursor, CODES.Polygon, readRings) }
    default:
      throw new RangeError(`geometry type ${code} is not a point, line or polygon`)
  }
}

/** Reads byte order, type and SRID; returns the plain type code. */
function readHeader(cursor: Cursor): number {
  cursor.littleEndian = cursor.view.getUint8(cursor.at) === 1
  cursor.at += 1
  const word = readUint32(cursor)
  if ((word & SRID_FLAG) !== 0) cursor.at += 4
  const code = word & 0x0fffffff
  // ISO adds 1000 for z, 2000 for m, 3000 for both; EWKB sets flags.
  const iso = Math.floor(code / 1000)
  const z = (word & Z_FLAG) !== 0 || iso === 1 || iso === 3
  const m = (word & M_FLAG) !== 0 || iso === 2 || iso === 3
  cursor.dimensions = 2 + Number(z) + Number(m)
  return code % 1000
}

function readUint32(cursor: Cursor): number {
  const value = cursor.view.getUint32(cursor.at, cursor.littleEndian)
  cursor.at += 4
  return value
}

/** A count of things of at least `leastBytes`; checked first, so that a wrong count allocates nothing. */
function readCount(cursor: Cursor, leastBytes: number): number {
  const count = readUint32(cursor)
  if (count * leastBytes > cursor.view.byteLength - cursor.at)
    throw new RangeError('the geometry is cut short')
  return count
}

function readParts<T>(cursor: Cursor, code: number, read: (cursor: Cursor) => T): T[] {
  return Array.from({ length: readCount(cursor, 9) }, () => {
    const found = readHeader(cursor)
    if (found !== code) throw new RangeError(`geometry type ${found} inside a collection of type ${code}`)
    return read(cursor)
  })
}

function readRings(cursor: Cursor): number[][][] {
  return Array.from({ length: readCount(cursor, 4) }, () => readLine(cursor))
}

function readLine(cursor: Cursor): number[][] {
  const count = readCount(cursor, cursor.dimensions * 8)
  const line = new Array<number[]>(count)
  for (let i = 0; i < count; i++) line[i] = readPosition(cursor)
  return line
}

function readPoint(cursor: Cursor): number[] {
  const position = readPosition(cursor)
  return Number.isNaN(position[0]) && Number.isNaN(position[1]) ? [] : position
}

function readPosition(cursor: Cursor): number[] {
  const { view, at, littleEndian } = cursor
  const position = [view.getFloat64(at, littleEndian), view.getFloat64(at + 8, littleEndian)]
  cursor.at = at + cursor.dimensions * 8
  if (cursor.at > view.byteLength) throw new RangeError('the geometry is cut short')
  return position
}
