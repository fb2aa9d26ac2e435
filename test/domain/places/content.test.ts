import { expect, test } from 'vitest'
import type { Geometry } from '../../../gis/geometry.ts'
import { contentOfAddress, contentOfPlace } from '../../../src/domain/places/content.ts'

const at = (lon: number, lat: number): Geometry => ({ type: 'Point', coordinates: [lon, lat] })
const content = (text: string, geometry = at(120.6, 31.2)) => contentOfAddress({ row: 1, text, geometry })

test('the row of the file and the way of writing do not count', () => {
  expect(contentOfAddress({ row: 9, text: '枫桥路 １２８ 號', geometry: at(120.6, 31.2) })).toBe(
    content('枫桥路128号'),
  )
})

test('a position counts to the centimetre', () => {
  expect(content('甲', at(120.6 + 1e-9, 31.2))).toBe(content('甲'))
  expect(content('甲', at(120.6 + 1e-6, 31.2))).not.toBe(content('甲'))
  expect(content('甲', at(31.2, 120.6))).not.toBe(content('甲'))
})

test('the shape and every word of a place count, each in its own place', () => {
  const place = { row: 1, kind: 'street', class: 'lane', name: '横街', geometry: at(120.6, 31.2) } as const
  const others = [
    { ...place, class: null },
    { ...place, name: null },
    { ...place, kind: 'water' as const },
    { ...place, class: '横街', name: 'lane' },
    { ...place, geometry: { type: 'MultiPoint', coordinates: [[120.6, 31.2]] } as Geometry },
  ]
  const contents = [place, ...others].map(contentOfPlace)
  expect(new Set(contents).size).toBe(contents.length)
})

test('a hash fits a bigint of the database', () => {
  for (let i = 0; i < 200; i++)
    expect(BigInt.asIntN(64, content(`枫桥路${i}号`))).toBe(content(`枫桥路${i}号`))
})
