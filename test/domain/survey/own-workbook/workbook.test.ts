/** A workbook goes back as it came: every part of it, and beside its rows what is wrong. */
import { readFile } from 'node:fs/promises'
import excel from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zipBytes } from '../readers/build-zip.ts'
import { excelParts } from './excel-workbook.ts'
import { finding, openDesk, opened, rowsOf, textsOf } from './marking-desk.ts'

let desk: Awaited<ReturnType<typeof openDesk>>
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk?.close())
const marked: typeof desk.marked = (...given) => desk.marked(...given)

describe('a workbook as Excel writes it', () => {
  const found = [
    finding(4),
    finding(5, { code: 'code.format', field: '标识码', value: '123' }),
    finding(6, { code: 'attribute.missing', field: '权属单位', value: null }),
    finding(null, { code: 'field.ignored', field: '备注' }),
  ]

  it('keeps every part that has nothing to do with what is wrong, byte for byte', async () => {
    const { file, path, own } = await marked(await zipBytes(excelParts()), found)
    expect(own).toBe(true)
    const [before, after] = [await textsOf(file.path), await textsOf(path)]
    for (const name of [
      'xl/sharedStrings.xml',
      'xl/theme/theme1.xml',
      'xl/worksheets/sheet2.xml',
      'docProps/core.xml',
    ])
      expect(after[name], name).toBe(before[name])
    // calculated anew by who opens it
    expect(Object.keys(after)).not.toContain('xl/calcChain.xml')
    expect(after['[Content_Types].xml']).not.toMatch(/calcChain/)
    const lost = Object.keys(before).filter(name => !(name in after))
    expect(lost).toEqual(['xl/calcChain.xml'])
  })

  it('changes nothing in a sheet but the cells that are wrong, the last column and where its comments lie', async () => {
    const { file, path } = await marked(await zipBytes(excelParts()), found)
    const [before, after] = [await textsOf(file.path), await textsOf(path)]
    const name = 'xl/worksheets/sheet1.xml'
    const undone = after[name]!.replace(/<c r="F\d+" s="\d+" t="inlineStr">.*?<\/c>/g, '')
      .replace(/<c r="E6" s="\d+"\/>/, '')
      .replace(/<col min="6" max="6" width="60" customWidth="1"\/>/, '')
      .replace(/<legacyDrawing r:id="wanggeDrawing"\/>/, '')
      .replace('ref="A1:F6"', 'ref="A1:E6"')
    const restyled = (text: string) => text.replace(/ s="\d+"/g, '').replace(/ spans="1:5"/g, '')
    expect(restyled(undone)).toBe(restyled(before[name]!).replace(/<f>HYPERLINK.*?<\/f>/, ''))
    // what Excel knows of the sheet beside its cells
    for (const kept of [
      '<mergeCell ref="A1:E1"/>',
      'hidden="1"',
      '<dataValidation ',
      '<conditionalFormatting ',
      '<autoFilter ',
    ])
      expect(after[name]).toContain(kept)
  })

  it('tints and comments the very cells that are wrong, and says in a last column why', async () => {
    const { path } = await marked(await zipBytes(excelParts()), found)
    const sheet = (await opened(path)).getWorksheet('部件')!
    expect(sheet.getCell('A1').value).toBe('方区部件普查表')
    expect(sheet.getCell('F3').value).toBe('问题〔网格〕')
    expect(sheet.getCell('F3').style.font?.bold).toBe(true)
    const tints: string[] = []
    const notes: string[] = []
    sheet.eachRow({ includeEmpty: true }, row =>
      row.eachCell({ includeEmpty: true }, cell => {
        if (cell.fill?.type === 'pattern' && /^FFF(8D7DA|FF3CD)$/.test(cell.fill.fgColor?.argb ?? ''))
          tints.push(cell.address)
        if (cell.note) notes.push(cell.address)
      }),
    )
    expect(tints).toEqual(['B4', 'F4', 'A5', 'F5', 'E6', 'F6'])
    expect(notes).toEqual(['B4', 'A5', 'E6'])
    expect(JSON.stringify(sheet.getCell('B4').note)).toMatch(/路登/)
    expect(String(sheet.getCell('F5').value)).toMatch(/123/)
    // a format, a font and a border are the contractor's: only the ground is ours
    expect(sheet.getCell('A5').numFmt).toBe('@')
    expect(sheet.getCell('E6').numFmt).toBe('@')
    expect(sheet.getCell('D5').value).toEqual(new Date('2026-03-15T00:00:00.000Z'))
  })

  it('says on a sheet of its own what no row can be blamed for', async () => {
    const { path } = await marked(await zipBytes(excelParts()), [...found, finding(77)])
    const book = await opened(path)
    expect(book.worksheets.map(each => each.name)).toEqual(['部件', '说明', '总体'])
    const sheet = book.getWorksheet('总体')!
    expect(sheet.rowCount).toBe(3)
    expect([2, 3].map(row => sheet.getRow(row).getCell(2).value || null)).toEqual([null, '77'])
    const { path: right } = await marked(await zipBytes(excelParts()), found.slice(0, 3))
    expect((await opened(right)).worksheets.map(each => each.name)).toEqual(['部件', '说明'])
  })

  it('runs nothing: harmless formulas stay, others leave their value, texts stay texts', async () => {
    const { path } = await marked(await zipBytes(excelParts()), found)
    const sheet = (await opened(path)).getWorksheet('部件')!
    expect(sheet.getCell('C4').formula).toBe('CONCATENATE(B4,"-",ROW())')
    expect(sheet.getCell('C5').type).toBe(excel.ValueType.String)
    expect(sheet.getCell('C5').value).toBe('点我')
    expect(sheet.getCell('C6').type).toBe(excel.ValueType.String)
    expect(sheet.getCell('C6').value).toBe("=cmd|'/c calc'!A0")
    const texts = Object.values(await textsOf(path)).join('\n')
    expect(texts).not.toMatch(/<f>[^<]*HYPERLINK/)
    expect(texts).toMatch(/<definedName name="单位">说明!\$A\$2:\$A\$3<\/definedName>/)
    expect(texts).toMatch(/<definedName name="坏">#REF!<\/definedName>/)
  })

  it('is read again as it was, row by row, with what was said passed over', async () => {
    const { file, path } = await marked(await zipBytes(excelParts()), found, 'en')
    expect(await rowsOf(path)).toEqual(await rowsOf(file.path))
  })

  it('marked once more says only what is wrong now, and leaves the comments of others', async () => {
    const first = await marked(await zipBytes(excelParts({ comment: 'B5' })), [...found, finding(5)])
    const again = await marked(await readFile(first.path), [finding(6)])
    expect(again.own).toBe(true)
    const book = await opened(again.path)
    const sheet = book.getWorksheet('部件')!
    const fills = ['A5', 'B4', 'B5', 'E6', 'F4', 'F5'].map(
      cell => sheet.getCell(cell).fill?.type === 'pattern' && sheet.getCell(cell).fill,
    )
    expect(fills.filter(fill => JSON.stringify(fill).includes('D7DA'))).toEqual([])
    expect(sheet.getCell('F4').value || '').toBe('')
    expect(String(sheet.getCell('F6').value)).toMatch(/路登/)
    expect(sheet.columnCount).toBe(6)
    expect(JSON.stringify(sheet.getCell('B5').note)).toMatch(/量过/)
    expect(JSON.stringify(sheet.getCell('B5').note)).not.toMatch(/路登/)
    expect(sheet.getCell('A5').note).toBeUndefined()
    expect(JSON.stringify(sheet.getCell('B6').note)).toMatch(/路登/)
    // of the sheet that said what no row could be blamed for the header is left
    expect(book.getWorksheet('总体')!.rowCount).toBe(1)
    expect(await rowsOf(again.path)).toEqual(await rowsOf(first.file.path))
  })
})
