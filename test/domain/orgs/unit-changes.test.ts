import { describe, expect, it } from 'vitest'
import { type UnitRow, unitChanges } from '../../../src/domain/orgs/unit-changes.ts'
import type { UnitEntry } from '../../../src/domain/orgs/units.ts'

const row = (n: number, name: string, code: string | null = null, more: Partial<UnitRow> = {}): UnitRow => ({
  row: n,
  name,
  code,
  shortName: null,
  kind: null,
  aliases: null,
  ...more,
})
const held = (id: string, name: string, code: string | null = null): UnitEntry => ({
  id,
  name,
  code,
  shortName: null,
  kind: 'company',
  aliases: [],
})

describe('a table of units', () => {
  it('adds what is new and counts what is the same', () => {
    const { added, changed, unchanged, refused } = unitChanges(
      [held('1', '甲', 'A')],
      [row(2, '甲', 'A'), row(3, '乙', 'B')],
    )
    expect({ added: added.map(unit => unit.name), changed, unchanged, refused }).toEqual({
      added: ['乙'],
      changed: [],
      unchanged: 1,
      refused: [],
    })
  })

  it('knows a unit by its code under a new name, and by its name with a first or a corrected code', () => {
    const { changed, added } = unitChanges(
      [held('1', '甲', 'A'), held('2', '乙'), held('3', '丙', 'C')],
      [row(2, '甲集团', 'A'), row(3, '乙', 'B'), row(4, '丙', 'C2')],
    )
    expect(added).toEqual([])
    expect(changed.map(({ id, name, code }) => [id, name, code])).toEqual([
      ['1', '甲集团', 'A'],
      ['2', '乙', 'B'],
      ['3', '丙', 'C2'],
    ])
  })

  it('keeps the code a row leaves empty', () => {
    const { changed, unchanged } = unitChanges([held('1', '甲', 'A')], [row(2, '甲')])
    expect(changed).toEqual([])
    expect(unchanged).toBe(1)
  })

  it('cuts aliases at any of their separators, each once', () => {
    const { added } = unitChanges([], [row(2, '甲', null, { aliases: '供电局;电力、 供电局｜|国网' })])
    expect(added[0]!.aliases).toEqual(['供电局', '电力', '国网'])
  })

  it('lets two units change names with each other', () => {
    const { changed, refused } = unitChanges(
      [held('1', '甲', 'A'), held('2', '乙', 'B')],
      [row(2, '乙', 'A'), row(3, '甲', 'B')],
    )
    expect(refused).toEqual([])
    expect(changed.map(({ id, name }) => [id, name])).toEqual([
      ['1', '乙'],
      ['2', '甲'],
    ])
  })

  it('refuses a row without a name, and names and codes that stand twice, naming the other row', () => {
    const { refused } = unitChanges([], [row(2, '甲', 'A'), row(3, '甲', 'B'), row(4, '乙', 'A'), row(5, '')])
    expect(refused.map(({ row, code, field, detail }) => [row, code, field, detail.other])).toEqual([
      [3, 'unit.duplicate', 'name', '2'],
      [4, 'unit.duplicate', 'code', '2'],
      [5, 'unit.name', 'name', undefined],
    ])
  })

  it('refuses a name that a unit outside the table bears, naming it', () => {
    const { refused } = unitChanges([held('1', '甲', 'A'), held('2', '乙', 'B')], [row(2, '乙', 'A')])
    expect(refused).toEqual([
      { row: 2, code: 'unit.taken', field: 'name', value: '乙', detail: { other: '乙' } },
    ])
  })
})
