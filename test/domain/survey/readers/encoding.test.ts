import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodingOfLanguageId } from '../../../../src/domain/survey/readers/encoding-name.ts'
import { openShapefile } from '../../../../src/domain/survey/readers/shapefile.ts'
import type { ReadOptions } from '../../../../src/domain/survey/readers/source.ts'
import { type Column, dbfBytes, pointRecord, shpBytes, writeParts } from './build-shapefile.ts'
import { allRows, faultOf } from './collect.ts'

let home: string
let folder = 0
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'encoding-'))
})
afterAll(() => rm(home, { recursive: true }))

const column: Column = { name: 'NOTE', type: 'C', width: 20 }
const chinese = ['雨水箅子', '木渎镇', '电力井盖', '宝带西路7号']

interface Case extends ReadOptions {
  cpg?: string
  languageId?: number
  columns?: Column[]
}

async function open(
  values: (string | Buffer)[],
  { cpg, languageId = 0, columns = [column], ...options }: Case = {},
) {
  const written = {
    ...shpBytes(
      1,
      values.map(() => pointRecord(1, 2)),
    ),
    dbf: dbfBytes(
      columns,
      values.map(value => [value]),
      { languageId },
    ),
    ...(cpg === undefined ? {} : { cpg }),
  }
  return openShapefile(await writeParts(join(home, String(++folder)), written), options)
}

async function read(values: (string | Buffer)[], options: Case = {}) {
  const { layer, findings } = await open(values, options)
  const rows = await allRows(layer)
  return { ...layer.encoding, findings, rows, texts: rows.map(row => row.values[0]) }
}
const written = (texts: string[], encoding: string) => texts.map(text => iconv.encode(text, encoding))

describe('rows of two encodings', () => {
  test('are refused with the first that differs, also under a declaration of one of them', async () => {
    const values = [...written(chinese, 'gb18030'), ...written(['电力井盖'], 'utf8')]
    for (const cpg of [undefined, 'GBK', 'UTF-8'])
      expect(await faultOf(open(values, { cpg }))).toMatchObject({
        code: 'encoding.mixed',
        row: 5,
        field: 'NOTE',
        value: '电力井盖',
        detail: { encoding: 'utf-8', other: 'gb18030', otherRow: 1 },
      })
  })

  test('are not seen in Chinese of one encoding, however it looks in the other', async () => {
    for (const encoding of ['utf8', 'gb18030'])
      for (const text of ['联通', '移动联通', '中国', '一二三', '涓枃'])
        expect((await read(written([...chinese, text], encoding))).texts).toEqual([...chinese, text])
  })
})

describe('without a declaration', () => {
  test('UTF-8 that is strictly valid is UTF-8, everything else that is valid is GB18030', async () => {
    expect(await read(written(chinese, 'utf8'))).toMatchObject({
      name: 'utf-8',
      decidedBy: 'guessed',
      texts: chinese,
    })
    expect(await read(written(chinese, 'gbk'))).toMatchObject({
      name: 'gb18030',
      decidedBy: 'guessed',
      texts: chinese,
      findings: [],
    })
    expect(await read(written(['㙦', '𠮷'], 'gb18030'))).toMatchObject({
      name: 'gb18030',
      texts: ['㙦', '𠮷'],
    })
  })

  test('plain ASCII is UTF-8', async () => {
    expect(await read(['a', 'b'])).toMatchObject({ name: 'utf-8', decidedBy: 'guessed' })
  })

  test('one value that is not UTF-8 decides for the whole file', async () => {
    const values = [...written(Array(2000).fill('a'), 'utf8'), ...written(['井盖'], 'gbk')]
    expect((await read(values)).texts.at(-1)).toBe('井盖')
  })

  test('bytes that are neither are refused with row and field', async () => {
    const finding = await faultOf(open(['a', Buffer.from([0x41, 0xff, 0xfe])]))
    expect(finding).toMatchObject({
      code: 'encoding.wrong',
      row: 2,
      field: 'NOTE',
      detail: { encoding: 'gb18030' },
    })
  })

  test('a fault behind many equal texts is found in its row, though only its last byte differs', async () => {
    const [good] = written(['电力井盖'], 'gb18030')
    const bad = Buffer.from(good!)
    bad[bad.length - 1] = 0xff
    const finding = await faultOf(open([...Array(50).fill(good), bad, ...Array(50).fill(good)]))
    expect(finding).toMatchObject({ code: 'encoding.wrong', row: 51, field: 'NOTE' })
  })
})

describe('declared', () => {
  test('counts when the bytes are valid in it, whatever else they are valid in', async () => {
    const texts = ['臺北', '高雄市']
    expect(await read(written(texts, 'big5'), { cpg: 'BIG5' })).toMatchObject({
      name: 'big5',
      decidedBy: 'declared',
      texts,
    })
    expect(await read(written(chinese, 'gbk'), { cpg: 'ANSI 936' })).toMatchObject({
      name: 'gb18030',
      decidedBy: 'declared',
      texts: chinese,
    })
    expect(await read(written(chinese, 'gbk'), { languageId: 0x4d })).toMatchObject({
      decidedBy: 'declared',
      texts: chinese,
    })
    expect(await read(written(['Москва'], 'win1251'), { cpg: '1251' })).toMatchObject({
      name: 'windows-1251',
      texts: ['Москва'],
    })
  })

  test('is overridden by the bytes when it lies, and the lie is told', async () => {
    const lied = await read(written(chinese, 'gbk'), { cpg: 'UTF-8' })
    expect(lied).toMatchObject({ name: 'gb18030', decidedBy: 'guessed', texts: chinese })
    expect(lied.findings).toMatchObject([
      { code: 'encoding.declared', detail: { declared: 'utf-8', encoding: 'gb18030' } },
    ])
    expect(await read(written(chinese, 'utf8'), { cpg: 'GBK' })).toMatchObject({ texts: chinese })
  })

  test('a .cpg that names no encoding leaves it to the bytes and is told', async () => {
    for (const cpg of ['OEM', '<!DOCTYPE html>']) {
      const guessed = await read(written(chinese, 'gbk'), { cpg })
      expect(guessed).toMatchObject({
        name: 'gb18030',
        decidedBy: 'guessed',
        texts: chinese,
        findings: [{ detail: { declared: cpg } }],
      })
    }
    expect((await read(['a'], { cpg: ' \n' })).findings).toEqual([])
  })

  test('the .cpg goes before the language id', async () => {
    expect(await read(written(['Ünï'], 'utf8'), { cpg: 'UTF-8', languageId: 0x57 })).toMatchObject({
      name: 'utf-8',
      decidedBy: 'declared',
    })
  })

  test('Latin 1, valid for any bytes, gives way to UTF-8 and to Chinese, and counts for Latin text', async () => {
    for (const hint of [{ languageId: 0x57 }, { cpg: 'ISO-8859-1' }, { cpg: '1252' }]) {
      expect(await read(written(chinese, 'gbk'), hint)).toMatchObject({ name: 'gb18030', texts: chinese })
      expect(await read(written(chinese, 'utf8'), hint)).toMatchObject({ name: 'utf-8', texts: chinese })
      const latin = ['Mérida', 'Málaga 3', 'São Tomé', 'a']
      expect(await read(written(latin, 'latin1'), hint)).toMatchObject({
        name: 'windows-1252',
        decidedBy: 'declared',
        texts: latin,
      })
    }
  })

  test('Big5 is not believed of the language id', async () => {
    expect(encodingOfLanguageId(0x4f)).toBeUndefined()
    expect(encodingOfLanguageId(0x78)).toBeUndefined()
  })
})

describe('given', () => {
  test('goes before everything', async () => {
    const texts = ['臺北市']
    expect(await read(written(texts, 'big5'), { encoding: 'Big5', cpg: 'GBK' })).toMatchObject({
      name: 'big5',
      decidedBy: 'given',
      texts,
    })
  })

  test('an unknown name is refused', async () => {
    expect(await faultOf(open(['a'], { encoding: 'klingon' }))).toMatchObject({
      code: 'encoding.unknown',
      value: 'klingon',
    })
  })

  test('UTF-16 does not fit into a DBF, neither given nor declared', async () => {
    expect(await faultOf(open(['a'], { encoding: 'utf-16le' }))).toMatchObject({ code: 'encoding.unknown' })
    expect(await read(['ab'], { cpg: 'UTF-16' })).toMatchObject({
      name: 'utf-8',
      decidedBy: 'guessed',
      texts: ['ab'],
    })
  })

  test('bytes that are not in it are refused with row and field', async () => {
    for (const encoding of ['utf-8', 'big5', 'gb18030']) {
      const bad = Buffer.from(encoding === 'gb18030' ? [0xb0, 0x20, 0x41] : [0xb0, 0x21, 0x41])
      const finding = await faultOf(open(['a', 'b', bad], { encoding }))
      expect(finding).toMatchObject({ code: 'encoding.wrong', row: 3, field: 'NOTE', detail: { encoding } })
    }
  })
})

describe('half a character at the end of a full field', () => {
  const narrow = (width: number): Column[] => [{ name: 'NOTE', type: 'C', width }]

  test.each([
    ['gbk', 5, '雨水'],
    ['utf8', 7, '雨水'],
    ['utf8', 8, '雨水'],
  ] as const)('is dropped and told (%s, %i bytes)', async (encoding, width, kept) => {
    const value = iconv.encode('雨水箅子', encoding).subarray(0, width)
    const { rows, texts } = await read(['a', value], { columns: narrow(width) })
    expect(texts).toEqual(['a', kept])
    expect(rows[1]!.findings).toMatchObject([
      { code: 'value.truncated-byte', row: 2, field: 'NOTE', value: kept },
    ])
    expect(rows[0]!.findings).toBeUndefined()
  })

  test('also in Big5 and of four bytes', async () => {
    expect(
      (await read([iconv.encode('臺北', 'big5').subarray(0, 3)], { columns: narrow(3), encoding: 'big5' }))
        .texts,
    ).toEqual(['臺'])
    expect(
      (await read([iconv.encode('木𠮷', 'gb18030').subarray(0, 5)], { columns: narrow(5) })).texts,
    ).toEqual(['木'])
  })

  test('nothing but a half is null', async () => {
    const { rows } = await read([Buffer.from([0xb0])], { columns: narrow(1) })
    expect(rows[0]).toMatchObject({
      values: [null],
      findings: [{ code: 'value.truncated-byte', value: null }],
    })
  })

  test('in the middle of a field it is no half but a fault', async () => {
    const finding = await faultOf(open([iconv.encode('雨水箅', 'gbk').subarray(0, 5)]))
    expect(finding.code).toBe('encoding.wrong')
  })
})
