/** Links to the map: what is written can be read, and nonsense never breaks a page. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Link, namedClasses, readLink, writeLink } from '../../../src/web/console/permalink.ts'

const plain: Link = {
  at: null,
  off: [],
  on: null,
  hide: [],
  unit: null,
  chosen: null,
  selected: null,
  language: null,
  district: null,
}
const code = fc.stringMatching(/^[0-9]{4,16}$/)
const codes = fc.uniqueArray(code, { maxLength: 6 })
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
const link: fc.Arbitrary<Link> = fc.record({
  at: maybe(
    fc.record({
      centre: fc
        .tuple(
          fc.integer({ min: -179_999_999, max: 179_999_999 }),
          fc.integer({ min: -84_999_999, max: 84_999_999 }),
        )
        .map(([x, y]) => [x / 1e6, y / 1e6] as const),
      zoom: fc.integer({ min: 0, max: 2150 }).map(n => n / 100),
    }),
  ),
  off: codes,
  on: maybe(codes),
  hide: codes,
  unit: maybe(fc.uuid()),
  chosen: maybe(code),
  selected: maybe(fc.uuid()),
  language: fc.constantFrom(null, 'en' as const),
  district: maybe(fc.stringMatching(/^[0-9]{6}$/)),
})

describe('a link', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(link, each => {
        const told = each.on ? { ...each, off: [] } : each
        expect(readLink(writeLink(told))).toEqual(told)
      }),
    )
  })
  it('keeps the difference between no class on and nothing said', () => {
    expect(readLink(writeLink({ ...plain, on: [] })).on).toEqual([])
    expect(readLink({}).on).toBeNull()
  })
  it('says nothing of what is as usual', () => {
    expect(writeLink(plain)).toEqual({})
    expect(writeLink({ ...plain, language: 'zh-CN' })).toEqual({})
  })
  it('leaves out what makes no sense', () => {
    for (const at of ['', 'x', '120,31', '120,31,99', '200,31,12', '120,,12', '120,NaN,3', 'Infinity,0,3'])
      expect(readLink({ at }).at).toBeNull()
    expect(readLink({ lang: 'fr' }).language).toBeNull()
    expect(readLink({ off: ['a', 'b'] }).off).toEqual([])
  })
  it('never throws, whatever the query', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('at', 'off', 'on', 'hide', 'sel', 'lang'),
          fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(null)),
        ),
        query => void readLink(query),
      ),
    )
  })
})

describe('the choice of classes', () => {
  it('is named the shorter way, and means the same', () => {
    fc.assert(
      fc.property(codes, fc.infiniteStream(fc.boolean()), (all, coin) => {
        const off = new Set(all.filter(() => coin.next().value))
        const named = namedClasses(all, off)
        const meant = named.on ? all.filter(each => !named.on!.includes(each)) : named.off
        expect(new Set(meant)).toEqual(off)
        expect(Math.max(named.off.length, named.on?.length ?? 0)).toBeLessThanOrEqual(
          Math.ceil(all.length / 2),
        )
      }),
    )
  })
})
