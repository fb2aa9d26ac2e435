/** Reads what the pilot wrote, without a line of the pilot's own code: zips, shapes, tables. */
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import yauzl from 'yauzl'

const openZip = promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer)

/** Entry name -> bytes, in the order of the archive. */
export async function unzip(path: string): Promise<Map<string, Buffer>> {
  const zip = await openZip(readFileSync(path), { lazyEntries: true })
  const entries = new Map<string, Buffer>()
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        const chunks: Buffer[] = []
        stream.on('data', chunk => chunks.push(chunk as Buffer))
        stream.on('end', () => {
          entries.set(entry.fileName, Buffer.concat(chunks))
          zip.readEntry()
        })
      })
    })
    zip.on('end', () => resolve(entries))
    zip.on('error', reject)
    zip.readEntry()
  })
}

export interface Feature {
  /** Parts as flat x, y lists; a point is one part of one pair. */
  parts: number[][]
  row: Record<string, string>
}

/** All features of one layer of an unpacked archive; text decoded as GBK. */
export function readLayer(entries: ReadonlyMap<string, Buffer>, name: string): Feature[] {
  const rows = readTable(entries.get(`${name}.dbf`)!)
  return readShapes(entries.get(`${name}.shp`)!).map((parts, i) => ({ parts, row: rows[i]! }))
}

export function readTable(dbf: Buffer): Record<string, string>[] {
  const decoder = new TextDecoder('gbk')
  const count = dbf.readUInt32LE(4)
  const headerBytes = dbf.readUInt16LE(8)
  const rowBytes = dbf.readUInt16LE(10)
  const fields: { name: string; at: number; width: number }[] = []
  let at = 1
  for (let i = 32; dbf[i] !== 0x0d; i += 32) {
    const name = dbf.toString('latin1', i, i + 11).replace(/\0.*$/s, '')
    fields.push({ name, at, width: dbf[i + 16]! })
    at += dbf[i + 16]!
  }
  return Array.from({ length: count }, (_, i) => {
    const start = headerBytes + i * rowBytes
    return Object.fromEntries(
      fields.map(f => [f.name, decoder.decode(dbf.subarray(start + f.at, start + f.at + f.width)).trim()]),
    )
  })
}

function readShapes(shp: Buffer): number[][][] {
  const shapes: number[][][] = []
  for (let at = 100; at < shp.length; at += 8 + shp.readInt32BE(at + 4) * 2) {
    const kind = shp.readInt32LE(at + 8)
    if (kind === 1) {
      shapes.push([[shp.readDoubleLE(at + 12), shp.readDoubleLE(at + 20)]])
      continue
    }
    const partCount = shp.readInt32LE(at + 44)
    const pointCount = shp.readInt32LE(at + 48)
    const points = at + 52 + 4 * partCount
    const starts = Array.from({ length: partCount + 1 }, (_, i) =>
      i < partCount ? shp.readInt32LE(at + 52 + 4 * i) : pointCount,
    )
    shapes.push(
      starts
        .slice(0, -1)
        .map((from, i) =>
          Array.from({ length: (starts[i + 1]! - from) * 2 }, (_, k) =>
            shp.readDoubleLE(points + (from * 2 + k) * 8),
          ),
        ),
    )
  }
  return shapes
}

/** Lays rings (closed, all turning the same way) side by side: the sides that have no partner, and how many lie on each other. */
export function coverage(rings: readonly (readonly number[])[]): { once: Set<string>; overlaps: number } {
  const sides = new Map<string, number>()
  let overlaps = 0
  for (const ring of rings) {
    for (let i = 0; i + 3 < ring.length; i += 2) {
      const a = `${ring[i]},${ring[i + 1]}`
      const b = `${ring[i + 2]},${ring[i + 3]}`
      const key = a < b ? `${a}|${b}` : `${b}|${a}`
      const sum = (sides.get(key) ?? 0) + (a < b ? 1 : -1)
      if (Math.abs(sum) > 1) overlaps++
      sides.set(key, sum)
    }
  }
  return { once: new Set([...sides].filter(([, sum]) => sum !== 0).map(([key]) => key)), overlaps }
}

/** Even-odd over all rings of a polygon. */
export function holds(rings: readonly (readonly number[])[], x: number, y: number): boolean {
  let inside = false
  for (const ring of rings) {
    for (let i = 0; i + 3 < ring.length; i += 2) {
      const ya = ring[i + 1]!
      const yb = ring[i + 3]!
      if (ya > y !== yb > y && x < ((ring[i + 2]! - ring[i]!) * (y - ya)) / (yb - ya) + ring[i]!)
        inside = !inside
    }
  }
  return inside
}

export function signedArea(ring: readonly number[]): number {
  let twice = 0
  for (let i = 0; i + 3 < ring.length; i += 2) {
    twice +=
      (ring[i]! - ring[0]!) * (ring[i + 3]! - ring[1]!) -
      (ring[i + 2]! - ring[0]!) * (ring[i + 1]! - ring[1]!)
  }
  return twice / 2
}
