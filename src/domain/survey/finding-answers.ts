/** What the doors to the findings of a delivery answer. Pure. */
import { z } from 'zod'
import { FindingEntry } from './answers.ts'

const StoredFindingEntry = FindingEntry.extend({ no: z.number() })

const Bbox = z.array(z.number()).length(4).describe('west, south, east, north')
export const FindingPageAnswer = z.object({
  total: z.number(),
  earlier: z.number().describe('Those of a lower number than the first of the page'),
  items: z.array(StoredFindingEntry),
  next: z.number().nullable().describe('`after` of the next page'),
})

export const FindingSumsAnswer = z.object({
  total: z.number(),
  placed: z.number().describe('Those with a position'),
  bbox: Bbox.nullable().describe('Where those lie'),
  severities: z.object({ error: z.number(), warning: z.number() }),
  codes: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning']),
      title: z.string(),
      count: z.number(),
      placed: z.number(),
      samples: z.array(StoredFindingEntry).describe('The first few'),
    }),
  ),
  files: z.array(z.object({ file: z.string(), count: z.number() })),
  moreFiles: z.number().describe('Files beside those listed, which have most findings'),
  classes: z.array(z.object({ class: z.string(), count: z.number() })),
})

export const FindingMarksAnswer = z.object({
  here: z.number().describe('Findings in the box'),
  marks: z
    .array(
      z.object({
        bbox: Bbox,
        errors: z.number(),
        warnings: z.number(),
        no: z.number().describe('The lowest number among them'),
      }),
    )
    .describe('Every finding in the box; those that lie close are one mark'),
})
