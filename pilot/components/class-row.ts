/** What a class of the survey is made of, and the short form the class tables are written in. */
import type { ShapeKind } from '../shapefile-write.ts'

/** Where things stand; `tracks.ts` knows the lines for each. */
export type Host =
  | 'main'
  | 'side'
  | 'lane'
  | 'path'
  | 'park'
  | 'works'
  | 'fields'
  | 'bank'
  | 'junction'
  | 'estate'
  | 'public'
  | 'bridge'

export interface SurveyClass {
  code: string
  name: string
  kind: ShapeKind
  /** Share among all, in thousandths (they need not add up). */
  share: number
  hosts: readonly Host[]
  /** Where across a street: 0 the middle, 1 the outer edge of the pavement; both sides of the street are used. */
  across: readonly [low: number, high: number]
  /** Usual distance from one to the next along a street, metres. */
  gapM: number
  /** How many stand together, and how far apart. */
  cluster: readonly [count: number, gapM: number]
  /** Keys of units: competent department, owners (one is chosen for a street), maintainers. */
  competent: string
  owners: readonly string[]
  maintainers: readonly string[]
  /** A further column, and what stands in it. */
  extra: Extra | null
  /** Metres along and across, for lines (along) and surfaces. */
  size: readonly [alongM: number, acrossM: number]
}

export interface Extra {
  name: 'MATERIAL' | 'TRADESCOPE' | 'NUM_' | 'SPEC' | 'STOPNAME' | 'SCULPTNAME' | 'SITENAME'
  values: readonly string[]
}

/** Roles are competent > owners > maintainers by unit key; `~town`, `~village`, `~property` stand for the one on the spot. */
export type ClassRow = readonly [
  code: string,
  name: string,
  share: number,
  hosts: string,
  across: string,
  gapM: number,
  roles: string,
  more?: {
    cluster?: readonly [number, number]
    extra?: Extra
    line?: number
    surface?: readonly [number, number]
  },
]

export const lids: Extra = { name: 'MATERIAL', values: ['铸铁', '球墨铸铁', '复合材料', '水泥', '钢纤维'] }
export const posts: Extra = { name: 'MATERIAL', values: ['钢', '镀锌钢管', '水泥', '铝合金'] }
export const pipes = 'main side lane path'
export const roads = 'main side'
