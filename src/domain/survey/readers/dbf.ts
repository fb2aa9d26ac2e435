/**
 * Rows of a DBF file. The caller reads the bytes in blocks of whole rows; here they become values in
 * the order of the fields, and what only the bytes tell becomes findings of the row.
 */
import { isAscii } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { FileFault, type Finding } from '../findings.ts'
import type { DbfColumn, DbfHeader } from './dbf-header.ts'
import { hasZero, isSame, valueReader } from './dbf-value.ts'
import type { ColumnWatch } from './dbf-watch.ts'
import { decoderOf, halfAtEnd } from './decoder.ts'
import { encodingWrong, type Text } from './encoding.ts'
import { readUpTo } from './file-bytes.ts'
import type { SourceField, SourceRow, SourceValue } from './source.ts'

const blockBytes = 4 << 20
/** Whether the row whose bytes begin at `base` is marked deleted. */
export const isDeleted = (bytes: Buffer, base: number): boolean => bytes[base] === 0x2a

/** All text of the file, names of columns first (row 0), as the encoding is decided on. */
export function dbfText(handle: FileHandle, header: DbfHeader, file: string): Text {
  const texts = header.columns
    .filter(column => column.stored === 'text')
    .map(column => ({ ...column, said: column.name.toString('latin1') }))
  return {
    file,
    halves: true,
    async each(listen) {
      for (const { name } of header.columns) {
        if (!isAscii(name) && !listen(Buffer.from(name), 0, name.length, 0, name.toString('latin1'))) return
      }
      if (texts.length === 0) return
      for await (const { bytes, firstRow, rows } of blocksOf(handle, header)) {
        if (isAscii(bytes)) continue
        // texts stand in runs, and a repeated one tells nothing new: each column's last one
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
        const starts = new Int32Array(texts.length)
        const lengths = new Int32Array(texts.length)
        for (let n = 0, base = 0; n < rows; n++, base += header.rowBytes) {
          if (isDeleted(bytes, base)) continue
          for (let at = 0; at < texts.length; at++) {
            const { offset, width, said } = texts[at]!
            const start = base + offset
            const end = endOfText(bytes, view, start, start + width)
            if (end >= 0) continue
            const length = ~end - start
            if (length === lengths[at] && isSame(view, start, view, starts[at]!, length)) continue
            starts[at] = start
            lengths[at] = length
            if (!listen(bytes, start, ~end, firstRow + n, said)) return
          }
        }
      }
    },
  }
}

/** Where text that begins at `start` ends (a zero byte or the field's end); negated (~) when it is not ASCII. */
function endOfText(bytes: Buffer, view: DataView, start: number, fieldEnd: number): number {
  let seen = 0
  let at = start
  for (; at + 4 <= fieldEnd; at += 4) {
    const four = view.getInt32(at)
    if (hasZero(four)) break
    seen |= four
  }
  for (; at < fieldEnd; at++) {
    const byte = bytes[at]!
    if (byte === 0) break
    seen |= byte
  }
  return seen & 0x80808080 ? ~at : at
}

export async function* blocksOf(handle: FileHandle, { rows, rowBytes, headerBytes }: DbfHeader) {
  const most = Math.max(1, Math.floor(blockBytes / rowBytes))
  const buffer = Buffer.allocUnsafeSlow(Math.min(most, rows) * rowBytes)
  for (let row = 0; row < rows; row += most) {
    const count = Math.min(most, rows - row)
    yield {
      bytes: await readUpTo(handle, count * rowBytes, headerBytes + row * rowBytes, buffer),
      firstRow: row + 1,
      rows: count,
    }
  }
}

export interface DbfFields {
  fields: SourceField[]
  /** The columns behind the fields, in the same order. */
  columns: DbfColumn[]
  findings: Finding[]
}

/** Bytes a column name has room for. */
const NAME_BYTES = 10

/**
 * Fields of the columns that are read. A name ends after 10 bytes, which may cut a character: its half
 * is dropped and said. Names that are alike after that get a number, or a profile could not tell them apart;
 * where the cut made them so, which is which is anybody's guess, and a profile has to name them.
 */
export function dbfFields(header: DbfHeader, encoding: string, file: string): DbfFields {
  const decode = decoderOf(encoding)
  const findings: Finding[] = []
  const names = new Set<string>()
  const fields: SourceField[] = []
  const columns: DbfColumn[] = []
  const cutNames = new Map<string, SourceField | null>()
  for (const column of header.columns) {
    const half = halfAtEnd(encoding, column.name, 0, column.name.length)
    const text = (decode(column.name, 0, column.name.length - half) ?? column.name.toString('latin1')).trim()
    const name = unlike(text, names)
    const field: SourceField | null = column.stored ? { name, stored: column.stored } : null
    const isCut = column.name.length >= NAME_BYTES
    if (isCut && name !== text && cutNames.has(text)) {
      const other = cutNames.get(text)
      for (const each of [field, other]) if (each) each.ambiguous = true
      findings.push(new FileFault('field.truncated', file, { field: name, detail: { other: text } }).finding)
    } else if (half > 0) findings.push(new FileFault('value.truncated-byte', file, { field: name }).finding)
    if (isCut && !cutNames.has(text)) cutNames.set(text, field)
    if (field) {
      fields.push(field)
      columns.push(column)
    } else
      findings.push(
        new FileFault('field.ignored', file, { field: name, detail: { type: column.type } }).finding,
      )
  }
  const alike = new Set(findings.map(({ code, detail }) => code === 'field.truncated' && detail.other))
  return {
    fields,
    columns,
    findings: findings.filter(({ code, field }) => !(code === 'value.truncated-byte' && alike.has(field!))),
  }
}

/** The name itself, or with _2, _3 ... when it is taken; `names` remembers it. */
export function unlike(name: string, names: Set<string>): string {
  let free = name
  for (let n = 2; names.has(free); n++) free = `${name}_${n}`
  names.add(free)
  return free
}

/** Reads the row whose bytes begin at `base`. A deleted row has no values and says so in its findings. */
export type ReadRow = (bytes: Buffer, base: number, row: number) => SourceRow

/** Rows without geometry. The reader throws FileFault `encoding.wrong` for bytes that are not in the encoding. */
export function dbfRowReader(
  { fields, columns }: DbfFields,
  encoding: string,
  file: string,
  watches: readonly ColumnWatch[] | null = null,
): ReadRow {
  const decode = decoderOf(encoding)
  const readers = columns.map((column, n) => valueReader(column, decode, watches?.[n]))
  const offsets = columns.map(column => column.offset)
  const widths = columns.map(column => column.width)
  const count = columns.length
  return (bytes, base, row) => {
    if (isDeleted(bytes, base)) {
      const { finding } = new FileFault('row.deleted', file, { row })
      return { row, values: new Array(count).fill(null), geometry: null, findings: [finding] }
    }
    const values: SourceValue[] = new Array(count)
    let findings: Finding[] | undefined
    for (let n = 0; n < count; n++) {
      const start = base + offsets[n]!
      let end = start + widths[n]!
      let value = readers[n]!(bytes, start, end)
      if (value === undefined) {
        const half = halfAtEnd(encoding, bytes, start, end)
        end -= half
        if (half > 0 && watches) watches[n]!.halves = true
        if (half > 0) value = readers[n]!(bytes, start, end)
        const field = fields[n]!.name
        if (value === undefined)
          throw encodingWrong(file, encoding, row, field, bytes.toString('latin1', start, end))
        findings ??= []
        const said = value === null ? null : String(value)
        findings.push(new FileFault('value.truncated-byte', file, { row, field, value: said }).finding)
      }
      values[n] = value
    }
    return findings ? { row, values, geometry: null, findings } : { row, values, geometry: null }
  }
}
