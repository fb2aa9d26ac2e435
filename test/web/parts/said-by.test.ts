/** What the server writes for machines, told to people. */
import { describe, expect, it } from 'vitest'
import { findings } from '../../../src/domain/survey/findings.ts'
import { actorName, crsName, isOwn, plainTitle } from '../../../src/web/parts/said-by.ts'

describe('who acted', () => {
  it('is the account by its name, the command line by its machine, others as they stand', () => {
    expect(actorName('account:沈建国', '本机')).toBe('沈建国')
    expect(actorName('account:a:b', '本机')).toBe('a:b')
    expect(actorName('local:root', '本机')).toBe('本机 root')
    expect(actorName('bootstrap', '本机')).toBe('bootstrap')
    expect(actorName(null, '本机')).toBe('')
  })
  it('is oneself only as an account of that name', () => {
    expect(isOwn('account:tester', 'tester')).toBe(true)
    expect(isOwn('local:tester', 'tester')).toBe(false)
    expect(isOwn('account:undefined', undefined)).toBe(false)
  })
})

describe('the title of a finding', () => {
  it('loses the places that only a single one fills', () => {
    expect(plainTitle('类别 {value} 不在字典 {dictionary} 中')).toBe('类别 … 不在字典 … 中')
    expect(plainTitle('位置在辖区之外：{value}')).toBe('位置在辖区之外')
    expect(plainTitle('几何无效：{reason}（{place}）')).toBe('几何无效')
    expect(plainTitle('没有标识码')).toBe('没有标识码')
  })
  it('never shows a place, in either language, and never becomes empty', () => {
    for (const [, zh, en] of Object.values(findings)) {
      for (const title of [zh, en]) {
        expect(plainTitle(title)).not.toMatch(/[{}]/)
        expect(plainTitle(title).replace(/[…\s]/g, '')).not.toBe('')
      }
    }
  })
})

describe('the coordinate system a file states', () => {
  it('is told by its name or code, or not at all', () => {
    expect(crsName({ kind: 'wkt', wkt: 'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS"]]' })).toBe(
      'CGCS2000_3_Degree_GK_CM_120E',
    )
    expect(crsName({ kind: 'code', code: 'EPSG:4490' })).toBe('EPSG:4490')
    expect(crsName({ kind: 'none' })).toBe('')
    expect(crsName({ kind: 'wkt', wkt: 'nonsense' })).toBe('nonsense')
  })
})
