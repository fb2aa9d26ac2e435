/** The doors to contractor firms, their crews and the accounts that work for them. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from './districts.ts'
import { addCrew, addFirm, changeFirm, joinFirm, leaveFirm, removeCrew } from './firm-changes.ts'
import { FirmEntry, NewCrew, NewFirm } from './firm-schema.ts'
import { getCrew, getFirm, listFirms } from './firms.ts'
import type { Principals } from './principals.ts'
import { reachOf } from './rules.ts'
import { AccountName, DistrictCode } from './schema.ts'

const District = z.strictObject({ district: DistrictCode.optional() })
const Id = z.strictObject({ id: z.uuid() })
const Member = z.strictObject({ id: z.uuid(), name: AccountName })

export function firmRoutes({ db, principals }: { db: Db; principals: Principals }): Endpoint[] {
  const right = 'survey.commission'
  const at = async (call: Call, code: string | undefined) => {
    const district = await districtOf(db, call.principal, code)
    return { district, actor: call.principal.actor, reach: reachOf(call.principal, district) }
  }
  const { sessions } = principals.threshold
  return [
    endpoint({
      method: 'get',
      path: '/api/firms',
      right: 'survey.read',
      summary: 'Contractor firms with crews and accounts; only the own one of who works for one',
      query: District,
      answer: z.object({ items: z.array(FirmEntry) }),
      async run({ query }, call) {
        const { district, reach } = await at(call, query.district)
        return { items: await listFirms(db, district, reach) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/firms',
      right,
      summary: 'Add a contractor firm',
      query: District,
      body: NewFirm,
      answer: FirmEntry,
      status: 201,
      async run({ query, body }, call) {
        const where = await at(call, query.district)
        return created(await getFirm(db, where.district, await addFirm(db, where, body), 'all'))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/firms/:id',
      right,
      summary: 'Rename a contractor firm, or tie it to a unit of the directory',
      params: Id,
      query: District,
      body: NewFirm,
      async run({ params, query, body }, call) {
        await changeFirm(db, await at(call, query.district), params.id, body)
        return undefined
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/firms/:id/crews',
      right,
      summary: 'Add a crew to a firm',
      params: Id,
      query: District,
      body: NewCrew,
      answer: z.object({ id: z.string() }),
      status: 201,
      async run({ params, query, body }, call) {
        const where = await at(call, query.district)
        const { id } = await getFirm(db, where.district, params.id, where.reach)
        return created({ id: await addCrew(db, where, id, body.name) })
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/crews/:id',
      right,
      summary: 'Remove a crew that never held codes',
      params: Id,
      query: District,
      async run({ params, query }, call) {
        const where = await at(call, query.district)
        await removeCrew(db, where, await getCrew(db, where.district, params.id, where.reach))
        return undefined
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/firms/:id/accounts/:name',
      right: 'orgs.admin',
      summary: 'Let a contractor’s account work for a firm: it then reaches this firm’s deliveries alone',
      params: Member,
      query: District,
      async run({ params, query }, call) {
        const where = await at(call, query.district)
        const { id } = await getFirm(db, where.district, params.id, where.reach)
        sessions.forget(await joinFirm(db, where, id, params.name))
        return undefined
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/firms/:id/accounts/:name',
      right: 'orgs.admin',
      summary: 'Take an account out of a firm',
      params: Member,
      query: District,
      async run({ params, query }, call) {
        const where = await at(call, query.district)
        sessions.forget(await leaveFirm(db, where, params.id, params.name))
        return undefined
      },
    }),
  ]
}
