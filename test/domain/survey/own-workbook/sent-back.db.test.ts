/** Workbooks that were delivered and go home: our template, a form of the contractor's own, several at once. */
import { buffer } from 'node:stream/consumers'
import excel from 'exceljs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { codeProfile, ruleText } from '../../../../src/domain/catalog/codes.ts'
import { listClasses } from '../../../../src/domain/catalog/store.ts'
import { markedReport } from '../../../../src/domain/survey/marked-report.ts'
import { plainStyles } from '../../../../src/domain/survey/own-workbook/styles.ts'
import type { Delivery } from '../../../../src/domain/survey/schema.ts'
import type { TemplateDistrict } from '../../../../src/domain/survey/template-columns.ts'
import { templateYaml } from '../../../../src/domain/survey/template-texts.ts'
import { templateWorkbook } from '../../../../src/domain/survey/template-workbook.ts'
import { type OpenedDb, onEachEngine } from '../../../support/engines.ts'
import { componentCode, gridsGeojson, squareDistrict } from '../../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../../support/intake.ts'
import { table, xlsxBytes, xlsxParts } from '../readers/build-xlsx.ts'
import { zipBytes } from '../readers/build-zip.ts'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME, name: '方区' })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const bytesOf = async (delivery: Delivery, file?: string) =>
    new Uint8Array(
      await buffer(
        markedReport(intake.house, delivery, { kind: 'xlsx', file }, 'zh', new AbortController().signal),
      ),
    )
  const opening = async (bytes: Uint8Array) => {
    const book = new excel.Workbook()
    await book.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer)
    return book
  }
  const counted = ({ delivery }: { delivery: Delivery }) =>
    Object.fromEntries(
      (['read', 'added', 'changed', 'unchanged', 'refused'] as const).map(key => [key, delivery.counts[key]]),
    )
  const told = ({ findings }: Awaited<ReturnType<Intake['load']>>) =>
    findings.map(({ code, row, field, value }) => ({ code, row, field, value }))

  /** Our template with one good row and two that are wrong. */
  async function filledTemplate(district: TemplateDistrict): Promise<Uint8Array> {
    const book = await opening(await templateWorkbook(district, 'zh'))
    const sheet = book.worksheets[0]!
    const names = (sheet.getRow(1).values as string[]).slice(1)
    const fill = (row: number, cells: Record<string, string | number>) => {
      for (const [name, value] of Object.entries(cells)) {
        const at = names.indexOf(name)
        if (at < 0) throw new Error(`no column ${name} among ${names}`)
        sheet.getRow(row).getCell(at + 1).value = value
      }
    }
    const lamp = { 部件名称: '路灯', 纬度: 31.311, 初始日期: '20260315' }
    fill(2, { ...lamp, 标识码: componentCode(301), 经度: 120.611 })
    fill(3, { ...lamp, 标识码: componentCode(302), 经度: 120.612, 部件名称: '路登' })
    fill(4, { ...lamp, 标识码: '32', 经度: 120.613 })
    return new Uint8Array(await book.xlsx.writeBuffer())
  }

  async function district(): Promise<TemplateDistrict> {
    const classes = await listClasses(opened.db, 'cjt214-2007')
    return {
      code: HOME,
      name: '方区',
      codeRule: { zh: ruleText(codeProfile('cjt16'), 'zh'), en: ruleText(codeProfile('cjt16'), 'en') },
      classes: classes.filter(each => each.geometry.includes('point')),
      all: classes,
      only: null,
      units: ['供电公司', '市政所'],
    }
  }

  it('our template comes back with its lists, its instructions and its hidden options, and is read as before', async () => {
    const wanted = await district()
    const sent = await filledTemplate(wanted)
    const how = { profile: parse(templateYaml(wanted, 'zh')) }
    const first = await intake.load('components', { '模板.xlsx': sent }, how)
    expect(counted(first)).toMatchObject({ read: 3, added: 1, refused: 2 })
    const marked = await bytesOf(first.delivery, '模板.xlsx')
    const [before, after] = [await opening(sent), await opening(marked)]
    expect(after.worksheets.map(({ name, state }) => [name, state])).toEqual(
      before.worksheets.map(({ name, state }) => [name, state]),
    )
    const validations = (book: excel.Workbook) =>
      (book.worksheets[0] as unknown as { dataValidations: { model: object } }).dataValidations.model
    expect(Object.keys(validations(before)).length).toBeGreaterThan(3)
    expect(validations(after)).toEqual(validations(before))
    const [was, sheet] = [before.worksheets[0]!, after.worksheets[0]!]
    const width = (was.getRow(1).values as unknown[]).length - 1
    expect(sheet.getRow(1).getCell(width + 1).value).toBe('问题〔网格〕')
    for (let row = 1; row <= 4; row++)
      for (let column = 1; column <= width; column++)
        expect(sheet.getRow(row).getCell(column).value).toEqual(was.getRow(row).getCell(column).value)
    const said = [2, 3, 4].map(row => String(sheet.getRow(row).getCell(width + 1).value ?? ''))
    expect(said.map(text => text !== '')).toEqual([false, true, true])
    expect(said[1]).toMatch(/路登/)

    // delivered again as it is: the same, and nothing of ours is data
    const again = await intake.load('components', { '模板.xlsx': marked }, how)
    expect(counted(again)).toMatchObject({ read: 3, added: 0, unchanged: 1, refused: 2 })
    expect(told(again)).toEqual(told(first))
    // mended in it, right
    const at = (sheet.getRow(1).values as string[]).indexOf('部件名称')
    sheet.getRow(3).getCell(at).value = '路灯'
    sheet.getRow(4).getCell(1).value = componentCode(303)
    const bytes = new Uint8Array(await after.xlsx.writeBuffer())
    const mended = await intake.load('components', { '模板.xlsx': bytes }, how)
    expect(told(mended)).toEqual([])
    expect(counted(mended)).toMatchObject({ read: 3, added: 2, unchanged: 1, refused: 0 })
  })

  const profile = {
    crs: 'EPSG:4490',
    position: { x: 'X', y: 'Y' },
    fields: { code: '标识码', className: '名称' },
  }
  const rows = (from: number, bad: string) => [
    ['标识码', '名称', 'X', 'Y'],
    [componentCode(from), '路灯', 120.62, 31.312],
    [componentCode(from + 1), bad, 120.63, 31.312],
  ]
  const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
  const whole = (from: number, bad: string) =>
    zipBytes({
      ...xlsxParts([table(rows(from, bad))]),
      'xl/styles.xml': plainStyles,
      '[Content_Types].xml': types,
    })

  it('one of several goes home by itself with what is wrong in it, all together as one made of all rows', async () => {
    const files = { 'a.xlsx': await whole(310, '路登'), 'b.xlsx': await whole(320, '井改') }
    const { delivery } = await intake.load('components', files, { profile })
    expect(delivery.counts).toMatchObject({ read: 4, added: 2, refused: 2 })
    const b = await opening(await bytesOf(delivery, 'b.xlsx'))
    expect(b.worksheets.map(sheet => sheet.name)).toEqual(['部件'])
    expect(b.worksheets[0]!.getCell('A1').value).toBe('标识码')
    expect(String(b.worksheets[0]!.getCell('E3').value)).toMatch(/井改/)
    const all = await opening(await bytesOf(delivery))
    expect(all.worksheets).toHaveLength(2)
    expect(all.worksheets[0]!.getCell('A1').value).toBe('原行号〔网格〕')
  })

  it('one that cannot go home as it is, is made anew with the same to say', async () => {
    const bytes = await xlsxBytes([table(rows(330, '路登'))])
    const { delivery } = await intake.load('components', { 'a.xlsx': bytes }, { profile })
    const book = await opening(await bytesOf(delivery, 'a.xlsx'))
    expect(book.worksheets[0]!.getCell('A1').value).toBe('原行号〔网格〕')
    expect(String(book.worksheets[0]!.getCell('F3').value)).toMatch(/路登/)
  })
})
