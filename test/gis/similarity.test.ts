import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySimilarity, fitSimilarity, type PointPair, undoSimilarity } from '../../gis/similarity.ts'

const metres = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const place = fc.tuple(metres(-5e4, 5e4), metres(-5e4, 5e4))
const known = fc.record({
  scale: metres(0.99, 1.01),
  rotation: metres(-Math.PI, Math.PI),
  dx: metres(-5e5, 5e5),
  dy: metres(-4e6, 4e6),
})
const apart = (points: readonly (readonly [number, number])[]) =>
  points.some(([x, y]) => Math.hypot(x - points[0]![0], y - points[0]![1]) > 100)
const moved = (
  { scale, rotation, dx, dy }: { scale: number; rotation: number; dx: number; dy: number },
  [x, y]: readonly [number, number],
): [number, number] => [
  scale * (Math.cos(rotation) * x - Math.sin(rotation) * y) + dx,
  scale * (Math.sin(rotation) * x + Math.cos(rotation) * y) + dy,
]

describe('the fit of two plane systems', () => {
  it('finds the parameters again, and puts other points where they belong, to a hundredth of a millimetre', () => {
    fc.assert(
      fc.property(
        known,
        fc.array(place, { minLength: 2, maxLength: 12 }).filter(apart),
        place,
        (truth, from, other) => {
          const fit = fitSimilarity(from.map(point => ({ from: point, to: moved(truth, point) })))!
          expect(fit.maxM).toBeLessThan(1e-5)
          expect(fit.scalePpm).toBeCloseTo((truth.scale - 1) * 1e6, 1)
          const [x, y] = applySimilarity(fit.similarity, ...other)
          const [u, v] = moved(truth, other)
          // of points 100 m apart, a thing 100 km away is known a thousand times less well
          expect(Math.hypot(x - u, y - v)).toBeLessThan(1e-3)
        },
      ),
    )
  })

  it('goes back where it came from', () => {
    fc.assert(
      fc.property(
        known,
        fc.array(place, { minLength: 2, maxLength: 6 }).filter(apart),
        place,
        (truth, from, point) => {
          const { similarity } = fitSimilarity(from.map(each => ({ from: each, to: moved(truth, each) })))!
          const [x, y] = undoSimilarity(similarity, ...applySimilarity(similarity, ...point))
          expect(Math.hypot(x - point[0], y - point[1])).toBeLessThan(1e-6)
        },
      ),
    )
  })

  it('is the best there is: no parameters near it leave less', () => {
    const noise = [0.03, -0.02, 0.05, -0.04, 0.01, 0.02, -0.05, 0.04, -0.01, 0.03]
    const from = [[0, 0], [5000, 200], [4800, 5100], [-300, 4900], [2500, 2400]] as const // biome-ignore format: corners
    const pairs: PointPair[] = from.map((point, i) => {
      const [x, y] = moved({ scale: 1.00002, rotation: 0.01, dx: 1e5, dy: -3e6 }, point)
      return { from: point, to: [x + noise[2 * i]!, y + noise[2 * i + 1]!] }
    })
    const { similarity, rmsM, residuals } = fitSimilarity(pairs)!
    const left = (s: typeof similarity) =>
      pairs.reduce((sum, { from, to }) => {
        const [x, y] = applySimilarity(s, ...from)
        return sum + (to[0] - x) ** 2 + (to[1] - y) ** 2
      }, 0)
    const best = left(similarity)
    expect(rmsM).toBeCloseTo(Math.sqrt(best / 6), 9)
    expect(residuals.reduce((sum, { dx }) => sum + dx, 0)).toBeCloseTo(0, 6)
    for (const change of [
      { a: similarity.a + 1e-7 },
      { a: similarity.a - 1e-7 },
      { b: similarity.b + 1e-7 },
      { b: similarity.b - 1e-7 },
      { to: [similarity.to[0] + 1e-3, similarity.to[1]] as const },
      { to: [similarity.to[0], similarity.to[1] - 1e-3] as const },
    ])
      expect(left({ ...similarity, ...change })).toBeGreaterThan(best)
  })

  it('has no rest to judge by with two points, and is refused with less', () => {
    const two: PointPair[] = [
      { from: [0, 0], to: [10, 10] },
      { from: [100, 0], to: [110, 10] },
    ]
    expect(fitSimilarity(two)).toMatchObject({ rmsM: null, maxM: 0, scalePpm: 0 })
    expect(fitSimilarity(two.slice(1))).toBeNull()
    expect(fitSimilarity([two[0]!, two[0]!, two[0]!])).toBeNull()
    expect(fitSimilarity([two[0]!, { from: [Number.NaN, 0], to: [1, 1] }])).toBeNull()
    expect(fitSimilarity([two[0]!, { from: [100, 0], to: [10, 10] }])).toBeNull()
  })
})
