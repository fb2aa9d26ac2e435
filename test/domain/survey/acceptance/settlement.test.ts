import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviationM } from '../../../../src/domain/survey/acceptance/deviation.ts'
import { Terms } from '../../../../src/domain/survey/acceptance/schema.ts'
import { type Settling, settle, sumOf } from '../../../../src/domain/survey/acceptance/settlement.ts'

const pieces = (n: number, metres = 0, m2 = 0) => ({ pieces: n, metres, m2 })
const given: Settling = {
  brought: {
    '0101': { added: pieces(100), changed: pieces(20) },
    '0211': { added: pieces(4, 380.5), changed: pieces(1, 19.5) },
    '0405': { added: pieces(2, 0, 1500), changed: pieces(0) },
  },
  unchanged: { '0101': pieces(7), '0211': pieces(2, 50) },
  ended: { '0118': pieces(3) },
  wrong: { '0101': { added: pieces(2) }, '0211': { added: pieces(1, 100), unchanged: pieces(1, 30) } },
  refused: 9,
}
const of = (settlement: ReturnType<typeof settle>, code: string) =>
  settlement.classes.find(each => each.class === code)!

describe('the settlement table', () => {
  it('counts what was added and changed, less what was found wrong, each in its own measure', () => {
    const table = settle(given, Terms.parse({}))
    expect(table.classes.map(each => each.class)).toEqual(['0101', '0118', '0211', '0405'])
    expect(of(table, '0101')).toMatchObject({ unchanged: 7, settled: pieces(118), amount: null, unit: null })
    expect(of(table, '0211')).toMatchObject({ unchanged: 2, wrong: pieces(2, 130), settled: pieces(4, 300) })
    expect(of(table, '0405').settled).toEqual(pieces(2, 0, 1500))
    expect(of(table, '0118')).toMatchObject({ ended: 3, settled: pieces(0) })
    expect(table).toMatchObject({ refused: 9, total: { settled: pieces(124, 300, 1500), amount: null } })
  })
  it('counts other states and deducts nothing where the terms say so', () => {
    const terms = Terms.parse({ settle: { states: ['added', 'unchanged', 'ended'], deductWrong: false } })
    const table = settle(given, terms)
    expect(of(table, '0101').settled).toEqual(pieces(107))
    expect(of(table, '0118').settled).toEqual(pieces(3))
    expect(of(table, '0211').settled).toEqual(pieces(6, 430.5))
  })
  it('takes off what is wrong only of what it was delivered as, in every measure', () => {
    const settled = (...states: string[]) =>
      of(settle(given, Terms.parse({ settle: { states } })), '0211').settled
    expect(settled('added')).toEqual(pieces(3, 280.5))
    expect(settled('changed')).toEqual(pieces(1, 19.5))
    expect(settled('unchanged')).toEqual(pieces(1, 20))
    expect(settled('added', 'changed', 'unchanged')).toEqual(pieces(5, 320))
  })
  it('gives amounts only where there are prices, by the unit of the price', () => {
    const prices = {
      '01': { unit: 'piece', price: 2.5 },
      '0211': { unit: 'metre', price: 0.333 },
      '0405': { unit: 'm2', price: 0.01 },
    }
    const table = settle(given, Terms.parse({ prices }))
    expect(table.classes.map(each => each.amount)).toEqual([295, 0, 99.9, 15])
    expect(table.total.amount).toBe(409.9)
    // something is settled that has no price: what is left out makes the sum none
    const { '0211': _, ...partly } = prices
    expect(settle(given, Terms.parse({ prices: { ...partly, '01': prices['01'] } })).total.amount).toBeNull()
    // that nothing is settled of needs none
    const only = { ...given, brought: { '0101': given.brought['0101']! }, unchanged: {}, wrong: {} }
    expect(settle(only, Terms.parse({ prices: { '0101': prices['01'] } })).total.amount).toBe(300)
    expect(
      settle(given, Terms.parse({ prices: { '99': { unit: 'piece', price: 1 } } })).total.amount,
    ).toBeNull()
  })
  it('never settles less than nothing', () => {
    const table = settle({ ...given, wrong: { '0405': { added: pieces(9, 0, 9e9) } } }, Terms.parse({}))
    expect(of(table, '0405').settled).toEqual(pieces(0))
  })
  it('of several is the sum of each', () => {
    const quantity = fc.record({ pieces: fc.nat(1000), metres: fc.nat(1000), m2: fc.nat(1000) })
    const brought = fc.dictionary(
      fc.constantFrom('0101', '0118', '0211'),
      fc.record({ added: quantity, changed: quantity }),
    )
    fc.assert(
      fc.property(fc.array(brought, { minLength: 1, maxLength: 5 }), all => {
        const terms = Terms.parse({
          prices: { '01': { unit: 'piece', price: 2 }, '02': { unit: 'metre', price: 3 } },
        })
        const tables = all.map(each => settle({ ...given, brought: each }, terms))
        const sum = sumOf(tables)
        const add = (of: (table: (typeof tables)[number]) => number) =>
          tables.reduce((n, each) => n + of(each), 0)
        expect(sum.total.settled.pieces).toBe(add(each => each.total.settled.pieces))
        expect(sum.total.settled.metres).toBe(add(each => each.total.settled.metres))
        expect(sum.total.amount ?? 0).toBeCloseTo(
          add(each => each.total.amount ?? 0),
          6,
        )
        expect(sum.refused).toBe(9 * tables.length)
      }),
    )
  })
})

describe('a deviation', () => {
  // a second of arc at 31.3 N: 30.797 m of meridian, 26.451 m of parallel (by the formulas of GRS 80)
  const at: [number, number] = [120.6, 31.3]
  const east = (s: number): [number, number] => [120.6 + s / 3600, 31.3]
  const north = (s: number): [number, number] => [120.6, 31.3 + s / 3600]
  it('of a point is its distance on the ellipsoid', () => {
    expect(deviationM({ type: 'Point', coordinates: at }, at)).toBe(0)
    expect(deviationM({ type: 'Point', coordinates: east(1) }, at)).toBeCloseTo(26.444, 1)
    expect(deviationM({ type: 'Point', coordinates: north(1) }, at)).toBeCloseTo(30.797, 1)
  })
  it('of a line is that from the line, not from its corners, and of an area that from its edge, inside too', () => {
    const line = { type: 'LineString' as const, coordinates: [east(-1), east(1)] }
    expect(deviationM(line, north(0.01))).toBeCloseTo(0.308, 3)
    const ring = [east(-1), north(1), east(1), north(-1), east(-1)]
    const inside = deviationM({ type: 'Polygon', coordinates: [ring] }, at)
    expect(inside).toBeGreaterThan(15)
    expect(inside).toBeLessThan(26)
  })
})
