/** The keys of a delivery, with where each stood first: flat memory for millions of rows. */
import { growingInts, growTo } from '../../core/growing.ts'
import { textTable } from '../../core/text-table.ts'

export interface SeenKeys {
  /** Keeps a key that is new. @returns where it stood before, `file:row`, or null */
  meet(key: string, file: number, row: number): string | null
}

/** @param files names by file number */
export function openSeenKeys(files: readonly string[]): SeenKeys {
  const keys = textTable()
  /** File and row of each, in the order of the keys. */
  const places = growingInts(2048)
  return {
    meet(key, file, row) {
      const before = keys.size
      const n = keys.add(key)
      if (n < before) return `${files[places[2 * n]!]}:${places[2 * n + 1]}`
      growTo(places, 2 * keys.size)
      places[2 * n] = file
      places[2 * n + 1] = row
      return null
    },
  }
}
