/** How numbers, times and places are written. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytes,
  codeGroups,
  count,
  hectares,
  moment,
  position,
  scaleBar,
  shortMoment,
} from '../../../src/web/parts/format.ts'

describe('numbers', () => {
  it('stand in groups of three', () => {
    expect(count(230826)).toBe('230,826')
    expect(count(0)).toBe('0')
  })
  it('of bytes carry the unit that keeps them short', () => {
    expect(bytes(812)).toBe('812 B')
    expect(bytes(48_211_002)).toBe('48.2 MB')
    expect(bytes(2_000_000_000)).toBe('2.0 GB')
  })
  it('of hectares are as fine as their size asks', () => {
    expect(hectares(8_600)).toBe('0.86')
    expect(hectares(194_000)).toBe('19.4')
    expect(hectares(12_040_000)).toBe('1,204')
  })
})

describe('times', () => {
  const at = new Date(2026, 10, 23, 12, 8, 31)
  it('are a date and a clock in the time of the machine', () => {
    expect(moment(at.toISOString())).toBe('2026-11-23 12:08:31')
  })
  it('of today lose the date, of another day the seconds', () => {
    expect(shortMoment(at.toISOString(), new Date(2026, 10, 23, 18, 0))).toBe('12:08:31')
    expect(shortMoment(at.toISOString(), new Date(2026, 10, 24, 18, 0))).toBe('2026-11-23 12:08')
  })
  it('that are none stay as they stood', () => {
    expect(moment('2017/8/七')).toBe('2017/8/七')
    expect(moment(null)).toBe('')
  })
})

describe('a position', () => {
  it('is longitude before latitude, to a decimetre', () => {
    expect(position([120.6321449, 31.2638711])).toBe('120.632145, 31.263871')
  })
})

describe('a component code', () => {
  it('is cut into county, class and serial where its class stands', () => {
    expect(codeGroups('3205990103000360', '0103')).toEqual(['320599', '0103', '000360'])
    expect(codeGroups('3205990104500360', '01045')).toEqual(['320599', '01045', '00360'])
  })
  it('stays whole where its class is not in its place', () => {
    expect(codeGroups('3205990103000360', '0201')).toEqual(['3205990103000360'])
    expect(codeGroups('A-17', '0103')).toEqual(['A-17'])
    expect(codeGroups('3205990103', '0103')).toEqual(['3205990103'])
  })
  it('loses no character in any case', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (code, classCode) => {
        expect(codeGroups(code, classCode).join('')).toBe(code)
      }),
    )
  })
})

describe('the scale bar', () => {
  it('is a round length that fits and is not needlessly short', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10_000, noNaN: true }),
        fc.integer({ min: 40, max: 400 }),
        (metresPerPixel, maxPx) => {
          const bar = scaleBar(metresPerPixel, maxPx)
          expect(bar.px).toBeLessThanOrEqual(maxPx * 1.000001)
          expect(bar.px).toBeGreaterThan(maxPx * 0.39)
          expect(bar.metres / metresPerPixel).toBeCloseTo(bar.px, 6)
          expect(String(bar.metres / 10 ** Math.floor(Math.log10(bar.metres) + 1e-9))).toMatch(
            /^([125]|[124]\.9+\d*|[125]\.0+\d*)$/,
          )
        },
      ),
    )
  })
  it('is told in the unit that suits it', () => {
    expect(scaleBar(1, 110).text).toBe('100 m')
    expect(scaleBar(20, 110).text).toBe('2 km')
    expect(scaleBar(0.004, 110).text).toBe('20 cm')
  })
})
