/** The report a contractor takes home: the marked workbook, and the findings as files. */

import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import excel from 'exceljs'
import papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportFindings } from '../../../src/domain/survey/findings-export.ts'
import { markedWorkbook, sheetName } from '../../../src/domain/survey/marked-workbook.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const names = ['OBJCODE', 'OBJNAME', '经度', '纬度', 'NOTE']
const good = (n: number, note = '') => [componentCode(n), '路灯', String(120.601 + n / 1000), '31.31', note]
const rows = [
  good(1),
  [componentCode(2), '不存在的东西', '120.602', '31.31', '=HYPERLINK("http://x","y")'],
  [componentCode(1), '路灯', '120.603', '31.31', ''],
  [componentCode(4), '路灯', '10', '31.31', '@SUM(A1)'],
  good(5, '+1'),
]
const csv = [names, ...rows].map(row => papa.unparse([row])).join('\r\n')

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let delivery: Delivery
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    delivery = (
      await intake.load(
        'components',
        { '部件.csv': csv },
        {
          profile: {
            crs: 'EPSG:4490',
            position: { x: '经度', y: '纬度' },
            fields: { code: 'OBJCODE', className: 'OBJNAME', note: 'NOTE' },
          },
        },
      )
    ).delivery
    expect(delivery.counts).toMatchObject({ read: 5, added: 2, refused: 3 })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const marked = async (which = delivery, lang: 'zh' | 'en' = 'zh') => {
    const workbook = new excel.Workbook()
    await workbook.xlsx.read(markedWorkbook(intake.house, which, lang, new AbortController().signal))
    return workbook
  }

  describe('the marked workbook', () => {
    it('holds every row and column as delivered, and says what is wrong beside it', async () => {
      const workbook = await marked()
      expect(workbook.worksheets.map(sheet => sheet.name)).toEqual(['部件'])
      const sheet = workbook.worksheets[0]!
      expect((sheet.getRow(1).values as unknown[]).slice(1)).toEqual(['原行号', ...names, '问题'])
      expect(sheet.rowCount).toBe(6)
      for (const [i, row] of rows.entries()) {
        const cells = names.map((_, at) => sheet.getRow(i + 2).getCell(at + 2).value ?? '')
        expect(cells).toEqual(row)
        expect(sheet.getRow(i + 2).getCell(1).value).toBe(i + 2)
      }
      const problem = (row: number) => String(sheet.getRow(row).getCell(7).value ?? '')
      expect([2, 3, 4, 5, 6].map(row => problem(row) !== '')).toEqual([false, true, true, true, false])
      expect(problem(4)).toMatch(/重复/)
      expect(problem(5)).toMatch(/辖区|坐标/)
    })

    it('tints and comments the very cells that are wrong, and no others', async () => {
      const sheet = (await marked()).worksheets[0]!
      const tinted = (row: number, column: number) => {
        const { fill } = sheet.getRow(row).getCell(column)
        return fill?.type === 'pattern' && fill.pattern === 'solid'
      }
      const wrong: [number, number][] = []
      for (let row = 2; row <= 6; row++)
        for (let column = 1; column <= 6; column++) if (tinted(row, column)) wrong.push([row, column])
      expect(wrong).toEqual([
        [3, 3],
        [4, 2],
        [5, 4],
        [5, 5],
      ])
      expect(JSON.stringify(sheet.getRow(3).getCell(3).note)).toMatch(/不存在的东西/)
      expect(sheet.getRow(2).getCell(2).note).toBeUndefined()
    })

    it('holds no formula, whatever a cell begins with, and codes as text', async () => {
      const sheet = (await marked()).worksheets[0]!
      sheet.eachRow(row =>
        row.eachCell(cell => expect([excel.ValueType.String, excel.ValueType.Number]).toContain(cell.type)),
      )
      expect(sheet.getRow(2).getCell(2).type).toBe(excel.ValueType.String)
      expect(sheet.getRow(3).getCell(6).value).toBe('=HYPERLINK("http://x","y")')
    })

    it('is in English where that is asked, and read again by the intake with the same findings', async () => {
      const workbook = await marked(delivery, 'en')
      const sheet = workbook.worksheets[0]!
      expect(sheet.getRow(1).getCell(7).value).toBe('Problem')
      const bytes = new Uint8Array(await workbook.xlsx.writeBuffer())
      const again = await intake.load(
        'components',
        { 'again.xlsx': bytes },
        { profile: delivery.profile as unknown as Record<string, unknown> },
      )
      expect(again.delivery.counts).toMatchObject({ read: 5, refused: 3, unchanged: 0, changed: 2 })
    })

    it('says what no row can be blamed for on a sheet of its own', async () => {
      const { delivery: bad } = await intake.load('components', { 'a.zip': 'no zip' })
      const workbook = await marked(bad)
      expect(workbook.worksheets.map(sheet => sheet.name)).toEqual(['总体'])
      expect(workbook.worksheets[0]!.getRow(2).getCell(1).value).toBe('a.zip')
    })
  })

  describe('the findings as a file', () => {
    const exported = async (format: 'csv' | 'geojson' | 'json') =>
      text(exportFindings(intake.db, delivery, format, 'zh') as Readable)

    it('are all there in every format, in order', async () => {
      const total = delivery.findings.errors + delivery.findings.warnings
      const table = papa.parse<Record<string, string>>((await exported('csv')).slice(1), {
        header: true,
        skipEmptyLines: true,
      })
      expect(table.errors).toEqual([])
      const json = JSON.parse(await exported('json')) as { no: number; code: string; lon: number | null }[]
      const { features } = JSON.parse(await exported('geojson')) as {
        features: { properties: { code: string }; geometry: { coordinates: number[] } | null }[]
      }
      expect(json).toHaveLength(total)
      expect(json.map(each => each.no)).toEqual(json.map((_, i) => i + 1))
      expect(table.data.map(each => each.代码)).toEqual(json.map(each => each.code))
      expect(features.map(each => each.properties.code)).toEqual(json.map(each => each.code))
      expect(features.map(each => each.geometry?.coordinates[0] ?? null)).toEqual(json.map(each => each.lon))
      expect(features.some(each => each.geometry)).toBe(true)
    })

    it('run nothing in the spreadsheet that opens them', async () => {
      const { delivery: evil } = await intake.load(
        'components',
        {
          'evil.csv': `${names.join(',')}\r\n${papa.unparse([[componentCode(9), '\n=1+1|cmd', '120.6', '31.31', '']])}\r\n${componentCode(8)},＝cmd,120.6,31.31,`,
        },
        { profile: delivery.profile as unknown as Record<string, unknown> },
      )
      const out = (await text(exportFindings(intake.db, evil, 'csv', 'zh') as Readable)).slice(1)
      const { data } = papa.parse<string[]>(out)
      const values = data.map(row => row[8]).filter(Boolean)
      expect(values.some(value => value!.includes('cmd'))).toBe(true)
      for (const row of data) for (const cell of row) expect(cell).not.toMatch(/^[\s]*[=+\-@＝＋－＠]/)
    })
  })
})

describe('names of sheets', () => {
  it('are what the format allows, and no two are alike', () => {
    const taken = new Set<string>()
    expect(
      ['a/b[1]', 'A/B[1]', "'x'", '', '很'.repeat(40), '很'.repeat(50)].map(name => sheetName(name, taken)),
    ).toEqual(['a_b_1_', 'A_B_1__2', 'x', 'Sheet', '很'.repeat(31), `${'很'.repeat(29)}_2`])
  })
})
