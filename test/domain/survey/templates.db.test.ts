import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buffer } from 'node:stream/consumers'
import excel from 'exceljs'
import papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Geometry } from '../../../gis/geometry.ts'
import { codeProfile, ruleText } from '../../../src/domain/catalog/codes.ts'
import { listClasses } from '../../../src/domain/catalog/store.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { listUnits } from '../../../src/domain/orgs/store.ts'
import { markedReport } from '../../../src/domain/survey/marked-report.ts'
import { guessProfile } from '../../../src/domain/survey/profile.ts'
import { openSources } from '../../../src/domain/survey/readers/open.ts'
import { Profile } from '../../../src/domain/survey/schema.ts'
import type { TemplateDistrict } from '../../../src/domain/survey/template-columns.ts'
import { templateGeopackage } from '../../../src/domain/survey/template-geopackage.ts'
import { shapefileFields, templateCsv, templateYaml } from '../../../src/domain/survey/template-texts.ts'
import { templateWorkbook } from '../../../src/domain/survey/template-workbook.ts'
import { type OpenedDb, openTestEmbedded } from '../../support/engines.ts'
import { gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'
import { blob } from './readers/build-gpkg.ts'

let opened: OpenedDb
let intake: Intake
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wangge-templates-'))
  opened = await openTestEmbedded()
  intake = await openIntake(opened.db)
  await intake.addDistrict({ code: HOME, name: '方区' })
  await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
  const units = Array.from(
    { length: 300 },
    (_, i) => `第${i + 1}养护所,91320599${String(i).padStart(10, '0')}`,
  )
  await intake.load('units', { 'units.csv': ['单位名称,统一社会信用代码', ...units].join('\n') })
})
afterAll(async () => {
  await intake?.close()
  await opened?.close()
  if (dir) await rm(dir, { recursive: true })
})

async function district(only: string | null = null): Promise<TemplateDistrict> {
  const all = await listClasses(opened.db, 'cjt214-2007')
  return {
    code: HOME,
    name: '方区',
    codeRule: { zh: ruleText(codeProfile('cjt16'), 'zh'), en: ruleText(codeProfile('cjt16'), 'en') },
    all,
    classes: all.filter(each => each.geometry.includes('point')),
    only: all.find(each => each.code === only) ?? null,
    units: (await listUnits(opened.db, scopeOf(HOME))).map(unit => unit.name),
  }
}
async function opening(bytes: Uint8Array): Promise<excel.Workbook> {
  const book = new excel.Workbook()
  await book.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer)
  return book
}
const save = async (book: excel.Workbook) => new Uint8Array(await book.xlsx.writeBuffer())
type Row = Record<string, string | number>

/** Fills rows in by the names of the columns, as a person does. */
async function filled(template: Uint8Array, rows: readonly Row[]): Promise<Uint8Array> {
  const book = await opening(template)
  const sheet = book.worksheets[0]!
  const names = (sheet.getRow(1).values as string[]).slice(1)
  rows.forEach((row, n) => {
    for (const [name, value] of Object.entries(row)) {
      const at = names.indexOf(name)
      expect(at, name).toBeGreaterThanOrEqual(0)
      sheet.getRow(n + 2).getCell(at + 1).value = value
    }
  })
  return save(book)
}
const lamp = (n: number): Row => ({
  标识码: `${HOME}0118${String(n).padStart(6, '0')}`,
  部件名称: '路灯',
  经度: 120.61 + n / 1e4,
  纬度: 31.31,
  权属单位名称: `第${n}养护所`,
  部件状态: '完好',
  现势性: '在用',
  初始日期: '20260315',
  数据来源: '实测',
})

describe('a template', () => {
  it('filled in and loaded with its profile gives its rows and no finding', async () => {
    const whole = await district()
    const rows = [1, 2, 300].map(lamp)
    const { delivery, findings } = await intake.load(
      'components',
      { '模板.xlsx': await filled(await templateWorkbook(whole, 'zh'), rows) },
      { profile: parse(templateYaml(whole, 'zh')) },
    )
    expect(findings).toEqual([])
    expect(delivery).toMatchObject({ state: 'published', counts: { read: 3, added: 3, refused: 0 } })
    const [one] = await opened.db.query(
      "SELECT code, state, owner_id IS NOT NULL AS owned, surveyed_on, data_source FROM component WHERE code LIKE '%000300'",
    )
    expect(one).toEqual({
      code: `${HOME}0118000300`,
      state: 'intact',
      owned: true,
      surveyed_on: '2026-03-15',
      data_source: '实测',
    })
  })

  it('of a class whose things are shapes asks for them as text', async () => {
    const green = await district('0405')
    const row = {
      标识码: `${HOME}0405000001`,
      部件名称: '绿地',
      WKT: 'POLYGON((120.61 31.32, 120.612 31.32, 120.612 31.321, 120.61 31.32))',
      初始日期: '2026-03-15',
    }
    const { delivery, findings } = await intake.load(
      'components',
      { '绿地.xlsx': await filled(await templateWorkbook(green, 'zh'), [row]) },
      { profile: parse(templateYaml(green, 'zh')) },
    )
    expect(findings).toEqual([])
    expect(delivery.counts).toMatchObject({ added: 1 })
  })

  it('keeps codes and dates as text, and chooses from the lists of the district', async () => {
    const book = await opening(await filled(await templateWorkbook(await district(), 'zh'), [lamp(1)]))
    expect(book.worksheets.map(({ name, state }) => [name, state])).toEqual([
      ['部件', 'visible'],
      ['填写说明', 'visible'],
      ['_选项', 'veryHidden'],
    ])
    const [sheet, , lists] = book.worksheets
    const names = (sheet!.getRow(1).values as string[]).slice(1)
    const cell = (name: string, row: number) => sheet!.getRow(row).getCell(names.indexOf(name) + 1)
    expect([cell('标识码', 2).type, cell('标识码', 2).numFmt]).toEqual([excel.ValueType.String, '@'])
    for (const name of ['标识码', '初始日期', '单元网格'])
      expect(sheet!.getColumn(names.indexOf(name) + 1).numFmt, name).toBe('@')
    for (const [name, holds] of [
      ['部件名称', '路灯'],
      ['权属单位名称', '第300养护所'],
      ['部件状态', '完好'],
      ['现势性', '在用'],
    ] as const) {
      // biome-ignore format: a table
      const range = (cell(name, 900).dataValidation?.formulae?.[0] ?? '') as string
      const [, column, from, to] = /^'_选项'!\$([A-Z])\$(\d+):\$\1\$(\d+)$/.exec(range) ?? []
      const values = []
      for (let row = Number(from); row <= Number(to); row++)
        values.push(lists!.getCell(`${column}${row}`).value)
      expect(values, name).toContain(holds)
      expect(values.every(Boolean), name).toBe(true)
    }
  })

  it('is named so that the guess knows every column', async () => {
    for (const only of [null, '0118', '0405']) {
      const wanted = await district(only)
      const path = join(dir, `${only}.csv`)
      await writeFile(
        path,
        `${templateCsv(wanted, 'zh')}${templateCsv(wanted, 'zh').replaceAll(/[^,\r\n\ufeff]+/g, 'x')}`,
      )
      const { layers } = await openSources([{ path, name: 'template.csv' }], {})
      const { fields } = guessProfile('components', layers)
      const { fields: said } = Profile.parse(parse(templateYaml(wanted, 'zh')))
      expect(fields).toEqual(said)
    }
  })

  it('that is somebody else’s workbook hides no sheet from the reader', async () => {
    const book = new excel.Workbook()
    book.addWorksheet('部件').addRows([['标识码', '部件名称', '经度', '纬度'], [`${HOME}0118000900`, '路灯', 120.63, 31.31]]) // biome-ignore format: rows
    book.addWorksheet('填写说明').addRows([['标识码', '部件名称', '经度', '纬度'], [`${HOME}0118000901`, '路灯', 120.631, 31.31]]) // biome-ignore format: rows
    const profile = parse(templateYaml({ ...(await district()) }, 'zh'))
    const { delivery } = await intake.load(
      'components',
      { 'x.xlsx': await save(book) },
      { profile: { ...profile, fields: { code: '标识码', className: '部件名称' } } },
    )
    expect(delivery.counts.added).toBe(2)
  })

  it('in English is named so that the guess knows every column too, and filled in gives its rows', async () => {
    for (const only of [null, '0118', '0405']) {
      const wanted = await district(only)
      const path = join(dir, `${only}-en.csv`)
      const head = templateCsv(wanted, 'en')
      expect(head).not.toMatch(/[\u4e00-\u9fff]/)
      await writeFile(path, `${head}${head.replaceAll(/[^,\r\n\ufeff]+/g, 'x')}`)
      const { layers } = await openSources([{ path, name: 'template.csv' }], {})
      const { fields, position } = guessProfile('components', layers)
      const said = Profile.parse(parse(templateYaml(wanted, 'en')))
      expect(fields).toEqual(said.fields)
      // shapes written out are told by what stands in them
      if (only !== '0405') expect(position).toEqual(said.position)
    }
    const whole = await district()
    const names: Record<string, string> = {
      标识码: 'OBJCODE', 部件名称: 'OBJNAME', 经度: 'LON', 纬度: 'LAT', 权属单位名称: 'DEPTNAME2', 部件状态: 'OBJSTATE',
      现势性: 'OBJUPTODAT', 初始日期: 'ORDATE', 数据来源: 'DATASOURCE',
    } // biome-ignore format: a table
    const row = Object.fromEntries(Object.entries(lamp(31)).map(([name, value]) => [names[name]!, value]))
    const book = await filled(await templateWorkbook(whole, 'en'), [row])
    const guide = (await opening(book)).getWorksheet('How to fill in')!
    expect(guide.getSheetValues().flat().join(' ')).toContain('完好 = intact')
    const { delivery, findings } = await intake.load(
      'components',
      { 'template.xlsx': book },
      { profile: parse(templateYaml(whole, 'en')) },
    )
    expect(findings).toEqual([])
    expect(delivery.counts).toMatchObject({ read: 1, added: 1 })
  })

  it.each(['zh', 'en'] as const)(
    'as a GeoPackage (%s) takes points, lines and polygons, codes as text',
    async lang => {
      const whole = await district()
      const bytes = await templateGeopackage(intake.house.files, whole, lang)
      const path = join(dir, `${lang}.gpkg`)
      await writeFile(path, bytes)
      const db = new DatabaseSync(path)
      const tables = db.prepare('SELECT table_name AS name FROM gpkg_contents ORDER BY rowid').all()
      const layers = tables.map(each => String(each.name))
      expect(layers).toHaveLength(3)
      const n = lang === 'zh' ? 1 : 2
      const at = (i: number): [number, number] => [120.61 + n / 1000 + i / 1e4, 31.33]
      const things: [string, string, Geometry][] = [
        ['0118', '路灯', { type: 'Point', coordinates: at(0) }],
        ['0211', '交通护栏', { type: 'MultiLineString', coordinates: [[at(1), at(2)]] }],
        [
          '0405',
          '绿地',
          { type: 'MultiPolygon', coordinates: [[[at(3), at(4), [at(4)[0], 31.3302], at(3)]]] },
        ],
      ]
      things.forEach(([code, name, geometry], i) => {
        db.prepare(
          `INSERT INTO "${layers[i]}" (geom, OBJCODE, OBJNAME, ORDATE) VALUES (?, ?, ?, '20260315')`,
        ).run(blob(geometry), `${HOME}${code}00040${n}`, name)
      })
      const choices = db
        .prepare("SELECT value FROM gpkg_data_column_constraints WHERE constraint_name = 'states'")
        .all()
      expect(choices.map(each => each.value)).toContain('完好')
      const [told] = db
        .prepare("SELECT DISTINCT description FROM gpkg_data_columns WHERE column_name = 'OBJCODE'")
        .all()
      expect(told!.description).toMatch(lang === 'zh' ? /文本格式/ : /text, never a number/)
      db.close()
      const { delivery, findings } = await intake.load('components', { 'a.gpkg': await readFile(path) })
      expect(findings).toEqual([])
      expect(delivery.counts).toMatchObject({ read: 3, added: 3, refused: 0 })
      const only = await templateGeopackage(intake.house.files, await district('0405'), lang)
      await writeFile(path, only)
      const one = new DatabaseSync(path, { readOnly: true })
      expect(one.prepare('SELECT geometry_type_name AS type FROM gpkg_geometry_columns').all()).toEqual([
        { type: 'MULTIPOLYGON' },
      ])
      one.close()
    },
  )

  it('of a shapefile has names of at most ten bytes, which the guess knows too', async () => {
    const rows = papa
      .parse<string[]>(
        shapefileFields(await district(), 'zh')
          .slice(1)
          .trim(),
      )
      .data.slice(1)
    const names = rows.map(row => row[0]!)
    expect(names).toContain('OBJUPTODAT')
    for (const name of names) expect(Buffer.byteLength(name), name).toBeLessThanOrEqual(10)
    const { fields } = guessProfile('components', [
      { file: 'x', name: 'x', fields: names.map(name => ({ name })) },
    ])
    expect(Object.values(fields).sort()).toEqual([...names].sort())
  })
})

it('a marked workbook mended and sent again brings only what was mended', async () => {
  const whole = await district()
  const profile = parse(templateYaml(whole, 'zh'))
  const rows = [lamp(11), lamp(12), { ...lamp(13), 部件名称: '路登' }]
  const first = await intake.load(
    'components',
    { 'x.xlsx': await filled(await templateWorkbook(whole, 'zh'), rows) },
    { profile },
  )
  expect(first.delivery.counts).toMatchObject({ added: 2, refused: 1 })
  const stream = markedReport(
    intake.house,
    first.delivery,
    { kind: 'xlsx' },
    'zh',
    new AbortController().signal,
  )
  const book = await opening(await buffer(stream))
  const sheet = book.worksheets.find(each => each.name === '部件')!
  const at = (sheet.getRow(1).values as string[]).indexOf('部件名称')
  expect(sheet.getRow(4).getCell(at).value).toBe('路登')
  sheet.getRow(4).getCell(at).value = '路灯'
  const again = await intake.load('components', { 'x-改.xlsx': await save(book) }, { profile })
  expect(again.findings).toEqual([])
  expect(again.delivery.counts).toMatchObject({ unchanged: 2, added: 1, changed: 0, refused: 0 })
})

it('a marked workbook is read back without the sheet that says what is wrong in general', async () => {
  const whole = await district()
  const profile = parse(templateYaml(whole, 'zh'))
  const book = await opening(await filled(await templateWorkbook(whole, 'zh'), [lamp(21)]))
  book.addWorksheet('底稿', { state: 'hidden' }).addRow(['a', 'b'])
  const first = await intake.load('components', { 'x.xlsx': await save(book) }, { profile })
  expect(first.findings.map(each => each.code)).toEqual(['sheet.hidden'])
  for (const lang of ['zh', 'en'] as const) {
    const stream = markedReport(
      intake.house,
      first.delivery,
      { kind: 'xlsx' },
      lang,
      new AbortController().signal,
    )
    const marked = await buffer(stream)
    expect((await opening(marked)).worksheets).toHaveLength(2)
    const again = await intake.load('components', { 'x-标注.xlsx': marked }, { profile })
    expect(again.findings).toEqual([])
    expect(again.delivery.counts).toMatchObject({ read: 1, unchanged: 1 })
  }
})
