/** 新建移交: new works that a builder hands over, at their doors. Pure. */
import { z } from 'zod'

/**
 * announced -> accepted (the day is waited for) -> transferred; or withdrawn. Stuck: it could not be carried out.
 * Reversed: the registry went back to a version before it.
 */
export const handoverStates = [
  'announced',
  'accepted',
  'stuck',
  'transferred',
  'reversed',
  'withdrawn',
] as const
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
    proposers: z
      .array(z.string())
      .describe('Who announced it and who linked its delivery: they do not accept it'),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    decision: z.string().nullable(),
    transferredAt: z.iso.datetime().nullable(),
    components: z.number().nullable().describe('How many changed hands'),
    done: z.number().nullable().describe('How many are through, while it is being carried out'),
    trouble: z
      .object({
        message: z.string(),
        again: z.boolean().describe('It is tried again without anybody'),
        faults: z
          .array(z.object({ key: z.string(), message: z.string() }))
          .describe('The first of the components that stand against it'),
      })
      .nullable()
      .describe('Why it could not be carried out'),
  })
  .meta({ id: 'Handover' })

export const HandoverList = z.object({
  items: z.array(HandoverEntry),
  next: z.number().nullable().describe('For `before` of the next page'),
})
