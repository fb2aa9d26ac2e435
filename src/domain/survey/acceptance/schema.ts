/** Acceptance by a supervisor (监理验收): the terms of a district, what is answered in the field, and the shapes of both. Pure. */
import { z } from 'zod'
import { mostPhotos, PhotoIds } from '../../evidence/schema.ts'

/** 定位精度等级: A 0.5 m, B 1 m, C 10 m. */
export const accuracyLimits = { A: 0.5, B: 1, C: 10 } as const
export const AccuracyClass = z.enum(['A', 'B', 'C'])
export type AccuracyClass = z.output<typeof AccuracyClass>

/** How many of a class are drawn: a share, at least and at most so many. */
const Draw = (share: number, min: number, max: number) =>
  z
    .strictObject({
      share: z.number().min(0).max(1).default(share),
      min: z.int().min(0).max(500).default(min),
      max: z.int().min(0).max(500).default(max),
    })
    .prefault({})
export type Draw = z.output<ReturnType<typeof Draw>>

const Portion = (otherwise: number) => z.number().min(0).max(1).default(otherwise)
const ClassKey = z.string().regex(/^[0-9A-Za-z]{2,10}$/)

export const settledStates = ['added', 'changed', 'unchanged', 'ended'] as const
export type SettledState = (typeof settledStates)[number]
export const settledUnits = ['piece', 'metre', 'm2'] as const
export type SettledUnit = (typeof settledUnits)[number]

/** 验收条件: what contracts of a district say. Defaults are usual ones, not a standard's. */
export const Terms = z.strictObject({
  /** Rows whose attributes are held against the ground, per class. */
  rows: Draw(0.02, 8, 60),
  /** Of those, how many are measured again. */
  positions: Draw(0.01, 5, 30),
  /** Areas walked for omissions. */
  areas: z.int().min(0).max(50).default(3),
  limits: z
    .strictObject({
      wrong: Portion(0.05).describe('Most rows with a wrong attribute, as a share'),
      missing: Portion(0.05).describe('Most omissions, as a share of what is there'),
      beyond: Portion(0.05).describe('Most positions beyond the limit of their class, as a share'),
    })
    .prefault({}),
  least: z
    .strictObject({
      judged: Portion(0.5).describe(
        'Least share of the fields asked that were judged; with less it is not sampled',
      ),
      measured: Portion(0.5).describe('Least share of the positions asked for that were measured'),
    })
    .prefault({}),
  mustPass: z.enum(['total', 'every-class']).default('total'),
  /** 精度等级 by class code or the beginning of one; the longest counts. */
  accuracy: z.record(ClassKey, AccuracyClass).default({}),
  settle: z
    .strictObject({
      states: z.array(z.enum(settledStates)).max(4).default(['added', 'changed']),
      deductWrong: z.boolean().default(true).describe('What was found wrong is not settled'),
    })
    .prefault({}),
  /** Unit prices by class code or the beginning of one; without any there are no amounts. */
  prices: z
    .record(ClassKey, z.strictObject({ unit: z.enum(settledUnits), price: z.number().min(0).max(1e9) }))
    .default({}),
})
export type Terms = z.output<typeof Terms>

/** Whether an approval waits for an acceptance. */
export const AcceptancePolicy = z.enum(['none', 'required'])
export type AcceptancePolicy = z.output<typeof AcceptancePolicy>

export const inspectionStates = ['open', 'accepted', 'returned', 'released'] as const
export type InspectionState = (typeof inspectionStates)[number]

export const verdicts = ['right', 'wrong', 'unknown'] as const
export const Verdict = z.enum(verdicts)
export type Verdict = z.output<typeof Verdict>

/** The first question of every row: is the thing there at all? */
export const EXISTS = 'exists'

const Text = (max: number) => z.string().trim().max(max)
const Field = z.string().min(1).max(200)
export const CrsWords = z
  .string()
  .max(400)
  .describe('EPSG code, PROJ string or local:NAME; absent: EPSG:4490')

export const MeasuredPosition = z.strictObject({
  x: z.number().describe('Easting or longitude'),
  y: z.number().describe('Northing or latitude'),
  crs: CrsWords.optional(),
})
export type MeasuredPosition = z.output<typeof MeasuredPosition>

export const RowAnswer = z.strictObject({
  verdicts: z.record(Field, Verdict),
  /** What is on the ground, of what is wrong. */
  found: z.record(Field, Text(200)).default({}),
  /** Null: it could not be measured. Absent: not yet. */
  position: MeasuredPosition.nullable().optional(),
  note: Text(1000).default(''),
  photo: Text(200).default('').describe('A photo’s name, as a field sheet tells it'),
  photos: PhotoIds(mostPhotos.inspection).default([]),
})
export type RowAnswer = z.output<typeof RowAnswer>

/** 漏测 (on the ground, not delivered) or 多测 (delivered, not on the ground). */
export const Sighting = z.strictObject({
  kind: z.enum(['missing', 'surplus']),
  class: ClassKey,
  position: MeasuredPosition.nullable().default(null),
  code: Text(40).default('').describe('Of what is surplus'),
  note: Text(1000).default(''),
  photo: Text(200).default(''),
  photos: PhotoIds(mostPhotos.inspection).default([]),
})
export type Sighting = z.output<typeof Sighting>

export const AreaAnswer = z.strictObject({
  /** The whole area has been walked. */
  walked: z.boolean(),
  sightings: z.array(Sighting).max(2000).default([]),
  note: Text(1000).default(''),
})
export type AreaAnswer = z.output<typeof AreaAnswer>

/** A sighting as it is kept: where it was, in lon/lat. */
export type PlacedSighting = Omit<Sighting, 'position'> & { lonLat: [number, number] | null }

export const itemKinds = ['row', 'area'] as const
export type ItemKind = (typeof itemKinds)[number]
export type Drawn = 'rule' | 'replacement' | 'hand' | 'reserve'

/** What a row says, as it was delivered. */
export interface RowContent {
  /** In the order in which they are asked. */
  fields: { field: string; value: string }[]
  code: string | null
  name: string | null
  change: 'added' | 'changed'
  file: string | null
  row: number
  metres: number | null
  m2: number | null
}

/** Of an area: its name, and how many of each class the delivery says stand there, unchanged ones too. */
export interface AreaContent {
  name: string
  present: Record<string, number>
}

/** Pieces, and how long and how large those that are lines and polygons are. */
export interface Quantity {
  pieces: number
  metres: number
  m2: number
}

/** A thing that a delivery has, as settlement counts it. */
export interface Delivered {
  class: string
  state: Exclude<SettledState, 'ended'>
  metres: number
  m2: number
}

/** What a batch brings of one class. */
export interface Brought {
  added: Quantity
  changed: Quantity
}
