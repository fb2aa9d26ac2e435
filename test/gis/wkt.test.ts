import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { childOf, nameOf, numberOf, parseWkt } from '../../gis/wkt.ts'

describe('well-known text', () => {
  it('becomes a tree of keywords, values and nodes', () => {
    const tree = parseWkt(
      'PROJCS["a ""b"" (c)",GEOGCS["g", DATUM ( "d" , SPHEROID["s",6378137.0,2.98e2] ) ],AXIS["N",NORTH]]',
    )!
    expect(nameOf(tree)).toBe('a "b" (c)')
    expect(numberOf(childOf(childOf(childOf(tree, 'GEOGCS'), 'DATUM'), 'ELLIPSOID', 'SPHEROID'), 2)).toBe(298)
    expect(childOf(tree, 'AXIS')!.values).toEqual(['N', 'NORTH'])
    expect(childOf(tree, 'UNIT')).toBeNull()
    expect(numberOf(tree, 0)).toBeNull()
  })

  it('is nothing when cut short, followed by more, or another text', () => {
    for (const text of [
      '',
      'GEOGCS',
      'GEOGCS[',
      'GEOGCS["a"',
      'GEOGCS["a"]]',
      'GEOGCS["a"] x',
      '<!DOCTYPE html>',
      '"a"',
      'A["b]',
    ]) {
      expect(parseWkt(text)).toBeNull()
    }
  })

  it('is nothing, and no crash, when nested too deep or random', () => {
    expect(parseWkt(`${'A['.repeat(10_000)}1${']'.repeat(10_000)}`)).toBeNull()
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', '[', ']', '"', ',', '1', '(', '.', ' ', '-') }),
        text => {
          const tree = parseWkt(text)
          if (tree !== null) expect(tree.keyword).toMatch(/^A/)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
