/** The doors of the atlas: where, pick, search, lists, cards, tiles. Nearly all answer from memory. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { majors } from '../catalog/cjt214.ts'
import { districtOf } from '../orgs/districts.ts'
import { reachOf, type Scope, scopeOf } from '../orgs/rules.ts'
import { getDistrict } from '../orgs/store.ts'
import { CardAnswer, ClassesAnswer, DistributionAnswer, OverviewAnswer, UnitsAnswer } from './answers.ts'
import type { Atlas } from './atlas.ts'
import { cardOf } from './card.ts'
import { type Sieve, sieve, wishOf } from './filter.ts'
import { countBy, countByGrid, distribution, listPage } from './listing.ts'
import { districtBox, type Model } from './model.ts'
import { pick } from './pick.ts'
import {
  CountQuery,
  DistrictQuery,
  GridAnswer,
  ListAnswer,
  ListQuery,
  PickAnswer,
  PickQuery,
  SearchAnswer,
  SearchQuery,
  WhereAnswer,
  WhereQuery,
} from './schema.ts'
import { search } from './search.ts'
import { type Read, tileRoutes } from './tile-routes.ts'
import { groundSeen, sees, unitSeen, where } from './where.ts'

export function atlasRoutes({ db, atlas }: { db: Db; atlas: Atlas }): Endpoint[] {
  /** The model and the scope in which this caller reads it. */
  const read: Read = async (call, { district, asOf }) => {
    const code = await districtOf(db, call.principal, district)
    const model = asOf === undefined ? await atlas.get(code) : await atlas.asOf(code, asOf)
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
        const { model, scope } = await read(call, query)
        const { lon, lat } = query
        return { ...where(model, scope, lon, lat), place: model.places.describe(lon, lat, call.lang) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/pick',
      right,
      summary: 'What lies under a click, what is meant first comes first',
      query: PickQuery,
      answer: PickAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
        const through = sieve(model, scope, wishOf(query))
        return pick(model, scope, through, query, 50)
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
        const { model, scope } = await read(call, query)
        const through = sieve(model, scope, wishOf(query))
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
      answer: CardAnswer,
      async run({ params, query }, call) {
        const { model, scope } = await read(call, query)
        const reach = reachOf(call.principal, scope.district)
        return cardOf(db, model, { scope, reach, lang: call.lang }, params.id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/overview',
      right,
      summary: 'The district at a glance; components counted as filtered',
      query: CountQuery,
      answer: OverviewAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
        return overview(
          model,
          scope,
          sieve(model, scope, wishOf(query)),
          await getDistrict(db, scope.district),
          atlas.behind().includes(scope.district),
        )
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/grids',
      right,
      summary: 'Grids of all levels with their counts as filtered, without geometry',
      query: CountQuery,
      answer: GridAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
        const seen = model.grids.filter(grid => sees(model, scope, grid))
        const counts = countByGrid(model, sieve(model, scope, wishOf(query)))
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
      summary: 'How many of each class the named areas hold, as filtered',
      query: CountQuery,
      answer: DistributionAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
        const unknown = query.area?.find(code => !model.byCode.has(code))
        if (unknown !== undefined) throw problem('grid.unknown', { code: unknown })
        return distribution(model, sieve(model, scope, wishOf(query)))
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/classes',
      right,
      summary: 'Classes of the district’s dictionary with their counts',
      query: DistrictQuery,
      answer: ClassesAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
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
      answer: UnitsAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
        const through = sieve(model, scope, {})
        const { competent, owner, maintainer } = model.components.units
        const counts = [competent, owner, maintainer].map(role =>
          countBy(model, through, model.units.length, handle => role[handle]!),
        )
        const items = model.units.map((unit, i) => ({
          ...unit,
          counts: { competent: counts[0]![i]!, owner: counts[1]![i]!, maintainer: counts[2]![i]! },
        }))
        return { items: items.filter(unit => unitSeen(scope, unit)) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/search',
      right,
      summary: 'Components, classes, units, grids, addresses and places by text',
      query: SearchQuery,
      answer: SearchAnswer,
      async run({ query }, call) {
        const { model, scope } = await read(call, query)
        return search(model, scope, sieve(model, scope, {}), query.q, query.limit)
      },
    }),
    ...tileRoutes(read),
  ]
}

function overview(
  model: Model,
  scope: Scope,
  through: Sieve,
  district: Awaited<ReturnType<typeof getDistrict>>,
  behind: boolean,
) {
  const { components } = model
  const level = (n: number) => model.grids.filter(grid => grid.level === n && sees(model, scope, grid)).length
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
      addresses: model.places.countAddresses(groundSeen(model, scope)),
      units: model.units.filter(unit => unitSeen(scope, unit)).length,
    },
    unplaced: { gap: byReason[1]!, outside: byReason[2]! },
    warming: behind,
  }
}
