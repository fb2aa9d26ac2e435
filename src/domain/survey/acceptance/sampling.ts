/**
 * What is drawn: so many of each class by share, minimum and maximum, and areas by how much stands in them.
 * A draw is an order: every key has a number made of the seed and itself, and the smallest come first. Thus
 * the same seed over the same batch gives the same sample, in one pass and whatever the order of the rows,
 * and who is next, should one have to be replaced, is known before. Pure.
 *
 *   seed, key -> [0, 1)     rows: ascending      areas: u^(1/weight), descending (Efraimidis and Spirakis 2006)
 */
import type { AccuracyClass, Draw } from './schema.ts'

/** How many of a class of so many are drawn. */
export const sizeOf = (population: number, { share, min, max }: Draw): number =>
  Math.min(population, Math.max(min, Math.min(max, Math.ceil(population * share))))

/** How many more are held ready to replace one of those drawn. */
export const reservesOf = (drawn: number): number => (drawn === 0 ? 0 : Math.max(3, Math.ceil(drawn / 4)))

/** A number in [0, 1) that nobody can choose without choosing the seed: 53 bits of a mixed hash (cyrb53, by bryc). */
export function lot(seed: string, key: string): number {
  const text = `${seed}\u0001${key}`
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)) / 2 ** 53
}

export interface Candidate {
  id: string
  key: string
  lot: number
  change: 'added' | 'changed'
}

/** Keeps the smallest lots it was shown, in order: all that a draw can need, of any number of rows. */
export function drawer(most: number): { offer(candidate: Candidate): void; drawn(): Candidate[] } {
  let kept: Candidate[] = []
  let bar = Infinity
  const cut = () => {
    kept.sort((a, b) => a.lot - b.lot || (a.key < b.key ? -1 : 1))
    kept = kept.slice(0, most)
    if (kept.length === most) bar = kept.at(-1)?.lot ?? -1
  }
  return {
    offer(candidate) {
      if (candidate.lot > bar) return
      kept.push(candidate)
      // sorted now and then, not at every row
      if (kept.length >= most * 2 + 64) cut()
    },
    drawn() {
      cut()
      return kept
    },
  }
}

/** Areas in the order in which they are drawn: the more stands in one, the likelier it is early. Empty ones never are. */
export const areaOrder = <A extends { code: string; n: number }>(areas: readonly A[], seed: string): A[] =>
  areas
    .filter(area => area.n > 0)
    .map(area => ({ area, at: Math.log(Math.max(lot(seed, `area ${area.code}`), 2 ** -53)) / area.n }))
    .sort((a, b) => b.at - a.at || (a.area.code < b.area.code ? -1 : 1))
    .map(each => each.area)

/**
 * Accuracy classes where a district names none, by the beginning of a class code. The standards give one per
 * class; their table was not at hand, so this goes by groups: what has a clear edge on the street (covers,
 * poles, lamps, signs) is A, other furniture B, what is only sketched (construction sites, green spaces,
 * underground works) C.
 */
const usual: Readonly<Record<string, AccuracyClass>> = {
  '01': 'A',
  '02': 'A',
  '0201': 'B',
  '0205': 'B',
  '0206': 'C',
  '0207': 'B',
  '0208': 'B',
  '03': 'B',
  '04': 'B',
  '0401': 'A',
  '0405': 'C',
  '05': 'B',
  '0502': 'C',
  '0503': 'C',
  '06': 'B',
  '0601': 'C',
  '0602': 'C',
}

/** The longest beginning of a class code that is named, or undefined. */
export function longest<T>(named: Readonly<Record<string, T>>, classCode: string): T | undefined {
  for (let end = classCode.length; end >= 2; end--) {
    const prefix = classCode.slice(0, end)
    if (Object.hasOwn(named, prefix)) return named[prefix]
  }
  return undefined
}

export const accuracyOf = (
  classCode: string,
  named: Readonly<Record<string, AccuracyClass>>,
): AccuracyClass => longest(named, classCode) ?? longest(usual, classCode) ?? 'B'
