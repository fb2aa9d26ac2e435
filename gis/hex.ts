/**
 * The hexagons of H3 (Uber, Discrete Global Grid) that points lie in. One definition at every resolution: the cell
 * of a point is the one at FINEST, and above that the parent of its cell, because asking H3 anew for a coarser
 * cell gives another one for every fifteenth point, and counts would not add up.
 *
 *   rows -> hexInSteps -> index of the finest cell per row -> parentCells -> index of its parent at a resolution
 */
import { cellToParent, latLngToCell } from 'h3-js'
import { type Columns, lonLatOfRow } from './columns.ts'

/** Cells of 66 m a side. */
export const FINEST = 10

export interface HexCells {
  /** Each once, in the order in which a row lies in one first. */
  cells: string[]
  /** Per row: index of its cell. */
  of: Uint32Array
}

/** A cell costs a microsecond or two: a step of so many takes a few milliseconds. */
const STEP = 4096

export function* hexInSteps(columns: Columns): Generator<undefined, HexCells> {
  const cells: string[] = []
  const indexOf = new Map<string, number>()
  const of = new Uint32Array(columns.n)
  for (let row = 0; row < columns.n; row++) {
    const [lon, lat] = lonLatOfRow(columns, row)
    const cell = latLngToCell(lat, lon, FINEST)
    let index = indexOf.get(cell)
    if (index === undefined) indexOf.set(cell, (index = cells.push(cell) - 1))
    of[row] = index
    if ((row + 1) % STEP === 0) yield
  }
  return { cells, of }
}

/** Cells of a coarser resolution; `of` is per finest cell. */
export function parentCells({ cells: finest }: HexCells, resolution: number): HexCells {
  const cells: string[] = []
  const indexOf = new Map<string, number>()
  const of = Uint32Array.from(finest, cell => {
    const parent = resolution === FINEST ? cell : cellToParent(cell, resolution)
    let index = indexOf.get(parent)
    if (index === undefined) indexOf.set(parent, (index = cells.push(parent) - 1))
    return index
  })
  return { cells, of }
}
