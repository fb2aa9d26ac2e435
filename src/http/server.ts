/**
 * The server: Koa with every endpoint mounted behind the same row of doors, on a port (with TLS where a
 * certificate is given) or on the socket in the data directory. What each door does is in the file named
 * after it.
 *
 *   request id → log → headers → errors → origin → compression → route → console's files
 */
import { chmod } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import Router from '@koa/router'
import Koa, { type Middleware } from 'koa'
import { newId } from '../core/id.ts'
import type { Log } from '../core/log.ts'
import { problem } from '../core/problem.ts'
import { logRequests } from './access-log.ts'
import { apiDocsDoor } from './api-docs.ts'
import { takeRest } from './body.ts'
import type { PrincipalOf } from './caller.ts'
import { compress } from './compress.ts'
import type { Endpoint } from './endpoint.ts'
import { tell, tellErrors } from './errors.ts'
import { securityHeaders } from './headers.ts'
import { healthDoors, type Readiness } from './health.ts'
import { type Metrics, metricsDoor, openMetrics } from './metrics.ts'
import { mount } from './mount.ts'
import { openapiDoor } from './openapi.ts'
import { checkOrigin } from './origin.ts'
import { serveStatic } from './static.ts'

export interface ServerOptions {
  endpoints: readonly Endpoint[]
  principalOf: PrincipalOf
  log: Log
  /** Readable names of rights, for the refusal that names one: [Chinese, English]. */
  rightNames?: Readonly<Record<string, readonly [zh: string, en: string]>>
  /** PEM texts; absent = plain HTTP. */
  tls?: { cert: string | Buffer; key: string | Buffer }
  limits: {
    /** Bytes of a streamed body. */
    uploadBytes: number
    /** Bytes of a JSON body; 1 MB unless told. */
    jsonBytes?: number
  }
  /** The built console (dist/web). */
  staticDir?: string
  ready(): Readiness | Promise<Readiness>
  /** True for the socket in the data directory: who can open it is the operator of this machine. */
  local?: boolean
  /** `https://grid.example.cn`, where a proxy stands before this server. */
  publicOrigin?: string
  /** Believe X-Forwarded-For and X-Forwarded-Proto of the one proxy before us. */
  trustProxy?: boolean
  /** Shared between servers of one process; a fresh set unless given. */
  metrics?: Metrics
}

export type Where = { port: number; host: string } | { socket: string }

export interface HttpServer {
  server: Server
  /** @returns where it listens: `http://127.0.0.1:8080`, or the socket's path; rejects with EADDRINUSE */
  listen(where: Where): Promise<string>
  /** Takes no more requests, ends event streams, lets the others finish, and closes what is left after the grace. */
  stop(graceMs?: number): Promise<void>
}

export function createServer(options: ServerOptions): HttpServer {
  const { log, tls, local = false, trustProxy = false, metrics = openMetrics() } = options
  const secureOrigin = tls !== undefined || options.publicOrigin?.startsWith('https://') === true
  const doors: Endpoint[] = [...options.endpoints, ...healthDoors(options.ready), metricsDoor(metrics)]
  doors.push(openapiDoor(doors), apiDocsDoor(doors))

  const app = new Koa({ proxy: trustProxy, maxIpsCount: 1 })
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE_AWAY.has(error.code ?? '')) log.error({ err: error }, 'an answer broke off')
  })
  const router = new Router({ sensitive: true, strict: true })
  const mounted = mount(router, doors, {
    principalOf: options.principalOf,
    rightNames: options.rightNames ?? {},
    uploadBytes: options.limits.uploadBytes,
    jsonBytes: options.limits.jsonBytes ?? 1_000_000,
    local,
    secureOrigin,
    publicOrigin: options.publicOrigin,
  })

  app.use(nameRequest(trustProxy, local))
  app.use(logRequests(log, metrics))
  if (!local) app.use(securityHeaders(secureOrigin))
  app.use(tellErrors(log))
  if (!local) app.use(checkOrigin(options.publicOrigin))
  app.use(compress())
  app.use(router.routes())
  app.use(tellMethods(router))
  if (!local) app.use(serveStatic(options.staticDir))
  app.use(ctx => tell(ctx, problem('request.not-found', { path: ctx.path })))

  const handle = app.callback()
  const server = tls
    ? https.createServer({ ...tls, minVersion: 'TLSv1.2' }, handle)
    : http.createServer(handle)
  // bodies are timed where they are read (body.ts): an upload of gigabytes may take its hour
  server.requestTimeout = 0
  server.headersTimeout = 20_000
  server.keepAliveTimeout = 65_000

  return {
    server,
    listen: where => listen(server, where, tls !== undefined),
    async stop(graceMs = 10_000) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      mounted.endStreams()
      server.closeIdleConnections()
      const idle = setInterval(() => server.closeIdleConnections(), 50)
      const grace = setTimeout(() => {
        mounted.abortAll()
        server.closeAllConnections()
      }, graceMs)
      await closed
      clearInterval(idle)
      clearTimeout(grace)
    },
  }
}

/** What a client that hangs up looks like from here. */
const GONE_AWAY = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ABORT_ERR'])

function nameRequest(trustProxy: boolean, local: boolean): Middleware {
  return async (ctx, next) => {
    const given = trustProxy ? ctx.get('X-Request-Id') : ''
    ctx.state.id = /^[\w-]{8,64}$/.test(given) ? given : newId()
    ctx.state.remote = local ? 'local' : ctx.ip
    ctx.set('X-Request-Id', ctx.state.id)
    await next()
    takeRest(ctx.req)
  }
}

/** A path that exists under other methods: 405 and which. */
function tellMethods(router: Router): Middleware {
  return async (ctx, next) => {
    const here = router.match(ctx.path, ctx.method)
    if (here.path.length === 0) return next()
    const allowed = [...new Set(here.path.flatMap(layer => layer.methods))].join(', ')
    tell(ctx, problem('request.method', { path: ctx.path, method: ctx.method, allowed }))
    ctx.set('Allow', allowed)
  }
}

async function listen(server: Server, where: Where, secure: boolean): Promise<string> {
  // the socket is made by the call itself: it must never be there with a wider mode, not for a moment
  const umask = 'socket' in where ? process.umask(0o177) : null
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen('socket' in where ? { path: where.socket } : where, () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (umask !== null) process.umask(umask)
  await listening
  if ('socket' in where) {
    await chmod(where.socket, 0o600)
    return where.socket
  }
  const { address, port, family } = server.address() as AddressInfo
  return `${secure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
