/**
 * What GDAL is shown of a delivery: a private directory with links to or copies of one file's parts, under names
 * that are ours. Markup is looked through on the way: what declares entities is refused, what points to other
 * addresses is said, and its text is handed on as UTF-8.
 */
import { constants, createReadStream, createWriteStream } from 'node:fs'
import { copyFile, link, lstat, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { corrupt } from './file-bytes.ts'
import type { GdalKind, GdalParts } from './gdal-kinds.ts'
import type { TextFile } from './text-file.ts'
import type { UnpackedFile } from './unzip.ts'

/** The name without its ending that every file has before GDAL. */
export const shownAs = 'input'

/** What is written in place of a part: another beginning for its first bytes, or its text. */
export type Rewritten =
  | { ending: string; path: string; head: Buffer; instead: number }
  | { ending: string; text: TextFile }

/**
 * Works in a private directory that is gone afterwards, however the work ends.
 * @param work is given the directory; the file is `input.<ending>` in it
 */
export async function* withCopies<T>(
  { parts }: GdalParts,
  kind: GdalKind,
  rewritten: Rewritten | undefined,
  work: (dir: string) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const scratch = [...parts.values()].find(part => part.scratch)?.scratch ?? tmpdir()
  const dir = await mkdtemp(join(scratch, 'gdal-'))
  try {
    const inside = kind.ending === 'gdb' ? join(dir, `${shownAs}.gdb`) : dir
    if (inside !== dir) await mkdir(inside, { mode: 0o700 })
    for (const [key, part] of parts) {
      const shown = kind.ending === 'gdb' ? key : `${shownAs}.${key}`
      if (rewritten?.ending !== key) await show(part, join(inside, shown))
    }
    if (rewritten) await rewrite(rewritten, join(inside, `${shownAs}.${rewritten.ending}`))
    yield* work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** A link where the disk allows it, else a copy; never of what is a link itself. */
async function show({ path, name }: UnpackedFile, to: string): Promise<void> {
  if (!(await lstat(path)).isFile()) throw corrupt(name, 'not a plain file')
  await link(path, to).catch(() => copyFile(path, to, constants.COPYFILE_FICLONE))
}

async function rewrite(rewritten: Rewritten, to: string): Promise<void> {
  if ('text' in rewritten) return asUtf8(rewritten.text, to)
  const { path, head, instead } = rewritten
  await writeFile(to, head, { mode: 0o600, flag: 'wx' })
  await pipeline(createReadStream(path, { start: instead }), createWriteStream(to, { flags: 'a' }))
}

/** Text from its beginning to the end, with what its first line says of its encoding put right. */
async function asUtf8(text: TextFile, to: string): Promise<void> {
  await using handle = await open(to, 'wx', 0o600)
  let first = true
  for await (const chunk of text.chunks()) {
    const right = first ? chunk.replace(/^(\s*<\?xml[^>]*?encoding=)(["'])[^"']*\2/i, '$1"UTF-8"') : chunk
    await handle.writeFile(right)
    first = false
  }
}

/** Whether a KML points to other addresses. Throws FileFault file.corrupt when it declares a document type. */
export async function lookThroughMarkup(text: TextFile): Promise<{ links: boolean }> {
  let links = false
  let carried = ''
  for await (const chunk of text.chunks()) {
    const piece = carried + chunk
    if (/<!(?:DOCTYPE|ENTITY)/i.test(piece)) throw corrupt(text.file, 'DOCTYPE')
    links ||= /<(?:\w+:)?NetworkLink[\s>]/.test(piece)
    carried = piece.slice(-64)
  }
  return { links }
}
