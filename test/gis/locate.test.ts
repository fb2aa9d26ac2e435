import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLocator, locatorFrom } from '../../gis/locate.ts'
import { jumble, multi, polygon, type Ring, square } from './polygons.ts'
import { randomFrom } from './random.ts'

describe('a locator over neighbours', () => {
  const left = polygon(square(120, 31, 120.5, 31.5))
  const right = polygon(square(120.5, 31, 121, 31.5))
  const locator = buildLocator([left, right])

  it('names the polygon around a position', () => {
    expect(locator.covering(120.2, 31.2)).toBe(0)
    expect(locator.covering(120.7, 31.2)).toBe(1)
    expect(locator.size).toBe(2)
  })

  it('gives a position on the shared edge to the lower index, whichever way they are listed', () => {
    expect(locator.covering(120.5, 31.2)).toBe(0)
    expect(buildLocator([right, left]).covering(120.5, 31.2)).toBe(0)
    expect(locator.allCovering(120.5, 31.2)).toEqual([0, 1])
  })

  it('does not call a shared edge or vertex an overlap', () => {
    expect(locator.interior(120.5, 31.2)).toEqual([])
    expect(locator.interior(120.5, 31)).toEqual([])
    expect(locator.interior(120.2, 31.2)).toEqual([0])
  })

  it('covers its outer edges and corners, and nothing a hair beyond', () => {
    for (const [lon, lat] of [
      [120, 31],
      [121, 31.5],
      [120, 31.25],
      [120.75, 31.5],
    ] as const) {
      expect(locator.covering(lon, lat)).not.toBe(-1)
    }
    expect(locator.covering(120 - 3e-14, 31.25)).toBe(-1)
    expect(locator.covering(121 + 3e-14, 31.25)).toBe(-1)
    expect(locator.covering(120.2, 31.5 + 8e-15)).toBe(-1)
  })

  it('answers -1 to what is no position', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      expect(locator.covering(bad, 31.2)).toBe(-1)
      expect(locator.covering(120.2, bad)).toBe(-1)
      expect(locator.allCovering(bad, bad)).toEqual([])
    }
  })
})

describe('a locator over shapes that are not plain', () => {
  it('leaves holes to whoever fills them', () => {
    const ring = polygon(square(0, 0, 4, 4), square(1, 1, 3, 3))
    const enclave = polygon(square(1, 1, 3, 3))
    expect(buildLocator([ring]).covering(2, 2)).toBe(-1)
    expect(buildLocator([ring]).covering(1, 2)).toBe(0)
    const both = buildLocator([ring, enclave])
    expect(both.covering(2, 2)).toBe(1)
    expect(both.allCovering(1, 2)).toEqual([0, 1])
  })

  it('finds an island inside the hole of its own multipolygon', () => {
    const locator = buildLocator([multi([square(0, 0, 9, 9), square(2, 2, 7, 7)], [square(4, 4, 5, 5)])])
    expect(locator.covering(1, 1)).toBe(0)
    expect(locator.covering(3, 3)).toBe(-1)
    expect(locator.covering(4.5, 4.5)).toBe(0)
  })

  it('tells a true overlap from touching', () => {
    const locator = buildLocator([
      polygon(square(0, 0, 2, 2)),
      polygon(square(1, 1, 3, 3)),
      polygon(square(2, 0, 3, 1)),
    ])
    expect(locator.interior(1.5, 1.5)).toEqual([0, 1])
    expect(locator.covering(1.5, 1.5)).toBe(0)
    expect(locator.interior(2, 0.5)).toEqual([])
    expect(locator.allCovering(2, 1)).toEqual([0, 1, 2])
  })

  it('finds a sliver thinner than a raster cell', () => {
    const sliver = polygon([
      [0, 0],
      [10, 1e-9],
      [10, 2e-9],
      [0, 0],
    ])
    const locator = buildLocator([polygon(square(0, -5, 10, -1)), sliver], { cells: 100 })
    expect(locator.covering(10, 1.5e-9)).toBe(1)
    expect(locator.covering(5, 1.1e-9)).toBe(-1)
  })

  it('answers -1 from nothing and from empty polygons', () => {
    expect(buildLocator([]).covering(0, 0)).toBe(-1)
    const empty = buildLocator([multi(), polygon(square(0, 0, 1, 1)), polygon()])
    expect(empty.covering(0.5, 0.5)).toBe(1)
    expect(buildLocator([multi()]).covering(0, 0)).toBe(-1)
  })

  it('keeps a polygon without area to its line', () => {
    const flat = buildLocator([
      polygon([
        [0, 0],
        [1, 0],
        [0, 0],
      ]),
    ])
    expect(flat.covering(0.5, 0)).toBe(0)
    expect(flat.interior(0.5, 0)).toEqual([])
    expect(flat.covering(0.5, 1e-12)).toBe(-1)
  })

  it('does not see edges shorter than 1e-12 degrees, as PostGIS does not', () => {
    const speck = buildLocator([
      polygon([
        [0, 0],
        [1e-13, 0],
        [0, 1e-13],
        [0, 0],
      ]),
    ])
    expect(speck.covering(0, 0)).toBe(-1)
    expect(speck.covering(5e-14, 0)).toBe(-1)
  })

  it('refuses a position that is not finite, naming the polygon', () => {
    expect(() =>
      buildLocator([
        polygon(square(0, 0, 1, 1)),
        polygon([
          [0, 0],
          [NaN, 1],
          [1, 1],
          [0, 0],
        ]),
      ]),
    ).toThrow(/polygon 1/)
  })

  it('stays small over a comb whose every tooth is as high as the comb', () => {
    const teeth: Ring = [[0, 0]]
    for (let i = 0; i < 5000; i++) teeth.push([i, 1], [i + 0.5, 0.1])
    teeth.push([5000, 0], [0, 0])
    const locator = buildLocator([polygon(teeth)])
    expect(locator.transfer().edges.words.length).toBeLessThan(teeth.length * 8)
    expect(locator.covering(0.01, 0.5)).toBe(0)
    expect(locator.covering(0.51, 0.9)).toBe(-1)
  })
})

describe('a locator handed to another thread', () => {
  it('answers the same from a structured clone of its parts', () => {
    const [locator] = jumble(3)
    const clone = locatorFrom(structuredClone(locator.transfer()))
    const random = randomFrom(4)
    for (let i = 0; i < 500; i++) {
      const [lon, lat] = [random() * 12 - 1, random() * 12 - 1]
      expect(clone.allCovering(lon, lat)).toEqual(locator.allCovering(lon, lat))
    }
  })
})

describe('against every edge asked one by one', () => {
  it('agrees on random, overlapping, self-crossing, holed polygons at points, vertices and edge middles', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 40, 3000), (seed, cells) => {
        const [locator, polygons] = jumble(seed, cells)
        const random = randomFrom(seed + 1)
        const probes: Ring = Array.from({ length: 60 }, () => [random() * 12 - 1, random() * 12 - 1])
        for (const { geometry } of polygons) {
          for (const ring of (geometry.coordinates as Ring[][]).flat()) {
            for (let i = 1; i < ring.length; i++) {
              const [a, b] = [ring[i - 1]!, ring[i]!]
              probes.push(a, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], [a[0], b[1]])
            }
          }
        }
        for (const [lon, lat] of probes) {
          const sides = polygons.map(p => sideByWinding(p.geometry.coordinates as Ring[][], lon, lat))
          const covering = sides.flatMap((side, p) => (side >= 0 ? [p] : []))
          expect(locator.allCovering(lon, lat)).toEqual(covering)
          expect(locator.covering(lon, lat)).toBe(covering[0] ?? -1)
          expect(locator.interior(lon, lat)).toEqual(sides.flatMap((side, p) => (side > 0 ? [p] : [])))
        }
      }),
      { numRuns: 150 },
    )
  })
})

/** The textbook definition over all edges: 1 inside, 0 on the boundary, -1 outside. */
function sideByWinding(parts: Ring[][], x: number, y: number): number {
  for (const [shell, ...holes] of parts) {
    const outer = ringSide(shell!, x, y)
    if (outer < 0) continue
    if (outer === 0) return 0
    const inner = holes.map(hole => ringSide(hole, x, y))
    const first = inner.find(side => side >= 0)
    if (first === 0) return 0
    if (first === undefined) return 1
  }
  return -1
}

function ringSide(ring: Ring, x: number, y: number): number {
  let winding = 0
  for (let i = 1; i < ring.length; i++) {
    const [x1, y1] = ring[i - 1]!
    const [x2, y2] = ring[i]!
    if (Math.hypot(x2 - x1, y2 - y1) < 1e-12) continue
    const side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
    const inBox =
      Math.min(x1, x2) <= x && x <= Math.max(x1, x2) && Math.min(y1, y2) <= y && y <= Math.max(y1, y2)
    if (side === 0 && inBox) return 0
    if (y1 <= y && y < y2 && side > 0) winding++
    if (y2 <= y && y < y1 && side < 0) winding--
  }
  return winding === 0 ? -1 : 1
}
