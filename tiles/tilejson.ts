/** The description of a tile set as a map client reads it: TileJSON 3.0.0. */
import type { Bbox } from '../gis/geometry.ts'

export interface TileSetDescription {
  name: string
  /** URL templates with {z}, {x} and {y}. */
  tiles: readonly string[]
  minzoom: number
  maxzoom: number
  /** Degrees; the latitudes are held within the Mercator square. */
  bounds: Bbox
  vectorLayers: readonly VectorLayer[]
  attribution?: string
}

export interface VectorLayer {
  id: string
  /** What each property of the layer's features says. */
  fields: Readonly<Record<string, string>>
  description?: string
  minzoom?: number
  maxzoom?: number
}

export interface TileJson {
  tilejson: '3.0.0'
  name: string
  scheme: 'xyz'
  tiles: readonly string[]
  minzoom: number
  maxzoom: number
  bounds: Bbox
  /** Longitude, latitude, zoom of a first view. */
  center: readonly [lon: number, lat: number, zoom: number]
  vector_layers: readonly VectorLayer[]
  attribution?: string
}

const MERCATOR_LIMIT = 85.0511
/** How wide a first view is, in tiles. */
const VIEW_TILES = 3

/** @throws RangeError when there is no tile URL, a zoom is out of order, or the bounds are. */
export function tileJson(set: TileSetDescription): TileJson {
  const { name, tiles, minzoom, maxzoom, vectorLayers, attribution } = set
  const [west, south, east, north] = set.bounds
  if (tiles.length === 0) throw new RangeError('a tile set needs a URL')
  if (!(minzoom >= 0 && minzoom <= maxzoom && maxzoom <= 30))
    throw new RangeError(`zooms ${minzoom} to ${maxzoom}`)
  if (!(west <= east && south <= north)) throw new RangeError(`bounds ${set.bounds.join()}`)
  const bounds: Bbox = [
    Math.max(-180, west),
    Math.max(-MERCATOR_LIMIT, south),
    Math.min(180, east),
    Math.min(MERCATOR_LIMIT, north),
  ]
  const fitting = Math.floor(Math.log2((360 * VIEW_TILES) / Math.max(1e-6, east - west)))
  return {
    tilejson: '3.0.0',
    name,
    scheme: 'xyz',
    tiles,
    minzoom,
    maxzoom,
    bounds,
    center: [
      (bounds[0] + bounds[2]) / 2,
      (bounds[1] + bounds[3]) / 2,
      Math.max(minzoom, Math.min(maxzoom, fitting)),
    ],
    vector_layers: vectorLayers,
    ...(attribution === undefined ? {} : { attribution }),
  }
}
