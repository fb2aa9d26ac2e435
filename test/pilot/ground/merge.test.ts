import fc from 'fast-check'
import { expect, it } from 'vitest'
import { apportion } from '../../../pilot/ground/divisions.ts'
import type { Borders } from '../../../pilot/ground/merge.ts'
import { mergeInto } from '../../../pilot/ground/merge.ts'

/** A board of `side` by `side` squares, neighbours by their sides. */
function board(side: number): { items: { id: number; mass: number; areaM2: number }[]; borders: Borders } {
  const items = Array.from({ length: side * side }, (_, id) => ({ id, mass: 1, areaM2: 1 }))
  const next = (id: number) =>
    [id % side > 0 ? id - 1 : -1, id % side < side - 1 ? id + 1 : -1, id - side, id + side].filter(
      n => n >= 0 && n < side * side,
    )
  return { items, borders: new Map(items.map(({ id }) => [id, new Map(next(id).map(n => [n, 1]))])) }
}

it('merges into exactly the number asked for, every group in one piece', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(80), (side, wish) => {
      const { items, borders } = board(side)
      const count = 1 + (wish % (side * side))
      const groupOf = mergeInto(items, borders, count)
      expect(new Set(groupOf.values()).size).toBe(count)
      for (let group = 0; group < count; group++) {
        const members = new Set(items.filter(({ id }) => groupOf.get(id) === group).map(({ id }) => id))
        const open = [...members].slice(0, 1)
        const reached = new Set(open)
        while (open.length > 0) {
          for (const n of borders.get(open.pop()!)!.keys()) {
            if (members.has(n) && !reached.has(n)) {
              reached.add(n)
              open.push(n)
            }
          }
        }
        expect(reached.size).toBe(members.size)
      }
    }),
  )
})

it('joins over the softest border', () => {
  const items = [0, 1, 2].map(id => ({ id, mass: 1 + id, areaM2: 1 }))
  const borders = new Map([
    [
      0,
      new Map([
        [1, 0.1],
        [2, 5],
      ]),
    ],
    [1, new Map([[0, 0.1]])],
    [2, new Map([[0, 5]])],
  ])
  const groupOf = mergeInto(items, borders, 2)
  expect(groupOf.get(0)).toBe(groupOf.get(2))
  expect(groupOf.get(0)).not.toBe(groupOf.get(1))
})

it('says so when pieces do not touch', () => {
  const items = [0, 1].map(id => ({ id, mass: 1, areaM2: 1 }))
  expect(() => mergeInto(items, new Map(), 1)).toThrow(/do not touch/)
})

it('shares out whole units by weight, at least one each, all of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.nat(10_000),
      (weights, more) => {
        const total = weights.length + more
        const shares = apportion(weights, total)
        expect(shares.reduce((a, b) => a + b, 0)).toBe(total)
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(1)
      },
    ),
  )
})
