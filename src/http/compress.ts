/**
 * Compresses what is text and longer than a packet, unless its maker has done so already (tiles, files
 * that lie compressed on disk). Event streams pass as they are: a compressor would hold them back.
 */
import { pipeline, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type { Context, Middleware } from 'koa'

const TEXT =
  /^text\/(?!event-stream)|[/+](?:json|xml)\b|javascript|svg|manifest|wasm|vector-tile|protobuf|geo\+json-seq|yaml/
const MIN_BYTES = 1400
// fast settings: a JSON answer is made once and read once
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 19 } }
const deflate = { level: 4 }
const whole = { br: promisify(brotliCompress), gzip: promisify(gzip) }

export function compress(): Middleware {
  return async (ctx, next) => {
    await next()
    if (!worthIt(ctx)) return
    ctx.vary('Accept-Encoding')
    const encoding = acceptedEncoding(ctx)
    if (!encoding) return
    const { body } = ctx
    if (typeof body === 'string' || Buffer.isBuffer(body)) {
      if (Buffer.byteLength(body) < MIN_BYTES) return
      ctx.body = encoding === 'br' ? await whole.br(body, brotli) : await whole.gzip(body, deflate)
    } else {
      const packer = encoding === 'br' ? createBrotliCompress(brotli) : createGzip(deflate)
      // a failure on either side ends both; koa tells the log of it
      ctx.body = pipeline(body as Readable, packer, () => {})
      ctx.remove('Content-Length')
    }
    ctx.set('Content-Encoding', encoding)
    // other bytes than those the tag was made for
    const tag = ctx.response.get('ETag')
    if (tag && !tag.startsWith('W/')) ctx.set('ETag', `W/${tag}`)
  }
}

/** The best encoding the client takes, or null. */
export const acceptedEncoding = (ctx: Context): 'br' | 'gzip' | null =>
  ctx.acceptsEncodings('br') === 'br' ? 'br' : ctx.acceptsEncodings('gzip') === 'gzip' ? 'gzip' : null

function worthIt(ctx: Context): boolean {
  const { body, response } = ctx
  if (body === null || body === undefined || ctx.res.hasHeader('Content-Encoding')) return false
  if (/no-transform/.test(response.get('Cache-Control') ?? '')) return false
  if (ctx.status === 206 || !TEXT.test(response.get('Content-Type') ?? '')) return false
  return typeof body === 'string' || Buffer.isBuffer(body) || typeof (body as Readable).pipe === 'function'
}
