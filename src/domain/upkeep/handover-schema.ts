/** 新建移交: new works that a builder hands over, at their doors. Pure. */
import { z } from 'zod'

/** announced -> accepted (the day is waited for) -> transferred; or withdrawn. */
export const handoverStates = ['announced', 'accepted', 'transferred', 'withdrawn'] as const
export type HandoverState = (typeof handoverStates)[number]

const text = (most: number) => z.string().trim().min(1).max(most)

export const NewHandover = z
  .strictObject({
    name: text(200).describe('The project'),
    builder: text(200).describe('Who built it, and answers until it is handed over'),
    ownerId: z.uuid(),
    maintainerId: z.uuid(),
    handoverOn: z.iso.date().describe('From when owner and maintainer answer'),
    warrantyUntil: z.iso.date().optional(),
    note: text(1000).optional(),
  })
  .refine(({ handoverOn, warrantyUntil }) => !warrantyUntil || warrantyUntil >= handoverOn, {
    path: ['warrantyUntil'],
    message: 'must not be before the day of the handover',
  })
export type NewHandover = z.output<typeof NewHandover>

const Unit = z.object({ id: z.string(), name: z.string() })

export const HandoverEntry = z
  .object({
    id: z.string(),
    no: z.number(),
    name: z.string(),
    builder: z.string(),
    owner: Unit,
    maintainer: Unit,
    handoverOn: z.string(),
    warrantyUntil: z.string().nullable(),
    note: z.string().nullable(),
    state: z.enum(handoverStates),
    delivery: z
      .object({ id: z.string(), no: z.number(), name: z.string(), state: z.string(), components: z.number() })
      .nullable()
      .describe('The delivery its components come with'),
    announcedAt: z.iso.datetime(),
    announcedBy: z.string(),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    decision: z.string().nullable(),
    transferredAt: z.iso.datetime().nullable(),
    components: z.number().nullable().describe('How many changed hands'),
  })
  .meta({ id: 'Handover' })
