/**
 * What of a photo is kept: the picture alone. Its kind is told by content; what a camera or a person wrote beside it
 * (position, time, device, previews, whatever hangs behind the end) is left out, but for which way is up. Pure.
 *
 *   JPEG  FFD8 | JFIF, Adobe, ICC, up | tables, frame | scan ... FFD9         ITU-T T.81, JEITA CP-3451 (Exif 2.3)
 *   PNG   signature | IHDR, colour chunks, IDAT ... IEND                       PNG (W3C), chunks held to their CRC
 *   WebP  RIFF | VP8X, ICCP, ALPH, VP8 or VP8L                                 RFC 9649; still pictures
 */
import { crc32 } from 'node:zlib'
import type { PictureKind } from './schema.ts'

export interface Picture {
  kind: PictureKind
  width: number
  height: number
  bytes: Buffer
}
/** Words of the problem `photo.unusable`. */
export type PictureFault = 'no picture' | 'broken' | 'too many pixels'

/** More would be drawn by no phone, and can be written in few bytes. */
const MOST_PIXELS = 120e6

class Broken extends Error {}

export function cleanPicture(bytes: Buffer): Picture | { fault: PictureFault } {
  const clean = cleaner(bytes)
  if (!clean) return { fault: 'no picture' }
  try {
    const picture = clean(bytes)
    const { width, height } = picture
    if (width === 0 || height === 0) return { fault: 'broken' }
    return width * height > MOST_PIXELS ? { fault: 'too many pixels' } : picture
  } catch (error) {
    // reading behind the end
    if (error instanceof Broken || error instanceof RangeError) return { fault: 'broken' }
    throw error
  }
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

function cleaner(bytes: Buffer): ((bytes: Buffer) => Picture) | null {
  if (bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8) return cleanJpeg
  if (bytes.subarray(0, 8).equals(PNG)) return cleanPng
  const riff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
  return riff ? cleanWebp : null
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which stand among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

function cleanJpeg(bytes: Buffer): Picture {
  const kept: Buffer[] = [bytes.subarray(0, 2)]
  let [width, height, scans, up] = [0, 0, 0, 1]
  for (let at = 2; ; ) {
    if (bytes.readUInt8(at) !== 0xff) throw new Broken()
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) break
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    if (end < at + 4 || end > bytes.length) throw new Broken()
    const segment = bytes.subarray(at, end)
    if (isFrame(marker)) {
      height = segment.readUInt16BE(5)
      width = segment.readUInt16BE(7)
    }
    if (marker === 0xe1) up = orientationOf(segment) ?? up
    at = end
    if (marker === 0xda) {
      at = endOfScan(bytes, end)
      scans++
    }
    if (isPicture(marker, segment)) kept.push(bytes.subarray(end - segment.length, at))
  }
  if (scans === 0 || width === 0) throw new Broken()
  // which way is up comes right behind the beginning, as cameras write it
  if (up !== 1) kept.splice(1, 0, turned(up))
  return { kind: 'image/jpeg', width, height, bytes: Buffer.concat([...kept, Buffer.from([0xff, 0xd9])]) }
}

/** Segments that the picture is drawn by: tables, frames and scans; JFIF, the colours of Adobe, a colour profile. */
function isPicture(marker: number, segment: Buffer): boolean {
  if (marker === 0xfe) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const name = segment.toString('latin1', 4, 16)
  if (marker === 0xe0) return name.startsWith('JFIF\0')
  if (marker === 0xe2) return name.startsWith('ICC_PROFILE\0')
  return marker === 0xee && name.startsWith('Adobe')
}

/** Where the next marker stands behind the data of a scan. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes.readUInt8(at + 1)
    const stuffed = next === 0 || (next >= 0xd0 && next <= 0xd7) || next === 0xff
    if (!stuffed) return at
  }
  throw new Broken()
}

const ORIENTATION = 0x0112

/** Which way is up (1 to 8), as an Exif segment says; null where it says nothing that can be read. */
function orientationOf(segment: Buffer): number | null {
  if (segment.toString('latin1', 4, 10) !== 'Exif\0\0') return null
  const tiff = segment.subarray(10)
  try {
    const little = tiff.toString('latin1', 0, 2) === 'II'
    const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
    const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
    for (let i = 0, n = Math.min(u16(first), 200); i < n; i++) {
      const entry = first + 2 + 12 * i
      if (u16(entry) !== ORIENTATION) continue
      const up = u16(entry + 8)
      return up >= 1 && up <= 8 ? up : null
    }
  } catch {
    // a picture with broken notes is a picture
  }
  return null
}

/** An Exif segment that says which way is up and nothing else. */
function turned(up: number): Buffer {
  const segment = Buffer.alloc(36)
  segment.writeUInt32BE(0xffe10022, 0)
  segment.write('Exif\0\0MM\0*', 4, 'latin1')
  segment.writeUInt32BE(8, 14)
  segment.writeUInt16BE(1, 18)
  segment.writeUInt16BE(ORIENTATION, 20)
  segment.writeUInt16BE(3, 22)
  segment.writeUInt32BE(1, 24)
  segment.writeUInt16BE(up, 28)
  return segment
}

const PNG_CHUNKS = /^(IHDR|PLTE|IDAT|IEND|tRNS|cHRM|gAMA|iCCP|sBIT|sRGB|bKGD|pHYs)$/

function cleanPng(bytes: Buffer): Picture {
  const kept: Buffer[] = [bytes.subarray(0, 8)]
  let [width, height, drawn] = [0, 0, false]
  for (let at = 8; ; ) {
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new Broken()
    const name = bytes.toString('latin1', at + 4, at + 8)
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) throw new Broken()
    if ((at === 8) !== (name === 'IHDR')) throw new Broken()
    if (name === 'IHDR') [width, height] = [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)]
    drawn ||= name === 'IDAT'
    if (PNG_CHUNKS.test(name)) kept.push(bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  if (!drawn) throw new Broken()
  return { kind: 'image/png', width, height, bytes: Buffer.concat(kept) }
}

/** Of VP8X: what it says beside colour profile and transparency is left out, and so are its flags. */
const WEBP_FLAGS = 0x20 | 0x10

function cleanWebp(bytes: Buffer): Picture {
  const kept: Buffer[] = []
  let size: [number, number] | null = null
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) throw new Broken()
  for (let at = 12; at + 8 <= end; ) {
    const length = bytes.readUInt32LE(at + 4)
    const next = at + 8 + length + (length % 2)
    if (at + 8 + length > bytes.length) throw new Broken()
    const name = bytes.toString('latin1', at, at + 4)
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (name === 'ANIM' || name === 'ANMF') throw new Broken()
    if (name === 'VP8 ' || name === 'VP8L') size = webpSize(name, body)
    if (/^(VP8 |VP8L|VP8X|ALPH|ICCP)$/.test(name)) {
      const chunk = Buffer.alloc(next - at)
      bytes.copy(chunk, 0, at, at + 8 + length)
      if (name === 'VP8X') chunk.writeUInt8(body.readUInt8(0) & WEBP_FLAGS, 8)
      kept.push(chunk)
    }
    at = next
  }
  if (!size) throw new Broken()
  const all = Buffer.concat(kept)
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(4 + all.length, 4)
  return { kind: 'image/webp', width: size[0], height: size[1], bytes: Buffer.concat([head, all]) }
}

function webpSize(name: string, body: Buffer): [number, number] {
  if (name === 'VP8 ') {
    if (body.readUIntBE(3, 3) !== 0x9d012a) throw new Broken()
    return [body.readUInt16LE(6) & 0x3fff, body.readUInt16LE(8) & 0x3fff]
  }
  if (body.readUInt8(0) !== 0x2f) throw new Broken()
  const bits = body.readUInt32LE(1)
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1]
}
