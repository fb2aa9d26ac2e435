/** Contractor firms as the room speaks of them at its doors. Pure. */
import { z } from 'zod'

const Name = z.string().trim().min(1).max(120)

/** 普查单位: a firm that surveys and delivers; standing alone, or a unit of the directory. */
export const NewFirm = z.strictObject({
  name: Name,
  unit: z.string().trim().min(1).max(200).nullable().default(null).describe('Code or name in the directory'),
})
export type NewFirm = z.output<typeof NewFirm>

/** 作业组 */
export const NewCrew = z.strictObject({ name: Name })

export const FirmEntry = z
  .object({
    id: z.string(),
    name: z.string(),
    unit: z.object({ id: z.string(), name: z.string() }).nullable(),
    crews: z.array(z.object({ id: z.string(), name: z.string() })),
    accounts: z.array(z.string()),
  })
  .meta({ id: 'Firm' })
export type FirmEntry = z.output<typeof FirmEntry>

export const CrewEntry = z
  .object({ id: z.string(), name: z.string(), firmId: z.string(), firmName: z.string() })
  .meta({ id: 'Crew' })
export type CrewEntry = z.output<typeof CrewEntry>
