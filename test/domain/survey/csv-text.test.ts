import fc from 'fast-check'
import papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { csvLine, csvLines, guarded, unguarded } from '../../../src/domain/survey/csv-text.ts'

const formula = /^[\s\0']*[=+\-@＝＋－＠]/
/** Cells as a spreadsheet has them whose list separator is another. */
const openedWith = (delimiter: string, text: string) =>
  papa.parse<string[]>(text, { delimiter, quoteChar: delimiter === ',' ? '"' : '\0' }).data.flat()

describe('a line of CSV', () => {
  it('holds no formula, whatever list separator it is opened with', () => {
    const planted = ['a;=1+1', 'b; ＝cmd|x', 'c\t@x', 'd\n-1', ';;+2', '=3', "e;'f"]
    for (const first of ['x', ';=9']) {
      const text = csvLines([[first, ...planted]])
      for (const delimiter of [',', ';', '\t'])
        for (const cell of openedWith(delimiter, text))
          expect(cell, `${delimiter} ${cell}`).not.toMatch(/^[\s\0]*[=+\-@＝＋－＠]/)
    }
    expect(openedWith(';', 'x,a;=1+1').some(cell => formula.test(cell))).toBe(true)
  })

  it('keeps everything else as it was given', () => {
    const cells = ['a;b', 'c - d', '路灯；=1', 'e,f', '"g"', 'h\ni', '']
    expect(papa.parse<string[]>(csvLines([cells]).trimEnd()).data).toEqual([cells])
    expect(csvLines([[1, null, 'a;b']])).toBe('1,,"a;b"\r\n')
  })
})

describe('a delivered cell that is sent back', () => {
  it('comes back as it was, whatever it was', () => {
    const pieces = fc.constantFrom(
      "'",
      ';',
      ',',
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\n',
      ' ',
      '0',
      '1',
      '3205990118000001',
      'a',
      '＝',
      '.',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map(all => all.join('')),
        ),
        text => {
          expect(unguarded(guarded(text))).toBe(text)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it.each(['=1+1', ' =1', '@SUM(A1)', '+1', '-2+3', '＝cmd', "'=1"])('runs nothing: %j', text => {
    expect(guarded(text)).toBe(`'${text}`)
  })

  it('runs nothing behind a tab or a break', () => {
    for (const text of ['\t=1', '\n=1', ' \t=1', '\t x'])
      expect(guarded(text)).not.toMatch(/^[\s\0]*[=]|^[\t\r\n]/)
  })

  it('runs nothing either where its file is opened with another list separator', () => {
    for (const own of [',', ';', '\t'])
      for (const planted of ['a;=1+1', 'b; ＝cmd|x', 'c\t@x', 'd\n-1+2', ';;+2', "e;'=1", 'f,=1', 'g,-1+cmd'])
        for (const delimiter of [',', ';', '\t'])
          for (const cell of openedWith(delimiter, csvLine(['x', guarded(planted)], own)))
            expect(cell, `${own} ${delimiter} ${cell}`).not.toMatch(/^[\s\0]*[=+@＝＋－＠]|^[\s\0]*-(?!\d+$)/)
    expect(guarded('LINESTRING (120 31, -1.5 2, 3 -4)')).toBe('LINESTRING (120 31, -1.5 2, 3 -4)')
  })

  it.each(['3205990118000001', '0118', '00'])(
    'is not made a number of, where that would lose digits: %s',
    text => {
      expect(guarded(text)).toBe(`\t${text}`)
    },
  )

  it.each(['', '0', '-14413.25', '-5', '120.6', '20260315', '路灯', "it's", 'a=b', '0.5'])(
    'stays as it is where nothing happens to it: %s',
    text => {
      expect(guarded(text)).toBe(text)
    },
  )
})
