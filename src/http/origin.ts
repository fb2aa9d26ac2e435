/**
 * A request that changes something must not have been sent by another site's page. Browsers say where
 * it comes from (Sec-Fetch-Site, else Origin); programs say neither and carry no cookie by themselves.
 *
 *   Sec-Fetch-Site   same-origin, none: in        same-site, cross-site: out
 *   else Origin      our own host or PUBLIC_ORIGIN: in        other, "null": out
 */
import type { Context, Middleware } from 'koa'
import { problem } from '../core/problem.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

export function checkOrigin(publicOrigin: string | undefined): Middleware {
  return async (ctx, next) => {
    if (!READING.has(ctx.method) && !comesFromHere(ctx, publicOrigin)) throw problem('request.origin')
    await next()
  }
}

function comesFromHere(ctx: Context, publicOrigin: string | undefined): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site === 'same-origin' || site === 'none'
  const origin = ctx.get('Origin')
  if (origin === '') return true
  if (publicOrigin !== undefined && origin === new URL(publicOrigin).origin) return true
  return URL.canParse(origin) && new URL(origin).host === ctx.get('Host').toLowerCase()
}
