/**
 * The room's doors and the live door on a port and on a socket, over an opened database, with accounts
 * `admin`, `leader` and `narrow` (a leader of DISTRICT alone) and a second district.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Live, openLive } from '../../../src/core/live.ts'
import { openReactions } from '../../../src/core/reactions.ts'
import { codeProfileSchema } from '../../../src/domain/catalog/codes.ts'
import { ensureDistrict } from '../../../src/domain/orgs/districts.ts'
import { orgsRoutes } from '../../../src/domain/orgs/routes.ts'
import { rights } from '../../../src/domain/orgs/rules.ts'
import { liveDoor } from '../../../src/http/live.ts'
import { createServer } from '../../../src/http/server.ts'
import { type Answer, ask, sendsJson } from '../../http/open-doors.ts'
import type { Open } from '../../support/engines.ts'
import { DISTRICT, type OpenOrgs, openOrgs, PASSWORD } from './open-orgs.ts'

export const TOKEN = 'bootstrap-token-of-forty-characters-0001'
export const asBootstrap = { authorization: `Bearer ${TOKEN}` }
export const SECOND = '320506'

interface Sent {
  body?: unknown
  cookie?: string
  headers?: Record<string, string>
}

export interface ServedOrgs {
  orgs: OpenOrgs
  live: Live
  port: number
  socketPath: string
  /** One request, from a sender of its own unless a header says which. */
  call(method: string, path: string, sent?: Sent): Promise<Answer>
  /** Signs in. @returns the cookie */
  enter(name: string, password?: string): Promise<string>
  close(): Promise<void>
}

/** Streams that one account may have open here. */
export const MOST_STREAMS = 3

export async function serveOrgs(open: Open): Promise<ServedOrgs> {
  const opened = await open()
  const { db } = opened
  const log = pino({ level: 'silent' })
  const orgs = await openOrgs(db, TOKEN)
  const reactions = await openReactions(db, log)
  const live = await openLive(db, { log, reactions })
  reactions.begin([{ name: 'live', to: 'every', react: live.happened }])
  const { principals } = orgs
  const shared = {
    endpoints: [
      ...orgsRoutes({
        db,
        principals,
        bboxOf: () => [120, 31, 121, 32],
        isCodeProfile: text => codeProfileSchema.safeParse(text).success,
      }),
      liveDoor(live, { heartbeatMs: 50, mostStreams: MOST_STREAMS, clock: orgs.clock }),
    ],
    log,
    rightNames: rights,
    limits: { uploadBytes: 1000 },
    ready: () => ({ ready: true, warming: [] }),
  }
  const http = createServer({ ...shared, principalOf: principals.of, trustProxy: true })
  await http.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.server.address() as AddressInfo
  const local = createServer({ ...shared, principalOf: principals.ofLocal, local: true })
  const dir = mkdtempSync(join(tmpdir(), 'wangge-orgs-'))
  const socketPath = await local.listen({ socket: join(dir, 's.sock') })
  await ensureDistrict(db, { code: SECOND, name: '吴中区', demo: false, approval: 'second-person' }, 'test')
  await orgs.account('admin', { roles: ['administrator'] })
  await orgs.account('leader', { roles: ['leader'] })
  await orgs.account('narrow', { roles: ['leader'], districts: [DISTRICT] })

  let sender = 0
  const call: ServedOrgs['call'] = (method, path, { body, cookie, headers } = {}) =>
    ask({ port, host: '127.0.0.1' }, path, {
      method,
      headers: {
        'x-forwarded-for': `203.0.113.${++sender % 250}`,
        ...(body === undefined ? {} : sendsJson),
        ...(cookie ? { cookie } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return {
    orgs,
    live,
    port,
    socketPath,
    call,
    enter: async (name, password = PASSWORD) =>
      cookieOf(await call('POST', '/api/session', { body: { name, password } })),
    async close() {
      await http.stop(200)
      await local.stop(200)
      live.stop()
      await reactions.stop()
      await orgs.stop()
      await opened.close()
      rmSync(dir, { recursive: true })
    },
  }
}

/** What a browser would send back. */
export const cookieOf = (answer: Pick<Answer, 'headers'>): string =>
  String(answer.headers['set-cookie']).split(';')[0]!
