/**
 * Excel workbooks (.xlsx, .xlsm): every visible sheet that holds a table is a layer. Rows are streamed out of
 * the zip; only the texts that sheets share are held, and those only while rows are read.
 *
 *   sheet part --merges--> once through        (opening)
 *              --first rows--> header, sample  (opening)
 *              --rows--> fill merged, pick columns, position
 */
import { FileFault, type Finding } from '../findings.ts'
import { readCellFormats } from './cell-format.ts'
import {
  kindOfColumns,
  ownPart,
  positionNames,
  positionReader,
  type TableColumns,
  tableColumns,
} from './csv-position.ts'
import { layerNameOf } from './formats.ts'
import { markedTable } from './marked-columns.ts'
import { readSharedStrings } from './shared-strings.ts'
import { type CellContext, lettersOf, type RawRow, sheetRows } from './sheet-cells.ts'
import { filler, type Merge, readMerges } from './sheet-merges.ts'
import { filled, findTable, headRows, isBlank, type Table } from './sheet-table.ts'
import type { ReadOptions, SourceLayer, SourceRow, SourceValue } from './source.ts'
import { sheetsWithoutRows } from './template-sheets.ts'
import type { UnpackedFile } from './unzip.ts'
import { readWorkbook, type Workbook } from './workbook.ts'
import { openZipParts, type ZipParts } from './zip-parts.ts'

/** A sheet whose table was found. */
export interface Sheet {
  name: string
  part: string
  merges: Merge[]
  head: RawRow[]
  table: Table
  /** The column in which a marked workbook says what is wrong, where columns without a name lie before it. */
  apart: number | null
  /** Of its XML. */
  bytes: number
}

interface Opening {
  file: UnpackedFile
  options: ReadOptions
  book: Workbook
  formats: CellContext['formats']
}

/**
 * Throws FileFault: workbook.locked, file.save-as (.xlsb, .ods), file.format (another document), file.empty,
 * file.no-rows, file.truncated, file.corrupt, file.zip-bomb, file.zip-path, profile.column.
 */
export async function openXlsx(
  file: UnpackedFile,
  options: ReadOptions,
): Promise<{ layers: SourceLayer[]; findings: Finding[] }> {
  await using parts = await openZipParts(file, options.limits)
  const { book, formats, read, said, passedOver } = await readSheets(parts, file)
  const findings = passedOver.map(
    ({ code, sheet }) => new FileFault(code, file.name, { detail: { sheet } }).finding,
  )
  if (read.length === 0 && said.length > 0) throw new FileFault('file.no-rows', file.name)
  if (read.length === 0 && findings.length === 0) throw new FileFault('file.empty', file.name)
  return { layers: read.map(sheet => layerOf(sheet, { file, options, book, formats }, read)), findings }
}

/** What the sheets of a workbook are. */
export interface Sheets {
  book: Workbook
  formats: CellContext['formats']
  /** Those whose rows are read. */
  read: Sheet[]
  /** Those on which a marked workbook says what is wrong with no row in particular. */
  said: Sheet[]
  passedOver: { code: 'sheet.hidden' | 'sheet.no-table'; sheet: string }[]
}

/** Throws FileFault as `openXlsx` does. */
export async function readSheets(parts: ZipParts, file: UnpackedFile): Promise<Sheets> {
  const book = await readWorkbook(parts, file.name)
  const formats = book.styles === null ? [] : await readCellFormats(parts, book.styles, file.name)
  const passedOver: Sheets['passedOver'] = []
  const sheets: Sheet[] = []
  const said: Sheet[] = []
  const rowless = sheetsWithoutRows(book.sheets)
  for (const { name, part, hidden } of book.sheets) {
    if (rowless.has(name)) continue
    if (hidden) {
      passedOver.push({ code: 'sheet.hidden', sheet: name })
      continue
    }
    const merges = await readMerges(parts, part)
    const head = await readHead(parts, part, { file, book, formats })
    const found = findTable(head, merges)
    if (!found) continue
    const { table, apart } = withoutGap(found)
    const only = markedTable(table.columns.map(column => column.name))?.own.length === 0
    ;(only ? said : sheets).push({ name, part, merges, head, table, apart, bytes: parts.size(part) })
  }
  // one column beside real tables is a page of instructions
  const tables = sheets.filter(({ table }) => table.columns.length > 1)
  const read = tables.length > 0 ? tables : sheets
  for (const { name } of sheets)
    if (!read.some(sheet => sheet.name === name)) passedOver.push({ code: 'sheet.no-table', sheet: name })
  return { book, formats, read, said, passedOver }
}

/** What stands beside a table stays beside it when a marked workbook says further right what is wrong. */
function withoutGap(table: Table): Pick<Sheet, 'table' | 'apart'> {
  const { columns } = table
  const names = columns.map(column => column.name)
  const nameless = ({ at, name }: Table['columns'][number]) => name === `column_${lettersOf(at)}`
  const last = columns.length - 1
  const named = columns.findLastIndex((column, n) => n < last && !nameless(column))
  if (markedTable(names)?.problem !== last || named < 0 || named === last - 1) return { table, apart: null }
  return { table: { ...table, columns: columns.slice(0, named + 1) }, apart: columns[last]!.at }
}

const isHeaderOnly = ({ head, table }: Sheet): boolean =>
  head.length < headRows && head.every(({ row }) => row <= table.headerEnd)

/** The first rows, with as many of the shared texts as they name. */
async function readHead(
  parts: ZipParts,
  part: string,
  { file, book, formats }: Omit<Opening, 'options'>,
): Promise<RawRow[]> {
  let strings: string[] = []
  let furthest = -1
  const read = async (shared: CellContext['shared']) => {
    const context = { shared, formats, from1904: book.from1904 }
    const head: RawRow[] = []
    for await (const rows of sheetRows(parts, part, file.name, context, headRows)) {
      head.push(...rows)
      if (head.length >= headRows) break
    }
    return head.slice(0, headRows)
  }
  const head = await read(index => {
    furthest = Math.max(furthest, index)
    return '…'
  })
  if (furthest < 0 || book.sharedStrings === null) return furthest < 0 ? head : read(() => undefined)
  strings = await readSharedStrings(parts, book.sharedStrings, file.name, furthest + 1)
  return read(index => strings[index])
}

function layerOf(sheet: Sheet, opening: Opening, read: readonly Sheet[]): SourceLayer {
  const { file, options } = opening
  const { table } = sheet
  const named = `${file.name}/${sheet.name}`
  const names = table.columns.map(column => column.name)
  const below = sheet.head.filter(({ row }) => row > table.headerEnd)
  const first = below[0]?.values ?? []
  const asked = askedOf(options.position, sheet, read)
  const { position, own, crs } = tableColumns(
    names,
    table.columns.map(({ at }) => first[at]),
    named,
    asked,
  )
  const maker = () => rowMaker(sheet, positionReader(position, names, named), named, own)
  const sample = below.slice(0, 5).flatMap(maker())
  const shown = own ? own.map(n => table.columns[n]!) : table.columns
  const alone = read.length === 1 && /^(sheet|工作表|表|feuil|tabelle|hoja)\s*\d*$/i.test(sheet.name)
  return {
    file: named,
    name: alone ? layerNameOf(file.name) : sheet.name,
    fields: shown.map(({ name }) => ({ name, stored: 'any' })),
    geometryKind: kindOfColumns(position, sample),
    rowCount: isHeaderOnly(sheet) ? 0 : null,
    aboutRows: Math.ceil(sheet.bytes / bytesOf(below.length > 0 ? below : sheet.head)),
    encoding: { name: 'utf-8', decidedBy: 'format' },
    crs,
    position: positionNames(position, names),
    sheet: { name: sheet.name, columns: shown.map(({ at }) => lettersOf(at)) },
    sample,
    rows: () => layerRows(sheet, opening, maker()),
  }
}

/** What a cell, and a row around its cells, take in the XML of a sheet. */
const CELL_BYTES = 32
const ROW_BYTES = 40

function bytesOf(rows: readonly RawRow[]): number {
  const cells = rows.reduce((sum, row) => sum + filled(row).length, 0)
  return ROW_BYTES + (cells / Math.max(1, rows.length)) * CELL_BYTES
}

/** Position columns that were asked for; a sheet among others may be without them. */
function askedOf(position: ReadOptions['position'], sheet: Sheet, read: readonly Sheet[]) {
  if (!position) return undefined
  const there = ({ table }: Sheet) =>
    Object.values(position).every(name => table.columns.some(column => column.name === name))
  return there(sheet) || !read.some(there) ? position : undefined
}

async function* layerRows(
  { part, table }: Sheet,
  { file, options, book, formats }: Opening,
  toRow: ReturnType<typeof rowMaker>,
): AsyncGenerator<SourceRow[]> {
  await using parts = await openZipParts(file, options.limits)
  const strings = book.sharedStrings && (await readSharedStrings(parts, book.sharedStrings, file.name))
  const shared = (index: number) => (strings ? strings[index] : undefined)
  for await (const raw of sheetRows(parts, part, file.name, { shared, formats, from1904: book.from1904 })) {
    const rows = raw.flatMap(each => (each.row > table.headerEnd ? toRow(each) : []))
    if (rows.length > 0) yield rows
  }
}

/** Rows in their order; a row in which nothing stands gives none. */
function rowMaker(
  { name: sheet, merges, table, apart }: Sheet,
  position: ReturnType<typeof positionReader>,
  file: string,
  own: TableColumns['own'],
): (raw: RawRow) => SourceRow[] {
  const { columns } = table
  const fill = filler(merges.filter(({ bottom }) => bottom > table.headerEnd))
  const [left, right] = [columns[0]!.at, columns.at(-1)!.at]
  return raw => {
    if (raw.faults.length === 0 && isBlank(raw)) return []
    const { row } = raw
    const findings: Finding[] = []
    const at = (column: number) => ({ sheet, cell: `${lettersOf(column)}${row}` })
    for (const { column, code, value } of raw.faults) {
      if (column === apart) continue
      if (own && column >= left && column <= right && !own.includes(column - left)) continue
      const field = columns[column - left]?.name ?? null
      findings.push(new FileFault(code, file, { row, field, value, detail: at(column) }).finding)
    }
    for (const column of raw.values.length > right + 1 || left > 0 ? filled(raw) : []) {
      if ((column >= left && column <= right) || column === apart) continue
      const value = String(raw.values[column]).slice(0, 200)
      findings.push(new FileFault('cell.unnamed', file, { row, value, detail: at(column) }).finding)
    }
    fill(row, raw.values)
    const values: SourceValue[] = new Array(columns.length)
    for (let n = 0; n < values.length; n++) values[n] = raw.values[left + n] ?? null
    const { geometry, finding } = position(values, row)
    if (finding) findings.push(finding)
    return ownPart(findings.length > 0 ? { row, values, geometry, findings } : { row, values, geometry }, own)
  }
}
