/**
 * Headers of .shp and .shx, and one record of a .shp into a geometry. Z and M are dropped.
 * Layouts: ESRI Shapefile Technical Description, July 1998.
 *
 *   point       0 type · 4 x · 12 y
 *   multipoint  0 type · 4 box · 36 points · 40 x, y ...
 *   line, area  0 type · 4 box · 36 parts · 40 points · 44 first point of each part ... · x, y ...
 */
import type { FileHandle } from 'node:fs/promises'
import type { Position } from 'geojson'
import type { Geometry } from '../../../../gis/geometry.ts'
import { FileFault } from '../findings.ts'
import { corrupt, readUpTo, truncated } from './file-bytes.ts'
import { groupRings } from './rings.ts'
import type { SourceLayer } from './source.ts'

export const headerBytes = 100
const fileCode = 9994

export interface ShpHeader {
  /** Bytes the file says it has; `size` may be more. */
  length: number
  size: number
  type: number
}

/** Throws FileFault: file.empty, file.corrupt (not a shapefile), file.truncated. */
export async function readShpHeader(handle: FileHandle, file: string): Promise<ShpHeader> {
  const { size } = await handle.stat()
  if (size === 0) throw new FileFault('file.empty', file)
  const header = await readUpTo(handle, headerBytes, 0)
  if (header.length >= 4 && header.readInt32BE(0) !== fileCode) throw corrupt(file, 'shapefile header')
  if (header.length < headerBytes) throw truncated(file, headerBytes, size)
  const length = header.readUInt32BE(24) * 2
  if (length > size) throw truncated(file, length, size)
  return { length, size, type: header.readInt32LE(32) }
}

/** The kind of a layer by the type in its header; undefined for patches (solids) and unknown types. */
export function geometryKindOf(type: number): SourceLayer['geometryKind'] | undefined {
  if (type === 0) return 'none'
  return ({ 1: 'point', 3: 'line', 5: 'polygon', 8: 'point' } as const)[plane(type)]
}

/** 1, 3, 5, 8 whatever the dimensions: 11 is a point with Z, 21 one with M. */
const plane = (type: number): number => (type > 10 && type < 30 ? type % 10 : type)

/** A record that cannot be read. */
export interface RecordFault {
  fault: string
}

export const isFault = (answer: Geometry | RecordFault | null): answer is RecordFault =>
  answer !== null && 'fault' in answer

/** The geometry of the record content [at, at + length), null when it is empty, or what is wrong with it. */
export function readRecord(view: DataView, at: number, length: number): Geometry | RecordFault | null {
  if (length < 4) return { fault: `record of ${length} B` }
  const type = plane(view.getInt32(at, true))
  if (type === 0) return null
  if (type === 1) return readPoint(view, at, length)
  if (type === 8) return readMultiPoint(view, at, length)
  if (type === 3 || type === 5) return readParts(view, at, length, type)
  return { fault: `shape type ${view.getInt32(at, true)}` }
}

function readPoint(view: DataView, at: number, length: number): Geometry | RecordFault {
  if (length < 20) return { fault: `point of ${length} B` }
  return { type: 'Point', coordinates: [view.getFloat64(at + 4, true), view.getFloat64(at + 12, true)] }
}

function readMultiPoint(view: DataView, at: number, length: number): Geometry | RecordFault | null {
  if (length < 40) return { fault: `multipoint of ${length} B` }
  const points = view.getUint32(at + 36, true)
  if (40 + points * 16 > length) return { fault: `${points} points in ${length} B` }
  return points === 0 ? null : { type: 'MultiPoint', coordinates: positions(view, at + 40, points) }
}

function readParts(view: DataView, at: number, length: number, type: 3 | 5): Geometry | RecordFault | null {
  if (length < 44) return { fault: `record of ${length} B` }
  const parts = view.getUint32(at + 36, true)
  const points = view.getUint32(at + 40, true)
  const first = at + 44 + parts * 4
  if (44 + parts * 4 + points * 16 > length)
    return { fault: `${parts} parts, ${points} points in ${length} B` }
  const lines: Position[][] = []
  for (let part = 0; part < parts; part++) {
    const from = view.getUint32(at + 44 + part * 4, true)
    const to = part + 1 < parts ? view.getUint32(at + 48 + part * 4, true) : points
    if (from > to || to > points || (part === 0 && from > 0))
      return { fault: `part ${part + 1}: points ${from} to ${to} of ${points}` }
    if (to > from) lines.push(positions(view, first + from * 16, to - from))
  }
  if (type === 5) return groupRings(lines)
  if (lines.length === 0) return null
  return lines.length === 1
    ? { type: 'LineString', coordinates: lines[0]! }
    : { type: 'MultiLineString', coordinates: lines }
}

function positions(view: DataView, at: number, count: number): Position[] {
  const list: Position[] = new Array(count)
  for (let n = 0, byte = at; n < count; n++, byte += 16) {
    list[n] = [view.getFloat64(byte, true), view.getFloat64(byte + 8, true)]
  }
  return list
}
