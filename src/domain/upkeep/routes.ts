/** The doors of upkeep: requests to change one component, and the word on them. */
import { z } from 'zod'
import { problem } from '../../core/problem.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { CheckAnswer, RequestEntry, RequestList } from './answers.ts'
import { approveChanges } from './approving.ts'
import { closeChange, consider, proposeChange, renewChange, type UpkeepHouse } from './commands.ts'
import { effectOf, presentAll } from './presenting.ts'
import { Change, type ChangeRequest, changeStates, Proposal } from './schema.ts'
import { countRequests, getRequest, listRequests } from './store.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const DistrictQuery = z.strictObject({ district: District.optional() })
const Id = z.strictObject({ id: z.uuid() })
const None = z.strictObject({})
const Reason = z.string().trim().min(1).max(1000)
const states = z
  .string()
  .max(100)
  .transform(text => text.split(','))
  .pipe(z.array(z.enum(changeStates)).min(1))

export function upkeepRoutes(house: UpkeepHouse): Endpoint[] {
  const own = async (call: Call, id: string): Promise<ChangeRequest> => {
    const request = await getRequest(house.db, id)
    const { districts } = call.principal
    // of another district's request not even where it belongs is told
    if (districts !== '*' && !districts.includes(request.district)) throw problem('change.unknown', { id })
    return request
  }
  const shown = async (request: ChangeRequest, call: Call) =>
    (await presentAll(house.db, request.district, [request], call.lang))[0]!
  return [
    ...readDoors(house, own, shown),
    ...proposeDoors(house, own, shown),
    ...reviewDoors(house, own, shown),
  ]
}

type Own = (call: Call, id: string) => Promise<ChangeRequest>
type Shown = (request: ChangeRequest, call: Call) => Promise<unknown>

function readDoors({ db }: UpkeepHouse, own: Own, shown: Shown): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/changes',
      right: 'registry.propose',
      summary: 'Change requests, newest first',
      query: z.strictObject({
        district: District.optional(),
        state: states.optional().describe('One or several, with commas'),
        component: z.uuid().optional(),
        before: z.coerce
          .number()
          .int()
          .min(1)
          .max(2 ** 31 - 1)
          .optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: RequestList,
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const { state, component, before, limit } = query
        const wish = { states: state ?? null, component: component ?? null, before: before ?? null, limit }
        const items = await listRequests(db, district, wish)
        return {
          items: await presentAll(db, district, items, call.lang),
          next: items.length === limit ? items.at(-1)!.no : null,
          counts: await countRequests(db, district),
        }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/changes/:id',
      right: 'registry.propose',
      summary: 'One change request',
      params: Id,
      answer: RequestEntry,
      async run({ params }, call) {
        return shown(await own(call, params.id), call)
      },
    }),
  ]
}

function proposeDoors(house: UpkeepHouse, own: Own, shown: Shown): Endpoint[] {
  const right = 'registry.propose'
  return [
    endpoint({
      method: 'post',
      path: '/api/changes/check',
      right,
      summary: 'What a change would do and what is found in it; nothing is kept',
      query: DistrictQuery,
      body: z.strictObject({ change: Change }),
      answer: CheckAnswer,
      async run({ query, body }, call) {
        const district = await districtOf(house.db, call.principal, query.district)
        return effectOf(await consider(house, district, body.change), call.lang)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/changes',
      right,
      summary: 'Ask for a change of one component; it counts when a second person approved it',
      query: DistrictQuery,
      body: Proposal,
      answer: RequestEntry,
      status: 201,
      async run({ query, body }, call) {
        const district = await districtOf(house.db, call.principal, query.district)
        const { actor } = call.principal
        const request = await proposeChange(house, { district, proposal: body, actor, lang: call.lang })
        return created(await shown(request, call))
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/changes/:id/withdraw',
      right,
      summary: 'Take a request back; only who proposed it',
      params: Id,
      body: None,
      answer: RequestEntry,
      async run({ params }, call) {
        const request = await own(call, params.id)
        const { actor } = call.principal
        if (!request.proposers.includes(actor)) throw problem('change.others', { no: request.no })
        return shown(await closeChange(house, request, { step: 'withdraw', actor, reason: null }), call)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/changes/:id/renew',
      right,
      summary: 'Make an overtaken request again, on what the component is now',
      params: Id,
      body: None,
      answer: RequestEntry,
      async run({ params }, call) {
        const request = await own(call, params.id)
        return shown(
          await renewChange(house, request, { actor: call.principal.actor, lang: call.lang }),
          call,
        )
      },
    }),
  ]
}

function reviewDoors(house: UpkeepHouse, own: Own, shown: Shown): Endpoint[] {
  const right = 'registry.review'
  return [
    endpoint({
      method: 'post',
      path: '/api/changes/approve',
      right,
      summary: 'Make requests count together, as one version of the registry; never by who proposed them',
      query: DistrictQuery,
      body: z.strictObject({ ids: z.array(z.uuid()).min(1).max(200) }),
      answer: z.object({ version: z.number() }),
      async run({ query, body }, call) {
        const district = await districtOf(house.db, call.principal, query.district)
        const ids = [...new Set(body.ids)]
        for (const id of ids)
          if ((await own(call, id)).district !== district) throw problem('change.unknown', { id })
        const { actor } = call.principal
        return { version: await approveChanges(house, { district, ids, actor, lang: call.lang }) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/changes/:id/refuse',
      right,
      summary: 'Refuse a request, with the reason',
      params: Id,
      body: z.strictObject({ reason: Reason }),
      answer: RequestEntry,
      async run({ params, body }, call) {
        const request = await own(call, params.id)
        const { actor } = call.principal
        return shown(await closeChange(house, request, { step: 'refuse', actor, reason: body.reason }), call)
      },
    }),
  ]
}
