/** Bytes of a file at a place, and the two faults that every binary reader knows. */
import type { FileHandle } from 'node:fs/promises'
import { FileFault } from '../findings.ts'

/** As many of `bytes` bytes at `position` as the file has; in `into` when it is large enough. */
export async function readUpTo(
  handle: FileHandle,
  bytes: number,
  position: number,
  into?: Buffer,
): Promise<Buffer> {
  const buffer = into && into.length >= bytes ? into : Buffer.allocUnsafeSlow(bytes)
  let length = 0
  while (length < bytes) {
    const { bytesRead } = await handle.read(buffer, length, bytes - length, position + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/** `expected` and `actual` are sizes in bytes; `according` names the part that expects them. */
export function truncated(file: string, expected: number, actual: number, according = ''): FileFault {
  const detail = { expected: `${expected} B${according && ` (${according})`}`, actual: `${actual} B` }
  return new FileFault('file.truncated', file, { detail })
}

export function corrupt(file: string, reason: string): FileFault {
  return new FileFault('file.corrupt', file, { detail: { reason } })
}
