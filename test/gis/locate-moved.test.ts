import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLocator } from '../../gis/locate.ts'
import { jumble, multi, polygon, type Ring, rectangle, square } from './polygons.ts'
import { randomFrom } from './random.ts'

describe('a polygon that takes another shape', () => {
  const left = polygon(square(0, 0, 4, 4))
  const right = polygon(square(4, 0, 8, 4))

  it('owns its new ground at once, and no more its old', () => {
    const locator = buildLocator([left, right])
    locator.replace(0, rectangle(0, 0, 5, 4))
    locator.replace(1, rectangle(5, 0, 8, 4))
    expect([locator.covering(4.5, 1), locator.covering(5, 1), locator.covering(5.1, 1)]).toEqual([0, 0, 1])
    expect(locator.allCovering(5, 1)).toEqual([0, 1])
    expect(locator.allCovering(4, 1)).toEqual([0])
  })

  it('leaves a gap or an overlap where its neighbour did not move with it', () => {
    const locator = buildLocator([left, right])
    locator.replace(0, rectangle(0, 0, 3, 4))
    expect([locator.covering(3.5, 1), locator.covering(4, 1)]).toEqual([-1, 1])
    locator.replace(0, rectangle(0, 0, 6, 4))
    expect(locator.interior(5, 1)).toEqual([0, 1])
  })

  it('can vanish, and come back beyond everything that was there', () => {
    const locator = buildLocator([left, right])
    locator.replace(0, { type: 'MultiPolygon', coordinates: [] })
    expect([locator.covering(1, 1), locator.covering(4, 1)]).toEqual([-1, 1])
    locator.replace(0, rectangle(-20, -20, -10, -10))
    expect([locator.covering(-15, -15), locator.covering(1, 1), locator.covering(6, 1)]).toEqual([0, -1, 1])
    const empty = buildLocator([polygon()])
    empty.replace(0, rectangle(1, 1, 2, 2))
    expect([empty.covering(1.5, 1.5), empty.covering(0.5, 0.5)]).toEqual([0, -1])
  })

  it('is refused when it is none of them or not finite, and then nothing has changed', () => {
    const locator = buildLocator([left, right])
    expect(() => locator.replace(2, rectangle(0, 0, 1, 1))).toThrow(/no polygon 2/)
    expect(() => locator.replace(-1, rectangle(0, 0, 1, 1))).toThrow(RangeError)
    expect(() => locator.replace(1, rectangle(0, 0, Number.NaN, 1))).toThrow(/polygon 1/)
    expect([locator.covering(1, 1), locator.covering(7, 3)]).toEqual([0, 1])
  })

  it('again and again gives the answers of a locator that is made anew each time, in bounded memory', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 40, 3000), (seed, cells) => {
        const [locator, polygons] = jumble(seed, cells)
        const random = randomFrom(seed + 2)
        for (let turn = 0; turn < 12; turn++) {
          const [, others] = jumble(seed + 100 + turn, 1)
          const p = Math.floor(random() * polygons.length)
          polygons[p] = random() < 0.2 ? multi() : others[p]!
          locator.replace(p, polygons[p]!.geometry)
          const anew = buildLocator(polygons, { cells })
          const probes: Ring = Array.from({ length: 25 }, () => [random() * 12 - 1, random() * 12 - 1])
          for (const { geometry } of polygons)
            for (const ring of (geometry.coordinates as Ring[][]).flat()) probes.push(...ring)
          for (const [lon, lat] of probes) {
            expect(locator.allCovering(lon, lat)).toEqual(anew.allCovering(lon, lat))
            expect(locator.covering(lon, lat)).toBe(anew.covering(lon, lat))
            expect(locator.interior(lon, lat)).toEqual(anew.interior(lon, lat))
          }
        }
      }),
      { numRuns: 40 },
    )
    const [locator, polygons] = jumble(5, 3000)
    const size = () => {
      const { edges, raster } = locator.transfer()
      return edges.vertices.length + edges.words.length + edges.buckets.length + raster.nodes.length
    }
    const move = (times: number) => {
      for (let i = 0; i < times; i++) locator.replace(i % 6, polygons[(i * 5) % 6]!.geometry)
    }
    move(200)
    const after = size()
    move(2000)
    expect(size()).toBe(after)
  })
})

describe('many positions at once', () => {
  it('get the answers they get one by one, positions on edges, outside and none among them', () => {
    const [locator, polygons] = jumble(8)
    const random = randomFrom(9)
    const probes: Ring = Array.from({ length: 400 }, () => [random() * 14 - 2, random() * 14 - 2])
    for (const { geometry } of polygons)
      for (const ring of (geometry.coordinates as Ring[][]).flat()) probes.push(...ring)
    probes.push([Number.NaN, 1], [1, Number.NaN], [Infinity, 1], [-Infinity, -Infinity])
    const found = locator.coveringEach(
      Float64Array.from(probes, p => p[0]),
      Float64Array.from(probes, p => p[1]),
    )
    expect([...found]).toEqual(probes.map(([lon, lat]) => locator.covering(lon, lat)))
    expect(new Set(found).size).toBeGreaterThan(4)
    expect(locator.coveringEach(new Float64Array(0), new Float64Array(0))).toHaveLength(0)
  })
})
