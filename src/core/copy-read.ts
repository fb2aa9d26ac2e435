/** Reads the binary bytes that COPY TO gives, row by row, without copying what is not asked for (format: copy.ts). */
import { Buffer } from 'node:buffer'
import { DAY_MS, EPOCH_MS } from './copy.ts'

/** One row read back: fields by position. Slices stay valid only inside the callback. */
export interface CopyRow {
  isNull(field: number): boolean
  text(field: number): string | null
  int2(field: number): number
  int4(field: number): number
  int8(field: number): number
  float8(field: number): number
  bool(field: number): boolean
  uuid(field: number): string | null
  date(field: number): string | null
  /** The field's bytes, shared with the buffer: copy what must live on. */
  bytes(field: number): Uint8Array
}

/** Reads the bytes of COPY TO (FORMAT binary), calling `each` per row. Chunks may be cut anywhere. @returns how many rows */
export async function readCopy(
  chunks: AsyncIterable<Uint8Array>,
  each: (row: CopyRow) => void,
): Promise<number> {
  const reader = copyReader(each)
  for await (const chunk of chunks) reader.push(chunk)
  return reader.rows
}

/** The same for who pulls the chunks himself. */
export function copyReader(each: (row: CopyRow) => void): {
  push(chunk: Uint8Array): void
  readonly rows: number
} {
  let rest: Buffer = Buffer.alloc(0)
  let headerDone = false
  let ended = false
  let rows = 0
  const starts: number[] = []
  const sizes: number[] = []
  let data: Buffer = rest
  const row: CopyRow = {
    isNull: field => sizes[field]! < 0,
    text: field =>
      sizes[field]! < 0 ? null : data.toString('utf8', starts[field]!, starts[field]! + sizes[field]!),
    int2: field => data.readInt16BE(starts[field]!),
    int4: field => data.readInt32BE(starts[field]!),
    int8: field => Number(data.readBigInt64BE(starts[field]!)),
    float8: field => data.readDoubleBE(starts[field]!),
    bool: field => data[starts[field]!] === 1,
    uuid(field) {
      if (sizes[field]! < 0) return null
      const s = data.toString('hex', starts[field]!, starts[field]! + 16)
      return `${s.slice(0, 8)}-${s.slice(8, 12)}-${s.slice(12, 16)}-${s.slice(16, 20)}-${s.slice(20)}`
    },
    date(field) {
      if (sizes[field]! < 0) return null
      return new Date(EPOCH_MS + data.readInt32BE(starts[field]!) * DAY_MS).toISOString().slice(0, 10)
    },
    bytes: field => data.subarray(starts[field]!, starts[field]! + sizes[field]!),
  }
  const push = (chunk: Uint8Array) => {
    if (ended) return
    data =
      rest.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([rest, chunk])
    let at = 0
    if (!headerDone) {
      if (data.length < 19) {
        rest = Buffer.from(data)
        return
      }
      at = 19 + data.readInt32BE(15)
      headerDone = true
    }
    while (true) {
      const start = at
      if (at + 2 > data.length) break
      const fields = data.readInt16BE(at)
      at += 2
      if (fields < 0) {
        ended = true
        return
      }
      let whole = true
      for (let i = 0; i < fields; i++) {
        if (at + 4 > data.length) {
          whole = false
          break
        }
        const size = data.readInt32BE(at)
        at += 4
        starts[i] = at
        sizes[i] = size
        if (size > 0) at += size
        if (at > data.length) {
          whole = false
          break
        }
      }
      if (!whole) {
        at = start
        break
      }
      each(row)
      rows++
    }
    rest = Buffer.from(data.subarray(at))
  }
  return {
    push,
    get rows() {
      return rows
    },
  }
}
