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

  test('a quote that does not close is an error of the row it opens in, once, and the rows below are read', async () => {
    const told = async (text: string) =>
      (await allRows(await at.layer('a.csv', text))).map(({ row, values, findings }) => [
        row,
        values,
        ...(findings?.map(({ code, row, field, value }) => [code, row, field, value]) ?? []),
      ])
    expect(await told('a,b\n1,2\n"3,4\n5,6\n')).toEqual([
      [2, ['1', '2']],
      [3, ['3,4', null], ['row.quote', 3, 'a', '3,4']],
      [4, ['5', '6']],
    ])
    // quotes below would take turns with the one that never closes
    expect(await told('a,b,c\n"p\nq","2,3\n4,"lamp, new",5\n"6","7\n8","9"\n"10",11,12')).toEqual([
      [3, ['p\nq', '2,3', null], ['row.quote', 3, 'b', '2,3']],
      [4, ['4', 'lamp, new', '5']],
      [5, ['6', '7\n8', '9']],
      [7, ['10', '11', '12']],
    ])
    expect(await told('a,b\n1,"last')).toEqual([[2, ['1', 'last'], ['row.quote', 2, 'b', 'last']]])
  })

  test('a quote that does not close swallows nothing, however long the rest', async () => {
    const rest = 1_200_000
    const layer = await at.layer('a.csv', `a,b\n1,2\n"3,4\n${'5,6\n'.repeat(rest)}`)
    let rows = 0
    const findings: unknown[] = []
    for await (const batch of layer.rows()) {
      rows += batch.length
      findings.push(...batch.flatMap(row => row.findings ?? []))
    }
    expect(rows).toBe(rest + 2)
    expect(findings).toMatchObject([{ code: 'row.quote', row: 3, field: 'a' }])
  })

  test('a header alone has no rows, and a header whose quote never closes is no header', async () => {
    for (const text of ['标识码,名称\n', '标识码,名称', '\n标识码,名称\n\n\n'])
      expect(await at.open({ 'a.csv': text })).toMatchObject({
        layers: [{ rowCount: 0, sample: [] }],
        findings: [{ code: 'file.no-rows' }],
      })
    expect(await at.open({ 'a.csv': 'a,"b\n1,2\n' })).toMatchObject({
      layers: [],
      findings: [{ code: 'row.quote', row: 1, value: 'b' }],
    })
  })

  test('rows of two encodings are told with the first row that differs, whichever comes first', async () => {
    const header = iconv.encode('id,name\n', 'utf8')
    const gbk = (n: number) => iconv.encode(`${n},宝带西路雨水箅子\n`, 'gb18030')
    const utf8 = (n: number) => iconv.encode(`${n},木渎镇电力井盖甲\n`, 'utf8')
    const mixed = await at.open({ 'a.csv': Buffer.concat([header, gbk(1), gbk(2), utf8(3), gbk(4)]) })
    expect(mixed).toMatchObject({
      layers: [],
      findings: [
        { code: 'encoding.mixed', row: 4, detail: { encoding: 'utf-8', other: 'gb18030', otherRow: 2 } },
      ],
    })
    expect(await at.open({ 'a.csv': Buffer.concat([header, utf8(1), gbk(2)]) })).toMatchObject({
      findings: [
        { code: 'encoding.mixed', row: 3, detail: { encoding: 'gb18030', other: 'utf-8', otherRow: 2 } },
      ],
    })
    // whoever names the encoding is believed
    const named = await at.open({ 'a.csv': Buffer.concat([header, gbk(1), gbk(2)]) }, { encoding: 'gb18030' })
    expect(named).toMatchObject({ layers: [{ encoding: { name: 'gb18030' } }], findings: [] })
    for (const pure of [gbk, utf8])
      expect((await at.open({ 'a.csv': Buffer.concat([header, ...[1, 2, 3].map(pure)]) })).findings).toEqual(
        [],
      )
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
    expect(Math.max(...batches)).toBeLessThanOrEqual(1000)
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

describe('a marked workbook saved as a table', () => {
  test('is read without our columns, whose X and Y are its position; a column 问题 of its own stays', async () => {
    const text =
      '原行号〔网格〕,OBJCODE,问题,X〔网格 EPSG:4549〕,Y〔网格 EPSG:4549〕,问题〔网格〕\n' +
      '7,A,自己的,560193.1,3460306.2,类别不在字典中\n8,,,,,\n9,B,,x,3460306,\n'
    const layer = await at.layer('a.csv', text)
    expect(layer.fields.map(field => field.name)).toEqual(['OBJCODE', '问题'])
    expect(layer).toMatchObject({ geometryKind: 'point', crs: { kind: 'code', code: 'EPSG:4549' } })
    const rows = await allRows(layer)
    expect(rows.map(({ row, values, geometry }) => [row, values, geometry?.coordinates])).toEqual([
      [2, ['A', '自己的'], [560193.1, 3460306.2]],
      [4, ['B', null], undefined],
    ])
    expect(rows[1]!.findings).toMatchObject([
      { code: 'position.not-finite', field: 'X〔网格 EPSG:4549〕', value: 'x' },
    ])
  })

  test('has the position where somebody asks for it, and the usual one where ours has none', async () => {
    const text = 'Row [Wangge],lon,lat,E2,N2,Problem [Wangge]\n2,120.1,31.1,5,6,\n'
    const usual = await at.layer('a.csv', text)
    expect(usual.fields.map(field => field.name)).toEqual(['lon', 'lat', 'E2', 'N2'])
    expect((await allRows(usual))[0]!.geometry!.coordinates).toEqual([120.1, 31.1])
    const asked = await at.layer('a.csv', text, { position: { x: 'E2', y: 'N2' } })
    expect((await allRows(asked))[0]!.geometry!.coordinates).toEqual([5, 6])
  })
})
