/**
 * Whatever is thrown behind a door, said to the caller as application/problem+json (RFC 9457). A Problem
 * is told as it stands; anything else is our fault, told as one opaque 500 whose number is in the log.
 */

import type { Context, Middleware } from 'koa'
import type { Log } from '../core/log.ts'
import { Problem, problem } from '../core/problem.ts'
import { loggedPath } from './access-log.ts'
import { languageOf } from './language.ts'

/** The body of every refusal. */
export interface ProblemBody extends Record<string, unknown> {
  type: string
  title: string
  status: number
  code: string
  detail: string
  requestId: string
}

export function tellErrors(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (error instanceof Problem) tell(ctx, error)
      else {
        const id = ctx.state.id as string
        log.error({ id, err: error, method: ctx.method, path: loggedPath(ctx.path) }, 'a request failed')
        tell(ctx, problem('internal', { id }))
      }
    }
  }
}

/** Writes the refusal as this request's answer. */
export function tell(ctx: Context, refusal: Problem): void {
  const { status } = refusal
  const lang = languageOf(ctx)
  const message = refusal.inLanguage(lang)
  const body: ProblemBody = {
    ...refusal.detail,
    type: `urn:wangge:problem:${refusal.code}`,
    title: message,
    status,
    code: refusal.code,
    detail: explained(refusal, message),
    requestId: ctx.state.id,
  }
  ctx.status = status
  ctx.remove('ETag')
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Content-Language', lang === 'zh' ? 'zh-CN' : 'en')
  if (status === 401) ctx.set('WWW-Authenticate', 'Bearer realm="wangge"')
  if (typeof refusal.detail.seconds === 'number')
    ctx.set('Retry-After', String(Math.ceil(refusal.detail.seconds)))
  ctx.body = JSON.stringify(body)
  ctx.type = 'application/problem+json; charset=utf-8'
}

/** One line per issue where there are issues; the message itself elsewhere. */
function explained(refusal: Problem, message: string): string {
  const { issues } = refusal.detail
  if (!Array.isArray(issues)) return message
  return issues.map(issue => `${issue.field}: ${issue.rule}`).join('\n')
}
