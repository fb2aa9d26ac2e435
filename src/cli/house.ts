/**
 * How the command line reaches the house: through the socket of a running server, or by opening the
 * house in this very process for the length of the command. Either way the same doors are used.
 */
import { createReadStream } from 'node:fs'
import { request } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { App } from '../app.ts'
import { readConfig, terminalLanguage } from '../config.ts'
import { answers, prepareDataDir, socketPath } from '../core/data-dir.ts'
import { openLog } from '../core/log.ts'

export interface Client {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  put(path: string, body: unknown): Promise<void>
  /** Sends a file's bytes. */
  send(path: string, file: string): Promise<void>
}

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
  if (await answers(socket)) return work(clientOf(socket))
  // loaded only here: a command that talks to a running server needs none of it
  const { openApp } = await import('../app.ts')
  const app: App = await openApp(config, openLog(config.logLevel === 'info' ? 'warn' : config.logLevel))
  try {
    return await work(clientOf(app.socket))
  } finally {
    await app.stop()
  }
}

export function clientOf(socketPath: string): Client {
  const ask = (method: string, path: string, body?: { json: unknown } | { file: string }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = { 'accept-language': terminalLanguage() }
      if (body) headers['content-type'] = 'json' in body ? 'application/json' : 'application/octet-stream'
      const call = request({ socketPath, method, path, headers }, async answer => {
        try {
          let text = ''
          answer.setEncoding('utf8')
          for await (const chunk of answer) text += chunk
          const value = text === '' ? undefined : JSON.parse(text)
          if (answer.statusCode! >= 400) reject(new Refusal(answer.statusCode!, value ?? {}))
          else resolve(value)
        } catch (error) {
          reject(error)
        }
      })
      call.on('error', reject)
      if (body && 'file' in body) pipeline(createReadStream(body.file), call).catch(reject)
      else call.end(body ? JSON.stringify(body.json) : undefined)
    })
  return {
    get: <T>(path: string) => ask('GET', path) as Promise<T>,
    post: <T>(path: string, body: unknown = {}) => ask('POST', path, { json: body }) as Promise<T>,
    put: async (path, body) => void (await ask('PUT', path, { json: body })),
    send: async (path, file) => void (await ask('PUT', path, { file })),
  }
}
