/**
 * PostgreSQL's binary COPY format (PostgreSQL manual, "COPY / Binary Format"): a writer that encodes
 * rows into one growing buffer; copy-read.ts reads what COPY TO gives.
 *
 *   header: "PGCOPY\n\xff\r\n\0" flags(i32) extension(i32)   row: fields(i16) { length(i32) bytes }*   trailer: i16 -1
 */
import { Buffer } from 'node:buffer'

const SIGNATURE = [0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00]
export const COPY_HEADER = Uint8Array.from([...SIGNATURE, 0, 0, 0, 0, 0, 0, 0, 0])
export const COPY_TRAILER = Uint8Array.from([0xff, 0xff])

/** Milliseconds between 1970-01-01 and PostgreSQL's epoch 2000-01-01. */
export const EPOCH_MS = Date.UTC(2000, 0, 1)
export const DAY_MS = 86_400_000

/** Characters up to which a text is written by a loop of ours. */
const SHORT_TEXT = 40
/** A survey has few days and many rows. */
const knownDays = new Map<string, number>()
const DAYS_KEPT = 10_000
const REPEATED_KEPT = 4096

/** Encodes rows field by field; the caller calls `row(n)` and then n fields. `take()` gives the bytes so far. */
export interface CopyWriter {
  row(fields: number): void
  null(): void
  text(value: string | null): void
  int2(value: number | null): void
  int4(value: number | null): void
  int8(value: number | bigint | null): void
  bool(value: boolean | null): void
  float8(value: number | null): void
  /** 'xxxxxxxx-xxxx-...', or its 16 bytes */
  uuid(value: string | Uint8Array | null): void
  uuids(values: readonly string[] | null): void
  /** 'YYYY-MM-DD' */
  date(value: string | null): void
  timestamp(value: Date | null): void
  jsonb(value: unknown): void
  /** A field written by the caller: `size` bytes at the returned offset of the returned view. */
  reserve(size: number): { view: DataView; offset: number }
  readonly bytes: number
  readonly rows: number
  /** Takes back everything after `bytes`, the last row with it. */
  rewind(bytes: number): void
  /** Takes back the fields after `bytes`. */
  unwrite(bytes: number): void
  /** 64-bit FNV-1a-like hash of the bytes from an offset on. */
  hashFrom(offset: number): bigint
  /** The encoded rows as a fresh buffer; the writer starts anew. */
  take(): Uint8Array<ArrayBuffer>
}

export function copyWriter(initialBytes = 1 << 18): CopyWriter {
  let buffer = Buffer.allocUnsafeSlow(initialBytes)
  let view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  let at = 0
  let rows = 0
  /** Ids that stand in many rows: units, areas. */
  const repeated = new Map<string, Uint8Array>()
  const lanes = new DataView(new ArrayBuffer(8))

  const need = (size: number) => {
    if (at + size <= buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + size))
    buffer.copy(grown, 0, 0, at)
    buffer = grown
    view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  }
  const nothing = () => {
    need(4)
    view.setInt32(at, -1)
    at += 4
  }
  const length = (size: number) => {
    need(4 + size)
    view.setInt32(at, size)
    at += 4
  }
  const string = (value: string) => {
    need(4 + value.length * 3)
    const size = value.length <= SHORT_TEXT ? shortText(value) : buffer.write(value, at + 4)
    view.setInt32(at, size)
    at += 4 + size
  }
  /** Codes and words are short and mostly ASCII: written here, they cost less than a call into the runtime. */
  const shortText = (value: string): number => {
    const start = at + 4
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) return buffer.write(value, start)
      buffer[start + i] = code
    }
    return value.length
  }
  const uuidBytes = (value: string) => {
    const known = repeated.get(value)
    if (known) {
      for (let i = 0; i < 16; i++) buffer[at++] = known[i]!
      return
    }
    const start = at
    let digit = 0
    for (let i = 0; i < 16; i++) {
      if (value.charCodeAt(digit) === 45) digit++
      buffer[at++] = (HEX[value.charCodeAt(digit)]! << 4) | HEX[value.charCodeAt(digit + 1)]!
      digit += 2
    }
    if (repeated.size < REPEATED_KEPT) repeated.set(value, Uint8Array.from(buffer.subarray(start, at)))
  }
  const daysOf = (value: string): number => {
    let days = knownDays.get(value)
    if (days === undefined) {
      const ms = Date.UTC(
        Number(value.slice(0, 4)),
        Number(value.slice(5, 7)) - 1,
        Number(value.slice(8, 10)),
      )
      days = Math.round((ms - EPOCH_MS) / DAY_MS)
      if (knownDays.size < DAYS_KEPT) knownDays.set(value, days)
    }
    return days
  }

  return {
    row(fields) {
      need(2)
      view.setInt16(at, fields)
      at += 2
      rows++
    },
    null: nothing,
    text: value => (value === null ? nothing() : string(value)),
    int2(value) {
      if (value === null) return nothing()
      length(2)
      view.setInt16(at, value)
      at += 2
    },
    int4(value) {
      if (value === null) return nothing()
      length(4)
      view.setInt32(at, value)
      at += 4
    },
    int8(value) {
      if (value === null) return nothing()
      length(8)
      view.setBigInt64(at, BigInt(value))
      at += 8
    },
    bool(value) {
      if (value === null) return nothing()
      length(1)
      view.setUint8(at++, value ? 1 : 0)
    },
    float8(value) {
      if (value === null) return nothing()
      length(8)
      view.setFloat64(at, value)
      at += 8
    },
    uuid(value) {
      if (value === null) return nothing()
      length(16)
      if (typeof value === 'string') return uuidBytes(value)
      for (let i = 0; i < 16; i++) buffer[at++] = value[i]!
    },
    uuids(values) {
      if (values === null) return nothing()
      // array: dimensions, has-null, element oid (uuid = 2950), size, lower bound, elements
      const size = values.length === 0 ? 12 : 20 + values.length * 20
      length(size)
      view.setInt32(at, values.length === 0 ? 0 : 1)
      view.setInt32(at + 4, 0)
      view.setInt32(at + 8, 2950)
      at += 12
      if (values.length === 0) return
      view.setInt32(at, values.length)
      view.setInt32(at + 4, 1)
      at += 8
      for (const value of values) {
        view.setInt32(at, 16)
        at += 4
        uuidBytes(value)
      }
    },
    date(value) {
      if (value === null) return nothing()
      length(4)
      view.setInt32(at, daysOf(value))
      at += 4
    },
    timestamp(value) {
      if (value === null) return nothing()
      length(8)
      view.setBigInt64(at, BigInt(value.getTime() - EPOCH_MS) * 1000n)
      at += 8
    },
    jsonb(value) {
      if (value === null || value === undefined) return nothing()
      const json = JSON.stringify(value)
      need(5 + json.length * 3)
      const size = buffer.write(json, at + 5)
      view.setInt32(at, size + 1)
      view.setUint8(at + 4, 1) // version of the jsonb wire format
      at += 5 + size
    },
    reserve(size) {
      length(size)
      const offset = at
      at += size
      return { view, offset }
    },
    rewind(bytes) {
      at = bytes
      rows--
    },
    unwrite(bytes) {
      at = bytes
    },
    hashFrom(offset) {
      // two 32-bit lanes with different primes over the same bytes; equal bytes, equal hash
      let a = 0x811c9dc5
      let b = 0xc9dc5118
      for (let i = offset; i < at; i++) {
        const byte = buffer[i]!
        a = Math.imul(a ^ byte, 0x01000193)
        b = Math.imul(b ^ byte, 0x85ebca6b)
        b ^= b >>> 13
      }
      lanes.setInt32(0, a)
      lanes.setInt32(4, b)
      return lanes.getBigInt64(0)
    },
    get bytes() {
      return at
    },
    get rows() {
      return rows
    },
    take() {
      const taken = new Uint8Array(at)
      taken.set(buffer.subarray(0, at))
      at = 0
      rows = 0
      return taken
    },
  }
}

/** The value of each hexadecimal digit, by its character. */
const HEX = Uint8Array.from({ length: 128 }, (_, code) => (code < 58 ? code - 48 : (code | 32) - 87))
