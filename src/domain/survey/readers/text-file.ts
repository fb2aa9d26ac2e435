/**
 * A text file as a stream of strings: the encoding is decided from all of its bytes first, so that
 * decoding later cannot fail in the middle.
 */
import { isAscii } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import { FileFault } from '../findings.ts'
import { type DecidedEncoding, decideEncoding, encodingWrong, type Listen } from './encoding.ts'
import { encodingName } from './encoding-name.ts'
import { readUpTo } from './file-bytes.ts'
import type { UnpackedFile } from './unzip.ts'

const blockBytes = 64 << 10

export interface TextFile {
  file: string
  encoding: DecidedEncoding
  bytes: number
  /** The whole text from its beginning, without a byte order mark. May be called more than once. */
  chunks(): AsyncGenerator<string>
}

/** Throws FileFault: file.empty, encoding.unknown, encoding.wrong (row is the line). */
export async function openText({ path, name }: UnpackedFile, given?: string): Promise<TextFile> {
  await using handle = await open(path)
  const head = await readUpTo(handle, 4096, 0)
  if (head.length === 0) throw new FileFault('file.empty', name)
  const wide = wideByMark(head) ?? (given === undefined ? wideByZeros(head) : undefined)
  const text = { file: name, halves: false, each: (listen: Listen) => eachLine(handle, listen) }
  let encoding: DecidedEncoding
  if (wide && (given === undefined || encodingName(given) === wide.name)) {
    encoding = given === undefined ? wide : { name: wide.name, decidedBy: 'given' }
  } else {
    const marked = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 'utf-8' : undefined
    encoding = (await byMark(text, marked, given)) ?? (await decideEncoding(text, marked, given))
  }
  const { size: bytes } = await handle.stat()
  return { file: name, encoding, bytes, chunks: () => decoded(path, name, encoding.name) }
}

/** A byte order mark before nothing but UTF-8 says more than a profile made for other files: what was sent back has one. */
async function byMark(
  text: Parameters<typeof decideEncoding>[0],
  marked: string | undefined,
  given: string | undefined,
): Promise<DecidedEncoding | null> {
  const other = given === undefined ? undefined : encodingName(given)
  if (marked === undefined || other === undefined || other === marked) return null
  return decideEncoding(text, marked, marked).then(
    ({ name }) => ({ name, decidedBy: 'declared' }),
    () => null,
  )
}

function wideByMark(head: Buffer): DecidedEncoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', decidedBy: 'declared' }
  if (head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', decidedBy: 'declared' }
  return undefined
}

/** UTF-16 without a mark: line breaks, digits and separators have a zero byte, always on the same side. */
function wideByZeros(head: Buffer): DecidedEncoding | undefined {
  const zeros: [even: number, odd: number] = [0, 0]
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[at] === 0) zeros[0]++
    if (head[at + 1] === 0) zeros[1]++
  }
  const [even, odd] = zeros
  if (odd * 10 > head.length / 2 && even === 0) return { name: 'utf-16le', decidedBy: 'guessed' }
  if (even * 10 > head.length / 2 && odd === 0) return { name: 'utf-16be', decidedBy: 'guessed' }
  return undefined
}

/** Bytes below 0x30 are never part of a longer character, so text may be cut after any of them. */
const cuts = 0x30
const newline = 0x0a

/** Hands over each line that is not plain ASCII; a line longer than a block comes in pieces. */
async function eachLine(handle: FileHandle, listen: Listen): Promise<void> {
  let line = 1
  let carried: Buffer = Buffer.alloc(0)
  for (let position = 0; ; ) {
    const block = await readUpTo(handle, blockBytes, position)
    position += block.length
    const bytes = carried.length > 0 ? Buffer.concat([carried, block]) : block
    const last = block.length < blockBytes
    let end = bytes.length
    while (!last && end > 0 && bytes[end - 1]! >= cuts) end--
    if (end === 0) end = bytes.length
    const ascii = isAscii(bytes.subarray(0, end))
    for (let start = 0; start < end; ) {
      const found = bytes.indexOf(newline, start)
      const stop = found < 0 || found >= end ? end : found + 1
      if (!ascii && !listen(bytes, start, stop, line, `@${position - bytes.length + start}`)) return
      if (stop > start && bytes[stop - 1] === newline) line++
      start = stop
    }
    if (last) return
    carried = bytes.subarray(end)
  }
}

async function* decoded(path: string, file: string, encoding: string): AsyncGenerator<string> {
  await using handle = await open(path)
  const decoder = new TextDecoder(encoding, { fatal: true })
  const buffer = Buffer.allocUnsafeSlow(blockBytes)
  for (let position = 0; ; ) {
    const bytes = await readUpTo(handle, blockBytes, position, buffer)
    position += bytes.length
    const last = bytes.length < blockBytes
    let text: string
    try {
      text = decoder.decode(bytes, { stream: !last })
    } catch {
      throw encodingWrong(file, encoding, 0, `@${position - bytes.length}`, '')
    }
    if (text !== '') yield text
    if (last) return
  }
}
