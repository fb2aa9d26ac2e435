/**
 * The file store: bytes that belong to rows (deliveries, photos), under DATA_DIR/files. A file appears
 * whole or not at all: it is written beside its place and renamed. Names from outside never become paths.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId } from './id.ts'
import { Problem, problem } from './problem.ts'

/** What a file holds, by length and checksum (hexadecimal). */
export interface Stored {
  bytes: number
  sha256: string
}

/** The whole file waits beside its place. */
export interface Waiting {
  /** What it waits under, for `settle`. */
  id: string
  place(): Promise<void>
}
/**
 * Is given the whole file, and what it holds, and puts it in its place. Where a Problem is thrown nothing is kept; after
 * any other error nobody knows what was written down elsewhere, so the bytes wait to be settled or dropped.
 */
export type Placing = (waiting: Waiting, stored: Stored) => Promise<void>

export interface Files {
  /**
   * Stores a stream as folder/name.
   * @throws request.too-large, disk.full
   */
  put(folder: string, name: string, stream: Readable, limitBytes: number, when?: Placing): Promise<Stored>
  /**
   * Stores a file of this machine as folder/name; the file itself stays where it is. Doing it twice is doing it once.
   * @throws disk.full
   */
  adopt(folder: string, name: string, path: string, when?: Placing): Promise<Stored>
  /** Makes a file of this store (a scratch file) folder/name; what was there before is replaced. */
  move(folder: string, name: string, path: string): Promise<void>
  /** Puts what waits for a place in it, where that has not been done. */
  settle(folder: string, name: string, id: string): Promise<void>
  /** Drops all that waits beside places of a folder. */
  dropWaiting(folder: string): Promise<void>
  /** Where folder/name lies, there or not. */
  path(folder: string, name: string): string
  remove(folder: string, name: string): Promise<void>
  /** Full paths and sizes of what a folder holds, sorted by name; empty when there is none. */
  list(folder: string): Promise<{ name: string; path: string; bytes: number }[]>
  /** Names alone of what a folder holds. */
  names(folder: string): Promise<string[]>
  removeAll(folder: string): Promise<void>
  /** A private empty directory; the caller removes it with `removeScratch`. */
  scratch(): Promise<string>
  removeScratch(dir: string): Promise<void>
  /** Drops scratch directories a killed process left. */
  sweep(): Promise<void>
}

export function openFiles(dataDir: string): Files {
  const root = join(dataDir, 'files')
  const scratchRoot = join(dataDir, 'scratch')
  const folderOf = (folder: string) => join(root, ...folder.split('/').map(safeName))

  return {
    async put(folder, name, stream, limitBytes, when = ({ place }) => place()) {
      const hash = createHash('sha256')
      let bytes = 0
      const counted = async function* (source: AsyncIterable<Uint8Array>) {
        for await (const chunk of source) {
          bytes += chunk.length
          if (bytes > limitBytes)
            throw problem('request.too-large', { limit: `${Math.floor(limitBytes / 1e6)} MB` })
          hash.update(chunk)
          yield chunk
        }
      }
      return placed(folderOf(folder), name, when, async partial => {
        await pipeline(stream, counted, createWriteStream(partial, { mode: 0o600 }))
        await forceToDisk(partial)
        return { bytes, sha256: hash.digest('hex') }
      })
    },
    adopt: (folder, name, path, when = ({ place }) => place()) =>
      placed(folderOf(folder), name, when, async partial => {
        const stored = await checksum(path)
        await forceToDisk(path)
        // not every file system knows links
        await link(path, partial).catch(() => copyFile(path, partial))
        return stored
      }),
    async move(folder, name, path) {
      await mkdir(folderOf(folder), { recursive: true, mode: 0o700 })
      await rename(path, join(folderOf(folder), safeName(name)))
    },
    async settle(folder, name, id) {
      await rename(waitingAt(folderOf(folder), id), join(folderOf(folder), safeName(name))).catch(error => {
        if ((error as { code?: string }).code !== 'ENOENT') throw error
      })
    },
    async dropWaiting(folder) {
      const names = await readdir(folderOf(folder)).catch(() => [])
      for (const name of names) if (WAITS.test(name)) await rm(join(folderOf(folder), name), { force: true })
    },
    path: (folder, name) => join(folderOf(folder), safeName(name)),
    remove: (folder, name) => rm(join(folderOf(folder), safeName(name)), { force: true }),
    async list(folder) {
      const dir = folderOf(folder)
      const names = await readdir(dir).catch(() => [])
      const found = names.filter(name => !name.startsWith('.')).sort()
      return Promise.all(
        found.map(async name => ({ name, path: join(dir, name), bytes: (await stat(join(dir, name))).size })),
      )
    },
    names: async folder =>
      (await readdir(folderOf(folder)).catch(() => [])).filter(name => !name.startsWith('.')),
    removeAll: folder => rm(folderOf(folder), { recursive: true, force: true }),
    async scratch() {
      const dir = join(scratchRoot, newId())
      await mkdir(dir, { recursive: true, mode: 0o700 })
      return dir
    },
    removeScratch: dir => rm(dir, { recursive: true, force: true }),
    sweep: () => rm(scratchRoot, { recursive: true, force: true }),
  }
}

const WAITS = /^\..*\.part$/
const waitingAt = (dir: string, id: string): string => join(dir, `.${id}.part`)

/** Makes a file beside its place, and puts it there when `when` says so. */
async function placed(
  dir: string,
  name: string,
  when: Placing,
  make: (partial: string) => Promise<Stored>,
): Promise<Stored> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const id = newId()
  const partial = waitingAt(dir, id)
  const place = async () => {
    await rename(partial, join(dir, safeName(name)))
    // renaming one link of a file to another leaves both
    await rm(partial, { force: true })
  }
  let told = false
  try {
    const stored = await make(partial)
    told = true
    await when({ id, place }, stored)
    return stored
  } catch (error) {
    if (!told || error instanceof Problem) await rm(partial, { force: true })
    if ((error as { code?: string }).code === 'ENOSPC') throw problem('disk.full', { what: name })
    throw error
  }
}

async function forceToDisk(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

async function checksum(path: string): Promise<Stored> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** The last part of a name from outside, without what a file system or a shell could take amiss. */
export function safeName(name: string): string {
  const last = basename(name.normalize('NFC').replaceAll('\\', '/'))
  const clean = [...last]
    .filter(char => char >= ' ' && !'<>:"|?*\u007f'.includes(char))
    .join('')
    .replace(/^\.+/, '')
  let cut = clean
  while (Buffer.byteLength(cut) > 200) cut = cut.slice(1)
  if (cut === '') throw problem('file.name', { name: name.slice(0, 80) })
  return cut
}
