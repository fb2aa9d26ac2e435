/** What the doors of acceptance answer. Pure. */
import { z } from 'zod'
import {
  AccuracyClass,
  inspectionStates,
  itemKinds,
  settledStates,
  settledUnits,
  Terms,
  Verdict,
} from './schema.ts'

const Pass = z.enum(['pass', 'fail', 'not-sampled'])
const Rate = z.number().nullable().describe('Null: not sampled')

const Share = z
  .number()
  .nullable()
  .optional()
  .describe('Of what was asked; null where nothing was. Absent: decided before it was counted')

const ResultEntry = z.object({
  population: z.number().describe('Rows of the batch'),
  drawn: z.number(),
  attributes: z.object({
    judged: z.number(),
    wrong: z.number(),
    judgedShare: Share,
    rate: Rate,
    low: Rate.describe('95 % bound (Wilson)'),
    high: Rate.describe('95 % bound (Wilson)'),
    pass: Pass,
  }),
  positions: z.object({
    measured: z.number(),
    measuredShare: Share,
    beyond: z.number(),
    share: Rate,
    rmseM: Rate.describe('中误差, metres'),
    maxM: Rate,
    limitM: z.number().nullable().describe('Null over all classes'),
    pass: Pass,
  }),
  omissions: z.object({
    present: z.number().describe('What the delivery says stands in the areas walked'),
    missing: z.number(),
    surplus: z.number(),
    rate: Rate.describe('missing / (present - surplus + missing)'),
    pass: Pass,
  }),
  pass: Pass,
})

export const ResultsEntry = z
  .object({
    total: ResultEntry,
    classes: z.array(ResultEntry.extend({ class: z.string() })),
    fields: z.array(
      z.object({ field: z.string(), right: z.number(), wrong: z.number(), unknown: z.number() }),
    ),
    open: z.number().describe('Items not answered to the end'),
    conclusion: z.enum(['incomplete', 'pass', 'fail', 'not-sampled']),
  })
  .meta({ id: 'InspectionResults' })

/** 检查 */
export const InspectionEntry = z
  .object({
    id: z.string(),
    deliveryId: z.string(),
    batchNo: z.number(),
    state: z
      .enum([...inspectionStates, 'void'])
      .describe('void: the delivery was loaded again, or sent back; released: it may be loaded again'),
    seed: z.string().nullable(),
    terms: Terms,
    results: ResultsEntry.nullable().describe('With the seed null for who sends, until a word is given'),
    reason: z.string().nullable(),
    drawnAt: z.iso.datetime(),
    drawnBy: z.string(),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
  })
  .meta({ id: 'Inspection' })

const Shape = z.object({ type: z.string(), coordinates: z.array(z.unknown()) }).describe('GeoJSON, lon/lat')

export const ItemEntry = z
  .object({
    no: z.number(),
    kind: z.enum(itemKinds),
    drawn: z.enum(['rule', 'replacement', 'hand']).describe('Added by hand: judged, but in no rate'),
    class: z.string().nullable(),
    componentId: z.string().nullable(),
    geometry: Shape.nullable(),
    code: z.string().nullable(),
    name: z.string().nullable(),
    area: z.string().nullable().describe('Code of the area it lies in, or is'),
    fields: z.array(z.object({ field: z.string(), value: z.string() })).describe('What the row says'),
    present: z
      .record(z.string(), z.number())
      .nullable()
      .describe('Of an area: what the delivery says stands there'),
    file: z.string().nullable(),
    row: z.number().nullable(),
    measure: z.boolean(),
    accuracy: AccuracyClass.nullable(),
    replacedBy: z.number().nullable(),
    replacedWhy: z.string().nullable(),
    answer: z
      .object({
        verdicts: z.record(z.string(), Verdict).optional(),
        found: z.record(z.string(), z.string()).optional(),
        position: z.enum(['measured', 'impossible']).optional(),
        walked: z.boolean().optional(),
        sightings: z
          .array(
            z.object({
              kind: z.enum(['missing', 'surplus']),
              class: z.string(),
              code: z.string(),
              note: z.string(),
              photo: z.string(),
              photos: z.array(z.string()).optional(),
              lonLat: z.tuple([z.number(), z.number()]).nullable(),
            }),
          )
          .optional(),
        delivered: z
          .record(
            z.string(),
            z.object({
              class: z.string(),
              state: z.enum(['added', 'changed', 'unchanged']),
              metres: z.number(),
              m2: z.number(),
            }),
          )
          .optional()
          .describe(
            'Of what is surplus: what the delivery has there under its code; nothing is deducted for others',
          ),
        note: z.string(),
        photo: z.string().optional(),
        photos: z.array(z.string()).optional().describe('Photos by their ids: /api/evidence/:id'),
      })
      .nullable(),
    measured: z.tuple([z.number(), z.number()]).nullable().describe('lon/lat'),
    deviationM: z.number().nullable(),
    complete: z.boolean(),
    answeredAt: z.iso.datetime().nullable(),
    answeredBy: z.string().nullable(),
  })
  .meta({ id: 'InspectionItem' })

const QuantityEntry = z.object({ pieces: z.number(), metres: z.number(), m2: z.number() })
const SettledEntry = z.object({
  added: QuantityEntry,
  changed: QuantityEntry,
  unchanged: z.number(),
  ended: z.number(),
  wrong: QuantityEntry.describe('Found wrong, or not there'),
  settled: QuantityEntry,
  amount: z.number().nullable().describe('Null: no price'),
})
const SettledSums = {
  classes: z.array(
    SettledEntry.extend({
      class: z.string(),
      unit: z.enum(settledUnits).nullable(),
      price: z.number().nullable(),
    }),
  ),
  total: SettledEntry,
  refused: z.number().describe('Rows that were never taken'),
}

/** 结算量 */
export const SettlementEntry = z
  .object({
    ...SettledSums,
    settle: z.object({ states: z.array(z.enum(settledStates)), deductWrong: z.boolean() }),
  })
  .meta({ id: 'Settlement' })

export const PeriodEntry = z
  .object({
    ...SettledSums,
    deliveries: z.array(
      z.object({
        delivery: z.object({
          id: z.string(),
          no: z.number(),
          name: z.string(),
          contractor: z.string().nullable(),
        }),
        acceptedAt: z.iso.datetime(),
        acceptedBy: z.string(),
        reversedBy: z
          .number()
          .nullable()
          .describe('The version that took it away again: it is in no sum; null where it stands'),
        settlement: SettlementEntry,
      }),
    ),
    contractors: z
      .array(z.object({ firm: z.string().nullable(), name: z.string() }))
      .describe('Who had something accepted in the period; a firm under its name of now'),
  })
  .meta({ id: 'PeriodSettlement' })

export const TermsEntry = z
  .object({
    terms: Terms,
    updatedAt: z.iso.datetime().nullable().describe('Null: the usual terms, nobody set any'),
    updatedBy: z.string().nullable(),
  })
  .meta({ id: 'AcceptanceTerms' })
