import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textTable } from '../../src/core/text-table.ts'

describe('a table of texts', () => {
  it('numbers texts in the order they come, and finds those it has and no other, like a Map', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.string()), (texts, others) => {
        const table = textTable()
        const map = new Map<string, number>()
        for (const text of texts) {
          if (!map.has(text)) map.set(text, map.size)
          expect(table.add(text)).toBe(map.get(text))
        }
        expect(table.size).toBe(map.size)
        const again = textTable(table.marks())
        for (const text of [...texts, ...others]) {
          expect(table.find(text)).toBe(map.get(text) ?? -1)
          expect(again.find(text)).toBe(map.get(text) ?? -1)
        }
      }),
    )
  })

  it('keeps codes apart that differ in one digit, by the hundred thousand, also opened again and added to', () => {
    const code = (n: number) => `3205990118${String(n).padStart(6, '0')}`
    const table = textTable()
    let wrong = 0
    for (let n = 0; n < 300_000; n++) if (table.add(code(n)) !== n) wrong++
    const again = textTable(table.marks())
    for (let n = 0; n < 300_000; n++) if (again.find(code(n)) !== n) wrong++
    expect(wrong).toBe(0)
    for (let n = 300_000; n < 300_100; n++) expect(again.find(code(n))).toBe(-1)
    expect(again.add(code(300_000))).toBe(300_000)
    expect(again.add(code(5))).toBe(5)
    expect(again.find(code(299_999))).toBe(299_999)
    expect(again.size).toBe(300_001)
  })

  it('lets marks go that were given out', () => {
    const table = textTable()
    table.add('a')
    const marks = table.marks()
    table.add('b')
    marks.fill(0)
    expect([table.find('a'), table.find('b')]).toEqual([0, 1])
  })
})
