/** What the doors of the atlas answer beside summaries, lists and places (schema.ts). Pure. */
import { z } from 'zod'
import { componentClassSchema, dictionarySchema } from '../catalog/schema.ts'
import { unitStates } from '../registry/schema.ts'

const LonLat = z.tuple([z.number(), z.number()])
const Bbox = z.array(z.number()).length(4).describe('west, south, east, north')
const GridName = z.object({ level: z.number(), code: z.string(), name: z.string() })

const RoleAnswer = z.object({
  unit: z
    .object({ id: z.string(), code: z.string().nullable(), name: z.string(), kind: z.string() })
    .nullable(),
  raw: z
    .object({ code: z.string().nullable(), name: z.string().nullable() })
    .nullable()
    .describe('As delivered, where that is not what the directory says'),
  state: z.enum(Object.values(unitStates) as [string, ...string[]]),
})

export const CardAnswer = z
  .object({
    id: z.string(),
    code: z.string().nullable(),
    class: z.object({ code: z.string(), name: z.string(), nameEn: z.string(), dictionary: z.string() }),
    name: z.string().nullable(),
    geometry: z.object({ type: z.string(), coordinates: z.array(z.unknown()) }).describe('GeoJSON, lon/lat'),
    lonLat: LonLat,
    place: z.object({
      text: z.string().nullable(),
      address: z.string().nullable(),
      distanceM: z.number().nullable(),
    }),
    competent: RoleAnswer,
    owner: RoleAnswer,
    maintainer: RoleAnswer,
    area: z.object({
      path: z.array(GridName),
      reason: z.enum(['gap', 'outside']).nullable().describe('Why it is in no area'),
      touched: z.array(GridName).describe('All areas a line or polygon touches, the largest share first'),
    }),
    state: z.string().nullable(),
    currency: z.string().nullable(),
    surveyedOn: z.string().nullable(),
    changedOn: z.string().nullable(),
    attributes: z.record(z.string(), z.unknown()),
    dataSource: z.string().nullable(),
    note: z.string().nullable(),
    picture: z.string().nullable(),
    statedGrid: z.string().nullable(),
    source: z.object({
      kind: z.enum(['delivery', 'upkeep', 'handover']),
      request: z
        .object({
          id: z.string(),
          no: z.number(),
          kind: z.string(),
          reason: z.string(),
          proposedBy: z.string(),
          proposedAt: z.iso.datetime(),
          decidedBy: z.string().nullable(),
          decidedAt: z.iso.datetime().nullable(),
        })
        .nullable()
        .describe('The change request it comes from'),
      handover: z
        .object({
          no: z.number(),
          name: z.string(),
          builder: z.string(),
          state: z.string(),
          handoverOn: z.string(),
          warrantyUntil: z.string().nullable(),
        })
        .nullable()
        .describe('The new works it came with: until they are handed over the builder answers'),
      deliveryId: z.string().nullable().describe('Null, as all of the delivery, where it is another firm’s'),
      deliveryNo: z.number().nullable(),
      deliveryName: z.string().nullable(),
      contractor: z.string().nullable(),
      file: z.string().nullable(),
      row: z.number().nullable(),
      loadedAt: z.iso.datetime().nullable(),
      loadedBy: z.string().nullable(),
      registryVersion: z.number(),
      publishedAt: z.iso.datetime(),
      publishedBy: z.string().nullable(),
    }),
    history: z.array(
      z.object({
        version: z.number(),
        at: z.iso.datetime(),
        change: z.enum(['added', 'changed', 'removed', 'restored']),
      }),
    ),
    merged: z
      .array(z.object({ key: z.string(), componentId: z.string(), requestNo: z.number(), on: z.string() }))
      .describe('Components that turned out to be this one'),
  })
  .meta({ id: 'Card' })

export const OverviewAnswer = z.object({
  district: z.object({
    code: z.string(),
    name: z.string(),
    demo: z.boolean(),
    classification: z.string(),
    approval: z.enum(['none', 'second-person']),
    secondPersonUntil: z.iso.datetime().nullable(),
    acceptance: z.enum(['none', 'required']),
    bbox: Bbox.nullable(),
  }),
  journalNo: z.number(),
  registryVersion: z.number(),
  stamp: z.string().describe('Changes whenever anything shown changes'),
  asOf: z.iso.datetime(),
  counts: z.object({
    components: z.number(),
    grids: z.object({ town: z.number(), village: z.number(), area: z.number() }),
    addresses: z.number(),
    units: z.number(),
  }),
  unplaced: z.object({ gap: z.number(), outside: z.number() }),
  warming: z.boolean().describe('What is committed is not yet all in what is answered'),
})

export const DistributionAnswer = z.object({
  total: z.number(),
  items: z.array(z.object({ class: z.string(), name: z.string(), count: z.number() })),
})

export const ClassesAnswer = z.object({
  dictionary: dictionarySchema,
  majors: z.array(z.object({ code: z.string(), name: z.string(), nameEn: z.string() })),
  items: z.array(componentClassSchema.extend({ major: z.string(), count: z.number() })),
})

export const UnitsAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      code: z.string().nullable(),
      name: z.string(),
      shortName: z.string().nullable(),
      kind: z.string(),
      aliases: z.array(z.string()),
      counts: z.object({ competent: z.number(), owner: z.number(), maintainer: z.number() }),
    }),
  ),
})

export const TileJsonAnswer = z.object({
  tilejson: z.literal('3.0.0'),
  name: z.string(),
  scheme: z.literal('xyz'),
  tiles: z.array(z.string()),
  minzoom: z.number(),
  maxzoom: z.number(),
  bounds: Bbox,
  center: z.array(z.number()).length(3),
  vector_layers: z.array(
    z.object({
      id: z.string(),
      fields: z.record(z.string(), z.string()),
      minzoom: z.number().optional(),
      maxzoom: z.number().optional(),
    }),
  ),
})

export const StyleAnswer = z
  .object({
    version: z.literal(8),
    name: z.string(),
    center: LonLat,
    zoom: z.number(),
    sources: z.record(z.string(), z.object({ type: z.literal('vector'), url: z.string() })),
    layers: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  })
  .describe('MapLibre style specification, version 8')
