/** One search box over everything: components by code, classes, units, grids, addresses and places. From memory. */
import { searchWordsOf } from '../catalog/search-words.ts'
import type { Scope } from '../orgs/rules.ts'
import { inOrder } from './component-rows.ts'
import type { Sieve } from './filter.ts'
import { summaryOf } from './listing.ts'
import { idOf, type Model } from './model.ts'
import { groundSeen, sees, unitSeen } from './where.ts'

export function search(model: Model, scope: Scope, sieve: Sieve, q: string, limit: number) {
  const text = q.normalize('NFKC').trim()
  const lower = text.toLowerCase()
  const has = (...names: (string | null)[]) => names.some(name => name?.toLowerCase().includes(lower))
  const first = <T>(items: readonly T[], keep: (item: T) => boolean, rank: (item: T) => number): T[] =>
    items
      .filter(keep)
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, limit)
  const rankOf = (...names: (string | null)[]) => {
    if (names.some(name => name?.toLowerCase() === lower)) return 0
    return names.some(name => name?.toLowerCase().startsWith(lower)) ? 1 : 2
  }
  const hidden = new Set(scope.hiddenClasses)
  return {
    components: findComponents(model, sieve, text, limit),
    classes: first(
      model.classes,
      each =>
        !hidden.has(each.code) &&
        has(each.code, each.name, each.nameEn, ...each.aliases, searchWordsOf(each.name)),
      each => rankOf(each.code, each.name, each.nameEn),
    ).map(({ code, name, nameEn }) => ({ code, name, nameEn })),
    units: first(
      model.units,
      unit => unitSeen(scope, unit) && has(unit.name, unit.shortName, unit.code),
      unit => rankOf(unit.name, unit.shortName, unit.code),
    ).map(({ id, name, kind }) => ({ id, name, kind })),
    grids: first(
      model.grids,
      grid => has(grid.name, grid.code) && sees(model, scope, grid),
      grid => rankOf(grid.name, grid.code) * 4 + grid.level,
    ).map(({ level, code, name, labelPoint, bbox }) => ({ level, code, name, lonLat: labelPoint, bbox })),
    ...model.places.search(text, limit, groundSeen(model, scope)),
  }
}

/** Codes that begin with the text, by bisection; then those that end with it, for the digits painted on a cover. */
function findComponents(model: Model, sieve: Sieve, text: string, limit: number) {
  if (text.length < 3) return []
  const { codes } = model.components
  const byCode = inOrder(model.components)
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text)) {
    const at = byCode.find(handle => idOf(model.components, handle) === text.toLowerCase())
    return at === undefined || !sieve.passes(at) ? [] : [summaryOf(model, at)]
  }
  let low = 0
  let high = byCode.length
  while (low < high) {
    const middle = (low + high) >> 1
    const code = codes[byCode[middle]!]!
    if (code !== null && code < text) low = middle + 1
    else high = middle
  }
  const found: number[] = []
  for (let at = low; at < byCode.length && found.length < limit; at++) {
    const handle = byCode[at]!
    if (!codes[handle]?.startsWith(text)) break
    if (sieve.passes(handle)) found.push(handle)
  }
  for (let at = 0; at < byCode.length && found.length < limit; at++) {
    const handle = byCode[at]!
    if (codes[handle]?.endsWith(text) && !found.includes(handle) && sieve.passes(handle)) found.push(handle)
  }
  return found.map(handle => summaryOf(model, handle))
}
