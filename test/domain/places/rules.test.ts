import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addressKey,
  addressText,
  compass,
  describePosition,
  distanceText,
  type Nearby,
  spaced,
} from '../../../src/domain/places/rules.ts'

test.each([
  ['枫桥路 １２８ 號', '枫桥路128号'],
  ['　枫桥路128号　３幢 ', '枫桥路128号3幢'],
  ['Ａ区－２', 'A区-2'],
  ['795  Massachusetts   Ave', '795 Massachusetts Ave'],
  ['枫桥路128号（南门）', '枫桥路128号（南门）'],
  ['   ', ''],
])('%s is shown as %s', (given, shown) => {
  expect(addressText(given)).toBe(shown)
})

test.each([
  ['枫桥路１２８＃', '枫桥路128号'],
  ['枫桥路128号3栋', '枫桥路 128 號 3 幢'],
  ['枫桥路128—1号', '枫桥路128-1号'],
  ['枫桥路128号（南门）', '枫桥路128号(南门)'],
  ['795 MASSACHUSETTS AVE', '795 Massachusetts Ave'],
])('%s and %s are the same address', (one, other) => {
  expect(addressKey(one)).toBe(addressKey(other))
})

test.each([
  ['枫桥路128号', '枫桥路12号8'],
  ['枫桥路128号', '枫桥路128弄'],
  ['#枫桥路', '号枫桥路'],
])('%s and %s are not', (one, other) => {
  expect(addressKey(one)).not.toBe(addressKey(other))
})

test('showing and comparing change nothing the second time', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'枫桥路号號弄幢栋１２3 　-—#（(aＢ\t') })
  fc.assert(
    fc.property(texts, text => {
      expect(addressText(addressText(text))).toBe(addressText(text))
      expect(addressKey(addressKey(text))).toBe(addressKey(text))
      expect(addressKey(addressText(text))).toBe(addressKey(text))
    }),
  )
})

test('Chinese is set apart from figures and letters, once', () => {
  expect(spaced('枫桥路128号A座')).toBe('枫桥路 128 号 A 座')
  expect(spaced('枫桥路 128 号')).toBe('枫桥路 128 号')
})

describe('a position in words', () => {
  const address = { text: '枫桥路128号', distanceM: 12.3, bearingDeg: 40 }
  const street = { name: '枫桥路', distanceM: 22 }
  const within = { name: '香山公园' }
  const area = { name: '苑北社区01片区' }
  const zh = (near: Nearby) => describePosition(near, 'zh')
  const en = (near: Nearby) => describePosition(near, 'en')

  test('is told from a near address, with direction and distance', () => {
    expect(zh({ address, street, within, area })).toBe('枫桥路 128 号（东北约 12 米）')
    expect(en({ address: { ...address, text: '128 Fengqiao Road' } })).toBe(
      'about 12 m north-east of 128 Fengqiao Road',
    )
  })

  test('is the address itself when it is there', () => {
    expect(zh({ address: { ...address, distanceM: 1.2 } })).toBe('枫桥路 128 号')
  })

  test('is told from street and block when no address is near', () => {
    const far = { ...address, distanceM: 200 }
    expect(zh({ address: far, street, within })).toBe('枫桥路旁（约 20 米），香山公园内')
    expect(en({ address: far, street, within })).toBe('about 20 m from 枫桥路, in 香山公园')
    expect(zh({ street: { ...street, distanceM: 3 } })).toBe('枫桥路上')
    expect(en({ street: { ...street, distanceM: 3 } })).toBe('on 枫桥路')
  })

  test('is told from a farther address before the area, and from the area last', () => {
    expect(zh({ address: { ...address, distanceM: 344, bearingDeg: 270 }, area })).toBe(
      '枫桥路 128 号（西约 340 米）',
    )
    expect(zh({ address: { ...address, distanceM: 900 }, street: { ...street, distanceM: 300 }, area })).toBe(
      '苑北社区 01 片区内',
    )
  })

  test('is nothing when nothing is near', () => {
    expect(zh({})).toBeNull()
    expect(en({ address: { ...address, distanceM: 900 }, street: null })).toBeNull()
  })
})

test('directions are eight, whatever the turn', () => {
  expect([0, 44, 90, 135, 180, 225, 270, 315, 338].map(deg => compass(deg, 'zh')).join(' ')).toBe(
    '北 东北 东 东南 南 西南 西 西北 北',
  )
  expect(compass(-90, 'en')).toBe('west')
  expect(compass(359 + 720, 'en')).toBe('north')
})

test('distances are as exact as they are worth', () => {
  expect([0.4, 12.6, 19.6, 22, 98, 344, 996, 1260].map(m => distanceText(m, 'zh'))).toEqual([
    '0 米',
    '13 米',
    '20 米',
    '20 米',
    '100 米',
    '340 米',
    '1.0 公里',
    '1.3 公里',
  ])
  expect(distanceText(1260, 'en')).toBe('1.3 km')
})
