/**
 * How many points of each class lie in each square of the Z-order grid, at every level down to `finest`: what
 * far zooms are counted from without a look at the points.
 *
 *   level L: 2^L squares a side; only those with points, in the order of the curve
 *   square k: rows from[k] .. from[k + 1], classes mixFrom[k] .. mixFrom[k + 1] with count and mean position
 *
 * The finest level is counted from the rows, each other from the one below it.
 */
import type { Columns } from './columns.ts'
import { atOnce } from './merge-columns.ts'

export interface Level {
  n: number
  /** First row of each square, and the number of rows at the end. */
  from: Uint32Array
  /** First entry of each square in the four arrays below, and their length at the end. */
  mixFrom: Uint32Array
  mixClass: Uint16Array
  mixCount: Uint32Array
  /** Mean position of those of the class, from the square's west and north, in squares. */
  mixX: Float32Array
  mixY: Float32Array
}

export interface Pyramid {
  finest: number
  /** By level, 0 to `finest`. */
  levels: Level[]
}

/** Squares of 130 m in middle latitudes: finer ones hold so few points that counting those is as fast. */
export const FINEST_LEVEL = 18

/** Squares that a step counts. */
const STEP = 4096

export const buildPyramid = (columns: Columns, finest = FINEST_LEVEL): Pyramid =>
  atOnce(pyramidInSteps(columns, finest))

export function* pyramidInSteps(columns: Columns, finest = FINEST_LEVEL): Generator<undefined, Pyramid> {
  const levels: Level[] = []
  let classes = 0
  for (const index of columns.classIndex) if (index >= classes) classes = index + 1
  levels[finest] = yield* countRows(columns, finest, classes)
  for (let level = finest - 1; level >= 0; level--)
    levels[level] = yield* countLevel(columns, levels[level + 1]!, level, classes)
  return { finest, levels }
}

/** The squares of a level whose first row is `from` or later and before `to`. */
export function squaresOf(level: Level, from: number, to: number): [first: number, end: number] {
  const first = lowerBound(level.from, from, 0, level.n)
  return [first, lowerBound(level.from, to, first, level.n)]
}

function lowerBound(values: Uint32Array, value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function* countRows(columns: Columns, level: number, classes: number): Generator<undefined, Level> {
  const { n, x, y, classIndex } = columns
  const side = 2 ** (32 - level)
  const mask = ~(side - 1)
  const half = 0.5 / side
  const count = counter(Math.min(n, 1 << 16), classes)
  for (let row = 0; row < n; ) {
    const squareX = x[row]! & mask
    const squareY = y[row]! & mask
    count.open(row)
    for (; row < n && (x[row]! & mask) === squareX && (y[row]! & mask) === squareY; row++)
      count.add(
        classIndex[row]!,
        1,
        ((x[row]! & (side - 1)) >>> 0) / side + half,
        ((y[row]! & (side - 1)) >>> 0) / side + half,
      )
    if (count.close() % STEP === 0) yield
  }
  return count.finish(n)
}

function* countLevel(
  columns: Columns,
  below: Level,
  level: number,
  classes: number,
): Generator<undefined, Level> {
  const { x, y } = columns
  const { from, mixFrom, mixClass, mixCount, mixX, mixY } = below
  // Shifted twice: 32 at once is a shift by nothing.
  const shift = 31 - level
  const count = counter((below.n >> 1) + 1, classes)
  for (let k = 0; k < below.n; ) {
    const first = from[k]!
    const squareX = (x[first]! >>> shift) >>> 1
    const squareY = (y[first]! >>> shift) >>> 1
    count.open(first)
    for (; k < below.n; k++) {
      const east = x[from[k]!]! >>> shift
      const south = y[from[k]!]! >>> shift
      if (east >>> 1 !== squareX || south >>> 1 !== squareY) break
      for (let m = mixFrom[k]!; m < mixFrom[k + 1]!; m++)
        count.add(mixClass[m]!, mixCount[m]!, ((east & 1) + mixX[m]!) / 2, ((south & 1) + mixY[m]!) / 2)
    }
    if (count.close() % STEP === 0) yield
  }
  return count.finish(columns.n)
}

/** Sums up one square after the other; classes of a square come out ascending. */
function counter(squares: number, classes: number) {
  let level = room(squares, squares * 2)
  let n = 0
  let entries = 0
  const counts = new Uint32Array(classes)
  const sumX = new Float64Array(classes)
  const sumY = new Float64Array(classes)
  const seen = new Uint16Array(classes)
  let kinds = 0
  return {
    open(row: number): void {
      if (n + 1 >= level.from.length) level = grown(level, n * 2 + 16, level.mixClass.length)
      level.from[n] = row
      level.mixFrom[n] = entries
      n++
    },
    add(classIndex: number, count: number, x: number, y: number): void {
      if (counts[classIndex] === 0) {
        // kept ascending: a square's classes are few, or come ascending from the level below
        let at = kinds++
        for (; at > 0 && seen[at - 1]! > classIndex; at--) seen[at] = seen[at - 1]!
        seen[at] = classIndex
      }
      counts[classIndex]! += count
      sumX[classIndex]! += x * count
      sumY[classIndex]! += y * count
    },
    /** @returns how many squares there are now */
    close(): number {
      if (entries + kinds > level.mixClass.length)
        level = grown(level, level.from.length, (entries + kinds) * 2)
      for (let k = 0; k < kinds; k++, entries++) {
        const classIndex = seen[k]!
        const count = counts[classIndex]!
        level.mixClass[entries] = classIndex
        level.mixCount[entries] = count
        level.mixX[entries] = sumX[classIndex]! / count
        level.mixY[entries] = sumY[classIndex]! / count
        counts[classIndex] = sumX[classIndex] = sumY[classIndex] = 0
      }
      kinds = 0
      return n
    },
    finish(rows: number): Level {
      level = grown({ ...level, n }, n, entries)
      level.from[n] = rows
      level.mixFrom[n] = entries
      return level
    },
  }
}

const room = (squares: number, entries: number): Level => ({
  n: 0,
  from: new Uint32Array(squares + 1),
  mixFrom: new Uint32Array(squares + 1),
  mixClass: new Uint16Array(entries),
  mixCount: new Uint32Array(entries),
  mixX: new Float32Array(entries),
  mixY: new Float32Array(entries),
})

/** The same with other room, more or less. */
function grown(old: Level, squares: number, entries: number): Level {
  const sized = <A extends Uint32Array | Uint16Array | Float32Array>(to: A, from: A): A => {
    to.set(from.length > to.length ? (from.subarray(0, to.length) as A) : from)
    return to
  }
  const next = room(squares, entries)
  return {
    n: old.n,
    from: sized(next.from, old.from),
    mixFrom: sized(next.mixFrom, old.mixFrom),
    mixClass: sized(next.mixClass, old.mixClass),
    mixCount: sized(next.mixCount, old.mixCount),
    mixX: sized(next.mixX, old.mixX),
    mixY: sized(next.mixY, old.mixY),
  }
}
