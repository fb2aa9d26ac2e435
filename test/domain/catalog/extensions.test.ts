import { expect, test } from 'vitest'
import { standardClasses } from '../../../src/domain/catalog/cjt214.ts'
import { checkExtensions } from '../../../src/domain/catalog/extensions.ts'
import { classIndex } from '../../../src/domain/catalog/rules.ts'
import type { ExtensionRow } from '../../../src/domain/catalog/schema.ts'
import { findings } from '../../../src/domain/survey/findings.ts'

const row = (code: string, name: string, rest: Partial<ExtensionRow> = {}): ExtensionRow => ({
  row: 2,
  code,
  name,
  ...rest,
})
const check = (...rows: ExtensionRow[]) => checkExtensions(rows, standardClasses)
const refusalOf = (one: ExtensionRow) => check(one).refusals[0]

test('major 21, high minors and unused minors may be given a meaning', () => {
  const { classes, refusals } = check(
    row('2101', '防蚊闸'),
    row('0180', '园林井盖'),
    row('0139', '环卫井盖'),
    row('21002', '电梯'),
  )
  expect(refusals).toEqual([])
  expect(classes.map(one => one.code)).toEqual(['2101', '0180', '0139', '21002'])
})

test('a row says its geometry in Chinese, English or letters; none means point', () => {
  const geometryOf = (geometry: string | null) =>
    check(row('2101', '盲道', { geometry })).classes[0]?.geometry
  expect(geometryOf(null)).toEqual(['point'])
  expect(geometryOf('点、线')).toEqual(['point', 'line'])
  expect(geometryOf('LineString')).toEqual(['line'])
  expect(geometryOf('P/A')).toEqual(['point', 'polygon'])
  expect(geometryOf('体')).toBeUndefined()
})

test('names are trimmed, aliases split, sensitivity read', () => {
  const [one] = check(
    row('２１０６', ' 提款机 ', { aliases: '取款机、ATM;自助银行', sensitive: '是' }),
  ).classes
  expect(one).toEqual({
    code: '2106',
    name: '提款机',
    nameEn: '提款机',
    geometry: ['point'],
    sensitive: true,
    aliases: ['取款机', 'ATM', '自助银行'],
  })
  expect(check(row('2106', '提款机', { sensitive: '否' })).classes[0]?.sensitive).toBe(false)
})

test('a standard class cannot be redefined, in either writing of its code', () => {
  expect(refusalOf(row('0114', '园林井盖'))).toMatchObject({
    code: 'dictionary.standard',
    detail: { other: '0114 无主井盖' },
  })
  expect(refusalOf(row('01014', '园林井盖'))?.code).toBe('dictionary.standard')
})

test('a name or alias of another class cannot be taken', () => {
  expect(refusalOf(row('2101', '路灯'))).toMatchObject({
    code: 'dictionary.duplicate',
    field: 'name',
    detail: { other: '0118' },
  })
  expect(refusalOf(row('2101', '篦子', { aliases: '雨水篦子' }))).toMatchObject({
    field: 'aliases',
    detail: { other: '0104' },
  })
})

test('bad codes, missing names and doubles are refused row by row, the others go on', () => {
  const { classes, refusals } = check(
    { ...row('21-1', '甲'), row: 2 },
    { ...row('2101', '  '), row: 3 },
    { ...row('2102', '乙'), row: 4 },
    { ...row('2102', '丙'), row: 5 },
    { ...row('2103', '乙'), row: 6 },
    { ...row('2104', '丁'), row: 7 },
  )
  expect(classes.map(one => one.name)).toEqual(['乙', '丁'])
  expect(refusals.map(one => [one.row, one.code, one.detail])).toEqual([
    [2, 'dictionary.code', {}],
    [3, 'dictionary.name', {}],
    [5, 'dictionary.duplicate', { other: 4 }],
    [6, 'dictionary.duplicate', { other: '2102' }],
  ])
})

test('a row may rename a class of its own, and what results is always a sound dictionary', () => {
  const present = check(row('2101', '甲', { aliases: '老甲' }), row('2102', '乙')).classes
  const renamed = checkExtensions([row('2101', '新甲'), row('2103', '老甲')], standardClasses, present)
  expect(renamed.refusals).toEqual([])
  const after = [...present.filter(one => one.code !== '2101'), ...renamed.classes]
  expect(classIndex([...standardClasses, ...after], 'x').match({ name: '老甲' }).class?.code).toBe('2103')
})

test('a name stays taken while the row that would give it up is refused', () => {
  const present = check(row('2101', '甲')).classes
  const { classes, refusals } = checkExtensions(
    [row('2101', '路灯'), row('2103', '甲')],
    standardClasses,
    present,
  )
  expect(classes).toEqual([])
  expect(refusals.map(one => one.detail.other)).toEqual(['0118', '2101'])
})

test('a class of the district cannot come back under the other writing of its code', () => {
  const present = check(row('2101', '甲')).classes
  expect(checkExtensions([row('21001', '甲')], standardClasses, present).refusals[0]?.code).toBe(
    'dictionary.duplicate',
  )
})

test('every refusal is a finding with its places filled', () => {
  const bad = [
    row('x', '甲'),
    row('2101', ''),
    row('2101', '甲', { geometry: '?' }),
    row('0101', '甲'),
    row('2101', '路灯'),
  ]
  const refusals = bad.map(one => refusalOf(one)!)
  expect(new Set(refusals.map(one => one.code)).size).toBe(5)
  for (const { code, value, detail } of refusals) {
    const filled = { value, ...detail }
    for (const [, place] of findings[code][1].matchAll(/\{(\w+)\}/g)) expect(filled).toHaveProperty(place!)
  }
})
