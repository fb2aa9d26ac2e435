/**
 * The workbook of the contractor's way: the district's own template, filled in with twenty lamps and seven
 * mistakes; and the marked workbook that comes back, mended.
 *
 *   template -> fillIn (mistakes) -> delivered -> marked -> mend -> delivered again
 */
import excel from 'exceljs'

export const ROWS = 20
/** Errors among the mistakes: their rows are refused. */
export const REFUSED = 5
export const WARNED = 3

export interface Ground {
  district: string
  /** Where the first lamp stands; the others follow to the east. */
  origin: readonly [lon: number, lat: number]
  owner: string
}

type Fields = Record<string, string | number | null>
const STEP = 0.0002
export const codeOf = ({ district }: Ground, n: number): string => `${district}0118${String(990_000 + n)}`
export const lonLatOf = ({ origin }: Ground, n: number): [lon: number, lat: number] => [
  Number((origin[0] + n * STEP).toFixed(7)),
  Number(origin[1].toFixed(7)),
]

function right(ground: Ground, n: number): Fields {
  const [lon, lat] = lonLatOf(ground, n)
  return {
    标识码: codeOf(ground, n),
    部件名称: '路灯',
    经度: lon,
    纬度: lat,
    权属单位名称: ground.owner,
    部件状态: '完好',
    现势性: '在用',
    初始日期: '20260315',
    数据来源: '实测',
  }
}

/** By the number of the lamp; the row in the sheet is one below. */
function mistakes(ground: Ground): Record<number, Fields> {
  const [lon, lat] = lonLatOf(ground, 8)
  return {
    3: { 部件名称: '路登' },
    5: { 标识码: Number(codeOf(ground, 5)) },
    8: { 经度: lat, 纬度: lon },
    11: { 标识码: codeOf(ground, 10) },
    14: { 经度: null, 纬度: null },
    16: { 初始日期: '2026年13月1日' },
    18: { 权属单位名称: '不在目录的公司' },
  }
}

/** The template with its rows, wrong ones among them. */
export async function fillIn(template: Uint8Array, ground: Ground): Promise<Buffer> {
  const book = await opened(template)
  const sheet = book.worksheets[0]!
  const wrong = mistakes(ground)
  for (let n = 1; n <= ROWS; n++) write(sheet, n + 1, { ...right(ground, n), ...wrong[n] })
  return Buffer.from(await book.xlsx.writeBuffer())
}

export interface Mark {
  row: number
  said: string
}

/** What the last column says, and the same workbook with every marked row put right. */
export async function mend(marked: Uint8Array, ground: Ground): Promise<{ marks: Mark[]; mended: Buffer }> {
  const book = await opened(marked)
  const sheet = book.worksheets[0]!
  const marks: Mark[] = []
  const last = (sheet.getRow(1).values as (string | undefined)[]).indexOf('问题〔网格〕')
  for (let row = 2; row <= sheet.rowCount; row++) {
    const said = String(sheet.getRow(row).getCell(last).value ?? '')
    if (said === '') continue
    marks.push({ row, said })
    write(sheet, row, right(ground, row - 1))
  }
  return { marks, mended: Buffer.from(await book.xlsx.writeBuffer()) }
}

async function opened(bytes: Uint8Array): Promise<excel.Workbook> {
  const book = new excel.Workbook()
  await book.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer)
  return book
}

function write(sheet: excel.Worksheet, at: number, fields: Fields): void {
  const names = sheet.getRow(1).values as (string | undefined)[]
  for (const [name, value] of Object.entries(fields))
    sheet.getRow(at).getCell(names.indexOf(name)).value = value
}
