/**
 * Chance that can be repeated: named streams of pseudo-random numbers drawn from one seed. Every part
 * of the generator has a stream of its own, so that asking for more of one thing leaves the rest as it was.
 */

/** Draws the next number in [0, 1). */
export type Random = () => number

/** The stream `name` of `seed`: sfc32 (Doty-Humphrey, PractRand) started from an FNV-1a hash of both. */
export function streamOf(seed: number, name: string): Random {
  let a = hash(`${seed}/${name}/a`)
  let b = hash(`${seed}/${name}/b`)
  let c = hash(`${seed}/${name}/c`)
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** FNV-1a over UTF-16 units, as a signed 32-bit number. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h | 0
}

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random()

/** A whole number from `low` to `high`, both possible. */
export const wholeBetween = (random: Random, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * random())

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!
}

/** Picks by weight; `list` holds [value, weight] pairs. */
export function pickWeighted<T>(random: Random, list: readonly (readonly [T, number])[]): T {
  let sum = 0
  for (const [, weight] of list) sum += weight
  let left = random() * sum
  for (const [value, weight] of list) {
    left -= weight
    if (left < 0) return value
  }
  return list.at(-1)![0]
}

/** Shuffles in place (Fisher-Yates) and returns the same array. */
export function shuffle<T>(random: Random, list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = list[i]!
    list[i] = list[j]!
    list[j] = kept
  }
  return list
}
