/**
 * How the command line reaches the house: through the socket of a running server, or by opening the
 * house in this very process for the length of the command. Either way the same doors are used.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../app.ts'
import { readConfig, terminalLanguage } from '../config.ts'
import { answers, prepareDataDir, socketPath } from '../core/data-dir.ts'
import { openLog } from '../core/log.ts'
import { Problem, problem } from '../core/problem.ts'

/** How long a command waits for a house that another process is just opening. */
const OPENING_MS = 30_000
/** A house that guests have used stays until none has asked for so long. */
const QUIET_MS = 1_000

export interface Client {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  put(path: string, body: unknown): Promise<void>
  remove(path: string): Promise<void>
  /** Sends a file's bytes. */
  send<T = void>(path: string, file: string): Promise<T>
  /** Writes an answer to a file, which is not there where it could not be written whole. */
  save(path: string, file: string): Promise<void>
}

/** What a socket says whose server is no more. */
const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** A refusal of the server, as it said it. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>
  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.detail ?? body.title ?? `HTTP ${status}`))
    this.status = status
    this.body = body
  }
}

export async function withHouse<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const config = readConfig()
  const socket = socketPath(prepareDataDir(config.dataDir))
  for (const since = performance.now(); ; await sleep(100)) {
    if (await answers(socket)) return work(clientOf(socket))
    // loaded only here: a command that talks to a running server needs none of it
    const { openHouse } = await import('../main.ts')
    const log = openLog(config.logLevel === 'info' ? 'warn' : config.logLevel, 'stderr')
    const app = await openHouse(config, log).catch(error => {
      const opening = error instanceof Problem && error.code === 'data-dir.taken'
      if (opening && performance.now() - since < OPENING_MS) return null
      throw error
    })
    if (!app) continue
    let own = 0
    try {
      return await work(clientOf(app.socket, () => own++))
    } finally {
      await guestsGone(app, own)
      await app.stop()
    }
  }
}

/** Other commands may have come in through our socket: they finish first. */
async function guestsGone({ asked }: App, own: number): Promise<void> {
  for (let seen = own; asked.all > seen || asked.open > 0; await sleep(QUIET_MS)) seen = asked.all
}

/** @param asking told of every request */
export function clientOf(socketPath: string, asking: () => void = () => {}): Client {
  const ask = (method: string, path: string, body?: { json: unknown } | { file: string }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      asking()
      const headers: Record<string, string> = { 'accept-language': terminalLanguage() }
      if (body) headers['content-type'] = 'json' in body ? 'application/json' : 'application/octet-stream'
      const call = request({ socketPath, method, path, headers }, async answer => {
        try {
          const said = await text(answer)
          const value = said === '' ? undefined : JSON.parse(said)
          if (answer.statusCode! >= 400) reject(new Refusal(answer.statusCode!, value ?? {}))
          else resolve(value)
        } catch (error) {
          reject(error)
        }
      })
      call.on('error', (error: NodeJS.ErrnoException) =>
        reject(GONE.has(error.code ?? '') ? problem('server.gone') : error),
      )
      if (body && 'file' in body) pipeline(createReadStream(body.file), call).catch(reject)
      else call.end(body ? JSON.stringify(body.json) : undefined)
    })
  const save = async (path: string, file: string): Promise<void> => {
    asking()
    const headers = { 'accept-language': terminalLanguage() }
    const answered = Promise.withResolvers<IncomingMessage>()
    request({ socketPath, path, headers }, answered.resolve).on('error', answered.reject).end()
    const answer = await answered.promise.catch((error: NodeJS.ErrnoException) => {
      throw GONE.has(error.code ?? '') ? problem('server.gone') : error
    })
    if (answer.statusCode! >= 400) throw new Refusal(answer.statusCode!, JSON.parse(await text(answer)))
    const part = `${file}.part`
    try {
      await pipeline(answer, createWriteStream(part))
      await rename(part, file)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  }
  return {
    save,
    get: <T>(path: string) => ask('GET', path) as Promise<T>,
    post: <T>(path: string, body: unknown = {}) => ask('POST', path, { json: body }) as Promise<T>,
    remove: async path => void (await ask('DELETE', path)),
    put: async (path, body) => void (await ask('PUT', path, { json: body })),
    send: <T>(path: string, file: string) => ask('PUT', path, { file }) as Promise<T>,
  }
}
