/** What a class dictionary is: dictionaries, the classes in them, and the rows that extend one. Pure. */
import { z } from 'zod'

/** Kinds of geometry a class may have, single or multi. */
export const geometryKinds = {
  point: ['点', 'point'],
  line: ['线', 'line'],
  polygon: ['面', 'polygon'],
} as const
export type GeometryKind = keyof typeof geometryKinds

export const geometryKindSchema = z.enum(['point', 'line', 'polygon'])

/** 类别字典: classes of one version; a district's own names the one it extends. */
export const dictionarySchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  /** The district that made it; null for a standard. */
  district: z.string().nullable(),
  baseId: z.string().nullable(),
})
export type Dictionary = z.output<typeof dictionarySchema>

/** 部件类别: one minor class (小类), the first two digits of its code being the major (大类). */
export const componentClassSchema = z.object({
  code: z.string(),
  name: z.string(),
  nameEn: z.string(),
  geometry: z.array(geometryKindSchema),
  /** Hidden below a right: cameras, police, gas, special covers, civil defence, major hazards. */
  sensitive: z.boolean(),
  /** Other names under which deliveries call it. */
  aliases: z.array(z.string()),
})
export type ComponentClass = z.output<typeof componentClassSchema>

/** 部件大类 */
export interface Major {
  code: string
  name: string
  nameEn: string
}

/** A row that extends a dictionary, as it stands in a file. */
export interface ExtensionRow {
  /** As a person counts in the file. */
  row: number
  code: string
  name: string
  nameEn?: string | null
  /** Kinds separated by anything: `点`, `P`, `point/line`, `点、线`. Empty means point. */
  geometry?: string | null
  /** 是/否, yes/no, 1/0; empty means no. */
  sensitive?: string | boolean | null
  /** Separated by `、` `,` `;` or `|`. */
  aliases?: string | readonly string[] | null
}

/** Why a row does not extend the dictionary; the codes are findings of a delivery. */
export interface ExtensionRefusal {
  row: number
  code:
    | 'dictionary.code'
    | 'dictionary.name'
    | 'dictionary.geometry'
    | 'dictionary.standard'
    | 'dictionary.duplicate'
  field: 'code' | 'name' | 'geometry' | 'aliases'
  value: string
  /** Fills the message: what the value collides with. */
  detail: Record<string, string | number>
}
