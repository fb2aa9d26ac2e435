/**
 * Text that a DBF's field width cut off. One full field proves nothing (many tools make a field as wide as
 * its longest text), so each column is watched while its rows are read: where many different texts end
 * exactly at the width and few just before it, or where characters were cut in half, the column was cut, and
 * a second look names the rows.
 *
 *   lengths of 主管部门名称, width 20:   ..  16: 3   18: 2   20: 57   <- cut
 */
import type { FileHandle } from 'node:fs/promises'
import { FileFault, type Finding } from '../findings.ts'
import { blocksOf, isDeleted } from './dbf.ts'
import type { DbfColumn, DbfHeader } from './dbf-header.ts'
import type { ColumnWatch } from './dbf-watch.ts'
import { decoderOf } from './decoder.ts'
import type { SourceField } from './source.ts'

/** Narrower columns hold words and codes, which are as long as they are. */
const NARROWEST = 16
/** Different texts that must fill a column. */
const LEAST = 5

const wasCut = ({ width, full, near, shorter, halves }: ColumnWatch): boolean =>
  width >= NARROWEST && full.size > 0 && (halves || (shorter && full.size >= LEAST && full.size > near.size))

/** `value.truncated` for each text that fills a column which was cut. */
export async function* cutTexts(
  handle: FileHandle,
  header: DbfHeader,
  columns: readonly { column: DbfColumn; field: SourceField; watch: ColumnWatch }[],
  encoding: string,
  file: string,
): AsyncGenerator<Finding> {
  const cut = columns.filter(({ watch }) => wasCut(watch))
  if (cut.length === 0) return
  const decode = decoderOf(encoding)
  for await (const { bytes, firstRow, rows } of blocksOf(handle, header)) {
    for (let n = 0, base = 0; n < rows; n++, base += header.rowBytes) {
      if (isDeleted(bytes, base)) continue
      for (const { column, field } of cut) {
        const start = base + column.offset
        const end = start + column.width
        if (bytes[end - 1] === 0x20 || !fillsWithText(bytes, start, end)) continue
        const value = decode(bytes, start, end)
        if (value === undefined) continue
        const where = { row: firstRow + n, field: field.name, value, detail: { bytes: column.width } }
        yield new FileFault('value.truncated', file, where).finding
      }
    }
  }
}

/** Not ASCII, and not ended by a zero byte. */
function fillsWithText(bytes: Buffer, start: number, end: number): boolean {
  let seen = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0) return false
    seen |= bytes[at]!
  }
  return seen >= 0x80
}
