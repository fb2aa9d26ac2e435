/** The doors to the findings of a delivery: page by page, summed up, and as marks of a map; all sifted alike. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { BboxText, between } from '../atlas/schema.ts'
import { FindingMarksAnswer, FindingPageAnswer, FindingSumsAnswer } from './finding-answers.ts'
import { titleOf } from './finding-titles.ts'
import { type Delivery, INT4_MAX } from './schema.ts'
import { drawFindings } from './store-finding-map.ts'
import { sumFindings } from './store-finding-sums.ts'
import { countFindings, getFindings, readFindings, type StoredFinding } from './store-findings.ts'
import { told } from './telling.ts'

interface FindingHouse {
  db: Db
  /** The delivery, if it is of the caller's districts. */
  own(call: Call, id: string): Promise<Delivery>
}

const Id = z.strictObject({ id: z.uuid() })
const sieve = {
  severity: z.enum(['error', 'warning']).optional(),
  code: z.string().max(60).optional(),
  file: z.string().max(500).optional(),
  class: z.string().max(40).optional().describe('Code of the class of the row'),
  text: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('In the value, the field or the file; a number is also a row'),
  box: BboxText.optional().describe('west,south,east,north in degrees: findings that lie there'),
}
const Sieve = z.strictObject(sieve)
const Page = z.strictObject({
  ...sieve,
  after: z.coerce.number().int().min(0).max(INT4_MAX).default(0),
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(INT4_MAX)
    .optional()
    .describe('The page that ends before this number, instead of one after another'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
const Marks = z.strictObject({
  ...sieve,
  bbox: BboxText.describe('What the map shows'),
  zoom: between(0, 24).describe('Of the map, as of tiles of 256 px'),
})

export const findingRoutes = ({ db, own }: FindingHouse): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/api/deliveries/:id/findings',
    right: 'survey.read',
    summary: 'Findings of a delivery, all of them or what the filter lets through, in order',
    params: Id,
    query: Page,
    answer: FindingPageAnswer,
    async run({ params, query }, call) {
      const delivery = await own(call, params.id)
      const { after, before, limit, ...filter } = query
      const items = await readFindings(db, delivery, filter, { after, before, limit })
      const first = items[0]?.no ?? before ?? after + 1
      const { total, earlier } = await countFindings(db, delivery, filter, first - 1)
      const last = items.at(-1)?.no ?? null
      return {
        total,
        earlier,
        items: items.map(item => shown(item, call)),
        next: earlier + items.length < total ? last : null,
      }
    },
  }),
  endpoint({
    method: 'get',
    path: '/api/deliveries/:id/findings/sums',
    right: 'survey.read',
    summary: 'What the filter lets through, by code with the first few of each, by file and by class',
    params: Id,
    query: Sieve,
    answer: FindingSumsAnswer,
    async run({ params, query }, call) {
      const delivery = await own(call, params.id)
      const { codes, ...sums } = await sumFindings(db, delivery, query)
      const samples = await getFindings(
        db,
        delivery,
        codes.flatMap(each => each.first),
      )
      return {
        ...sums,
        codes: codes.map(({ first, ...sum }) => ({
          ...sum,
          title: titleOf(sum.code, call.lang),
          samples: first.flatMap(no => samples.get(no) ?? []).map(item => shown(item, call)),
        })),
      }
    },
  }),
  endpoint({
    method: 'get',
    path: '/api/deliveries/:id/findings/marks',
    right: 'survey.read',
    summary:
      'What the filter lets through in the box of a map; findings that lie close are one mark that counts them',
    params: Id,
    query: Marks,
    answer: FindingMarksAnswer,
    async run({ params, query }, call) {
      const delivery = await own(call, params.id)
      const { bbox, zoom, ...filter } = query
      const marks = await drawFindings(db, delivery, filter, { bbox, zoom })
      return { here: marks.reduce((sum, mark) => sum + mark.errors + mark.warnings, 0), marks }
    },
  }),
]

const shown = (item: StoredFinding, call: Call) => ({ no: item.no, ...told(item, call.lang) })
