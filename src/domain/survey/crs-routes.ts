/** The doors to a city's own coordinate systems: fit one, list them, forget one. None tells its parameters. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { FitAnswer, LocalCrsEntry } from './answers.ts'
import { deleteLocalCrs, fitLocalCrs, listLocalCrs } from './local-crs.ts'
import { CrsFit, LocalCrsName } from './schema.ts'

const District = z.strictObject({
  district: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
})

export const crsRoutes = (db: Db): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/local-crs',
    right: 'survey.read',
    summary: 'The district’s own coordinate systems; a profile names one by local:NAME',
    query: District,
    answer: z.object({ items: z.array(LocalCrsEntry) }),
    async run({ query }, call) {
      return { items: await listLocalCrs(db, await districtOf(db, call.principal, query.district)) }
    },
  }),
  endpoint({
    method: 'post',
    path: '/api/local-crs',
    right: 'orgs.admin',
    summary:
      'Tie a local system to a national one by control points; answers how well they fit, and keeps no point',
    query: District,
    body: CrsFit,
    answer: FitAnswer,
    async run({ query, body }, call) {
      const district = await districtOf(db, call.principal, query.district)
      return fitLocalCrs(db, district, body, call.principal.actor)
    },
  }),
  endpoint({
    method: 'delete',
    path: '/api/local-crs/:name',
    right: 'orgs.admin',
    summary: 'Forget a local coordinate system',
    params: z.strictObject({ name: LocalCrsName }),
    query: District,
    async run({ params, query }, call) {
      const district = await districtOf(db, call.principal, query.district)
      await deleteLocalCrs(db, district, params.name, call.principal.actor)
      return undefined
    },
  }),
]
