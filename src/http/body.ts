/**
 * Request bodies, counted while they are read: JSON whole and small, uploads as a stream. A body that
 * grows beyond its bound, or stops coming, ends in a problem; nothing waits for it for ever.
 */
import type { IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { problem } from '../core/problem.ts'
import { invalid } from './validate.ts'

const JSON_MS = 30_000
const SILENCE_MS = 60_000

/**
 * The JSON of a request; `{}` where nothing was sent, so that each missing member is named by its schema.
 * @throws request.too-large, request.type (not declared as JSON), request.invalid (no JSON, not UTF-8)
 */
export async function readJson(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  const bytes = await readAll(req, maxBytes)
  if (bytes.length === 0) return {}
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '')) {
    const given = req.headers['content-type']?.slice(0, 100) ?? ''
    throw problem('request.type', { given, expected: 'application/json' })
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // the parser's own message quotes the text, which may hold a password
    throw invalid([{ field: 'body', rule: 'JSON (UTF-8)' }])
  }
}

async function readAll(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  const body = bounded(req, maxBytes)
  const timer = setTimeout(() => body.destroy(late()), JSON_MS)
  try {
    for await (const chunk of body) chunks.push(chunk)
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks)
}

/**
 * The body as a stream that fails with request.too-large as soon as it is longer than `maxBytes`, and with
 * request.invalid when nothing comes for a minute.
 * @throws request.too-large at once, where the announced length is too much already
 */
export function bounded(req: IncomingMessage, maxBytes: number, silenceMs = SILENCE_MS): Readable {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      silence.refresh()
      if (bytes > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
  const silence = setTimeout(() => {
    // while the reader is slow nothing is asked of the sender, so the silence is ours
    if (counter.writableNeedDrain) silence.refresh()
    else counter.destroy(late())
  }, silenceMs)
  silence.unref()
  counter.once('close', () => clearTimeout(silence))
  // it may fail before anybody reads it; who reads it then is told
  counter.on('error', () => {})
  req.once('close', () => {
    if (!req.complete) counter.destroy(new Error('the client went away'))
  })
  // not pipeline: the request stays open when its body is refused, for its answer has to go out
  req.pipe(counter)
  return counter
}

const DRAIN_BYTES = 16_000_000
const DRAIN_MS = 5_000

/**
 * Takes what the client still sends after its answer is decided, so that it gets to read the answer, and
 * hangs up on who goes on and on. A handler that answers has read what it wants.
 */
export function takeRest(req: IncomingMessage): void {
  if (req.complete) return
  let bytes = 0
  const timer = setTimeout(() => req.destroy(), DRAIN_MS)
  req.unpipe()
  req.on('error', () => {})
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > DRAIN_BYTES) req.destroy()
  })
  req.once('close', () => clearTimeout(timer))
  req.once('end', () => clearTimeout(timer))
  req.resume()
}

const late = () => invalid([{ field: 'body', rule: 'timeout' }])

const tooLarge = (maxBytes: number) =>
  problem('request.too-large', { limit: readableBytes(maxBytes), limitBytes: maxBytes })

const sizes = [
  [2 ** 30, 'GiB'],
  [1e9, 'GB'],
  [2 ** 20, 'MiB'],
  [1e6, 'MB'],
  [1024, 'KiB'],
  [1000, 'kB'],
] as const

/** `2 GiB`, `1 MB`, `17 B`. */
export function readableBytes(bytes: number): string {
  const size = sizes.find(([unit]) => bytes >= unit && bytes % unit === 0)
  return size ? `${bytes / size[0]} ${size[1]}` : `${bytes} B`
}
