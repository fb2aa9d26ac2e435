/** The doors to packages: made and accepted by the office, read by the firm that is asked. */
import { z } from 'zod'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Db } from '../../core/db.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { getFirm } from '../orgs/firms.ts'
import { reachOf } from '../orgs/rules.ts'
import { acceptPackage, changePackage, commissionPackage, withdrawPackage } from './commissioning.ts'
import { NewPackage, PackageEntry, PackageWish } from './package-schema.ts'
import { getPackage, listPackages } from './packages.ts'

const Id = z.strictObject({ id: z.uuid() })
const District = z.strictObject({
  district: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
})

export function packageRoutes(db: Db, clock: Clock = systemClock): Endpoint[] {
  const right = 'survey.commission'
  const at = async (call: Call, code: string | undefined) => {
    const district = await districtOf(db, call.principal, code)
    return { district, actor: call.principal.actor, reach: reachOf(call.principal, district) }
  }
  const read = ({ district, reach }: Awaited<ReturnType<typeof at>>, id: string) =>
    getPackage(db, district, id, reach, clock.now())
  return [
    endpoint({
      method: 'get',
      path: '/api/packages',
      right: 'survey.read',
      summary: 'Packages with where each stands, newest first; only those of the firm one works for',
      query: District,
      answer: z.object({ items: z.array(PackageEntry) }),
      async run({ query }, call) {
        const { district, reach } = await at(call, query.district)
        return { items: await listPackages(db, district, reach, clock.now()) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/packages',
      right,
      summary: 'Ask a firm for a package',
      query: District,
      body: NewPackage,
      answer: PackageEntry,
      status: 201,
      async run({ query, body: { firm, ...wish } }, call) {
        const where = await at(call, query.district)
        const { id } = await getFirm(db, where.district, firm, where.reach)
        return created(await read(where, await commissionPackage(db, where, id, wish)))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/packages/:id',
      right,
      summary: 'Change what a package asks for',
      params: Id,
      query: District,
      body: PackageWish,
      async run({ params, query, body }, call) {
        await changePackage(db, await at(call, query.district), params.id, body)
        return undefined
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/packages/:id',
      right,
      summary: 'Take a package back that nothing was delivered to',
      params: Id,
      query: District,
      async run({ params, query }, call) {
        const where = await at(call, query.district)
        await withdrawPackage(db, where, await read(where, params.id))
        return undefined
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/packages/:id/accept',
      right,
      summary: 'Accept a package of which something is published, or open it again',
      params: Id,
      query: District,
      body: z.strictObject({ accepted: z.boolean().default(true) }),
      answer: PackageEntry,
      async run({ params, query, body }, call) {
        const where = await at(call, query.district)
        await acceptPackage(db, where, await read(where, params.id), body.accepted)
        return read(where, params.id)
      },
    }),
  ]
}
