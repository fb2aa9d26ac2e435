/** The keys of a delivery, with where each stood first: flat memory for millions of rows. */
import { textTable } from '../../core/text-table.ts'

export interface SeenKeys {
  /** Keeps a key that is new. @returns where it stood before, `file:row`, or null */
  meet(key: string, file: number, row: number): string | null
}

/** @param files names by file number */
export function openSeenKeys(files: readonly string[]): SeenKeys {
  const keys = textTable()
  let rows = new Int32Array(1024)
  let of = new Int32Array(1024)
  return {
    meet(key, file, row) {
      const before = keys.size
      const n = keys.add(key)
      if (n < before) return `${files[of[n]!]}:${rows[n]}`
      if (n === rows.length) {
        rows = doubled(rows)
        of = doubled(of)
      }
      rows[n] = row
      of[n] = file
      return null
    },
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(array.length * 2)
  wider.set(array)
  return wider
}
