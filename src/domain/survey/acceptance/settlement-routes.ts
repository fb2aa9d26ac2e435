/** The doors to what is settled, of a delivery and over a period, and to the terms it is settled by. */
import { z } from 'zod'
import { type Endpoint, endpoint, raw } from '../../../http/endpoint.ts'
import { districtOf } from '../../orgs/districts.ts'
import { reachOf } from '../../orgs/rules.ts'
import { PeriodEntry, SettlementEntry, TermsEntry } from './answers.ts'
import { settlementOfPeriod } from './period.ts'
import { type AcceptanceHouse, ownPlan } from './reaching.ts'
import { Terms } from './schema.ts'
import { settlementWorkbook } from './settlement-workbook.ts'
import { settlementOf } from './settling.ts'
import { termsOf } from './store.ts'
import { saveTerms } from './terms.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const District = z
  .string()
  .regex(/^[0-9]{6}$/)
  .optional()
const Id = z.strictObject({ id: z.uuid() })
const Period = z.strictObject({
  district: District,
  from: z.iso.date().optional().describe('First day, by the day of acceptance in UTC+8'),
  to: z.iso.date().optional().describe('Last day'),
  firm: z.uuid().optional().describe('Of this firm, whatever it was called then'),
  contractor: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Of a contractor that is no firm of the district, by name'),
})
/** Days are those of China, wherever the server stands. */
const DAY_BEGINS = 'T00:00:00+08:00'
const DAY_MS = 86_400_000

const bounds = ({ from, to, firm, contractor }: z.output<typeof Period>) => ({
  from: from === undefined ? null : new Date(from + DAY_BEGINS),
  to: to === undefined ? null : new Date(Date.parse(to + DAY_BEGINS) + DAY_MS),
  firm: firm ?? null,
  contractor: contractor ?? null,
})

export const settlementRoutes = (house: AcceptanceHouse): Endpoint[] => [
  ...settlementDoors(house),
  ...termsDoors(house),
]

function settlementDoors(house: AcceptanceHouse): Endpoint[] {
  const { db, own } = house
  const workbook = (name: string, bytes: Uint8Array) =>
    raw({
      headers: { 'content-type': XLSX, 'content-disposition': `attachment; filename="${name}.xlsx"` },
      body: bytes,
    })
  return [
    endpoint({
      method: 'get',
      path: '/api/inspections/:id/settlement',
      right: 'survey.read',
      summary: 'What is settled of the delivery, by class and state; before it is accepted, what would be',
      params: Id,
      answer: SettlementEntry,
      async run({ params }, call) {
        const inspection = await ownPlan(house, call, params.id)
        return settlementOf(db, await own(call, inspection.deliveryId), inspection)
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/inspections/:id/settlement.xlsx',
      right: 'survey.read',
      summary: 'The settlement of a delivery as a workbook',
      params: Id,
      answer: { bytes: XLSX },
      async run({ params }, call) {
        const inspection = await ownPlan(house, call, params.id)
        const delivery = await own(call, inspection.deliveryId)
        const settlement = await settlementOf(db, delivery, inspection)
        const bytes = await settlementWorkbook(
          db,
          delivery.district,
          { ...settlement, deliveries: [] },
          call.lang,
        )
        return workbook(`${delivery.district}-${delivery.no}-settlement`, bytes)
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/settlement',
      right: 'survey.read',
      summary:
        'What was accepted over a period and counts: sums by class, and each delivery; of one contractor or all',
      query: Period,
      answer: PeriodEntry,
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        return settlementOfPeriod(db, district, bounds(query), reachOf(call.principal, district))
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/settlement.xlsx',
      right: 'survey.read',
      summary: 'The settlement over a period as a workbook',
      query: Period,
      answer: { bytes: XLSX },
      async run({ query }, call) {
        const district = await districtOf(db, call.principal, query.district)
        const period = await settlementOfPeriod(
          db,
          district,
          bounds(query),
          reachOf(call.principal, district),
        )
        return workbook(`${district}-settlement`, await settlementWorkbook(db, district, period, call.lang))
      },
    }),
  ]
}

function termsDoors({ db }: AcceptanceHouse): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/acceptance/terms',
      right: 'survey.read',
      summary: 'How a district samples, what it lets pass, what it settles and for how much',
      query: z.strictObject({ district: District }),
      answer: TermsEntry,
      async run({ query }, call) {
        return termsOf(db, await districtOf(db, call.principal, query.district))
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/acceptance/terms',
      right: 'orgs.admin',
      summary: 'Set them; plans that are drawn keep theirs',
      query: z.strictObject({ district: District }),
      body: Terms,
      async run({ query, body }, call) {
        const district = await districtOf(db, call.principal, query.district)
        await saveTerms(db, district, body, call.principal.actor)
      },
    }),
  ]
}
