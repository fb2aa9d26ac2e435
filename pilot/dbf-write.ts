/**
 * Writes dBASE III tables row by row: fixed-width text in GBK, no memo, no end of 2 GB. Values too long
 * for their column lose whole characters; a Buffer is written byte for byte, whatever it cuts through.
 */
import iconv from 'iconv-lite'
import type { FileSink } from './sink.ts'
import { openSink } from './sink.ts'

export interface DbfColumn {
  /** At most ten bytes. */
  name: string
  /** C text, N number, D date (eight digits). */
  type: 'C' | 'N' | 'D'
  /** Width in bytes. */
  width: number
  decimals?: number
}

export type DbfValue = string | number | Buffer | null

export interface DbfWriter {
  write: (values: readonly DbfValue[]) => void
  /** Writes the row count and closes; gives the count. */
  close: () => number
}

/** Language driver 0x4D says GBK; many deliveries leave it 0 and say nothing. */
export const languageDriver = { gbk: 0x4d, silent: 0 } as const

/** The day every file is said to be of, so that the same seed gives the same bytes. */
export const deliveryDay = { year: 2024, month: 10, day: 15 }

export function openDbf(path: string, columns: readonly DbfColumn[], driver: number): DbfWriter {
  const sink = openSink(path)
  sink.write(header(columns, driver))
  const width = columns.reduce((sum, c) => sum + c.width, 1)
  let rows = 0
  return {
    write: values => {
      const { buffer, at } = sink.reserve(width)
      buffer.fill(0x20, at, at + width)
      let column = at + 1
      for (let i = 0; i < columns.length; i++) {
        const { type, width: columnWidth, decimals } = columns[i]!
        putValue(buffer, column, columnWidth, type, decimals ?? 0, values[i] ?? null)
        column += columnWidth
      }
      rows++
    },
    close: () => {
      sink.write(Buffer.from([0x1a]))
      const count = Buffer.alloc(4)
      count.writeUInt32LE(rows)
      closeWith(sink, count, 4)
      return rows
    },
  }
}

function closeWith(sink: FileSink, patch: Buffer, at: number): void {
  sink.flush()
  sink.patch(patch, at)
  sink.close()
}

function putValue(
  buffer: Buffer,
  at: number,
  width: number,
  type: string,
  decimals: number,
  value: DbfValue,
): void {
  if (value === null) return
  if (typeof value === 'number') {
    const text = value.toFixed(decimals)
    buffer.write(text, at + Math.max(0, width - text.length), 'latin1')
  } else if (typeof value === 'string') {
    if (isAscii(value)) {
      const text = value.length > width ? value.slice(0, width) : value
      buffer.write(text, type === 'N' ? at + width - text.length : at, 'latin1')
    } else encode(value, width).copy(buffer, at)
  } else value.copy(buffer, at, 0, width)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

const encoded = new Map<string, Buffer>()

/** GBK bytes of a text, whole characters only, at most `width` bytes; texts come again and again, so they are kept. */
function encode(text: string, width: number): Buffer {
  let bytes = encoded.get(text)
  if (!bytes) {
    bytes = iconv.encode(text, 'gbk')
    if (encoded.size > 20_000) encoded.clear()
    encoded.set(text, bytes)
  }
  if (bytes.length <= width) return bytes
  let end = 0
  while (end < width) {
    const next = end + (bytes[end]! > 0x80 ? 2 : 1)
    if (next > width) break
    end = next
  }
  return bytes.subarray(0, end)
}

function header(columns: readonly DbfColumn[], driver: number): Buffer {
  const size = 32 + columns.length * 32 + 1
  const out = Buffer.alloc(size)
  out[0] = 3
  out[1] = deliveryDay.year - 1900
  out[2] = deliveryDay.month
  out[3] = deliveryDay.day
  out.writeUInt16LE(size, 8)
  out.writeUInt16LE(
    columns.reduce((sum, c) => sum + c.width, 1),
    10,
  )
  out[29] = driver
  columns.forEach(({ name, type, width, decimals }, i) => {
    const at = 32 + i * 32
    if (name.length > 10) throw new RangeError(`column name ${name} is longer than ten bytes`)
    out.write(name, at, 'latin1')
    out[at + 11] = type.charCodeAt(0)
    out[at + 16] = width
    out[at + 17] = decimals ?? 0
  })
  out[size - 1] = 0x0d
  return out
}
