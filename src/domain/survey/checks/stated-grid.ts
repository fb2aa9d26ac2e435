/**
 * The grid a delivery states against the one its position lies in, on whatever level the stated code is of: an
 * area, one above it, or a unit grid. Codes of grids that are not held cannot be compared: they are counted and told
 * once a file, and where most codes of a column are such, none of it is compared, for their digits may be alike.
 */
import { type Bbox, bboxOf, type Geometry } from '../../../../gis/geometry.ts'
import { buildLocator, type Locator } from '../../../../gis/locate.ts'
import { type Grid, UNIT_LEVEL, type UnitGrid } from '../../grids/schema.ts'
import type { Placer } from '../../registry/placing.ts'
import type { DecodedRow } from '../component-row.ts'
import type { SourceRow } from '../readers/source.ts'
import { textOf } from '../values.ts'

export interface StatedGrids {
  /** Levels on which a code is that of a grid, as bits; 0 where it is nobody's. */
  levelsOf(code: string): number
  /** The codes of an area (its index in the placer) and its ancestors, by level. */
  pathOf(area: number): readonly (string | undefined)[]
  /** The code of the unit grid there, where there is one. */
  unitAt(lonLat: readonly [number, number]): string | null
  /** The ground of a unit grid, by its code. */
  unitBox(code: string): Bbox | null
}

const UNIT_BIT = 1 << UNIT_LEVEL
type HeldUnit = Pick<UnitGrid, 'code' | 'geometry'>

export function statedGrids(
  grids: readonly Pick<Grid, 'id' | 'level' | 'code' | 'parentId'>[],
  { areas }: Placer,
  units: readonly HeldUnit[] = [],
): StatedGrids {
  const levels = new Map<string, number>()
  for (const { code, level } of grids) levels.set(code, (levels.get(code) ?? 0) | (1 << level))
  for (const { code } of units) levels.set(code, (levels.get(code) ?? 0) | UNIT_BIT)
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
  return { levelsOf: code => levels.get(code) ?? 0, pathOf: area => paths[area]!, ...unitGround(units) }
}

/** Made when the first unit grid is asked for: most deliveries state none. */
function unitGround(units: readonly HeldUnit[]): Pick<StatedGrids, 'unitAt' | 'unitBox'> {
  let locator: Locator | null = null
  let boxes: Map<string, Bbox> | null = null
  return {
    unitAt([lon, lat]) {
      locator ??= buildLocator(units)
      const at = locator.covering(lon, lat)
      return at < 0 ? null : units[at]!.code
    },
    unitBox(code) {
      boxes ??= new Map(units.map(unit => [unit.code, bboxOf(unit.geometry)]))
      return boxes.get(code) ?? null
    },
  }
}

export interface StatedGridCheck {
  look(rows: readonly SourceRow[]): void
  /** @param areas in which the thing lies, or which it touches; none where its position has none */
  check(row: DecodedRow, thing: Geometry, areas: readonly number[]): void
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
    check(row, thing, areas) {
      if (unheld > held) return
      const code = row.given('statedGrid')
      const levels = code === null ? 0 : grids.levelsOf(code)
      if (code === null || levels === 0) return
      const ofUnit = (levels & UNIT_BIT) !== 0
      if (areas.some(area => grids.pathOf(area).includes(code))) return
      const unit = ofUnit ? grids.unitAt(middleOf(thing)) : null
      if (ofUnit ? unit === code || mayTouch(thing, grids.unitBox(code)) : areas.length === 0) return
      const path = areas.length === 0 ? [] : grids.pathOf(areas[0]!)
      const actual = unit ?? path[31 - Math.clz32(levels)] ?? path[3] ?? '–'
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

/** A point lies in a unit grid or not; of what is long or large the ground it may touch is enough. */
function mayTouch(thing: Geometry, unit: Bbox | null): boolean {
  if (thing.type === 'Point' || !unit) return false
  const [west, south, east, north] = bboxOf(thing)
  return west <= unit[2] && east >= unit[0] && south <= unit[3] && north >= unit[1]
}

function middleOf(thing: Geometry): [number, number] {
  const [west, south, east, north] = bboxOf(thing)
  return [(west + east) / 2, (south + north) / 2]
}
