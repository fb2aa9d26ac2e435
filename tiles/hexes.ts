/**
 * Density: how many points of each class lie in each hexagon that reaches into a tile, as polygons. Cells are
 * counted whole, so one that two tiles show says the same in both.
 *
 *   tile grown by the size of a cell -> rows -> counts by cell -> outlines in steps -> bytes
 */
import { cellArea, cellToBoundary, getHexagonEdgeLengthAvg } from 'h3-js'
import { runsInBox } from '../gis/columns.ts'
import { FINEST, type HexCells } from '../gis/hex.ts'
import { bboxOfTile, EQUATOR_M, squareX, squareY } from '../gis/mercator.ts'
import type { Sheet } from '../gis/point-set.ts'
import { ringInTile } from './clip.ts'
import { type RowFilter, sheetTest } from './filter.ts'
import { EXTENT } from './mvt.ts'
import { encodeShapes, type Shape } from './shapes.ts'

export interface HexOptions {
  /** Layer name; `cells` by default. */
  layer?: string
  classCodes: readonly string[]
  filter?: RowFilter
}

/** Rows, their finest cells, and the parents of those at the resolution of the tile. */
export interface HexSheet extends Sheet {
  finest: HexCells
  parents: HexCells
}

/** The resolution whose cells are 15 to 40 pixels wide in a tile of 512; a zoom has 2, a resolution 7 to the half. */
export const resolutionAt = (z: number): number =>
  Math.max(0, Math.min(FINEST, Math.floor((z + 0.4) / Math.log2(Math.sqrt(7)))))

/** Points of a cell, and of its children, lie within so many edges of what it reaches. */
const REACH_EDGES = 3

/**
 * The tile's bytes, or null where no cell with points reaches into it. Features have `cell` (the H3 index), `count`,
 * `class` (the commonest), `perKm2`, and one count per class named by its code.
 */
export function encodeHexes(
  sheets: readonly HexSheet[],
  resolution: number,
  z: number,
  x: number,
  y: number,
  { layer = 'cells', classCodes, filter }: HexOptions,
): Uint8Array | null {
  const box = boxAround(z, x, y, resolution)
  const counted = new Map<string, Uint32Array>()
  for (const sheet of sheets)
    for (const [index, counts] of countCells(sheet, box, classCodes.length, filter)) {
      const cell = sheet.parents.cells[index]!
      const before = counted.get(cell)
      if (!before) counted.set(cell, counts)
      else for (const [i, n] of counts.entries()) before[i]! += n
    }
  return encodeShapes(layer, shapesOf(counted, [z, x, y], classCodes))
}

function countCells(
  sheet: HexSheet,
  box: ReturnType<typeof boxAround>,
  classes: number,
  filter: RowFilter | undefined,
): Map<number, Uint32Array> {
  const { columns, finest, parents } = sheet
  const counted = new Map<number, Uint32Array>()
  const test = sheetTest(sheet, filter)
  runsInBox(columns, box, (from, to) => {
    for (let row = from; row < to; row++) {
      if (test !== null && !test(row)) continue
      const cell = parents.of[finest.of[row]!]!
      let counts = counted.get(cell)
      if (!counts) counted.set(cell, (counts = new Uint32Array(classes)))
      counts[columns.classIndex[row]!]!++
    }
  })
  return counted
}

/** The tile and so much around it that a cell that reaches into it has all its points in it. */
function boxAround(z: number, x: number, y: number, resolution: number) {
  const side = 2 ** (32 - z)
  const [, south, , north] = bboxOfTile(z, x, y)
  const reachM = REACH_EDGES * getHexagonEdgeLengthAvg(resolution, 'm')
  const farthest = Math.min(89, Math.max(Math.abs(south), Math.abs(north)) + reachM / 111_000)
  const reach = Math.ceil((reachM / EQUATOR_M / Math.cos((farthest * Math.PI) / 180)) * 2 ** 32)
  const last = 2 ** 32 - 1
  return {
    west: Math.max(0, x * side - reach),
    north: Math.max(0, y * side - reach),
    east: Math.min(last, (x + 1) * side - 1 + reach),
    south: Math.min(last, (y + 1) * side - 1 + reach),
  }
}

function* shapesOf(
  counted: ReadonlyMap<string, Uint32Array>,
  [z, x, y]: readonly [number, number, number],
  classCodes: readonly string[],
): Generator<Shape> {
  const scale = 2 ** z * EXTENT
  for (const [cell, counts] of counted) {
    // H3 runs counter-clockwise, shells of a tile clockwise
    const outline = cellToBoundary(cell, true).reverse()
    const steps = outline.flatMap(([lon, lat]) => [
      squareX(lon) * scale - x * EXTENT,
      squareY(lat) * scale - y * EXTENT,
    ])
    const ring = ringInTile(steps)
    if (ring.length === 0) continue
    const count = counts.reduce((sum, n) => sum + n, 0)
    yield {
      type: 'polygons',
      parts: [ring],
      properties: {
        cell,
        count,
        class: classCodes[counts.indexOf(Math.max(...counts))]!,
        perKm2: Math.round(count / cellArea(cell, 'km2')),
        ...Object.fromEntries([...counts].flatMap((n, i) => (n > 0 ? [[classCodes[i]!, n]] : []))),
      },
    }
  }
}
