import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCrs, fromLonLat, toLonLat } from '../../gis/crs.ts'
import { isMainland } from '../../gis/mainland.ts'
import { distanceM } from '../../gis/measure.ts'
import { fromOffset, toOffset } from '../../gis/offset.ts'

const names = fc.constantFrom('GCJ-02' as const, 'BD-09' as const)

describe('shifted longitudes and latitudes', () => {
  it('come back to 1e-8 degrees all over the mainland', () => {
    fc.assert(
      fc.property(
        names,
        fc.double({ min: 76, max: 134, noNaN: true }),
        fc.double({ min: 19, max: 53, noNaN: true }),
        (name, lon, lat) => {
          fc.pre(isMainland(lon, lat))
          const [x, y] = fromOffset(name)(...toOffset(name)(lon, lat))
          expect(Math.abs(x - lon)).toBeLessThan(1e-8)
          expect(Math.abs(y - lat)).toBeLessThan(1e-8)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('are where they should be in Suzhou: half a kilometre off, and one', () => {
    const there = [120.62, 31.3] as const
    expect(distanceM(there, toOffset('GCJ-02')(...there))).toBeGreaterThan(440)
    expect(distanceM(there, toOffset('GCJ-02')(...there))).toBeLessThan(500)
    expect(distanceM(there, toOffset('BD-09')(...there))).toBeGreaterThan(1000)
    expect(distanceM(there, toOffset('BD-09')(...there))).toBeLessThan(1200)
  })

  it('are not shifted in Hong Kong, Macao, Taiwan, Kinmen, Matsu and abroad', () => {
    for (const [lon, lat] of [
      [114.158, 22.282], // Central
      [114.114, 22.527], // Lo Wu
      [113.936, 22.31], // the airport
      [113.543, 22.19], // Macao
      [113.56, 22.13], // Coloane
      [121.56, 25.04], // Taipei
      [119.58, 23.57], // Penghu
      [118.32, 24.43], // Kinmen
      [119.95, 26.16], // Matsu
      [139.7, 35.7], // Tokyo
      [-71.1, 42.37], // Cambridge
    ] as const) {
      expect(toOffset('GCJ-02')(lon, lat)).toEqual([lon, lat])
      expect(fromOffset('BD-09')(lon, lat)).toEqual([lon, lat])
    }
  })

  it('are shifted just across those borders', () => {
    for (const [lon, lat] of [
      [114.118, 22.545], // Shenzhen, Luohu
      [113.91, 22.49], // Shekou
      [113.55, 22.225], // Zhuhai, Gongbei
      [113.52, 22.13], // Hengqin
      [118.13, 24.48], // Xiamen
      [119.79, 25.5], // Pingtan
      [119.9, 26.33], // Huangqi
    ] as const) {
      expect(distanceM([lon, lat], toOffset('GCJ-02')(lon, lat))).toBeGreaterThan(100)
    }
  })

  it('are systems of their own to whoever states them', () => {
    for (const stated of ['GCJ-02', 'gcj02', 'BD-09', 'bd09']) {
      const answer = findCrs(stated)
      if (!answer.ok) throw new Error(stated)
      expect(answer.crs).toMatchObject({
        code: null,
        kind: 'geographic',
        name: stated.startsWith('g') || stated.startsWith('G') ? 'GCJ-02' : 'BD-09',
      })
      const [x, y] = fromLonLat(answer.crs)(120.62, 31.3)
      expect(distanceM([120.62, 31.3], [x, y])).toBeGreaterThan(400)
      expect(distanceM([120.62, 31.3], toLonLat(answer.crs)(x, y))).toBeLessThan(1e-3)
    }
  })

  it('are not numbers where nothing is stated', () => {
    expect(toOffset('GCJ-02')(Number.NaN, 31)).toEqual([Number.NaN, Number.NaN])
    expect(fromOffset('BD-09')(120, Infinity)).toEqual([Number.NaN, Number.NaN])
  })
})
