/** The doors of the atlas: where, pick, search, lists, cards, tiles. Nearly all answer from memory. */
import { z } from 'zod'
import { tileJson } from '../../../tiles/tilejson.ts'
import type { Db } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { majors } from '../catalog/cjt214.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { getDistrict } from '../orgs/store.ts'
import type { Atlas } from './atlas.ts'
import { cardOf } from './card.ts'
import { type Sieve, sieve } from './filter.ts'
import { countBy, countByGrid, distribution, listPage, summaryOf } from './listing.ts'
import { districtBox, type Model } from './model.ts'
import { pick } from './pick.ts'
import {
  DistributionQuery,
  DistrictQuery,
  GridAnswer,
  ListAnswer,
  ListQuery,
  PickAnswer,
  PickQuery,
  SearchQuery,
  TileParams,
  TileQuery,
  WhereAnswer,
  WhereQuery,
} from './schema.ts'
import { search } from './search.ts'
import { DOTS_FROM, openTiles, type TileSet } from './tiles.ts'
import { sees, where } from './where.ts'

export function atlasRoutes({ db, atlas }: { db: Db; atlas: Atlas }): Endpoint[] {
  const tiles = openTiles()
  /** The model and the scope in which this caller reads it. */
  const read = async (call: Call, district: string | undefined) => {
    const code = await districtOf(db, call.principal, district)
    const model = await atlas.get(code)
    return { model, scope: scopeOf(code) }
  }
  const right = 'registry.read'
  return [
    endpoint({
      method: 'get',
      path: '/api/where',
      right,
      summary: 'Area, village and town of a position, or gap, overlap, outside',
      query: WhereQuery,
      answer: WhereAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        return where(model, scope, query.lon, query.lat)
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/pick',
      right,
      summary: 'Components under a click, nearest first',
      query: PickQuery,
      answer: PickAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        const through = sieve(model, scope, { classes: query.class, areas: query.area, unit: query.unit })
        const { items, more } = pick(model, through, query, 50)
        return {
          items: items.map(({ handle, distanceM }) => ({ ...summaryOf(model, handle), distanceM })),
          more,
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/components',
      right,
      summary: 'Components in code order, filtered',
      query: ListQuery,
      answer: ListAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        const through = sieve(model, scope, { classes: query.class, areas: query.area, unit: query.unit })
        return listPage(model, through, {
          q: query.q,
          bbox: query.bbox,
          after: query.after ?? 0,
          limit: query.limit,
        })
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/components/:id',
      right,
      summary: 'The card of one component',
      params: z.strictObject({ id: z.uuid() }),
      query: DistrictQuery,
      async run({ params, query }, call) {
        const { model, scope } = await read(call, query.district)
        return cardOf(db, model, scope, params.id, call.lang)
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/overview',
      right,
      summary: 'The district at a glance',
      query: DistrictQuery,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        return overview(model, sieve(model, scope, {}), await getDistrict(db, scope.district))
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/grids',
      right,
      summary: 'Grids of all levels with their counts, without geometry',
      query: DistrictQuery,
      answer: GridAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        const seen = model.grids.filter(grid => sees(model, scope, grid))
        const counts = countByGrid(model, sieve(model, scope, {}))
        return {
          items: seen.map(({ id, level, code, name, parentId, areaM2, bbox, labelPoint }) => ({
            id,
            level,
            code,
            name,
            parentCode: parentId ? (model.byId.get(parentId)?.code ?? null) : null,
            areaM2,
            bbox,
            labelPoint,
            components: counts.get(id) ?? 0,
          })),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/distribution',
      right,
      summary: 'How many of each class an area holds',
      query: DistributionQuery,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        if (query.area !== undefined && !model.byCode.has(query.area))
          throw problem('grid.unknown', { code: query.area })
        return distribution(
          model,
          sieve(model, scope, query.area === undefined ? {} : { areas: [query.area] }),
        )
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/classes',
      right,
      summary: 'Classes of the district’s dictionary with their counts',
      query: DistrictQuery,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        const through = sieve(model, scope, {})
        const counts = countBy(
          model,
          through,
          model.classes.length,
          handle => model.components.classIndex[handle]!,
        )
        const hidden = new Set(scope.hiddenClasses)
        const items = model.classes
          .map((each, i) => ({ ...each, major: each.code.slice(0, 2), count: counts[i]! }))
          .filter(each => !hidden.has(each.code))
        return { dictionary: model.dictionary, majors, items }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/units',
      right,
      summary: 'Units with how many components they are competent for, own, maintain',
      query: DistrictQuery,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        const through = sieve(model, scope, {})
        const { competent, owner, maintainer } = model.components.units
        const counts = [competent, owner, maintainer].map(role =>
          countBy(model, through, model.units.length, handle => role[handle]!),
        )
        return {
          items: model.units.map((unit, i) => ({
            ...unit,
            counts: { competent: counts[0]![i]!, owner: counts[1]![i]!, maintainer: counts[2]![i]! },
          })),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/search',
      right,
      summary: 'Components, classes, units, grids, addresses and places by text',
      query: SearchQuery,
      async run({ query }, call) {
        const { model, scope } = await read(call, query.district)
        return search(model, scope, sieve(model, scope, {}), query.q, query.limit)
      },
    }),
    endpoint({
      method: 'get',
      path: '/tiles/:set/:z/:x/:y',
      right,
      summary: 'Mapbox Vector Tiles; ends in .mvt',
      params: TileParams,
      query: TileQuery,
      async run({ params, query }, call) {
        const { set, z, x, y } = params
        if (x >= 2 ** z || y >= 2 ** z)
          throw problem('request.invalid', { what: `there is no tile ${z}/${x}/${y}` })
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
      async run({ params, query }, call) {
        const { model } = await read(call, query.district)
        return describeSet(model, params.file.slice(0, -5) as TileSet)
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
        state: `state (zoom ${DOTS_FROM} and deeper)`,
        count: `components in the bin (above zoom ${DOTS_FROM})`,
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

function describeSet(model: Model, set: TileSet) {
  return tileJson({
    name: set,
    tiles: [`/tiles/${set}/{z}/{x}/{y}.mvt?district=${model.district}`],
    minzoom: 0,
    maxzoom: set === 'components' ? 20 : 16,
    bounds: districtBox(model) ?? [-180, -85, 180, 85],
    vectorLayers: layersOf[set],
  })
}

function overview(model: Model, through: Sieve, district: Awaited<ReturnType<typeof getDistrict>>) {
  const { components } = model
  const level = (n: number) => model.grids.filter(grid => grid.level === n).length
  const byReason = countBy(model, through, 3, handle => components.reason[handle]!)
  return {
    district: { ...district, bbox: districtBox(model) },
    journalNo: model.journalNo,
    registryVersion: model.registryVersion,
    stamp: model.stamp,
    asOf: model.builtAt,
    counts: {
      components: byReason.reduce((sum, n) => sum + n),
      grids: { town: level(1), village: level(2), area: level(3) },
      addresses: model.places.addresses,
      units: model.units.length,
    },
    unplaced: { gap: byReason[1]!, outside: byReason[2]! },
    warming: false,
  }
}
