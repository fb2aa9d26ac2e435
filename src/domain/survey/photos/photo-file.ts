/**
 * What a photo says of itself: its kind by content, whether it is whole, and where it was taken (EXIF, WGS 84).
 * Looks at the beginning and the end alone, so that a folder of hundreds of thousands costs one pass. Pure.
 *
 *   JPEG   FFD8 | APP1 "Exif" TIFF (IFD0 -> GPS) | ... | FFDA data | FFD9       JEITA CP-3451 (Exif 2.3), ITU-T T.81
 *   PNG    signature | chunks ... | IEND
 *   HEIC   ftyp box with a brand of HEIF; kept, not looked into
 */

export type PhotoKind = 'image/jpeg' | 'image/png' | 'image/heic'

export interface PhotoFacts {
  kind: PhotoKind
  /** Where its camera says it stood. */
  lonLat: [number, number] | null
}

/** Bytes of the beginning that are looked at: EXIF stands in the first segment, which ends before 64 KiB; previews may come before it. */
export const HEAD_BYTES = 256 * 1024
/** Of the end: cameras append notes of their own behind the picture. */
export const TAIL_BYTES = 64 * 1024

/** @returns what is wrong as words (told apart by finding-words.ts), where it is no whole photo */
export function readPhoto(head: Buffer, tail: Buffer): PhotoFacts | { fault: string } {
  if (head.length === 0) return { fault: '0 bytes' }
  if (head.length >= 4 && head.readUInt16BE(0) === 0xffd8) return readJpeg(head, tail)
  if (head.length >= 8 && head.toString('latin1', 1, 4) === 'PNG')
    return tail.includes('IEND') ? { kind: 'image/png', lonLat: null } : { fault: 'the picture is cut short' }
  if (
    head.toString('latin1', 4, 8) === 'ftyp' &&
    /^(heic|heix|hevc|heim|heis|mif1|msf1)$/.test(head.toString('latin1', 8, 12))
  )
    return { kind: 'image/heic', lonLat: null }
  return { fault: 'it is no JPEG, PNG or HEIC' }
}

function readJpeg(head: Buffer, tail: Buffer): PhotoFacts | { fault: string } {
  let lonLat: [number, number] | null = null
  let drawn = false
  for (let at = 2; at + 4 <= head.length; ) {
    if (head[at] !== 0xff) return { fault: 'the picture is broken' }
    const marker = head[at + 1]!
    // fill bytes
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xda) {
      drawn = true
      break
    }
    const length = head.readUInt16BE(at + 2)
    if (length < 2) return { fault: 'the picture is broken' }
    if (marker === 0xe1 && head.toString('latin1', at + 4, at + 8) === 'Exif')
      lonLat = readGps(head.subarray(at + 10, at + 2 + length)) ?? lonLat
    at += 2 + length
  }
  // a preview of its own may fill the beginning; the end tells then
  if (!drawn && head.length < HEAD_BYTES) return { fault: 'the picture is cut short' }
  return tail.includes(Buffer.from([0xff, 0xd9]))
    ? { kind: 'image/jpeg', lonLat }
    : { fault: 'the picture is cut short' }
}

const GPS_IFD = 0x8825
const SIZES: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 }

/** Position of a TIFF block; null where there is none, or none that is one. */
function readGps(tiff: Buffer): [number, number] | null {
  try {
    const little = tiff.toString('latin1', 0, 2) === 'II'
    const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
    const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
    /** Where the values of each tag stand. */
    const directory = (at: number): Map<number, number> => {
      const tags = new Map<number, number>()
      for (let i = 0, n = Math.min(u16(at), 200); i < n; i++) {
        const entry = at + 2 + 12 * i
        const bytes = (SIZES[u16(entry + 2)] ?? 1) * u32(entry + 4)
        tags.set(u16(entry), bytes > 4 ? u32(entry + 8) : entry + 8)
      }
      return tags
    }
    const gps = directory(u32(4)).get(GPS_IFD)
    if (gps === undefined) return null
    const tags = directory(u32(gps))
    const degrees = (value: number, reference: number): number => {
      const at = tags.get(value)!
      const part = (i: number) => u32(at + 8 * i) / (u32(at + 8 * i + 4) || 1)
      const letter = tiff.toString('latin1', tags.get(reference)!, tags.get(reference)! + 1)
      return (part(0) + part(1) / 60 + part(2) / 3600) * (/[SW]/.test(letter) ? -1 : 1)
    }
    const lonLat: [number, number] = [degrees(4, 3), degrees(2, 1)]
    // cameras without a fix write zeros
    const there =
      Math.abs(lonLat[0]) <= 180 && Math.abs(lonLat[1]) <= 90 && (lonLat[0] !== 0 || lonLat[1] !== 0)
    return there && lonLat.every(Number.isFinite) ? lonLat : null
  } catch {
    return null
  }
}
