/** The doors to code allotments: made and taken back by the office, read and printed by the firm that holds them. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { districtOf } from '../orgs/districts.ts'
import { getCrew } from '../orgs/firms.ts'
import { reachOf } from '../orgs/rules.ts'
import { getAllotment, listAllotments, spaceOf, tellAllotments } from './allotments.ts'
import { allotCodes, returnCodes } from './allotting.ts'
import { codesAsCsv, codesAsWorkbook } from './code-list.ts'
import { AllotmentEntry, AllotmentWish } from './code-schema.ts'

const Id = z.strictObject({ id: z.uuid() })
const District = z.strictObject({
  district: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
})
const lists = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
} as const

export function codeRoutes(db: Db): Endpoint[] {
  const right = 'survey.commission'
  const at = async (call: Call, code: string | undefined) => {
    const district = await districtOf(db, call.principal, code)
    return { district, actor: call.principal.actor, reach: reachOf(call.principal, district) }
  }
  const shown = async (district: string, id: string) => {
    const [told] = await tellAllotments(db, district, [await getAllotment(db, district, id, 'all')])
    return told!
  }
  return [
    endpoint({
      method: 'get',
      path: '/api/allotments',
      right: 'survey.read',
      summary: 'Codes allotted to crews, by class; only those of the firm one works for',
      query: District,
      answer: z.object({ items: z.array(AllotmentEntry) }),
      async run({ query }, call) {
        const { district, reach } = await at(call, query.district)
        return { items: await tellAllotments(db, district, await listAllotments(db, district, reach)) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/allotments',
      right,
      summary: 'Give a crew codes of a class: so many in a row, or from one serial to another',
      query: District,
      body: AllotmentWish,
      answer: AllotmentEntry,
      status: 201,
      async run({ query, body }, call) {
        const where = await at(call, query.district)
        const crew = await getCrew(db, where.district, body.crew, where.reach)
        return created(await shown(where.district, await allotCodes(db, where, crew, body)))
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/allotments/:id/return',
      right,
      summary: 'Take back what a crew has not used, from a serial on or all behind the last used',
      params: Id,
      query: District,
      body: z.strictObject({ from: z.int().min(1).max(999_999_999).optional() }),
      answer: AllotmentEntry,
      async run({ params, query, body }, call) {
        const where = await at(call, query.district)
        const held = await getAllotment(db, where.district, params.id, where.reach)
        await returnCodes(db, where, held, body.from ?? null)
        return shown(where.district, params.id)
      },
    }),
    ...(['xlsx', 'csv'] as const).map(format =>
      endpoint({
        method: 'get',
        path: `/api/allotments/:id/codes.${format}`,
        right: 'survey.read',
        summary: `The codes of an allotment to print, as ${format}: one a row, each as text`,
        params: Id,
        query: District,
        answer: { bytes: lists[format] },
        async run({ params, query }, call) {
          const { district, reach } = await at(call, query.district)
          const held = await getAllotment(db, district, params.id, reach)
          const [told] = await tellAllotments(db, district, [held])
          if (told!.count === 0) throw problem('codes.unknown', { id: params.id })
          const space = await spaceOf(db, district, held.class)
          const list = {
            space,
            first: held.first,
            last: held.first + told!.count - 1,
            className: told!.class.name,
            crew: held.crew.name,
            firm: held.firm.name,
          }
          const name = `${told!.firstCode}-${told!.lastCode}.${format}`
          return raw({
            headers: {
              'content-type': lists[format],
              'content-disposition': `attachment; filename="${name}"`,
            },
            body: format === 'csv' ? codesAsCsv(list, call.lang) : codesAsWorkbook(list, call.lang),
          })
        },
      }),
    ),
  ]
}
