/**
 * A zip that is a document (an Excel workbook): its parts are read in place, one stream at a time, under the
 * same limits as archives. Nothing of it reaches the disk.
 */
import type { Entry } from 'yauzl'
import { FileFault } from '../findings.ts'
import type { ReadOptions } from './source.ts'
import type { UnpackedFile } from './unzip.ts'
import { asFault, byteCounter, entriesOf, inflated, openArchive, refuseNoZip, unpackLimits } from './unzip.ts'
import { isFolder } from './zip-entry.ts'

export interface ZipParts extends AsyncDisposable {
  /** The parts by their names, in the order they are packed. */
  names: readonly string[]
  /** Whether there is such a part; names are compared without case, as packages do. */
  has(part: string): boolean
  /** Bytes a part is said to unpack to; 0 where there is none. */
  size(part: string): number
  /** The bytes of a part. Throws FileFault file.corrupt, file.truncated, file.zip-bomb while it is read. */
  bytes(part: string): AsyncGenerator<Buffer>
}

/**
 * Throws FileFault: file.empty, file.not-zip, file.truncated, file.corrupt, file.zip-path, file.zip-bomb, and
 * workbook.locked when a part is encrypted.
 */
export async function openZipParts(file: UnpackedFile, given: ReadOptions['limits'] = {}): Promise<ZipParts> {
  const limits = { ...unpackLimits, ...given }
  const spent = { bytes: 0, entries: 0, files: 0 }
  const size = await refuseNoZip(file)
  const zip = await openArchive(file, size)
  const parts = new Map<string, Entry>()
  const names: string[] = []
  const key = (name: string) => name.replace(/^\/+/, '').toLowerCase()
  try {
    for await (const { entry, name } of entriesOf(zip, file.name, limits, spent)) {
      if (entry.isEncrypted()) throw new FileFault('workbook.locked', file.name)
      if (!parts.has(key(name)) && !isFolder(name)) names.push(name.replace(/^\/+/, ''))
      parts.set(key(name), entry)
    }
  } catch (error) {
    zip.close()
    throw asFault(error, file.name, size)
  }
  return {
    names,
    has: part => parts.has(key(part)),
    size: part => parts.get(key(part))?.uncompressedSize ?? 0,
    async *bytes(part) {
      const entry = parts.get(key(part))
      if (!entry) throw new FileFault('file.corrupt', file.name, { detail: { reason: `no part ${part}` } })
      // each reading may fill the limits anew: sheets are read twice
      const count = byteCounter(file.name, size, limits, { bytes: 0, entries: 0, files: 0 })
      try {
        for await (const chunk of await inflated(zip, entry, { archive: file.name, name: part, count }))
          yield chunk as Buffer
      } catch (error) {
        throw asFault(error, file.name, size)
      }
    },
    [Symbol.asyncDispose]: async () => zip.close(),
  }
}
