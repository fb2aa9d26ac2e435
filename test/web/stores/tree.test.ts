/** The tree of grids and switching parts of it off. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Grid, Level } from '../../../src/web/api/grids.ts'
import {
  buildTree,
  childrenOf,
  cover,
  leavesOf,
  onCount,
  pathTo,
  rowsOf,
  visibility,
} from '../../../src/web/stores/tree.ts'

const grid = (code: string, level: Level, parentCode: string | null): Grid => ({
  id: code,
  level,
  code,
  name: `网格${code}`,
  parentCode,
  areaM2: 1,
  bbox: [0, 0, 1, 1],
  labelPoint: [0, 0],
  components: 1,
})
/** A district of towns, villages and areas, as many as the numbers say. */
const district = (towns: number[][]): Grid[] => [
  grid('d', 0, null),
  ...towns.flatMap((villages, t) => [
    grid(`d${t}`, 1, 'd'),
    ...villages.flatMap((areas, v) => [
      grid(`d${t}${v}`, 2, `d${t}`),
      ...Array.from({ length: areas }, (_, a) => grid(`d${t}${v}${a}`, 3, `d${t}${v}`)),
    ]),
  ]),
]
const small = buildTree(district([[2, 3], [1]]))
const anyDistrict = fc
  .array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), { maxLength: 4 })
  .map(district)

describe('the tree of grids', () => {
  it('keeps children in code order whatever order the grids come in', () => {
    const shuffled = buildTree([...district([[2, 3], [1]])].reverse())
    expect(childrenOf(shuffled, 'd0')).toEqual(['d00', 'd01'])
    expect(leavesOf(shuffled, '')).toEqual(leavesOf(small, ''))
  })
  it('takes a grid whose parent is unknown for a root, and loses none', () => {
    const tree = buildTree([grid('a', 3, 'gone')])
    expect(childrenOf(tree, '')).toEqual(['a'])
    expect(leavesOf(tree, '')).toEqual(['a'])
  })
  it('says the way down to a grid, itself last, and nothing for one that is not there', () => {
    expect(pathTo(small, 'd010').map(step => step.code)).toEqual(['d', 'd0', 'd01', 'd010'])
    expect(pathTo(small, 'x')).toEqual([])
  })
  it('ends even where parents go in a circle', () => {
    const tree = buildTree([grid('a', 1, 'b'), grid('b', 1, 'a')])
    expect(pathTo(tree, 'a').length).toBe(2)
  })
})

describe('cover', () => {
  it('names a whole village by its own code, and a single area by the area', () => {
    expect(cover(small, new Set(['d000', 'd001']))).toEqual(['d00'])
    expect(cover(small, new Set(['d000']))).toEqual(['d000'])
    expect(cover(small, new Set())).toEqual([])
    expect(cover(small, new Set(leavesOf(small, '')))).toEqual(['d'])
  })
  it('has exactly the leaves it was given, in no more codes than leaves', () => {
    fc.assert(
      fc.property(anyDistrict, fc.infiniteStream(fc.boolean()), (grids, coin) => {
        const tree = buildTree(grids)
        const chosen = new Set(leavesOf(tree, '').filter(() => coin.next().value))
        const codes = cover(tree, chosen)
        expect(new Set(codes.flatMap(code => leavesOf(tree, code)))).toEqual(chosen)
        expect(codes.length).toBeLessThanOrEqual(chosen.size)
      }),
    )
  })
})

describe('visibility', () => {
  it('is on, part or off by the leaves below', () => {
    expect(visibility(small, 'd0', new Set())).toBe('on')
    expect(visibility(small, 'd0', new Set(['d000']))).toBe('part')
    expect(visibility(small, 'd00', new Set(['d000', 'd001']))).toBe('off')
    expect(visibility(small, 'd01', new Set(['d000', 'd001']))).toBe('on')
  })
})

describe('the rows drawn', () => {
  it('go into open grids only', () => {
    expect(rowsOf(small, new Set()).map(row => row.grid.code)).toEqual(['d'])
    expect(rowsOf(small, new Set(['d', 'd1'])).map(row => row.grid.code)).toEqual(['d', 'd0', 'd1', 'd10'])
  })
  it('while filtering hold every match with the way to it, and nothing else', () => {
    const rows = rowsOf(small, new Set(), item => item.code === 'd011')
    expect(rows.map(row => row.grid.code)).toEqual(['d', 'd0', 'd01', 'd011'])
    expect(rowsOf(small, new Set(), () => false)).toEqual([])
  })
  it('know their depth and whether anything is below', () => {
    const [root, town] = rowsOf(small, new Set(['d']))
    expect([root?.depth, root?.open, root?.leaf]).toEqual([0, true, false])
    expect([town?.depth, town?.open, town?.leaf]).toEqual([1, false, false])
  })
})

describe('what a grid shows of its components', () => {
  const own = (code: string): number => leavesOf(small, code).length * 10
  it('is its own number less that of the areas that are off', () => {
    expect(onCount(small, 'd', new Set(), own)).toBe(60)
    expect(onCount(small, 'd', new Set(['d000', 'd010']), own)).toBe(40)
    expect(onCount(small, 'd00', new Set(['d000', 'd010']), own)).toBe(10)
    expect(onCount(small, 'd1', new Set(['d000', 'd010']), own)).toBe(10)
  })
  it('is what switching it on would bring where it is off', () => {
    expect(onCount(small, 'd000', new Set(['d000']), own)).toBe(10)
    expect(onCount(small, 'd00', new Set(['d000', 'd001']), own)).toBe(20)
  })
})
