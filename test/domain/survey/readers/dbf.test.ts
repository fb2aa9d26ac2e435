import { rm } from 'node:fs/promises'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { afterAll, describe, expect, test } from 'vitest'
import type { Column } from './build-shapefile.ts'
import { allRows } from './collect.ts'
import { home, note, open, withRows } from './shapefile-desk.ts'

afterAll(() => rm(home, { recursive: true }))

const gbk = (text: string) => iconv.encode(text, 'gb18030')

describe('attributes', () => {
  const columns: Column[] = [
    { name: 'TEXT', type: 'C', width: 8 },
    { name: 'WHOLE', type: 'N', width: 20 },
    { name: 'PART', type: 'F', width: 12 },
    { name: 'DAY', type: 'D', width: 8 },
    { name: 'YES', type: 'L', width: 1 },
    { name: 'MEMO', type: 'M', width: 10 },
  ]
  const values = async (...rows: (string | Buffer)[][]) =>
    (await allRows((await open(withRows(columns, rows))).layer)).map(row => row.values)

  test('text, numbers, dates and booleans as they stand; memo is not read, and said so', async () => {
    const { layer, findings } = await open(
      withRows(columns, [['ab  c', '42', '-1.25', '20170807', 'T', '7']]),
    )
    expect(layer.fields).toEqual([
      { name: 'TEXT', stored: 'text' },
      { name: 'WHOLE', stored: 'number' },
      { name: 'PART', stored: 'number' },
      { name: 'DAY', stored: 'date' },
      { name: 'YES', stored: 'boolean' },
    ])
    expect(findings).toMatchObject([{ code: 'field.ignored', field: 'MEMO', detail: { type: 'M' } }])
    expect(layer.sample[0]!.values).toEqual(['ab  c', 42, -1.25, '20170807', true])
  })

  test('blank, overflow and the empty marks of each type are null', async () => {
    const zeros = Buffer.alloc(8)
    expect(
      await values(
        ['', '', '', '', '', ''],
        [zeros, '********************', '************', '00000000', '?', ''],
        [zeros, zeros, zeros, zeros, zeros, ''],
      ),
    ).toEqual([
      [null, null, null, null, null],
      [null, null, null, null, null],
      [null, null, null, null, null],
    ])
    expect(await values(['', '', '', '', 'f', ''], ['', '', '', '', 'N', ''])).toEqual([
      [null, null, null, null, false],
      [null, null, null, null, false],
    ])
  })

  test('numbers are the nearest double, and whole numbers that a double cannot hold stay text', async () => {
    const rows = [
      ['', '3205060101000001', '0.1'],
      ['', '32050601010000012345', '1e-7'],
      ['', '-9007199254740991', '120.61234567'],
      ['', '+5', '-.5'],
      ['', '0', '7.'],
      ['', '12 34', 'abc'],
    ]
    expect(await values(...rows.map(row => [...row, '', '', '']))).toEqual([
      [null, 3205060101000001, 0.1, null, null],
      [null, '32050601010000012345', 1e-7, null, null],
      [null, -9007199254740991, 120.61234567, null, null],
      [null, 5, -0.5, null, null],
      [null, 0, 7, null, null],
      [null, '12 34', 'abc', null, null],
    ])
  })

  test('text ends at a zero byte and keeps blanks in front', async () => {
    expect((await values([Buffer.from('  a\0junk'), '', '', '', '', '']))[0]![0]).toBe('  a')
  })

  test('repeated values stay apart from values that look alike, in any number', async () => {
    const wide: Column = { name: 'T', type: 'C', width: 100 }
    const texts = Array.from(
      { length: 6000 },
      (_, n) => ['井盖', '井 盖', `a${n}`, ' a', 'a', `${'长'.repeat(40)}${n % 7}`][n % 6]!,
    )
    const { layer } = await open(
      withRows(
        [wide],
        texts.map(text => [gbk(text)]),
      ),
    )
    expect((await allRows(layer)).map(row => row.values[0])).toEqual(texts)
  })

  test('any text of any width is read as its bytes stand, one by one', async () => {
    const piece = fc.constantFrom('a', 'b7', ' ', '  ', '\0', '盖', '井盖', '    ')
    const texts = fc.array(
      fc.array(piece, { maxLength: 9 }).map(pieces => gbk(pieces.join(''))),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    const stands = (bytes: Buffer) => {
      const zero = bytes.indexOf(0)
      const text = iconv.decode(zero < 0 ? bytes : bytes.subarray(0, zero), 'gb18030').replace(/ +$/, '')
      return text === '' ? null : text
    }
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 36, max: 43 }), async (rows, width) => {
        // never without Chinese, or the encoding would be another
        const all = [gbk('井盖'), ...rows]
        const { layer } = await open(
          withRows(
            [{ name: 'T', type: 'C', width }],
            all.map(row => [row]),
          ),
        )
        expect((await allRows(layer)).map(row => row.values[0])).toEqual(all.map(stands))
      }),
      { numRuns: 60 },
    )
  })

  test('a deleted row is refused with its number and its values are not shown', async () => {
    const { layer } = await open(
      withRows([note], [['a'], [Buffer.from([0xff, 0xff])], ['c']], { deleted: [2] }),
    )
    const rows = await allRows(layer)
    expect(layer.rowCount).toBe(3)
    expect(rows.map(row => [row.row, row.values[0], row.findings?.map(finding => finding.code)])).toEqual([
      [1, 'a', undefined],
      [2, null, ['row.deleted']],
      [3, 'c', undefined],
    ])
  })

  test('names cut at ten bytes: the half character goes, and names alike get a number', async () => {
    const named = [
      Buffer.from('主管部门代码').subarray(0, 10),
      Buffer.from('主管部门名称').subarray(0, 10),
    ].map(name => ({ name, type: 'C', width: 4 }))
    const { layer, findings } = await open(withRows(named, [['', '']]))
    expect(layer.fields.map(field => field.name)).toEqual(['主管部', '主管部_2'])
    expect(findings.map(({ code, field, detail }) => [code, field, detail.other])).toEqual([
      ['field.truncated', '主管部_2', '主管部'],
    ])
    expect(layer.fields.map(field => field.ambiguous)).toEqual([true, true])
    const inGbk = ['主管部门代码', '主管部门名称'].map(name => ({ name: gbk(name), type: 'C', width: 4 }))
    expect((await open(withRows(inGbk, [['', '']]))).layer.fields.map(field => field.name)).toEqual([
      '主管部门代',
      '主管部门名',
    ])
  })

  test('a layer can be read twice and left in the middle', async () => {
    const { layer } = await open(
      withRows(
        [note],
        Array.from({ length: 12_000 }, (_, n) => [String(n)]),
      ),
    )
    for await (const rows of layer.rows()) {
      expect(rows).toHaveLength(1000)
      break
    }
    const rows = await allRows(layer)
    expect(rows.map(row => row.values[0])).toEqual(Array.from({ length: 12_000 }, (_, n) => String(n)))
    expect(rows.at(-1)!.row).toBe(12_000)
    expect(layer.sample).toEqual(rows.slice(0, 5))
  })
})
