/** Whose ground a position is, from memory: the area, village, town and district that cover it, and a verdict. */
import type { Scope } from '../orgs/rules.ts'
import { type Model, type ModelGrid, pathOf } from './model.ts'

export type Verdict = 'inside' | 'gap' | 'overlap' | 'outside'

export interface Where {
  /** Smallest first; one grid a level, the lowest code where several cover the position. */
  areas: { level: number; code: string; name: string }[]
  /** Speaks of level 3: in exactly one area (a shared edge counts as one), in none inside the district, in the interior of several, outside the district. */
  verdict: Verdict
}

/** @throws RangeError when the position is not finite */
export function where(model: Model, scope: Scope, lon: number, lat: number): Where {
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) throw new RangeError('the position is not finite')
  const found: ModelGrid[] = []
  for (const level of [3, 2, 1, 0] as const) {
    const { grids, locator } = model.locators[level]
    const at = locator.covering(lon, lat)
    if (at >= 0 && sees(model, scope, grids[at]!)) found.push(grids[at]!)
  }
  const areas = found.map(({ level, code, name }) => ({ level, code, name }))
  const level3 = model.locators[3].locator
  const inDistrict = model.locators[0].locator.covering(lon, lat) >= 0
  const covered = level3.covering(lon, lat) >= 0
  const verdict = covered
    ? level3.interior(lon, lat).length > 1
      ? 'overlap'
      : 'inside'
    : inDistrict
      ? 'gap'
      : 'outside'
  return { areas, verdict }
}

/** Whether the scope sees a grid: itself, something above it, or something below it is granted. */
export function sees(model: Model, scope: Scope, grid: ModelGrid): boolean {
  if (scope.areas === 'all') return true
  const granted = new Set(scope.areas)
  if (pathOf(model, grid).some(each => granted.has(each.code))) return true
  return scope.areas.some(code => model.byCode.get(code)?.some(each => pathOf(model, each).includes(grid)))
}

/** A test whether the scope sees the ground at a position; absent where it sees all ground. */
export function groundSeen(
  model: Model,
  scope: Scope,
): ((lonLat: readonly [number, number]) => boolean) | undefined {
  if (scope.areas === 'all') return undefined
  const { grids, locator } = model.locators[3]
  const granted = new Set(scope.areas)
  const whole = model.locators[0].grids.some(grid => granted.has(grid.code))
  return ([lon, lat]) => {
    const at = locator.covering(lon, lat)
    return at < 0 ? whole : pathOf(model, grids[at]!).some(each => granted.has(each.code))
  }
}

/** Whether the scope sees a unit in the directory. */
export const unitSeen = (scope: Scope, unit: { id: string }): boolean =>
  scope.units === 'all' || scope.units.includes(unit.id)
