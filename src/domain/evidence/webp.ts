/**
 * WebP: RIFF | VP8X, ALPH, VP8 or VP8L, which way is up (RFC 9649); still pictures. A colour profile, which has texts,
 * is left out. Pure.
 */
import { Broken, counting, exifOf, orientationOf, type Picture } from './picture-parts.ts'

/** A picture, its transparency, its notes; room for what is not known. */
const MOST_CHUNKS = 100
/** What VP8X says of its picture. */
const [ALPHA, EXIF] = [0x10, 0x08]
const DRAWN = ['ALPH', 'VP8 ', 'VP8L']

export function cleanWebp(bytes: Buffer): Picture {
  const found = chunksOf(bytes)
  const [lossy, lossless, wide] = [found.get('VP8 '), found.get('VP8L'), found.get('VP8X')]
  if (found.has('ANIM') || found.has('ANMF') || (lossy && lossless)) throw new Broken()
  const size = lossy ? lossySize(lossy) : losslessSize(lossless)
  const kept = DRAWN.flatMap(name => chunk(name, wide || name !== 'ALPH' ? found.get(name) : undefined))
  if (wide) {
    if (wide.length !== 10) throw new Broken()
    const canvas = [wide.readUIntLE(4, 3) + 1, wide.readUIntLE(7, 3) + 1]
    if (canvas[0] !== size[0] || canvas[1] !== size[1]) throw new Broken()
    const up = orientationOf(found.get('EXIF') ?? Buffer.alloc(0)) ?? 1
    const flags = Buffer.from([(wide.readUInt8(0) & ALPHA) | (up === 1 ? 0 : EXIF), 0, 0, 0])
    kept.unshift(...chunk('VP8X', Buffer.concat([flags, wide.subarray(4)])))
    if (up !== 1) kept.push(...chunk('EXIF', exifOf(up)))
  }
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(
    kept.reduce((sum, { length }) => sum + length, 4),
    4,
  )
  return { kind: 'image/webp', width: size[0], height: size[1], bytes: Buffer.concat([head, ...kept]) }
}

/** Bodies by name. What draws may be there once. */
function chunksOf(bytes: Buffer): Map<string, Buffer> {
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) throw new Broken()
  const found = new Map<string, Buffer>()
  const count = counting(MOST_CHUNKS)
  for (let at = 12; at + 8 <= end; ) {
    count()
    const length = bytes.readUInt32LE(at + 4)
    if (at + 8 + length > end) throw new Broken()
    const name = bytes.toString('latin1', at, at + 4)
    if (found.has(name) && (DRAWN.includes(name) || name === 'VP8X')) throw new Broken()
    if (!found.has(name)) found.set(name, bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length + (length % 2)
  }
  return found
}

function chunk(name: string, body: Buffer | undefined): Buffer[] {
  if (!body) return []
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1')
  head.writeUInt32LE(body.length, 4)
  return [head, body, Buffer.alloc(body.length % 2)]
}

function lossySize(body: Buffer): [number, number] {
  if (body.readUIntBE(3, 3) !== 0x9d012a) throw new Broken()
  return [body.readUInt16LE(6) & 0x3fff, body.readUInt16LE(8) & 0x3fff]
}

function losslessSize(body: Buffer | undefined): [number, number] {
  if (body?.readUInt8(0) !== 0x2f) throw new Broken()
  const bits = body.readUInt32LE(1)
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1]
}
