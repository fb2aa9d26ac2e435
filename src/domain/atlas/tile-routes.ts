/** The doors of the tiles: bytes with strong ETags, and the TileJSON and the style that describe a set. */
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import type { Scope } from '../orgs/rules.ts'
import { StyleAnswer, TileJsonAnswer } from './answers.ts'
import { wishOf } from './filter.ts'
import { districtBox, type Model } from './model.ts'
import { CountQuery, TileParams, TileQuery, type TileSet, tileSets } from './schema.ts'
import { describeSet, styleSet } from './tile-sets.ts'
import { openTiles } from './tiles.ts'

/** Gives the model, of today or of an earlier day, and the scope in which a caller reads it. */
export type Read = (
  call: Call,
  asked: { district?: string | undefined; asOf?: string | undefined },
) => Promise<{ model: Model; scope: Scope }>

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
        const { model, scope } = await read(call, query)
        await tiles.ready(model, set)
        const { bytes, etag } = tiles.tile(model, scope, set, z, x, y, wishOf(query))
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
      summary: `TileJSON (SET.json) or MapLibre style (SET.style.json) of a tile set: ${tileSets.join(', ')}`,
      params: z.strictObject({ file: z.enum(files) }),
      query: CountQuery,
      answer: z.union([TileJsonAnswer, StyleAnswer]),
      async run({ params, query }, call) {
        const { model } = await read(call, query)
        const [set, kind] = params.file.split('.') as [TileSet, string]
        const search = searchOf(query, model.district)
        const described = describeSet(set, {
          tiles: `${call.origin}/tiles/${set}/{z}/{x}/{y}.mvt?${search}`,
          bounds: districtBox(model) ?? [-180, -85, 180, 85],
          classes: model.classes.map(each => each.code),
        })
        if (kind === 'json') return described
        return styleSet(set, { url: `${call.origin}/tiles/${set}.json?${search}`, center: described.center })
      },
    }),
  ]
}

const files = tileSets.flatMap(set => [`${set}.json`, `${set}.style.json`])

/** The filter a set was asked with goes on to what it leads to. */
function searchOf(
  { class: classes, area, unit, state, asOf }: z.output<typeof CountQuery>,
  district: string,
): URLSearchParams {
  const search = new URLSearchParams({ district })
  for (const [name, codes] of Object.entries({ class: classes, area, state }))
    if (codes) search.set(name, codes.join(','))
  if (unit) search.set('unit', unit)
  if (asOf) search.set('asOf', asOf)
  return search
}
