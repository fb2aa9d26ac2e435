/** Packs files into a zip whose bytes depend on nothing but their contents, and removes the loose files. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'
import { deliveryDay } from './dbf-write.ts'

/** DOS time has no zone: the local midnight of the day reads the same on every machine. */
const mtime = new Date(deliveryDay.year, deliveryDay.month - 1, deliveryDay.day)

/** Files land at the top of the archive under their own names, in the order given. */
export async function packZip(zipPath: string, files: readonly string[]): Promise<void> {
  const zip = new yazl.ZipFile()
  // Level 2: a third of the time of the default for a tenth more bytes.
  for (const file of files) {
    zip.addFile(file, basename(file), { mtime, mode: 0o100644, forceDosTimestamp: true, compressionLevel: 2 })
  }
  const failed = new Promise<never>((_, reject) => zip.on('error', reject))
  zip.end()
  await Promise.race([pipeline(zip.outputStream, createWriteStream(zipPath)), failed])
  await Promise.all(files.map(file => rm(file)))
}
