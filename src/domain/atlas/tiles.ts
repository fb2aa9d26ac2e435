/**
 * Tiles from the read model: components as dots or counted bins, lines and polygons as shapes, grids by
 * level, the base map. Bytes are compressed once and kept within a bound, keyed by all they depend on.
 */
import { gzipSync } from 'node:zlib'
import { encodeBins, encodeCrowd } from '../../../tiles/bins.ts'
import { type FeatureTiles, featureTiles } from '../../../tiles/features.ts'
import { encodePoints } from '../../../tiles/points.ts'
import type { Scope } from '../orgs/rules.ts'
import { type Sieve, sieve, type Wish } from './filter.ts'
import { colourVillages } from './hues.ts'
import { type Model, type ModelGrid, pathOf } from './model.ts'
import { binsPerSide, DOTS_FROM, FINE_BINS_FROM } from './rules.ts'
import { DEEPEST_TILE } from './schema.ts'
import { sees } from './where.ts'

export type TileSet = 'components' | 'grids' | 'base'

/** Compressed bytes kept in all. */
const CACHE_BYTES = 96 * 1024 * 1024

export interface TileAnswer {
  /** gzip; null when the tile is empty. */
  bytes: Uint8Array | null
  etag: string
}

export interface TileStore {
  tile(model: Model, scope: Scope, set: TileSet, z: number, x: number, y: number, wish: Wish): TileAnswer
}

export function openTiles(): TileStore {
  const cache = byteCache(CACHE_BYTES)
  const slices = new WeakMap<Model, Map<string, FeatureTiles>>()
  /** Feature tiles of a model are cut once and kept as long as the model is. */
  const sliced = (model: Model, key: string, make: () => FeatureTiles): FeatureTiles => {
    const ofModel = slices.get(model) ?? new Map<string, FeatureTiles>()
    slices.set(model, ofModel)
    const held = ofModel.get(key)
    if (held) return held
    if (ofModel.size > 24) ofModel.clear()
    const made = make()
    ofModel.set(key, made)
    return made
  }
  return {
    tile(model, scope, set, z, x, y, wish) {
      const through = sieve(model, scope, wish)
      const key = `${set}/${z}/${x}/${y}/${model.stamp}/${through.key}`
      const etag = `"${fingerprint(key)}"`
      const held = cache.get(key)
      if (held) return { bytes: held.length === 0 ? null : held, etag }
      const raw = encode()
      const bytes = raw && raw.length > 0 ? gzipSync(raw, { level: 1 }) : new Uint8Array(0)
      cache.set(key, bytes)
      return { bytes: bytes.length === 0 ? null : bytes, etag }

      function encode(): Uint8Array | null {
        switch (set) {
          case 'components':
            return componentTile(model, through, z, x, y, () =>
              sliced(model, `shapes ${through.key}`, () => shapeTiles(model, through)),
            )
          case 'grids':
            return sliced(model, `grids ${scope.key}`, () => gridTiles(model, scope)).tile(z, x, y)
          case 'base':
            return model.places.tiles().tile(z, x, y)
        }
      }
    },
  }
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
  if (!dots || !outlines) return dots ?? outlines
  const both = new Uint8Array(dots.length + outlines.length)
  both.set(dots)
  both.set(outlines, dots.length)
  return both
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

/** A cache that forgets what was not asked for longest, when its bytes exceed the bound. */
function byteCache(limitBytes: number) {
  const held = new Map<string, Uint8Array>()
  let bytes = 0
  const cost = (key: string, value: Uint8Array) => value.length + key.length * 2 + 100
  return {
    get(key: string): Uint8Array | undefined {
      const value = held.get(key)
      if (value !== undefined) {
        held.delete(key)
        held.set(key, value)
      }
      return value
    },
    set(key: string, value: Uint8Array): void {
      held.set(key, value)
      bytes += cost(key, value)
      for (const [oldest, old] of held) {
        if (bytes <= limitBytes) break
        held.delete(oldest)
        bytes -= cost(oldest, old)
      }
    },
  }
}

/** FNV-1a over the key, twice with different seeds: an ETag that is the same for the same bytes. */
function fingerprint(text: string): string {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 15)
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36)
}
