/**
 * The thread that reads photos: checksum and facts of each, and copies of those that are new. A folder of hundreds
 * of thousands is gigabytes of hashing that the server must not wait for. One file open at a time, links are not followed.
 */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, type FileHandle, link, open, rm } from 'node:fs/promises'
import { parentPort } from 'node:worker_threads'
import { HEAD_BYTES, type PhotoFacts, readPhoto, TAIL_BYTES } from './photo-file.ts'

export type PhotoAsk =
  | { no: number; kind: 'look'; path: string; mostBytes: number }
  | { no: number; kind: 'keep'; path: string; to: string; sha256: string; own: boolean }

/** What a photo is, or why it is none. */
export type PhotoLook =
  | ({ bytes: number; sha256: string; fault?: undefined } & PhotoFacts)
  | { bytes: number; fault: string }

const BLOCK = 2 ** 20
const block = Buffer.allocUnsafe(BLOCK)
const port = parentPort!

port.on('message', async (ask: PhotoAsk) => {
  try {
    const answer = ask.kind === 'look' ? await look(ask.path, ask.mostBytes) : await keep(ask)
    port.postMessage({ no: ask.no, answer })
  } catch (error) {
    port.postMessage({
      no: ask.no,
      error: { code: (error as NodeJS.ErrnoException).code, message: String(error) },
    })
  }
})

const openFile = (path: string): Promise<FileHandle> => open(path, constants.O_RDONLY | constants.O_NOFOLLOW)

async function look(path: string, mostBytes: number): Promise<PhotoLook> {
  let handle: FileHandle
  try {
    handle = await openFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { bytes: 0, fault: code === 'ELOOP' ? 'it is a link' : `it cannot be opened (${code})` }
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return { bytes: 0, fault: 'it is no file' }
    if (stats.size > mostBytes) return { bytes: stats.size, fault: `larger than ${mostBytes / 1e6} MB` }
    const hash = createHash('sha256')
    const head = Buffer.alloc(Math.min(HEAD_BYTES, stats.size))
    let tail = Buffer.alloc(0)
    let bytes = 0
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, BLOCK, bytes)
      if (bytesRead === 0) break
      const part = block.subarray(0, bytesRead)
      hash.update(part)
      if (bytes < HEAD_BYTES) part.copy(head, bytes)
      tail = Buffer.concat([tail, part.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
      bytes += bytesRead
      if (bytes > mostBytes) return { bytes, fault: `larger than ${mostBytes / 1e6} MB` }
    }
    const facts = readPhoto(head.subarray(0, Math.min(bytes, head.length)), tail)
    return 'fault' in facts ? { bytes, fault: facts.fault } : { bytes, sha256: hash.digest('hex'), ...facts }
  } finally {
    await handle.close()
  }
}

/** A copy of a photo that is held to its checksum; a file of our own is linked. @returns whether it is still the same */
async function keep({ path, to, sha256, own }: Extract<PhotoAsk, { kind: 'keep' }>): Promise<boolean> {
  await rm(to, { force: true })
  if (own) {
    await link(path, to).catch(() => copyFile(path, to))
    return true
  }
  const hash = createHash('sha256')
  await using from = await openFile(path)
  await using into = await open(to, 'wx', 0o600)
  for (let bytes = 0; ; ) {
    const { bytesRead } = await from.read(block, 0, BLOCK, bytes)
    if (bytesRead === 0) break
    hash.update(block.subarray(0, bytesRead))
    await into.write(block, 0, bytesRead, bytes)
    bytes += bytesRead
  }
  await into.sync()
  return hash.digest('hex') === sha256
}
