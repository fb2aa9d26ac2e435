/** 现场照片: what photos are evidence of, how many and how large they may be, and how one is told. Pure. */
import { z } from 'zod'

/** What a photo is evidence of: 变更申请, 问题上报, 监理验收. */
export const holders = ['change', 'report', 'inspection'] as const
export type Holder = (typeof holders)[number]

/** What every browser draws and nothing runs. */
export const pictureKinds = ['image/jpeg', 'image/png', 'image/webp'] as const
export type PictureKind = (typeof pictureKinds)[number]

/** Of one photo, and of those that one sender has sent and not used. */
export const evidenceLimits = {
  staff: { bytes: 16e6, waiting: 60 },
  street: { bytes: 4e6, waiting: 9 },
} as const
/** Photos of one request, one report, one item of an inspection. */
export const mostPhotos = { change: 10, report: 6, street: 3, inspection: 6 } as const

/** Photos that were sent before, by their ids. */
export const PhotoIds = (most: number) =>
  z
    .array(z.uuid())
    .max(most)
    .refine(ids => new Set(ids).size === ids.length, { params: { rule: 'different' } })
    .describe('Photos sent before (POST …/uploads), by the last part of their Location')

/** A photo as it is told to who may see it. */
export const EvidenceEntry = z
  .object({
    id: z.string(),
    kind: z.enum(pictureKinds),
    bytes: z.number(),
    width: z.number(),
    height: z.number(),
    sentAt: z.iso.datetime(),
    removed: z.boolean().describe('What it was evidence of came to nothing: the picture is no longer kept'),
  })
  .meta({ id: 'EvidencePhoto' })
