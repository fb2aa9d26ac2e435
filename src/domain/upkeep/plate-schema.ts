/** Plates and reports at their doors. Pure. */
import { z } from 'zod'
import { EvidenceEntry, mostPhotos, PhotoIds } from '../evidence/schema.ts'

const text = (most: number) => z.string().trim().min(1).max(most)

/** Letters as newToken makes them; a person may type small ones. */
export const Token = z.string().regex(/^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{20}$/)

export const PlateWish = z.strictObject({
  components: z.array(z.uuid()).min(1).max(1000),
  renew: z
    .boolean()
    .default(false)
    .describe('Void the plates that are there: what was printed leads nowhere any more'),
})

export const PlateEntry = z
  .object({
    componentId: z.string(),
    code: z.string().nullable(),
    class: z.string(),
    className: z.string(),
    address: z.string().describe('What the QR code on the plate says'),
  })
  .meta({ id: 'Plate' })

export const PlatePolicy = z.strictObject({
  publicPage: z.boolean().describe('Whether people who are not signed in see a page, and may report'),
  hotline: text(60).nullable().describe('Whom to call; stands on plates and on the public page'),
})
export type PlatePolicy = z.output<typeof PlatePolicy>

/** 问题种类 */
export const reportKinds = {
  damaged: ['破损', 'damaged'],
  missing: ['缺失', 'missing'],
  moved: ['移位或倾斜', 'moved or leaning'],
  danger: ['有危险', 'dangerous'],
  other: ['其他', 'something else'],
} as const
const kinds = Object.keys(reportKinds) as [keyof typeof reportKinds, ...(keyof typeof reportKinds)[]]

const Place = z.strictObject({ lon: z.number().min(-180).max(180), lat: z.number().min(-90).max(90) })
/** Whether the kind alone says too little. */
export const needsWords = (kind: string): boolean => kind === 'other'
const explained = ({ kind, text }: { kind: string; text: string }): boolean =>
  !needsWords(kind) || text !== ''
const Words = z
  .string()
  .trim()
  .max(500)
  .default('')
  .describe('What is amiss; needed where the kind is `other`')
const said = { kind: z.enum(kinds), text: Words, place: Place.optional() }

export const Report = z
  .strictObject({ ...said, photos: PhotoIds(mostPhotos.report).default([]) })
  .refine(explained, { path: ['text'] })
/** From the street: nothing of a person but a number to ask back, where that is given. */
export const StreetReport = z
  .strictObject({
    ...said,
    photos: PhotoIds(mostPhotos.street).default([]),
    phone: z
      .string()
      .trim()
      .regex(/^[0-9+ -]{5,20}$/)
      .optional()
      .describe('Only for asking back; forgotten when the report is closed'),
  })
  .refine(explained, { path: ['text'] })
export type ReportInput = z.output<typeof Report> & { phone?: string }

export const ReportEntry = z
  .object({
    id: z.string(),
    no: z.number(),
    componentId: z.string(),
    code: z.string().nullable(),
    class: z.string().nullable(),
    kind: z.enum(kinds),
    text: z.string(),
    photos: z.array(EvidenceEntry),
    lonLat: z.tuple([z.number(), z.number()]).nullable(),
    phone: z.string().nullable(),
    state: z.enum(['open', 'closed']),
    reportedAt: z.iso.datetime(),
    reportedBy: z.string().nullable().describe('Null: somebody in the street'),
    closedAt: z.iso.datetime().nullable(),
    closedBy: z.string().nullable(),
    answer: z.string().nullable(),
  })
  .meta({ id: 'ComponentReport' })

/** What a plate says to who scans it. */
export const PlateAnswer = z.discriminatedUnion('to', [
  z.object({ to: z.literal('card'), district: z.string(), componentId: z.string() }),
  z.object({
    to: z.literal('public'),
    plate: z.string().nullable().describe('The number on the plate'),
    className: z.string().nullable().describe('Null where the class is not for everybody'),
    classNameEn: z.string().nullable(),
    district: z.string(),
    hotline: z.string().nullable(),
    demo: z.boolean(),
  }),
  z.object({ to: z.literal('sign-in') }),
])
