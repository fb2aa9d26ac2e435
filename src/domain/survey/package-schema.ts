/** Packages (任务包): what a firm is asked to deliver, and how they are told. Pure. */
import { z } from 'zod'
import { type DeliveryKind, deliveryStates } from './schema.ts'

export const packageStates = [
  'open',
  'delivered',
  'failed',
  'checked',
  'returned',
  'published',
  'accepted',
] as const
export type PackageState = (typeof packageStates)[number]

/** What a firm can be asked for; the net, the names and the dictionaries are the office's own. */
export const askableKinds = ['components', 'unit-grids', 'addresses'] as const satisfies DeliveryKind[]
const Kinds = z.enum(askableKinds)

const Codes = (digits: RegExp, most: number) =>
  z
    .array(z.string().regex(digits))
    .max(most)
    .default([])
    .transform(codes => [...new Set(codes)].sort())

/** What may be changed of a package later. */
export const PackageWish = z.strictObject({
  name: z.string().trim().min(1).max(200),
  kinds: z
    .array(Kinds)
    .min(1)
    .default(['components'])
    .transform(kinds => askableKinds.filter(kind => kinds.includes(kind)))
    .describe('What is to be delivered; unit grids and addresses only where they are asked for'),
  classes: Codes(/^\d{4,5}$/, 500).describe('Class codes; none: of all classes'),
  areas: Codes(/^\d{2,24}$/, 500).describe('Grid codes of any level; none: the whole district'),
  dueOn: z.iso.date().nullable().default(null).describe('The last day, in the time of the district'),
  note: z.string().trim().max(2000).nullable().default(null),
})
export type PackageWish = z.output<typeof PackageWish>

export const NewPackage = PackageWish.extend({ firm: z.uuid() })

const Named = z.object({ code: z.string(), name: z.string() })

/** 任务包 */
export const PackageEntry = z
  .object({
    id: z.string(),
    no: z.number().describe('How-manieth of the district'),
    firm: z.object({ id: z.string(), name: z.string() }),
    name: z.string(),
    kinds: z.array(Kinds),
    classes: z.array(Named),
    areas: z.array(Named),
    dueOn: z.iso.date().nullable(),
    daysLeft: z.number().nullable().describe('To the day it is due; below zero after it'),
    overdue: z.boolean(),
    note: z.string().nullable(),
    state: z.enum(packageStates).describe('From its newest delivery that was not cancelled'),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    acceptedAt: z.iso.datetime().nullable(),
    acceptedBy: z.string().nullable(),
    deliveries: z.number(),
    newest: z
      .object({
        id: z.string(),
        no: z.number(),
        name: z.string(),
        state: z.enum(deliveryStates),
        read: z.number(),
        refused: z.number(),
        errors: z.number(),
        warnings: z.number(),
        reason: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Package' })
export type PackageEntry = z.output<typeof PackageEntry>
