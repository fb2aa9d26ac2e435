import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { nobody } from '../../src/http/caller.ts'
import { type Call, endpoint, raw } from '../../src/http/endpoint.ts'
import { createServer } from '../../src/http/server.ts'
import { ask as askAt, openDoors, principal } from './open-doors.ts'

describe('a server that stops', () => {
  it('finishes what is under way, takes nothing new, and ends event streams at once', async () => {
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const aborted: string[] = []
    const slow = endpoint({
      method: 'get',
      path: '/api/slow',
      right: 'open',
      summary: 'Slow',
      async run(_input, call) {
        call.signal.addEventListener('abort', () => aborted.push('slow'))
        begun.resolve()
        await finish.promise
        return { done: true, abortedSoFar: [...aborted] }
      },
    })
    const { http, ask, address } = await openDoors([slow, forever])
    const stream = await new Promise<Readable>((resolve, reject) =>
      get(`${address}/api/forever`, resolve).on('error', reject),
    )
    const streamed = text(stream)
    const running = ask('/api/slow')
    await begun.promise
    const stopped = http.stop(60_000)
    expect(await streamed).toBe('data: 1\n\n')
    await expect(ask('/healthz')).rejects.toThrow(/ECONNREFUSED/)
    finish.resolve()
    expect((await running).json).toEqual({ done: true, abortedSoFar: [] })
    await stopped
  })

  it('breaks off what does not end in time, telling its handler', async () => {
    const begun = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const stuck = endpoint({
      method: 'get',
      path: '/api/stuck',
      right: 'open',
      summary: 'Stuck',
      run: (_input, call) => {
        begun.resolve()
        call.signal.addEventListener('abort', () => told.resolve())
        return new Promise(() => {})
      },
    })
    const { http, ask } = await openDoors([stuck])
    const running = ask('/api/stuck')
    running.catch(() => {})
    await begun.promise
    await http.stop(50)
    await told.promise
    await expect(running).rejects.toThrow()
  })

  it('tells a handler when its client goes away', async () => {
    const begun = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const waits = endpoint({
      method: 'get',
      path: '/api/waits',
      right: 'open',
      summary: 'Waits',
      run: (_input, call) => {
        begun.resolve()
        call.signal.addEventListener('abort', () => told.resolve())
        return new Promise(() => {})
      },
    })
    const { address } = await openDoors([waits])
    const call = get(`${address}/api/waits`)
    call.on('error', () => {})
    await begun.promise
    call.destroy()
    await told.promise
  })
})

const forever = endpoint({
  method: 'get',
  path: '/api/forever',
  right: 'open',
  summary: 'An event stream without end',
  run: async (_input, call) =>
    raw({ headers: { 'content-type': 'text/event-stream' }, body: Readable.from(ticks(call)) }),
})

async function* ticks({ signal }: Call) {
  yield 'data: 1\n\n'
  if (!signal.aborted) await new Promise(done => signal.addEventListener('abort', done))
}

describe('the socket in the data directory', () => {
  const whoami = endpoint({
    method: 'post',
    path: '/api/whoami',
    right: 'registry.read',
    summary: 'Who am I',
    run: async (_input, call) => ({ actor: call.principal.actor, remote: call.remote }),
  })
  const operator = principal(['registry.read'], { kind: 'local', actor: 'local:root', accountId: null })
  const options = {
    endpoints: [whoami],
    log: pino({ level: 'silent' }),
    limits: { uploadBytes: 1000 },
    ready: () => ({ ready: true, warming: [] }),
  }

  it('is for its owner alone, and who comes through it is the operator, whatever headers say', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-socket-'))
    const http = createServer({
      ...options,
      local: true,
      principalOf: async caller => (caller.local ? operator : nobody),
    })
    const socketPath = await http.listen({ socket: join(dir, 's.sock') })
    try {
      expect(statSync(socketPath).mode & 0o777).toBe(0o600)
      const headers = {
        authorization: 'Bearer nonsense',
        'x-forwarded-for': '203.0.113.9',
        origin: 'https://evil.example',
      }
      const { json } = await askAt({ socketPath }, '/api/whoami', { method: 'POST', headers })
      expect(json).toEqual({ actor: 'local:root', remote: 'local' })
      await expect(
        createServer({ ...options, principalOf: async () => nobody }).listen({ socket: socketPath }),
      ).rejects.toThrow(/EADDRINUSE/)
    } finally {
      await http.stop(100)
      rmSync(dir, { recursive: true })
    }
  })

  it('is nothing a header over the network can claim', async () => {
    const { ask } = await openDoors([whoami], {
      principalOf: async caller => (caller.local ? operator : nobody),
    })
    for (const headers of [
      { 'x-local': 'true', local: 'true' },
      { 'x-forwarded-for': 'local' },
      { host: 'localhost' },
    ] as Record<string, string>[]) {
      expect((await ask('/api/whoami', { method: 'POST', headers })).status).toBe(401)
    }
  })
})
