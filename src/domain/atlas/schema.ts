/** What the atlas is asked and answers over HTTP. Pure. */
import { z } from 'zod'

export const District = z.string().regex(/^[0-9]{6}$/)
/** A decimal number as it stands in a query; an empty text is none. */
const decimal = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,20})?(e-?\d{1,2})?$/i)
  .transform(Number)
export const between = (least: number, most: number) => decimal.pipe(z.number().min(least).max(most))
const whole = (least: number, most: number) => decimal.pipe(z.number().int().min(least).max(most))
/** Degrees; who swaps the two is told their order. */
const degrees = (most: number, rule: string) =>
  decimal.pipe(z.number().refine(n => Math.abs(n) <= most, { params: { rule } }))
const lon = degrees(180, 'longitude')
const lat = degrees(90, 'latitude')
const codes = z
  .string()
  .max(8000)
  .transform(text => text.split(',').filter(code => code !== ''))

/** West, south, east, north in degrees, as one text. */
export const BboxText = z
  .string()
  .transform(text => text.split(','))
  .pipe(z.tuple([decimal, decimal, decimal, decimal]))
  .refine(([west, south, east, north]) => west <= east && south <= north, { params: { rule: 'bbox' } })

export const DistrictQuery = z.strictObject({ district: District.optional() })
/** A day that was; its end in China's time counts. */
const asOf = z.iso
  .date()
  .optional()
  .describe('YYYY-MM-DD: as it was at the end of that day; today where absent')
export const WhereQuery = z.strictObject({ lon, lat, district: District.optional(), asOf })

const wish = {
  class: codes.optional(),
  area: codes.optional(),
  unit: z.uuid().optional(),
  state: codes.optional().describe('States: intact, damaged, ..., or as delivered where it is none of them'),
  asOf,
}

/** What a click can be on: in the order in which equally near things are meant. */
export const pickLayers = ['components', 'addresses', 'places', 'grids'] as const
export type PickLayer = (typeof pickLayers)[number]

export const PickQuery = z.strictObject({
  lon,
  lat,
  zoom: between(0, 24),
  tolerancePx: between(0, 64).default(6),
  layers: z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(pickLayers)).min(1))
    .default(['components'])
    .describe(`Of ${pickLayers.join(', ')}; components alone where absent`),
  district: District.optional(),
  ...wish,
})

export const ListQuery = z.strictObject({
  district: District.optional(),
  q: z.string().max(100).optional(),
  bbox: BboxText.optional(),
  after: whole(0, 2 ** 31).optional(),
  limit: whole(1, 1000).default(100),
  ...wish,
})

export const SearchQuery = z.strictObject({
  q: z.string().min(1).max(100),
  limit: whole(1, 50).default(8),
  district: District.optional(),
})

/** Counts are asked with the filter of the map, so that they agree with what it shows. */
export const CountQuery = z.strictObject({ district: District.optional(), ...wish })

export const tileSets = ['components', 'grids', 'addresses', 'density', 'base'] as const
export type TileSet = (typeof tileSets)[number]

/** Tiles of every set are served down to this zoom. */
export const DEEPEST_TILE = 20

export const TileParams = z.strictObject({
  set: z.enum(tileSets),
  z: whole(0, DEEPEST_TILE),
  x: whole(0, 2 ** DEEPEST_TILE),
  y: z
    .string()
    .regex(/^[0-9]{1,7}\.mvt$/)
    .transform(text => Number(text.slice(0, -4))),
})
export const TileQuery = z.strictObject({
  district: District.optional(),
  v: z.string().max(80).optional(),
  ...wish,
})

const LonLat = z.tuple([z.number(), z.number()])
const Bbox = z.tuple([z.number(), z.number(), z.number(), z.number()])

export const Summary = z.object({
  id: z.string(),
  code: z.string().nullable(),
  class: z.string(),
  className: z.string(),
  state: z.string().nullable(),
  lonLat: LonLat,
  areaCode: z.string().nullable(),
  areaName: z.string().nullable(),
  ownerName: z.string().nullable(),
})
export type Summary = z.output<typeof Summary>

export const WhereAnswer = z.object({
  areas: z.array(z.object({ level: z.number(), code: z.string(), name: z.string() })),
  verdict: z.enum(['inside', 'gap', 'overlap', 'outside']),
  place: z
    .object({
      text: z.string().nullable(),
      address: z.string().nullable(),
      distanceM: z.number().nullable(),
    })
    .describe('The position in words'),
})
const picked = { distanceM: z.number().describe('0 on it, or inside it') }
export const PickAnswer = z.object({
  items: z
    .array(
      z.discriminatedUnion('layer', [
        Summary.extend({ layer: z.literal('components'), ...picked }),
        z.object({ layer: z.literal('addresses'), text: z.string(), lonLat: LonLat, ...picked }),
        z.object({
          layer: z.literal('places'),
          name: z.string(),
          kind: z.string(),
          class: z.string().nullable(),
          lonLat: LonLat,
          ...picked,
        }),
        z.object({
          layer: z.literal('grids'),
          id: z.string(),
          level: z.number(),
          code: z.string(),
          name: z.string(),
          lonLat: LonLat,
          ...picked,
        }),
      ]),
    )
    .describe(
      'What is meant first comes first: points by distance, then lines, then what surrounds, smallest first',
    ),
  more: z.boolean().describe('There are more than are listed'),
})
export type PickAnswerItem = z.output<typeof PickAnswer>['items'][number]
export const ListAnswer = z.object({
  total: z.number(),
  items: z.array(Summary),
  next: z.number().nullable(),
})
export const GridAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      level: z.number(),
      code: z.string(),
      name: z.string(),
      parentCode: z.string().nullable(),
      areaM2: z.number(),
      bbox: Bbox,
      labelPoint: LonLat,
      components: z.number(),
    }),
  ),
})

export const SearchAnswer = z.object({
  components: z.array(Summary),
  classes: z.array(z.object({ code: z.string(), name: z.string(), nameEn: z.string() })),
  units: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
  grids: z.array(
    z.object({ level: z.number(), code: z.string(), name: z.string(), lonLat: LonLat, bbox: Bbox }),
  ),
  addresses: z.array(z.object({ text: z.string(), lonLat: LonLat })),
  places: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      class: z.string().nullable(),
      lonLat: LonLat,
      bbox: Bbox,
    }),
  ),
})
