/** The doors of the tiles: bytes with strong ETags, and the TileJSON that describes a set. */
import { z } from 'zod'
import { tileJson } from '../../../tiles/tilejson.ts'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import type { Scope } from '../orgs/rules.ts'
import { TileJsonAnswer } from './answers.ts'
import { districtBox, type Model } from './model.ts'
import { DOTS_FROM } from './rules.ts'
import { DEEPEST_TILE, DistrictQuery, TileParams, TileQuery } from './schema.ts'
import { openTiles, type TileSet } from './tiles.ts'

/** Gives the model and the scope in which a caller reads it. */
export type Read = (call: Call, district: string | undefined) => Promise<{ model: Model; scope: Scope }>

export function tileRoutes(read: Read): Endpoint[] {
  const tiles = openTiles()
  const right = 'registry.read'
  return [
    endpoint({
      method: 'get',
      path: '/tiles/:set/:z/:x/:y',
      right,
      summary: 'Mapbox Vector Tiles; ends in .mvt',
      params: TileParams,
      query: TileQuery,
      answer: { bytes: 'application/vnd.mapbox-vector-tile' },
      async run({ params, query }, call) {
        const { set, z, x, y } = params
        if (x >= 2 ** z || y >= 2 ** z) throw problem('tile.none', { tile: `${z}/${x}/${y}`, z, n: 2 ** z })
        const { model, scope } = await read(call, query.district)
        const { bytes, etag } = tiles.tile(model, scope, set, z, x, y, {
          classes: query.class,
          areas: query.area,
          unit: query.unit,
        })
        const headers = { etag, 'cache-control': 'private, no-cache' }
        if (call.header('if-none-match') === etag) return raw({ status: 304, headers })
        if (!bytes) return raw({ status: 204, headers })
        return raw({
          headers: {
            ...headers,
            'content-type': 'application/vnd.mapbox-vector-tile',
            'content-encoding': 'gzip',
          },
          body: bytes,
        })
      },
    }),
    endpoint({
      method: 'get',
      path: '/tiles/:file',
      right,
      summary: 'TileJSON of a tile set: components.json, grids.json, base.json',
      params: z.strictObject({ file: z.enum(['components.json', 'grids.json', 'base.json']) }),
      query: DistrictQuery,
      answer: TileJsonAnswer,
      async run({ params, query }, call) {
        const { model } = await read(call, query.district)
        return describeSet(model, params.file.slice(0, -5) as TileSet, call.origin)
      },
    }),
  ]
}

const layersOf: Record<TileSet, { id: string; fields: Record<string, string> }[]> = {
  components: [
    {
      id: 'components',
      fields: {
        class: 'class code',
        state: `state, from zoom ${DOTS_FROM} on, where every feature is one component`,
        count: `how many components the feature stands for, at zooms 0 to ${DOTS_FROM - 1}`,
      },
    },
    { id: 'shapes', fields: { class: 'class code', state: 'state' } },
  ],
  grids: [
    ...['district', 'town', 'village', 'area'].map(id => ({
      id,
      fields: { code: 'code', name: 'name', hue: 'one of six hues, 0 to 5' },
    })),
    { id: 'labels', fields: { level: '0 to 3', name: 'name', code: 'code' } },
  ],
  base: [
    { id: 'water', fields: { name: 'name', kind: 'kind' } },
    { id: 'block', fields: { kind: 'land use' } },
    { id: 'street', fields: { name: 'name', class: 'rank' } },
    { id: 'poi', fields: { name: 'name', kind: 'kind' } },
    { id: 'address', fields: { text: 'address' } },
  ],
}

function describeSet(model: Model, set: TileSet, origin: string) {
  return tileJson({
    name: set,
    tiles: [`${origin}/tiles/${set}/{z}/{x}/{y}.mvt?district=${model.district}`],
    minzoom: 0,
    maxzoom: DEEPEST_TILE,
    bounds: districtBox(model) ?? [-180, -85, 180, 85],
    vectorLayers: layersOf[set],
  })
}
