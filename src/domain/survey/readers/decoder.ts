/**
 * Bytes of one value into a string, and what to do with a character that was cut in two.
 */
import { isUtf8 } from 'node:buffer'
import { wellFormedGb18030, wellFormedUtf8 } from './well-formed.ts'

/** The text of [start, end), or undefined where the bytes are not valid in the encoding. */
export type Decode = (bytes: Buffer, start: number, end: number) => string | undefined

/** `encoding` is a WHATWG name that `encodingName` gave. */
export function decoderOf(encoding: string): Decode {
  return encoding === 'utf-8' ? decodeUtf8 : decodeFatally(encoding)
}

/**
 * How many bytes at the end of [start, end) are the beginning of a character whose rest was cut off;
 * 0 when that is not what is wrong with them.
 */
export function halfAtEnd(encoding: string, bytes: Buffer, start: number, end: number): number {
  if (encoding === 'utf-8' || encoding === 'gb18030') {
    const reach = (encoding === 'utf-8' ? wellFormedUtf8 : wellFormedGb18030)(bytes, start, end)
    return reach < 0 ? end - ~reach : 0
  }
  const decode = decodeFatally(encoding)
  return decode(bytes, start, end) === undefined && decode(bytes, start, end - 1) !== undefined ? 1 : 0
}

const decodeUtf8: Decode = (bytes, start, end) =>
  isUtf8(bytes.subarray(start, end)) ? bytes.toString('utf8', start, end) : undefined

function decodeFatally(encoding: string): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (bytes, start, end) => {
    try {
      return decoder.decode(bytes.subarray(start, end))
    } catch {
      return undefined
    }
  }
}
