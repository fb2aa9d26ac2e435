/** Pictures as cameras make them, with all they write beside the picture: JPEG, PNG and WebP of a few pixels. */
import { Buffer } from 'node:buffer'
import { crc32, deflateSync } from 'node:zlib'

/** What no stranger may read in a picture that is kept. */
export const SECRET = 'taken at 31.26N 120.62E by phone of Wang'

/** A segment of a JPEG. */
export const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(0xff00 | marker, 0)
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** Exif with which way is up, and a word behind it. */
function exif(up: number): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('II*\0', 0, 'latin1')
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(1, 8)
  tiff.writeUInt16LE(0x0112, 10)
  tiff.writeUInt16LE(3, 12)
  tiff.writeUInt32LE(1, 14)
  tiff.writeUInt16LE(up, 18)
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, Buffer.from(SECRET)])
}

export function jpegFrame(width: number, height: number): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0])
  frame.writeUInt16BE(height, 1)
  frame.writeUInt16BE(width, 3)
  return segment(0xc2, frame)
}

interface Held {
  width?: number
  height?: number
  /** Which way is up. */
  up?: number
  /** What stands before all else. */
  first?: Buffer
}

/** @param told bytes of its scan, which tell one picture from another */
export function cameraJpeg(
  told = 'one',
  { width = 640, height = 480, up = 6, first = Buffer.alloc(0) }: Held = {},
): Buffer {
  const scan = segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0]))
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    first,
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    segment(0xe1, exif(up)),
    segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${SECRET}`)),
    segment(0xed, Buffer.from(SECRET)),
    segment(0xfe, Buffer.from(SECRET)),
    segment(0xdb, Buffer.alloc(65, 1)),
    jpegFrame(width, height),
    ...[scan, Buffer.from(told), Buffer.from([0xff, 0, 1, 0xff, 0xd0, 2])],
    ...[segment(0xc4, Buffer.alloc(33, 1)), scan, Buffer.from(told)],
    Buffer.from([0xff, 0xd9]),
    // a second picture, a program: whatever hangs behind the end
    Buffer.from(`<script>${SECRET}</script>`),
  ])
}

/** A chunk of a PNG. */
export const chunk = (name: string, body: Buffer): Buffer => {
  const all = Buffer.concat([Buffer.alloc(4), Buffer.from(name, 'latin1'), body, Buffer.alloc(4)])
  all.writeUInt32BE(body.length, 0)
  all.writeUInt32BE(crc32(all.subarray(4, 8 + body.length)), 8 + body.length)
  return all
}

/** A real PNG of grey that every browser draws. */
export function cameraPng(grey = 128, side = 8, { up = 1, beside = Buffer.alloc(0) } = {}): Buffer {
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 0, 0, 0, 0])
  const rows = Buffer.concat(
    Array.from({ length: side }, () => Buffer.concat([Buffer.from([0]), Buffer.alloc(side, grey)])),
  )
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from(`Comment\0${SECRET}`)),
    chunk('eXIf', exif(up).subarray(6)),
    beside,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(SECRET),
  ])
}

const riff = (name: string, body: Buffer): Buffer => {
  const all = Buffer.concat([
    Buffer.from(name, 'latin1'),
    Buffer.alloc(4),
    body,
    Buffer.alloc(body.length % 2),
  ])
  all.writeUInt32LE(body.length, 4)
  return all
}

export function cameraWebp({ moving = false, up = 1, side = 320 } = {}): Buffer {
  const frame = Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 1])
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    riff('VP8X', Buffer.from([0x2c, 0, 0, 0, (side - 1) & 0xff, (side - 1) >> 8, 0, 0xef, 0, 0])),
    riff('ICCP', Buffer.from(SECRET)),
    riff('EXIF', exif(up)),
    ...(moving ? [riff('ANIM', Buffer.alloc(6))] : []),
    riff('VP8 ', frame),
    riff('XMP ', Buffer.from(SECRET)),
  ])
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body])
}
