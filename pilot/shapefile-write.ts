/**
 * Writes shapefiles feature by feature (ESRI Shapefile Technical Description, 1998): points, polylines
 * and polygons with .shp, .shx, .dbf and .prj, memory flat. Coordinates are flat lists x, y, x, y ...
 */
import { writeFileSync } from 'node:fs'
import type { DbfColumn, DbfValue } from './dbf-write.ts'
import { languageDriver, openDbf } from './dbf-write.ts'
import type { FileSink } from './sink.ts'
import { openSink } from './sink.ts'

export type ShapeKind = 'point' | 'line' | 'polygon'

export interface ShapefileOptions {
  /** Path without extension. */
  path: string
  kind: ShapeKind
  columns: readonly DbfColumn[]
  /** Text of the .prj. */
  prj: string
  /** How the text encoding is told: a .cpg, the DBF's language driver, or not at all. */
  tells?: 'cpg' | 'driver' | 'nothing'
}

export interface ShapefileWriter {
  /**
   * One feature. Point: [x, y] as its only part; line: its parts; polygon: rings with the interior on
   * the left (outer counter-clockwise, holes clockwise), not closed.
   */
  write: (parts: readonly (readonly number[])[], values: readonly DbfValue[]) => void
  /** Finishes the files; gives the number of rows and the paths written. */
  close: () => { rows: number; files: string[] }
}

const codes: Record<ShapeKind, number> = { point: 1, line: 3, polygon: 5 }

export function openShapefile({
  path,
  kind,
  columns,
  prj,
  tells = 'nothing',
}: ShapefileOptions): ShapefileWriter {
  const shp = openSink(`${path}.shp`)
  const shx = openSink(`${path}.shx`)
  const dbf = openDbf(`${path}.dbf`, columns, tells === 'driver' ? languageDriver.gbk : languageDriver.silent)
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  shp.write(Buffer.alloc(100))
  shx.write(Buffer.alloc(100))
  let rows = 0
  const write = (parts: readonly (readonly number[])[], values: readonly DbfValue[]) => {
    const offset = shp.size
    const bytes =
      kind === 'point'
        ? putPoint(shp, ++rows, parts[0]!, box)
        : putParts(shp, ++rows, codes[kind], parts, box)
    const { buffer, at } = shx.reserve(8)
    buffer.writeInt32BE(offset / 2, at)
    buffer.writeInt32BE(bytes / 2, at + 4)
    dbf.write(values)
  }
  const close = () => {
    finish(shp, codes[kind], box)
    finish(shx, codes[kind], box)
    dbf.close()
    writeFileSync(`${path}.prj`, prj)
    const files = ['.shp', '.shx', '.dbf', '.prj'].map(end => path + end)
    if (tells === 'cpg') {
      writeFileSync(`${path}.cpg`, 'GBK')
      files.push(`${path}.cpg`)
    }
    return { rows, files }
  }
  return { write, close }
}

interface Box {
  west: number
  south: number
  east: number
  north: number
}

function grow(box: Box, x: number, y: number): void {
  if (x < box.west) box.west = x
  if (x > box.east) box.east = x
  if (y < box.south) box.south = y
  if (y > box.north) box.north = y
}

/** Gives the length of the record's content in bytes. */
function putPoint(shp: FileSink, row: number, at: readonly number[], box: Box): number {
  const { buffer, at: start } = shp.reserve(28)
  buffer.writeInt32BE(row, start)
  buffer.writeInt32BE(10, start + 4)
  buffer.writeInt32LE(1, start + 8)
  buffer.writeDoubleLE(at[0]!, start + 12)
  buffer.writeDoubleLE(at[1]!, start + 20)
  grow(box, at[0]!, at[1]!)
  return 20
}

function putParts(
  shp: FileSink,
  row: number,
  code: number,
  parts: readonly (readonly number[])[],
  box: Box,
): number {
  const rings = code === 5 ? parts.map(closedClockwise) : parts
  const points = rings.reduce((sum, ring) => sum + ring.length / 2, 0)
  const bytes = 44 + 4 * rings.length + 16 * points
  const { buffer, at } = shp.reserve(8 + bytes)
  const own: Box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  buffer.writeInt32BE(row, at)
  buffer.writeInt32BE(bytes / 2, at + 4)
  buffer.writeInt32LE(code, at + 8)
  buffer.writeInt32LE(rings.length, at + 44)
  buffer.writeInt32LE(points, at + 48)
  let first = 0
  let place = at + 52 + 4 * rings.length
  rings.forEach((ring, i) => {
    buffer.writeInt32LE(first, at + 52 + 4 * i)
    first += ring.length / 2
    for (let k = 0; k < ring.length; k += 2, place += 16) {
      buffer.writeDoubleLE(ring[k]!, place)
      buffer.writeDoubleLE(ring[k + 1]!, place + 8)
      grow(own, ring[k]!, ring[k + 1]!)
    }
  })
  putBox(buffer, at + 12, own)
  grow(box, own.west, own.south)
  grow(box, own.east, own.north)
  return bytes
}

/** Shapefiles want the interior on the right, and the first point again at the end. */
function closedClockwise(ring: readonly number[]): number[] {
  const out = [ring[0]!, ring[1]!]
  for (let i = ring.length - 2; i >= 0; i -= 2) out.push(ring[i]!, ring[i + 1]!)
  return out
}

function putBox(buffer: Buffer, at: number, box: Box): void {
  const known = Number.isFinite(box.west)
  ;[box.west, box.south, box.east, box.north].forEach((v, i) => {
    buffer.writeDoubleLE(known ? v : 0, at + 8 * i)
  })
}

function finish(sink: FileSink, code: number, box: Box): void {
  const head = Buffer.alloc(100)
  head.writeInt32BE(9994, 0)
  head.writeInt32BE(sink.size / 2, 24)
  head.writeInt32LE(1000, 28)
  head.writeInt32LE(code, 32)
  putBox(head, 36, box)
  sink.flush()
  sink.patch(head, 0)
  sink.close()
}
