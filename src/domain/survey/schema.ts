/** Deliveries and mapping profiles: the shapes that come in and go out. Pure. */
import { z } from 'zod'
import { degreesNotations } from '../../../gis/packed-degrees.ts'
import { codeProfileSchema } from '../catalog/codes.ts'
import type { FindingCode, Severity } from './findings.ts'

/** 交付内容 */
export const deliveryKinds = [
  'grids',
  'unit-grids',
  'components',
  'addresses',
  'places',
  'units',
  'classes',
] as const
export const DeliveryKind = z.enum(deliveryKinds)
export type DeliveryKind = z.output<typeof DeliveryKind>

/** Our fields that a column may be mapped to, by kind; the first name of each kind is the one it cannot do without. */
export const profileFields = {
  grids: ['code', 'name', 'parentCode', 'level'],
  'unit-grids': ['code', 'name', 'parentCode'],
  components: [
    'code', 'className', 'classCode', 'name', 'sourceId',
    'competentCode', 'competentName', 'ownerCode', 'ownerName', 'maintainerCode', 'maintainerName',
    'state', 'currency', 'surveyedOn', 'changedOn', 'source', 'picture', 'note', 'statedGrid',
  ],
  addresses: ['text'],
  places: ['name', 'placeKind', 'placeClass'],
  units: ['name', 'code', 'shortName', 'unitKind', 'aliases'],
  classes: ['code', 'name', 'nameEn', 'geometry', 'sensitive', 'aliases'],
} as const satisfies Record<DeliveryKind, readonly string[]> // biome-ignore format: a table

export type ProfileField = (typeof profileFields)[DeliveryKind][number]

/** Kinds whose rows stand somewhere. */
export const placed = (kind: DeliveryKind): boolean => kind !== 'units' && kind !== 'classes'

/** A number is taken where a text is meant: YAML and JSON tell them apart, people need not. */
const text = (most: number) => z.union([z.string().min(1).max(most), z.number()]).transform(String)
const column = text(200)
const names = z.partialRecord(
  z.enum(Object.values(profileFields).flat() as [ProfileField, ...ProfileField[]]),
  column,
)

const LayerRule = z.strictObject({
  /** Leave the layer out. */
  skip: z.boolean().optional(),
  /** Class code of everything in the layer. */
  class: text(40).optional(),
  level: z.int().min(0).max(3).optional(),
  placeKind: z.enum(['street', 'water', 'block', 'poi']).optional(),
  fields: names.optional(),
  defaults: names.optional(),
})

/** 映射方案: which column is what. A small checked file, YAML or JSON. */
export const Profile = z.strictObject({
  kind: DeliveryKind,
  encoding: z.string().max(40).optional(),
  /** EPSG code, PROJ string or WKT; overrides what the files state. */
  crs: text(4000).optional(),
  /** The x column holds north and the y column east. */
  swapAxes: z.boolean().optional(),
  /** How degrees are written, where they are not decimal. */
  degrees: z.enum(degreesNotations).optional(),
  position: z.union([z.strictObject({ x: column, y: column }), z.strictObject({ wkt: column })]).optional(),
  fields: names.default({}),
  /** Constants where the file has no column. */
  defaults: names.default({}),
  /** By layer name (the file's name without ending); `*` is for those not named. */
  layers: z.record(z.string(), LayerRule).optional(),
  /** How codes are cut: a known profile's name, `any`, or segments with their digits. */
  codeProfile: codeProfileSchema.optional(),
})
export type Profile = z.output<typeof Profile>
export type LayerRule = z.output<typeof LayerRule>

export const deliveryStates = [
  'received',
  'loading',
  'checked',
  'published',
  'failed',
  'cancelled',
  'rejected',
] as const
export type DeliveryState = (typeof deliveryStates)[number]

export interface DeliveryCounts {
  read: number
  accepted: number
  refused: number
  unchanged: number
  added: number
  changed: number
  /** Current components that a delivery declared full does not bring: proposed to end. */
  missing: number
}

export interface DeliveryFile {
  name: string
  bytes: number | null
  read: number
  accepted: number
  refused: number
}

export interface FindingSummary {
  errors: number
  warnings: number
  byCode: { code: FindingCode; severity: Severity; count: number }[]
}

/** Choices made for one load. */
export const LoadOptions = z.strictObject({
  /** Repair invalid grid polygons and say so. */
  fix: z.boolean().optional(),
  /** Grids: take what is right although some are refused. */
  partial: z.boolean().optional(),
  /** Grids: those of the delivered levels that are not in the delivery end. */
  replace: z.boolean().optional(),
  /** Grids: say what differs from those that hold, and change nothing. */
  compare: z.boolean().optional(),
  /** Components: the delivery is all there is, in the district or of the classes it brings; what is missing is proposed to end. */
  full: z.enum(['district', 'classes']).optional(),
  /** Components: a folder of the server with their photos, below one of PHOTO_ROOTS. */
  photos: z.string().min(1).max(1000).optional(),
})
export type LoadOptions = z.output<typeof LoadOptions>

/** What a delivery is loaded with; `restore` is the registry's version that one without files brings back. */
export type DeliveryOptions = LoadOptions & { restore?: number }

/** 交付批次 */
export interface Delivery {
  district: string
  id: string
  no: number
  kind: DeliveryKind
  name: string
  contractor: string | null
  /** The contractor's firm whose it is; only its accounts, and who reaches all, reach it. */
  firmId: string | null
  /** The package it answers. */
  packageId: string | null
  packageName: string | null
  state: DeliveryState
  profile: Profile | null
  options: DeliveryOptions
  progress: { phase?: string; rowsRead?: number; rowsTotal?: number | null }
  counts: DeliveryCounts
  files: DeliveryFile[]
  findings: FindingSummary
  batchNo: number | null
  version: number | null
  /** Version of the check rules it was loaded with; 0 those of the code; null before, and where none apply. */
  rulesVersion: number | null
  createdAt: Date
  createdBy: string
  /** Who sent files or started a load. */
  senders: string[]
  /** Who started its last load. */
  startedBy: string | null
  /** The fit of the local system that its last load was read with. */
  crsVersion: number | null
  decidedAt: Date | null
  decidedBy: string | null
  reason: string | null
}

export const noCounts = (): DeliveryCounts => ({
  read: 0,
  accepted: 0,
  refused: 0,
  unchanged: 0,
  added: 0,
  changed: 0,
  missing: 0,
})

/** The largest number of a row or version: PostgreSQL's integer. */
export const INT4_MAX = 2 ** 31 - 1

export const RemovalChoice = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(1000).optional().describe('Absent: all that are missing'),
  decision: z.enum(['keep', 'end']),
})

/** 控制点: known in the city's own system and in the national one, metres. Secret: used once, never shown. */
const ControlPoint = z.strictObject({
  name: z.string().trim().min(1).max(40).optional(),
  x: z.number().describe('Easting in the local system'),
  y: z.number().describe('Northing in the local system'),
  toX: z.number().describe('Easting in the base system'),
  toY: z.number().describe('Northing in the base system'),
})

export const LocalCrsName = z.string().regex(/^[\p{L}\p{N}._-]{1,40}$/u)

export const CrsFit = z.strictObject({
  name: LocalCrsName,
  base: z.string().max(40).default('EPSG:4549').describe('A projected national system'),
  points: z.array(ControlPoint).min(2).max(500),
  accept: z.boolean().optional().describe('Keep it although it is doubtful: the report was seen'),
})
export type CrsFit = z.output<typeof CrsFit>
