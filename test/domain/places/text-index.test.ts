import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKey } from '../../../src/domain/places/rules.ts'
import { mergeHits, type TextEntry, textIndex } from '../../../src/domain/places/text-index.ts'

const entriesOf = (...texts: string[]): TextEntry[] => texts.map(text => ({ text }))
const streets = entriesOf('枫桥路12号', '枫桥路2号', '枫桥路', '新枫桥路2号', '香溪路2号', '枫桥街道')
const found = (query: string, limit?: number) =>
  textIndex(streets)
    .search(query, limit === undefined ? {} : { limit })
    .map(hit => `${hit.rank} ${hit.entry.text}`)

test('the whole text comes first, then beginnings, then parts; the shorter text before the longer', () => {
  expect(found('枫桥路')).toEqual([
    'exact 枫桥路',
    'prefix 枫桥路2号',
    'prefix 枫桥路12号',
    'substring 新枫桥路2号',
  ])
})

test('words may stand anywhere, in any order, blanks or not', () => {
  expect(found('2号 枫桥')).toEqual(['words 枫桥路2号', 'words 新枫桥路2号', 'words 枫桥路12号'])
  expect(found('枫桥路 2 号')).toEqual(['exact 枫桥路2号', 'substring 新枫桥路2号', 'words 枫桥路12号'])
})

test('one character is enough, and full-width figures are figures', () => {
  expect(found('香')).toEqual(['prefix 香溪路2号'])
  expect(found('１２')).toEqual(['substring 枫桥路12号'])
})

test('what is not there is not found, nor anything by nothing', () => {
  expect(found('枫香')).toEqual([])
  expect(found('枫桥路 3')).toEqual([])
  expect(found('  ')).toEqual([])
  expect(found('枫', 0)).toEqual([])
  expect(textIndex([]).search('枫')).toEqual([])
})

test('the limit keeps the best', () => {
  expect(found('2号', 2)).toEqual(['substring 枫桥路2号', 'substring 香溪路2号'])
})

test('an entry is found by its aliases, and stands once, by its best text', () => {
  const bank: TextEntry = { text: '吴中供电公司', aliases: ['供电', '苏州供电'] }
  const index = textIndex([bank, { text: '供电井盖' }])
  expect(index.search('供电')).toEqual([
    { entry: bank, rank: 'exact' },
    { entry: { text: '供电井盖' }, rank: 'prefix' },
  ])
  expect(index.size).toBe(2)
})

test('pinyin finds where it is given as an alias', () => {
  const index = textIndex([{ text: '枫桥路', aliases: ['fengqiaolu', 'fql'] }])
  expect(index.search('FQL')).toHaveLength(1)
  expect(index.search('feng qiao')).toHaveLength(1)
})

test('what the caller does not keep does not use up the limit', () => {
  const hits = textIndex(streets).search('枫桥路', { limit: 2, keep: entry => entry.text.endsWith('2号') })
  expect(hits.map(hit => hit.entry.text)).toEqual(['枫桥路2号', '枫桥路12号'])
})

test('several searches are merged in one order', () => {
  const [grids, addresses] = [
    textIndex(entriesOf('枫桥街道', '新枫桥')),
    textIndex(entriesOf('枫桥路2号', '枫桥')),
  ]
  const merged = mergeHits([grids.search('枫桥'), addresses.search('枫桥')], 3)
  expect(merged.map(hit => hit.entry.text)).toEqual(['枫桥', '枫桥街道', '枫桥路2号'])
})

describe('against a plain look at every text', () => {
  const character = fc.constantFrom(...'枫桥路街12号 Aａ')
  const text = fc.string({ unit: character, maxLength: 8 })
  const entry = fc.record({ text, aliases: fc.array(text, { maxLength: 2 }) })

  test('exactly the texts that hold every word are found', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), text, (entries, query) => {
        const words = query
          .split(/\s+/)
          .map(addressKey)
          .filter(word => word !== '')
        const expected = entries.filter(
          one =>
            words.length > 0 &&
            [one.text, ...one.aliases]
              .map(addressKey)
              .some(key => key !== '' && words.every(word => key.includes(word))),
        )
        const hits = textIndex(entries).search(query, { limit: 1000 })
        expect(new Set(hits.map(hit => hit.entry))).toEqual(new Set(expected))
        expect(hits).toHaveLength(expected.length)
      }),
      { numRuns: 500 },
    )
  })

  test('a smaller limit gives the beginning of the same list', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), text, fc.nat(10), (entries, query, limit) => {
        const index = textIndex(entries)
        expect(index.search(query, { limit })).toEqual(index.search(query, { limit: 1000 }).slice(0, limit))
      }),
      { numRuns: 500 },
    )
  })

  test('every text finds itself as exact, and no rank stands after a lower one', () => {
    const order = ['exact', 'prefix', 'substring', 'words']
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), texts => {
        const index = textIndex(entriesOf(...texts))
        for (const one of texts) {
          if (addressKey(one) === '') continue
          const ranks = index.search(one, { limit: 1000 }).map(hit => order.indexOf(hit.rank))
          expect(ranks[0]).toBe(0)
          expect(ranks).toEqual(ranks.toSorted())
        }
      }),
    )
  })
})
