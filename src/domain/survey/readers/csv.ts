/**
 * Tables as text: comma, tab or semicolon between, quotes where needed, names in the first line that is
 * not blank. Rows are numbered by the physical line on which they begin, as an editor shows it, so that
 * breaks inside quotes count. Every value is text; empty is null.
 */
import Papa from 'papaparse'
import { unguarded } from '../csv-text.ts'
import { FileFault, type Finding } from '../findings.ts'
import { kindOfColumns, ownPart, positionNames, positionReader, tableColumns } from './csv-position.ts'
import { unlike } from './dbf.ts'
import { layerNameOf } from './formats.ts'
import { batchRows } from './geojson.ts'
import { markedTable } from './marked-columns.ts'
import type { ReadOptions, SourceLayer, SourceRow } from './source.ts'
import type { TextFile } from './text-file.ts'

/** A record with the line on which it begins. `broken`: the column whose quotes do not pair. */
export interface Line {
  values: string[]
  row: number
  broken?: number
}

/** The records of a table as they stand in it, names among them, and the mark between its columns. */
export async function openRecords(
  text: TextFile,
): Promise<{ delimiter: string; records(): AsyncGenerator<Line[]> }> {
  const delimiter = await guessDelimiter(text)
  return { delimiter, records: () => linesOf(text, delimiter) }
}

/** Throws FileFault: file.empty, row.quote (in the header), profile.column. A header alone is a table without rows. */
export async function openCsv(text: TextFile, options: ReadOptions): Promise<SourceLayer> {
  const { file } = text
  const delimiter = await guessDelimiter(text)
  const lines = linesOf(text, delimiter)
  const head: Line[] = []
  for await (const batch of lines) {
    head.push(...batch.slice(0, 6 - head.length))
    if (head.length === 6) break
  }
  const [header, ...first] = head
  if (!header) throw new FileFault('file.empty', file)
  if (header.broken !== undefined) throw new FileFault('row.quote', file, unpaired(header, header.values))
  const marked = markedTable(header.values.map(name => name.trim())) !== null
  const taken = new Set<string>()
  const fields = header.values.map((name, n) => ({
    name: unlike((marked ? unguarded(name) : name).trim() || `column_${n + 1}`, taken),
    stored: 'text' as const,
  }))
  const names = fields.map(field => field.name)
  const { position, own, crs } = tableColumns(names, first[0]?.values ?? [], file, options.position)
  const toRow = rowMaker(names, positionReader(position, names, file), file)
  const toRows =
    own === null ? null : (line: Line) => ownPart(toRow({ ...line, values: line.values.map(unguarded) }), own)
  const sample = toRows ? first.flatMap(toRows) : first.map(toRow)
  const { name, decidedBy } = text.encoding
  return {
    file,
    name: own ? layerNameOf(file).replace(copied, '') : layerNameOf(file),
    fields: own ? own.map(n => fields[n]!) : fields,
    geometryKind: kindOfColumns(position, sample),
    rowCount: first.length === 0 ? 0 : null,
    aboutRows: Math.ceil(text.bytes / bytesOf(head, name)),
    encoding: { name, decidedBy },
    crs,
    position: positionNames(position, names),
    sample,
    async *rows() {
      let header = true
      for await (const batch of linesOf(text, delimiter)) {
        const lines = header ? batch.slice(1) : batch
        const rows = toRows ? lines.flatMap(toRows) : lines.map(toRow)
        header = false
        if (rows.length > 0) yield rows
      }
    },
  }
}

/** Bytes of one of these lines, on the average. */
function bytesOf(lines: readonly Line[], encoding: string): number {
  const wide = encoding.startsWith('utf-16')
  let bytes = 0
  for (const { values } of lines) {
    const line = values.join()
    const ascii = line.replace(/[^\0-\x7f]/g, '').length
    const other = encoding === 'utf-8' ? 3 : 2
    bytes += wide ? line.length * 2 + 2 : ascii + (line.length - ascii) * other + 1
  }
  return Math.max(1, bytes / lines.length)
}
/** What a browser puts behind the name of a file that it has saved before. */
const copied = /\s*[(（]\d{1,3}[)）]$/

function rowMaker(
  names: readonly string[],
  position: ReturnType<typeof positionReader>,
  file: string,
): (line: Line) => SourceRow {
  const count = names.length
  return line => {
    const { values: given, row, broken } = line
    const values: (string | null)[] = new Array(count)
    for (let n = 0; n < count; n++) values[n] = own(given[n] ?? '') || null
    // of a row that ends in the middle nothing else is worth saying
    if (broken !== undefined) {
      const { finding } = new FileFault('row.quote', file, unpaired(line, names))
      return { row, values, geometry: null, findings: [finding] }
    }
    const findings: Finding[] = []
    if (given.length !== count) {
      const detail = { actual: given.length, expected: count }
      findings.push(new FileFault('row.columns', file, { row, detail }).finding)
    }
    const { geometry, finding } = position(values, row)
    if (finding) findings.push(finding)
    return findings.length > 0 ? { row, values, geometry, findings } : { row, values, geometry }
  }
}

/** Where quotes do not pair. */
const unpaired = ({ row, values, broken = 0 }: Line, names: readonly string[]) => ({
  row,
  field: names[broken] ?? `${broken + 1}`,
  value: (values[broken] ?? '').slice(0, 200),
})

/**
 * The same text in memory of its own. A piece of 13 characters or more points into the chunk it was cut
 * from (V8), and one code that somebody keeps would keep a megabyte.
 */
export const own = (text: string): string => (text.length < 13 ? text : ` ${text}`.slice(1))

/** No record is longer: a quote that never closes would otherwise swallow the file. */
const longest = 4 << 20

/**
 * Records in batches, without blank lines. Papa's parser is given text up to a line's end and leaves the
 * last record, which may go on in the next chunk. Where quotes do not pair, the record ends with the line on
 * which the quote opens, and the next line begins another:
 *
 *   1,"manhole,open      broken: the quote would go on to the next one, rows below
 *   2,"lamp",open        a row of its own
 */
async function* linesOf(text: TextFile, delimiter: string): AsyncGenerator<Line[]> {
  const parser = new Papa.Parser({ delimiter, newline: '\n' })
  const parse = (piece: string, last: boolean) => parser.parse(piece, 0, !last) as Papa.ParseResult<string[]>
  let row = 1
  let batch: Line[] = []
  let carried = ''
  const push = (line: Line) => {
    const blank = line.values.length === 1 && line.values[0]!.trim() === ''
    if (!blank) batch.push(line)
  }
  const whole = (values: string[]) => {
    push({ values, row })
    row += 1 + breaksIn(values)
  }
  const faultIn = (errors: Papa.ParseError[]) => errors.find(error => error.type === 'Quotes')?.index
  const take = (given: string, last: boolean) => {
    for (let piece = given; ; ) {
      const { data, errors, meta } = parse(piece, last)
      const opens = faultIn(errors)
      if (opens !== undefined) piece = endBroken(piece, opens)
      else {
        for (const values of data) whole(values)
        return last ? '' : piece.slice(meta.cursor)
      }
    }
  }
  /** Takes what stands before a quote that does not pair, and its line. @returns what comes after that line */
  const endBroken = (piece: string, opens: number): string => {
    const before = parse(piece.slice(0, opens - 1), true).data
    const values = before.pop() ?? ['']
    for (const each of before) whole(each)
    const end = piece.indexOf('\n', opens)
    const column = values.length - 1
    values[column] = piece.slice(opens, end < 0 ? undefined : end)
    row += breaksIn(values)
    push({ values, row, broken: column })
    row++
    return end < 0 ? '' : piece.slice(end + 1)
  }
  for await (const chunk of unixLines(text.chunks())) {
    carried = take(carried + chunk, false)
    while (carried.length > longest) {
      const opens = faultIn(parse(carried, true).errors)
      if (opens === undefined) break
      carried = take(endBroken(carried, opens), false)
    }
    for (; batch.length >= batchRows; batch = batch.slice(batchRows)) yield batch.slice(0, batchRows)
  }
  if (carried !== '') take(carried, true)
  for (; batch.length > 0; batch = batch.slice(batchRows)) yield batch.slice(0, batchRows)
}

export function breaksIn(values: readonly string[]): number {
  let breaks = 0
  for (const value of values)
    for (let at = value.indexOf('\n'); at >= 0; at = value.indexOf('\n', at + 1)) breaks++
  return breaks
}

/** Line breaks of Windows and of old Macs become those of Unix, also across chunks. */
async function* unixLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  for await (const chunk of chunks) {
    const text = held + chunk
    held = text.endsWith('\r') ? '\r' : ''
    const whole = held ? text.slice(0, -1) : text
    yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }
  if (held) yield '\n'
}

/**
 * The mark that cuts the first lines into most columns of which most lines have as many as the first.
 * A single column is read with commas.
 */
async function guessDelimiter(text: TextFile): Promise<string> {
  let start = ''
  for await (const chunk of unixLines(text.chunks())) {
    start = chunk.slice(0, 1 << 16)
    break
  }
  let best = { delimiter: ',', score: 1 }
  for (const delimiter of [',', '\t', ';']) {
    const { data } = new Papa.Parser({ delimiter, newline: '\n', preview: 50 }).parse(
      start,
      0,
      false,
    ) as Papa.ParseResult<string[]>
    const filled = data.filter(values => values.length > 1 || values[0] !== '')
    const width = filled[0]?.length ?? 0
    const alike = filled.filter(values => values.length === width).length / Math.max(1, filled.length)
    if (width * alike > best.score) best = { delimiter, score: width * alike }
  }
  return best.delimiter
}
