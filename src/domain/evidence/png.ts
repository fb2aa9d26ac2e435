/**
 * PNG: signature | IHDR, which way is up, colours, IDAT ... IEND (W3C), chunks held to their checksum. Colours are kept
 * where they are numbers of a known length; a profile, which has texts, is not. Pure.
 */
import { crc32 } from 'node:zlib'
import { Broken, counting, exifOf, orientationOf, type Picture } from './picture-parts.ts'

export const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** Writers cut the data into pieces of 8 KB and more. */
const MOST_CHUNKS = 5000

/** What a picture is drawn by beside its data, once each, and how many bytes it has. */
const COLOURS: Record<string, (bytes: number) => boolean> = {
  PLTE: n => n > 0 && n <= 768 && n % 3 === 0,
  tRNS: n => n > 0 && n <= 256,
  cHRM: n => n === 32,
  gAMA: n => n === 4,
  sBIT: n => n >= 1 && n <= 4,
  sRGB: n => n === 1,
  bKGD: n => n === 1 || n === 2 || n === 6,
  pHYs: n => n === 9,
}

export function cleanPng(bytes: Buffer): Picture {
  const [colours, data] = [new Map<string, Buffer>(), [] as Buffer[]]
  let [width, height, up] = [0, 0, 1]
  const count = counting(MOST_CHUNKS)
  for (let at = 8; ; ) {
    count()
    const end = at + 12 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new Broken()
    const name = bytes.toString('latin1', at + 4, at + 8)
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) throw new Broken()
    if ((at === 8) !== (name === 'IHDR')) throw new Broken()
    const body = bytes.subarray(at + 8, end - 4)
    if (name === 'IHDR') [width, height] = [headerOf(body).readUInt32BE(0), body.readUInt32BE(4)]
    if (name === 'IDAT') data.push(bytes.subarray(at, end))
    if (name === 'eXIf') up = orientationOf(body) ?? up
    if (COLOURS[name]?.(body.length) && data.length === 0 && !colours.has(name))
      colours.set(name, bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  if (data.length === 0) throw new Broken()
  const turned = up === 1 ? [] : [chunk('eXIf', exifOf(up))]
  const all = [bytes.subarray(0, 33), ...turned, ...colours.values(), ...data, chunk('IEND')]
  return { kind: 'image/png', width, height, bytes: Buffer.concat(all) }
}

function headerOf(body: Buffer): Buffer {
  if (body.length !== 13) throw new Broken()
  return body
}

function chunk(name: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const all = Buffer.concat([Buffer.alloc(4), Buffer.from(name, 'latin1'), body, Buffer.alloc(4)])
  all.writeUInt32BE(body.length, 0)
  all.writeUInt32BE(crc32(all.subarray(4, -4)), all.length - 4)
  return all
}
