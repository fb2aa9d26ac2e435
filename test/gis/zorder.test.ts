import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareZ, orderZ } from '../../gis/zorder.ts'

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const points = fc.array(
  fc.tuple(fc.oneof(u32, fc.integer({ min: 0, max: 3 })), fc.oneof(u32, fc.integer({ min: 0, max: 3 }))),
)

/** The key by its definition: 64 bits, y before x at every place. */
function key(x: number, y: number): bigint {
  let bits = 0n
  for (let bit = 31n; bit >= 0n; bit--)
    bits = (bits << 2n) | (((BigInt(y) >> bit) & 1n) << 1n) | ((BigInt(x) >> bit) & 1n)
  return bits
}

describe('the Z-order curve', () => {
  it('compares as the interleaved keys compare', () => {
    fc.assert(
      fc.property(u32, u32, u32, u32, (ax, ay, bx, by) => {
        const [a, b] = [key(ax, ay), key(bx, by)]
        expect(Math.sign(compareZ(ax, ay, bx, by))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
      { numRuns: 1000 },
    )
  })

  it('orders points by their keys and leaves equal ones as they came', () => {
    fc.assert(
      fc.property(points, list => {
        const order = orderZ(
          list.length,
          Uint32Array.from(list, p => p[0]),
          Uint32Array.from(list, p => p[1]),
        )
        const expected = list
          .map(([x, y], i) => ({ i, key: key(x, y) }))
          .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.i - b.i))
        expect([...order]).toEqual(expected.map(p => p.i))
      }),
    )
  })
})
