/**
 * What the readers of pictures share: what they give, how they refuse, and which way is up, which is the one thing
 * kept of what a camera writes beside a picture. Pure.
 */
import type { PictureKind } from './schema.ts'

export interface Picture {
  kind: PictureKind
  width: number
  height: number
  bytes: Buffer
}

/** Not what its kind prescribes. */
export class Broken extends Error {}

/** Counts the parts of a picture: a kind has so many at most, however small each is. @throws Broken */
export function counting(most: number): () => void {
  let parts = 0
  return () => {
    if (++parts > most) throw new Broken()
  }
}

const ORIENTATION = 0x0112
const PREFIX = 'Exif\0\0'

/** Which way is up (1 to 8), as Exif says, with its name before it or without; null where it says nothing that can be read. */
export function orientationOf(exif: Buffer): number | null {
  const tiff = exif.toString('latin1', 0, 6) === PREFIX ? exif.subarray(6) : exif
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

/** Exif that says which way is up and nothing else. */
export function exifOf(up: number): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('MM\0*', 0, 'latin1')
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(ORIENTATION, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(up, 18)
  return tiff
}
