/** The doors of new works: announced, linked to the delivery they come with, accepted by a second person, handed over by a job. */
import { z } from 'zod'
import type { Queryable } from '../../core/db.ts'
import { Problem, problem } from '../../core/problem.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { type Lang, said, type UpkeepHouse } from './commands.ts'
import { dayOf } from './decoding.ts'
import { HandoverEntry, HandoverList, NewHandover } from './handover-schema.ts'
import { getHandover, type Handover, listHandovers, type Trouble } from './handover-store.ts'
import {
  acceptHandover,
  announceHandover,
  BROUGHT,
  linkDelivery,
  retryHandover,
  withdrawHandover,
} from './handovers.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const DistrictQuery = z.strictObject({ district: District.optional() })
const Id = z.strictObject({ id: z.uuid() })

/** @param begin queues the work of one whose day has come */
export function handoverRoutes(house: UpkeepHouse & { begin(handover: string): Promise<void> }): Endpoint[] {
  const { db } = house
  const own = async (call: Call, id: string): Promise<Handover> => {
    const handover = await getHandover(db, id)
    const { districts } = call.principal
    if (districts !== '*' && !districts.includes(handover.district)) throw problem('handover.unknown', { id })
    return handover
  }
  const shown = async (handover: Handover, { lang }: Call) =>
    (await presentAll(db, handover.district, [handover], lang))[0]!
  const begun = async (handover: Handover, call: Call) => {
    if (handover.handoverOn <= dayOf(house.clock)) await house.begin(handover.id)
    return shown(handover, call)
  }
  return [
    endpoint({
      method: 'get',
      path: '/api/handovers',
      right: 'registry.propose',
      summary: 'New works and their handover, newest first',
      query: z.strictObject({
        district: District.optional(),
        before: z.coerce
          .number()
          .int()
          .min(1)
          .max(2 ** 31 - 1)
          .optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: HandoverList,
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const { before = null, limit } = query
        const items = await listHandovers(db, district, { before, limit })
        return {
          items: await presentAll(db, district, items, call.lang),
          next: items.length === limit ? items.at(-1)!.no : null,
        }
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
        return created(await shown(await announceHandover(db, district, body, call.principal.actor), call))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/handovers/:id/delivery',
      right: 'registry.propose',
      summary: 'Say with which delivery their components come; of one that is older, how many they are',
      params: Id,
      body: z.strictObject({ delivery: z.uuid(), components: z.number().int().min(0).optional() }),
      answer: HandoverEntry,
      async run({ params, body }, call) {
        const handover = await own(call, params.id)
        const { actor } = call.principal
        const { delivery, components = null } = body
        return shown(await linkDelivery(db, handover, delivery, { actor, components }), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/handovers/:id/accept',
      right: 'registry.review',
      summary: 'Accept them: the units change on the day, or at once; never by who proposed them',
      params: Id,
      body: z.strictObject({ atOnce: z.boolean().default(false) }),
      answer: HandoverEntry,
      async run({ params, body }, call) {
        const handover = await own(call, params.id)
        const { actor } = call.principal
        return begun(await acceptHandover(house, handover, { actor, atOnce: body.atOnce }), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/handovers/:id/retry',
      right: 'registry.review',
      summary: 'Have them handed over once more, where they could not be or the registry went back behind it',
      params: Id,
      body: z.strictObject({}),
      answer: HandoverEntry,
      async run({ params }, call) {
        const handover = await own(call, params.id)
        return begun(await retryHandover(house, handover, { actor: call.principal.actor }), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/handovers/:id/withdraw',
      right: 'registry.propose',
      summary: 'Take an announcement back, with the reason: who proposed it, or who reviews',
      params: Id,
      body: z.strictObject({ reason: z.string().trim().min(1).max(1000) }),
      answer: HandoverEntry,
      async run({ params, body }, call) {
        const handover = await own(call, params.id)
        const { actor, rights } = call.principal
        const reviews = rights.has('registry.review')
        return shown(await withdrawHandover(db, handover, { actor, reviews, reason: body.reason }), call)
      },
    }),
  ]
}

const told = ({ code, detail, faults }: Trouble, state: Handover['state'], lang: Lang) => ({
  message: new Problem(code, detail).inLanguage(lang),
  again: state === 'accepted',
  faults: faults.map(({ key, found }) => ({
    key,
    message: found.map(each => said(each, lang)).join(lang === 'zh' ? '；' : '; '),
  })),
})

async function presentAll(db: Queryable, district: string, handovers: readonly Handover[], lang: Lang) {
  const names = new Map((await listUnits(db, scopeOf(district))).map(unit => [unit.id, unit.name]))
  const deliveries = new Map(
    (
      await db.query<{ id: string; no: number; name: string; state: string; components: number }>(
        `SELECT id, no, name, state, ${BROUGHT} AS components
         FROM delivery WHERE district = $1 AND id = ANY($2::uuid[])`,
        [district, handovers.flatMap(each => each.deliveryId ?? [])],
      )
    ).map(each => [each.id, each]),
  )
  return handovers.map(({ district: _, ownerId, maintainerId, deliveryId, trouble, ...rest }) => ({
    ...rest,
    trouble: trouble && told(trouble, rest.state, lang),
    owner: { id: ownerId, name: names.get(ownerId) ?? '' },
    maintainer: { id: maintainerId, name: names.get(maintainerId) ?? '' },
    delivery: (deliveryId && deliveries.get(deliveryId)) || null,
  }))
}
