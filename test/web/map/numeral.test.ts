/** Counts in circles: every figure has room. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figurePx, roomFor, short } from '../../../src/web/map/numeral.ts'

/** A figure is at most 0.62 as wide as it is high; the chord at half its height must hold them all. */
const fits = (said: string, radius: number): boolean => {
  const height = figurePx(said)
  return 2 * Math.sqrt(radius ** 2 - (height * 0.36) ** 2) >= said.length * height * 0.62
}

describe('a count in a circle', () => {
  it('is exact below a thousand and round above', () => {
    expect([7, 987, 1000, 1234, 9949, 12_345, 231_000].map(short)).toEqual([
      '7',
      '987',
      '1.0k',
      '1.2k',
      '9.9k',
      '12k',
      '231k',
    ])
  })
  it('always has room for its figures, and never more than its bin', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_000 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (count, wanted) => {
          const said = short(count)
          const radius = roomFor(said, wanted)
          expect([said, fits(said, radius)]).toEqual([said, true])
          expect(radius).toBeLessThanOrEqual(16)
        },
      ),
    )
  })
  it('grows with what density asks for', () => {
    expect(roomFor('12', 12)).toBe(12)
    expect(roomFor('12', 3)).toBeGreaterThan(3)
  })
})
