import { describe, expect, test } from 'vitest'
import { type Freedoms, packed, type SheetDraft, table, xlsxBytes, xlsxParts } from './build-xlsx.ts'
import { patched, zipBytes } from './build-zip.ts'
import { allRows } from './collect.ts'
import { xlsxDesk } from './xlsx-desk.ts'

const { desk, open, rowsOf } = xlsxDesk()

describe('a workbook', () => {
  test('gives a layer for every visible sheet with a table, in the order of its tabs', async () => {
    const { layers, findings } = await open([
      table(
        [
          ['a', 'b'],
          ['1', '2'],
        ],
        [],
        '部件',
      ),
      {
        ...table(
          [
            ['k', 'v'],
            ['1', '2'],
          ],
          [],
          '码表',
        ),
        state: 'hidden',
      },
      table([['填表说明'], ['一、……'], ['二、……']], [], '说明'),
      table(
        [
          ['c', 'd'],
          ['3', '4'],
        ],
        [],
        '事件',
      ),
      table([], [], 'Sheet5'),
    ])
    expect(layers.map(layer => [layer.file, layer.name])).toEqual([
      ['a.xlsx/部件', '部件'],
      ['a.xlsx/事件', '事件'],
    ])
    expect(findings.map(found => [found.code, found.file, found.detail.sheet])).toEqual([
      ['sheet.hidden', 'a.xlsx', '码表'],
      ['sheet.no-table', 'a.xlsx', '说明'],
    ])
  })

  test('a sheet nobody named, alone, is called like its file; a single column alone is a table', async () => {
    const rows = [
      ['a', 'b'],
      ['1', '2'],
    ]
    expect((await desk().layer('0101.xlsx', await xlsxBytes([table(rows, [], 'Sheet1')]))).name).toBe('0101')
    expect(await rowsOf(table([['名称'], ['x']]))).toEqual([[2, 'x']])
  })

  test('a workbook of headers alone has no rows; a sheet without rows beside others is empty', async () => {
    const header = ['a', 'b']
    const form = [['部件普查表', null], header]
    for (const rows of [[header], form])
      expect(await open([table(rows, [], 'A')])).toMatchObject({
        layers: [{ rowCount: 0, sample: [] }],
        findings: [{ code: 'file.no-rows' }],
      })
    const { layers, findings } = await open([table([header], [], 'A'), table([header, ['1', '2']], [], 'B')])
    expect(findings).toMatchObject([{ code: 'layer.empty', file: 'a.xlsx/A' }])
    expect(layers.map(layer => [layer.name, layer.sample.length])).toEqual([
      ['A', 0],
      ['B', 1],
    ])
  })

  test('columns of a position that a profile names may be missing from one sheet of several', async () => {
    const { layers, findings } = await open(
      [
        table(
          [
            ['n', 'p', 'q'],
            ['a', 1, 2],
          ],
          [],
          'A',
        ),
        table(
          [
            ['n', 'm'],
            ['a', 1],
          ],
          [],
          'B',
        ),
      ],
      {},
      { position: { x: 'p', y: 'q' } },
    )
    expect(findings).toEqual([])
    expect(layers.map(layer => layer.geometryKind)).toEqual(['point', 'none'])
  })

  test('is known by its content, whatever it is called, also inside a zip of a zip', async () => {
    const bytes = await xlsxBytes([
      table([
        ['a', 'b'],
        ['1', '2'],
      ]),
    ])
    for (const name of ['a.xls', 'a.csv', 'a.dat', 'a.xlsm']) {
      const { layers, findings } = await desk().open({ [name]: bytes })
      expect([layers.length, findings]).toEqual([1, []])
    }
  })

  test('without any row is empty, and that is said', async () => {
    expect(await open([table([])])).toMatchObject({ layers: [], findings: [{ code: 'file.empty' }] })
  })

  test.each([
    ['a binary workbook', { '_rels/.rels': rel('xl/workbook.bin'), 'xl/workbook.bin': 'x' }, 'file.save-as'],
    ['OpenDocument', { mimetype: 'x', 'content.xml': '<x/>' }, 'file.save-as'],
    [
      'a letter',
      { '_rels/.rels': rel('word/document.xml'), 'word/document.xml': '<document/>' },
      'file.format',
    ],
    ['any zip', { 'a.txt': 'x' }, 'file.format'],
  ])('%s is answered with what it is', async (_what, parts, code) => {
    const { layers, findings } = await desk().open({ 'a.xlsx': await zipBytes(parts) })
    expect(layers).toEqual([])
    expect(findings).toMatchObject([{ code, file: 'a.xlsx' }])
  })

  test('parts that are broken, missing, encrypted or lead outside are named faults', async () => {
    const good = xlsxParts([
      table([
        ['a', 'b'],
        ['1', '2'],
      ]),
    ])
    const sheet = 'xl/worksheets/sheet1.xml'
    const cases: [Record<string, string>, string, RegExp][] = [
      [{ ...good, [sheet]: good[sheet]!.replace('</row>', '') }, 'file.corrupt', /sheet1.xml/],
      [{ ...good, [sheet]: `<!DOCTYPE x [<!ENTITY a "b">]>${good[sheet]}` }, 'file.corrupt', /document type/],
      [{ ...good, [sheet]: good[sheet]!.replace('r="2"', 'r="1"') }, 'file.corrupt', /row 1 after row 1/],
      [{ ...good, [sheet]: good[sheet]!.replace('r="A1"', 'r="ZZZZ1"') }, 'file.corrupt', /ZZZZ1/],
      [{ ...good, '../x': '' }, 'file.zip-path', /\.\./],
    ]
    const { [sheet]: _, ...without } = good
    cases.push([without, 'file.corrupt', /no part/])
    for (const [parts, code, said] of cases) {
      const { layers, findings } = await desk().open({ 'a.xlsx': await zipped(parts) })
      expect([layers.length, findings[0]?.code]).toEqual([0, code])
      expect(JSON.stringify(findings[0]!.detail)).toMatch(said)
    }
  })

  test('an archive that grows too far is stopped, at opening already', async () => {
    const rows: SheetDraft['rows'] = [
      ['a', 'b'],
      ...Array.from({ length: 3000 }, () => ['x'.repeat(500), 'y']),
    ]
    const bytes = await xlsxBytes([table(rows)], { texts: 'inline' })
    const { layers, findings } = await desk().open(
      { 'a.xlsx': bytes },
      { limits: { unpackedBytes: 1_000_000 } },
    )
    expect(layers).toEqual([])
    expect(findings).toMatchObject([{ code: 'file.zip-bomb', file: 'a.xlsx' }])
    expect((await desk().open({ 'a.xlsx': bytes }, { limits: { entries: 3 } })).findings).toMatchObject([
      { code: 'file.zip-bomb' },
    ])
  })
})

describe('what writers are free to do', () => {
  const sheets = [
    table([['编码', 'v', 'n'], ['0101', 1.5, '雨水箅子'], null, ['x', true, ' 末 ']], ['C2:C2']),
    table(
      [
        ['a', 'b'],
        ['1', 2],
      ],
      [],
      '二',
    ),
  ]
  const dense = [
    table([
      ['编码', 'v', 'n'],
      ['0101', 1.5, '雨水箅子'],
      ['x', true, ' 末 '],
    ]),
    sheets[1]!,
  ]
  test.each([
    ['texts in the cells', { texts: 'inline' }],
    ['texts as results', { texts: 'str' }],
    ['a prefix on every name', { prefix: 'x' }],
    ['the strict namespaces', { strict: true }],
    ['absolute targets', { absolute: true }],
    ['a byte order mark', { encoding: 'utf8-bom' }],
    ['UTF-16', { encoding: 'utf16le' }],
    ['no numbers on rows and cells', { numbered: false }],
    ['all of it', { texts: 'inline', prefix: 'ss', strict: true, absolute: true, encoding: 'utf16le' }],
  ] as [string, Freedoms][])('%s', async (_what, how) => {
    const drafts = how.numbered === false ? dense : sheets
    const { layers, findings } = await open(drafts, how)
    expect(findings).toEqual([])
    const rows = await Promise.all(layers.map(allRows))
    expect(rows.map(each => each.map(row => row.values))).toEqual([
      [
        ['0101', 1.5, '雨水箅子'],
        ['x', true, ' 末 '],
      ],
      [['1', 2]],
    ])
  })

  test('merges behind a prefix or in UTF-16 are found too', async () => {
    const merged = table(
      [
        ['a', 'b'],
        ['1', '2'],
        ['3', null],
      ],
      ['B2:B3'],
    )
    for (const how of [{ prefix: 'x' }, { encoding: 'utf16le' }] as Freedoms[])
      expect(await rowsOf(merged, how)).toEqual([
        [2, '1', '2'],
        [3, '3', '2'],
      ])
  })

  test('sheets come in the order of the workbook, wherever their parts lie; names of parts in any case', async () => {
    const parts = xlsxParts(sheets)
    const rels = 'xl/_rels/workbook.xml.rels'
    parts[rels] = parts[rels]!.replace('worksheets/sheet1.xml', 'SHEET')
      .replace('worksheets/sheet2.xml', '../xl/Worksheets/%53heet1.xml')
      .replace('SHEET', './worksheets/sheet2.xml')
    const { layers } = await desk().open({ 'a.xlsx': await packed(parts) })
    expect(layers.map(layer => [layer.name, layer.fields.length])).toEqual([
      ['部件', 2],
      ['二', 3],
    ])
  })

  test('entries that are encrypted in the zip are a locked workbook', async () => {
    const bytes = await zipped(xlsxParts(sheets))
    // the lowest bit of the flags, in local heads and in the directory
    const flags = (from: string) => Buffer.from(from, 'latin1')
    const directory = patched(
      bytes,
      flags('PK\x01\x02\x3f\x03\x14\0\0\x08'),
      flags('PK\x01\x02\x3f\x03\x14\0\x01\x08'),
    )
    expect(directory.equals(bytes)).toBe(false)
    expect((await desk().open({ 'a.xlsx': directory })).findings).toMatchObject([{ code: 'workbook.locked' }])
  })
})

function rel(target: string): string {
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument'
  return `<Relationships><Relationship Id="r" Type="${type}" Target="${target}"/></Relationships>`
}

/** As `packed`, for parts with names that a good writer would refuse. */
async function zipped(parts: Record<string, string>): Promise<Buffer> {
  const safe = Object.fromEntries(
    Object.entries(parts).map(([name, xml]) => [name.replace('../', 'UU/'), xml]),
  )
  return patched(await packed(safe), Buffer.from('UU/'), Buffer.from('../'))
}
