/** Links to the map: what is written can be read, and nonsense never breaks a page. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Link, namedClasses, readLink, writeLink } from '../../../src/web/console/permalink.ts'
import { zoomForWidth } from '../../../src/web/stores/view.ts'

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
      width: maybe(fc.integer({ min: 1, max: 99_999 })),
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
  it('of old, without a width, is read all the same', () => {
    for (const [at, width] of [
      ['120.6,31.2,12', null],
      ['120.6,31.2,12,1080', 1080],
      ['120.6,31.2,12,x', null],
      ['120.6,31.2,12,-3', null],
    ])
      expect(readLink({ at: String(at) }).at).toEqual({ centre: [120.6, 31.2], zoom: 12, width })
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

describe('the zoom of a link', () => {
  it('goes out on a narrower map, so far that the same ground is seen, and stays on a wider one or in a street', () => {
    expect(zoomForWidth(12, 1400, 350)).toBe(10)
    expect(zoomForWidth(12, 350, 1400)).toBe(12)
    expect(zoomForWidth(17.5, 1400, 350)).toBe(17.5)
    for (const unknown of [null, 0]) expect(zoomForWidth(12, unknown, 350)).toBe(12)
    expect(zoomForWidth(12, 1400, null)).toBe(12)
  })
})
