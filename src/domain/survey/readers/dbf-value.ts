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

/**
 * Text columns of a survey repeat few values (classes, units, states), so each column remembers what
 * its bytes became: a table of `slots` places, each holding the last value that fell there. A column
 * that does not repeat stops looking after 2,000 values.
 */
function textReader(decode: Decode, watch: ColumnWatch | null): ReadValue {
  const strings: string[] = new Array(slots).fill('')
  const lengths = new Uint8Array(slots)
  const kept = new Uint8Array(slots * slotBytes)
  let looked = 0
  let found = 0
  return (bytes, start, fieldEnd) => {
    let end = start
    let ascii = 0
    let hash = 0
    for (let at = start; at < fieldEnd; at++) {
      const byte = bytes[at]!
      if (byte === 0) break
      if (byte !== 0x20) {
        // Blanks inside are left out of the hash, so that trailing ones need no second pass.
        hash = Math.imul(hash ^ byte, 0x01000193) + at - start
        ascii |= byte
        end = at + 1
      }
    }
    const length = end - start
    if (length === 0) return null
    if (watch) {
      if (length < watch.width) watch.shorter = true
      if (ascii >= 0x80) noteText(watch, length, hash)
    }
    if (length > slotBytes || (looked > 2000 && found * 4 < looked))
      return plain(bytes, start, end, ascii, decode)
    looked++
    hash ^= hash >>> 15
    const slot = hash & (slots - 1)
    const base = slot * slotBytes
    if (lengths[slot] === length) {
      let same = 0
      while (same < length && kept[base + same] === bytes[start + same]) same++
      if (same === length) {
        found++
        return strings[slot]
      }
    }
    const text = plain(bytes, start, end, ascii, decode)
    if (text === undefined) return undefined
    strings[slot] = text
    lengths[slot] = length
    for (let n = 0; n < length; n++) kept[base + n] = bytes[start + n]!
    return text
  }
}

function plain(bytes: Buffer, start: number, end: number, ascii: number, decode: Decode): string | undefined {
  return ascii < 0x80 ? bytes.toString('latin1', start, end) : decode(bytes, start, end)
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
