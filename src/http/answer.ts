/** Answers a handler gives that are more than a plain object: another status, or a tag a client can ask by. */
import { createHash } from 'node:crypto'
import { type Call, type RawAnswer, raw } from './endpoint.ts'

type Answer = { raw: RawAnswer }

/** JSON with a status or headers of its own. */
export const json = (
  value: unknown,
  { status = 200, headers = {} }: Pick<RawAnswer, 'status' | 'headers'> = {},
): Answer =>
  raw({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  })

export const created = (value: unknown, location?: string): Answer =>
  json(value, { status: 201, headers: location ? { location } : {} })

/** A strong entity tag over everything that decides the answer: versions, scope key, language. */
export const entityTag = (...parts: readonly (string | number)[]): string =>
  `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}"`

/** Whether the client already holds the answer with this tag (If-None-Match, compared weakly: RFC 9110, 13.1.2). */
export function holds(call: Pick<Call, 'header'>, tag: string): boolean {
  const held = call.header('if-none-match')
  if (!held) return false
  const bare = (text: string) => text.trim().replace(/^W\//, '')
  return held.trim() === '*' || held.split(',').some(one => bare(one) === bare(tag))
}

/** 304 where the client holds the answer already; otherwise `make()` as JSON under the tag. */
export async function tagged(call: Call, tag: string, make: () => unknown): Promise<Answer> {
  return holds(call, tag)
    ? raw({ status: 304, headers: { etag: tag } })
    : json(await make(), { headers: { etag: tag } })
}
