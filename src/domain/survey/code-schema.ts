/** Code allotments (赋码) as they come in and are told. Pure. */
import { z } from 'zod'

/** Codes one allotment may hold: a list that can still be printed. */
export const MOST_CODES = 20_000
const Serial = z.int().min(1).max(999_999_999)

export const AllotmentWish = z.union([
  z.strictObject({
    crew: z.uuid(),
    class: z.string().regex(/^\d{4,5}$/),
    count: z.int().min(1).max(MOST_CODES).describe('As many in a row, wherever they are free'),
  }),
  z
    .strictObject({
      crew: z.uuid(),
      class: z.string().regex(/^\d{4,5}$/),
      first: Serial.describe('The first serial'),
      last: Serial,
    })
    .refine(({ first, last }) => last >= first && last - first < MOST_CODES, {
      path: ['last'],
      message: `1 – ${MOST_CODES}`,
    }),
])
export type AllotmentWish = z.output<typeof AllotmentWish>

/** 码段: codes allotted to a crew. */
export const AllotmentEntry = z
  .object({
    id: z.string(),
    firm: z.object({ id: z.string(), name: z.string() }),
    crew: z.object({ id: z.string(), name: z.string() }),
    class: z.object({ code: z.string(), name: z.string() }),
    firstCode: z.string(),
    lastCode: z.string().describe('Of what the crew holds, or held before it gave all back'),
    count: z.number().describe('Codes the crew holds'),
    returned: z.number().describe('Codes it gave back'),
    allottedAt: z.iso.datetime(),
    allottedBy: z.string(),
  })
  .meta({ id: 'Allotment' })
export type AllotmentEntry = z.output<typeof AllotmentEntry>
