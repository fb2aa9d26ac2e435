/**
 * The sheets of a marked workbook: every layer a sheet with its own columns and rows, cells with something wrong
 * tinted and commented, and a last column 问题 that says it in words; what is wrong with rows that stand in no
 * layer (a file that could not be opened, a row that is not given) has a sheet of its own. Mended, it is read again as what was
 * delivered (readers/marked-columns.ts), so shapes are in it too. Everything is written as text or number, never
 * as a formula. Streams: memory holds neither rows nor findings, however slowly the other end takes them.
 */
import type { Writable } from 'node:stream'
import excel from 'exceljs'
import { FileFault, remedy, sentence } from './findings.ts'
import type { Found } from './marked-found.ts'
import {
  header,
  type Into,
  type MarkedFinding,
  SHEET_ROWS,
  sheetName,
  taken,
  takenAs,
  tint,
  writeLines,
} from './marked-lines.ts'
import { markedName } from './readers/marked-columns.ts'
import type { SourceLayer, SourceRow, SourceValue } from './readers/source.ts'
import { wktText } from './readers/wkt.ts'

/** Characters a cell of the format can hold. */
const CELL_CHARACTERS = 32_767
const words = {
  zh: {
    general: '总体',
    others: '其他行',
    shape: `几何超过 ${CELL_CHARACTERS} 个字符，单元格放不下：请在原文件中改正这一行`,
    text: (field: string) => `“${field}”超过 ${CELL_CHARACTERS} 个字符，此处已截断`,
  },
  en: {
    general: 'General',
    others: 'Other rows',
    shape: `The shape has more than ${CELL_CHARACTERS} characters, which no cell holds: mend this row in its own file`,
    text: (field: string) => `${field} has more than ${CELL_CHARACTERS} characters and is cut here`,
  },
} as const

export interface MarkedInput {
  layers: readonly SourceLayer[]
  found: Found
  lang: keyof typeof words
  /** The code of the system a layer's positions are in, where it has one. */
  crsOf(layer: SourceLayer): string | null
  /** Rows of a sheet, its header among them; what is more goes on in a further one. */
  sheetRows?: number
}

/** Writes the whole workbook and ends `out`. Stops, and throws, when the signal says so. */
export async function writeMarked(input: MarkedInput, out: Writable, signal: AbortSignal): Promise<void> {
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true })
  const names = new Set<string>()
  const { layers, found, lang, sheetRows = SHEET_ROWS } = input
  const into = { workbook, lang, names, sheetRows }
  if (layers.length === 0 && found.count === 0)
    header(
      workbook
        .addWorksheet(sheetName(words[lang].general, names))
        .addRow((['file', 'problem', 'remedy'] as const).map(column => markedName(column, lang))),
    )
  await writeGeneral(into, found.rowless(), signal)
  for (const layer of layers) await writeLayer({ ...into, layer, found, crs: input.crsOf(layer) }, signal)
  await writeOthers(into, found.rest(), signal)
  // it waits for its reader, who may have left
  const left = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  await Promise.race([workbook.commit(), left])
}

/** What is wrong with no row in particular. */
const writeGeneral = (input: Into, found: Iterable<MarkedFinding>, signal: AbortSignal): Promise<void> =>
  writeLines(
    input,
    {
      name: words[input.lang].general,
      columns: [
        ['file', 36],
        ['problem', 70],
        ['remedy', 60],
      ],
      found,
      lineOf: each => [each.file, sentence(each, input.lang), remedy(each, input.lang)],
    },
    signal,
  )

/** What is wrong with rows that stand in no sheet. */
const writeOthers = (input: Into, found: Iterable<MarkedFinding>, signal: AbortSignal): Promise<void> =>
  writeLines(
    input,
    {
      name: words[input.lang].others,
      columns: [
        ['file', 36],
        ['row', 10],
        ['field', 16],
        ['value', 30],
        ['problem', 70],
        ['remedy', 60],
      ],
      found,
      lineOf: each => [
        each.file,
        each.row,
        each.field,
        each.value,
        sentence(each, input.lang),
        remedy(each, input.lang),
      ],
    },
    signal,
  )

interface LayerInput extends Into {
  layer: SourceLayer
  found: Found
  crs: string | null
}

/** How a layer's shapes stand in its sheet: a table brings them in columns of its own. */
type Shapes = 'none' | 'xy' | 'wkt'

async function writeLayer(input: LayerInput, signal: AbortSignal): Promise<void> {
  const { layer, found } = input
  const shapes = shapesOf(layer)
  let sheet: excel.Worksheet | null = null
  let written = input.sheetRows
  try {
    for await (const rows of layer.rows()) {
      for (const row of rows) {
        if (written === input.sheetRows) {
          sheet?.commit()
          sheet = openSheet(input, shapes)
          written = 1
        }
        writeRow(sheet!, input, shapes, row, found.take(layer.file, row.row))
        written++
        await taken(sheet!, signal)
      }
      signal.throwIfAborted()
    }
  } catch (error) {
    // the load found it too: what was read until there stands in the sheet, what is wrong among the findings
    if (!(error instanceof FileFault)) throw error
  }
  ;(sheet ?? openSheet(input, shapes)).commit()
}

function shapesOf({ geometryKind, position, sample }: SourceLayer): Shapes {
  if (geometryKind === 'none' || position) return 'none'
  const points = sample.every(({ geometry }) => geometry === null || geometry.type === 'Point')
  return geometryKind === 'point' && points ? 'xy' : 'wkt'
}

function openSheet({ workbook, layer, names, lang, crs }: LayerInput, shapes: Shapes): excel.Worksheet {
  const sheet = workbook.addWorksheet(sheetName(layer.sheet?.name ?? layer.name, names), {
    views: [{ state: 'frozen', ySplit: 1, xSplit: 1 }],
  })
  const shaped = { none: [], xy: ['x', 'y'], wkt: ['wkt'] } as const
  const columns = [
    markedName('row', lang),
    ...layer.fields.map(field => field.name),
    ...shaped[shapes].map(column => markedName(column, lang, crs)),
    markedName('problem', lang),
  ]
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
  { layer, lang }: LayerInput,
  shapes: Shapes,
  { row, values, geometry }: SourceRow,
  found: readonly MarkedFinding[],
): void {
  const said = found.map(each => sentence(each, lang))
  const cells: (string | number | boolean | null)[] = [row]
  for (const [n, value] of values.entries()) {
    const cut = typeof value === 'string' && value.length > CELL_CHARACTERS
    if (cut) said.push(words[lang].text(layer.fields[n]!.name))
    cells.push(cut ? value.slice(0, CELL_CHARACTERS) : plain(value))
  }
  if (shapes === 'xy') {
    // as text: a spreadsheet would keep fifteen digits
    cells.push(...(geometry?.type === 'Point' ? geometry.coordinates.slice(0, 2).map(String) : [null, null]))
  } else if (shapes === 'wkt') {
    const text = geometry && wktText(geometry)
    const fits = text === null || text.length <= CELL_CHARACTERS
    if (!fits) said.push(words[lang].shape)
    cells.push(fits ? text : null)
  }
  const written = sheet.addRow([...cells, said.join('\n').slice(0, CELL_CHARACTERS)])
  for (const each of found) markCells(written, layer, each, lang)
  if (said.length > 0) {
    const worst = found.some(each => takenAs(each) === 'error') ? 'error' : 'warning'
    written.getCell(cells.length + 1).fill = tint(worst)
  }
  written.commit()
}

/** Tints and comments the cells that a finding names. */
function markCells(row: excel.Row, layer: SourceLayer, each: MarkedFinding, lang: MarkedInput['lang']): void {
  const fields = each.field === null ? [] : each.field.split(', ')
  const columns = fields.map(name => layer.fields.findIndex(field => field.name === name)).filter(i => i >= 0)
  for (const i of columns) {
    const cell = row.getCell(i + 2)
    cell.fill = tint(takenAs(each))
    cell.note = [
      ...(typeof cell.note === 'string' ? [cell.note] : []),
      `${sentence(each, lang)}\n${remedy(each, lang)}`,
    ].join('\n')
  }
}

/** Text stays text whatever it begins with: a string cell is never a formula. */
const plain = (value: SourceValue): string | number | boolean | null =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
