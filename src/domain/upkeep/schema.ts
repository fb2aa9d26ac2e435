/** Upkeep as data: what may be asked of one component, what a component says, in which state a request is. Pure. */
import { z } from 'zod'
import type { Geometry } from '../../../gis/geometry.ts'
import { mostPhotos, PhotoIds } from '../evidence/schema.ts'
import { currencies, states, type UnitRole } from '../registry/schema.ts'

/** 变更申请: what is asked of one component. */
export const changeKinds = ['add', 'move', 'reclass', 'edit', 'merge', 'scrap', 'restore'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** `overtaken`: the component has changed since; to be looked at again. */
export const changeStates = ['proposed', 'approved', 'refused', 'withdrawn', 'overtaken'] as const
export type ChangeState = (typeof changeStates)[number]

const degrees = z.number().min(-180).max(180)
const Position = z.tuple([degrees, degrees])
const line = z.array(Position).min(1).max(5_000)
const shape = <T extends Geometry['type'], C extends z.ZodType>(type: T, coordinates: C) =>
  z.strictObject({ type: z.literal(type), coordinates })

/** GeoJSON in degrees (CGCS2000), without height. */
export const Shape = z.discriminatedUnion('type', [
  shape('Point', Position),
  shape('MultiPoint', line),
  shape('LineString', line),
  shape('MultiLineString', z.array(line).min(1).max(200)),
  shape('Polygon', z.array(line).min(1).max(200)),
  shape('MultiPolygon', z.array(z.array(line).min(1).max(200)).min(1).max(200)),
])

const text = (most: number) => z.string().trim().min(1).max(most)
/** As typed on whatever keyboard: half-width, without blanks. */
const Code = text(40).transform(typed => typed.normalize('NFKC').replace(/\s+/gu, ''))
const day = z.iso.date()
const stateNames = Object.keys(states) as [keyof typeof states, ...(keyof typeof states)[]]
const currencyNames = Object.keys(currencies) as [keyof typeof currencies, ...(keyof typeof currencies)[]]

/** What may be said of a component beside class and position; null takes a value away. */
const fields = {
  code: Code.nullable().optional(),
  name: text(200).nullable().optional(),
  state: z.enum(stateNames).nullable().optional(),
  currency: z.enum(currencyNames).nullable().optional(),
  competentId: z.uuid().nullable().optional(),
  ownerId: z.uuid().nullable().optional(),
  maintainerId: z.uuid().nullable().optional(),
  surveyedOn: day.nullable().optional(),
  changedOn: day.nullable().optional(),
  dataSource: text(80).nullable().optional(),
  picture: text(300).nullable().optional(),
  note: text(1000).nullable().optional(),
}
export const ChangedFields = z.strictObject(fields)
export type ChangedFields = z.output<typeof ChangedFields>

const ClassCode = z.string().regex(/^[0-9]{4,5}$/)
const of = { componentId: z.uuid() }

export const Change = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('add'),
    class: ClassCode,
    geometry: Shape,
    set: ChangedFields.default({}),
  }),
  z.strictObject({ kind: z.literal('move'), ...of, geometry: Shape }),
  z.strictObject({
    kind: z.literal('reclass'),
    ...of,
    class: ClassCode,
    code: Code.nullable().optional().describe('Another code, where the class stands inside it'),
  }),
  z.strictObject({ kind: z.literal('edit'), ...of, set: ChangedFields }),
  z.strictObject({ kind: z.literal('merge'), ...of, survivorId: z.uuid() }),
  z.strictObject({ kind: z.literal('scrap'), ...of, endedOn: day }),
  z.strictObject({ kind: z.literal('restore'), ...of }),
])
export type Change = z.output<typeof Change>

export const Proposal = z.strictObject({
  change: Change,
  reason: text(1000),
  photos: PhotoIds(mostPhotos.change).default([]),
})
export type Proposal = z.output<typeof Proposal>

/** A unit as a record names it; `id` where the directory knows it. */
export interface UnitSaid {
  id: string | null
  code: string | null
  name: string | null
}

/** All that a component says, as data that can be kept, compared and landed again. */
export interface Snapshot {
  key: string | null
  /** Of the survey it came with; records from before it was kept do not say. */
  surveyNo?: string | null
  code: string | null
  class: string
  name: string | null
  geometry: Geometry
  state: string | null
  currency: string | null
  units: Record<UnitRole, UnitSaid | null>
  surveyedOn: string | null
  changedOn: string | null
  dataSource: string | null
  picture: string | null
  note: string | null
  statedGrid: string | null
  attributes: Record<string, unknown>
}

export interface ChangeRequest {
  district: string
  id: string
  no: number
  kind: ChangeKind
  state: ChangeState
  componentId: string
  survivorId: string | null
  baseBatch: number | null
  change: Change
  before: Snapshot | null
  after: Snapshot | null
  reason: string
  findings: KeptFinding[]
  proposedAt: Date
  proposedBy: string
  proposers: string[]
  decidedAt: Date | null
  decidedBy: string | null
  decision: string | null
  version: number | null
}

/** A finding as a request keeps it: the same codes and details as a delivery's, without a file. */
export interface KeptFinding {
  code: string
  /** As the district's rules take it. */
  severity: 'error' | 'warning'
  field: string | null
  value: string | null
  detail: Record<string, string | number>
}
