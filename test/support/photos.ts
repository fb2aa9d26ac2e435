/** Small photos for tests: whole JPEG and PNG files of given content, with a camera's position where asked. */
import { Buffer } from 'node:buffer'

const segment = (marker: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(0xff00 | marker, 0)
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** A TIFF block with a GPS directory, in either byte order. */
function exif(lonLat: readonly [number, number], little: boolean): Buffer {
  const tiff = Buffer.alloc(200)
  const u16 = (at: number, value: number) =>
    little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at)
  const u32 = (at: number, value: number) =>
    little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at)
  const entry = (at: number, tag: number, type: number, count: number) => {
    u16(at, tag)
    u16(at + 2, type)
    u32(at + 4, count)
    return at + 8
  }
  tiff.write(little ? 'II' : 'MM', 0, 'latin1')
  u16(2, 42)
  u32(4, 8)
  u16(8, 1)
  u32(entry(10, 0x8825, 4, 1), 30)
  u16(30, 4)
  const [lon, lat] = lonLat
  tiff.write(lat < 0 ? 'S' : 'N', entry(32, 1, 2, 2), 'latin1')
  u32(entry(44, 2, 5, 3), 100)
  tiff.write(lon < 0 ? 'W' : 'E', entry(56, 3, 2, 2), 'latin1')
  u32(entry(68, 4, 5, 3), 130)
  const degrees = (at: number, value: number) => {
    const all = Math.abs(value)
    const minutes = (all % 1) * 60
    const parts = [
      [Math.floor(all), 1],
      [Math.floor(minutes), 1],
      [Math.round((minutes % 1) * 60 * 10_000), 10_000],
    ]
    parts.forEach(([top, under], i) => {
      u32(at + 8 * i, top!)
      u32(at + 8 * i + 4, under!)
    })
  }
  degrees(100, lat)
  degrees(130, lon)
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
}

/** A JPEG as a reader of its segments sees it; `content` tells one picture from another. */
export function jpeg(content: string, lonLat?: readonly [number, number], little = true): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...(lonLat ? [segment(0xe1, exif(lonLat, little))] : []),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from(`picture of ${content}`),
    Buffer.from([0xff, 0xd9]),
  ])
}

export const png = (content: string): Buffer =>
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    Buffer.from(`${content}IEND\xae\x42\x60\x82`, 'latin1'),
  ])
