/**
 * One door: method, path, who may, what comes in, what goes out, and what is done. Rooms list their
 * endpoints; server.ts mounts them and openapi.ts describes them, both from this one shape.
 */
import type { Readable } from 'node:stream'
import type { ZodType, z } from 'zod'

/** Who calls. Rights are plain words (domain/orgs/rules.ts lists them); a scope is made from the principal there. */
export interface Principal {
  kind: 'account' | 'bootstrap' | 'local' | 'nobody'
  /** Stable name for the journal: `account:li.ming`, `local:root`, `bootstrap`. */
  actor: string
  accountId: string | null
  /** Rights held, in any district. */
  rights: ReadonlySet<string>
  /** Districts the rights are held in, or '*'. */
  districts: '*' | readonly string[]
  /** The contractor's firm it works for, by district. */
  firms?: Readonly<Record<string, string>>
  /** The first password is still to be changed; until then there are no rights. */
  mustChange?: boolean
  /** When the session ends as things stand now; absent for who has none. A stream is no use that prolongs it. */
  endsAt?(): Date
}

/** What a handler is told beside its input. */
export interface Call {
  principal: Principal
  lang: 'zh' | 'en'
  /** The raw request body, for endpoints with `body: 'stream'`. */
  stream: Readable
  header(name: string): string | undefined
  /** How the caller reaches this server: `https://grid.example.cn`. */
  origin: string
  /** Ends when the client goes away or the server stops. */
  signal: AbortSignal
  remote: string
  setCookie(name: string, value: string, maxAgeS: number): void
  /** A header of the answer, whatever the answer will be; also of a refusal. */
  setHeader(name: string, value: string): void
  cookie(name: string): string | undefined
}

/** An answer that is not JSON, or not 200. */
export interface RawAnswer {
  status?: number
  headers?: Record<string, string>
  body?: Uint8Array | string | Readable | null
}

export const raw = (answer: RawAnswer): { raw: RawAnswer } => ({ raw: answer })

/** An answer of bytes, by its content type. */
export interface BytesAnswer {
  bytes: string
}

export interface Endpoint {
  method: 'get' | 'post' | 'put' | 'delete' | 'head' | 'patch' | 'options'
  /** Koa path, e.g. `/api/components/:id`. */
  path: string
  /**
   * A right's name; 'signed-in' for every session; 'open' for the few doors of everybody; 'asked' is
   * 'signed-in', but lets nobody in who asks softly, with `?nobody=ok`.
   */
  right: string
  summary: string
  params?: ZodType
  query?: ZodType
  /** Headers it reads beside those of every request, by lower-case name; others may come as they like. */
  headers?: ZodType
  /** A schema for JSON (at most 1 MB), or 'stream' for bytes the handler reads itself. */
  body?: ZodType | 'stream'
  /** The content type of a stream, where it is not application/octet-stream. */
  streamType?: string
  /** What it answers, for the OpenAPI document; a door without one answers nothing (204). */
  answer?: ZodType | BytesAnswer
  /** The status of the answer, where it is not 200 (204 without one). */
  status?: 200 | 201
  /** Headers that the answer is told by, and what they say. */
  answerHeaders?: Readonly<Record<string, string>>
  run(input: { params: never; query: never; headers: never; body: never }, call: Call): Promise<unknown>
}

type Out<T> = T extends ZodType ? z.output<T> : undefined

/** Writes an endpoint down with its input typed by its schemas. */
export function endpoint<
  P extends ZodType | undefined = undefined,
  Q extends ZodType | undefined = undefined,
  H extends ZodType | undefined = undefined,
  B extends ZodType | 'stream' | undefined = undefined,
>(door: {
  method: Endpoint['method']
  path: string
  right: string
  summary: string
  params?: P
  query?: Q
  headers?: H
  body?: B
  streamType?: string
  answer?: ZodType | BytesAnswer
  status?: 200 | 201
  answerHeaders?: Readonly<Record<string, string>>
  run(input: { params: Out<P>; query: Out<Q>; headers: Out<H>; body: Out<B> }, call: Call): Promise<unknown>
}): Endpoint {
  return door as unknown as Endpoint
}
