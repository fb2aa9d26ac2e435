import { describe, expect, it } from 'vitest'
import { where } from '../../../src/domain/atlas/where.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { at, DISTRICT, smallModel } from './small-model.ts'

const model = smallModel([])
const everything = scopeOf(DISTRICT)
const ask = (x: number, y: number, scope = everything) => {
  const { areas, verdict } = where(model, scope, ...at(x, y))
  return { codes: areas.map(each => each.code), verdict }
}

describe('where', () => {
  it('tells area, village, town and district of a position, smallest first', () => {
    expect(where(model, everything, ...at(1, 1))).toEqual({
      areas: [
        { level: 3, code: 'A1', name: 'name A1' },
        { level: 2, code: 'V1', name: 'name V1' },
        { level: 1, code: 'T', name: 'name T' },
        { level: 0, code: DISTRICT, name: `name ${DISTRICT}` },
      ],
      verdict: 'inside',
    })
  })
  it('calls ground of the district that no area covers a gap, and still names what is above', () => {
    expect(ask(5, 3)).toEqual({ codes: ['V2', 'T', DISTRICT], verdict: 'gap' })
  })
  it('calls ground in the interior of two areas an overlap and names the lowest code', () => {
    expect(ask(4.75, 1)).toEqual({ codes: ['A3', 'V2', 'T', DISTRICT], verdict: 'overlap' })
  })
  it('calls everything beyond the district outside', () => {
    expect(ask(6.01, 1)).toEqual({ codes: [], verdict: 'outside' })
    expect(where(model, everything, -180, -90)).toEqual({ areas: [], verdict: 'outside' })
  })
  it('gives a position on a shared edge or corner to one area, the lowest code, without calling it an overlap', () => {
    expect(ask(1, 2)).toMatchObject({ verdict: 'inside', codes: expect.arrayContaining(['A1']) })
    expect(ask(1, 2).codes).not.toContain('A2')
    expect(ask(4, 2)).toMatchObject({ verdict: 'inside' })
    expect(ask(4, 2).codes[0]).toBe('A1')
  })
  it('refuses positions that are not finite', () => {
    for (const [lon, lat] of [
      [NaN, 31],
      [120, NaN],
      [Infinity, 31],
    ] as const)
      expect(() => where(model, everything, lon, lat)).toThrow(RangeError)
  })
  it('names only grids the scope sees: what is granted, what lies in it and what it lies in', () => {
    const village = scopeOf(DISTRICT, { areas: ['V1'] })
    expect(ask(1, 1, village).codes).toEqual(['A1', 'V1', 'T', DISTRICT])
    expect(ask(5.5, 1, village).codes).toEqual(['T', DISTRICT])
    expect(ask(1, 1, scopeOf(DISTRICT, { areas: [] })).codes).toEqual([])
  })
})
