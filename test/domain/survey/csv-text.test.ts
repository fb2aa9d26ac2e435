import papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { csvLines } from '../../../src/domain/survey/csv-text.ts'

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
