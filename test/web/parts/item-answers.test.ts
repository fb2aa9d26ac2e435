import { describe, expect, it } from 'vitest'
import type { Item } from '../../../src/web/api/acceptance.ts'
import {
  allRight,
  isBeyond,
  openFields,
  rowAnswerOf,
  standingOf,
} from '../../../src/web/parts/item-answers.ts'
import { accuracyLines, parseAccuracy, parsePrices, priceLines } from '../../../src/web/parts/terms-lines.ts'

const item = (more: Partial<Item> = {}): Item => ({
  no: 1,
  kind: 'row',
  drawn: 'rule',
  class: '0101',
  componentId: null,
  geometry: null,
  code: null,
  name: null,
  area: null,
  fields: [
    { field: 'code', value: '1' },
    { field: 'owner', value: '电信' },
  ],
  present: null,
  file: null,
  row: null,
  measure: true,
  accuracy: 'A',
  replacedBy: null,
  replacedWhy: null,
  answer: null,
  measured: null,
  deviationM: null,
  complete: false,
  ...more,
})
const said = (verdicts: Record<string, 'right' | 'wrong' | 'unknown'>) => ({
  verdicts,
  found: {},
  note: '',
  photo: '',
  photos: [],
})

describe('an item', () => {
  it('is open, in order, wrong by a verdict, a sighting or a position, or replaced', () => {
    expect(standingOf(item())).toBe('open')
    expect(standingOf(item({ complete: true, answer: said({ exists: 'right' }) }))).toBe('right')
    expect(standingOf(item({ complete: true, answer: said({ owner: 'wrong' }) }))).toBe('wrong')
    expect(standingOf(item({ complete: true, answer: said({ exists: 'right' }), deviationM: 0.51 }))).toBe(
      'wrong',
    )
    const sightings = [
      { kind: 'missing' as const, class: '0101', code: '', note: '', photo: '', photos: [], lonLat: null },
    ]
    expect(standingOf(item({ kind: 'area', complete: true, answer: { sightings, note: '' } }))).toBe('wrong')
    expect(standingOf(item({ replacedBy: 9 }))).toBe('replaced')
    expect(isBeyond({ accuracy: 'B', deviationM: 0.51 })).toBe(false)
  })
  it('tells what is still to be said; right to the rest keeps what was said', () => {
    const one = item()
    expect(openFields(one, rowAnswerOf(one))).toEqual(['exists', 'code', 'owner', 'position'])
    expect(openFields(one, said({ exists: 'wrong' }))).toEqual([])
    const rest = allRight(one, said({ owner: 'wrong' }))
    expect(rest.verdicts).toEqual({ exists: 'right', code: 'right', owner: 'wrong' })
    expect(openFields(one, { ...rest, position: null })).toEqual([])
  })
})

describe('terms as lines', () => {
  it('are read back as they were written, and name the line that cannot be', () => {
    const prices = { '0118': { unit: 'piece', price: 2.5 }, '0211': { unit: 'metre', price: 3 } } as const
    const units = { piece: '件', metre: '米', m2: '平方米' }
    expect(parsePrices(priceLines(prices, unit => units[unit]))).toEqual({ ok: true, value: prices })
    expect(parsePrices('0118 件 2.5\n\n0211 斤 3')).toEqual({ ok: false, n: 3, line: '0211 斤 3' })
    for (const line of ['0118 件', '件 2', '0118 件 -1', '0118 件 2 3', '0118 toString 1'])
      expect([line, parsePrices(line).ok]).toEqual([line, false])
    expect(parseAccuracy(accuracyLines({ '04': 'C', '0401': 'A' }))).toEqual({
      ok: true,
      value: { '04': 'C', '0401': 'A' },
    })
    expect(parseAccuracy('04 D').ok).toBe(false)
  })
})
