/** The keys of a delivery, with where each stood first: flat memory for millions of rows. */
import { growingInts, growTo, setSparse } from '../../core/growing.ts'
import { textTable } from '../../core/text-table.ts'

export interface SeenKeys {
  /** Keeps a key that is new. @returns where it stood before, `file:row`, or null */
  meet(key: string, file: number, row: number): string | null
}

/** @param files names by file number */
export function openSeenKeys(files: readonly string[]): SeenKeys {
  const keys = textTable()
  /** Row and file of each, in the order of the keys. */
  const rows = growingInts(1024)
  const inFiles = growingInts(0)
  return {
    meet(key, file, row) {
      const before = keys.size
      const n = keys.add(key)
      if (n < before) return `${files[inFiles[n] ?? 0]}:${rows[n]}`
      growTo(rows, keys.size)
      rows[n] = row
      setSparse(inFiles, n, file)
      return null
    },
  }
}
