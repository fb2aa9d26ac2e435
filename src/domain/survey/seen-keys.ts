/** The keys of a delivery, with where each stood first: flat memory for millions of rows. */
import { growingInts, growTo, setSparse } from '../../core/growing.ts'
import { textTable } from '../../core/text-table.ts'

export interface SeenKeys {
  /** Keeps a key that is new. @returns where it stood first, or null */
  meet(key: string, file: number, row: number): SeenFirst | null
}

export interface SeenFirst {
  file: number
  row: number
  /** Whether it was met before this time. */
  again: boolean
}

export function openSeenKeys(): SeenKeys {
  const keys = textTable()
  /** Row (negative once it was met again) and file of each, in the order of the keys. */
  const rows = growingInts(1024)
  const inFiles = growingInts(0)
  return {
    meet(key, file, row) {
      const before = keys.size
      const n = keys.add(key)
      if (n < before) {
        const first = rows[n]!
        rows[n] = -Math.abs(first)
        return { file: inFiles[n] ?? 0, row: Math.abs(first), again: first < 0 }
      }
      growTo(rows, keys.size)
      rows[n] = row
      setSparse(inFiles, n, file)
      return null
    },
  }
}
