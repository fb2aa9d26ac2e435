/**
 * Point in polygons: which of many polygons cover a position, with the answer of PostGIS's ST_Covers.
 *
 *   position -> raster cell -> one owner | nobody | candidates -> edges -> index of the polygon
 *
 * The caller sorts the polygons by code, so the lowest index is the lowest code: the one owner of a point
 * on a shared edge. Nothing is allocated for a single owner. A locator is plain typed arrays inside
 * (`transfer`), so a worker can be handed one (`locatorFrom`) without building it again.
 */
import { boxOf, buildEdges, type Edges, replaceEdges, sideOf } from './edges.ts'
import type { PolygonGeometry } from './geometry.ts'
import { buildRaster, cellAt, moveInRaster, type Raster } from './raster.ts'

/** Raster cells per polygon edge: more cells mean fewer questions to edges, and more memory. */
const CELLS_PER_EDGE = 8
const FEWEST_CELLS = 1 << 12
const MOST_CELLS = 1 << 23

export interface Locator {
  /** How many polygons it was built from. */
  readonly size: number
  /** The only or lowest-index polygon that covers the position (its border included), or -1. */
  covering(lon: number, lat: number): number
  /**
   * `covering` of many at once, -1 for those in none. Positions that follow each other on the ground (the
   * order of columns.ts) read neighbouring memory: five times as fast as in any order.
   */
  coveringEach(lons: Float64Array, lats: Float64Array): Int32Array
  /** All polygons that cover the position, ascending. */
  allCovering(lon: number, lat: number): number[]
  /** Those with the position in their interior, ascending: more than one is a true overlap, not a shared edge. */
  interior(lon: number, lat: number): number[]
  /**
   * Gives a polygon another shape, or none (`{ type: 'MultiPolygon', coordinates: [] }`), in this locator and
   * at once: only the cells of its former and its new box are looked at. Where it reaches beyond all
   * others' common box, the raster is made anew.
   * @throws RangeError when there is no such polygon or a position is not finite; nothing has changed then
   */
  replace(polygon: number, geometry: PolygonGeometry): void
  /** The typed arrays it works on, shared, not copied. */
  transfer(): LocatorParts
}

/** Fit for structured clone; `edges` and `raster` can be replaced apart. */
export interface LocatorParts {
  edges: Edges
  raster: Raster
}

export interface LocatorOptions {
  /** Raster cells (4 bytes each); by default eight per edge within 4,096 and 8,388,608. */
  cells?: number
}

/** @throws RangeError when a polygon has a position that is not finite. */
export function buildLocator(
  polygons: readonly { geometry: PolygonGeometry }[],
  options: LocatorOptions = {},
): Locator {
  const edges = buildEdges(polygons)
  const wanted = edges.used.vertex * CELLS_PER_EDGE
  const cells = options.cells ?? Math.min(MOST_CELLS, Math.max(FEWEST_CELLS, wanted))
  return locatorFrom({ edges, raster: buildRaster(edges, cells) })
}

/** A locator over parts of another, for example ones that came through a message port. */
export function locatorFrom(parts: LocatorParts): Locator {
  const { edges, raster } = parts

  function covering(lon: number, lat: number): number {
    const content = cellAt(raster, lon, lat)
    return content >= -1 ? content : firstOf(-2 - content, lon, lat)
  }

  /** The first of a chain that covers the position. */
  function firstOf(head: number, lon: number, lat: number): number {
    const { nodes } = raster
    for (let node = head; node >= 0; node = nodes[node * 2 + 1]!) {
      const entry = nodes[node * 2]!
      if ((entry & 1) === 1 || sideOf(edges, entry >> 1, lon, lat) >= 0) return entry >> 1
    }
    return -1
  }

  function coveringEach(lons: Float64Array, lats: Float64Array): Int32Array {
    const { west, south, perLon, perLat, columns, rows, cells } = raster
    const found = new Int32Array(lons.length)
    for (let i = 0; i < lons.length; i++) {
      const x = (lons[i]! - west) * perLon
      const y = (lats[i]! - south) * perLat
      const content = x >= 0 && y >= 0 && x < columns && y < rows ? cells[(y | 0) * columns + (x | 0)]! : -1
      found[i] = content >= -1 ? content : firstOf(-2 - content, lons[i]!, lats[i]!)
    }
    return found
  }

  function collect(lon: number, lat: number, least: 0 | 1): number[] {
    const { nodes } = raster
    const content = cellAt(raster, lon, lat)
    if (content >= 0) return [content]
    const found: number[] = []
    if (content === -1) return found
    for (let node = -2 - content; node >= 0; node = nodes[node * 2 + 1]!) {
      const entry = nodes[node * 2]!
      if ((entry & 1) === 1 || sideOf(edges, entry >> 1, lon, lat) >= least) found.push(entry >> 1)
    }
    return found
  }

  return {
    size: edges.span.length / 2,
    covering,
    coveringEach,
    allCovering: (lon, lat) => collect(lon, lat, 0),
    interior: (lon, lat) => collect(lon, lat, 1),
    replace(polygon, geometry) {
      if (!(polygon >= 0 && polygon < edges.span.length / 2)) throw new RangeError(`no polygon ${polygon}`)
      const former = boxOf(edges, polygon)
      replaceEdges(edges, polygon, geometry)
      if (!moveInRaster(raster, edges, polygon, former))
        Object.assign(raster, buildRaster(edges, Math.max(FEWEST_CELLS, raster.cells.length)))
    },
    transfer: () => parts,
  }
}
