/** A delivery that replaces: of the levels it brings, grids that are not in it end. Pure. */
import type { Grid, GridDraft } from '../grids/schema.ts'
import type { Finding } from './findings.ts'

/** The codes that hold, of each level that is delivered. */
export function codesByLevel(drafts: readonly GridDraft[]): Map<number, string[]> {
  const levels = new Map<number, string[]>()
  for (const { level, code } of drafts) {
    const codes = levels.get(level)
    if (codes) codes.push(code)
    else levels.set(level, [code])
  }
  return levels
}

/** Of all grids that would hold if none ended, those that do. */
export function holding(coming: readonly Grid[], codes: ReadonlyMap<number, readonly string[]> | undefined) {
  if (!codes) return coming
  const kept = new Map([...codes].map(([level, each]) => [level, new Set(each)]))
  return coming.filter(grid => kept.get(grid.level)?.has(grid.code) ?? true)
}

/**
 * What a replacement would leave without a parent. A link to an ended grid leads nowhere, so it is refused.
 * @param coming all grids that would hold if none ended
 * @param after those that do hold
 */
export function orphanedBy(coming: readonly Grid[], after: readonly Grid[], delivery: string): Finding[] {
  if (after.length === coming.length) return []
  const held = new Set(after.map(grid => grid.id))
  const ended = new Map(coming.filter(grid => !held.has(grid.id)).map(grid => [grid.id, grid.code]))
  return after.flatMap(grid => {
    const parent = grid.parentId === null ? undefined : ended.get(grid.parentId)
    if (parent === undefined) return []
    const detail = { grid: grid.code }
    return [
      { code: 'grid.parent', file: delivery, row: null, field: null, value: parent, detail, lonLat: null },
    ]
  })
}
