/**
 * A file read at any place through one buffer: forward reading becomes few large reads, jumping about
 * becomes small ones.
 */
import type { FileHandle } from 'node:fs/promises'
import { readUpTo } from './file-bytes.ts'

const least = 16 << 10
const most = 1 << 20

export interface FileWindow {
  view: DataView
  /** Place in the file of the view's first byte. */
  start: number
  /** Whether the view holds [at, at + length) of the file. */
  holds(at: number, length: number): boolean
  /** Moves the view so that it holds [at, at + length), as far as the file reaches. */
  move(at: number, length: number): Promise<void>
}

/** `size` is the size of the file: no more than that is ever asked for. */
export function fileWindow(handle: FileHandle, size: number): FileWindow {
  let ahead = least
  let buffer = Buffer.allocUnsafeSlow(0)
  return {
    view: new DataView(new ArrayBuffer(0)),
    start: 0,
    holds(at, length) {
      return at >= this.start && at + length <= this.start + this.view.byteLength
    },
    async move(at, length) {
      const end = this.start + this.view.byteLength
      const onward = at >= this.start && at <= end + ahead
      ahead = onward ? Math.min(most, ahead * 4) : least
      const bytes = Math.max(0, Math.min(size - at, Math.max(length, ahead)))
      if (buffer.length < bytes) buffer = Buffer.allocUnsafeSlow(bytes)
      const read = await readUpTo(handle, bytes, at, buffer)
      this.view = new DataView(read.buffer, read.byteOffset, read.length)
      this.start = at
    },
  }
}
