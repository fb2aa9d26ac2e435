import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bboxOfTile,
  EQUATOR_M,
  isTile,
  latOfUnit,
  lonOfUnit,
  MERCATOR_LATITUDE,
  tileAt,
  unitX,
  unitY,
} from '../../gis/mercator.ts'

const lon = fc.double({ min: -180, max: 179.99, noNaN: true })
const lat = fc.double({ min: -85, max: 85, noNaN: true })

describe('the unit Mercator square', () => {
  it('has its middle at zero degrees and its corners at the ends of the world', () => {
    expect([unitX(0), unitY(0)]).toEqual([2 ** 31, 2 ** 31])
    expect([unitX(-180), unitY(MERCATOR_LATITUDE)]).toEqual([0, 0])
    expect([unitX(180), unitY(-90)]).toEqual([2 ** 32 - 1, 2 ** 32 - 1])
    expect(unitY(90)).toBe(0)
  })

  it('gives a position back within half a unit', () => {
    fc.assert(
      fc.property(lon, lat, (x, y) => {
        const unit = 360 / 2 ** 32
        expect(Math.abs(lonOfUnit(unitX(x) + 0.5) - x)).toBeLessThanOrEqual(unit * 0.5001)
        expect(Math.abs(latOfUnit(unitY(y) + 0.5) - y)).toBeLessThanOrEqual(unit * 0.5001)
      }),
    )
  })

  it('measures a unit at the equator as 9.3 mm', () => {
    expect(EQUATOR_M / 2 ** 32).toBeCloseTo(0.00933, 5)
  })
})

describe('tiles', () => {
  it('hold the positions they are found by', () => {
    fc.assert(
      fc.property(lon, lat, fc.integer({ min: 0, max: 20 }), (x, y, z) => {
        const [column, row] = tileAt(x, y, z)
        expect(isTile(z, column, row)).toBe(true)
        const [west, south, east, north] = bboxOfTile(z, column, row)
        expect(x).toBeGreaterThanOrEqual(west - 1e-12)
        expect(x).toBeLessThanOrEqual(east + 1e-12)
        expect(y).toBeGreaterThanOrEqual(south - 1e-12)
        expect(y).toBeLessThanOrEqual(north + 1e-12)
      }),
    )
  })

  it('know a tile of this world', () => {
    // Suzhou at zoom 10, computed by hand from the slippy-map formula.
    expect(tileAt(120.62, 31.3, 10)).toEqual([855, 418])
  })

  it('are refused beyond the world, between integers, and at no zoom', () => {
    for (const [z, x, y] of [
      [1, 2, 0],
      [1, 0, 2],
      [1, -1, 0],
      [1, 0.5, 0],
      [-1, 0, 0],
      [25, 0, 0],
      [NaN, 0, 0],
    ] as const) {
      expect(isTile(z, x, y)).toBe(false)
    }
  })
})
