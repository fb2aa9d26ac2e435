/**
 * Damage: what disks, half copies, wrong programs and ill will do to files. The same random numbers give the same
 * damage.
 */
import type { Parts } from './fuzz-corpus.ts'

/** A whole number below `below`. */
export type Random = (below: number) => number

/** mulberry32 (Tommy Ettinger). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const BYTES = [0, 1, 0x0a, 0x20, 0x22, 0x2a, 0x2c, 0x3c, 0x5b, 0x7b, 0x7d, 0x7f, 0x80, 0x81, 0xb0, 0xfe, 0xff]
const NUMBERS = [-1, 0, 1, 2, 255, 65_535, 65_536, 1 << 30, 0x7fffffff]
const ENDINGS =
  'shp dbf zip gpkg geojson geojsonl topojson csv tsv txt xlsx tab mif dxf kml kmz json xls'.split(' ')
/** What stops many a parser: depth, length, numbers beyond numbers, references to elsewhere. */
const TEXTS = [
  '['.repeat(20_000),
  '{"a":'.repeat(5_000),
  '"'.repeat(999),
  '9'.repeat(400),
  '1e999',
  'NaN',
  '\0\0\0',
  ','.repeat(3_000),
  '<a>'.repeat(4_000),
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '\ufeff',
  '\x1e',
  'x'.repeat(200_000),
]

type Damage = (bytes: Buffer, random: Random) => Buffer

/** Heads, counts and lengths stand at the beginning and at the end more than elsewhere. */
function place(length: number, random: Random): number {
  const where = random(4)
  if (where === 0) return random(Math.min(length, 200))
  return where === 1 ? length - 1 - random(Math.min(length, 120)) : random(length)
}
const put = (bytes: Buffer, write: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes)
  write(copy)
  return copy
}
const joined = (...pieces: (Buffer | string)[]): Buffer =>
  Buffer.concat(pieces.map(piece => (typeof piece === 'string' ? Buffer.from(piece) : piece)))

const damages: readonly Damage[] = [
  // bits
  (bytes, random) =>
    put(bytes, copy => {
      for (let n = random(12) + 1; n > 0; n--) copy[place(copy.length, random)]! ^= 1 << random(8)
    }),
  // bytes
  (bytes, random) => put(bytes, copy => (copy[place(copy.length, random)] = BYTES[random(BYTES.length)]!)),
  (bytes, random) => put(bytes, copy => (copy[place(copy.length, random)] = random(256))),
  // lengths and counts
  (bytes, random) =>
    put(bytes, copy => {
      const at = place(copy.length, random)
      if (at + 4 <= copy.length)
        copy[random(2) ? 'writeInt32LE' : 'writeInt32BE'](NUMBERS[random(NUMBERS.length)]!, at)
    }),
  (bytes, random) =>
    put(bytes, copy => {
      const at = place(copy.length, random)
      if (at + 2 <= copy.length) copy.writeUInt16LE([0, 1, 8, 255, 65_535][random(5)]!, at)
    }),
  // cut, doubled, missing, blank
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => bytes.subarray(random(bytes.length)),
  (bytes, random) => {
    const at = random(bytes.length)
    return joined(bytes.subarray(0, at), bytes.subarray(random(at + 1)))
  },
  (bytes, random) => {
    const at = random(bytes.length)
    return joined(bytes.subarray(0, at), bytes.subarray(at + random(bytes.length - at) + 1))
  },
  (bytes, random) =>
    put(bytes, copy => {
      const at = random(copy.length)
      copy.fill(BYTES[random(BYTES.length)]!, at, Math.min(copy.length, at + random(600)))
    }),
  // pieces in another order: of a zip its entries, of a table its rows
  (bytes, random) => {
    const [a, b, c] = [random(bytes.length), random(bytes.length), random(bytes.length)].sort((x, y) => x - y)
    return joined(bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c))
  },
  // what a person or a program writes into a text
  (bytes, random) => {
    const at = random(bytes.length + 1)
    return joined(bytes.subarray(0, at), TEXTS[random(TEXTS.length)]!, bytes.subarray(at))
  },
  (bytes, random) => {
    const digits = [...bytes.toString('latin1').matchAll(/\d+/g)]
    const one = digits[random(Math.max(1, digits.length))]
    if (!one) return bytes
    return joined(
      bytes.subarray(0, one.index),
      TEXTS[3 + random(3)]!,
      bytes.subarray(one.index + one[0].length),
    )
  },
]

/** One delivery damaged: most often within a part, now and then parts swapped, left out, or called something else. */
export function damaged(parts: Parts, random: Random): Parts {
  const names = Object.keys(parts)
  const one = names[random(names.length)]!
  const other = names[random(names.length)]!
  const how = random(20)
  if (how === 0 && one !== other) return { ...parts, [one]: parts[other]!, [other]: parts[one]! }
  if (how === 1 && names.length > 1)
    return Object.fromEntries(Object.entries(parts).filter(([name]) => name !== one))
  if (how === 2) {
    const { [one]: bytes, ...rest } = parts
    return { ...rest, [one.replace(/\w+$/, ENDINGS[random(ENDINGS.length)]!)]: bytes! }
  }
  let bytes = parts[one]!
  for (let n = 1 + random(3); n > 0 && bytes.length > 0; n--)
    bytes = damages[random(damages.length)]!(bytes, random)
  return { ...parts, [one]: bytes }
}
