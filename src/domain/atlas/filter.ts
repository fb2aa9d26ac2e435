/** What a reader asked for and may see, as masks over classes, areas and rows. Pure. */
import type { RowFilter } from '../../../tiles/filter.ts'
import type { Scope } from '../orgs/rules.ts'
import { type Model, type ModelGrid, pathOf } from './model.ts'

export interface Wish {
  /** Class codes; absent = all. */
  classes?: readonly string[]
  /** Grid codes of any level; absent = all. */
  areas?: readonly string[]
  /** Unit id in any role. */
  unit?: string
  /** States (registry/schema.ts, or as delivered where that is none of them); absent = all, also those without one. */
  states?: readonly string[]
}

/** What a query of the API wishes. */
export const wishOf = (query: {
  class?: string[]
  area?: string[]
  unit?: string
  state?: string[]
}): Wish => ({ classes: query.class, areas: query.area, unit: query.unit, states: query.state })

export interface Sieve extends RowFilter {
  /** Whether a row (by handle) is let through. */
  passes(handle: number): boolean
  /** Equal sieves have equal keys; part of cache keys and ETags. */
  key: string
  /** Nothing is held back. */
  all: boolean
}

/** @returns the test of both: what is wished and what the scope sees */
export function sieve(model: Model, scope: Scope, wish: Wish): Sieve {
  const { components } = model
  const classMask = classesOf(model, scope, wish)
  const areaMask = areasOf(model, scope, wish)
  const unit = unitTest(model, scope, wish)
  const stateMask =
    wish.states && Uint8Array.from(model.states, word => (wish.states!.includes(word) ? 1 : 0))
  const passes = (handle: number): boolean =>
    (classMask === undefined || classMask[components.classIndex[handle]!] === 1) &&
    (areaMask === undefined || areaMask[components.area[handle]! + 1] === 1) &&
    (stateMask === undefined || stateMask[components.stateIndex[handle]!] === 1) &&
    (unit === undefined || unit(handle))
  return {
    classMask,
    areaMask,
    stateMask,
    accept: unit,
    passes,
    key: keyOf(scope, wish),
    all: !classMask && !areaMask && !stateMask && !unit,
  }
}

/** The key of a sieve, without making it. */
export function keyOf(scope: Scope, wish: Wish): string {
  const list = (codes?: readonly string[]) => (codes ? [...new Set(codes)].sort() : null)
  // codes come from outside: quoted, so that no code can look like another wish
  return JSON.stringify([
    scope.key,
    list(wish.classes),
    list(wish.areas),
    wish.unit ?? null,
    list(wish.states),
  ])
}

function classesOf(model: Model, scope: Scope, wish: Wish): Uint8Array | undefined {
  if (!wish.classes && scope.hiddenClasses.length === 0) return undefined
  const mask = new Uint8Array(model.classes.length)
  if (wish.classes) for (const code of wish.classes) setAt(mask, model.classAt.get(code), 1)
  else mask.fill(1)
  for (const code of scope.hiddenClasses) setAt(mask, model.classAt.get(code), 0)
  return mask
}

const setAt = (mask: Uint8Array, at: number | undefined, value: number): void => {
  if (at !== undefined) mask[at] = value
}

/** Entry 0 stands for components in no area: seen with the whole district only. */
function areasOf(model: Model, scope: Scope, wish: Wish): Uint8Array | undefined {
  if (!wish.areas && scope.areas === 'all') return undefined
  const under = (codes: readonly string[]): Uint8Array => {
    const wanted = new Set(codes)
    const inside = (grid: ModelGrid) => pathOf(model, grid).some(each => wanted.has(each.code))
    const mask = Uint8Array.from([0, ...model.areas.map(area => (inside(area) ? 1 : 0))])
    if (model.grids.some(grid => grid.level === 0 && wanted.has(grid.code))) mask[0] = 1
    return mask
  }
  const mask = wish.areas ? under(wish.areas) : new Uint8Array(model.areas.length + 1).fill(1)
  if (scope.areas === 'all') return mask
  const seen = under(scope.areas)
  return mask.map((value, i) => value & seen[i]!)
}

function unitTest(model: Model, scope: Scope, wish: Wish): ((handle: number) => boolean) | undefined {
  const { competent, owner, maintainer } = model.components.units
  const among = (ids: readonly string[]) => {
    const wanted = new Set(ids.map(id => model.unitAt.get(id)).filter(at => at !== undefined))
    return (handle: number) =>
      wanted.has(competent[handle]!) || wanted.has(owner[handle]!) || wanted.has(maintainer[handle]!)
  }
  const tests = [
    ...(scope.units === 'all' ? [] : [among(scope.units)]),
    ...(wish.unit === undefined ? [] : [among([wish.unit])]),
  ]
  if (tests.length === 0) return undefined
  return handle => tests.every(test => test(handle))
}
