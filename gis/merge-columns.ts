/** Two columns that are sorted made one, at once or in steps between which others may work. */
import { type Columns, copyRow, emptyColumns } from './columns.ts'
import { compareZ } from './zorder.ts'

/** A bit for each row, set where it is gone; null while none is. */
export type Gone = Uint32Array | null

export const isGone = (gone: Gone, row: number): boolean =>
  gone !== null && ((gone[row >>> 5]! >>> (row & 31)) & 1) === 1

/** Rows that a step copies: well below a millisecond. */
const STEP = 32_768

/** The rows of both, without those gone from `a`; of equal positions those of `a` first. */
export function* mergeInSteps(a: Columns, gone: Gone, b: Columns): Generator<undefined, Columns> {
  let kept = b.n
  for (let row = 0; row < a.n; row++) if (!isGone(gone, row)) kept++
  const merged = emptyColumns(kept)
  for (let i = 0, j = 0, to = 0; to < kept; ) {
    if (i < a.n && isGone(gone, i)) {
      i++
      continue
    }
    const first = j === b.n || (i < a.n && compareZ(a.x[i]!, a.y[i]!, b.x[j]!, b.y[j]!) <= 0)
    if (first) copyRow(a, i++, merged, to++)
    else copyRow(b, j++, merged, to++)
    if (to % STEP === 0) yield
  }
  return merged
}

export function mergeColumns(a: Columns, b: Columns): Columns {
  if (a.n === 0) return b
  if (b.n === 0) return a
  return atOnce(mergeInSteps(a, null, b))
}

/** Runs steps one after the other. */
export function atOnce<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
