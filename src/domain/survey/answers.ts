/** What the doors of the intake answer. Pure. */
import { z } from 'zod'
import { degreesNotations } from '../../../gis/packed-degrees.ts'
import { DeliveryKind, deliveryStates, LoadOptions, Profile } from './schema.ts'

const Shape = z.object({ type: z.string(), coordinates: z.array(z.unknown()) }).describe('GeoJSON, lon/lat')

/** A component that a delivery adds, changes or does not bring. */
export const ChangeEntry = z
  .object({
    id: z.string(),
    code: z.string().nullable(),
    class: z.string(),
    name: z.string().nullable(),
    geometry: Shape,
    formerGeometry: Shape.nullable().describe('Where it was, when it moved'),
    row: z.number(),
    file: z.string().nullable(),
    fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
    decision: z
      .enum(['keep', 'end'])
      .nullable()
      .describe('Of what is missing; null: nobody decided, it stays'),
  })
  .meta({ id: 'Change' })

/** 登记册版本 */
export const VersionEntry = z
  .object({
    no: z.number(),
    batchNo: z.number().nullable(),
    deliveryId: z.string().nullable().describe('Null, as the batch, where it is another firm’s'),
    source: z.enum(['delivery', 'upkeep', 'handover']).describe('Only a delivery can be asked for by its id'),
    added: z.number(),
    changed: z.number(),
    removed: z.number(),
    components: z.number().describe('How many the registry held at this version'),
    restored: z.number().nullable().describe('The version whose state it brought back'),
    publishedAt: z.iso.datetime(),
    publishedBy: z.string().nullable(),
  })
  .meta({ id: 'Version' })

export const PastEntry = z
  .object({
    id: z.string(),
    key: z.string(),
    code: z.string().nullable(),
    class: z.string(),
    name: z.string().nullable(),
    geometry: Shape,
    state: z.string().nullable(),
    content: z.string().describe('Equal where everything delivered is equal'),
    batch: z
      .number()
      .nullable()
      .describe('The batch its row came with first; null, as file and row, where it is another firm’s'),
    fileNo: z.number().nullable(),
    rowNo: z.number().nullable(),
  })
  .meta({ id: 'PastComponent' })

const Counts = z.object({
  read: z.number(),
  accepted: z.number(),
  refused: z.number(),
  unchanged: z.number(),
  added: z.number(),
  changed: z.number(),
  missing: z.number().describe('Current components that a delivery declared full does not bring'),
})

/** A delivery as it is answered. */
export const DeliveryEntry = z
  .object({
    district: z.string(),
    id: z.string(),
    no: z.number().describe('How-manieth of the district'),
    kind: DeliveryKind,
    name: z.string(),
    contractor: z.string().nullable(),
    firmId: z.string().nullable(),
    packageId: z.string().nullable(),
    packageName: z.string().nullable(),
    state: z.enum(deliveryStates),
    profile: Profile.nullable(),
    options: LoadOptions.extend({ restore: z.number().optional() }),
    progress: z.object({
      phase: z.string().optional(),
      rowsRead: z.number().optional(),
      rowsTotal: z.number().nullable().optional(),
    }),
    counts: Counts,
    files: z.array(
      z.object({
        name: z.string(),
        bytes: z.number().nullable(),
        read: z.number(),
        accepted: z.number(),
        refused: z.number(),
      }),
    ),
    findings: z.object({
      errors: z.number(),
      warnings: z.number(),
      byCode: z.array(
        z.object({
          code: z.string(),
          severity: z.enum(['error', 'warning']),
          count: z.number(),
          title: z.string(),
        }),
      ),
    }),
    batchNo: z.number().nullable(),
    version: z.number().nullable().describe('The version of the registry it became'),
    rulesVersion: z
      .number()
      .nullable()
      .describe('Version of the check rules it was checked with; 0: those of the software'),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    senders: z.array(z.string()),
    startedBy: z.string().nullable().describe('Who started its last load'),
    crsVersion: z.number().nullable().describe('The fit of the local system its last load was read with'),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Delivery' })

/** What has come of a delivery, and what is coming. */
export const FilesAnswer = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      bytes: z.number(),
      sha256: z.string().nullable().describe('Of the whole file, hexadecimal'),
      sentBy: z.string().nullable(),
      sentAt: z.iso.datetime().nullable(),
    }),
  ),
  uploads: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        bytes: z.number(),
        offset: z.number().describe('Bytes that are there'),
        modified: z.string().describe('As the sender told it, to know the file again'),
        mine: z.boolean().describe('Opened by who asks: nobody else goes on with it'),
        expiresAt: z.iso.datetime(),
      }),
    )
    .describe('Resumable uploads that wait for their rest'),
})

/** A finding as it is told. */
export const FindingEntry = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    file: z.string(),
    row: z.number().nullable().describe('As a person counts in the file'),
    field: z.string().nullable(),
    value: z.string().nullable(),
    message: z.string(),
    remedy: z.string(),
    detail: z.record(z.string(), z.union([z.string(), z.number()])),
    lonLat: z.tuple([z.number(), z.number()]).nullable(),
    class: z.string().nullable().describe('The code of the class of its row, where that is known'),
  })
  .meta({ id: 'Finding' })

/** A hint on coordinates: nothing acts on it by itself. */
const HintEntry = FindingEntry.extend({
  severity: z.enum(['error', 'warning', 'info']),
  files: z.array(z.string()).describe('The layers it is said of'),
  change: z
    .object({
      crs: z.string().optional(),
      swapAxes: z.boolean().optional(),
      degrees: z.enum(degreesNotations).optional(),
    })
    .nullable()
    .describe('What a person could write into the profile; null where the data must be made anew'),
  sample: z.number().describe('Positions that were looked at'),
  before: z.number().describe('Of those, how many lie in the district as declared'),
  after: z.number().nullable().describe('The same with the change'),
}).meta({ id: 'PositionHint' })

/** What is seen in a delivery before it is loaded. */
export const GuessAnswer = z.object({
  layers: z.array(
    z.object({
      file: z.string(),
      name: z.string(),
      fields: z.array(
        z.object({ name: z.string(), stored: z.enum(['text', 'number', 'date', 'boolean', 'any']) }),
      ),
      geometryKind: z.enum(['point', 'line', 'polygon', 'mixed', 'none']),
      rowCount: z.number().nullable(),
      encoding: z.object({ name: z.string(), decidedBy: z.enum(['given', 'declared', 'guessed', 'format']) }),
      crs: z.union([
        z.object({ kind: z.literal('wkt'), wkt: z.string() }),
        z.object({ kind: z.literal('code'), code: z.string() }),
        z.object({ kind: z.literal('none') }),
      ]),
      sample: z.array(
        z.object({
          row: z.number(),
          values: z.array(z.unknown()),
          x: z.number().nullable(),
          y: z.number().nullable(),
        }),
      ),
      unused: z
        .array(z.string())
        .describe('Columns that become no field; a component keeps them as they are'),
    }),
  ),
  profile: Profile,
  photos: z.number().describe('Photos that came with it; they are matched with rows by name'),
  findings: z.array(FindingEntry),
  hints: z.array(HintEntry).describe('On the coordinates as the profile reads them'),
})

export const ProfileEntry = z.object({ name: z.string(), kind: DeliveryKind, profile: Profile })

export const FitAnswer = z
  .object({
    name: z.string(),
    base: z.string(),
    residuals: z.array(z.object({ point: z.string(), dxM: z.number(), dyM: z.number(), m: z.number() })),
    rmsM: z.number().nullable().describe('Null where two points leave nothing to judge by'),
    maxM: z.number(),
    doubts: z
      .array(z.enum(['scale', 'residuals', 'place']))
      .describe('Lengths change too much, points do not fit, points lie elsewhere'),
    version: z
      .number()
      .nullable()
      .describe('Null where it was not saved: it is doubtful and was not accepted'),
  })
  .meta({ id: 'CrsFit' })

/** 地方坐标系, without its parameters. */
export const LocalCrsEntry = z
  .object({
    name: z.string(),
    version: z.number().describe('Which fit it is: every one is kept'),
    base: z.string(),
    points: z.number(),
    rmsM: z.number().nullable(),
    maxM: z.number(),
    fittedBy: z.string(),
    fittedAt: z.iso.datetime(),
  })
  .meta({ id: 'LocalCrs' })
