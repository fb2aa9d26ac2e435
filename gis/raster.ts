/**
 * Which polygons can own a point, by a raster over their common box: the cheap half of point location.
 *
 *   cell >= 0   every point of the cell lies in that polygon and in no other
 *   cell = -1   no polygon comes here
 *   cell <= -2  head of a chain of candidates, ascending by polygon; each either holds the whole cell or
 *               has an edge in it and must be asked (edges.ts)
 *
 * A cell counts as touched by an edge when the edge grown by 1e-9 degrees reaches it, so that rounding
 * here never decides an answer.
 */
import { boxOf, type Edges, sideOf } from './edges.ts'

/** In degrees: far above the rounding of a longitude (3e-14), far below a millimetre. */
const SLACK = 1e-9
const OUTSIDE = -1

/** Plain values and typed arrays, fit for structured clone. */
export interface Raster {
  west: number
  south: number
  columns: number
  rows: number
  /** Cells per degree of longitude and of latitude. */
  perLon: number
  perLat: number
  cells: Int32Array
  /** Pairs [polygon << 1 | whole cell, next node or -1]. Node n stands at 2n; a cell -2 - n is its chain. */
  nodes: Int32Array
}

/** Fills a raster of about `cellCount` cells, square on the ground, from the polygons of `edges`. */
export function buildRaster(edges: Edges, cellCount: number): Raster {
  const count = edges.span.length / 2
  const raster = emptyRaster(edges, count, cellCount)
  const chains = { nodes: new Int32Array(1024), used: 0 }
  const touched = new Int32Array(raster.cells.length)
  // Downward, because a chain grows at its head and is to ascend.
  for (let p = count - 1; p >= 0; p--) addPolygon(raster, chains, edges, touched, p)
  raster.nodes = inCellOrder(raster, chains.nodes, chains.used)
  return raster
}

/** What the cell at a position holds; -1 off the raster, also for NaN. */
export function cellAt(raster: Raster, lon: number, lat: number): number {
  const x = (lon - raster.west) * raster.perLon
  const y = (lat - raster.south) * raster.perLat
  if (!(x >= 0 && y >= 0 && x < raster.columns && y < raster.rows)) return OUTSIDE
  return raster.cells[Math.floor(y) * raster.columns + Math.floor(x)]!
}

interface Chains {
  nodes: Int32Array
  used: number
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
  }
}

/** Border cells by its edges; between them along a row, one question per run of cells no edge touches. */
function addPolygon(raster: Raster, chains: Chains, edges: Edges, touched: Int32Array, p: number): void {
  const mark = p + 1
  touchBorder(raster, edges, touched, p, mark)
  const box = boxOf(edges, p)
  if (!(box[0] <= box[2])) return
  const { west, south, perLon, perLat, columns } = raster
  const left = Math.floor((box[0] - SLACK - west) * perLon)
  const bottom = Math.floor((box[1] - SLACK - south) * perLat)
  const right = Math.min(columns - 1, Math.floor((box[2] + SLACK - west) * perLon))
  const top = Math.min(raster.rows - 1, Math.floor((box[3] + SLACK - south) * perLat))
  for (let row = bottom; row <= top; row++) {
    const lat = south + (row + 0.5) / perLat
    let known = false
    let inside = false
    for (let column = left, cell = row * columns + left; column <= right; column++, cell++) {
      if (touched[cell] === mark) {
        known = false
        addToChain(raster, chains, cell, p << 1)
        continue
      }
      if (!known) {
        inside = sideOf(edges, p, west + (column + 0.5) / perLon, lat) >= 0
        known = true
      }
      if (!inside) continue
      if (raster.cells[cell] === OUTSIDE) raster.cells[cell] = p
      else addToChain(raster, chains, cell, (p << 1) | 1)
    }
  }
}

function addToChain(raster: Raster, chains: Chains, cell: number, entry: number): void {
  const content = raster.cells[cell]!
  let next = -1
  if (content >= 0) next = newNode(chains, (content << 1) | 1, -1)
  else if (content < OUTSIDE) next = -2 - content
  raster.cells[cell] = -2 - newNode(chains, entry, next)
}

function newNode(chains: Chains, entry: number, next: number): number {
  const node = chains.used++
  if (node * 2 + 2 > chains.nodes.length) {
    const wider = new Int32Array(chains.nodes.length * 2)
    wider.set(chains.nodes)
    chains.nodes = wider
  }
  chains.nodes[node * 2] = entry
  chains.nodes[node * 2 + 1] = next
  return node
}

/** Marks every cell an edge of polygon p, grown by the slack, reaches. */
function touchBorder(raster: Raster, edges: Edges, touched: Int32Array, p: number, mark: number): void {
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
  touched: Int32Array,
  mark: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
): void {
  const { columns, rows } = raster
  const slackX = SLACK * raster.perLon
  const slackY = SLACK * raster.perLat
  const lowX = Math.min(ax, bx)
  const highX = Math.max(ax, bx)
  const perRow = ay === by ? 0 : (bx - ax) / (by - ay)
  const bottom = Math.max(0, Math.floor(Math.min(ay, by) - slackY))
  const top = Math.min(rows - 1, Math.floor(Math.max(ay, by) + slackY))
  for (let row = bottom; row <= top; row++) {
    let from = lowX
    let to = highX
    if (ay !== by) {
      const enters = ax + (row - slackY - ay) * perRow
      const leaves = ax + (row + 1 + slackY - ay) * perRow
      from = Math.max(lowX, Math.min(enters, leaves))
      to = Math.min(highX, Math.max(enters, leaves))
    }
    const last = Math.min(columns - 1, Math.floor(to + slackX))
    for (let column = Math.max(0, Math.floor(from - slackX)); column <= last; column++) {
      touched[row * columns + column] = mark
    }
  }
}

/** The chains laid out as the cells lie, so that neighbouring questions read neighbouring memory. */
function inCellOrder(raster: Raster, nodes: Int32Array, used: number): Int32Array {
  const ordered = new Int32Array(used * 2)
  let next = 0
  for (let cell = 0; cell < raster.cells.length; cell++) {
    if (raster.cells[cell]! >= OUTSIDE) continue
    let node = -2 - raster.cells[cell]!
    raster.cells[cell] = -2 - next
    for (; node >= 0; node = nodes[node * 2 + 1]!, next++) {
      ordered[next * 2] = nodes[node * 2]!
      ordered[next * 2 + 1] = nodes[node * 2 + 1]! < 0 ? -1 : next + 1
    }
  }
  return ordered
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
