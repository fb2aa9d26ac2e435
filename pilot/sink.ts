/** A file written front to back through one buffer, whose header can be patched at the end. Memory stays flat. */
import { closeSync, openSync, writeSync } from 'node:fs'

export interface FileSink {
  write: (bytes: Buffer) => void
  /** Room for `size` bytes, counted as written; fill it before the next call. */
  reserve: (size: number) => { buffer: Buffer; at: number }
  /** Bytes written so far. */
  readonly size: number
  flush: () => void
  /** Overwrites bytes that have been flushed. */
  patch: (bytes: Buffer, at: number) => void
  close: () => void
}

const chunkBytes = 256 * 1024

export function openSink(path: string): FileSink {
  const file = openSync(path, 'w')
  let buffer = Buffer.allocUnsafe(chunkBytes)
  let used = 0
  let flushed = 0
  const flush = () => {
    for (let at = 0; at < used; ) at += writeSync(file, buffer, at, used - at, flushed + at)
    flushed += used
    used = 0
  }
  const reserve = (size: number) => {
    if (used + size > buffer.length) flush()
    if (size > buffer.length) buffer = Buffer.allocUnsafe(size)
    const at = used
    used += size
    return { buffer, at }
  }
  return {
    reserve,
    flush,
    write: bytes => {
      const { buffer: room, at } = reserve(bytes.length)
      bytes.copy(room, at)
    },
    get size() {
      return flushed + used
    },
    patch: (bytes, at) => writeSync(file, bytes, 0, bytes.length, at),
    close: () => {
      flush()
      closeSync(file)
    },
  }
}
