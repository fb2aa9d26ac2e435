/**
 * Texts numbered in the order they come, found again by their fingerprints: for millions of keys of which only the
 * number is asked, a Map of strings costs ten times the memory and the collector's time. Two texts are taken for the
 * same when 96 bits of three hashes agree; among 15 million texts that any two do by chance is less likely than 1 in
 * 10^14. Open addressing, linear probing (Knuth, TAOCP 6.4); what is added is never taken out.
 *
 *   text -> a, b, c (32 bits each) -> slots[a & mask] -> number -> marks[3 * number ...]
 */

import { growingInts, growTo, type Ints } from './growing.ts'

export interface TextTable {
  /** @returns the text's number, or -1 */
  find(text: string): number
  /** @returns the number of the text, which is the former `size` where it is new */
  add(text: string): number
  readonly size: number
  /** Three words a text, in their order: enough to open the table elsewhere. */
  marks(): Ints
}

const FIRST_SLOTS = 1 << 10

/** @param known marks of a table made before */
export function textTable(known: Ints = new Int32Array(0)): TextTable {
  let size = known.length / 3
  let marks = known
  let slots = new Int32Array(slotsFor(size))
  let mask = slots.length - 1
  let a = 0
  let b = 0
  let c = 0

  const fingerprint = (text: string) => {
    a = 0x811c9dc5 | 0
    b = 0x2f0b4c47 | 0
    c = text.length
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      a = Math.imul(a ^ unit, 0x01000193)
      b = Math.imul(b ^ unit, 0x5bd1e995)
      b ^= b >>> 15
      c = Math.imul(c + unit, 0x9e3779b1)
      c ^= c >>> 13
    }
    // short keys that differ in their last digits alone must not lie side by side
    a ^= a >>> 16
    a = Math.imul(a, 0x85ebca6b)
    a ^= a >>> 13
  }
  /** Where the fingerprint stands, or the free place where it would. */
  const slotOf = (): number => {
    let at = a & mask
    for (let held = slots[at]!; held !== 0; held = slots[at]!) {
      const mark = 3 * (held - 1)
      if (marks[mark] === a && marks[mark + 1] === b && marks[mark + 2] === c) break
      at = (at + 1) & mask
    }
    return at
  }
  const spread = () => {
    slots = new Int32Array(slotsFor(size + 1))
    mask = slots.length - 1
    for (let n = 0; n < size; n++) {
      let at = marks[3 * n]! & mask
      while (slots[at] !== 0) at = (at + 1) & mask
      slots[at] = n + 1
    }
  }
  spread()

  return {
    find(text) {
      fingerprint(text)
      return slots[slotOf()]! - 1
    },
    add(text) {
      fingerprint(text)
      const at = slotOf()
      if (slots[at] !== 0) return slots[at]! - 1
      if (!marks.buffer.resizable) {
        marks = growingInts(3 * Math.max(256, size + 1))
        marks.set(known)
      }
      growTo(marks, 3 * (size + 1))
      marks[3 * size] = a
      marks[3 * size + 1] = b
      marks[3 * size + 2] = c
      slots[at] = ++size
      if (4 * size > 3 * slots.length) spread()
      return size - 1
    },
    get size() {
      return size
    },
    marks: () => marks.slice(0, 3 * size),
  }
}

/** A power of two, at most three quarters full. */
function slotsFor(texts: number): number {
  let slots = FIRST_SLOTS
  while (3 * slots < 4 * texts) slots *= 2
  return slots
}
