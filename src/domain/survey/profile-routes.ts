/** The doors to saved mapping profiles: a firm reads its own and the district's, and changes its own. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { reachOf } from '../orgs/rules.ts'
import { ProfileEntry } from './answers.ts'
import { deleteProfile, saveProfile } from './saved-profiles.ts'
import { Profile } from './schema.ts'
import { listProfiles } from './store.ts'

const Named = z.strictObject({ name: z.string().min(1).max(80) })
const District = z.strictObject({
  district: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
})

export const profileRoutes = (db: Db): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/profiles',
    right: 'survey.read',
    summary: 'Saved mapping profiles: one’s own and the district’s',
    query: District,
    answer: z.object({ items: z.array(ProfileEntry) }),
    async run({ query }, { principal }) {
      const district = await districtOf(db, principal, query.district)
      return { items: await listProfiles(db, district, reachOf(principal, district)) }
    },
  }),
  endpoint({
    method: 'put',
    path: '/api/profiles/:name',
    right: 'survey.load',
    summary: 'Save a mapping profile under a name that is free or one’s own',
    params: Named,
    query: District,
    body: Profile,
    async run({ params, query, body }, { principal }) {
      const district = await districtOf(db, principal, query.district)
      await saveProfile(db, district, params.name, body, principal.actor, reachOf(principal, district))
      return undefined
    },
  }),
  endpoint({
    method: 'delete',
    path: '/api/profiles/:name',
    right: 'survey.load',
    summary: 'Forget a mapping profile of one’s own',
    params: Named,
    query: District,
    async run({ params, query }, { principal }) {
      const district = await districtOf(db, principal, query.district)
      await deleteProfile(db, district, params.name, principal.actor, reachOf(principal, district))
      return undefined
    },
  }),
]
