/**
 * A delivery of real files (GBK shapefiles in a zip, CSV, XLSX) in which every row is sound, or in which 46
 * kinds of mistakes are planted, each in a row of its own: the builder says which finding belongs where.
 *
 *   rows -> sound or spoilt -> zip, csv, csv, xlsx + expected [code, file, row]
 */
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import excel from 'exceljs'
import iconv from 'iconv-lite'
import type { DbfColumn, DbfValue } from '../../../pilot/dbf-write.ts'
import { openShapefile, type ShapeKind } from '../../../pilot/shapefile-write.ts'
import { packZip } from '../../../pilot/zip-write.ts'
import type { FindingCode } from '../../../src/domain/survey/findings.ts'
import { areaCode, componentCode, squareDistrict } from '../../support/ground.ts'

type Expected = readonly [code: FindingCode, file: string, row: number | null]
interface Delivery {
  paths: string[]
  expected: Expected[]
}
type Row = Record<string, DbfValue> & { lon: number; lat: number }
interface Planned {
  sound: Row
  /** What is planted, and the finding it must give; rows without are sound in both. */
  spoilt?: Partial<Row>
  code?: FindingCode
}

/** Three levels, and in the east of the district ground that belongs to no area. */
export const gappedDistrict = () => squareDistrict().filter(grid => grid.code !== areaCode(3))
export const unitsCsv =
  '单位名称,统一社会信用代码,简称\n棠泽区住建局,11320599000000001A,住建局\n棠泽供水有限公司,91320599000000002B,供水公司\n棠泽养护有限公司,91320599000000003C,养护公司\n'

export const profile = {
  crs: 'EPSG:4490',
  position: { x: '经度', y: '纬度' },
  fields: {
    code: 'OBJCODE',
    className: 'OBJNAME',
    classCode: '类别代码',
    competentName: 'DEPTNAME1',
    ownerName: 'DEPTNAME2',
    ownerCode: 'DEPTCODE2',
    maintainerName: 'DEPTNAME3',
    statedGrid: 'BGCODE',
    state: 'OBJSTATE',
    surveyedOn: 'ORDATE',
    changedOn: 'CHDATE',
    picture: 'PICTURE',
    note: 'NOTE_',
  },
}

const prj4490 =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
const columns: readonly DbfColumn[] = [
  { name: 'OBJCODE', type: 'C', width: 32 },
  { name: 'OBJNAME', type: 'C', width: 30 },
  { name: 'DEPTNAME1', type: 'C', width: 48 },
  { name: 'DEPTNAME2', type: 'C', width: 48 },
  { name: 'DEPTCODE2', type: 'C', width: 18 },
  { name: 'DEPTNAME3', type: 'C', width: 48 },
  { name: 'BGCODE', type: 'C', width: 20 },
  { name: 'OBJSTATE', type: 'C', width: 8 },
  { name: 'ORDATE', type: 'C', width: 12 },
  { name: 'CHDATE', type: 'C', width: 12 },
  { name: 'PICTURE', type: 'C', width: 24 },
  { name: 'NOTE_', type: 'C', width: 20 },
  { name: 'STOPNAME', type: 'C', width: 20 },
]

/** The n-th component of the delivery, in the first area, nothing wrong with it. */
function sound(n: number, over: Partial<Row> = {}): Row {
  return {
    OBJCODE: componentCode(n),
    OBJNAME: '路灯',
    DEPTNAME1: '棠泽区住建局',
    DEPTNAME2: '棠泽供水有限公司',
    DEPTCODE2: '91320599000000002B',
    DEPTNAME3: '棠泽养护有限公司',
    BGCODE: areaCode(1),
    OBJSTATE: '完好',
    ORDATE: '20240305',
    CHDATE: '20240306',
    PICTURE: `p${n}.jpg`,
    NOTE_: n % 2 ? '靠近围墙' : '绿化带内',
    STOPNAME: null,
    lon: 120.601 + (n % 80) * 0.0002,
    lat: 31.302 + Math.floor(n / 80) * 0.002,
    ...over,
  }
}

const half = iconv.encode(`A${'井盖周边路面下沉靠近'}`, 'gbk').subarray(0, 20)
const shelter = (n: number, over: Partial<Row> = {}) =>
  sound(n, { OBJCODE: componentCode(n, '0203'), OBJNAME: '公交站亭', STOPNAME: '越溪站', ...over })

/** Covers side by side, each with its code and its photo: real, and never taken for one. */
const cluster: Planned[] = [101, 102, 103].map((n, i) => ({
  sound: sound(n, {
    OBJCODE: componentCode(n, '0104'),
    OBJNAME: '雨水箅子',
    lon: 120.6105 + i * 0.0000063,
  }),
}))

const points: Planned[] = [
  ...cluster,
  { sound: sound(1) },
  { sound: sound(2), spoilt: { OBJCODE: null }, code: 'code.missing' },
  { sound: sound(3), spoilt: { OBJCODE: '3205990118A00003' }, code: 'code.format' },
  { sound: sound(4), spoilt: { OBJCODE: componentCode(1) }, code: 'code.duplicate' },
  { sound: sound(6), spoilt: { OBJCODE: componentCode(6, '0118', '320598') }, code: 'code.district' },
  { sound: sound(7), spoilt: { OBJCODE: '３２０５９９０１１８０００００７' }, code: 'code.characters' },
  { sound: sound(9), spoilt: { lon: 121.6, BGCODE: null }, code: 'position.outside' },
  { sound: sound(11), spoilt: { lon: 120.5995, BGCODE: null }, code: 'position.beyond-border' },
  { sound: sound(12), spoilt: { lon: 120.65, BGCODE: null }, code: 'position.gap' },
  { sound: sound(13), spoilt: { BGCODE: areaCode(2) }, code: 'grid.stated' },
  { sound: sound(14), spoilt: { DEPTNAME1: '太空局' }, code: 'unit.unknown' },
  { sound: sound(15), spoilt: { DEPTNAME2: '棠泽养护有限公司' }, code: 'unit.mismatch' },
  {
    sound: sound(16),
    spoilt: { DEPTNAME1: '供水公司', DEPTNAME3: '棠泽供水有限公司' },
    code: 'unit.same',
  },
  { sound: sound(17), spoilt: { OBJSTATE: '很好' }, code: 'state.unknown' },
  { sound: sound(18), spoilt: { ORDATE: null }, code: 'date.missing' },
  { sound: sound(19), spoilt: { CHDATE: '20240231' }, code: 'date.invalid' },
  { sound: sound(21), spoilt: { CHDATE: '21500101' }, code: 'date.future' },
  { sound: sound(22), spoilt: { ORDATE: '19310101' }, code: 'date.too-early' },
  { sound: sound(23), spoilt: { CHDATE: '20240304' }, code: 'date.order' },
  { sound: shelter(24), spoilt: { STOPNAME: null }, code: 'attribute.missing' },
  { sound: sound(25) },
  {
    sound: sound(26, { lon: sound(25).lon + 0.000002 }),
    spoilt: { PICTURE: 'p25.jpg' },
    code: 'duplicate.probable',
  },
  { sound: sound(27), spoilt: { NOTE_: half }, code: 'value.truncated-byte' },
  { sound: sound(28), spoilt: { NOTE_: '井盖周边路面下沉靠近' }, code: 'value.truncated' },
  { sound: sound(29), spoilt: {}, code: 'row.deleted' },
]
const lines: Planned[] = [201, 202].map(n => ({
  sound: sound(n, { OBJCODE: componentCode(n, '0211'), OBJNAME: '交通护栏' }),
}))
const polygons: Planned[] = [
  { sound: sound(211, { OBJCODE: componentCode(211, '0405'), OBJNAME: '绿地' }) },
  {
    sound: sound(212, { OBJCODE: componentCode(212, '0405'), OBJNAME: '绿地' }),
    spoilt: { OBJCODE: componentCode(212), OBJNAME: '路灯' },
    code: 'geometry.type',
  },
]
const table: Planned[] = [
  { sound: sound(301) },
  { sound: sound(302), spoilt: { lon: Number.NaN }, code: 'position.not-finite' },
  {
    sound: sound(303),
    spoilt: { lon: sound(303).lat, lat: sound(303).lon, BGCODE: null },
    code: 'position.swapped',
  },
  { sound: sound(304), spoilt: { CHDATE: '0000-00-00' }, code: 'date.zero' },
]
const rounded: Planned[] = Array.from({ length: 12 }, (_, i) => ({
  sound: sound(401 + (i < 9 ? i : i + 1)),
  spoilt: { OBJCODE: componentCode(4010 + i * 10) },
  code: 'code.rounded' as const,
}))

/** @param dir an empty directory for the files */
export async function makeDelivery(dir: string, spoilt: boolean): Promise<Delivery> {
  const expected: Expected[] = []
  const zip = await makeZip(dir, spoilt, expected)
  const first = makeCsv(dir, '巡查一组.csv', table, spoilt, expected)
  const second = makeCsv(dir, '巡查二组.csv', rounded, spoilt, expected)
  const workbook = await makeWorkbook(dir, spoilt, expected)
  return { paths: [zip, first, second, workbook], expected }
}

const chosen = ({ sound, spoilt }: Planned, plant: boolean): Row =>
  ({ ...sound, ...(plant ? spoilt : {}) }) as Row

async function makeZip(dir: string, plant: boolean, expected: Expected[]): Promise<string> {
  const files = [
    ...writeLayer(dir, '点状部件', 'point', points, plant, expected),
    ...writeLayer(dir, '线状部件', 'line', lines, plant, expected),
    ...writeLayer(dir, '面状部件', 'polygon', polygons, plant, expected),
    ...writeCutNames(dir, plant, expected),
  ]
  if (plant) {
    const cpg = join(dir, '面状部件.cpg')
    writeFileSync(cpg, 'UTF-8')
    const pdf = join(dir, '说明.pdf')
    writeFileSync(pdf, '%PDF-1.4')
    files.push(cpg, pdf)
    expected.push(['encoding.declared', '部件.zip/面状部件.dbf', null], ['file.ignored', '部件.zip', null])
    markDeleted(
      files.find(file => file.endsWith('点状部件.dbf'))!,
      points.findIndex(each => each.code === 'row.deleted'),
    )
  }
  const zip = join(dir, '部件.zip')
  await packZip(zip, files)
  return zip
}

function writeLayer(
  dir: string,
  name: string,
  kind: ShapeKind,
  planned: readonly Planned[],
  plant: boolean,
  expected: Expected[],
): string[] {
  const writer = openShapefile({ path: join(dir, name), kind, columns, prj: prj4490 })
  planned.forEach((each, i) => {
    const row = chosen(each, plant)
    const { lon, lat } = row
    const short = plant && kind === 'line' && i === 1
    const e = 0.00005
    const shape = {
      point: [lon, lat],
      line: short ? [lon, lat] : [lon, lat, lon + e, lat],
      polygon: [lon, lat, lon + e, lat, lon + e, lat + e, lon, lat + e],
    }[kind]
    writer.write(
      [shape],
      columns.map(column => row[column.name] ?? null),
    )
    const code = short ? 'geometry.invalid' : each.code
    if (plant && code) expected.push([code, `部件.zip/${name}.shp`, i + 1])
  })
  return writer.close().files
}

/** A layer whose columns 主管部门代码 and 主管部门名称 were cut after ten bytes of UTF-8: both are 主管部 then. */
function writeCutNames(dir: string, plant: boolean, expected: Expected[]): string[] {
  const cut = (name: string) => Buffer.from(name).subarray(0, 10).toString('latin1')
  const names = plant ? ['主管部门代码', '主管部门名称'].map(cut) : ['DEPTC', 'DEPTN']
  const own = names.map(name => ({ name, type: 'C' as const, width: 8 }))
  const used = columns.filter(({ name }) => ['OBJCODE', 'BGCODE', 'ORDATE'].includes(name))
  const path = join(dir, '0118_补测')
  const writer = openShapefile({ path, kind: 'point', columns: [...used, ...own], prj: prj4490 })
  const { lon, lat, ...row } = sound(221)
  writer.write([[lon, lat]], [...used.map(({ name }) => row[name] ?? null), '1', 'a'])
  if (plant) expected.push(['field.truncated', '部件.zip/0118_补测.dbf', null])
  return writer.close().files
}

/** Sets the deletion mark of a row, by its position. */
function markDeleted(dbf: string, row: number): void {
  const header = readFileSync(dbf)
  const file = openSync(dbf, 'r+')
  writeSync(file, Buffer.from('*'), 0, 1, header.readUInt16LE(8) + row * header.readUInt16LE(10))
}

const heads = ['OBJCODE', 'OBJNAME', 'DEPTNAME1', 'DEPTNAME2', 'DEPTCODE2', 'DEPTNAME3', 'BGCODE']
const more = ['OBJSTATE', 'ORDATE', 'CHDATE', 'PICTURE', 'NOTE_', '经度', '纬度']
const cells = (row: Row) => [
  ...[...heads, ...more.slice(0, 5)].map(name => row[name] ?? ''),
  Number.isNaN(row.lon) ? '东经' : row.lon,
  row.lat,
]

function makeCsv(
  dir: string,
  name: string,
  planned: readonly Planned[],
  plant: boolean,
  expected: Expected[],
): string {
  const text = [[...heads, ...more].join(',')]
  for (const each of planned) {
    const row = chosen(each, plant)
    text.push(cells(row).join(','))
    if (plant && each.code) expected.push([each.code, name, text.length])
  }
  if (planned === table && plant) {
    text.push(`"${componentCode(306)},路灯`)
    expected.push(['row.quote', name, text.length])
    text.push(`${cells(sound(307)).join(',')},多出`)
    expected.push(['row.columns', name, text.length])
    const nowhere = cells(sound(308, { BGCODE: null }))
    text.push([...nowhere.slice(0, -2), '', ''].join(','))
    expected.push(['geometry.missing', name, text.length])
    text.push(cells(sound(309, { BGCODE: `${areaCode(1)}0001` })).join(','))
    expected.push(['grid.stated-unheld', name, null])
  }
  const path = join(dir, name)
  writeFileSync(path, `\ufeff${text.join('\r\n')}\r\n`)
  return path
}

async function makeWorkbook(dir: string, plant: boolean, expected: Expected[]): Promise<string> {
  const name = '巡查三组.xlsx'
  const file = `${name}/部件`
  const book = new excel.Workbook()
  const sheet = book.addWorksheet('部件')
  sheet.addRow([...heads, '类别代码', ...more])
  const add = (n: number, code: FindingCode | null, change: (row: excel.Row) => void = () => {}) => {
    const values = cells(sound(n))
    const row = sheet.addRow([...values.slice(0, 7), '0118', ...values.slice(7)])
    if (!plant || !code) return
    change(row)
    expected.push([code, file, row.number])
  }
  const at = (column: string) => [...heads, '类别代码', ...more].indexOf(column) + 1
  const set = (column: string, value: excel.CellValue) => (row: excel.Row) => {
    row.getCell(at(column)).value = value
  }
  add(501, null)
  add(502, 'code.numeric', set('OBJCODE', 3205990118000502))
  add(503, 'date.serial', set('CHDATE', 45358))
  add(504, 'class.mismatch', set('类别代码', '0104'))
  add(508, 'class.unknown', set('类别代码', '0199'))
  add(509, 'code.class', set('OBJCODE', componentCode(509, '0104')))
  add(505, 'cell.error', set('NOTE_', { error: '#N/A' } as excel.CellErrorValue))
  add(506, 'cell.formula', set('NOTE_', { formula: 'A1' } as excel.CellFormulaValue))
  add(507, 'cell.unnamed', row => {
    row.getCell([...heads, ...more].length + 3).value = '旁注'
  })
  if (plant) {
    book.addWorksheet('旧表', { state: 'hidden' }).addRows([
      ['OBJCODE', 'OBJNAME'],
      ['1', '2'],
    ])
    book.addWorksheet('说明').addRows([['填表说明'], ['一行一个部件']])
    expected.push(['sheet.hidden', name, null], ['sheet.no-table', name, null])
  }
  const path = join(dir, name)
  await book.xlsx.writeFile(path)
  return path
}
