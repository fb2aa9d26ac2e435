import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSeats } from '../../src/core/seats.ts'

describe('seats', () => {
  it('are so many for each name, whatever is taken and given back in whatever order', () => {
    const step = fc.record({ name: fc.constantFrom('a', 'b'), back: fc.boolean(), twice: fc.boolean() })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step), (most, steps) => {
        const seats = openSeats(most)
        const held: Record<string, (() => void)[]> = { a: [], b: [] }
        for (const { name, back, twice } of steps) {
          const mine = held[name]!
          if (back) {
            const leave = mine.shift()
            leave?.()
            if (twice) leave?.()
            continue
          }
          const leave = seats.take(name)
          expect(leave === null).toBe(mine.length >= most)
          if (leave) mine.push(leave)
        }
      }),
    )
  })
})
