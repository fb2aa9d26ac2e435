import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sieve, type Wish } from '../../../src/domain/atlas/filter.ts'
import { type Scope, scopeOf } from '../../../src/domain/orgs/rules.ts'
import { DISTRICT, dotAt, smallModel } from './small-model.ts'

const model = smallModel([
  { code: '1', class: '0101', geometry: dotAt(1, 1), owner: 'water' },
  { code: '2', class: '0102', geometry: dotAt(1, 3), owner: 'power' },
  { code: '3', class: '0201', geometry: dotAt(5.5, 1) },
  { code: '4', class: '0101', geometry: dotAt(5, 3) },
  { code: '5', class: '0101', geometry: dotAt(50, 3) },
])
const through = (wish: Wish, scope: Scope = scopeOf(DISTRICT)) => {
  const test = sieve(model, scope, wish)
  return model.components.codes.filter((_, handle) => test.passes(handle)).join('')
}

describe('a sieve', () => {
  it('lets everything through when nothing is wished and everything is seen', () => {
    expect(through({})).toBe('12345')
    expect(sieve(model, scopeOf(DISTRICT), {}).all).toBe(true)
  })
  it('lets classes, grids of any level and units through; unknown ones let nothing through', () => {
    expect(through({ classes: ['0101'] })).toBe('145')
    expect(through({ classes: [] })).toBe('')
    expect(through({ classes: ['9999'] })).toBe('')
    expect(through({ areas: ['A1'] })).toBe('1')
    expect(through({ areas: ['V1'] })).toBe('12')
    expect(through({ areas: ['A1', 'V2'] })).toBe('13')
    expect(through({ areas: ['nowhere'] })).toBe('')
    expect(through({ unit: 'power' })).toBe('2')
    expect(through({ unit: 'nobody' })).toBe('')
  })
  it('lets states through by their word; unknown ones let nothing through', () => {
    model.components.stateIndex.set([1, 0, 1, 0, 0])
    expect(through({ states: ['完好'] })).toBe('13')
    expect(through({ states: ['丢失'] })).toBe('')
    expect(through({ states: ['完好'], classes: ['0101'] })).toBe('1')
    const key = (wish: Wish) => sieve(model, scopeOf(DISTRICT), wish).key
    expect(
      new Set([key({}), key({ states: [] }), key({ states: ['完好'] }), key({ classes: ['完好'] })]).size,
    ).toBe(4)
  })
  it('counts what is in no area to the whole district only', () => {
    expect(through({ areas: [DISTRICT] })).toBe('12345')
    expect(through({ areas: ['T'] })).toBe('123')
  })
  it('holds back what the scope does not see, whatever is wished', () => {
    const hidden = scopeOf(DISTRICT, { hiddenClasses: ['0101'] })
    expect(through({}, hidden)).toBe('23')
    expect(through({ classes: ['0101'] }, hidden)).toBe('')
    const village = scopeOf(DISTRICT, { areas: ['V1'] })
    expect(through({}, village)).toBe('12')
    expect(through({ areas: ['V2'] }, village)).toBe('')
    const unit = scopeOf(DISTRICT, { units: ['water'] })
    expect(through({}, unit)).toBe('1')
    expect(through({ unit: 'power' }, unit)).toBe('')
    expect(through({}, scopeOf(DISTRICT, { units: [] }))).toBe('')
  })
  it('has a key that differs by scope and by wish, and not by the order of a wish', () => {
    const key = (wish: Wish, scope = scopeOf(DISTRICT)) => sieve(model, scope, wish).key
    expect(key({}, scopeOf(DISTRICT, { hiddenClasses: ['0101'] }))).not.toBe(key({}))
    expect(key({}, scopeOf(DISTRICT, { areas: ['V1'] }))).not.toBe(
      key({}, scopeOf(DISTRICT, { units: ['V1'] })),
    )
    expect(key({ classes: ['a', 'b'] })).toBe(key({ classes: ['b', 'a', 'b'] }))
    expect(key({ classes: ['0101'] })).not.toBe(key({ areas: ['0101'] }))
    expect(key({ classes: [] })).not.toBe(key({}))
  })
  it('cannot be given codes that make one wish look like another', () => {
    const key = (wish: Wish) => sieve(model, scopeOf(DISTRICT), wish).key
    expect(key({ classes: ['*'] })).not.toBe(key({}))
    expect(key({ classes: ['x/y'] })).not.toBe(key({ classes: ['x'], areas: ['y/*'] }))
    const codes = fc.option(fc.uniqueArray(fc.string({ maxLength: 4 }), { maxLength: 3 }), { nil: undefined })
    const wishes = fc.record({
      classes: codes,
      areas: codes,
      unit: fc.option(fc.string({ maxLength: 4 }), { nil: undefined }),
    })
    const canonical = (wish: Wish) =>
      JSON.stringify([
        [...(wish.classes ?? [])].sort(),
        [...(wish.areas ?? [])].sort(),
        wish.classes === undefined,
        wish.areas === undefined,
        wish.unit ?? null,
      ])
    fc.assert(
      fc.property(
        wishes,
        wishes,
        (a, b) => (key(a as Wish) === key(b as Wish)) === (canonical(a as Wish) === canonical(b as Wish)),
      ),
    )
  })
})
