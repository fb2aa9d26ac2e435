/**
 * A delivery of real files (GBK shapefiles in a zip, CSV, XLSX) in which every row is sound, or in which 46
 * kinds of mistakes are planted, each in a row of its own: the builder says which finding belongs where.
 *
 *   rows -> sound or spoilt -> zip, csv, csv, xlsx + expected [code, file, row]
 */
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import excel from 'exceljs'
import { openShapefile, type ShapeKind } from '../../../pilot/shapefile-write.ts'
import { packZip } from '../../../pilot/zip-write.ts'
import type { FindingCode } from '../../../src/domain/survey/findings.ts'
import { areaCode, componentCode } from '../../support/ground.ts'
import {
  columns,
  lines,
  type Planned,
  points,
  polygons,
  type Row,
  rounded,
  sound,
  table,
} from './defect-rows.ts'

type Expected = readonly [code: FindingCode, file: string, row: number | null]
interface Delivery {
  paths: string[]
  expected: Expected[]
}
const prj4490 =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
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
