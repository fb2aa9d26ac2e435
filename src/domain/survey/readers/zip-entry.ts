/**
 * What one entry of a zip says about itself, judged before a byte of it is inflated: its name in
 * readable characters, and whether that name stays inside the archive.
 *
 * Names carry UTF-8 when bit 11 is set (APPNOTE.TXT 4.4.4). Chinese Windows writes GBK without the
 * bit, macOS writes UTF-8 without the bit, Info-ZIP adds the name in UTF-8 as extra field 0x7075.
 */
import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import type { Entry } from 'yauzl'
import { FileFault } from '../findings.ts'

/** The entry's path with `/` between folders, however it was packed. */
export function entryName(entry: Entry): string {
  const raw = entry.fileNameRaw
  const name = unicodeName(entry) ?? (isUtf8(raw) ? raw.toString('utf8') : gbk.decode(raw))
  return name.replaceAll('\\', '/')
}

const gbk = new TextDecoder('gb18030')

/** Info-ZIP's Unicode path: version 1, CRC of the plain name it belongs to, the name in UTF-8. */
function unicodeName(entry: Entry): string | undefined {
  const field = entry.extraFields.find(extra => extra.id === 0x7075)?.data
  if (!field || field.length < 6 || field[0] !== 1) return undefined
  if (field.readUInt32LE(1) !== crc32(entry.fileNameRaw) || !isUtf8(field.subarray(5))) return undefined
  return field.toString('utf8', 5)
}

/** Whether the entry is only a folder. */
export const isFolder = (name: string): boolean => name.endsWith('/')

/** Files that operating systems and open workbooks (`~$a.xlsx`) leave behind; their names tell nothing. */
export function isDebris(name: string): boolean {
  return /(^|\/)(__MACOSX\/|\.DS_Store$|\._|Thumbs\.db$|desktop\.ini$|~\$[^/]*$)/i.test(name)
}

/** Throws FileFault `file.zip-path` for a name that leads outside the archive, and for links of any kind. */
export function refuseEscape(archive: string, name: string, entry: Entry): void {
  const outside =
    name === '' ||
    name.startsWith('/') ||
    /^[a-z]:/i.test(name) ||
    name.includes('\0') ||
    name.split('/').includes('..')
  if (outside || isSpecial(entry)) throw new FileFault('file.zip-path', archive, { detail: { entry: name } })
}

/** Unix mode is in the upper half of the external attributes: only plain files (8) and folders (4) are let in. */
function isSpecial(entry: Entry): boolean {
  const kind = entry.externalFileAttributes >>> 28
  const unix = [3, 19].includes(entry.versionMadeBy >>> 8)
  return kind === 10 || (unix && kind !== 0 && kind !== 8 && kind !== 4)
}
