/**
 * Tiles from the read model: components as dots or counted bins, lines and polygons as shapes, grids by
 * level, addresses, density, the base map. Bytes are compressed once and kept within a bound, keyed by all they depend on.
 */
import { hash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { encodeBins, encodeCrowd } from '../../../tiles/bins.ts'
import { type FeatureTiles, featureTiles } from '../../../tiles/features.ts'
import { joinLayers } from '../../../tiles/mvt.ts'
import { encodePoints } from '../../../tiles/points.ts'
import type { Scope } from '../orgs/rules.ts'
import { addressTile } from './address-tiles.ts'
import { byteCache } from './byte-cache.ts'
import { densityTile, hexesReady } from './density-tiles.ts'
import { keyOf, type Sieve, sieve, type Wish } from './filter.ts'
import { colourVillages } from './hues.ts'
import { type Model, type ModelGrid, pathOf } from './model.ts'
import { binsPerSide, DOTS_FROM, FINE_BINS_FROM } from './rules.ts'
import { DEEPEST_TILE, type TileSet } from './schema.ts'
import { sees } from './where.ts'

/** Compressed bytes kept in all. */
const CACHE_BYTES = 96 * 1024 * 1024

export interface TileAnswer {
  /** gzip; null when the tile is empty. */
  bytes: Uint8Array | null
  etag: string
}

export interface TileStore {
  /** Makes ready what the tiles of a set are made of, beside the model; at once where nothing is. */
  ready(model: Model, set: TileSet): Promise<void>
  tile(model: Model, scope: Scope, set: TileSet, z: number, x: number, y: number, wish: Wish): TileAnswer
  /** Bytes kept now, keys included. */
  size(): number
}

export function openTiles({ cacheBytes = CACHE_BYTES }: { cacheBytes?: number } = {}): TileStore {
  const cache = byteCache(cacheBytes)
  const slices = new WeakMap<object, Map<string, FeatureTiles>>()
  /** Feature tiles are cut once and kept as long as what they are made of. */
  const sliced = (
    of: Model['grids'] | Model['shapes'],
    key: string,
    make: () => FeatureTiles,
  ): FeatureTiles => {
    const those = slices.get(of) ?? new Map<string, FeatureTiles>()
    slices.set(of, those)
    const held = those.get(key)
    if (held) return held
    if (those.size > 24) those.clear()
    const made = make()
    those.set(key, made)
    return made
  }
  return {
    size: cache.size,
    async ready(model, set) {
      if (set === 'density') await hexesReady(model)
    },
    tile(model, scope, set, z, x, y, wish) {
      const key = `${set}/${z}/${x}/${y}/${versionOf(model, set, z, x, y)}/${keyOf(scope, wish)}`
      const etag = `"${hash('sha256', key).slice(0, 32)}"`
      const held = cache.get(key)
      if (held) return { bytes: held.length === 0 ? null : held, etag }
      const through = sieve(model, scope, wish)
      const raw = encode()
      const bytes = raw && raw.length > 0 ? gzipSync(raw, { level: 1 }) : new Uint8Array(0)
      cache.set(key, bytes)
      return { bytes: bytes.length === 0 ? null : bytes, etag }

      function encode(): Uint8Array | null {
        switch (set) {
          case 'components':
            return componentTile(model, through, z, x, y, () =>
              sliced(model.shapes, through.key, () => shapeTiles(model, through)),
            )
          case 'grids':
            return sliced(model.grids, scope.key, () => gridTiles(model, scope)).tile(z, x, y)
          case 'addresses':
            return addressTile(model, through, z, x, y)
          case 'density':
            return densityTile(model, through, z, x, y)
          case 'base':
            return model.places.tiles().tile(z, x, y)
        }
      }
    },
  }
}

/**
 * Changes with a tile's bytes, and with as little else as can be. Another scope or wish may see less of a change,
 * never more.
 */
export function versionOf(model: Model, set: TileSet, z: number, x: number, y: number): string {
  const { touched, stamp, changedAt, placesAt, generation, district } = model
  if (set === 'base') return `${district} ${placesAt}`
  if (set === 'addresses') return `${district} ${placesAt} ${generation}`
  if (touched === null) return `${district} ${stamp}`
  const last =
    set === 'grids'
      ? touched.grids.lastIn(z, x, y)
      : // a cell is counted as a whole, however little of it reaches into a tile
        set === 'density'
        ? touched.components.lastIn(0, 0, 0)
        : touched.components.lastIn(z, x, y)
  // a reader of a former model must not call its tile the one of today
  return last > changedAt ? `${district} ${stamp}` : `${district} ${touched.born}.${last}`
}

/** A tile may hold several layers one after another: MVT is a repeated field, so bytes are put together. */
function componentTile(
  model: Model,
  through: Sieve,
  z: number,
  x: number,
  y: number,
  shapes: () => FeatureTiles,
): Uint8Array | null {
  const codes = { classCodes: model.classes.map(each => each.code), stateCodes: model.states }
  const filter = through.all ? undefined : through
  const encode = z >= DOTS_FROM ? encodePoints : z >= FINE_BINS_FROM ? encodeCrowd : encodeBins
  const asked = { ...codes, layer: 'components', filter, perSide: binsPerSide(z) }
  const dots = encode(model.points, z, x, y, asked)
  const outlines = z >= DOTS_FROM && model.shapes.length > 0 ? shapes().tile(z, x, y) : null
  return dots && outlines ? joinLayers([dots, outlines]) : (dots ?? outlines)
}

function shapeTiles(model: Model, through: Sieve): FeatureTiles {
  const features = model.shapes
    .filter(shape => through.passes(shape.handle))
    .map(shape => ({
      geometry: shape.geometry,
      properties: {
        class: model.classes[model.components.classIndex[shape.handle]!]!.code,
        state: model.states[model.components.stateIndex[shape.handle]!]!,
      },
    }))
  return featureTiles({ shapes: features }, { minZoom: DOTS_FROM, maxZoom: DEEPEST_TILE })
}

const layerNames = ['district', 'town', 'village', 'area'] as const

function gridTiles(model: Model, scope: Scope): FeatureTiles {
  const seen = model.grids.filter(grid => sees(model, scope, grid))
  const hues = colourVillages(model)
  const hueOf = (grid: ModelGrid): number => {
    const village = pathOf(model, grid).find(each => each.level === 2)
    return village ? (hues.get(village.id) ?? 0) : 0
  }
  const polygons = Object.fromEntries(
    layerNames.map((name, level) => [
      name,
      seen
        .filter(grid => grid.level === level)
        .map(grid => ({
          geometry: grid.geometry,
          properties: { code: grid.code, name: grid.name, hue: hueOf(grid) },
        })),
    ]),
  )
  const labels = seen.map(grid => ({
    geometry: { type: 'Point' as const, coordinates: [...grid.labelPoint] },
    properties: { level: grid.level, name: grid.name, code: grid.code },
  }))
  return featureTiles({ ...polygons, labels }, { maxZoom: DEEPEST_TILE })
}
