/** The doors to what deliveries change: changes and removals of one, versions of the registry, and the way back. */
import { z } from 'zod'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { reachOf, scopeOf } from '../orgs/rules.ts'
import { countRemovals } from '../registry/removals.ts'
import { refuseToEmpty } from '../registry/restoring.ts'
import { listAsOf, listVersions } from '../registry/store.ts'
import { ChangeEntry, PastEntry, VersionEntry } from './answers.ts'
import { listChanges } from './changes.ts'
import { createDelivery, startLoad } from './commands.ts'
import { decideMissing } from './deciding.ts'
import type { LoadHouse } from './loading.ts'
import { type Delivery, INT4_MAX, RemovalChoice } from './schema.ts'
import { listBatchesInReach } from './store.ts'

const District = z.string().regex(/^[0-9]{6}$/)
const Page = {
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
}
const Version = z.coerce.number().int().min(0).max(INT4_MAX)

export interface VersionHouse extends LoadHouse {
  /** Puts a load in the queue. */
  queue(delivery: string): Promise<void>
  /** The delivery, if it is of the caller's districts. */
  own(call: Call, id: string): Promise<Delivery>
}

export const versionRoutes = (house: VersionHouse): Endpoint[] => [
  ...changeDoors(house),
  ...versionDoors(house),
]

function changeDoors(house: VersionHouse): Endpoint[] {
  const { db, own } = house
  return [
    endpoint({
      method: 'get',
      path: '/api/deliveries/:id/changes',
      right: 'survey.read',
      summary: 'What a loaded delivery adds, changes (field by field) or does not bring',
      params: z.strictObject({ id: z.uuid() }),
      query: z.strictObject({ kind: z.enum(['added', 'changed', 'missing']), ...Page }),
      answer: z.object({ items: z.array(ChangeEntry), next: z.string().nullable() }),
      async run({ params, query }, call) {
        const delivery = await own(call, params.id)
        const page = { ...query, after: query.after ?? null }
        const items = await listChanges(db, scopeOf(delivery.district), delivery, page)
        return { items, next: items.length === query.limit ? items.at(-1)!.id : null }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/deliveries/:id/removals',
      right: 'survey.read',
      summary: 'How many of the missing end when a delivery is approved, stay, or are not decided and stay',
      params: z.strictObject({ id: z.uuid() }),
      answer: z.object({ end: z.number(), keep: z.number(), undecided: z.number() }),
      async run({ params }, call) {
        const { district, batchNo } = await own(call, params.id)
        return batchNo === null
          ? { end: 0, keep: 0, undecided: 0 }
          : countRemovals(db, { district, no: batchNo })
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/removals',
      right: 'survey.approve',
      summary: 'Decide whether what a full delivery does not bring ends when it is approved, or stays',
      params: z.strictObject({ id: z.uuid() }),
      body: RemovalChoice,
      answer: z.object({ decided: z.number() }),
      async run({ params, body }, call) {
        await own(call, params.id)
        const { ids, decision } = body
        const actor = call.principal.actor
        return { decided: await decideMissing(house, params.id, { ids: ids ?? null, decision, actor }) }
      },
    }),
  ]
}

function versionDoors({ db, queue }: VersionHouse): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/registry/versions',
      right: 'survey.read',
      summary: 'Published versions of the registry, newest first, with what each did',
      query: z.strictObject({
        district: District.optional(),
        before: Version.optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: z.object({ items: z.array(VersionEntry), next: z.number().nullable() }),
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const items = await listVersions(db, district, { before: query.before ?? null, limit: query.limit })
        const mine = await listBatchesInReach(db, district, reachOf(call.principal, district))
        const told = items.map(each =>
          mine.has(each.batchNo) ? each : { ...each, batchNo: null, deliveryId: null, publishedBy: null },
        )
        return { items: told, next: items.length === query.limit ? items.at(-1)!.no : null }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/registry/versions/:no/components',
      right: 'survey.read',
      summary: 'The registry as it was at a version',
      params: z.strictObject({ no: Version }),
      query: z.strictObject({ district: District.optional(), ...Page }),
      answer: z.object({ items: z.array(PastEntry), next: z.string().nullable() }),
      async run({ params, query }, call) {
        const scope = scopeOf(await districtOf(db, call.principal, query.district))
        const page = { after: query.after ?? null, limit: query.limit }
        const items = await listAsOf(db, scope, params.no, page)
        const mine = await listBatchesInReach(db, scope.district, reachOf(call.principal, scope.district))
        const told = items.map(each =>
          mine.has(each.batch) ? each : { ...each, batch: null, fileNo: null, rowNo: null },
        )
        return { items: told, next: items.length === query.limit ? items.at(-1)!.id : null }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/registry/versions/:no/restore',
      right: 'survey.approve',
      summary:
        'Bring the state of a version back, as a delivery of its own; later versions stay in the history',
      params: z.strictObject({ no: Version }),
      body: z.strictObject({
        district: District.optional(),
        emptying: z
          .boolean()
          .optional()
          .describe('Needed where the version holds no component and all that are there would end'),
      }),
      answer: z.object({ id: z.string().describe('The delivery that brings it back') }),
      status: 201,
      async run({ params, body }, call) {
        const { actor } = call.principal
        const district = await districtOf(db, call.principal, body.district)
        await refuseToEmpty(db, district, params.no, body.emptying ?? false)
        const { id } = await createDelivery(db, {
          district,
          kind: 'components',
          name: call.lang === 'zh' ? `恢复到版本 ${params.no}` : `Back to version ${params.no}`,
          contractor: null,
          profile: null,
          restore: params.no,
          actor,
        })
        await startLoad(db, id, { options: {}, actor })
        await queue(id)
        return created({ id })
      },
    }),
  ]
}
