/** Which rows of the columns a tile shows. */
import type { Columns } from '../gis/columns.ts'

/** A row counts when all parts given agree. */
export interface RowFilter {
  /** Per class index: 0 leaves the class out. Classes beyond its end are left out. */
  classMask?: Uint8Array
  /** Per area index plus one (entry 0: in no area): 0 leaves the area out, as does what is beyond its end. */
  areaMask?: Uint8Array
  accept?: (row: number) => boolean
}

/** A test of rows for a filter, or null when every row counts. */
export function rowTest(columns: Columns, filter: RowFilter | undefined): ((row: number) => boolean) | null {
  const { classIndex, area } = columns
  const { classMask, areaMask, accept } = filter ?? {}
  if (!classMask && !areaMask && !accept) return null
  return row =>
    (!classMask || classMask[classIndex[row]!] === 1) &&
    (!areaMask || areaMask[area[row]! + 1] === 1) &&
    (!accept || accept(row))
}
