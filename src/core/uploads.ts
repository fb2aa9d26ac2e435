/**
 * Files that come in pieces: each lies under DATA_DIR/uploads as a file that grows and a note beside it saying
 * what it is to become. What is there after a kill is what was written: the length of the file is the offset.
 *
 *   create -> append ... append -> (somebody takes the file at `path`) -> remove
 *
 * Both are named by an id of ours; nothing a client says becomes a path.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from './problem.ts'

export interface OpenUpload {
  id: string
  /** Bytes of the whole. */
  size: number
  /** Whose it is. */
  owner: string
  /** What it is to become; the store does not look into it. */
  about: Readonly<Record<string, string>>
  createdAt: number
}

export interface Uploads {
  /** @throws disk.full where the whole would not find room */
  create(upload: OpenUpload): Promise<void>
  /** Those under way or not yet taken. */
  list(): readonly OpenUpload[]
  find(id: string): OpenUpload | null
  /** Bytes that are there. @throws upload.unknown */
  offset(id: string): Promise<number>
  /** Writes on at the end. @returns the offset then, also where the stream broke off @throws disk.full, upload.unknown where it was removed meanwhile */
  append(id: string, stream: Readable): Promise<number>
  /** Where its bytes lie. */
  path(id: string): string
  /** Forces the bytes to the disk. */
  sync(id: string): Promise<void>
  remove(id: string): Promise<void>
}

/** How long an upload waits for its rest. */
export const UPLOAD_DAYS = 7
export const expiresAt = ({ createdAt }: Pick<OpenUpload, 'createdAt'>): number =>
  createdAt + UPLOAD_DAYS * 86_400_000

/** Room that a disk keeps for the database beside it. */
const SPARE_BYTES = 64e6
const NOTE = '.json'

export async function openUploads(dataDir: string): Promise<Uploads> {
  const dir = join(dataDir, 'uploads')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const open_ = await readNotes(dir)
  const path = (id: string) => join(dir, id)
  const uploads: Uploads = {
    path,
    list: () => [...open_.values()],
    find: id => open_.get(id) ?? null,
    offset: async id => (await stat(path(id)).catch(gone)).size,
    async create(upload) {
      if (upload.size > (await room(dir))) throw problem('disk.full', { what: `${upload.size} B` })
      await writeFile(path(upload.id), '', { mode: 0o600 })
      // the note appears whole: an upload without one is nothing
      const note = `${path(upload.id)}${NOTE}`
      await writeFile(`${note}.part`, JSON.stringify(upload), { mode: 0o600 })
      await rename(`${note}.part`, note)
      open_.set(upload.id, upload)
    },
    async append(id, stream) {
      const start = await uploads.offset(id)
      try {
        await pipeline(stream, createWriteStream(path(id), { flags: 'r+', start }))
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOSPC') throw problem('disk.full', { what: id })
        return gone(error)
      }
      return uploads.offset(id)
    },
    async sync(id) {
      const handle = await open(path(id), 'r+')
      await handle.sync().finally(() => handle.close())
    },
    async remove(id) {
      open_.delete(id)
      await rm(`${path(id)}${NOTE}`, { force: true })
      await rm(path(id), { force: true })
    },
  }
  return uploads
}

/** Given up while somebody was at it. */
function gone(error: unknown): never {
  throw (error as { code?: string }).code === 'ENOENT' ? problem('upload.unknown') : error
}

async function room(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize - SPARE_BYTES
}

/** The notes whose files are there; whatever else lies about is what a kill left, and goes. */
async function readNotes(dir: string): Promise<Map<string, OpenUpload>> {
  const names = new Set(await readdir(dir))
  const found = new Map<string, OpenUpload>()
  for (const name of names) {
    if (!name.endsWith(NOTE)) continue
    const upload = await readFile(join(dir, name), 'utf8')
      .then(text => JSON.parse(text) as OpenUpload)
      .catch(() => null)
    if (upload && name === `${upload.id}${NOTE}` && names.has(upload.id)) found.set(upload.id, upload)
  }
  for (const name of names)
    if (!found.has(name.replace(/\.json$/, ''))) await rm(join(dir, name), { force: true })
  return found
}
