/** What is noticed of the texts of a DBF column while its rows are read, to tell whether its width cut them (dbf-cut.ts). */
import type { DbfColumn } from './dbf-header.ts'

/** What is remembered of the texts of one column. */
export interface ColumnWatch {
  width: number
  /** Hashes of different texts that fill the width, and of those that nearly do. */
  full: Set<number>
  near: Set<number>
  /** Whether some text is shorter: a column in which all are alike is a column of codes. */
  shorter: boolean
  halves: boolean
}

/** Bytes that are still near the width. */
const NEAR = 8
/** Different texts that are counted. */
const MOST = 64

export const openWatch = ({ width }: DbfColumn): ColumnWatch => ({
  width,
  full: new Set(),
  near: new Set(),
  shorter: false,
  halves: false,
})

/** Notes a text that is not ASCII. */
export function noteText(watch: ColumnWatch, length: number, hash: number): void {
  if (length === watch.width) {
    if (watch.full.size < MOST) watch.full.add(hash)
  } else if (length > watch.width - NEAR && watch.near.size < MOST) watch.near.add(hash)
}
