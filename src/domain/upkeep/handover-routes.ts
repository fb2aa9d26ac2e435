/** The doors of new works: announced, linked to the delivery they come with, accepted by a second person, handed over. */
import { z } from 'zod'
import type { Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import type { UpkeepHouse } from './commands.ts'
import { HandoverEntry, NewHandover } from './handover-schema.ts'
import {
  acceptHandover,
  announceHandover,
  getHandover,
  type Handover,
  linkDelivery,
  listHandovers,
  withdrawHandover,
} from './handovers.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const DistrictQuery = z.strictObject({ district: District.optional() })
const Id = z.strictObject({ id: z.uuid() })

export function handoverRoutes(house: UpkeepHouse): Endpoint[] {
  const { db } = house
  const own = async (call: Call, id: string): Promise<Handover> => {
    const handover = await getHandover(db, id)
    const { districts } = call.principal
    if (districts !== '*' && !districts.includes(handover.district)) throw problem('handover.unknown', { id })
    return handover
  }
  const shown = async (handover: Handover) => (await presentAll(db, handover.district, [handover]))[0]!
  return [
    endpoint({
      method: 'get',
      path: '/api/handovers',
      right: 'registry.propose',
      summary: 'New works and their handover, newest first',
      query: DistrictQuery,
      answer: z.object({ items: z.array(HandoverEntry) }),
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        return { items: await presentAll(db, district, await listHandovers(db, district)) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/handovers',
      right: 'registry.propose',
      summary: 'Announce new works: who built them, who will answer for them, from when',
      query: DistrictQuery,
      body: NewHandover,
      answer: HandoverEntry,
      status: 201,
      async run({ query, body }, call) {
        const district = await districtOf(db, call.principal, query.district)
        return created(await shown(await announceHandover(db, district, body, call.principal.actor)))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/handovers/:id/delivery',
      right: 'registry.propose',
      summary: 'Say with which delivery their components come',
      params: Id,
      body: z.strictObject({ delivery: z.uuid() }),
      answer: HandoverEntry,
      async run({ params, body }, call) {
        const handover = await own(call, params.id)
        return shown(await linkDelivery(db, handover, body.delivery, call.principal.actor))
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/handovers/:id/accept',
      right: 'registry.review',
      summary: 'Accept them: the units change on the day, or at once; never by who announced them',
      params: Id,
      body: z.strictObject({ atOnce: z.boolean().default(false) }),
      answer: HandoverEntry,
      async run({ params, body }, call) {
        const handover = await own(call, params.id)
        const { actor } = call.principal
        return shown(await acceptHandover(house, handover, { actor, atOnce: body.atOnce }))
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/handovers/:id/withdraw',
      right: 'registry.propose',
      summary: 'Take an announcement back, with the reason',
      params: Id,
      body: z.strictObject({ reason: z.string().trim().min(1).max(1000) }),
      answer: HandoverEntry,
      async run({ params, body }, call) {
        const handover = await own(call, params.id)
        const { actor } = call.principal
        return shown(await withdrawHandover(db, handover, { actor, reason: body.reason }))
      },
    }),
  ]
}

async function presentAll(db: Queryable, district: string, handovers: readonly Handover[]) {
  const names = new Map((await listUnits(db, scopeOf(district))).map(unit => [unit.id, unit.name]))
  const deliveries = new Map(
    (
      await db.query<{ id: string; no: number; name: string; state: string; components: number }>(
        `SELECT id, no, name, state, coalesce((counts->>'added')::int, 0) + coalesce((counts->>'changed')::int, 0) AS components
         FROM delivery WHERE district = $1 AND id = ANY($2::uuid[])`,
        [district, handovers.flatMap(each => each.deliveryId ?? [])],
      )
    ).map(each => [each.id, each]),
  )
  return handovers.map(({ district: _, ownerId, maintainerId, deliveryId, ...rest }) => ({
    ...rest,
    owner: { id: ownerId, name: names.get(ownerId) ?? '' },
    maintainer: { id: maintainerId, name: names.get(maintainerId) ?? '' },
    delivery: (deliveryId && deliveries.get(deliveryId)) || null,
  }))
}
