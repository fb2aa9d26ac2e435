/**
 * JPEG: what the picture is drawn by, and nothing a word could hide in. Pure.
 *
 *   FFD8 | up, JFIF, Adobe, written anew | tables, one frame | scan ... FFD9     ITU-T T.81, T.871, JEITA CP-3451 (Exif 2.3)
 *
 * Tables and headers have exactly the length their content has, as every decoder demands.
 */
import { Broken, counting, exifOf, orientationOf, type Picture } from './picture-parts.ts'

/** Cameras write a preview or a depth map in some hundreds of segments of 64 KB. */
const MOST_SEGMENTS = 1000
/** Progressive pictures have about ten; each is drawn over the whole picture. */
const MOST_SCANS = 100
/** Some writers fill up to where a segment is to begin. */
const MOST_FILL = 65_536

const [SOS, DQT, DHT, DAC, DRI, EOI, APP0, APP1, APP14] = [
  ...[0xda, 0xdb, 0xc4, 0xcc, 0xdd],
  ...[0xd9, 0xe0, 0xe1, 0xee],
] as [number, number, number, number, number, number, number, number, number]

/** SOF0 to SOF15 without DHT, JPG and DAC, which stand among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== DAC
/** RST0 to RST7 and TEM have no body. */
const isBare = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01

interface Beside {
  up?: number
  jfif?: Buffer
  adobe?: Buffer
}

export function cleanJpeg(bytes: Buffer): Picture {
  const kept: Buffer[] = []
  const beside: Beside = {}
  let size: [width: number, height: number] | null = null
  const [segment, scan, fill] = [counting(MOST_SEGMENTS), counting(MOST_SCANS), counting(MOST_FILL)]
  let scans = 0
  for (let at = 2; ; ) {
    if (bytes[at] !== 0xff) throw new Broken()
    for (; bytes[at + 1] === 0xff; at++) fill()
    const marker = bytes.readUInt8(at + 1)
    if (marker === EOI) break
    segment()
    if (isBare(marker)) {
      at += 2
      continue
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    if (end < at + 4 || end > bytes.length) throw new Broken()
    const body = bytes.subarray(at + 4, end)
    if (isFrame(marker)) {
      // a decoder may take either
      if (size) throw new Broken()
      size = [body.readUInt16BE(3), body.readUInt16BE(1)]
    }
    let next = end
    if (marker === SOS) {
      scan()
      scans++
      next = endOfScan(bytes, end)
    }
    if (draws(marker, body)) kept.push(bytes.subarray(at, next))
    else note(beside, marker, body)
    at = next
  }
  if (scans === 0 || !size) throw new Broken()
  const all = [Buffer.from([0xff, 0xd8]), ...headOf(beside), ...kept, Buffer.from([0xff, EOI])]
  return { kind: 'image/jpeg', width: size[0], height: size[1], bytes: Buffer.concat(all) }
}

/** Whether the picture is drawn by a segment. @throws Broken where it is longer or shorter than what it says */
function draws(marker: number, body: Buffer): boolean {
  const length = lengthOf(marker, body)
  if (length === null) return false
  if (length !== body.length || length === 0) throw new Broken()
  return true
}

/** How long a segment that draws has to be; null of one that does not. */
function lengthOf(marker: number, body: Buffer): number | null {
  if (isFrame(marker)) return 6 + 3 * body.readUInt8(5)
  switch (marker) {
    case SOS:
      return 4 + 2 * body.readUInt8(0)
    case DRI:
      return 2
    case DAC:
      return body.length % 2 === 0 && body.length <= 64 ? body.length : 0
    case DQT:
      return tables(body, at => 1 + (body.readUInt8(at) >> 4 ? 128 : 64))
    case DHT:
      return tables(body, at => body.subarray(at + 1, at + 17).reduce((sum, n) => sum + n, 17))
    default:
      return null
  }
}

function tables(body: Buffer, lengthAt: (at: number) => number): number {
  let [at, many] = [0, 0]
  // four quantizers, four pairs of codes
  for (; at < body.length; at += lengthAt(at)) if (++many > 8) throw new Broken()
  return at
}

/** What is written anew of what stands beside the picture; the first of each counts. */
function note(beside: Beside, marker: number, body: Buffer): void {
  const name = body.toString('latin1', 0, 6)
  if (marker === APP1 && name === 'Exif\0\0') beside.up ??= orientationOf(body) ?? undefined
  if (marker === APP0 && name.startsWith('JFIF\0') && body.length >= 14) beside.jfif ??= body.subarray(5, 12)
  if (marker === APP14 && name.startsWith('Adobe') && body.length >= 12)
    beside.adobe ??= body.subarray(11, 12)
}

function headOf({ up = 1, jfif, adobe }: Beside): Buffer[] {
  return [
    // right behind the beginning, as cameras write it
    ...(up === 1 ? [] : [head(APP1, 'Exif\0\0', exifOf(up))]),
    // version and density; no preview, which is nothing by nothing
    ...(jfif ? [head(APP0, 'JFIF\0', jfif, Buffer.alloc(2))] : []),
    // version 100, no flags, how its colours are meant
    ...(adobe ? [head(APP14, 'Adobe\0\x64\0\0\0\0', adobe)] : []),
  ]
}

function head(marker: number, name: string, ...body: Buffer[]): Buffer {
  const all = Buffer.concat([Buffer.from([0xff, marker, 0, 0]), Buffer.from(name, 'latin1'), ...body])
  all.writeUInt16BE(all.length - 2, 2)
  return all
}

/** Where the next marker stands behind the data of a scan. */
function endOfScan(bytes: Buffer, from: number): number {
  // byte by byte: data full of FF would ask the fast search for each of them
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1]!
    const stuffed = next === 0 || (next >= 0xd0 && next <= 0xd7) || next === 0xff
    if (!stuffed) return at
  }
  throw new Broken()
}
