/**
 * Points that change: columns that were sorted once, and what came and went since. A set is never changed;
 * a change makes the next one, which shares all it can, so whoever reads the former one finishes with it.
 *
 *   base  ----------x------x----     rows struck out are in `gone`, and copied in `removed`
 *   added     +  ++      +           what came since, few, sorted the same way
 *
 * When `added` and `removed` grow, the set is merged into new columns (point-store.ts).
 */
import { buildColumns, type Columns, copyRow, emptyColumns, type PointRows, rowsAt } from './columns.ts'
import { type Gone, isGone, mergeColumns } from './merge-columns.ts'
import { buildPyramid, type Pyramid } from './pyramid.ts'

export interface PointSet {
  base: Columns
  /** Of the base, also of what is gone from it. */
  pyramid: Pyramid
  gone: Gone
  removed: Columns
  added: Columns
}

/** Points to take away (by id, at the position they have) and to bring; one that changed is in both. */
export interface PointChange {
  remove: readonly { id: number; lon: number; lat: number }[]
  add: PointRows
}

export function pointSet(base: Columns, pyramid = buildPyramid(base)): PointSet {
  return { base, pyramid, gone: null, removed: emptyColumns(0), added: emptyColumns(0) }
}

export const countPoints = ({ base, removed, added }: PointSet): number => base.n - removed.n + added.n

/** Rows of one of the two columns of a set that hold its points. */
export interface Sheet {
  columns: Columns
  gone: Gone
}

/** Base and added: together they hold each point once. */
export const sheetsOf = ({ base, gone, added }: PointSet): Sheet[] =>
  added.n === 0
    ? [{ columns: base, gone }]
    : [
        { columns: base, gone },
        { columns: added, gone: null },
      ]

/**
 * The set after a change; costs what was changed since the last merge, not what is there.
 * @throws RangeError naming an id that is not at the position it is to be removed from; nothing is changed
 */
export function changePoints(set: PointSet, { remove, add }: PointChange): PointSet {
  const { base, added } = set
  const gone = set.gone?.slice() ?? new Uint32Array((base.n + 31) >>> 5)
  const removedNow: number[] = []
  const lost = new Set<number>()
  for (const { id, lon, lat } of remove) {
    const late = find(added, id, lon, lat, row => !lost.has(row))
    const row = late >= 0 ? -1 : find(base, id, lon, lat, at => !isGone(gone, at))
    if (late < 0 && row < 0) throw new RangeError(`point ${id} is not at ${lon}, ${lat}`)
    if (late >= 0) lost.add(late)
    else {
      gone[row >>> 5]! |= 1 << (row & 31)
      removedNow.push(row)
    }
  }
  const kept = Array.from({ length: added.n }, (_, row) => row).filter(row => !lost.has(row))
  return {
    base,
    pyramid: set.pyramid,
    gone: set.gone === null && removedNow.length === 0 ? null : gone,
    removed: mergeColumns(
      set.removed,
      subset(
        base,
        removedNow.sort((a, b) => a - b),
      ),
    ),
    added: mergeColumns(subset(added, kept), buildColumns(add)),
  }
}

function find(columns: Columns, id: number, lon: number, lat: number, there: (row: number) => boolean) {
  const [from, to] = rowsAt(columns, lon, lat)
  for (let row = from; row < to; row++) if (columns.id[row] === id && there(row)) return row
  return -1
}

function subset(columns: Columns, rows: readonly number[]): Columns {
  const part = emptyColumns(rows.length)
  for (const [to, row] of rows.entries()) copyRow(columns, row, part, to)
  return part
}
