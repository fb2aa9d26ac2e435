/**
 * Search in texts without a database: addresses, places, units, grids by any part of their words. Every
 * pair of neighbouring characters of every text has a list of the texts that hold it; a query reads the
 * shortest list of its pairs and checks what stands there. Pure.
 *
 *   枫桥路128号 -> 枫桥 桥路 路1 12 28 8号        "桥路 28" -> shortest of 桥路, 28 -> texts that hold both words
 *
 * Found texts are ordered: the whole text, its beginning, a part of it, all words of the query anywhere;
 * then the shorter text, then by its characters, then as they were given. Pinyin works where a caller
 * gives it as an alias.
 */
import { addressKey } from './rules.ts'

export interface TextEntry {
  text: string
  /** Other texts under which it is found. */
  aliases?: readonly string[]
}

export type TextRank = 'exact' | 'prefix' | 'substring' | 'words'

export interface TextHit<E> {
  entry: E
  rank: TextRank
}

export interface SearchOptions<E> {
  /** 20 where not given. */
  limit?: number
  /** Leaves out what it refuses, before the limit counts. */
  keep?: (entry: E) => boolean
}

export interface TextIndex<E> {
  search(query: string, options?: SearchOptions<E>): TextHit<E>[]
  readonly size: number
}

const ranks = ['exact', 'prefix', 'substring', 'words'] as const

interface Scored<E> {
  entry: E
  /** Index into `ranks`. */
  rank: number
  text: string
}

/** An index over entries; it keeps them, and must be made anew when they change. */
export function textIndex<E extends TextEntry>(entries: readonly E[]): TextIndex<E> {
  const { texts, owners } = keysOf(entries)
  const pairs = pairLists(texts)

  /** Texts that may hold all the words, ascending; null where every text may. */
  const candidates = (words: readonly string[]): Uint32Array | null => {
    let shortest: Uint32Array | null = null
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const list = pairs(word, i)
        if (shortest === null || list.length < shortest.length) shortest = list
      }
    }
    return shortest
  }

  return {
    size: entries.length,
    search(query, { limit = 20, keep } = {}) {
      const words = query
        .split(/\s+/)
        .map(addressKey)
        .filter(word => word !== '')
      if (words.length === 0 || limit <= 0) return []
      const whole = addressKey(query)
      const list = candidates(words)
      const count = list?.length ?? texts.length
      const best: Scored<E>[] = []
      for (let i = 0; i < count; i++) {
        const at = list ? list[i]! : i
        const text = texts[at]!
        if (!words.every(word => text.includes(word))) continue
        const found = { entry: entries[owners[at]!]!, rank: rankOf(text, whole), text }
        if (best.length === limit && !isBefore(found, best[limit - 1]!)) continue
        if (keep && !keep(found.entry)) continue
        offer(best, found, limit)
      }
      return best.map(({ entry, rank }) => ({ entry, rank: ranks[rank]! }))
    },
  }
}

/** The best of several searches, each already in order, such as one per kind of thing. */
export function mergeHits<E extends TextEntry>(
  lists: readonly (readonly TextHit<E>[])[],
  limit: number,
): TextHit<E>[] {
  const scored = lists
    .flat()
    .map(hit => ({ hit, rank: ranks.indexOf(hit.rank), text: addressKey(hit.entry.text) }))
  // sort is stable: equal ones stay in the order of the lists
  scored.sort((a, b) => a.rank - b.rank || a.text.length - b.text.length || compare(a.text, b.text))
  return scored.slice(0, limit).map(({ hit }) => hit)
}

const rankOf = (text: string, whole: string): number => {
  const at = text.indexOf(whole)
  return at < 0 ? 3 : at > 0 ? 2 : text.length === whole.length ? 0 : 1
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const isBefore = (a: Scored<unknown>, b: Scored<unknown>): boolean =>
  (a.rank - b.rank || a.text.length - b.text.length || compare(a.text, b.text)) < 0

/** Puts a find where it belongs among the best, at most `limit`; of several texts of one entry the best stays. */
function offer<E>(best: Scored<E>[], found: Scored<E>, limit: number): void {
  const same = best.findIndex(other => other.entry === found.entry)
  if (same >= 0) {
    if (!isBefore(found, best[same]!)) return
    best.splice(same, 1)
  }
  let at = best.length
  while (at > 0 && isBefore(found, best[at - 1]!)) at--
  best.splice(at, 0, found)
  if (best.length > limit) best.pop()
}

/** Every text as it is compared, and the entry it belongs to. */
function keysOf(entries: readonly TextEntry[]): { texts: string[]; owners: number[] } {
  const texts: string[] = []
  const owners: number[] = []
  for (const [owner, { text, aliases = [] }] of entries.entries()) {
    const keys = new Set([text, ...aliases].map(addressKey))
    for (const key of keys) {
      if (key === '') continue
      texts.push(key)
      owners.push(owner)
    }
  }
  return { texts, owners }
}

const NOTHING = new Uint32Array(0)

/** For a pair of characters, the texts that hold it: one array of all lists, found by where each begins. */
function pairLists(texts: readonly string[]): (word: string, at: number) => Uint32Array {
  const numberOf = new Map<number, number>()
  const pairCount = texts.reduce((sum, text) => sum + Math.max(0, text.length - 1), 0)
  const pairOf = new Uint32Array(pairCount)
  const sizes: number[] = []
  const lastText: number[] = []
  let p = 0
  for (let t = 0; t < texts.length; t++) {
    const text = texts[t]!
    for (let i = 0; i + 1 < text.length; i++) {
      const key = keyOf(text, i)
      let pair = numberOf.get(key)
      if (pair === undefined) {
        pair = sizes.length
        numberOf.set(key, pair)
        sizes.push(0)
        lastText.push(-1)
      }
      pairOf[p++] = pair
      if (lastText[pair] === t) continue
      lastText[pair] = t
      sizes[pair]!++
    }
  }
  const starts = new Uint32Array(sizes.length + 1)
  for (let pair = 0; pair < sizes.length; pair++) starts[pair + 1] = starts[pair]! + sizes[pair]!
  const lists = new Uint32Array(starts[sizes.length]!)
  const next = starts.slice()
  lastText.fill(-1)
  p = 0
  for (let t = 0; t < texts.length; t++) {
    for (let i = texts[t]!.length - 1; i > 0; i--) {
      const pair = pairOf[p++]!
      if (lastText[pair] === t) continue
      lastText[pair] = t
      lists[next[pair]!++] = t
    }
  }
  return (word, at) => {
    const pair = numberOf.get(keyOf(word, at))
    return pair === undefined ? NOTHING : lists.subarray(starts[pair], starts[pair + 1])
  }
}

const keyOf = (text: string, at: number): number => text.charCodeAt(at) * 65536 + text.charCodeAt(at + 1)
