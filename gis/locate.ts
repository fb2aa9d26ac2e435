/**
 * Point in polygons: which of many polygons cover a position, with the answer of PostGIS's ST_Covers.
 *
 *   position -> raster cell -> one owner | nobody | candidates -> edges -> index of the polygon
 *
 * The caller sorts the polygons by code, so the lowest index is the lowest code: the one owner of a point
 * on a shared edge. Nothing is allocated for a single owner. A locator is plain typed arrays inside
 * (`transfer`), so a worker can be handed one (`locatorFrom`) without building it again.
 */
import { buildEdges, type Edges, sideOf } from './edges.ts'
import type { PolygonGeometry } from './geometry.ts'
import { buildRaster, cellAt, type Raster } from './raster.ts'

/** Raster cells per polygon edge: more cells mean fewer questions to edges, and more memory. */
const CELLS_PER_EDGE = 8
const FEWEST_CELLS = 1 << 12
const MOST_CELLS = 1 << 23

export interface Locator {
  /** How many polygons it was built from. */
  readonly size: number
  /** The only or lowest-index polygon that covers the position (its border included), or -1. */
  covering(lon: number, lat: number): number
  /** All polygons that cover the position, ascending. */
  allCovering(lon: number, lat: number): number[]
  /** Those with the position in their interior, ascending: more than one is a true overlap, not a shared edge. */
  interior(lon: number, lat: number): number[]
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
  const wanted = (edges.vertices.length / 2) * CELLS_PER_EDGE
  const cells = options.cells ?? Math.min(MOST_CELLS, Math.max(FEWEST_CELLS, wanted))
  return locatorFrom({ edges, raster: buildRaster(edges, cells) })
}

/** A locator over parts of another, for example ones that came through a message port. */
export function locatorFrom(parts: LocatorParts): Locator {
  const { edges, raster } = parts
  const { nodes } = raster

  function covering(lon: number, lat: number): number {
    const content = cellAt(raster, lon, lat)
    if (content >= -1) return content
    for (let node = -2 - content; node >= 0; node = nodes[node * 2 + 1]!) {
      const entry = nodes[node * 2]!
      if ((entry & 1) === 1 || sideOf(edges, entry >> 1, lon, lat) >= 0) return entry >> 1
    }
    return -1
  }

  function collect(lon: number, lat: number, least: 0 | 1): number[] {
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
    allCovering: (lon, lat) => collect(lon, lat, 0),
    interior: (lon, lat) => collect(lon, lat, 1),
    transfer: () => parts,
  }
}
