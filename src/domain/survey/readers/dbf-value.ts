/**
 * One column of a DBF row into a value: text in the layer's encoding, numbers and dates as they stand.
 * Blank, overflow (`***`) and the null marks of each type are null. A whole number beyond 2^53 stays
 * text: as a number it would lose digits.
 */
import type { DbfColumn } from './dbf-header.ts'
import { type ColumnWatch, noteText } from './dbf-watch.ts'
import type { Decode } from './decoder.ts'
import type { SourceValue } from './source.ts'

/** Reads the column's bytes [start, end). undefined: the bytes are not valid in the encoding. */
export type ReadValue = (bytes: Buffer, start: number, end: number) => SourceValue | undefined

/** @param watch told of each text's length; none where nobody asks what was cut */
export function valueReader(column: DbfColumn, decode: Decode, watch: ColumnWatch | null = null): ReadValue {
  if (column.stored === 'number') return readNumber
  if (column.stored === 'boolean') return readBoolean
  if (column.stored === 'date') return readDate
  return textReader(decode, watch)
}

const slots = 1024
const slotBytes = 64
const blanks = 0x20202020

/**
 * Text columns of a survey repeat few values (classes, units, states), so each column remembers what
 * its bytes became: a table of `slots` places, each holding the last value that fell there. A column
 * that does not repeat stops looking after 2,000 values. Bytes are taken four at a time.
 */
function textReader(decode: Decode, watch: ColumnWatch | null): ReadValue {
  const strings: string[] = new Array(slots).fill('')
  const lengths = new Uint8Array(slots)
  const kept = new DataView(new ArrayBuffer(slots * slotBytes))
  let looked = 0
  let found = 0
  let viewed: Buffer | null = null
  let view: DataView = kept
  return function read(bytes, start, fieldEnd): string | null | undefined {
    if (bytes !== viewed) {
      viewed = bytes
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    let end = fieldEnd
    while (end - 4 >= start && view.getInt32(end - 4) === blanks) end -= 4
    while (end > start && bytes[end - 1] === 0x20) end--
    if (end === start) return null
    let seen = 0
    let hash = 0
    let at = start
    for (; at + 4 <= end; at += 4) {
      const four = view.getInt32(at)
      if (hasZero(four)) break
      seen |= four
      hash = mix(hash ^ four)
    }
    for (; at < end; at++) {
      const byte = bytes[at]!
      // the text ends here, and blanks before it trail too
      if (byte === 0) return read(bytes, start, at)
      seen |= byte
      hash = mix(hash ^ byte)
    }
    const length = end - start
    const isAscii = (seen & 0x80808080) === 0
    if (watch) {
      if (length < watch.width) watch.shorter = true
      if (!isAscii) noteText(watch, length, hash)
    }
    if (length > slotBytes || (looked > 2000 && found * 4 < looked))
      return plain(bytes, start, end, isAscii, decode)
    looked++
    const slot = hash & (slots - 1)
    const base = slot * slotBytes
    if (lengths[slot] === length && isSame(view, start, kept, base, length)) {
      found++
      return strings[slot]
    }
    const text = plain(bytes, start, end, isAscii, decode)
    if (text === undefined) return undefined
    strings[slot] = text
    lengths[slot] = length
    for (let n = 0; n < length; n++) kept.setUint8(base + n, bytes[start + n]!)
    return text
  }
}

/** Whether one of the four bytes is zero. */
export const hasZero = (four: number): boolean => ((four - 0x01010101) & ~four & 0x80808080) !== 0

function mix(hash: number): number {
  const mixed = Math.imul(hash, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

/** Whether `length` bytes from `at` on are those of the other view from `otherAt` on. */
export function isSame(
  view: DataView,
  at: number,
  other: DataView,
  otherAt: number,
  length: number,
): boolean {
  let n = 0
  for (; n + 4 <= length; n += 4) if (view.getInt32(at + n) !== other.getInt32(otherAt + n)) return false
  for (; n < length; n++) if (view.getUint8(at + n) !== other.getUint8(otherAt + n)) return false
  return true
}

function plain(
  bytes: Buffer,
  start: number,
  end: number,
  isAscii: boolean,
  decode: Decode,
): string | undefined {
  return isAscii ? bytes.toString('latin1', start, end) : decode(bytes, start, end)
}

const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/**
 * Digits are gathered as a whole number and divided once by a power of ten: both are exact doubles up
 * to 2^53 and 10^22, so the quotient is the nearest double, as a full parser would give.
 */
const readNumber: ReadValue = (bytes, start, end) => {
  let at = start
  while (at < end && bytes[at] === 0x20) at++
  let negative = false
  if (at < end && (bytes[at] === 0x2d || bytes[at] === 0x2b)) negative = bytes[at++] === 0x2d
  let digits = 0
  let whole = 0
  let point = -1
  for (; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 0x30 && byte <= 0x39) {
      whole = whole * 10 + byte - 0x30
      digits++
    } else if (byte === 0x2e && point < 0) point = digits
    else break
  }
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0)) at++
  if (at < end || digits === 0 || digits > 22 || whole > Number.MAX_SAFE_INTEGER)
    return oddNumber(bytes, start, end)
  if (whole === 0) return 0
  const value = point < 0 ? whole : whole / powers[digits - point]!
  return negative ? -value : value
}

function oddNumber(bytes: Buffer, start: number, end: number): SourceValue {
  const text = bytes.toString('latin1', start, end).replace(/\0.*$/s, '').trim()
  if (/^\**$/.test(text)) return null
  const value = Number(text)
  if (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value)) return text
  return Number.isFinite(value) ? value : text
}

const readBoolean: ReadValue = (bytes, start) => {
  const mark = String.fromCharCode(bytes[start]!)
  return 'TtYy'.includes(mark) ? true : 'FfNn'.includes(mark) ? false : null
}

/** As it stands, usually YYYYMMDD; zeros are the format's empty date. */
const readDate: ReadValue = (bytes, start, end) => {
  const text = bytes.toString('latin1', start, end)
  if (/^[1-9]\d{7}$/.test(text)) return text
  const odd = text.replace(/\0.*$/s, '').trim()
  return /^[0*]*$/.test(odd) ? null : odd
}
