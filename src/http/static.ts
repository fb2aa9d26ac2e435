/**
 * The built console's files. A path never leads out of their directory, by dots, links or coding; what
 * is no file but asked for as a page is the console itself, which knows its own addresses.
 *
 *   /assets/*      named by their content: kept for a year
 *   everything     else is asked for again by its tag; x.br / x.gz beside x are sent where they are taken
 */
import { createReadStream, type Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { Context, Middleware } from 'koa'
import { acceptedEncoding } from './compress.ts'
import { languageOf } from './language.ts'
import { page } from './page.ts'

const MACHINE = /^\/(?:api|tiles)(?:\/|$)/
const packed = { br: '.br', gzip: '.gz' } as const

export function serveStatic(dir: string | undefined): Middleware {
  return async (ctx, next) => {
    if ((ctx.method !== 'GET' && ctx.method !== 'HEAD') || MACHINE.test(ctx.path)) return next()
    const root = dir === undefined ? null : await realpath(dir).catch(() => null)
    const asked = root && (await findFile(root, ctx.path))
    if (asked) return sendFile(ctx, asked.path, asked.stats)
    if (!asksForPage(ctx)) return next()
    const index = root && (await findFile(root, '/index.html'))
    if (index) await sendFile(ctx, index.path, index.stats)
    else sendNotBuilt(ctx)
  }
}

/** The file a URL path names inside the root, or null. */
async function findFile(root: string, urlPath: string): Promise<{ path: string; stats: Stats } | null> {
  const steps = decoded(urlPath)?.split('/').filter(Boolean)
  // a name with a leading dot covers `..`, `.env` and `.git`
  if (!steps || steps.some(step => step.startsWith('.') || /[\\\0:]/.test(step))) return null
  const path = await realpath(join(root, ...steps, ...(steps.length === 0 ? ['index.html'] : []))).catch(
    () => null,
  )
  if (!path?.startsWith(root + sep)) return null
  const stats = await stat(path)
  return stats.isFile() ? { path, stats } : null
}

function decoded(urlPath: string): string | null {
  try {
    return decodeURIComponent(urlPath)
  } catch {
    return null
  }
}

async function sendFile(ctx: Context, path: string, stats: Stats): Promise<void> {
  const encoding = acceptedEncoding(ctx)
  const smaller = encoding && (await stat(path + packed[encoding]).catch(() => null))
  ctx.status = 200
  ctx.type = extname(path)
  ctx.vary('Accept-Encoding')
  ctx.set(
    'Cache-Control',
    ctx.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  )
  ctx.set(
    'ETag',
    `"${stats.size.toString(36)}-${Math.round(stats.mtimeMs).toString(36)}${smaller ? `-${encoding}` : ''}"`,
  )
  ctx.lastModified = stats.mtime
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  if (smaller && encoding) ctx.set('Content-Encoding', encoding)
  const { size } = smaller ?? stats
  ctx.body = createReadStream(smaller && encoding ? path + packed[encoding] : path)
  ctx.length = size
}

/** A browser going to an address: it wants a page, and the address has no file's name. */
const asksForPage = (ctx: Context): boolean =>
  extname(ctx.path) === '' && ctx.accepts('json', 'html') === 'html' && /text\/html/.test(ctx.get('Accept'))

function sendNotBuilt(ctx: Context): void {
  const lang = languageOf(ctx)
  const text =
    lang === 'zh'
      ? '<h1>控制台尚未构建</h1><p>服务已启动，接口可用；请在安装目录运行 <code>npm run build</code>，然后刷新本页。</p>'
      : '<h1>The console is not built</h1><p>The server runs and its API answers. Run <code>npm run build</code> in the installation, then reload this page.</p>'
  ctx.status = 200
  ctx.set('Cache-Control', 'no-store')
  ctx.body = page({
    lang,
    title: '网格 Wangge',
    body: `${text}<p><a href="/readyz">/readyz</a> · <a href="/api-docs">/api-docs</a></p>`,
  })
  ctx.type = 'html'
}
