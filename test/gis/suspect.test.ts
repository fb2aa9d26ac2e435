import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Crs, findCrs, fromLonLat } from '../../gis/crs.ts'
import type { Bbox } from '../../gis/geometry.ts'
import { suspectPosition } from '../../gis/suspect.ts'

const SUZHOU: Bbox = [120.55, 31.2, 120.7, 31.35]
const inSuzhou = fc.tuple(
  fc.double({ min: SUZHOU[0], max: SUZHOU[2], noNaN: true }),
  fc.double({ min: SUZHOU[1], max: SUZHOU[3], noNaN: true }),
)

function system(stated: string): Crs {
  const answer = findCrs(stated)
  if (!answer.ok) throw new Error(stated)
  return answer.crs
}

const codes = ['EPSG:4549', 'EPSG:4528', 'EPSG:4490', 'EPSG:4513', 'EPSG:32651', 'GCJ-02']

describe('a suspect position', () => {
  it('is none inside the district, in any system', () => {
    fc.assert(
      fc.property(fc.constantFrom(...codes), inSuzhou, (stated, [lon, lat]) => {
        fc.pre(stated !== 'EPSG:4513') // its meridian is too far from Suzhou to be meant
        const [x, y] = fromLonLat(system(stated))(lon, lat)
        const bbox: Bbox = [SUZHOU[0] - 1e-9, SUZHOU[1] - 1e-9, SUZHOU[2] + 1e-9, SUZHOU[3] + 1e-9]
        expect(suspectPosition(system(stated), x, y, bbox)).toBeNull()
      }),
    )
  })

  it('is swapped when the other order lands in the district, prefixed or not', () => {
    for (const stated of ['EPSG:4549', 'EPSG:4528', 'EPSG:4490']) {
      const [x, y] = fromLonLat(system(stated))(120.6, 31.3)
      expect(suspectPosition(system(stated), y, x, SUZHOU)).toBe('swapped')
    }
    const [zoned, y] = fromLonLat(system('EPSG:4528'))(120.6, 31.3)
    expect(suspectPosition(system('EPSG:4549'), y, zoned, SUZHOU)).toBe('swapped')
  })

  it('lacks or has too much of a zone prefix when mending that lands in the district', () => {
    const [zoned, y] = fromLonLat(system('EPSG:4528'))(120.6, 31.3)
    expect(suspectPosition(system('EPSG:4528'), zoned - 40e6, y, SUZHOU)).toBe('zone-prefix')
    expect(suspectPosition(system('EPSG:4549'), zoned, y, SUZHOU)).toBe('zone-prefix')
  })

  it('is not finite before anything else', () => {
    expect(suspectPosition(system('EPSG:4549'), Number.NaN, 3460306, SUZHOU)).toBe('not-finite')
    expect(suspectPosition(system('EPSG:4490'), 120, Infinity, SUZHOU)).toBe('not-finite')
  })

  it('has no explanation when it is simply elsewhere, near or far', () => {
    for (const stated of ['EPSG:4549', 'EPSG:4528', 'EPSG:4490']) {
      const [nearX, nearY] = fromLonLat(system(stated))(120.72, 31.3)
      expect(suspectPosition(system(stated), nearX, nearY, SUZHOU)).toBeNull()
    }
    const [x, y] = fromLonLat(system('EPSG:4549'))(119, 33)
    expect(suspectPosition(system('EPSG:4549'), x, y, SUZHOU)).toBeNull()
    expect(suspectPosition(system('EPSG:4490'), 119, 33, SUZHOU)).toBeNull()
    expect(suspectPosition(system('EPSG:4549'), 0, 0, SUZHOU)).toBeNull()
  })
})
