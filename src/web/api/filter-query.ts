/** What is asked for, as map, list, pick and counts all send it. Pure. */
import type { Query } from './client.ts'

/** null = everything */
export interface Filter {
  /** Class codes. */
  classes: string[] | null
  /** Grid codes of any level. */
  areas: string[] | null
  /** A unit's id, in any of the three roles. */
  unit: string | null
}
export const everything: Filter = { classes: null, areas: null, unit: null }

export const filterQuery = ({ classes, areas, unit }: Filter): Query => ({
  class: classes?.join(',') ?? null,
  area: areas?.join(',') ?? null,
  unit,
})
