/** The report a contractor takes home: the marked workbook, and the findings as files. */

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import excel from 'exceljs'
import papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Crs, findCrs, fromLonLat } from '../../../gis/crs.ts'
import { exportFindings } from '../../../src/domain/survey/findings-export.ts'
import { sheetName } from '../../../src/domain/survey/marked-lines.ts'
import { markedReport } from '../../../src/domain/survey/marked-report.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { prj } from '../../gis/prj.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'
import { dbfBytes, pointRecord, shpBytes } from './readers/build-shapefile.ts'
import { zipBytes } from './readers/build-zip.ts'

function crsNamed(code: string): Crs {
  const found = findCrs(code)
  if (!found.ok) throw new Error(code)
  return found.crs
}

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
    await workbook.xlsx.read(
      markedReport(intake.house, which, { kind: 'xlsx' }, lang, new AbortController().signal),
    )
    return workbook
  }

  describe('the marked workbook', () => {
    it('holds every row and column as delivered, and says what is wrong beside it', async () => {
      const workbook = await marked()
      expect(workbook.worksheets.map(sheet => sheet.name)).toEqual(['部件'])
      const sheet = workbook.worksheets[0]!
      expect((sheet.getRow(1).values as unknown[]).slice(1)).toEqual([
        '原行号〔网格〕',
        ...names,
        '问题〔网格〕',
      ])
      expect(sheet.rowCount).toBe(6)
      for (const [i, row] of rows.entries()) {
        const cells = names.map((_, at) => sheet.getRow(i + 2).getCell(at + 2).value ?? '')
        expect(cells).toEqual(row)
        expect(sheet.getRow(i + 2).getCell(1).value).toBe(i + 2)
      }
      const problem = (row: number) => String(sheet.getRow(row).getCell(7).value ?? '')
      expect([2, 3, 4, 5, 6].map(row => problem(row) !== '')).toEqual([true, true, true, true, false])
      // of two rows with one code both are told
      expect(problem(2)).toMatch(/重复/)
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
        [2, 2],
        [3, 3],
        [4, 2],
        [5, 4],
        [5, 5],
      ])
      expect(JSON.stringify(sheet.getRow(3).getCell(3).note)).toMatch(/不存在的东西/)
      expect(sheet.getRow(6).getCell(2).note).toBeUndefined()
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
      expect(sheet.getRow(1).getCell(7).value).toBe('Problem [Wangge]')
      const bytes = new Uint8Array(await workbook.xlsx.writeBuffer())
      const again = await intake.load(
        'components',
        { 'again.xlsx': bytes },
        { profile: delivery.profile as unknown as Record<string, unknown> },
      )
      expect(again.delivery.counts).toMatchObject({ read: 5, refused: 3, unchanged: 2, changed: 0 })
      const codes = (of: { byCode: { code: string; count: number }[] }) =>
        of.byCode.map(each => [each.code, each.count])
      expect(codes(again.delivery.findings)).toEqual(codes(delivery.findings))
    })

    it('says what no row can be blamed for on a sheet of its own', async () => {
      const { delivery: bad } = await intake.load('components', { 'a.zip': 'no zip' })
      const workbook = await marked(bad)
      expect(workbook.worksheets.map(sheet => sheet.name)).toEqual(['总体'])
      expect(workbook.worksheets[0]!.getRow(2).getCell(1).value).toBe('a.zip')
    })
  })

  describe('what is wrong with a row that stands in no sheet', () => {
    it('has a sheet of its own, which is no table when the workbook comes again', async () => {
      const profile = { crs: 'EPSG:4490', fields: { code: 'OBJCODE', className: 'OBJNAME' } }
      const files = {
        '好.csv': `OBJCODE,OBJNAME,X,Y\n${componentCode(81)},路灯,120.61,31.31\n`,
        '引号.csv': 'OBJCODE,"=OBJNAME\n1,2\n',
      }
      const { delivery: sent, findings } = await intake.load('components', files, { profile })
      expect(findings).toMatchObject([{ code: 'row.quote', file: '引号.csv', row: 1 }])
      const workbook = await marked(sent)
      expect(workbook.worksheets.map(sheet => sheet.name)).toEqual(['好', '其他行'])
      const [, others] = workbook.worksheets
      const cells = (n: number) => (others!.getRow(n).values as unknown[]).slice(1)
      expect(cells(1)).toEqual(
        ['文件', '行', '字段', '值', '问题', '处理办法']
          .map(name => `${name}〔网格〕`)
          .map((name, n) => (n === 1 ? '原行号〔网格〕' : name)),
      )
      expect(others!.rowCount).toBe(2)
      expect(cells(2).slice(0, 2)).toEqual(['引号.csv', 1])
      expect(cells(2)[3]).toBe('=OBJNAME')
      expect(others!.getRow(2).getCell(4).type).toBe(excel.ValueType.String)
      expect(cells(2)[4]).toMatch(/引号/)
      const bytes = new Uint8Array(await workbook.xlsx.writeBuffer())
      const again = await intake.load('components', { 'again.xlsx': bytes }, { profile })
      expect(again.findings).toEqual([])
      expect(again.delivery).toMatchObject({ state: 'published', counts: { read: 1, unchanged: 1 } })
      // a delivery that is right has no such sheet
      expect((await marked(again.delivery)).worksheets.map(sheet => sheet.name)).toEqual(['好'])
    })
  })

  describe('a marked workbook delivered again', () => {
    const bytesOf = async (workbook: excel.Workbook) => new Uint8Array(await workbook.xlsx.writeBuffer())
    const names = (sheet: excel.Worksheet) => (sheet.getRow(1).values as string[]).slice(1)

    it('changes nothing where nothing was mended, whatever came: a shapefile in metres, with no word about it', async () => {
      const columns = [
        { name: 'OBJCODE', type: 'C', width: 16 },
        { name: 'OBJNAME', type: 'C', width: 20 },
        { name: 'HEIGHT', type: 'N', width: 12 },
        { name: 'ORDATE', type: 'D', width: 8 },
        { name: 'NOTE_', type: 'C', width: 20 },
      ]
      const project = fromLonLat(crsNamed('EPSG:4549'))
      const rows = [101, 102, 103].map(n => [
        componentCode(n),
        '路灯',
        '7.25',
        '20260315',
        n === 102 ? '=1+1' : '',
      ])
      const points = rows.map((_, n) => pointRecord(...project(120.6111 + n / 1000, 31.3123)))
      const zip = await zipBytes({
        ...Object.fromEntries(
          Object.entries(shpBytes(1, points)).map(([part, bytes]) => [`a/0118.${part}`, bytes]),
        ),
        'a/0118.dbf': dbfBytes(columns, rows),
        'a/0118.prj': prj.cm120,
        'a/说明.pdf': 'x',
      })
      const first = await intake.load('components', { '部件.zip': zip })
      expect(first.delivery.counts).toMatchObject({ read: 3, added: 3 })
      expect(first.findings.map(each => each.code)).toEqual(['file.ignored'])
      for (const lang of ['zh', 'en'] as const) {
        const workbook = await marked(first.delivery, lang)
        expect(workbook.worksheets.map(sheet => sheet.name)).toEqual([
          lang === 'zh' ? '总体' : 'General',
          '0118',
        ])
        expect(names(workbook.worksheets[1]!).slice(-3)).toEqual(
          lang === 'zh'
            ? ['X〔网格 EPSG:4549〕', 'Y〔网格 EPSG:4549〕', '问题〔网格〕']
            : ['X [Wangge EPSG:4549]', 'Y [Wangge EPSG:4549]', 'Problem [Wangge]'],
        )
        const again = await intake.load('components', { 'again.xlsx': await bytesOf(workbook) })
        expect(again.findings).toEqual([])
        expect(again.delivery.counts).toMatchObject({
          read: 3,
          unchanged: 3,
          added: 0,
          changed: 0,
          refused: 0,
        })
      }
    })

    it('brings what was mended and nothing else, lines and polygons too', async () => {
      const feature = (n: number, name: string, geometry: unknown) => ({
        type: 'Feature',
        properties: {
          OBJCODE: componentCode(n, name === '绿地' ? '0405' : '0211'),
          OBJNAME: name,
          长度: 12.5,
          问题: '自己的',
        },
        geometry,
      })
      const ring = [[120.61, 31.31], [120.612, 31.31], [120.612, 31.3123456789], [120.61, 31.31]] // biome-ignore format: a ring
      const line = [[120.61, 31.32], [120.6123456789, 31.321]] // biome-ignore format: a line
      const features = [
        feature(1, '绿地', { type: 'Polygon', coordinates: [ring] }),
        feature(2, '绿地', {
          type: 'MultiPolygon',
          coordinates: [[ring], [ring.map(([x, y]) => [x! + 0.01, y!])]],
        }),
        feature(3, '交通护栏', { type: 'LineString', coordinates: line }),
        feature(4, '交通护拦', { type: 'LineString', coordinates: line.map(([x, y]) => [x!, y! + 0.001]) }),
      ]
      const json = JSON.stringify({ type: 'FeatureCollection', features })
      const first = await intake.load('components', { '部件.geojson': json })
      expect(first.delivery.counts).toMatchObject({ added: 3, refused: 1 })
      const workbook = await marked(first.delivery)
      const sheet = workbook.worksheets[0]!
      const at = names(sheet).indexOf('OBJNAME') + 1
      expect(sheet.getRow(5).getCell(at).value).toBe('交通护拦')
      sheet.getRow(5).getCell(at).value = '交通护栏'
      const again = await intake.load('components', { 'again.xlsx': await bytesOf(workbook) })
      expect(again.findings.filter(each => each.code !== 'code.missing')).toEqual([])
      expect(again.delivery.counts).toMatchObject({ read: 4, unchanged: 3, added: 1, changed: 0, refused: 0 })
      const attributes = await intake.db.query<{ attributes: unknown }>(
        'SELECT DISTINCT attributes FROM component WHERE closed_version IS NULL AND code LIKE $1 OR code LIKE $2',
        [`${HOME}0405%`, `${HOME}0211%`],
      )
      expect(attributes).toEqual([{ attributes: { 长度: 12.5, 问题: '自己的' } }])
    })

    it('says of a shape that no cell holds that it is to be mended elsewhere', async () => {
      const ring = Array.from({ length: 2_000 }, (_, n) => {
        const angle = (n / 2_000) * 2 * Math.PI
        return [120.61 + Math.cos(angle) / 997, 31.31 + Math.sin(angle) / 997]
      })
      const geometry = { type: 'Polygon', coordinates: [[...ring, ring[0]]] }
      const small = { type: 'Polygon', coordinates: [[[120.61, 31.31], [120.612, 31.31], [120.612, 31.312], [120.61, 31.31]]] } // biome-ignore format: a ring
      const features = [geometry, small].map(each => ({
        type: 'Feature',
        properties: { OBJNAME: '绿地' },
        geometry: each,
      }))
      const sent = await intake.send('components', {
        'a.geojson': JSON.stringify({ type: 'FeatureCollection', features }),
      })
      const sheet = (await marked(sent)).worksheets[0]!
      expect(names(sheet)).toEqual(['原行号〔网格〕', 'OBJNAME', 'WKT〔网格 EPSG:4326〕', '问题〔网格〕'])
      expect([2, 3].map(row => sheet.getRow(row).getCell(3).value)).toEqual([
        null,
        'POLYGON((120.61 31.31,120.612 31.31,120.612 31.312,120.61 31.31))',
      ])
      expect(String(sheet.getRow(2).getCell(4).value)).toMatch(/32767 个字符/)
      expect(sheet.getRow(3).getCell(4).value ?? '').toBe('')
    })
  })

  describe('who leaves while the workbook is written', () => {
    const many = `${names.join(',')}\n${Array.from({ length: 40_000 }, (_, n) => `${componentCode(n)},路灯,120.6${n % 7},31.3${n % 9},${Math.sin(n)}`).join('\n')}`
    it.each(['closes the stream', 'hangs up'])('%s: the thread and its files are gone', async how => {
      const sent = await intake.send('components', { '部件.csv': many })
      const made: string[] = []
      const { files } = intake.house
      const scratch = async () => {
        made.push(await files.scratch())
        return made[0]!
      }
      const connection = new AbortController()
      const stream = markedReport(
        { ...intake.house, files: { ...files, scratch } },
        sent,
        { kind: 'xlsx' },
        'zh',
        connection.signal,
      )
      const failed = new Promise(resolve => stream.once('error', resolve))
      await once(stream, 'readable')
      expect(stream.read()?.length).toBeGreaterThan(0)
      expect(existsSync(made[0]!)).toBe(true)
      const closed = once(stream, 'close').catch(() => {})
      if (how === 'hangs up') connection.abort(new Error('hung up'))
      else stream.destroy()
      if (how === 'hangs up') {
        while (stream.read() !== null || !stream.destroyed)
          await new Promise(resolve => setTimeout(resolve, 5))
        expect(await failed).toMatchObject({ message: 'hung up' })
      }
      await closed
      expect(existsSync(made[0]!)).toBe(false)
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
