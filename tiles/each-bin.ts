/**
 * The points of a tile gathered in bins: squares of the Z-order grid, hence each one run of rows. Far out, where
 * only classes are asked for, bins come from the pyramid and no point is looked at; what changed since is
 * added to and taken from them.
 *
 *   rows or pyramid:  aaabbbbbbcddd   ->   a 3, b 6, c 1, d 3, each with its classes and mean position
 *   changes:               b+ b- e+   ->   b 6, ..., e 1
 */
import { type Columns, rangeOfTile } from '../gis/columns.ts'
import type { PointSet } from '../gis/point-set.ts'
import { squaresOf } from '../gis/pyramid.ts'
import { onlyByClass, type RowFilter, rowTest, sheetTest } from './filter.ts'

/** The same object for every bin: read it, do not keep it. */
export interface Bin {
  count: number
  /** Per class index, how many; 0 for those not among the first `kinds` of `classes`. */
  counts: Uint32Array
  classes: Uint16Array
  kinds: number
  /** Sums of positions from the tile's west and north, in units (mercator.ts). */
  sumX: number
  sumY: number
  /** The point itself where `count` is 1. */
  one: { columns: Columns; row: number } | null
}

/** @throws RangeError when the bins are no power of two or finer than the columns' units, or a class is beyond `classes` */
export function eachBin(
  set: PointSet,
  tile: { z: number; x: number; y: number; perSide: number },
  { classes, filter }: { classes: number; filter?: RowFilter },
  visit: (bin: Bin) => void,
): void {
  const { z, x, y, perSide } = tile
  const side = 2 ** (32 - z)
  const binSide = side / perSide
  const depth = Math.log2(perSide)
  if (!Number.isInteger(depth) || binSide < 1) throw new RangeError(`${perSide} bins do not fit zoom ${z}`)
  const { base } = set
  const mask = ~(binSide - 1)
  const bin = openBin(classes, x * side, y * side)
  const changes = changesIn(set, tile, mask, filter)
  const test = sheetTest({ columns: base, gone: set.gone }, filter)
  const [from, to] = rangeOfTile(base, z, x, y)

  const finish = (first: number, end: number, binX: number, binY: number): void => {
    const key = changes === null ? '' : keyOf(binX, binY)
    const here = changes?.get(key)
    if (here) {
      changes!.delete(key)
      for (const { columns, row, sign } of here) bin.add(columns, row, sign)
    }
    if (bin.it.count > 0) {
      if (bin.it.count === 1) bin.it.one = theOne(base, first, end, test, here)
      visit(bin.it)
    }
    bin.clear()
  }

  const level = z + depth <= set.pyramid.finest && onlyByClass(filter) ? set.pyramid.levels[z + depth]! : null
  if (level !== null) {
    const shown = filter?.classMask
    const [k0, k1] = squaresOf(level, from, to)
    for (let k = k0; k < k1; k++) {
      const first = level.from[k]!
      const binX = base.x[first]! & mask
      const binY = base.y[first]! & mask
      for (let m = level.mixFrom[k]!; m < level.mixFrom[k + 1]!; m++) {
        if (shown && shown[level.mixClass[m]!] !== 1) continue
        const count = level.mixCount[m]!
        bin.addMany(
          level.mixClass[m]!,
          count,
          ((binX >>> 0) - x * side + level.mixX[m]! * binSide) * count,
          ((binY >>> 0) - y * side + level.mixY[m]! * binSide) * count,
        )
      }
      // in the pyramid are also those gone since
      finish(first, level.from[k + 1]!, binX, binY)
    }
  } else {
    const alive = rowTest(base, filter)
    for (let row = from; row < to; ) {
      const binX = base.x[row]! & mask
      const binY = base.y[row]! & mask
      const first = row
      for (; row < to && (base.x[row]! & mask) === binX && (base.y[row]! & mask) === binY; row++)
        if (alive === null || alive(row)) bin.add(base, row, 1)
      finish(first, row, binX, binY)
    }
  }
  // where nothing was before
  for (const here of [...(changes?.values() ?? [])]) {
    const { columns, row } = here[0]!
    finish(0, 0, columns.x[row]! & mask, columns.y[row]! & mask)
  }
}

interface Changed {
  columns: Columns
  row: number
  sign: 1 | -1
}

const keyOf = (binX: number, binY: number): string => `${binX} ${binY}`

/** What came to and went from the tile, by bin; null where nothing did. */
function changesIn(
  set: PointSet,
  { z, x, y }: { z: number; x: number; y: number },
  mask: number,
  filter: RowFilter | undefined,
): Map<string, Changed[]> | null {
  const changes = new Map<string, Changed[]>()
  // What came before what went: so no count of a class falls to nothing and rises again.
  for (const [columns, sign] of [
    [set.added, 1],
    [set.removed, -1],
  ] as const) {
    const test = rowTest(columns, filter)
    const [from, to] = rangeOfTile(columns, z, x, y)
    for (let row = from; row < to; row++) {
      if (test !== null && !test(row)) continue
      const key = keyOf(columns.x[row]! & mask, columns.y[row]! & mask)
      const here = changes.get(key)
      if (here) here.push({ columns, row, sign })
      else changes.set(key, [{ columns, row, sign }])
    }
  }
  return changes.size === 0 ? null : changes
}

/** The only point of a bin: a row of the base that is left, else what came. */
function theOne(
  base: Columns,
  first: number,
  end: number,
  test: ((row: number) => boolean) | null,
  here: readonly Changed[] | undefined,
): Bin['one'] {
  for (let row = first; row < end; row++) if (test === null || test(row)) return { columns: base, row }
  return here?.find(each => each.sign === 1) ?? null
}

function openBin(classes: number, west: number, north: number) {
  const it: Bin = {
    count: 0,
    counts: new Uint32Array(classes),
    classes: new Uint16Array(classes),
    kinds: 0,
    sumX: 0,
    sumY: 0,
    one: null,
  }
  const addMany = (classIndex: number, count: number, sumX: number, sumY: number): void => {
    if (classIndex >= classes) throw new RangeError(`no code for index ${classIndex}`)
    if (it.counts[classIndex] === 0) it.classes[it.kinds++] = classIndex
    it.counts[classIndex]! += count
    it.count += count
    it.sumX += sumX
    it.sumY += sumY
  }
  return {
    it,
    addMany,
    /** The middle of its unit. */
    add({ x, y, classIndex }: Columns, row: number, sign: 1 | -1): void {
      addMany(classIndex[row]!, sign, sign * (x[row]! - west + 0.5), sign * (y[row]! - north + 0.5))
    },
    clear(): void {
      for (let k = 0; k < it.kinds; k++) it.counts[it.classes[k]!] = 0
      it.count = it.kinds = it.sumX = it.sumY = 0
      it.one = null
    },
  }
}
