import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { degreesNotations, packDegrees, unpackDegrees } from '../../gis/packed-degrees.ts'

describe('degrees that are packed with minutes and seconds', () => {
  it.each([
    ['d.mmss', 120.3755, 120 + 37 / 60 + 55 / 3600],
    ['d.mmss', 120.375512, 120 + 37 / 60 + 55.12 / 3600],
    ['d.mmss', 31.0005, 31 + 5 / 3600],
    ['d.mmss', -71.0644, -(71 + 6 / 60 + 44 / 3600)],
    ['d.mmmm', 120.3791867, 120 + 37.91867 / 60],
    ['dmm.mmmm', 12037.91867, 120 + 37.91867 / 60],
    ['dmm.mmmm', 3100.5, 31 + 0.5 / 60],
    ['decimal', 120.632, 120.632],
  ] as const)('%s %d are %d', (notation, packed, degrees) => {
    expect(unpackDegrees(notation, packed)).toBeCloseTo(degrees, 9)
  })

  it('come back to a centimetre, in every notation', () => {
    const anywhere = fc.double({ min: -180, max: 180, noNaN: true })
    fc.assert(
      fc.property(fc.constantFrom(...degreesNotations), anywhere, (notation, degrees) => {
        // a whole minute may be written as 60 seconds less a float's breadth: both say the same
        const packed = packDegrees(notation, degrees)
        expect(Math.abs(unpackDegrees(notation, packed) - degrees)).toBeLessThan(1e-7)
      }),
      { numRuns: 2000 },
    )
  })

  it('with sixty minutes or seconds are none', () => {
    for (const wrong of [120.6, 120.75, 120.3061]) expect(unpackDegrees('d.mmss', wrong)).toBeNaN()
    expect(unpackDegrees('d.mmmm', 120.6)).toBeNaN()
    expect(unpackDegrees('dmm.mmmm', 12060)).toBeNaN()
  })
})
