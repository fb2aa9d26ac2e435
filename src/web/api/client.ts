/**
 * The only place of the console that calls `fetch`. A call names a path and its query; an answer is
 * JSON; a refusal is thrown as an ApiProblem with the server's sentence in the user's language.
 * Who wants to know of lost connections or lost sessions registers a listener.
 */
export type Query = Record<string, string | number | boolean | null | undefined>

/** A refusal of the server (RFC 9457), or `offline` where no answer came. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  /** All that the answer says, by name. */
  readonly detail: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, title: string, detail: Record<string, unknown> = {}) {
    super(title)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.detail = detail
  }
}

interface Listeners {
  answered(): void
  unreachable(): void
  signedOut(): void
}
const context = { language: 'zh-CN', district: null as string | null }
let listeners: Listeners = { answered: () => {}, unreachable: () => {}, signedOut: () => {} }

export const listenToApi = (to: Listeners): void => {
  listeners = to
}
export const speakToApi = (language: string): void => {
  context.language = language
}
/** Names the district of every later call; null where the server has only one. */
export const chooseApiDistrict = (code: string | null): void => {
  context.district = code
}

/** A path with its query; absent values are left out. */
export function address(path: string, query: Query = {}): string {
  const all: Query = context.district ? { district: context.district, ...query } : query
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(all))
    if (value !== null && value !== undefined && value !== '') search.set(key, String(value))
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  query?: Query
  body?: unknown
  /** A file as it is, instead of a body of JSON. */
  file?: Blob
  signal?: AbortSignal
}

export async function call<T>(
  path: string,
  { method = 'GET', query, body, file, signal }: Call = {},
): Promise<T> {
  let answer: { status: number; text: string }
  try {
    const response = await fetch(address(path, query), {
      method,
      headers: {
        accept: 'application/json, application/problem+json',
        'accept-language': context.language,
        ...(file ? { 'content-type': 'application/octet-stream' } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(file ? { body: file } : {}),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
      credentials: 'same-origin',
    })
    // a server that goes away while it answers has not answered
    answer = { status: response.status, text: await response.text() }
  } catch (error) {
    if (signal?.aborted) throw error
    listeners.unreachable()
    throw new ApiProblem(0, 'offline', '')
  }
  return settle<T>(answer.status, answer.text)
}

/** What a request that `call` does not make says of the language and of a refusal. */
export const acceptLanguage = (): string => context.language
/** The refusal in an answer that was not read by `call`; status 0 where there was none. */
export function refusal(status: number, text: string): ApiProblem {
  try {
    if (status !== 0) settle(status, text)
    else listeners.unreachable()
  } catch (error) {
    if (error instanceof ApiProblem) return error
  }
  return new ApiProblem(0, 'offline', '')
}

/** Reads an answer's text; a refusal is thrown. A gateway that lost the server counts as no answer. */
function settle<T>(status: number, text: string): T {
  const value = parse(text)
  if (status === 502 || status === 504 || (status === 503 && value === undefined)) {
    listeners.unreachable()
    throw new ApiProblem(status, 'offline', '')
  }
  listeners.answered()
  if (status >= 200 && status < 300) return value as T
  const said = (value ?? {}) as { code?: string; title?: string } & Record<string, unknown>
  const code = said.code ?? `http.${status}`
  if (status === 401 && code !== 'session.refused') listeners.signedOut()
  throw new ApiProblem(status, code, said.title ?? '', said)
}

function parse(text: string): unknown {
  if (!text) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
