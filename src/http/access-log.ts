/**
 * One log line a request. Of the query only the names are kept: its values may be names of people,
 * telephone numbers or positions. Nothing of headers and bodies is kept, and of a path not the token of a plate:
 * who holds one can report in its name.
 */
import type { Context, Middleware } from 'koa'
import type { Log } from '../core/log.ts'
import type { Metrics } from './metrics.ts'

/** Asked every few seconds by machines. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics'])

export function logRequests(log: Log, metrics: Metrics): Middleware {
  return async (ctx, next) => {
    const started = performance.now()
    ctx.res.once('close', () => {
      const ms = performance.now() - started
      metrics.observeRequest(ctx.method, routeOf(ctx), ctx.status, ms / 1000)
      log[QUIET.has(ctx.path) ? 'debug' : 'info'](
        {
          id: ctx.state.id,
          method: ctx.method,
          path: loggedPath(ctx.path),
          query: [...new Set(Object.keys(ctx.query))],
          status: ctx.status,
          ms: Math.round(ms * 10) / 10,
          finished: ctx.res.writableFinished,
          actor: ctx.state.actor,
          remote: ctx.state.remote,
        },
        'request',
      )
    })
    await next()
  }
}

/** The path without the token of a plate, whether a route knows it or not. */
export const loggedPath = (path: string): string => path.replace(/^(\/q\/|\/api\/plates\/)[^/]+/i, '$1***')

/** The route's pattern, so that a metric has few labels: never the path itself. */
const routeOf = (ctx: Context): string => String((ctx as { _matchedRoute?: unknown })._matchedRoute ?? 'none')
