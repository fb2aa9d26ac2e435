/**
 * Which polygons can own a point, by a raster over their common box: the cheap half of point location.
 *
 *   cell >= 0   every point of the cell lies in that polygon and in no other
 *   cell = -1   no polygon comes here
 *   cell <= -2  head of a chain of candidates, ascending by polygon; each either holds the whole cell or
 *               has an edge in it and must be asked (edges.ts)
 *
 * A changed polygon is taken out of the cells of its former box and put into those of its new one.
 * A cell counts as touched by an edge when the edge grown by 1e-9 degrees reaches it, so that rounding
 * here never decides an answer.
 */
import { addToChain, type CellChains, inCellOrder, OUTSIDE, removeFromChain } from './cell-chains.ts'
import { boxOf, type Edges, sideOf } from './edges.ts'
import type { Bbox } from './geometry.ts'

/** In degrees: far above the rounding of a longitude (3e-14), far below a millimetre. */
const SLACK = 1e-9

/** Plain values and typed arrays, fit for structured clone. */
export interface Raster extends CellChains {
  west: number
  south: number
  columns: number
  rows: number
  /** Cells per degree of longitude and of latitude. */
  perLon: number
  perLat: number
}

/** Fills a raster of about `cellCount` cells, square on the ground, from the polygons of `edges`. */
export function buildRaster(edges: Edges, cellCount: number): Raster {
  const count = edges.span.length / 2
  const raster = emptyRaster(edges, count, cellCount)
  const all = { left: 0, bottom: 0, columns: raster.columns, rows: raster.rows }
  const touched = { ...all, cells: new Int32Array(raster.cells.length) }
  raster.nodes = new Int32Array(1024)
  // Downward, because a chain is ascending and grows at its head without a walk.
  for (let p = count - 1; p >= 0; p--) addPolygon(raster, edges, touched, p)
  inCellOrder(raster)
  return raster
}

/**
 * Takes polygon p, which `edges` have already forgotten, out of the cells of its former box and enters it as
 * it is now. False, and nothing is done, when it reaches beyond the raster: then a new one is needed.
 */
export function moveInRaster(raster: Raster, edges: Edges, p: number, former: Bbox): boolean {
  const box = boxOf(edges, p)
  const isThere = box[0] <= box[2]
  if (isThere && !(cellOf(raster, box[0], box[1]) >= 0 && cellOf(raster, box[2], box[3]) >= 0)) return false
  if (former[0] <= former[2]) removePolygon(raster, windowOf(raster, former), p)
  if (!isThere) return true
  const window = windowOf(raster, box)
  addPolygon(raster, edges, { ...window, cells: new Int32Array(window.columns * window.rows) }, p)
  return true
}

/** What the cell at a position holds; -1 off the raster, also for NaN. */
export function cellAt(raster: Raster, lon: number, lat: number): number {
  const cell = cellOf(raster, lon, lat)
  return cell < 0 ? OUTSIDE : raster.cells[cell]!
}

function cellOf(raster: Raster, lon: number, lat: number): number {
  const x = (lon - raster.west) * raster.perLon
  const y = (lat - raster.south) * raster.perLat
  if (!(x >= 0 && y >= 0 && x < raster.columns && y < raster.rows)) return -1
  return Math.floor(y) * raster.columns + Math.floor(x)
}

/** A part of the raster, in cells. */
interface Window {
  left: number
  bottom: number
  columns: number
  rows: number
}
/** Which cells of the window the border of which polygon (plus one) reaches. */
interface Touched extends Window {
  cells: Int32Array
}

/** The cells a box grown by the slack reaches. */
function windowOf(raster: Raster, box: Bbox): Window {
  const left = clamp(Math.floor((box[0] - SLACK - raster.west) * raster.perLon), 0, raster.columns - 1)
  const bottom = clamp(Math.floor((box[1] - SLACK - raster.south) * raster.perLat), 0, raster.rows - 1)
  const right = clamp(Math.floor((box[2] + SLACK - raster.west) * raster.perLon), 0, raster.columns - 1)
  const top = clamp(Math.floor((box[3] + SLACK - raster.south) * raster.perLat), 0, raster.rows - 1)
  return { left, bottom, columns: right - left + 1, rows: top - bottom + 1 }
}

function emptyRaster(edges: Edges, count: number, cellCount: number): Raster {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let p = 0; p < count; p++) {
    const box = boxOf(edges, p)
    west = Math.min(west, box[0])
    south = Math.min(south, box[1])
    east = Math.max(east, box[2])
    north = Math.max(north, box[3])
  }
  if (!(west <= east)) {
    return {
      west: 0,
      south: 0,
      columns: 0,
      rows: 0,
      perLon: 0,
      perLat: 0,
      cells: new Int32Array(0),
      nodes: new Int32Array(0),
      used: 0,
      free: -1,
    }
  }
  const pad = 2 * SLACK
  const width = east - west + 2 * pad
  const height = north - south + 2 * pad
  const onGround = Math.max(0.01, Math.cos((((south + north) / 2) * Math.PI) / 180))
  const columns = clamp(Math.round(Math.sqrt((cellCount * width * onGround) / height)), 1, cellCount)
  const rows = clamp(Math.round(cellCount / columns), 1, cellCount)
  return {
    west: west - pad,
    south: south - pad,
    columns,
    rows,
    perLon: columns / width,
    perLat: rows / height,
    cells: new Int32Array(columns * rows).fill(OUTSIDE),
    nodes: new Int32Array(0),
    used: 0,
    free: -1,
  }
}

/** Border cells by its edges; between them along a row, one question per run of cells no edge touches. */
function addPolygon(raster: Raster, edges: Edges, touched: Touched, p: number): void {
  const mark = p + 1
  touchBorder(raster, edges, touched, p, mark)
  const box = boxOf(edges, p)
  if (!(box[0] <= box[2])) return
  const { west, south, perLon, perLat } = raster
  const { left, bottom, columns, rows } = windowOf(raster, box)
  for (let row = bottom; row < bottom + rows; row++) {
    const lat = south + (row + 0.5) / perLat
    let known = false
    let inside = false
    let mine = (row - touched.bottom) * touched.columns + left - touched.left
    for (let column = left, cell = row * raster.columns + left; column < left + columns; column++, cell++) {
      if (touched.cells[mine++] === mark) {
        known = false
        addToChain(raster, cell, p << 1)
        continue
      }
      if (!known) {
        inside = sideOf(edges, p, west + (column + 0.5) / perLon, lat) >= 0
        known = true
      }
      if (!inside) continue
      if (raster.cells[cell] === OUTSIDE) raster.cells[cell] = p
      else addToChain(raster, cell, (p << 1) | 1)
    }
  }
}

function removePolygon(raster: Raster, { left, bottom, columns, rows }: Window, p: number): void {
  for (let row = bottom; row < bottom + rows; row++) {
    for (let cell = row * raster.columns + left, end = cell + columns; cell < end; cell++) {
      const content = raster.cells[cell]!
      if (content === p) raster.cells[cell] = OUTSIDE
      else if (content < OUTSIDE) removeFromChain(raster, cell, p)
    }
  }
}

/** Marks every cell an edge of polygon p, grown by the slack, reaches. */
function touchBorder(raster: Raster, edges: Edges, touched: Touched, p: number, mark: number): void {
  const { words, buckets, span, vertices } = edges
  const { west, south, perLon, perLat } = raster
  const first = span[p * 2]!
  for (let k = first; k < first + span[p * 2 + 1]!; k++) {
    for (let i = buckets[k]!; i < buckets[k + 1]!; ) {
      const ringEnd = i + 1 + (words[i]! >>> 1)
      for (i++; i < ringEnd; i++) {
        const v = words[i]! * 2
        touchEdge(
          raster,
          touched,
          mark,
          (vertices[v]! - west) * perLon,
          (vertices[v + 1]! - south) * perLat,
          (vertices[v + 2]! - west) * perLon,
          (vertices[v + 3]! - south) * perLat,
        )
      }
    }
  }
}

/** Row by row over an edge given in cells: where it runs inside the row decides the columns. */
function touchEdge(
  raster: Raster,
  touched: Touched,
  mark: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): void {
  const { left, bottom: lowest, columns, rows, cells } = touched
  const slackX = SLACK * raster.perLon
  const slackY = SLACK * raster.perLat
  const lowX = Math.min(ax, bx)
  const highX = Math.max(ax, bx)
  const perRow = ay === by ? 0 : (bx - ax) / (by - ay)
  const bottom = Math.max(lowest, Math.floor(Math.min(ay, by) - slackY))
  const top = Math.min(lowest + rows - 1, Math.floor(Math.max(ay, by) + slackY))
  for (let row = bottom; row <= top; row++) {
    let from = lowX
    let to = highX
    if (ay !== by) {
      const enters = ax + (row - slackY - ay) * perRow
      const leaves = ax + (row + 1 + slackY - ay) * perRow
      from = Math.max(lowX, Math.min(enters, leaves))
      to = Math.min(highX, Math.max(enters, leaves))
    }
    const last = Math.min(columns - 1, Math.floor(to + slackX) - left)
    const start = (row - lowest) * columns
    for (let column = Math.max(0, Math.floor(from - slackX) - left); column <= last; column++)
      cells[start + column] = mark
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
