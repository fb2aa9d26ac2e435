/**
 * A server with a handful of doors for the tests of http, on a port of its own, and a client that sees
 * raw answers. No database: who calls is decided by a table.
 */
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { nobody } from '../../src/http/caller.ts'
import type { Endpoint, Principal } from '../../src/http/endpoint.ts'
import { createServer, type HttpServer, type ServerOptions } from '../../src/http/server.ts'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The text as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects in there
  json: any
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

export interface OpenDoors {
  http: HttpServer
  address: string
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Every line logged so far. */
  logged(): Record<string, unknown>[]
}

export const principal = (rights: string[], more: Partial<Principal> = {}): Principal => ({
  kind: 'account',
  actor: 'account:li.ming',
  accountId: 'a1',
  rights: new Set(rights),
  districts: '*',
  ...more,
})

/** Opens it for the running test; `Bearer reader` holds `registry.read`, `Bearer metrics` metrics.read, a cookie `wangge=reader` too. */
export async function openDoors(
  endpoints: readonly Endpoint[],
  options: Partial<ServerOptions> = {},
): Promise<OpenDoors> {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).split('\n').filter(Boolean))
      done()
    },
  })
  const known: Record<string, Principal> = {
    reader: principal(['registry.read']),
    metrics: principal(['metrics.read']),
    powerless: principal([]),
  }
  const http = createServer({
    endpoints,
    principalOf: async ({ bearer, sessionToken }) => known[bearer ?? sessionToken ?? ''] ?? nobody,
    log: pino({ level: 'debug' }, sink),
    limits: { uploadBytes: 100_000 },
    ready: () => ({ ready: true, warming: [] }),
    ...options,
  })
  const address = await http.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => http.stop(100))
  const { port } = http.server.address() as AddressInfo
  return {
    http,
    address,
    ask: (path, asked) => ask({ port, host: '127.0.0.1' }, path, asked),
    logged: () => lines.map(line => JSON.parse(line)),
  }
}

/** One request as it is written, path and headers untouched. */
export function ask(
  where: { port: number; host: string } | { socketPath: string },
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ ...where, path, method, headers, agent: false }, async answer => {
      try {
        const chunks: Buffer[] = []
        for await (const chunk of answer) chunks.push(chunk)
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: answer.statusCode!,
          headers: answer.headers,
          text,
          get json() {
            return JSON.parse(text)
          },
        })
      } catch (error) {
        reject(error)
      }
    })
    call.on('error', reject)
    if (body && typeof body === 'object' && Symbol.asyncIterator in body) {
      const send = async () => {
        for await (const chunk of body)
          if (!call.write(chunk)) await new Promise(done => call.once('drain', done))
        call.end()
      }
      send().catch(reject)
    } else call.end(body)
  })
}

export const asReader = { authorization: 'Bearer reader' }
export const sendsJson = { 'content-type': 'application/json' }
