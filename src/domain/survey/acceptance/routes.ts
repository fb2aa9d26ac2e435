/** The doors of acceptance: plans, items and their answers, results, and the word of the supervisor. */
import { z } from 'zod'
import { created } from '../../../http/answer.ts'
import type { Call } from '../../../http/endpoint.ts'
import { type Endpoint, endpoint } from '../../../http/endpoint.ts'
import { INT4_MAX } from '../schema.ts'
import { answerItem } from './answering.ts'
import { InspectionEntry, ItemEntry } from './answers.ts'
import { acceptInspection, releaseInspection, returnInspection } from './deciding.ts'
import { drawInspection } from './planning.ts'
import { type AcceptanceHouse, isSealed, ownInspection, ownPlan } from './reaching.ts'
import { addByHand, replaceItem } from './replanning.ts'
import { AreaAnswer, RowAnswer } from './schema.ts'
import { settlementRoutes } from './settlement-routes.ts'
import { sheetRoutes } from './sheet-routes.ts'
import { getItem, type Inspection, type Item, listInspections, listItems, weigh } from './store.ts'

const Id = z.strictObject({ id: z.uuid() })
const No = z.coerce.number().int().min(1).max(INT4_MAX)
const Numbered = z.strictObject({ id: z.uuid(), no: No })
const Reason = z.string().trim().min(1).max(1000)

export const acceptanceRoutes = (house: AcceptanceHouse): Endpoint[] => [
  ...planDoors(house),
  ...itemDoors(house),
  ...wordDoors(house),
  ...settlementRoutes(house),
  ...sheetRoutes(house),
]

function planDoors(house: AcceptanceHouse): Endpoint[] {
  const { db, own } = house
  return [
    endpoint({
      method: 'get',
      path: '/api/deliveries/:id/inspections',
      right: 'survey.read',
      summary: 'Inspections of a delivery, newest first; those of former loads are void, for the record',
      params: Id,
      answer: z.object({ items: z.array(InspectionEntry) }),
      async run({ params }, call) {
        const all = await listInspections(db, await own(call, params.id))
        return { items: await Promise.all(all.map(each => present(house, call, each))) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/deliveries/:id/inspections',
      right: 'survey.accept',
      summary:
        'Draw what is to be looked at: rows per class and whole areas, once for each load; who sent it sees it later',
      params: Id,
      body: z.strictObject({}),
      answer: InspectionEntry,
      status: 201,
      async run({ params }, call) {
        const delivery = await own(call, params.id)
        const drawn = await drawInspection(db, delivery, { actor: call.principal.actor })
        return created(await present(house, call, drawn))
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/inspections/:id',
      right: 'survey.read',
      summary: 'One inspection: its terms, and what it comes to',
      params: Id,
      answer: InspectionEntry,
      async run({ params }, call) {
        return present(house, call, await ownInspection(house, call, params.id))
      },
    }),
  ]
}

function itemDoors(house: AcceptanceHouse): Endpoint[] {
  const { db } = house
  return [
    endpoint({
      method: 'get',
      path: '/api/inspections/:id/items',
      right: 'survey.read',
      summary: 'What is looked at, in order, with what was found',
      params: Id,
      query: z.strictObject({
        after: z.coerce.number().int().min(0).max(INT4_MAX).default(0),
        limit: z.coerce.number().int().min(1).max(1000).default(500),
      }),
      answer: z.object({ items: z.array(ItemEntry), next: z.number().nullable() }),
      async run({ params, query }, call) {
        const items = await listItems(db, await ownPlan(house, call, params.id), query)
        return { items: items.map(told), next: items.length === query.limit ? items.at(-1)!.no : null }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/inspections/:id/items',
      right: 'survey.accept',
      summary: 'Look at a row of the batch or an area more; it is judged, but in no rate',
      params: Id,
      body: z.union([
        z.strictObject({ componentId: z.uuid() }),
        z.strictObject({ area: z.string().min(1).max(40) }),
        z
          .strictObject({ code: z.string().trim().min(1).max(40) })
          .describe('Of a component of the delivery, else of an area'),
      ]),
      answer: ItemEntry,
      status: 201,
      async run({ params, body }, call) {
        const inspection = await ownInspection(house, call, params.id)
        const no = await addByHand(db, inspection, body, call.principal.actor)
        return created(told(await getItem(db, inspection, no)))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/inspections/:id/items/:no',
      right: 'survey.accept',
      summary:
        'Keep what was found: of a row its verdicts and position, of an area what was seen on the walk',
      params: Numbered,
      body: z.union([RowAnswer, AreaAnswer]),
      answer: ItemEntry,
      async run({ params, body }, call) {
        const inspection = await ownInspection(house, call, params.id)
        return told(
          await answerItem(db, inspection, params.no, { answer: body, actor: call.principal.actor }),
        )
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/inspections/:id/items/:no/replace',
      right: 'survey.accept',
      summary: 'Put the next one drawn in the place of one that cannot be looked at; the reason is kept',
      params: Numbered,
      body: z.strictObject({ reason: Reason }),
      answer: ItemEntry,
      status: 201,
      async run({ params, body }, call) {
        const inspection = await ownInspection(house, call, params.id)
        const actor = call.principal.actor
        const no = await replaceItem(db, inspection, params.no, { reason: body.reason, actor })
        return created(told(await getItem(db, inspection, no)))
      },
    }),
  ]
}

function wordDoors(house: AcceptanceHouse): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/inspections/:id/accept',
      right: 'survey.accept',
      summary: 'Sign an inspection that is complete and passes; never by who sent the delivery',
      params: Id,
      body: z.strictObject({ note: z.string().trim().max(1000).default('') }),
      answer: InspectionEntry,
      async run({ params, body }, call) {
        const inspection = await ownInspection(house, call, params.id)
        const actor = call.principal.actor
        return present(house, call, await acceptInspection(house, inspection, { note: body.note, actor }))
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/inspections/:id/return',
      right: 'survey.accept',
      summary: 'Send the delivery back with the reasons and what was found wrong',
      params: Id,
      body: z.strictObject({ reason: Reason }),
      answer: InspectionEntry,
      async run({ params, body }, call) {
        const inspection = await ownInspection(house, call, params.id)
        const actor = call.principal.actor
        return present(house, call, await returnInspection(house, inspection, { reason: body.reason, actor }))
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/inspections/:id/release',
      right: 'survey.accept',
      summary:
        'Let the delivery be loaded again while it is inspected; never by who sent it. The seed of its plan stays',
      params: Id,
      body: z.strictObject({ reason: Reason }),
      answer: InspectionEntry,
      async run({ params, body }, call) {
        const inspection = await ownInspection(house, call, params.id)
        const actor = call.principal.actor
        return present(
          house,
          call,
          await releaseInspection(house, inspection, { reason: body.reason, actor }),
        )
      },
    }),
  ]
}

/** As it was when it was decided, else as it is now. */
async function present({ db }: AcceptanceHouse, call: Call, inspection: Inspection) {
  const { district: _, brought: __, settling: ___, ...rest } = inspection
  if (isSealed(call, inspection)) return { ...rest, seed: null, results: null }
  return { ...rest, results: inspection.results ?? weigh(inspection, await listItems(db, inspection)) }
}

function told({ content, measuredLon, measuredLat, ...item }: Item) {
  return {
    ...item,
    code: content.code ?? null,
    name: content.name ?? null,
    fields: content.fields ?? [],
    present: content.present ?? null,
    file: content.file ?? null,
    row: content.row ?? null,
    measured: measuredLon === null || measuredLat === null ? null : [measuredLon, measuredLat],
  }
}
