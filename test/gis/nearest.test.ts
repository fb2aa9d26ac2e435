import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildColumns, lonLatOfRow } from '../../gis/columns.ts'
import { distanceM } from '../../gis/measure.ts'
import { nearest } from '../../gis/nearest.ts'
import { randomRows } from './points.ts'

const columns = buildColumns(randomRows(3000, 11, [120.5, 31.2, 120.7, 31.35]))

describe('the nearest rows', () => {
  it('are those a look at every row finds, nearest first', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 120.49, max: 120.71, noNaN: true }),
        fc.double({ min: 31.19, max: 31.36, noNaN: true }),
        fc.constantFrom(0, 10, 150, 5000, 100_000),
        fc.integer({ min: 1, max: 20 }),
        (lon, lat, radiusM, limit) => {
          const expected = Array.from({ length: columns.n }, (_, row) => ({
            row,
            distanceM: distanceM([lon, lat], lonLatOfRow(columns, row)),
          }))
            .filter(near => near.distanceM <= radiusM)
            .sort((a, b) => a.distanceM - b.distanceM || a.row - b.row)
            .slice(0, limit)
          expect(nearest(columns, lon, lat, radiusM, limit)).toEqual(expected)
        },
      ),
    )
  })

  it('pass the filter before they are counted', () => {
    const found = nearest(columns, 120.6, 31.28, 5000, 7, row => columns.classIndex[row] === 2)
    expect(found).toHaveLength(7)
    for (const near of found) expect(columns.classIndex[near.row]).toBe(2)
  })

  it('are none for no position, no radius, no limit', () => {
    expect(nearest(columns, NaN, 31, 100, 5)).toEqual([])
    expect(nearest(columns, 120.6, 31.28, -1, 5)).toEqual([])
    expect(nearest(columns, 120.6, 31.28, Infinity, 5)).toEqual([])
    expect(nearest(columns, 120.6, 31.28, 5000, 0)).toEqual([])
  })
})
