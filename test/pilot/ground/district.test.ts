import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { District, Grid } from '../../../pilot/ground/district.ts'
import { makeDistrict } from '../../../pilot/ground/district.ts'
import { flatArea, ringIsSimple } from '../../../pilot/ground/measure.ts'
import { coverage } from '../delivery.ts'

const closed = (ring: readonly number[]): number[] => [...ring, ring[0]!, ring[1]!]
const ringsOf = (grids: readonly Grid[]): number[][] => grids.flatMap(grid => grid.rings.map(closed))
const outlineOf = (district: District): Set<string> => coverage(district.outline.map(closed)).once
const seeds = [1, 7, 20170807]

describe.each(seeds)('the district of seed %i', seed => {
  const district = makeDistrict(seed, 0)
  const levels = [district.towns, district.villages, district.areas]

  it('has 52.3 square kilometres, 3 towns, 67 villages and 269 areas', () => {
    expect(district.areaM2).toBeCloseTo(52_300_000, -2)
    expect(levels.map(level => level.length)).toEqual([3, 67, 269])
  })

  it('is covered exactly once by each level, every border with the same vertices on both sides', () => {
    const outline = outlineOf(district)
    for (const level of levels) expect(coverage(ringsOf(level))).toEqual({ once: outline, overlaps: 0 })
  })

  it('has only simple polygons of one outer ring', () => {
    for (const grid of [...levels.flat(), { rings: district.outline }]) {
      expect(grid.rings.every(ring => ringIsSimple(ring))).toBe(true)
      expect(grid.rings.filter(ring => flatArea(ring) > 0)).toHaveLength(1)
    }
    for (const { ring } of district.waters) expect(ringIsSimple(ring) && flatArea(ring) > 0).toBe(true)
    for (const { ground } of district.blocks) if (ground) expect(ringIsSimple(ground)).toBe(true)
  })

  it('gives a village three to six areas, and areas of very different size', () => {
    const counts = district.villages.map((_, v) => district.areas.filter(area => area.parent === v).length)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(3)
    expect(Math.max(...counts)).toBeLessThanOrEqual(6)
    expect(new Set(counts).size).toBeGreaterThan(2)
    const sizes = district.areas.map(area => flatArea(area.rings[0]!))
    expect(Math.max(...sizes)).toBeGreaterThan(8 * Math.min(...sizes))
  })

  it('builds a grid from faces of its parent only', () => {
    for (const [level, parents] of [
      [district.villages, district.towns],
      [district.areas, district.villages],
    ] as const) {
      for (const grid of level)
        expect([...grid.faces].every(face => parents[grid.parent]!.faces.has(face))).toBe(true)
    }
  })

  it('has streets of all classes, bridges, a lake, rivers, canals and ponds', () => {
    const kinds = new Set(district.streets.map(run => run.kind))
    expect([...kinds].sort()).toEqual(['arterial', 'lane', 'local', 'secondary', 'viaduct'])
    expect(new Set(district.waters.map(water => water.kind)).size).toBe(4)
    expect(district.bridges.length).toBeGreaterThan(100)
  })
})

describe('ground left to nobody', () => {
  const wanted = 120
  const district = makeDistrict(20170807, wanted)

  it('is in as many pieces as were asked for, of several kinds', () => {
    expect(district.pieces).toHaveLength(wanted)
    expect(new Set(district.pieces.map(piece => piece.kind)).size).toBe(4)
  })

  it('fills what the areas leave of the district, and nothing more', () => {
    const all = [...ringsOf(district.areas), ...district.pieces.map(piece => closed(piece.ring))]
    expect(coverage(all)).toEqual({ once: outlineOf(district), overlaps: 0 })
    expect(coverage(ringsOf(district.areas)).once.size).toBeGreaterThan(outlineOf(district).size)
  })

  it('never touches itself or the outline, so every piece is a gap of its own', () => {
    const seen = new Set<string>()
    const vertices = (ring: readonly number[]) =>
      Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]},${ring[2 * i + 1]}`)
    for (const ring of district.outline) for (const vertex of vertices(ring)) seen.add(vertex)
    for (const piece of district.pieces) {
      const mine = vertices(piece.ring)
      expect(mine.filter(vertex => seen.has(vertex))).toEqual([])
      for (const vertex of mine) seen.add(vertex)
    }
  })

  it('lies in a village where one village is all around it, in none where two meet', () => {
    const inside = district.pieces.filter(piece => piece.village !== null)
    expect(inside.length).toBeGreaterThan(20)
    expect(inside.length).toBeLessThan(wanted)
    for (const piece of district.pieces) {
      const villages = district.villages.flatMap((village, v) => (village.faces.has(piece.face) ? [v] : []))
      expect(villages).toEqual(piece.village === null ? [] : [piece.village])
      expect(district.towns[piece.town]!.faces.has(piece.face)).toBe(true)
    }
  })

  it('leaves every area in one piece', () => {
    for (const area of district.areas) expect(area.rings.filter(ring => flatArea(ring) > 0)).toHaveLength(1)
  })

  it('is refused when there is no room for so many pieces', () => {
    expect(() => makeDistrict(1, 5000)).toThrow(/at most \d+ unclaimed pieces/)
  })
})

it('holds for any seed', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 0, max: 60 }), (seed, unclaimed) => {
      const district = makeDistrict(seed, unclaimed)
      const all = [...ringsOf(district.areas), ...district.pieces.map(piece => closed(piece.ring))]
      const { once, overlaps } = coverage(all)
      expect({ once, overlaps }).toEqual({ once: outlineOf(district), overlaps: 0 })
    }),
    { numRuns: 4 },
  )
})
