import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type UnitEntry, unitIndex } from '../../../src/domain/orgs/units.ts'

const unit = (id: string, name: string, more: Partial<UnitEntry> = {}): UnitEntry => ({
  id,
  name,
  code: null,
  shortName: null,
  kind: 'company',
  aliases: [],
  ...more,
})
const water = unit('w', '苑江供水有限公司', {
  code: '91320599MA1WATER0X',
  shortName: '苑江供水',
  aliases: ['自来水公司'],
})
const power = unit('p', '苑江供电公司', { code: '91320599MA1POWER0X', aliases: ['供电局'] })
const bureau = unit('b', '城市管理局(区)', { kind: 'department' })
const index = unitIndex([water, power, bureau])

describe('the unit directory', () => {
  it('finds by code, by name, by short name and by alias, and says how', () => {
    expect(index.find(water.code, null)).toEqual({ id: 'w', matchedBy: 'code', mismatch: null })
    expect(index.find(null, '苑江供水有限公司')).toEqual({ id: 'w', matchedBy: 'name', mismatch: null })
    expect(index.find(null, '苑江供水')).toEqual({ id: 'w', matchedBy: 'alias', mismatch: null })
    expect(index.find(null, '供电局')).toEqual({ id: 'p', matchedBy: 'alias', mismatch: null })
  })

  it('reads full-width letters, brackets and blanks as their plain forms', () => {
    expect(index.find('９１３２０５９９ＭＡ１ＷＡＴＥＲ０Ｘ', null).id).toBe('w')
    expect(index.find('91320599ma1water0x', null).id).toBe('w')
    expect(index.find(null, '城市管理局（区）').id).toBe('b')
    expect(index.find(null, ' 苑江\u3000供电公司 ').id).toBe('p')
  })

  it('does not guess: a name without its legal form, or part of a name, is nobody', () => {
    expect(index.find(null, '苑江供电')).toEqual({ id: null, matchedBy: null, mismatch: null })
    expect(index.find(null, '苑江供水有限责任公司').id).toBeNull()
    expect(index.find(null, '').id).toBeNull()
    expect(index.find(null, null).id).toBeNull()
  })

  it('goes by the code and tells the name it expected when the name is not the unit’s', () => {
    expect(index.find(water.code, '苑江供电公司')).toEqual({
      id: 'w',
      matchedBy: 'code',
      mismatch: '苑江供水有限公司',
    })
    expect(index.find(water.code, '没有的公司')).toEqual({
      id: 'w',
      matchedBy: 'code',
      mismatch: '苑江供水有限公司',
    })
    expect(index.find(water.code, '自来水公司').mismatch).toBeNull()
  })

  it('goes by a good name where the code is nobody’s, and tells the disagreement only if the unit has a code', () => {
    expect(index.find('000', '苑江供电公司')).toEqual({
      id: 'p',
      matchedBy: 'name',
      mismatch: '苑江供电公司',
    })
    expect(index.find('000', '城市管理局(区)')).toEqual({ id: 'b', matchedBy: 'name', mismatch: null })
  })

  it('takes an alias of two units for neither, and a name before an alias', () => {
    const double = unitIndex([
      unit('1', '甲', { aliases: ['丙', '丁'] }),
      unit('2', '乙', { aliases: ['丙'] }),
      unit('3', '丁'),
    ])
    expect(double.find(null, '丙').id).toBeNull()
    expect(double.find(null, '丁')).toEqual({ id: '3', matchedBy: 'name', mismatch: null })
  })

  it('finds every unit by its own code and name, without a mismatch', () => {
    const names = fc.uniqueArray(
      fc.string({ minLength: 1 }).filter(name => name.trim() !== ''),
      {
        selector: name => name.normalize('NFKC').replaceAll(/\s+/g, '').toUpperCase(),
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(names, list => {
        const units = list.map((name, i) => unit(String(i), name, { code: `c${i}` }))
        const found = unitIndex(units)
        for (const each of units) {
          expect(found.find(each.code, each.name)).toEqual({ id: each.id, matchedBy: 'code', mismatch: null })
          // asked twice it answers the same: the second answer is remembered
          expect(found.find(each.code, each.name).id).toBe(each.id)
          expect(found.find(null, each.name).id).toBe(each.id)
        }
      }),
    )
  })
})
