/**
 * Many points as columns of typed arrays, sorted along the Z-order curve of the Web Mercator square, so
 * that a map tile is one contiguous range and whatever is near lies near in memory.
 *
 *   rows --buildColumns--> x y | class | state | id | area --rangeOfTile / runsInBox--> rows of a place
 *
 * A row of the columns is an index after sorting; `id` leads back to what the caller knows.
 */
import type { Bbox } from './geometry.ts'
import { latOfUnit, lonOfUnit, unitX, unitY } from './mercator.ts'
import { compareZ, orderZ } from './zorder.ts'

export interface Columns {
  n: number
  /** Unit Mercator position (mercator.ts). */
  x: Uint32Array
  y: Uint32Array
  classIndex: Uint16Array
  /** A second small code of the caller. */
  state: Uint16Array
  /** The caller's handle of the row. */
  id: Uint32Array
  /** Index of the polygon it belongs to, or -1. */
  area: Int32Array
}

export interface PointRows {
  n: number
  /** Degrees. */
  lon: Float64Array
  lat: Float64Array
  classIndex: Uint16Array
  state: Uint16Array
  id: Uint32Array
  area: Int32Array
}

/** @throws RangeError naming the row when a position is not finite. */
export function buildColumns(rows: PointRows): Columns {
  const { n } = rows
  const x = new Uint32Array(n)
  const y = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    const lon = rows.lon[i]!
    const lat = rows.lat[i]!
    if (!Number.isFinite(lon) || !Number.isFinite(lat))
      throw new RangeError(`row ${i} has a position that is not finite`)
    x[i] = unitX(lon)
    y[i] = unitY(lat)
  }
  const order = orderZ(n, x, y)
  return {
    n,
    x: inOrder(order, x, new Uint32Array(n)),
    y: inOrder(order, y, new Uint32Array(n)),
    classIndex: inOrder(order, rows.classIndex, new Uint16Array(n)),
    state: inOrder(order, rows.state, new Uint16Array(n)),
    id: inOrder(order, rows.id, new Uint32Array(n)),
    area: inOrder(order, rows.area, new Int32Array(n)),
  }
}

function inOrder<A extends Uint32Array | Uint16Array | Int32Array>(order: Uint32Array, from: A, to: A): A {
  for (let k = 0; k < order.length; k++) to[k] = from[order[k]!]!
  return to
}

/** Room for n rows. */
export const emptyColumns = (n: number): Columns => ({
  n,
  x: new Uint32Array(n),
  y: new Uint32Array(n),
  classIndex: new Uint16Array(n),
  state: new Uint16Array(n),
  id: new Uint32Array(n),
  area: new Int32Array(n),
})

export function copyRow(from: Columns, row: number, to: Columns, at: number): void {
  to.x[at] = from.x[row]!
  to.y[at] = from.y[row]!
  to.classIndex[at] = from.classIndex[row]!
  to.state[at] = from.state[row]!
  to.id[at] = from.id[row]!
  to.area[at] = from.area[row]!
}

/** The rows at exactly the unit of a position: from (included) to (excluded). */
export function rowsAt(columns: Columns, lon: number, lat: number): [from: number, to: number] {
  return rangeOfSquare(columns, unitX(lon), unitY(lat), 1, 0, columns.n)
}

/** The position of a row, middle of its unit: within 5 mm of what was given. */
export function lonLatOfRow(columns: Columns, row: number): [lon: number, lat: number] {
  return [lonOfUnit(columns.x[row]! + 0.5), latOfUnit(columns.y[row]! + 0.5)]
}

/** The rows in a tile, without buffer: from (included) to (excluded). */
export function rangeOfTile(columns: Columns, z: number, x: number, y: number): [from: number, to: number] {
  const side = 2 ** (32 - z)
  return rangeOfSquare(columns, x * side, y * side, side, 0, columns.n)
}

/** The rows of a square on the power-of-two grid, searched among those between `low` and `high`. */
function rangeOfSquare(
  columns: Columns,
  west: number,
  north: number,
  side: number,
  low: number,
  high: number,
): [from: number, to: number] {
  const from = lowerBound(columns, west, north, low, high)
  return [from, upperBound(columns, west + side - 1, north + side - 1, from, high)]
}

function lowerBound(columns: Columns, x: number, y: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareZ(columns.x[middle]!, columns.y[middle]!, x, y) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function upperBound(columns: Columns, x: number, y: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareZ(columns.x[middle]!, columns.y[middle]!, x, y) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** A box of units, all four ends included. */
export interface UnitBox {
  west: number
  north: number
  east: number
  south: number
}

/** Rows `from` (included) to `to` (excluded); `whole` says that all of them lie in the box. */
export type VisitRun = (from: number, to: number, whole: boolean) => void

/** Squares with fewer rows are handed out whole rather than cut further. */
const FEW_ROWS = 32

/** Hands out runs that together hold every row of the box, each row at most once; few lie beside it. */
export function runsInBox(columns: Columns, box: UnitBox, visit: VisitRun): void {
  if (box.west > box.east || box.north > box.south) return
  // The smallest square of the grid around the box, so that the descent starts near.
  const spread = ((box.west ^ box.east) | (box.north ^ box.south)) >>> 0
  const side = 2 ** (32 - Math.clz32(spread))
  const left = Math.floor(box.west / side) * side
  const top = Math.floor(box.north / side) * side
  const [from, to] = rangeOfSquare(columns, left, top, side, 0, columns.n)
  descend(columns, box, left, top, side, from, to, visit)
}

/** Hands out the tile's own range whole, then runs of the eight neighbours that reach into the buffer. */
export function runsInTile(
  columns: Columns,
  z: number,
  x: number,
  y: number,
  bufferPx: number,
  visit: VisitRun,
): void {
  const box = boxOfTile(z, x, y, bufferPx)
  const side = 2 ** (32 - z)
  const tiles = 2 ** z
  const [first, last] = rangeOfTile(columns, z, x, y)
  if (first < last) visit(first, last, true)
  if (bufferPx === 0) return
  for (let row = Math.max(0, y - 1); row <= Math.min(tiles - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(tiles - 1, x + 1); column++) {
      if (row === y && column === x) continue
      const [from, to] = rangeOfTile(columns, z, column, row)
      descend(columns, box, column * side, row * side, side, from, to, visit)
    }
  }
}

/** Into the quarters of a square whose rows are `from` to `to`, as far as the box cuts it. */
function descend(
  columns: Columns,
  box: UnitBox,
  left: number,
  top: number,
  side: number,
  from: number,
  to: number,
  visit: VisitRun,
): void {
  const right = left + side - 1
  const bottom = top + side - 1
  if (from === to || left > box.east || right < box.west || top > box.south || bottom < box.north) return
  const whole = left >= box.west && right <= box.east && top >= box.north && bottom <= box.south
  if (whole || to - from <= FEW_ROWS) {
    visit(from, to, whole)
    return
  }
  const half = side / 2
  const a = upperBound(columns, left + half - 1, top + half - 1, from, to)
  const b = upperBound(columns, right, top + half - 1, a, to)
  const c = upperBound(columns, left + half - 1, bottom, b, to)
  descend(columns, box, left, top, half, from, a, visit)
  descend(columns, box, left + half, top, half, a, b, visit)
  descend(columns, box, left, top + half, half, b, c, visit)
  descend(columns, box, left + half, top + half, half, c, to, visit)
}

/** Visits each row whose unit position lies in the box. */
export function eachInBox(columns: Columns, box: UnitBox, visit: (row: number) => void): void {
  runsInBox(columns, box, rowsOf(columns, box, visit))
}

function rowsOf(columns: Columns, box: UnitBox, visit: (row: number) => void): VisitRun {
  const { x, y } = columns
  return (from, to, whole) => {
    for (let row = from; row < to; row++) {
      if (
        whole ||
        (x[row]! >= box.west && x[row]! <= box.east && y[row]! >= box.north && y[row]! <= box.south)
      )
        visit(row)
    }
  }
}

/** Visits each row inside a box in degrees; one whose west exceeds its east holds nothing. */
export function eachInBbox(columns: Columns, bbox: Bbox, visit: (row: number) => void): void {
  const [west, south, east, north] = bbox
  if (!(west <= east && south <= north)) return
  eachInBox(
    columns,
    { west: unitX(west), north: unitY(north), east: unitX(east), south: unitY(south) },
    visit,
  )
}

/** A tile grown by `bufferPx` of its 4,096 steps, ended by the world (no wrap at 180 degrees). */
export function boxOfTile(z: number, x: number, y: number, bufferPx: number): UnitBox {
  const side = 2 ** (32 - z)
  const buffer = Math.ceil((bufferPx * side) / 4096)
  const last = 2 ** 32 - 1
  return {
    west: Math.max(0, x * side - buffer),
    north: Math.max(0, y * side - buffer),
    east: Math.min(last, (x + 1) * side - 1 + buffer),
    south: Math.min(last, (y + 1) * side - 1 + buffer),
  }
}

/** Visits each row in the tile and in the ring of `bufferPx` steps (of 4,096; at most a tile) around it. */
export function eachInTile(
  columns: Columns,
  z: number,
  x: number,
  y: number,
  bufferPx: number,
  visit: (row: number) => void,
): void {
  runsInTile(columns, z, x, y, bufferPx, rowsOf(columns, boxOfTile(z, x, y, bufferPx), visit))
}
