/** Workbooks as others than Excel write them take their marks, and some are better made anew. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainStyles } from '../../../../src/domain/survey/own-workbook/styles.ts'
import { openXlsx } from '../../../../src/domain/survey/readers/xlsx.ts'
import { noData, sharedFile } from '../../../support/shared.ts'
import { type Freedoms, packed, table, xlsxParts } from '../readers/build-xlsx.ts'
import { zipBytes } from '../readers/build-zip.ts'
import { excelParts } from './excel-workbook.ts'
import { finding, openDesk, opened, rowsOf, textsOf, types } from './marking-desk.ts'

let desk: Awaited<ReturnType<typeof openDesk>>
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk?.close())
const marked: typeof desk.marked = (...given) => desk.marked(...given)

describe('workbooks as others write them', () => {
  const rows = [
    ['标识码', '名称', 'X', 'Y'],
    ['3205990118000001', '路灯', 120.61, 31.31],
    ['3205990118000002', '路登', 120.62, 31.31],
  ]
  const freedoms: [string, Freedoms][] = [
    ['texts in the cells', { texts: 'inline' }],
    ['rows and cells without numbers', { numbered: false }],
    ['a prefix everywhere', { prefix: 'x' }],
    ['the strict form', { strict: true }],
    ['targets from the root', { absolute: true }],
    ['UTF-16', { encoding: 'utf16le' }],
  ]
  it.each(freedoms)('take their marks: %s', async (_, how) => {
    const parts = xlsxParts([table(rows)], how)
    const { file, path, own } = await marked(
      await packed({ ...parts, '[Content_Types].xml': types }, how.encoding),
      [finding(3)],
    )
    expect(own).toBe(true)
    expect(await rowsOf(path)).toEqual(await rowsOf(file.path))
    const sheet = (await textsOf(path))['xl/worksheets/sheet1.xml']!
    const p = how.prefix ? 'x:' : ''
    expect(sheet).toMatch(new RegExp(`<${p}c [^>]*s="1"[^>]*>`))
    expect(sheet).toMatch(new RegExp(`<${p}c r="E3" s="2" t="inlineStr"><${p}is>`))
    expect(sheet).toMatch(
      new RegExp(`<${p}legacyDrawing(?: xmlns:r="[^"]*")? r:id="wanggeDrawing"/></${p}worksheet>$`),
    )
  })

  const others = sharedFile('formats/gdal_autotest/xlsx/')
  it.skipIf(!others)(
    `keep their rows: those that GDAL is tested with${others ? '' : ` (${noData})`}`,
    async () => {
      for (const name of readdirSync(others!)) {
        const bytes = await readFile(join(others!, name))
        const file = await desk.stored(bytes)
        const { layers } = await openXlsx(file, {})
        const found = layers.map(layer =>
          finding(layer.sample[0]?.row ?? null, { file: layer.file, field: layer.fields[0]!.name }),
        )
        // the load tells what stands beside a table
        for (const layer of layers)
          for await (const rows of layer.rows()) found.push(...rows.flatMap(row => row.findings ?? []))
        const { path, own } = await marked(bytes, found)
        expect([name, own]).toEqual([name, true])
        expect([name, await rowsOf(path)]).toEqual([name, await rowsOf(file.path)])
      }
    },
  )
})

describe('a form whose header is two rows high and whose cells are merged downwards', () => {
  const rows = [
    ['标识码', '名称', '坐标', null],
    [null, null, 'X', 'Y'],
    ['3205990118000001', '路登', 120.61, 31.31],
    ['3205990118000002', null, 120.62, 31.31],
  ]
  const merges = ['A1:A2', 'B1:B2', 'C1:D1', 'B3:B4']

  it('has its last column named below, and a merged cell marked where its value stands', async () => {
    const bytes = await packed({
      ...xlsxParts([table(rows, merges)]),
      'xl/styles.xml': plainStyles.slice(plainStyles.indexOf('?>') + 2),
      '[Content_Types].xml': types,
    })
    const { file, path, own } = await marked(bytes, [finding(4, { value: '路登' })])
    expect(own).toBe(true)
    const sheet = (await opened(path)).worksheets[0]!
    expect(sheet.getCell('E2').value).toBe('问题〔网格〕')
    expect(JSON.stringify(sheet.getCell('B3').note)).toMatch(/路登/)
    expect(sheet.getCell('E3').value).toBeNull()
    expect(String(sheet.getCell('E4').value)).toMatch(/路登/)
    expect(await rowsOf(path)).toEqual(await rowsOf(file.path))
  })
})

describe('what is not sent back as it came', () => {
  it.each([
    ['macros', 'xl/vbaProject.bin'],
    ['links to other files', 'xl/externalLinks/externalLink1.xml'],
    ['objects of other programs', 'xl/embeddings/oleObject1.bin'],
    ['connections to databases', 'xl/connections.xml'],
  ])('%s', async (_, part) => {
    const { own, path } = await marked(await zipBytes({ ...excelParts(), [part]: 'x' }), [finding(4)])
    expect(own).toBe(false)
    expect(existsSync(path)).toBe(false)
  })

  it('a table beside which something stands where the last column would', async () => {
    const rows = [
      ['标识码', '名称'],
      ['1', '路灯'],
      ['2', '路灯', '记在表外'],
    ]
    const bytes = await packed({ ...xlsxParts([table(rows)]), '[Content_Types].xml': types })
    expect((await marked(bytes, [finding(2)])).own).toBe(false)
    // told of it, the column stands one further
    const beside = finding(3, { code: 'cell.unnamed', field: null, detail: { cell: 'C3' } })
    const { own, path } = await marked(bytes, [beside])
    expect(own).toBe(true)
    const sheet = (await textsOf(path))['xl/worksheets/sheet1.xml']!
    expect(sheet).toMatch(/<c r="D1"[^>]*><is><t[^>]*>问题〔网格〕/)
    expect(sheet).toMatch(/记在表外|<c r="C3" [^>]*s="1"/)
  })

  it('a sheet that breaks off', async () => {
    const parts = excelParts()
    const sheet = parts['xl/worksheets/sheet1.xml']!
    const { own } = await marked(
      await zipBytes({
        ...parts,
        'xl/worksheets/sheet1.xml': sheet.slice(0, sheet.indexOf('<c r="B6"') + 7),
      }),
      [finding(4)],
    )
    expect(own).toBe(false)
  })
})
