import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLocator } from '../../../gis/locate.ts'
import { pointOn } from '../../../src/domain/atlas/anchor.ts'

/** A star of any shape around a centre, with a hole around it or not. */
const stars = fc
  .record({
    radii: fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 3, maxLength: 24 }),
    turn: fc.double({ min: 0, max: 6.28, noNaN: true }),
    flat: fc.double({ min: 0.02, max: 1, noNaN: true }),
    hole: fc.boolean(),
  })
  .map(({ radii, turn, flat, hole }) => {
    const ring = (scale: number) => {
      const corners = radii.map((radius, i) => {
        const angle = turn + (i / radii.length) * 2 * Math.PI
        return [
          120 + radius * scale * Math.cos(angle) * 0.01,
          31 + radius * scale * Math.sin(angle) * 0.01 * flat,
        ]
      })
      return [...corners, corners[0]!]
    }
    return { type: 'Polygon' as const, coordinates: hole ? [ring(1), ring(0.5).reverse()] : [ring(1)] }
  })

describe('the point of a geometry', () => {
  it('of a polygon lies in its interior, holes or not', () => {
    fc.assert(
      fc.property(stars, geometry => {
        const locator = buildLocator([{ geometry }])
        expect(locator.interior(...pointOn(geometry))).toEqual([0])
      }),
      { numRuns: 500 },
    )
  })
  it('of several polygons lies in the largest', () => {
    const square = (x: number, side: number) => [
      [
        [x, 0],
        [x + side, 0],
        [x + side, side],
        [x, side],
        [x, 0],
      ],
    ]
    const [lon] = pointOn({ type: 'MultiPolygon', coordinates: [square(0, 1), square(10, 3), square(20, 2)] })
    expect(lon).toBeGreaterThan(10)
    expect(lon).toBeLessThan(13)
  })
  it('of a line is its middle along the way, of several the middle of the longest', () => {
    const bent = [
      [0, 0],
      [0, 1],
      [5, 1],
    ]
    expect(pointOn({ type: 'LineString', coordinates: bent })).toEqual([2, 1])
    expect(
      pointOn({
        type: 'MultiLineString',
        coordinates: [
          [
            [9, 9],
            [9, 8],
          ],
          bent,
        ],
      }),
    ).toEqual([2, 1])
  })
  it('of a line or polygon without extent is its first position', () => {
    expect(
      pointOn({
        type: 'LineString',
        coordinates: [
          [3, 4],
          [3, 4],
        ],
      }),
    ).toEqual([3, 4])
    expect(
      pointOn({
        type: 'Polygon',
        coordinates: [
          [
            [3, 4],
            [5, 4],
            [3, 4],
          ],
        ],
      }),
    ).toEqual([3, 4])
  })
  it('of points is the first', () => {
    expect(pointOn({ type: 'Point', coordinates: [1, 2, 9] })).toEqual([1, 2])
    expect(
      pointOn({
        type: 'MultiPoint',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toEqual([1, 2])
  })
})
