/**
 * What of a photo is kept: the picture alone. Its kind is told by content; what a camera or a person wrote beside it
 * (position, time, device, previews, texts of a colour profile, whatever hangs behind the end) is left out, but for
 * which way is up. It is read on the thread that serves everybody, so each kind has few parts at most. Pure.
 *
 *   bytes -> jpeg.ts, png.ts or webp.ts -> Picture, or what is wrong with it
 */
import { cleanJpeg } from './jpeg.ts'
import { Broken, type Picture } from './picture-parts.ts'
import { cleanPng, PNG } from './png.ts'
import { cleanWebp } from './webp.ts'

export type { Picture } from './picture-parts.ts'
/** Words of the problem `photo.unusable`. */
export type PictureFault = 'no picture' | 'broken' | 'too many pixels'

/** More would be drawn by no phone, and can be written in few bytes. */
const MOST_PIXELS = 120e6

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

function cleaner(bytes: Buffer): ((bytes: Buffer) => Picture) | null {
  if (bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8) return cleanJpeg
  if (bytes.subarray(0, 8).equals(PNG)) return cleanPng
  const riff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
  return riff ? cleanWebp : null
}
