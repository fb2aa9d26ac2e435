/**
 * Any geometry already in tile steps as one layer of a vector tile: points, lines and polygons with
 * properties of any kind. Positions that repeat are written once; lines without length and rings without
 * area are left out, with the holes of a shell that is.
 */
import { byteSink, putVarint, reserve, varintAt } from './bytes.ts'
import { beginLayer, finishLayer, type MvtValue } from './mvt.ts'

/** A part is x, y, x, y ...; rings repeat their first position at the end, shells run with positive area. */
export type Part = ArrayLike<number>

export interface Shape {
  id?: number
  type: 'points' | 'lines' | 'polygons'
  parts: readonly Part[]
  /** Null and undefined are left out. */
  properties: Readonly<Record<string, MvtValue | null | undefined>>
}

const TYPES = { points: 1, lines: 2, polygons: 3 } as const
const MOVE_TO = 1
const LINE_TO = 2
const CLOSE_PATH = 15

const layerSink = byteSink()
const tagSink = byteSink(1 << 10)
const geometrySink = byteSink(1 << 14)

/** The layer's bytes, or null when no shape is left. */
export function encodeShapes(layer: string, shapes: Iterable<Shape>): Uint8Array | null {
  const keys: string[] = []
  const values: MvtValue[] = []
  const keyTags = new Map<string, number>()
  const valueTags = new Map<MvtValue, number>()
  const tagOf = <T>(tags: Map<T, number>, list: T[], item: T): number => {
    const tag = tags.get(item) ?? list.push(item) - 1
    tags.set(item, tag)
    return tag
  }

  beginLayer(layerSink, layer)
  const empty = layerSink.length
  for (const shape of shapes) {
    writeGeometry(shape)
    if (geometrySink.length === 0) continue
    tagSink.length = 0
    for (const [key, value] of Object.entries(shape.properties)) {
      if (value === null || value === undefined) continue
      putVarint(tagSink, tagOf(keyTags, keys, key))
      putVarint(tagSink, tagOf(valueTags, values, value))
    }
    writeFeature(shape)
  }
  return layerSink.length === empty ? null : finishLayer(layerSink, keys, values)
}

/** Right-aligned like a layer: the body goes behind room for the header, then moves by the room left over. */
function writeFeature(shape: Shape): void {
  const sink = layerSink
  reserve(sink, tagSink.length + geometrySink.length + 40)
  const { bytes } = sink
  const body = sink.length + 6
  let at = body
  if (shape.id !== undefined && Number.isSafeInteger(shape.id) && shape.id >= 0) {
    bytes[at] = 0x08 // id
    at = varintAt(bytes, at + 1, shape.id)
  }
  if (tagSink.length > 0) {
    bytes[at] = 0x12 // tags
    at = varintAt(bytes, at + 1, tagSink.length)
    bytes.set(tagSink.bytes.subarray(0, tagSink.length), at)
    at += tagSink.length
  }
  bytes[at] = 0x18 // type
  bytes[at + 1] = TYPES[shape.type]
  bytes[at + 2] = 0x22 // geometry
  at = varintAt(bytes, at + 3, geometrySink.length)
  bytes.set(geometrySink.bytes.subarray(0, geometrySink.length), at)
  at += geometrySink.length
  bytes[sink.length] = 0x12 // feature
  const start = varintAt(bytes, sink.length + 1, at - body)
  bytes.copyWithin(start, body, at)
  sink.length = start + at - body
}

/** Fills `geometrySink`; positions are differences from the one before, over all parts. */
function writeGeometry({ type, parts }: Shape): void {
  geometrySink.length = 0
  const pen = { x: 0, y: 0 }
  if (type === 'points') writePoints(parts, pen)
  else if (type === 'lines') for (const part of parts) writePath(distinct(part), pen, 2, false)
  else writeRings(parts, pen)
}

interface Pen {
  x: number
  y: number
}

function writePoints(parts: readonly Part[], pen: Pen): void {
  const count = parts.reduce((sum, part) => sum + part.length / 2, 0)
  if (count === 0) return
  putVarint(geometrySink, (count << 3) | MOVE_TO)
  for (const part of parts) for (let i = 0; i < part.length; i += 2) moveBy(part[i]!, part[i + 1]!, pen)
}

/** Decoders tell shells from holes by the sign of the area, so a hole never comes without its shell. */
function writeRings(parts: readonly Part[], pen: Pen): void {
  let shell = false
  for (const part of parts) {
    const ring = distinct(part)
    const area = signedArea(ring)
    if (area > 0) shell = writePath(ring, pen, 4, true)
    else if (area < 0 && shell) writePath(ring, pen, 4, true)
  }
}

/** Writes a line, or a ring without its repeated end, and says whether it was long enough. */
function writePath(path: readonly number[], pen: Pen, fewest: number, closed: boolean): boolean {
  if (path.length < fewest * 2) return false
  const end = closed ? path.length - 2 : path.length
  putVarint(geometrySink, (1 << 3) | MOVE_TO)
  moveBy(path[0]!, path[1]!, pen)
  putVarint(geometrySink, ((end / 2 - 1) << 3) | LINE_TO)
  for (let i = 2; i < end; i += 2) moveBy(path[i]!, path[i + 1]!, pen)
  if (closed) putVarint(geometrySink, CLOSE_PATH)
  return true
}

function moveBy(x: number, y: number, pen: Pen): void {
  const dx = x - pen.x
  const dy = y - pen.y
  reserve(geometrySink, 10)
  geometrySink.length = varintAt(geometrySink.bytes, geometrySink.length, ((dx << 1) ^ (dx >> 31)) >>> 0)
  geometrySink.length = varintAt(geometrySink.bytes, geometrySink.length, ((dy << 1) ^ (dy >> 31)) >>> 0)
  pen.x = x
  pen.y = y
}

/** Without positions equal to the one before: a line-to of (0, 0) is not allowed. */
function distinct(part: Part): number[] {
  const path: number[] = []
  for (let i = 0; i < part.length; i += 2) {
    const [x, y] = [part[i]!, part[i + 1]!]
    if (path.length === 0 || path.at(-2) !== x || path.at(-1) !== y) path.push(x, y)
  }
  return path
}

/** Positive for a shell: clockwise on the screen, where y runs down. */
function signedArea(ring: readonly number[]): number {
  let twice = 0
  for (let i = 2; i < ring.length; i += 2) twice += ring[i - 2]! * ring[i + 1]! - ring[i]! * ring[i - 1]!
  return twice / 2
}
