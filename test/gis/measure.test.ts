import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Geometry } from '../../gis/geometry.ts'
import { areaM2, distanceM, EARTH_RADIUS_M, lengthM, M_PER_DEGREE } from '../../gis/measure.ts'

const position = fc.tuple(
  fc.double({ min: -179, max: 179, noNaN: true }),
  fc.double({ min: -89, max: 89, noNaN: true }),
)

describe('a distance', () => {
  it('is zero to itself, the same both ways, and never longer by a detour', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(distanceM(a, a)).toBe(0)
        expect(distanceM(a, b)).toBeCloseTo(distanceM(b, a), 6)
        expect(distanceM(a, c)).toBeLessThanOrEqual(distanceM(a, b) + distanceM(b, c) + 1e-6)
      }),
    )
  })

  it('is a degree on the meridian, and half around the earth to the other side', () => {
    expect(distanceM([120, 31], [120, 32])).toBeCloseTo(M_PER_DEGREE, 3)
    expect(distanceM([0, 0], [180, 0])).toBeCloseTo(EARTH_RADIUS_M * Math.PI, 3)
  })
})

describe('length and area', () => {
  const square = (side: number): number[][] => [
    [120, 31],
    [120 + side, 31],
    [120 + side, 31 + side],
    [120, 31 + side],
    [120, 31],
  ]

  it('are the sum of the parts, holes counted as border and taken off the area', () => {
    const outer = square(0.01)
    const inner = square(0.004).map(([x, y]) => [x! + 0.003, y! + 0.003])
    const whole: Geometry = { type: 'Polygon', coordinates: [outer] }
    const hole: Geometry = { type: 'Polygon', coordinates: [inner] }
    const holed: Geometry = { type: 'Polygon', coordinates: [outer, inner] }
    expect(areaM2(holed)).toBeCloseTo(areaM2(whole) - areaM2(hole), 3)
    expect(lengthM(holed)).toBeCloseTo(lengthM(whole) + lengthM(hole), 6)
    expect(areaM2({ type: 'MultiPolygon', coordinates: [[outer], [outer]] })).toBeCloseTo(
      2 * areaM2(whole),
      3,
    )
  })

  it('do not depend on the direction of a ring nor on where it begins', () => {
    const ring = square(0.01)
    const turned = [...ring.slice(2, -1), ...ring.slice(0, 3)]
    for (const other of [ring.toReversed(), turned]) {
      expect(areaM2({ type: 'Polygon', coordinates: [other] })).toBeCloseTo(
        areaM2({ type: 'Polygon', coordinates: [ring] }),
        4,
      )
    }
  })

  it('of a square of a metre are a square metre', () => {
    const [w, h] = [1 / (M_PER_DEGREE * Math.cos((31 * Math.PI) / 180)), 1 / M_PER_DEGREE]
    const ring = [
      [120, 31],
      [120 + w, 31],
      [120 + w, 31 + h],
      [120, 31 + h],
      [120, 31],
    ]
    expect(areaM2({ type: 'Polygon', coordinates: [ring] })).toBeCloseTo(1, 4)
    expect(lengthM({ type: 'Polygon', coordinates: [ring] })).toBeCloseTo(4, 4)
  })

  it('are zero where there is none', () => {
    expect(
      lengthM({
        type: 'MultiPoint',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toBe(0)
    expect(
      areaM2({
        type: 'LineString',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toBe(0)
    expect(areaM2({ type: 'Polygon', coordinates: [] })).toBe(0)
  })
})
