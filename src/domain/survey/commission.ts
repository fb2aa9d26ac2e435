/**
 * A delivered row held to what its firm was asked for: the classes and areas of the package, and codes that
 * crews of other firms hold. Sets and one binary search a row; nothing is asked where nothing was asked for. Pure.
 */
import type { ComponentClass } from '../catalog/schema.ts'
import type { Grid } from '../grids/schema.ts'
import type { PlacementReason } from '../registry/schema.ts'
import type { Finding, FindingCode } from './findings.ts'

export interface Commission {
  package: string | null
  /** Empty: all. */
  classes: string[]
  areas: string[]
  /** Codes held by crews of other firms, in order. */
  foreign: [first: string, last: string][]
}

export interface CommissionedRow {
  class: ComponentClass
  /** Index of its area, or why it has none; null where PostGIS says it later. */
  place: number | PlacementReason | null
  /** The code of a thing that is new; a known one keeps what it bears. */
  newCode: string | null
}

export type HoldToCommission = (
  row: CommissionedRow,
  report: (code: FindingCode, at: Partial<Finding>) => void,
) => void

/** @param areas in the order `place` counts them; @returns null where there is nothing to hold rows to */
export function openCommission(
  { package: name, classes, areas: wanted, foreign }: Commission,
  grids: readonly Pick<Grid, 'id' | 'code' | 'parentId'>[],
  areas: readonly Pick<Grid, 'id' | 'code' | 'name' | 'parentId'>[],
): HoldToCommission | null {
  if (classes.length + wanted.length + foreign.length === 0) return null
  const asked = new Set(classes)
  const inside = wanted.length === 0 ? null : areas.map(within(grids, new Set(wanted)))
  const firsts = foreign.map(([first]) => first)
  return ({ class: kind, place, newCode }, report) => {
    if (asked.size > 0 && !asked.has(kind.code))
      report('package.class', { value: `${kind.code} ${kind.name}`, detail: { package: name ?? '' } })
    if (inside && typeof place === 'number' && !inside[place])
      report('package.area', {
        value: `${areas[place]!.code} ${areas[place]!.name}`,
        detail: { package: name ?? '' },
      })
    if (newCode === null || firsts.length === 0) return
    const at = lastUpTo(firsts, newCode)
    const range = foreign[at]
    if (range && newCode <= range[1] && newCode.length === range[1].length)
      report('code.range', { value: newCode })
  }
}

/** Whether a grid or one above it is among those wanted. */
function within(grids: readonly Pick<Grid, 'id' | 'code' | 'parentId'>[], wanted: ReadonlySet<string>) {
  const byId = new Map(grids.map(grid => [grid.id, grid]))
  return (area: Pick<Grid, 'code' | 'parentId'>): boolean => {
    for (let at: Pick<Grid, 'code' | 'parentId'> | undefined = area; at; ) {
      if (wanted.has(at.code)) return true
      at = at.parentId === null ? undefined : byId.get(at.parentId)
    }
    return false
  }
}

/** Index of the last text that is not behind this one; -1 where all are. */
function lastUpTo(texts: readonly string[], text: string): number {
  let [low, high] = [0, texts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (texts[middle]! <= text) low = middle + 1
    else high = middle
  }
  return low - 1
}
