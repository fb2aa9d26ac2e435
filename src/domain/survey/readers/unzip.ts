/**
 * One zip archive into a private directory. Entries are written under numbers, never under their own
 * names, so no name can reach the disk. Bytes are counted as they are inflated: what the header says
 * about sizes is believed only where it is already too much.
 */
import { createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform, pipeline as through } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { FileFault, type Finding } from '../findings.ts'
import { formatOf } from './formats.ts'
import { unsupported } from './formats-answer.ts'
import { entryName, isDebris, isFolder, refuseEscape } from './zip-entry.ts'

export interface UnpackLimits {
  /** Bytes all archives of a delivery may fill together. */
  unpackedBytes: number
  /** Entries all archives of a delivery may hold together, read or not. */
  entries: number
  /** How many times larger than its archive the content may be. */
  ratio: number
  /** Unpacked bytes from which the ratio is asked: small DBF files are mostly blanks. */
  ratioFromBytes: number
  /** How deep archives may lie in archives. */
  depth: number
  /** Whether photos are inflated, or only named: who looks for columns needs none of them. */
  photos: boolean
}

export const unpackLimits: UnpackLimits = {
  unpackedBytes: 8 * 2 ** 30,
  entries: 1_000_000,
  ratio: 300,
  ratioFromBytes: 256 * 2 ** 20,
  depth: 3,
  photos: false,
}

/** What all archives of one delivery have used up so far. */
export interface Spent {
  bytes: number
  entries: number
  /** Files written; names the next one. */
  files: number
}

/** The archive as it was uploaded: what it and all archives inside it give is held against its own size. */
export interface Upload {
  name: string
  size: number
  /** Bytes that came out of it, at every depth. */
  bytes: number
}

export interface UnpackedFile {
  /** Where the bytes are. */
  path: string
  /** What a person calls it: `a.zip/sub/0101.shp`. */
  name: string
  /** A private directory to work in, for readers that need one; it is removed with the delivery's other files. */
  scratch?: string
}

/** A picture of a thing; one that was only named lies nowhere. */
export interface Photo {
  path: string | null
  name: string
}

const ignoredListed = 200

/**
 * Inflates the entries that a reader can use; names all others in findings.
 * Throws FileFault: file.not-zip, file.empty, file.truncated, file.corrupt, file.encrypted, file.format,
 * file.zip-path, file.zip-bomb. What was written until then stays in `dir`.
 */
export async function unzip(
  archive: UnpackedFile,
  dir: string,
  limits: UnpackLimits,
  spent: Spent,
  signal?: AbortSignal,
  upload?: Upload,
) {
  const size = await refuseNoZip(archive)
  const zip = await openArchive(archive, size)
  const files: UnpackedFile[] = []
  const photos: Photo[] = []
  const unread: string[] = []
  const elsewhere: string[] = []
  const count = byteCounter(archive.name, size, limits, spent, upload)
  try {
    for await (const { entry, name } of entriesOf(zip, archive.name, limits, spent)) {
      if (isFolder(name)) continue
      const format = isDebris(name) ? 'unread' : formatOf(name)
      if (format === 'unread') unread.push(name)
      else if (format === 'elsewhere') elsewhere.push(name)
      else if (format === 'photo' && !limits.photos)
        photos.push({ path: null, name: `${archive.name}/${name}` })
      else if (format !== 'index') {
        const path = join(dir, String(++spent.files))
        const bytes = await inflated(zip, entry, { archive: archive.name, name, count })
        await pipeline(bytes, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal })
        const file = { path, name: `${archive.name}/${name}` }
        if (format === 'photo') photos.push(file)
        else files.push(format === 'gdal' ? { ...file, scratch: dir } : file)
      }
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw asFault(error, archive.name, size)
  } finally {
    zip.close()
  }
  const unsupportedHere = elsewhere.map(name => unsupported(`${archive.name}/${name}`))
  return { files, photos, findings: [...unsupportedHere, ...ignored(archive.name, unread)] }
}

/** One finding for every file that was passed over; folders of thousands of photos end in a count. */
export function ignored(file: string, entries: readonly string[]): Finding[] {
  const named =
    entries.length > ignoredListed
      ? [...entries.slice(0, ignoredListed), `… +${entries.length - ignoredListed}`]
      : entries
  return named.map(entry => new FileFault('file.ignored', file, { detail: { entry } }).finding)
}

/** Counts bytes that came out of one archive of `size` bytes; throws `file.zip-bomb` when it is enough. */
export function byteCounter(
  archive: string,
  size: number,
  limits: UnpackLimits,
  spent: Spent,
  upload: Upload = { name: archive, size, bytes: 0 },
) {
  const own = { name: archive, size, bytes: 0 }
  return (bytes: number): void => {
    spent.bytes += bytes
    own.bytes += bytes
    upload.bytes += bytes
    if (spent.bytes > limits.unpackedBytes) throw bomb(upload.name, `${limits.unpackedBytes} bytes`)
    for (const each of [own, upload])
      if (each.bytes > limits.ratioFromBytes && each.bytes > each.size * limits.ratio)
        throw bomb(each.name, `${limits.ratio} : 1`)
  }
}

/** All entries by their readable names; throws for too many of them and for names that lead outside. */
export async function* entriesOf(zip: ZipFile, archive: string, limits: UnpackLimits, spent: Spent) {
  if (spent.entries + zip.entryCount > limits.entries) throw bomb(archive, `${limits.entries} entries`)
  for await (const entry of zip.eachEntry()) {
    if (++spent.entries > limits.entries) throw bomb(archive, `${limits.entries} entries`)
    const name = entryName(entry)
    refuseEscape(archive, name, entry)
    yield { entry, name }
  }
}

/** The size of an archive that begins like one. Throws FileFault file.empty, file.not-zip. */
export async function refuseNoZip({ path, name }: UnpackedFile): Promise<number> {
  const { size } = await stat(path)
  if (size === 0) throw new FileFault('file.empty', name)
  await using handle = await open(path)
  const head = Buffer.alloc(4)
  await handle.read(head, 0, 4, 0)
  const signature = head.readUInt32LE(0)
  if (signature !== 0x04034b50 && signature !== 0x06054b50) throw new FileFault('file.not-zip', name)
  return size
}

/** Throws FileFault file.truncated, file.corrupt. */
export async function openArchive({ path, name }: UnpackedFile, size: number): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, decodeStrings: false, autoClose: false })
  } catch (error) {
    throw asFault(error, name, size)
  }
}

interface Inflating {
  archive: string
  name: string
  /** Told of every block of bytes that came out; throws when it is enough. */
  count: (bytes: number) => void
}

/** The bytes of an entry as they are inflated, counted, and held to their checksum at the end. */
export async function inflated(
  zip: ZipFile,
  entry: Entry,
  { archive, name, count }: Inflating,
): Promise<Readable> {
  if (entry.isEncrypted()) throw new FileFault('file.encrypted', archive, { detail: { entry: name } })
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    const reason = `zip method ${entry.compressionMethod} (${name})`
    throw new FileFault('file.format', archive, { detail: { reason } })
  }
  let crc = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc)
      try {
        count(chunk.length)
      } catch (fault) {
        return done(fault as Error)
      }
      done(null, chunk)
    },
    flush(done) {
      if (crc === entry.crc32 >>> 0) return done()
      done(new FileFault('file.corrupt', archive, { detail: { reason: `CRC (${name})` } }))
    },
  })
  return through(await zip.openReadStreamPromise(entry), counted, () => {
    // whoever reads the bytes hears of the error
  })
}

const bomb = (archive: string, limit: string) =>
  new FileFault('file.zip-bomb', archive, { detail: { limit } })

/** Errors of the zip parser and of inflating become faults; errors of the disk stay what they are. */
export function asFault(error: unknown, archive: string, size: number): unknown {
  if (error instanceof FileFault || !(error instanceof Error)) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code && !code.startsWith('Z_')) return error
  if (/end of central directory|unexpected EOF|overflows file bounds/i.test(error.message)) {
    return new FileFault('file.truncated', archive, {
      detail: { expected: 'central directory', actual: `${size} B` },
    })
  }
  return new FileFault('file.corrupt', archive, { detail: { reason: error.message } })
}
