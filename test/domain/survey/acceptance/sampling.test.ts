import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accuracyOf,
  areaOrder,
  drawer,
  lot,
  reservesOf,
  sizeOf,
} from '../../../../src/domain/survey/acceptance/sampling.ts'

const rows = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ id: `i${i}`, key: `k${i}`, change: 'added' as const }))
const draw = (seed: string, all: readonly { id: string; key: string; change: 'added' }[], most: number) => {
  const mine = drawer(most)
  for (const each of all) mine.offer({ ...each, lot: lot(seed, each.key) })
  return mine.drawn().map(each => each.key)
}

describe('the size of a sample', () => {
  it('is the share, at least the minimum, at most the maximum, and never more than there are', () => {
    const rule = { share: 0.02, min: 8, max: 60 }
    expect([0, 1, 5, 100, 401, 1000, 100_000].map(n => sizeOf(n, rule))).toEqual([0, 1, 5, 8, 9, 20, 60])
  })
  it('leaves reserves of a quarter, three at least', () => {
    expect([0, 1, 12, 60].map(reservesOf)).toEqual([0, 3, 3, 15])
  })
})

describe('a draw', () => {
  it('is the same again for the same seed, whatever the order of the rows, and another for another', () => {
    const all = rows(3000)
    const first = draw('2026', all, 40)
    expect(first).toHaveLength(40)
    expect(draw('2026', all.toReversed(), 40)).toEqual(first)
    expect(draw('2027', all, 40)).not.toEqual(first)
  })
  it('of fewer begins the draw of more: who is next is known', () => {
    const all = rows(500)
    expect(draw('s', all, 30).slice(0, 10)).toEqual(draw('s', all, 10))
  })
  it('keeps exactly the smallest lots', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (keys, most) => {
          const all = keys.map(key => ({ id: key, key, change: 'added' as const }))
          const expected = keys
            .map(key => ({ key, at: lot('x', key) }))
            .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
            .slice(0, most)
          expect(draw('x', all, most)).toEqual(expected.map(each => each.key))
        },
      ),
    )
  })
  it('gives every row the same chance', () => {
    const hits = new Map<string, number>()
    for (let seed = 0; seed < 2000; seed++)
      for (const key of draw(String(seed), rows(20), 5)) hits.set(key, (hits.get(key) ?? 0) + 1)
    // 500 expected of each, standard deviation 19
    for (const row of rows(20)) expect(Math.abs(hits.get(row.key)! - 500)).toBeLessThan(100)
  })
})

describe('areas', () => {
  it('are drawn the sooner the more stands in them, and never where nothing does', () => {
    const areas = [
      { code: 'large', n: 900 },
      { code: 'small', n: 100 },
      { code: 'empty', n: 0 },
    ]
    let large = 0
    for (let seed = 0; seed < 2000; seed++) {
      const order = areaOrder(areas, String(seed)).map(area => area.code)
      expect(order).toHaveLength(2)
      if (order[0] === 'large') large++
    }
    // 1800 expected, standard deviation 13
    expect(Math.abs(large - 1800)).toBeLessThan(70)
  })
})

it('takes a class’s accuracy from the district, else from its group', () => {
  expect(
    ['0101', '0118', '0201', '0305', '0401', '0405', '0602', '2101'].map(code => accuracyOf(code, {})),
  ).toEqual([...'AABBACCB'])
  expect(accuracyOf('0405', { '04': 'A' })).toBe('A')
  expect(accuracyOf('0405', { '04': 'A', '0405': 'B' })).toBe('B')
})
