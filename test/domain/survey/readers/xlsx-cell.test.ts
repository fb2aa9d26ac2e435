import { describe, expect, test } from 'vitest'
import { remedy, sentence } from '../../../../src/domain/survey/findings.ts'
import { type Cell, packed, table, xlsxParts } from './build-xlsx.ts'
import { allRows } from './collect.ts'
import { date, xlsxDesk } from './xlsx-desk.ts'

const { desk, layerOf, rowsOf } = xlsxDesk()

describe('a cell', () => {
  const formats = [14, 'yyyy"年"m"月"d"日"', 20, '[h]:mm', '0.00_);[Red]\\d0', '[$-804]yyyy/m/d h:mm;@']
  test.each([
    [42954, 1, '2017-08-07'],
    [42954, 2, '2017-08-07'],
    [42954.75, 1, '2017-08-07T18:00:00'],
    [0.75, 3, '18:00:00'],
    [1.5, 4, 1.5],
    [42954, 5, 42954],
    [42954.4310185185, 6, '2017-08-07T10:20:40'],
    [42954, 0, 42954],
    [1, 1, '1900-01-01'],
    [59, 1, '1900-02-28'],
    [60, 1, 60],
    [61, 1, '1900-03-01'],
    [0, 1, 0],
    [-5, 1, -5],
    [2958465, 1, '9999-12-31'],
    [2958466, 1, 2958466],
  ])('%d in style %d is %j', async (serial, style, value) => {
    const rows = await rowsOf(
      table([
        ['a', 'b'],
        ['x', date(serial, style)],
      ]),
      { formats },
    )
    expect(rows).toEqual([[2, 'x', value]])
  })

  test('days are counted from 1904 where the workbook says so', async () => {
    const rows = [
      ['a', 'b'],
      [date(0), date(41492)],
    ]
    expect(await rowsOf(table(rows), { formats, from1904: true })).toEqual([[2, '1904-01-01', '2017-08-07']])
  })

  test('texts are read whole: rich, with escapes, without readings; blanks stay for the intake to trim', async () => {
    const parts = xlsxParts([
      table([
        ['a', 'b'],
        ['first', ' 3205\u3000'],
      ]),
    ])
    const sst = 'xl/sharedStrings.xml'
    parts[sst] = parts[sst]!.replace(
      '<si><t xml:space="preserve">first</t></si>',
      '<si><r><t>雨</t></r><r><rPr><b/></rPr><t>水_x000D_</t></r><rPh sb="0" eb="1"><t>YU</t></rPh></si>',
    )
    const [row] = await allRows(await desk().layer('a.xlsx', await packed(parts)))
    expect(row!.values).toEqual(['雨水\r', ' 3205\u3000'])
  })

  test('a formula is its stored result; without one it is an error of its cell', async () => {
    const rows = await allRows(
      await layerOf(
        table([
          ['a', 'b', 'c'],
          [
            { is: '<f>1+1</f><v>2</v>' },
            { is: '<f>A1</f><v></v>', t: 'str' },
            { is: '<f>B1</f><v>x</v>', t: 'str' },
          ],
          ['k', { is: '<f>TODAY()</f>' }, { is: '<f>TODAY()</f><v/>' }],
        ]),
      ),
    )
    expect(rows[0]).toEqual({ row: 2, values: [2, null, 'x'], geometry: null })
    expect(rows[1]!.values).toEqual(['k', null, null])
    expect(rows[1]!.findings!.map(found => [found.code, found.field, found.detail])).toEqual([
      ['cell.formula', 'b', { sheet: '部件', cell: 'B3' }],
      ['cell.formula', 'c', { sheet: '部件', cell: 'C3' }],
    ])
  })

  test('an error is a finding with sheet and cell, in both languages, and never a value', async () => {
    const [row] = await allRows(
      await layerOf(
        table([
          ['编码', '单位'],
          ['k', { is: '<f>VLOOKUP(A1,X,2)</f><v>#REF!</v>', t: 'e' }],
        ]),
      ),
    )
    expect(row!.values).toEqual(['k', null])
    const [found] = row!.findings!
    expect(found).toMatchObject({
      code: 'cell.error',
      file: 'a.xlsx/部件',
      row: 2,
      field: '单位',
      value: '#REF!',
      detail: { sheet: '部件', cell: 'B2' },
    })
    expect(sentence(found!, 'zh')).toBe('单元格是错误值 #REF!')
    expect(remedy(found!, 'en')).toContain('formula')
  })

  test.each([
    [{ is: '<v>1,5</v>' }, '1,5'],
    [{ is: '<v>99</v>', t: 's' }, '99'],
    [{ is: '<v>maybe</v>', t: 'b' }, 'maybe'],
  ] as [Cell, string][])('%j, which its type forbids, is an error of its cell', async (cell, value) => {
    const [row] = await allRows(
      await layerOf(
        table([
          ['a', 'b'],
          ['k', cell],
        ]),
      ),
    )
    expect(row!.findings).toMatchObject([{ code: 'cell.error', value, detail: { cell: 'B2' } }])
  })
})
