/**
 * From a request to an endpoint's `run` and back: who calls, may they, is the input as declared; then the
 * answer as JSON, as bytes, or as a stream.
 */
import { Readable } from 'node:stream'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { ZodObject, type ZodType } from 'zod'
import { problem } from '../core/problem.ts'
import { bounded, readJson } from './body.ts'
import { bearerOf, nobody, type PrincipalOf } from './caller.ts'
import type { Call, Endpoint, Principal, RawAnswer } from './endpoint.ts'
import { languageOf } from './language.ts'
import { readCookie, SESSION_COOKIE, setCookie } from './session.ts'
import { type Issue, invalid, strictly, validate } from './validate.ts'

export interface MountOptions {
  principalOf: PrincipalOf
  rightNames: Readonly<Record<string, readonly [zh: string, en: string]>>
  uploadBytes: number
  jsonBytes: number
  local: boolean
  secureOrigin: boolean
  /** Where a proxy stands before this server. */
  publicOrigin?: string
}

export interface Mounted {
  /** Ends answers that have no end of their own (event streams). */
  endStreams(): void
  /** Tells every running handler to give up. */
  abortAll(): void
}

interface Running {
  abort: AbortController
  endless: boolean
}

export function mount(router: Router, doors: readonly Endpoint[], options: MountOptions): Mounted {
  const running = new Set<Running>()
  const seen = new Set<string>()
  let stopping = false
  for (const door of doors) {
    const name = `${door.method} ${door.path}`
    if (!door.right) throw new Error(`${name} names no right`)
    if (seen.has(name)) throw new Error(`${name} is there twice`)
    seen.add(name)
    const open = opener(door, options)
    router[door.method](door.path, async ctx => {
      const self: Running = { abort: new AbortController(), endless: false }
      running.add(self)
      ctx.res.once('close', () => {
        running.delete(self)
        self.abort.abort()
      })
      await open(ctx, self.abort.signal)
      self.endless = ctx.type === 'text/event-stream'
      if (self.endless && stopping) self.abort.abort()
    })
  }
  return {
    endStreams() {
      stopping = true
      for (const one of running) if (one.endless) one.abort.abort()
    },
    abortAll() {
      for (const one of running) one.abort.abort()
    },
  }
}

function opener(door: Endpoint, options: MountOptions): (ctx: Context, signal: AbortSignal) => Promise<void> {
  const schemas: Partial<Record<'params' | 'query' | 'headers' | 'body', ZodType>> = {}
  if (door.params) schemas.params = strictly(door.params)
  if (door.query) schemas.query = strictly(door.query)
  if (door.headers) schemas.headers = door.headers
  if (door.body && door.body !== 'stream') schemas.body = strictly(door.body)

  return async (ctx, signal) => {
    const secure = options.secureOrigin || ctx.secure
    const remote: string = ctx.state.remote
    const principal = await admit(door, ctx, { ...options, secure, remote })
    const lang = languageOf(ctx)
    const query = readQuery(ctx.querystring, door.query)
    const stream = door.body === 'stream' ? bounded(ctx.req, options.uploadBytes) : Readable.from([])
    const body = door.body === 'stream' ? undefined : await readJson(ctx.req, options.jsonBytes)
    if (!door.body && Object.keys(body as object).length > 0) {
      throw invalid([{ field: 'body', rule: lang === 'zh' ? '此处不接受内容' : 'Nothing is taken here' }])
    }
    const input = await validate(schemas, { params: ctx.params, query, headers: ctx.headers, body }, lang)
    const origin = options.publicOrigin
      ? new URL(options.publicOrigin).origin
      : `${ctx.protocol}://${ctx.host}`
    const call = callOf(ctx, { principal, lang, stream, signal, remote, origin, secure })
    send(ctx, await door.run(input as never, call))
  }
}

/** The principal, when the door is theirs; 401 for nobody, 403 for somebody without the right. */
async function admit(
  door: Endpoint,
  ctx: Context,
  { principalOf, rightNames, local, secure, remote }: MountOptions & { secure: boolean; remote: string },
): Promise<Principal> {
  if (door.right === 'open') return nobody
  const principal = await principalOf({
    sessionToken: readCookie(ctx.get('Cookie'), SESSION_COOKIE, secure) ?? null,
    bearer: bearerOf(ctx.get('Authorization')),
    remote,
    local,
  })
  ctx.state.actor = principal.actor
  if (principal.kind === 'nobody') {
    if (door.right === 'asked' && ctx.query.nobody === 'ok') return principal
    throw problem('session.required')
  }
  if (!['signed-in', 'asked'].includes(door.right) && !principal.rights.has(door.right)) {
    if (principal.mustChange) throw problem('session.must-change')
    const name = rightNames[door.right]?.[languageOf(ctx) === 'zh' ? 0 : 1] ?? door.right
    throw problem('right.missing', { right: name, rightCode: door.right })
  }
  return principal
}

function callOf(
  ctx: Context,
  told: Pick<Call, 'principal' | 'lang' | 'stream' | 'signal' | 'remote' | 'origin'> & { secure: boolean },
): Call {
  const { secure, ...rest } = told
  return {
    ...rest,
    header: name => ctx.get(name) || undefined,
    setCookie: (name, value, maxAgeS) => ctx.append('Set-Cookie', setCookie(name, value, maxAgeS, secure)),
    setHeader: (name, value) => ctx.set(name, value),
    cookie: name => readCookie(ctx.get('Cookie'), name, secure),
  }
}

/**
 * The query as an object; a name that comes twice is a list. Two names are the house's own and may stand at
 * every door: `lang` chooses the language of messages, `district` counts where a door asks for it.
 */
function readQuery(text: string, schema: ZodType | undefined): Record<string, string | string[]> {
  const query = new Map<string, string | string[]>()
  const issues: Issue[] = []
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === 'lang') {
      if (value !== 'zh' && value !== 'en') issues.push({ field: 'query.lang', value, rule: 'zh | en' })
    } else if (name === 'district' && !knows(schema, name)) {
      if (!/^[0-9]{6}$/.test(value)) issues.push({ field: 'query.district', value, rule: '/^[0-9]{6}$/' })
    } else if (schema) {
      const before = query.get(name)
      query.set(name, before === undefined ? value : [before, value].flat())
    } else issues.push({ field: `query.${name}`, value, rule: '不认识的参数 / unknown parameter' })
  }
  if (issues.length > 0) throw invalid(issues)
  return Object.fromEntries(query)
}

const knows = (schema: ZodType | undefined, name: string): boolean =>
  schema !== undefined && (!(schema instanceof ZodObject) || name in schema.shape)

function send(ctx: Context, answer: unknown): void {
  const told = isRaw(answer)
  if (told) {
    ctx.status = told.status ?? (told.body === undefined || told.body === null ? 204 : 200)
    for (const [name, value] of Object.entries(told.headers ?? {})) ctx.set(name, value)
    if (told.body instanceof Uint8Array)
      ctx.body = Buffer.from(told.body.buffer, told.body.byteOffset, told.body.byteLength)
    else if (told.body !== undefined && told.body !== null) ctx.body = told.body
    else if (![204, 304].includes(ctx.status)) ctx.body = ''
  } else if (answer === undefined || answer === null) ctx.status = 204
  else {
    ctx.body = JSON.stringify(answer)
    ctx.type = 'application/json; charset=utf-8'
  }
  if (!ctx.res.hasHeader('Cache-Control'))
    ctx.set('Cache-Control', ctx.res.hasHeader('ETag') ? 'private, no-cache' : 'no-store')
}

function isRaw(answer: unknown): RawAnswer | null {
  const whole = answer as { raw?: RawAnswer } | null | undefined
  return typeof whole === 'object' && whole !== null && Object.keys(whole).join() === 'raw'
    ? whole.raw!
    : null
}
