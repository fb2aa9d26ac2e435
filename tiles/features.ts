/**
 * Named layers of any geometry cut into vector tiles on demand: geojson-vt clips and simplifies, the
 * bytes are ours. A layer's index is built when its first tile is asked for.
 *
 *   { water: features, street: features } -> tile(z, x, y) -> bytes of the layers that have something there
 */
import GeoJSONVT, { type RawFeature } from 'geojson-vt'
import type { Geometry } from '../gis/geometry.ts'
import { BUFFER, EXTENT, joinLayers, type MvtValue } from './mvt.ts'
import { encodeShapes, type Shape } from './shapes.ts'

export interface LayerFeature {
  /** In degrees. */
  geometry: Geometry
  /** Null and undefined are left out. */
  properties: Readonly<Record<string, MvtValue | null | undefined>>
  /** A whole number. */
  id?: number
}

export interface FeatureTilesOptions {
  /** Zoom from which tiles hold anything; 0 by default. */
  minZoom?: number
  /** The same for single layers. */
  minZoomOf?: Readonly<Record<string, number>>
  /** Deepest zoom, 20 by default; there nothing is simplified, deeper there is nothing. */
  maxZoom?: number
  /** Steps (of 4,096) by which simplified lines may deviate; 3 by default. */
  tolerance?: number
}

export interface FeatureTiles {
  /** The tile's bytes, or null when no layer has anything in it. */
  tile(z: number, x: number, y: number): Uint8Array | null
}

type Layers = Readonly<Record<string, readonly LayerFeature[]>>

export function featureTiles(layers: Layers, options: FeatureTilesOptions = {}): FeatureTiles {
  const { minZoom = 0, minZoomOf = {}, maxZoom = 20, tolerance = 3 } = options
  const cuts = Object.entries(layers)
    .filter(([, features]) => features.length > 0)
    .map(([name, features]) => ({
      name,
      from: minZoomOf[name] ?? minZoom,
      cut: lazily(() => cutLayer(features, maxZoom, tolerance)),
    }))
  return {
    tile(z, x, y) {
      if (z > maxZoom) return null
      const found: Uint8Array[] = []
      for (const { name, from, cut } of cuts) {
        if (z < from) continue
        const tile = cut().getTileRaw(z, x, y)
        const bytes = tile === null ? null : encodeShapes(name, shapesOf(tile.features))
        if (bytes !== null) found.push(bytes)
      }
      return found.length === 0 ? null : joinLayers(found)
    },
  }
}

function cutLayer(features: readonly LayerFeature[], maxZoom: number, tolerance: number): GeoJSONVT {
  const collection = {
    type: 'FeatureCollection' as const,
    features: features.map(({ geometry, properties, id }) => ({
      type: 'Feature' as const,
      geometry,
      properties: properties as Record<string, unknown>,
      ...(id === undefined ? {} : { id }),
    })),
  }
  return new GeoJSONVT(collection, { maxZoom, tolerance, extent: EXTENT, buffer: BUFFER })
}

function* shapesOf(features: readonly RawFeature[]): Generator<Shape> {
  for (const feature of features) {
    const properties = (feature.tags ?? {}) as Shape['properties']
    const id = typeof feature.id === 'number' ? { id: feature.id } : {}
    if (feature.type === 4) yield { ...id, type: 'points', parts: [[feature.x, feature.y]], properties }
    else if (feature.type === 1) yield { ...id, type: 'points', parts: [feature.geometry], properties }
    else yield { ...id, type: feature.type === 2 ? 'lines' : 'polygons', parts: feature.geometry, properties }
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { it: T } | null = null
  return () => (made ??= { it: make() }).it
}
