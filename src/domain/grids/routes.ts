/** The door to the unit grids: the fine net below the areas, page by page with its shapes. The net itself is the atlas's to answer. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { currentGeneration, eachUnitGrid, listGrids } from './store.ts'

const UnitGridEntry = z
  .object({
    code: z.string(),
    name: z.string(),
    areaCode: z.string().nullable().describe('The area most of it lies in; null where it lies in none'),
    areaM2: z.number(),
    geometry: z.object({ type: z.string(), coordinates: z.array(z.unknown()) }).describe('GeoJSON, lon/lat'),
  })
  .meta({ id: 'UnitGrid' })

export const gridRoutes = (db: Db): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/unit-grids',
    right: 'registry.read',
    summary: 'Unit grids that hold, by code, with their shapes',
    query: z.strictObject({
      district: z
        .string()
        .regex(/^[0-9]{6}$/)
        .optional(),
      after: z.string().max(40).default('').describe('The last code of the page before'),
      limit: z.coerce.number().int().min(1).max(1000).default(500),
    }),
    answer: z.object({ items: z.array(UnitGridEntry), next: z.string().nullable() }),
    async run({ query }, call) {
      const scope = scopeOf(await districtOf(db, call.principal, query.district))
      const net = await listGrids(db, scope, await currentGeneration(db, scope.district))
      const codes = new Map(net.map(grid => [grid.id, grid.code]))
      const items: z.input<typeof UnitGridEntry>[] = []
      for await (const page of eachUnitGrid(db, scope, query))
        for (const { code, name, areaId, areaM2, geometry } of page)
          items.push({ code, name, areaCode: codes.get(areaId ?? '') ?? null, areaM2, geometry })
      return { items, next: items.length === query.limit ? items.at(-1)!.code : null }
    },
  }),
]
