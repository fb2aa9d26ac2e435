import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
beforeAll(async () => {
  at = await desk()
})
afterAll(() => at.clear())

const values = async (text: string | Buffer, name = 'a.csv') =>
  (await allRows(await at.layer(name, text))).map(row => row.values)

describe('a table', () => {
  test('has the fields of its first line, text throughout, empty values null', async () => {
    const layer = await at.layer('部件.csv', '编码,名称,备注\n0101,井盖,\n007,"雨水,箅子"," "\n')
    expect(layer).toMatchObject({
      name: '部件',
      geometryKind: 'none',
      rowCount: null,
      crs: { kind: 'none' },
      encoding: { name: 'utf-8' },
    })
    expect(layer.fields).toEqual(['编码', '名称', '备注'].map(name => ({ name, stored: 'text' })))
    expect(layer.sample).toEqual([
      { row: 2, values: ['0101', '井盖', null], geometry: null },
      { row: 3, values: ['007', '雨水,箅子', ' '], geometry: null },
    ])
  })

  test.each([',', '\t', ';'])('is cut by %j when that cuts best', async mark => {
    const rows = [
      ['a', 'b', 'c'],
      ['1,5', '2;3', '3\t4'],
      ['x', 'y', 'z'],
    ]
    const text = rows
      .map(row => row.map(value => (value.includes(mark) ? `"${value}"` : value)).join(mark))
      .join('\n')
    expect(await values(text, 'a.txt')).toEqual(rows.slice(1))
  })

  test('rows are numbered by the line they begin on, whatever breaks lines and however many', async () => {
    for (const newline of ['\n', '\r\n', '\r']) {
      const text = ['a,"b', 'c"', '', '1,2', '"3', '', '4",5', ' ', '6,7', ''].join(newline)
      const rows = await allRows(await at.layer('a.csv', text))
      expect(rows.map(row => [row.row, ...row.values])).toEqual([
        [4, '1', '2'],
        [5, '3\n\n4', '5'],
        [9, '6', '7'],
      ])
    }
  })

  test('names that are blank or alike are told apart', async () => {
    const layer = await at.layer('a.csv', 'a,,a,a\n1,2,3,4')
    expect(layer.fields.map(field => field.name)).toEqual(['a', 'column_2', 'a_2', 'a_3'])
  })

  test('a row with more or fewer columns is an error, its values in their places', async () => {
    const rows = await allRows(await at.layer('a.csv', 'a,b,c\n1,2\n1,2,3,4\n1,2,3\n'))
    expect(rows.map(row => row.values)).toEqual([
      ['1', '2', null],
      ['1', '2', '3'],
      ['1', '2', '3'],
    ])
    expect(
      rows.map(row => row.findings?.map(finding => [finding.code, finding.row, finding.detail])),
    ).toEqual([
      [['row.columns', 2, { actual: 2, expected: 3 }]],
      [['row.columns', 3, { actual: 4, expected: 3 }]],
      undefined,
    ])
  })

  test('a quote that does not close is an error of its row, and of the file when it swallows too much', async () => {
    const rows = await allRows(await at.layer('a.csv', 'a,b\n1,2\n"3,4\n5,6\n'))
    expect(rows.map(row => row.findings?.map(finding => finding.code))).toEqual([
      undefined,
      ['row.columns', 'file.corrupt'],
    ])
    const swallowed = `"3,4\n${'5,6\n'.repeat(2_000_000)}`
    const reason = { code: 'file.corrupt', detail: { reason: 'line 3: a quote that never closes' } }
    expect(await at.open({ 'b.csv': `a,b\n1,2\n${swallowed}` })).toMatchObject({
      layers: [],
      findings: [reason],
    })
    const later = await at.layer('c.csv', `a,b\n${'1,2\n'.repeat(9_000)}${swallowed}`)
    await expect(allRows(later)).rejects.toMatchObject({ finding: { code: 'file.corrupt' } })
  })

  test('what was written is what is read, over chunks and batches', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => [
      String(n),
      `木渎镇"${n}",\n宝带西路`.repeat((n % 5) + 1),
      'x'.repeat(n % 50),
    ])
    const text = `k,t,u\r\n${rows.map(row => row.map(value => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n')}`
    const layer = await at.layer('a.csv', iconv.encode(text, 'gb18030'))
    const batches: number[] = []
    const read = []
    for await (const batch of layer.rows()) {
      batches.push(batch.length)
      read.push(...batch)
    }
    expect(Math.max(...batches)).toBeLessThanOrEqual(5000)
    expect(read.map(row => row.values)).toEqual(rows.map(row => row.map(value => value || null)))
  })
})

describe('encodings of a table', () => {
  const text = 'lon,lat,名称\n120.6,31.2,井盖\n'
  test.each([
    ['utf-8', Buffer.from(`\ufeff${text}`), 'declared'],
    ['utf-8', Buffer.from(text), 'guessed'],
    ['gb18030', iconv.encode(text, 'gbk'), 'guessed'],
    ['utf-16le', iconv.encode(text, 'utf16-le', { addBOM: true }), 'declared'],
    ['utf-16be', iconv.encode(text, 'utf16-be', { addBOM: true }), 'declared'],
    ['utf-16le', iconv.encode(text, 'utf16-le'), 'guessed'],
    ['utf-16be', iconv.encode(text, 'utf16-be'), 'guessed'],
  ] as const)('%s (%#)', async (name, bytes, decidedBy) => {
    const layer = await at.layer('a.csv', bytes)
    expect(layer.encoding).toEqual({ name, decidedBy })
    expect(layer.fields[2]!.name).toBe('名称')
    expect(layer.sample[0]!.values).toEqual(['120.6', '31.2', '井盖'])
  })

  test.each([
    ['utf-16le', iconv.encode(text.replaceAll(',', '\t'), 'utf16-le', { addBOM: true })],
    ['utf-8', Buffer.from(`\ufeff${text.replaceAll(',', '\t')}`)],
    ['gb18030', iconv.encode(text.replaceAll(',', '\t'), 'gb18030')],
  ])('a table cut by tabs in %s, as Excel saves “Unicode text”', async (name, bytes) => {
    for (const file of ['a.txt', 'a.tsv', 'a.csv']) {
      const layer = await at.layer(file, bytes)
      expect(layer.encoding.name).toBe(name)
      expect(layer.fields.map(field => field.name)).toEqual(['lon', 'lat', '名称'])
      expect(layer.sample[0]!.geometry).toEqual({ type: 'Point', coordinates: [120.6, 31.2] })
    }
  })

  test('Big5 that is given is read in tables of any cut, rows and all', async () => {
    const big5 = iconv.encode('lon\tlat\t名稱\n1\t2\t臺北市許功蓋\n', 'big5')
    const layer = await at.layer('a.tsv', big5, { encoding: 'Big5' })
    expect(layer.encoding).toEqual({ name: 'big5', decidedBy: 'given' })
    expect(layer.fields[2]!.name).toBe('名稱')
    expect((await allRows(layer)).map(row => row.values[2])).toEqual(['臺北市許功蓋'])
  })

  test('given goes before the guess; what is not in it is refused with its line', async () => {
    const big5 = iconv.encode('lon,lat,n\n1,2,臺北\n', 'big5')
    expect((await at.layer('a.csv', big5, { encoding: 'big5' })).sample[0]!.values[2]).toBe('臺北')
    const { findings } = await at.open(
      { 'a.csv': Buffer.concat([Buffer.from('a\nb\n'), Buffer.from([0xb0, 0x21])]) },
      { encoding: 'utf-8' },
    )
    expect(findings).toMatchObject([{ code: 'encoding.wrong', row: 3, detail: { encoding: 'utf-8' } }])
  })

  test('a file that ends inside a character is refused', async () => {
    const { findings } = await at.open(
      { 'a.csv': Buffer.from('a,b\n1,井').subarray(0, -1) },
      { encoding: 'utf-8' },
    )
    expect(findings).toMatchObject([{ code: 'encoding.wrong', row: 2 }])
  })
})
