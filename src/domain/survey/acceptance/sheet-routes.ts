/** The doors to the sheets that crews carry: a workbook to print and fill in, and the way back of one that is filled in. */
import { z } from 'zod'
import { type Endpoint, endpoint, raw } from '../../../http/endpoint.ts'
import { fieldSheet } from './field-sheet.ts'
import { takeFieldSheet } from './field-sheet-taking.ts'
import { type AcceptanceHouse, ownInspection, ownPlan } from './reaching.ts'
import { listItems } from './store.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const Id = z.strictObject({ id: z.uuid() })

export const sheetRoutes = (house: AcceptanceHouse): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/inspections/:id/field-sheet.xlsx',
    right: 'survey.read',
    summary: 'What is looked at as a workbook to print or fill in',
    params: Id,
    answer: { bytes: XLSX },
    async run({ params }, call) {
      const inspection = await ownPlan(house, call, params.id)
      const bytes = await fieldSheet(house.db, inspection, await listItems(house.db, inspection), call.lang)
      return raw({
        headers: {
          'content-type': XLSX,
          'content-disposition': `attachment; filename="${inspection.district}-${inspection.batchNo}-field.xlsx"`,
        },
        body: bytes,
      })
    },
  }),
  endpoint({
    method: 'put',
    path: '/api/inspections/:id/field-sheet',
    right: 'survey.accept',
    summary: 'Take a field sheet that is filled in; what cannot be read is told by sheet and row',
    params: Id,
    body: 'stream',
    answer: z.object({
      taken: z.number().describe('Items of which it said something new'),
      findings: z.array(
        z.object({
          sheet: z.string(),
          row: z.number().nullable(),
          column: z.string().nullable(),
          value: z.string(),
          message: z.string(),
        }),
      ),
    }),
    async run({ params }, call) {
      const inspection = await ownInspection(house, call, params.id)
      const { stream, lang, principal } = call
      return takeFieldSheet(house, inspection, { stream, lang, actor: principal.actor })
    },
  }),
]
