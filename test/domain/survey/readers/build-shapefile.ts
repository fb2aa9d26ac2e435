/** Shapefiles for tests, byte by byte: what a good writer would write, to be broken afterwards. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ShapefileParts } from '../../../../src/domain/survey/readers/shapefile.ts'

export interface Column {
  name: string | Buffer
  type: string
  width: number
}

/** Rows of raw bytes: each value is padded with blanks to its column's width, numbers to the left. */
export function dbfBytes(
  columns: Column[],
  rows: (string | Buffer)[][],
  { languageId = 0, deleted = [] as number[] } = {},
): Buffer {
  const rowBytes = 1 + columns.reduce((sum, column) => sum + column.width, 0)
  const header = Buffer.alloc(32 + columns.length * 32 + 1)
  header[0] = 3
  header.writeUInt32LE(rows.length, 4)
  header.writeUInt16LE(header.length, 8)
  header.writeUInt16LE(rowBytes, 10)
  header[29] = languageId
  for (const [n, column] of columns.entries()) {
    const at = 32 + n * 32
    Buffer.from(column.name as string).copy(header, at, 0, 10)
    header.write(column.type, at + 11, 'latin1')
    header[at + 16] = column.width
  }
  header[header.length - 1] = 0x0d
  const body = rows.map((values, row) => {
    const line = Buffer.alloc(rowBytes, 0x20)
    if (deleted.includes(row + 1)) line[0] = 0x2a
    let at = 1
    for (const [n, column] of columns.entries()) {
      const value = Buffer.from(values[n]! as string)
      value.copy(line, at + ('NF'.includes(column.type) ? column.width - value.length : 0), 0, column.width)
      at += column.width
    }
    return line
  })
  return Buffer.concat([header, ...body, Buffer.from([0x1a])])
}

/** Content of a record with parts: type, then rings or lines as [x, y] lists. */
export function partsRecord(type: number, parts: number[][][], extra = Buffer.alloc(0)): Buffer {
  const points = parts.flat()
  const bytes = Buffer.alloc(44 + parts.length * 4 + points.length * 16)
  bytes.writeInt32LE(type, 0)
  bytes.writeInt32LE(parts.length, 36)
  bytes.writeInt32LE(points.length, 40)
  let start = 0
  for (const [n, part] of parts.entries()) {
    bytes.writeInt32LE(start, 44 + n * 4)
    start += part.length
  }
  for (const [n, point] of points.entries()) {
    bytes.writeDoubleLE(point[0]!, 44 + parts.length * 4 + n * 16)
    bytes.writeDoubleLE(point[1]!, 52 + parts.length * 4 + n * 16)
  }
  return Buffer.concat([bytes, extra])
}

export function pointRecord(x: number, y: number, type = 1): Buffer {
  const bytes = Buffer.alloc(type === 1 ? 20 : type === 11 ? 36 : 28)
  bytes.writeInt32LE(type, 0)
  bytes.writeDoubleLE(x, 4)
  bytes.writeDoubleLE(y, 12)
  return bytes
}

export function multipointRecord(points: number[][], type = 8): Buffer {
  const bytes = Buffer.alloc(40 + points.length * 16)
  bytes.writeInt32LE(type, 0)
  bytes.writeInt32LE(points.length, 36)
  for (const [n, point] of points.entries()) {
    bytes.writeDoubleLE(point[0]!, 40 + n * 16)
    bytes.writeDoubleLE(point[1]!, 48 + n * 16)
  }
  return bytes
}

export const nullRecord = (): Buffer => Buffer.alloc(4)

export function shpBytes(type: number, records: Buffer[]): { shp: Buffer; shx: Buffer } {
  const header = (length: number) => {
    const bytes = Buffer.alloc(100)
    bytes.writeInt32BE(9994, 0)
    bytes.writeInt32BE(length / 2, 24)
    bytes.writeInt32LE(1000, 28)
    bytes.writeInt32LE(type, 32)
    return bytes
  }
  const heads: Buffer[] = []
  const index: Buffer[] = []
  let at = 100
  for (const [n, record] of records.entries()) {
    const head = Buffer.alloc(8)
    head.writeInt32BE(n + 1, 0)
    head.writeInt32BE(record.length / 2, 4)
    const place = Buffer.alloc(8)
    place.writeInt32BE(at / 2, 0)
    place.writeInt32BE(record.length / 2, 4)
    heads.push(head, record)
    index.push(place)
    at += 8 + record.length
  }
  return {
    shp: Buffer.concat([header(at), ...heads]),
    shx: Buffer.concat([header(100 + records.length * 8), ...index]),
  }
}

export type Written = Record<string, Buffer | string>

/** Writes `<name>.<part>` files into a folder and answers them as parts. */
export async function writeParts(dir: string, written: Written, name = 'layer'): Promise<ShapefileParts> {
  await mkdir(dir, { recursive: true })
  const parts: Record<string, { path: string; name: string }> = {}
  for (const [part, bytes] of Object.entries(written)) {
    const path = join(dir, `${name}.${part}`)
    await writeFile(path, bytes)
    parts[part] = { path, name: `${name}.${part}` }
  }
  return parts
}
