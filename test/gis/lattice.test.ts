import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coarseLattice } from '../../gis/lattice.ts'
import { randomFrom } from './random.ts'

/** Sixty to two hundred places, in degrees of so many decimals. */
const many = (digits: number) =>
  fc.integer({ min: 1, max: 1e6 }).map(seed => {
    const random = randomFrom(seed)
    return Array.from({ length: 2 * (60 + (seed % 140)) }, (_, i) =>
      Number(((i % 2 === 0 ? 120.5 : 31.2) + random() * 0.2).toFixed(digits)),
    )
  })

describe('positions on a coarse lattice', () => {
  it('are known by their step when they were cut to two, three or four decimals', () => {
    for (const [digits, step] of [
      [2, 0.01],
      [3, 0.001],
      [4, 0.0001],
    ] as const)
      fc.assert(
        fc.property(many(digits), positions => {
          const found = coarseLattice(positions, 'geographic')
          expect(found).toEqual({ step, on: positions.length / 2 })
        }),
        { numRuns: 50 },
      )
  })

  it('are not seen in degrees with six or more decimals, nor in metres to the centimetre', () => {
    for (const digits of [6, 7, 9])
      fc.assert(
        fc.property(many(digits), positions => {
          expect(coarseLattice(positions, 'geographic')).toBeNull()
        }),
        { numRuns: 50 },
      )
    fc.assert(
      fc.property(many(2), positions => {
        const metres = positions.map(each => Math.round(each * 1e7) / 100 + 0.01 * Math.round(each * 1e3))
        expect(coarseLattice(metres, 'projected')).toBeNull()
      }),
      { numRuns: 50 },
    )
  })

  it('are seen among others when they are a third, not when they are a few', () => {
    const fine = Array.from({ length: 100 }, (_, i) => [120.5 + i * 0.0012347, 31.2 + i * 0.0011113]).flat()
    const coarse = Array.from({ length: 60 }, (_, i) => [120.5 + (i % 9) / 100, 31.2 + (i % 7) / 100]).flat()
    expect(coarseLattice([...fine, ...coarse], 'geographic')).toEqual({ step: 0.01, on: 61 })
    expect(coarseLattice([...fine, ...coarse.slice(0, 40)], 'geographic')).toBeNull()
  })

  it('in metres are tens or hundreds, whole metres are not', () => {
    const at = (step: number) =>
      Array.from({ length: 80 }, (_, i) => [560_000 + i * step, 3_460_000 + ((i * 7) % 83) * step]).flat()
    expect(coarseLattice(at(100), 'projected')).toMatchObject({ step: 100 })
    expect(coarseLattice(at(10), 'projected')).toMatchObject({ step: 10 })
    expect(coarseLattice(at(1), 'projected')).toBeNull()
  })

  it('say nothing of a handful', () => {
    expect(coarseLattice([120.61, 31.31, 120.62, 31.32], 'geographic')).toBeNull()
    expect(coarseLattice([], 'geographic')).toBeNull()
  })
})
