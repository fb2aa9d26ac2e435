import { expect, test } from 'vitest'
import { majors, STANDARD_NAME, standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { classIndex } from '../../../src/domain/catalog/rules.ts'
import { componentClassSchema } from '../../../src/domain/catalog/schema.ts'

test('the standard has 85 classes in six majors, numbered without a hole', () => {
  const counts = new Map<string, string[]>()
  for (const { code } of standardClasses) {
    const major = code.slice(0, 2)
    counts.set(major, [...(counts.get(major) ?? []), code.slice(2)])
  }
  expect([...counts].map(([major, minors]) => [major, minors.length])).toEqual([
    ['01', 38],
    ['02', 17],
    ['03', 11],
    ['04', 10],
    ['05', 3],
    ['06', 6],
  ])
  for (const minors of counts.values()) expect(minors.map(Number)).toEqual(minors.map((_, i) => i + 1))
  expect(majors.map(major => major.code)).toEqual([...counts.keys(), '21'])
})

test('no two classes share a code, a name or an alias', () => {
  expect(classIndex(standardClasses, STANDARD_NAME).byCode.size).toBe(85)
})

test('every class is whole: a name in both languages and at least one kind of geometry', () => {
  for (const one of standardClasses) {
    expect(componentClassSchema.safeParse(one).success).toBe(true)
    expect(one.name).toMatch(/\p{Script=Han}/u)
    expect(one.nameEn).toMatch(/^[A-Z][A-Za-z -]+$/)
    expect(one.geometry.length).toBeGreaterThan(0)
  }
})

test('there are seventeen kinds of cover and grate', () => {
  expect(standardClasses.filter(one => /井盖$|箅子$/.test(one.name))).toHaveLength(17)
})

test('what the law asks to keep back is marked, and an ordinary cover is not', () => {
  const marked = standardClasses.filter(one => one.sensitive).map(one => one.name)
  expect(marked).toEqual([
    '燃气井盖',
    '公安井盖',
    '输油(气)井盖',
    '特殊井盖',
    '燃气调压站(箱)',
    '监控电子眼',
    '治安岗亭',
    '人防工事',
    '重大危险源',
  ])
})
