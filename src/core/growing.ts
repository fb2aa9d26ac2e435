/**
 * Numbers that grow where they stand: room is reserved as addresses and becomes memory as it is asked for, so that a
 * table of millions is never copied into a wider one and never stands half empty.
 */

export type Ints = Int32Array<ArrayBuffer>

/** Addresses, not memory; numbers beyond them are a RangeError. */
const RESERVED_BYTES = 2 ** 32
const GROWN_BY = 1.25

/** @param count numbers there is room for at first; all are 0 */
export const growingInts = (count: number): Ints =>
  new Int32Array(new ArrayBuffer(4 * count, { maxByteLength: RESERVED_BYTES }))

/** Makes room for `count` numbers and some more, in place: what holds the array sees it longer. */
export function growTo(numbers: Ints, count: number): void {
  if (count <= numbers.length) return
  const roomy = 4 * Math.max(count, Math.ceil(numbers.length * GROWN_BY))
  numbers.buffer.resize(Math.max(4 * count, Math.min(RESERVED_BYTES, roomy)))
}

/** Keeps a number that is nearly always 0: nothing is held before the first that is not. */
export function setSparse(numbers: Ints, at: number, value: number): void {
  if (value === 0 && at >= numbers.length) return
  growTo(numbers, at + 1)
  numbers[at] = value
}
