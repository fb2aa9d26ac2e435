/**
 * A delivery sent back as a workbook: every layer a sheet with its own columns and rows, cells with something
 * wrong tinted and commented, and a last column 问题 that says it in words. Streams: memory holds the findings,
 * not the rows. Everything is written as text or number, never as a formula.
 *
 *   files -> readers -> rows + findings by row -> WorkbookWriter -> stream
 */
import { PassThrough, type Readable } from 'node:stream'
import excel from 'exceljs'
import { folderOf } from './commands.ts'
import { type Finding, remedy, sentence, severityOf } from './findings.ts'
import { pagesOf } from './findings-export.ts'
import type { LoadHouse } from './loading.ts'
import { openSources } from './readers/open.ts'
import type { SourceLayer, SourceRow, SourceValue } from './readers/source.ts'
import { unpack } from './readers/unpack.ts'
import type { Delivery } from './schema.ts'

/** Rows a sheet of the format can hold, its header among them. */
export const SHEET_ROWS = 1_048_576
const tints = { error: 'FFF8D7DA', warning: 'FFFFF3CD' } as const
const words = {
  zh: { row: '原行号', problem: '问题', x: 'X', y: 'Y', general: '总体', file: '文件', remedy: '处理办法' },
  en: {
    row: 'Row',
    problem: 'Problem',
    x: 'X',
    y: 'Y',
    general: 'General',
    file: 'File',
    remedy: 'What to do',
  },
} as const
type Lang = keyof typeof words

/**
 * The marked workbook of a delivery, as it is written.
 * @returns a stream that fails when the files cannot be read
 */
export function markedWorkbook(
  house: Pick<LoadHouse, 'db' | 'files' | 'unpackLimits'>,
  delivery: Delivery,
  lang: Lang,
  signal: AbortSignal,
): Readable {
  const out = new PassThrough()
  write(house, delivery, lang, signal, out).catch(error => out.destroy(error))
  return out
}

async function write(
  { db, files: store, unpackLimits }: Pick<LoadHouse, 'db' | 'files' | 'unpackLimits'>,
  delivery: Delivery,
  lang: Lang,
  signal: AbortSignal,
  out: PassThrough,
): Promise<void> {
  const scratch = await store.scratch()
  try {
    const stored = (await store.list(folderOf(delivery))).map(file => file.path)
    const { files } = await unpack(stored, scratch, unpackLimits, signal)
    const { layers } = await openSources(files, {
      encoding: delivery.profile?.encoding,
      position: delivery.profile?.position,
      signal,
    })
    const items: Finding[] = []
    for await (const page of pagesOf(db, delivery)) items.push(...page)
    const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true })
    const names = new Set<string>()
    const rowless = items.filter(each => each.row === null)
    if (rowless.length > 0 || layers.length === 0) writeGeneral(workbook, rowless, lang, names)
    for (const layer of layers) {
      const found = items.filter(each => each.file === layer.file && each.row !== null)
      await writeLayer(workbook, layer, found, lang, names, signal)
    }
    await workbook.commit()
  } finally {
    await store.removeScratch(scratch)
  }
}

/** What is wrong with no row in particular. */
function writeGeneral(
  workbook: excel.stream.xlsx.WorkbookWriter,
  found: readonly Finding[],
  lang: Lang,
  names: Set<string>,
): void {
  const w = words[lang]
  const sheet = workbook.addWorksheet(sheetName(w.general, names), {
    views: [{ state: 'frozen', ySplit: 1 }],
  })
  sheet.columns = [{ width: 36 }, { width: 70 }, { width: 60 }]
  header(sheet.addRow([w.file, w.problem, w.remedy]))
  for (const each of found) {
    const row = sheet.addRow([each.file, sentence(each, lang), remedy(each, lang)])
    row.getCell(2).fill = tint(severityOf(each.code))
    row.commit()
  }
  sheet.commit()
}

async function writeLayer(
  workbook: excel.stream.xlsx.WorkbookWriter,
  layer: SourceLayer,
  found: readonly Finding[],
  lang: Lang,
  names: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const byRow = new Map<number, Finding[]>()
  for (const each of found) byRow.set(each.row!, [...(byRow.get(each.row!) ?? []), each])
  // a table brings its position in columns of its own
  const shaped = layer.geometryKind !== 'none' && !layer.position
  let sheet: excel.Worksheet | null = null
  let written = SHEET_ROWS
  for await (const rows of layer.rows()) {
    signal.throwIfAborted()
    for (const row of rows) {
      if (written === SHEET_ROWS) {
        sheet?.commit()
        sheet = openSheet(workbook, layer, shaped, lang, names)
        written = 1
      }
      writeRow(sheet!, layer, shaped, row, byRow.get(row.row) ?? [], lang)
      written++
    }
    // the writer's buffers are emptied between portions
    await new Promise(resolve => setImmediate(resolve))
  }
  ;(sheet ?? openSheet(workbook, layer, shaped, lang, names)).commit()
}

function openSheet(
  workbook: excel.stream.xlsx.WorkbookWriter,
  layer: SourceLayer,
  shaped: boolean,
  lang: Lang,
  names: Set<string>,
): excel.Worksheet {
  const w = words[lang]
  const sheet = workbook.addWorksheet(sheetName(layer.sheet?.name ?? layer.name, names), {
    views: [{ state: 'frozen', ySplit: 1, xSplit: 1 }],
  })
  const columns = [w.row, ...layer.fields.map(field => field.name), ...(shaped ? [w.x, w.y] : []), w.problem]
  // codes stay text, so that nobody's spreadsheet rounds them
  sheet.columns = columns.map((name, i) => ({
    width: i === columns.length - 1 ? 80 : Math.min(30, Math.max(10, name.length * 2)),
    style: { numFmt: '@' },
  }))
  header(sheet.addRow(columns))
  return sheet
}

function writeRow(
  sheet: excel.Worksheet,
  layer: SourceLayer,
  shaped: boolean,
  { row, values, geometry }: SourceRow,
  found: readonly Finding[],
  lang: Lang,
): void {
  const at = geometry?.type === 'Point' ? geometry.coordinates : [null, null]
  const cells = [row, ...values.map(plain), ...(shaped ? at : [])]
  const written = sheet.addRow([...cells, found.map(each => sentence(each, lang)).join('\n')])
  for (const each of found) {
    const fields = each.field === null ? [] : each.field.split(', ')
    const columns = fields
      .map(name => layer.fields.findIndex(field => field.name === name))
      .filter(i => i >= 0)
    for (const i of columns) {
      const cell = written.getCell(i + 2)
      cell.fill = tint(severityOf(each.code))
      cell.note = [
        ...(typeof cell.note === 'string' ? [cell.note] : []),
        `${sentence(each, lang)}\n${remedy(each, lang)}`,
      ].join('\n')
    }
  }
  if (found.length > 0) {
    const worst = found.some(each => severityOf(each.code) === 'error') ? 'error' : 'warning'
    written.getCell(cells.length + 1).fill = tint(worst)
  }
  written.commit()
}

/** Text stays text whatever it begins with: a string cell is never a formula. */
const plain = (value: SourceValue): string | number | boolean | null =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

const tint = (severity: keyof typeof tints): excel.Fill => ({
  type: 'pattern',
  pattern: 'solid',
  fgColor: { argb: tints[severity] },
})

function header(row: excel.Row): void {
  row.font = { bold: true }
  row.commit()
}

/** A name the format allows, and no two alike. */
export function sheetName(wanted: string, taken: Set<string>): string {
  const base =
    wanted
      .replace(/[\\/?*[\]:]/g, '_')
      .replace(/^'+|'+$/g, '')
      .slice(0, 31) || 'Sheet'
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base.slice(0, 31 - String(n).length - 1)}_${n}`
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
}
