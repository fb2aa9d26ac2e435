/**
 * GeoJSON text sequences: one feature after the other, each on a line of its own or behind a record
 * separator (RFC 8142). A record that cannot be parsed is an error of its row; the others go on. Rows
 * count records that are not blank, from 1.
 */
import { badRow, collector, rowMaker } from './feature.ts'
import { corrupt } from './file-bytes.ts'
import { layerNameOf } from './formats.ts'
import { batchRows } from './geojson.ts'
import { crsOf } from './geojson-geometry.ts'
import { parseJson } from './json-split.ts'
import type { SourceLayer, SourceRow } from './source.ts'
import type { TextFile } from './text-file.ts'

const separator = '\x1e'
const longest = 1 << 28
const batchText = 8 << 20

/** Opening reads the whole file once, for the union of fields. Throws FileFault `file.corrupt` when no record can be parsed. */
export async function openGeojsonSeq(text: TextFile): Promise<SourceLayer> {
  const { file } = text
  const found = collector()
  const sample: (Parsed & { row: number })[] = []
  let rowCount = 0
  let good = 0
  let fault = ''
  for await (const record of recordsOf(text.chunks(), file)) {
    const parsed = parse(record)
    rowCount++
    if ('feature' in parsed) {
      good++
      found.add(parsed.feature)
    } else fault ||= `record ${rowCount}: ${parsed.fault}`
    if (sample.length < 5) sample.push({ ...parsed, row: rowCount })
  }
  if (good === 0 && fault !== '') throw corrupt(file, fault)
  const { fields, geometryKind } = found.collected()
  const toRow = rowMaker(fields, file)
  const make = (parsed: Parsed, row: number) =>
    'feature' in parsed ? toRow(parsed.feature, row) : badRow(fields.length, row, file, parsed.fault)
  const { name, decidedBy } = text.encoding
  return {
    file,
    name: layerNameOf(file),
    fields,
    geometryKind,
    rowCount,
    encoding: { name, decidedBy: name === 'utf-8' && decidedBy === 'guessed' ? 'format' : decidedBy },
    crs: crsOf(undefined),
    sample: sample.map(parsed => make(parsed, parsed.row)),
    rows: () => readRows(text, make),
  }
}

type Parsed = { feature: unknown } | { fault: string }

function parse(record: string): Parsed {
  try {
    return { feature: parseJson(record) }
  } catch (error) {
    return { fault: (error as Error).message }
  }
}

async function* readRows(
  text: TextFile,
  make: (parsed: Parsed, row: number) => SourceRow,
): AsyncGenerator<SourceRow[]> {
  let rows: SourceRow[] = []
  let length = 0
  let row = 0
  for await (const record of recordsOf(text.chunks(), text.file)) {
    rows.push(make(parse(record), ++row))
    length += record.length
    if (rows.length === batchRows || length > batchText) {
      yield rows
      rows = []
      length = 0
    }
  }
  if (rows.length > 0) yield rows
}

/** Records that are not blank. The first character of the file tells what is between them. */
async function* recordsOf(chunks: AsyncIterable<string>, file: string): AsyncGenerator<string> {
  let carried = ''
  let between: string | undefined
  for await (const chunk of chunks) {
    between ??= chunk.trimStart().startsWith(separator) ? separator : '\n'
    if (!chunk.includes(between)) carried += chunk
    else {
      const pieces = (carried + chunk).split(between)
      carried = pieces.pop()!
      for (const piece of pieces) if (piece.trim() !== '') yield piece
    }
    if (carried.length > longest) throw corrupt(file, 'record too long')
  }
  if (carried.trim() !== '') yield carried
}
