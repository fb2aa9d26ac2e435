/**
 * The file store: bytes that belong to rows (deliveries, photos), under DATA_DIR/files. A file appears
 * whole or not at all: it is written beside its place and renamed. Names from outside never become paths.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId } from './id.ts'
import { problem } from './problem.ts'

export interface Files {
  /**
   * Stores a stream as folder/name.
   * @param when is given the step that puts the whole file in its place; where it throws, nothing is kept
   * @returns bytes written
   * @throws request.too-large, disk.full
   */
  put(
    folder: string,
    name: string,
    stream: Readable,
    limitBytes: number,
    when?: (place: () => Promise<void>) => Promise<void>,
  ): Promise<number>
  /** Full paths and sizes of what a folder holds, sorted by name; empty when there is none. */
  list(folder: string): Promise<{ name: string; path: string; bytes: number }[]>
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
    async put(folder, name, stream, limitBytes, when = place => place()) {
      const dir = folderOf(folder)
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const partial = join(dir, `.${newId()}.part`)
      let bytes = 0
      const counted = async function* (source: AsyncIterable<Uint8Array>) {
        for await (const chunk of source) {
          bytes += chunk.length
          if (bytes > limitBytes)
            throw problem('request.too-large', { limit: `${Math.floor(limitBytes / 1e6)} MB` })
          yield chunk
        }
      }
      try {
        await pipeline(stream, counted, createWriteStream(partial, { mode: 0o600 }))
        const handle = await open(partial)
        await handle.sync().finally(() => handle.close())
        await when(() => rename(partial, join(dir, safeName(name))))
      } catch (error) {
        await rm(partial, { force: true })
        if ((error as { code?: string }).code === 'ENOSPC') throw problem('disk.full', { what: name })
        throw error
      }
      return bytes
    },
    async list(folder) {
      const dir = folderOf(folder)
      const names = await readdir(dir).catch(() => [])
      const found = names.filter(name => !name.startsWith('.')).sort()
      return Promise.all(
        found.map(async name => ({ name, path: join(dir, name), bytes: (await stat(join(dir, name))).size })),
      )
    },
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

/** The last part of a name from outside, without what a file system or a shell could take amiss. */
export function safeName(name: string): string {
  const last = basename(name.normalize('NFC').replaceAll('\\', '/'))
  const clean = [...last]
    .filter(char => char >= ' ' && !'<>:"|?*\u007f'.includes(char))
    .join('')
    .replace(/^\.+/, '')
  let cut = clean
  while (Buffer.byteLength(cut) > 200) cut = cut.slice(1)
  if (cut === '') throw problem('request.invalid', { what: `file name ${JSON.stringify(name.slice(0, 80))}` })
  return cut
}
