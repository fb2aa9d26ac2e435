import { expect, test } from 'vitest'
import { STANDARD_NAME, standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { classIndex } from '../../../src/domain/catalog/rules.ts'
import type { ComponentClass } from '../../../src/domain/catalog/schema.ts'
import { findings } from '../../../src/domain/survey/findings.ts'

const index = classIndex(standardClasses, STANDARD_NAME)
const codeOf = (code: string | null, name: string | null) => index.match({ code, name }).class?.code ?? null

test('code and name that agree give the class', () => {
  expect(codeOf('0101', '上水井盖')).toBe('0101')
  expect(index.match({ code: '0101', name: '上水井盖' }).finding).toBeNull()
})

test('one of the two is enough', () => {
  expect(codeOf('0104', null)).toBe('0104')
  expect(codeOf(null, '雨水箅子')).toBe('0104')
  expect(codeOf('', '雨水箅子')).toBe('0104')
  expect(codeOf('0104', '')).toBe('0104')
})

test('full-width forms, blanks and other brackets do not matter', () => {
  expect(codeOf('０１２９', ' 输油（气）井盖 ')).toBe('0129')
  expect(codeOf(' 0101 ', '上水 井盖')).toBe('0101')
  expect(codeOf('BJ0101', null)).toBe('0101')
  expect(codeOf(null, 'street  LAMP')).toBe('0118')
})

test('an alias is as good as the name, but only of its own class', () => {
  expect(codeOf('0104', '雨水篦子')).toBe('0104')
  expect(codeOf('0103', '雨水篦子')).toBeNull()
})

test('a class code with a three-digit minor is the same class', () => {
  expect(codeOf('01001', '上水井盖')).toBe('0101')
  expect(codeOf('01101', '上水井盖')).toBeNull()
})

test('the garden cover of another city is not taken for the ownerless cover', () => {
  expect(index.match({ code: '0114', name: '园林井盖' })).toEqual({
    class: null,
    finding: { code: 'class.mismatch', detail: { code: '0114', name: '园林井盖', expected: '无主井盖' } },
  })
})

test('a known name under the code of another class is a mismatch', () => {
  expect(index.match({ code: '0129', name: '公交井盖' }).finding?.code).toBe('class.mismatch')
})

test('a code that is not in the dictionary is unknown even where the name is known', () => {
  expect(index.match({ code: '0199', name: '路灯' }).finding).toEqual({
    code: 'class.unknown',
    detail: { value: '0199', dictionary: 'CJ/T 214-2007' },
  })
  expect(index.match({ name: '晒衣架' }).finding).toEqual({
    code: 'class.unknown',
    detail: { value: '晒衣架', dictionary: 'CJ/T 214-2007' },
  })
})

test('a code that has lost its leading zero is not completed', () => {
  expect(index.match({ code: '101', name: '上水井盖' }).finding?.code).toBe('class.unknown')
})

test('nothing given is missing', () => {
  expect(index.match({ code: ' ', name: null }).finding).toEqual({ code: 'class.missing', detail: {} })
})

test('answers are the same when asked again, also beyond what is remembered', () => {
  const fresh = classIndex(standardClasses, STANDARD_NAME)
  for (let i = 0; i < 10_000; i++) fresh.match({ code: `x${i}`, name: null })
  expect(fresh.match({ code: 'x9999', name: null }).finding?.detail.value).toBe('x9999')
  expect(fresh.match({ code: '0101', name: null })).toEqual(fresh.match({ code: '0101', name: null }))
})

test('a dictionary in which a name means two things is refused', () => {
  const twice: ComponentClass = { ...standardClasses[0]!, code: '2101', nameEn: 'Other', aliases: [] }
  expect(() => classIndex([...standardClasses, twice], 'x')).toThrow('share the name 上水井盖')
  expect(() => classIndex([...standardClasses, standardClasses[0]!], 'x')).toThrow('stands twice')
})

test('every finding here is one a delivery can be told, with all its places filled', () => {
  for (const given of [{}, { code: '0199' }, { code: '0114', name: '园林井盖' }]) {
    const { code, detail } = index.match(given).finding!
    for (const [, place] of findings[code][1].matchAll(/\{(\w+)\}/g)) expect(detail).toHaveProperty(place!)
  }
})
