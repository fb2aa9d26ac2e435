/** Zips for tests, also such as no packer would write: bytes of a good archive are changed in place. */
import { writeFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'

export type Entries = Record<string, Uint8Array | string>

export async function zipBytes(entries: Entries, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(entries)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name)
    else zip.addBuffer(Buffer.from(content as string), name, { mode })
  }
  zip.end()
  return buffer(zip.outputStream as unknown as Readable)
}

export async function writeZip(path: string, entries: Entries, mode?: number): Promise<void> {
  await writeFile(path, await zipBytes(entries, mode))
}

/** Replaces every occurrence of `from` by `to`, which has the same length. */
export function patched(bytes: Buffer, from: Uint8Array, to: Uint8Array): Buffer {
  if (from.length !== to.length) throw new Error('a patch keeps the length')
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + from.length)) copy.set(to, at)
  return copy
}

/** A zip with one entry whose name is given as bytes and whose UTF-8 bit is not set. */
export function zipWithRawName(
  name: Buffer,
  content: Buffer,
  claim: { size?: number; crc?: number; flags?: number; method?: number } = {},
): Buffer {
  const data = deflateRawSync(content)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(claim.flags ?? 0, 2)
  common.writeUInt16LE(claim.method ?? 8, 4)
  common.writeUInt32LE(claim.crc ?? crc32(content), 10)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(claim.size ?? content.length, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, data])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), name])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}
