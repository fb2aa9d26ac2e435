/** Which points a tile shows. */
import type { Columns } from '../gis/columns.ts'
import { isGone } from '../gis/merge-columns.ts'
import type { Sheet } from '../gis/point-set.ts'

/** A point counts when all parts given agree. */
export interface RowFilter {
  /** Per class index: 0 leaves the class out. Classes beyond its end are left out. */
  classMask?: Uint8Array
  /** The same per state index. */
  stateMask?: Uint8Array
  /** Per area index plus one (entry 0: in no area): 0 leaves the area out, as does what is beyond its end. */
  areaMask?: Uint8Array
  /** Asked with the point's id. */
  accept?: (id: number) => boolean
}

/** Whether nothing but the class decides: then counts per class are enough. */
export const onlyByClass = (filter: RowFilter | undefined): boolean =>
  !filter?.stateMask && !filter?.areaMask && !filter?.accept

/** A test of rows for a filter, or null when every row counts. */
export function rowTest(columns: Columns, filter: RowFilter | undefined): ((row: number) => boolean) | null {
  const { classIndex, state, area, id } = columns
  const { classMask, stateMask, areaMask, accept } = filter ?? {}
  if (!classMask && !stateMask && !areaMask && !accept) return null
  return row =>
    (!classMask || classMask[classIndex[row]!] === 1) &&
    (!stateMask || stateMask[state[row]!] === 1) &&
    (!areaMask || areaMask[area[row]! + 1] === 1) &&
    (!accept || accept(id[row]!))
}

/** The same for a sheet, whose rows may be gone. */
export function sheetTest({ columns, gone }: Sheet, filter: RowFilter | undefined) {
  const test = rowTest(columns, filter)
  if (gone === null) return test
  return (row: number): boolean => !isGone(gone, row) && (test === null || test(row))
}
