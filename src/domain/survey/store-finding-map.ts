/**
 * The findings of a delivery for a map: every one that lies in the box, those that would be drawn over one another as
 * one mark that counts them. However many there are, the answer is as long as the map is large.
 *
 *   .  .      .              1  1      1
 *     ..:                ->      (4)            a cell of about 32 px becomes one mark
 */
import type { Bbox } from '../../../gis/geometry.ts'
import type { Queryable } from '../../core/db.ts'
import type { Delivery } from './schema.ts'
import { widened } from './store-finding-sums.ts'
import { type FindingFilter, inPortions } from './store-findings.ts'

/** Cells of a tile of 256 px, along a side. */
const CELLS_OF_TILE = 8
const MOST_CELLS = 8_000
const EARTH: Bbox = [-180, -90, 180, 90]

export interface FindingMark {
  /** Of those it stands for; a point where they lie on one spot. */
  bbox: Bbox
  errors: number
  warnings: number
  /** The lowest number among them. */
  no: number
}

/** Side of a cell in degrees: a power of two, so that a map that is moved keeps its marks, and not too many for the box. */
export function cellSize([west, south, east, north]: Bbox, zoom: number): number {
  let size = 360 / 2 ** Math.floor(zoom) / CELLS_OF_TILE
  while (((east - west) / size + 1) * ((north - south) / size + 1) > MOST_CELLS) size *= 2
  return size
}

/** @param zoom as of tiles of 256 px */
export async function drawFindings(
  db: Queryable,
  delivery: Pick<Delivery, 'district' | 'no'>,
  filter: FindingFilter,
  view: { bbox: Bbox; zoom: number },
): Promise<FindingMark[]> {
  const marks = new Map<string, FindingMark>()
  const seen = common(view.bbox, EARTH)
  const size = cellSize(seen, view.zoom)
  const box = filter.box ? common(filter.box, seen) : seen
  type Cell = FindingMark & { x: number; y: number; west: number; south: number; east: number; north: number }
  for await (const cells of inPortions<Cell>(
    db,
    delivery,
    { ...filter, box },
    (where, at) =>
      `SELECT floor(lon / ${at(size)}::float8)::int AS x, floor(lat / ${at(size)}::float8)::int AS y,
         (count(*) FILTER (WHERE severity = 'error'))::int AS errors,
         (count(*) FILTER (WHERE severity <> 'error'))::int AS warnings, min(no) AS no,
         min(lon) AS west, min(lat) AS south, max(lon) AS east, max(lat) AS north
       FROM finding WHERE ${where} GROUP BY 1, 2`,
  )) {
    for (const { x, y, west, south, east, north, errors, warnings, no } of cells) {
      const key = `${x} ${y}`
      const mark = marks.get(key)
      if (!mark) {
        marks.set(key, { bbox: [west, south, east, north], errors, warnings, no })
        continue
      }
      mark.bbox = widened(mark.bbox, [west, south, east, north])
      mark.errors += errors
      mark.warnings += warnings
    }
  }
  return [...marks.values()]
}

/** Where two boxes meet; one that holds nothing where they do not. */
const common = (a: Bbox, b: Bbox): Bbox => [
  Math.max(a[0], b[0]),
  Math.max(a[1], b[1]),
  Math.min(a[2], b[2]),
  Math.min(a[3], b[3]),
]
