/** What the doors of upkeep answer. Pure. */
import { z } from 'zod'
import { EvidenceEntry } from '../evidence/schema.ts'
import { changeKinds, changeStates } from './schema.ts'

const Geo = z.object({ type: z.string(), coordinates: z.array(z.unknown()) }).describe('GeoJSON, lon/lat')

export const FoundEntry = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    field: z.string().nullable(),
    value: z.string().nullable(),
    message: z.string(),
    remedy: z.string(),
  })
  .meta({ id: 'ChangeFinding' })

/** What a change does: the component before and after it. */
const Effect = {
  code: z.string().nullable(),
  class: z.string(),
  name: z.string().nullable(),
  geometry: Geo.describe('Where it is to be; of what ends, where it is'),
  formerGeometry: Geo.nullable().describe('Where it was, when it moves'),
  distanceM: z.number().nullable().describe('How far it moves'),
  fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  findings: z.array(FoundEntry),
}

export const CheckAnswer = z.object(Effect)

/** 变更申请 as it is answered. */
export const RequestEntry = z
  .object({
    id: z.string(),
    no: z.number(),
    kind: z.enum(changeKinds),
    state: z.enum(changeStates).describe('overtaken: the component has changed since; look at it again'),
    componentId: z.string(),
    ...Effect,
    survivor: z
      .object({ id: z.string(), code: z.string().nullable(), class: z.string(), geometry: Geo })
      .nullable()
      .describe('Of a merge: the one that stays'),
    endedOn: z.string().nullable(),
    reason: z.string(),
    photos: z.array(EvidenceEntry),
    proposedAt: z.iso.datetime(),
    proposedBy: z.string(),
    proposers: z.array(z.string()),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    decision: z.string().nullable().describe('The reason of who refused it'),
    version: z.number().nullable().describe('The version of the registry it became'),
  })
  .meta({ id: 'ChangeRequest' })

export const RequestList = z.object({
  items: z.array(RequestEntry),
  next: z.number().nullable(),
  counts: z.object({
    proposed: z.number(),
    approved: z.number(),
    refused: z.number(),
    withdrawn: z.number(),
    overtaken: z.number(),
  }),
})
