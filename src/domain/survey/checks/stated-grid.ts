/**
 * The grid a delivery states against the one its position lies in, on whatever level the stated code is of.
 * Codes of a net that is not held (unit grids) cannot be compared: they are counted and told once a file,
 * and where most codes of a column are such, none of it is compared, for their digits may be alike.
 */
import type { Grid } from '../../grids/schema.ts'
import type { Placer } from '../../registry/placing.ts'
import type { DecodedRow } from '../component-row.ts'
import type { SourceRow } from '../readers/source.ts'
import { textOf } from '../values.ts'

export interface StatedGrids {
  /** Levels on which a code is that of a grid, as bits; 0 where it is nobody's. */
  levelsOf(code: string): number
  /** The codes of an area (its index in the placer) and its ancestors, by level. */
  pathOf(area: number): readonly (string | undefined)[]
}

export function statedGrids(
  grids: readonly Pick<Grid, 'id' | 'level' | 'code' | 'parentId'>[],
  { areas }: Placer,
): StatedGrids {
  const levels = new Map<string, number>()
  for (const { code, level } of grids) levels.set(code, (levels.get(code) ?? 0) | (1 << level))
  const byId = new Map(grids.map(grid => [grid.id, grid]))
  const paths = areas.map(area => {
    const path: (string | undefined)[] = [undefined, undefined, undefined, undefined]
    let at: (typeof grids)[number] | undefined = area
    for (let steps = 0; at && steps < 4; steps++) {
      path[at.level] = at.code
      at = at.parentId === null ? undefined : byId.get(at.parentId)
    }
    return path
  })
  return { levelsOf: code => levels.get(code) ?? 0, pathOf: area => paths[area]! }
}

export interface StatedGridCheck {
  look(rows: readonly SourceRow[]): void
  /** @param areas in which the thing lies, or which it touches; none where its position has none */
  check(row: DecodedRow, areas: readonly number[]): void
  end(row: DecodedRow): void
}

/** @param at position of the column that states the grid */
export function openStatedGrid(grids: StatedGrids, at: number): StatedGridCheck {
  let held = 0
  let unheld = 0
  let first = ''
  return {
    look(rows) {
      for (const { values } of rows) {
        const code = textOf(values[at])
        if (code === null) continue
        if (grids.levelsOf(code) > 0) held++
        else {
          if (unheld === 0) first = code
          unheld++
        }
      }
    },
    check(row, areas) {
      if (areas.length === 0 || unheld > held) return
      const code = row.given('statedGrid')
      if (code === null) return
      const levels = grids.levelsOf(code)
      if (levels === 0 || areas.some(area => grids.pathOf(area).includes(code))) return
      const level = 31 - Math.clz32(levels)
      const actual = grids.pathOf(areas[0]!)[level] ?? grids.pathOf(areas[0]!)[3]!
      row.report('grid.stated', { field: row.column('statedGrid'), value: code, detail: { actual } })
    },
    end(row) {
      if (unheld === 0) return
      row.report('grid.stated-unheld', {
        row: null,
        field: row.column('statedGrid'),
        value: first,
        detail: { n: unheld > held ? unheld + held : unheld },
      })
    },
  }
}
