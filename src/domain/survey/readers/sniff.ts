/** What the beginning of a file gives away, whatever its name says. */
import { open } from 'node:fs/promises'
import { readUpTo } from './file-bytes.ts'
import type { TextFile } from './text-file.ts'

/** What another reader goes on with. */
export const inZip = 'zip'
export const inSqlite = 'SQLite'
export const inOle = 'OLE'

const magics: [bytes: string, name: string][] = [
  ['SQLite format 3\0', inSqlite],
  ['PK\x03\x04', inZip],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', inOle],
  ['\0\x01\0\0Standard Jet', 'Personal Geodatabase (.mdb)'],
  ['AC10', 'AutoCAD (.dwg)'],
  ['%PDF', 'PDF'],
  ['\x1f\x8b', 'gzip'],
  ['Rar!', 'RAR (.rar)'],
  ['7z\xbc\xaf', '7-Zip (.7z)'],
]

/** The name of a binary format by its first bytes; undefined when it may be text. */
export async function magicName(path: string): Promise<string | undefined> {
  await using handle = await open(path)
  const head = (await readUpTo(handle, 32, 0)).toString('latin1')
  return magics.find(([bytes]) => head.startsWith(bytes))?.[1]
}

/**
 * What lies in a compound file (before 2007 all Office documents were such): a workbook, an encrypted document
 * of today, or another. Streams are known by their names in UTF-16.
 */
export async function oleKind(path: string): Promise<'locked' | 'workbook' | 'other'> {
  const names = ['EncryptedPackage', 'Workbook', 'Book'].map(name => Buffer.from(`${name}\0`, 'utf16le'))
  const found = new Set<number>()
  await using handle = await open(path)
  const overlap = 64
  for (let at = 0; at < oleBytes; at += oleBlock - overlap) {
    const block = await readUpTo(handle, oleBlock, at)
    for (const [n, name] of names.entries()) if (block.includes(name)) found.add(n)
    if (block.length < oleBlock) break
  }
  return found.has(0) ? 'locked' : found.size > 0 ? 'workbook' : 'other'
}

const oleBlock = 1 << 20
const oleBytes = 256 << 20

/** Whether a text is markup: reports are often exported as HTML or XML under the name of a workbook. */
export async function isMarkup(text: TextFile): Promise<boolean> {
  for await (const chunk of text.chunks()) return chunk.trimStart().startsWith('<')
  return false
}

export type JsonKind = 'geojson' | 'geojsonseq' | 'topojson'

/**
 * Which JSON a text is; null when it does not begin like JSON. `sequence`: its name says that it is one.
 * A sequence is known by a record separator, or by a whole feature on the first line and more below.
 */
export async function jsonKind(text: TextFile, sequence: boolean): Promise<JsonKind | null> {
  let start = ''
  for await (const chunk of text.chunks()) {
    start += chunk
    if (start.length > 4096 || sequence) break
  }
  const begins = start.trimStart()
  if (begins.startsWith('\x1e')) return 'geojsonseq'
  if (!begins.startsWith('{') && !begins.startsWith('[')) return sequence ? 'geojsonseq' : null
  if (sequence) return 'geojsonseq'
  const newline = begins.indexOf('\n')
  if (newline > 0 && begins.slice(newline).trim() !== '' && isWhole(begins.slice(0, newline)))
    return 'geojsonseq'
  return (await topLevelType(text)) === 'Topology' ? 'topojson' : 'geojson'
}

function isWhole(line: string): boolean {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null && 'type' in parsed
  } catch {
    return false
  }
}

/**
 * The string value of the first "type" key of the outermost object, wherever in the file it stands;
 * undefined when there is none. Follows strings and brackets only.
 */
async function topLevelType(text: TextFile): Promise<string | undefined> {
  let depth = 0
  let inString = false
  let escaped = false
  let string = ''
  let key = ''
  for await (const chunk of text.chunks()) {
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (inString) {
        if (escaped) escaped = false
        else if (code === 0x5c) escaped = true
        else if (code === 0x22) {
          inString = false
          if (depth === 1 && key === 'type') return string
        } else if (depth === 1 && string.length < 100) string += chunk[at]
        continue
      }
      if (code === 0x22) {
        inString = true
        string = ''
      } else if (code === 0x3a && depth === 1) key = string
      else if (code === 0x2c && depth === 1) key = ''
      else if (code === 0x7b || code === 0x5b) depth++
      else if (code === 0x7d || code === 0x5d) depth--
    }
  }
  return undefined
}

/** Whether the first lines are cut by the same mark into as many columns each, two or more. */
export async function looksLikeTable(text: TextFile): Promise<boolean> {
  for await (const chunk of text.chunks()) {
    const lines = chunk
      .slice(0, 1 << 14)
      .split(/\r\n|\r|\n/)
      .filter(line => line.trim() !== '')
    const whole = chunk.length > 1 << 14 ? lines.slice(0, -1) : lines
    return [',', '\t', ';'].some(mark => {
      const widths = whole.slice(0, 20).map(line => line.split(mark).length)
      return (
        widths.length > 1 &&
        widths[0]! > 1 &&
        widths.filter(width => width === widths[0]).length * 2 > widths.length
      )
    })
  }
  return false
}
