/**
 * The header of a DBF file: how many rows, which columns at which bytes.
 *
 *   0 version · 4 rows (u32) · 8 header bytes (u16) · 10 row bytes (u16) · 29 language id
 *   32 columns of 32 bytes each: 0 name (11) · 11 type · 16 width · 17 decimals; ended by 0x0D
 */
import type { FileHandle } from 'node:fs/promises'
import { FileFault } from '../findings.ts'
import { corrupt, readUpTo, truncated } from './file-bytes.ts'
import type { SourceField } from './source.ts'

export interface DbfColumn {
  /** Not decoded: the layer's encoding is not known yet. */
  name: Buffer
  type: string
  /** First byte within a row (byte 0 is the deletion mark), and how many. */
  offset: number
  width: number
  /** undefined for types that are not read. */
  stored: SourceField['stored'] | undefined
}

export interface DbfHeader {
  rows: number
  headerBytes: number
  rowBytes: number
  languageId: number
  columns: DbfColumn[]
}

const stored: Record<string, SourceField['stored']> = {
  C: 'text',
  N: 'number',
  F: 'number',
  D: 'date',
  L: 'boolean',
}

/**
 * Throws FileFault: file.empty, file.truncated (the header or the rows it promises), file.corrupt
 * (columns that do not fit their row).
 */
export async function readDbfHeader(handle: FileHandle, file: string): Promise<DbfHeader> {
  const { size } = await handle.stat()
  if (size === 0) throw new FileFault('file.empty', file)
  const fixed = await readUpTo(handle, 32, 0)
  if (fixed.length < 32) throw truncated(file, 32, size)
  const rows = fixed.readUInt32LE(4)
  const headerBytes = fixed.readUInt16LE(8)
  const rowBytes = fixed.readUInt16LE(10)
  if (headerBytes < 33 || rowBytes < 1) throw corrupt(file, 'DBF header')
  if (headerBytes > size) throw truncated(file, headerBytes, size)
  const columns = columnsOf(await readUpTo(handle, headerBytes - 32, 32))
  const last = columns.at(-1)
  if (last && last.offset + last.width > rowBytes) {
    throw corrupt(file, `DBF header: columns of ${last.offset + last.width} B in rows of ${rowBytes} B`)
  }
  const expected = headerBytes + rows * rowBytes
  if (expected > size) throw truncated(file, expected, size)
  return { rows, headerBytes, rowBytes, languageId: fixed[29]!, columns }
}

function columnsOf(bytes: Buffer): DbfColumn[] {
  const columns: DbfColumn[] = []
  let offset = 1
  for (let at = 0; at + 32 <= bytes.length && bytes[at] !== 0x0d; at += 32) {
    const ended = bytes.subarray(at, at + 11).indexOf(0)
    const type = String.fromCharCode(bytes[at + 11]!).toUpperCase()
    const width = bytes[at + 16]!
    columns.push({
      name: bytes.subarray(at, at + (ended < 0 ? 11 : ended)),
      type,
      offset,
      width,
      stored: stored[type],
    })
    offset += width
  }
  return columns
}
