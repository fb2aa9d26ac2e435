/**
 * The head of a MapInfo file, read before GDAL sees it: which encoding its text is in, which kind of table it is, and
 * whether it names other files. China's programs write `WindowsSimpChinese`; where a head says nothing, or a person
 * knows better, GDAL is shown another head.
 */
import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { FileFault } from '../findings.ts'
import { readUpTo } from './file-bytes.ts'
import { exportInstead } from './formats-answer.ts'
import type { Rewritten } from './gdal-copies.ts'
import type { SourceLayer } from './source.ts'
import type { UnpackedFile } from './unzip.ts'

const headBytes = 64 << 10

const charsets: Record<string, string> = {
  WindowsSimpChinese: 'gb18030',
  WindowsTradChinese: 'big5',
  WindowsLatin1: 'windows-1252',
  WindowsLatin2: 'windows-1250',
  WindowsCyrillic: 'windows-1251',
  WindowsJapanese: 'shift_jis',
  WindowsKorean: 'euc-kr',
  ISO8859_1: 'windows-1252',
  'UTF-8': 'utf-8',
}
const charsetLine = /(charset\s+"?)([\w-]+)("?)/gi

/**
 * @param given the encoding a person named (its standard name)
 * Throws FileFault: file.limit (a .tab longer than any is), file.format (a view of other tables), file.export (a table kept in another format),
 * encoding.unknown (MapInfo knows no name for it).
 */
export async function readMapInfoHead(
  part: UnpackedFile,
  data: UnpackedFile,
  ending: 'tab' | 'mif',
  given: string | undefined,
): Promise<{ encoding: SourceLayer['encoding']; rewritten: Rewritten | undefined }> {
  await using handle = await open(part.path)
  // GDAL looks through the whole of a .tab for other tables: nothing of it may lie beyond what is looked at here
  const { size } = await handle.stat()
  if (ending === 'tab' && size > headBytes)
    throw new FileFault('file.limit', part.name, { detail: { limit: `${headBytes} B (.tab)` } })
  const bytes = await readUpTo(handle, headBytes, 0)
  const said = bytes.toString('latin1')
  const cut = ending === 'mif' ? (/^\s*data\s*$/im.exec(said)?.index ?? said.length) : said.length
  const head = said.slice(0, cut)
  if (ending === 'tab') refuseOtherTables(head, part.name)
  const charset = [...head.matchAll(charsetLine)].at(-1)?.[2]
  const declared = Object.entries(charsets).find(
    ([name]) => name.toLowerCase() === charset?.toLowerCase(),
  )?.[1]
  if (declared && (given ?? declared) === declared) {
    const decidedBy = given === undefined ? 'declared' : 'given'
    return { encoding: { name: declared, decidedBy }, rewritten: undefined }
  }
  const name = given ?? (await guessed(data))
  const own = Object.entries(charsets).find(([, encoding]) => encoding === name)?.[0]
  if (!own) throw new FileFault('encoding.unknown', part.name, { detail: { encoding: name } })
  const instead = Buffer.byteLength(head, 'latin1')
  const text = charset === undefined ? named(head, own) : head.replace(charsetLine, `$1${own}$3`)
  return {
    encoding: { name, decidedBy: given === undefined ? 'guessed' : 'given' },
    rewritten: { ending, path: part.path, head: Buffer.from(text, 'latin1'), instead },
  }
}

/** UTF-8 where most of what is no ASCII is; else what programs of China write without saying so. */
async function guessed({ path }: UnpackedFile): Promise<string> {
  await using handle = await open(path)
  const bytes = await readUpTo(handle, 1 << 20, 0)
  const runs = bytes.toString('latin1').match(/[\x80-\xff]{3,}/g) ?? []
  const valid = runs.filter(run => isUtf8(Buffer.from(run, 'latin1')))
  return valid.length * 2 > runs.length ? 'utf-8' : 'gb18030'
}

/** A head that names no character set, with one named behind its version. */
const named = (head: string, charset: string): string =>
  /^!/.test(head)
    ? head.replace(/^(!version[^\r\n]*)/im, `$1\n!charset ${charset}`)
    : head.replace(/^(\s*version[^\r\n]*)/i, `$1\nCharset "${charset}"`)

/** `"\IsSeamless" = "FALSE"` says that a table is none; anything else may be read as that it is. */
const seamless = /IsSeamless(?!\\|"?\s*=\s*"?FALSE\b)/i

/** Views and seamless tables are made of other tables, wherever they lie. */
function refuseOtherTables(head: string, file: string): void {
  if (/create\s+view|open\s+table/i.test(head) || seamless.test(head))
    throw new FileFault('file.format', file, { detail: { reason: 'MapInfo view' } })
  const type = /^\s*type\s+(\w+)/im.exec(head)?.[1]
  if (type?.toUpperCase() !== 'NATIVE') throw exportInstead(file, `MapInfo (.tab, ${type ?? '?'})`)
}
