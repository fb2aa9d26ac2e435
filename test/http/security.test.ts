import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint, raw } from '../../src/http/endpoint.ts'
import { readCookie, setCookie } from '../../src/http/session.ts'
import { selfSigned } from '../support/certificate.ts'
import { openDoors } from './open-doors.ts'

const ping = endpoint({
  method: 'post',
  path: '/api/ping',
  right: 'open',
  summary: 'Ping',
  run: async (_input, call) => ({ remote: call.remote }),
})
const read = endpoint({
  method: 'get',
  path: '/api/read',
  right: 'open',
  summary: 'Read',
  run: async (_input, call) => ({ remote: call.remote }),
})
const bake = endpoint({
  method: 'post',
  path: '/api/bake',
  right: 'open',
  summary: 'Sets and reads a cookie',
  async run(_input, call) {
    call.setCookie('wangge', 'token-1', 60)
    return { came: call.cookie('wangge') ?? null }
  },
})

describe('where a request comes from', () => {
  it('lets in what its own pages and what programs send, and nothing of other sites', async () => {
    const { ask, address } = await openDoors([ping])
    const post = (headers: Record<string, string>) => ask('/api/ping', { method: 'POST', headers })
    expect((await post({})).status).toBe(200)
    expect((await post({ origin: address })).status).toBe(200)
    expect((await post({ 'sec-fetch-site': 'same-origin', origin: address })).status).toBe(200)
    expect((await post({ 'sec-fetch-site': 'none' })).status).toBe(200)
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${address}.evil.example` },
      { origin: address.replace(/:\d+$/, '') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: address },
      { origin: 'https://evil.example', cookie: 'wangge=reader' },
    ]
    for (const headers of foreign) {
      const { status, json } = await post(headers)
      expect([status, json.code]).toEqual([403, 'request.origin'])
    }
  })

  it('lets other sites link here: reading changes nothing', async () => {
    const { ask } = await openDoors([read])
    expect(
      (
        await ask('/api/read', {
          headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
        })
      ).status,
    ).toBe(200)
  })

  it('takes PUBLIC_ORIGIN for its own behind a proxy', async () => {
    const { ask } = await openDoors([ping], { publicOrigin: 'https://grid.example.cn' })
    const post = (origin: string) => ask('/api/ping', { method: 'POST', headers: { origin } })
    expect((await post('https://grid.example.cn')).status).toBe(200)
    expect((await post('http://grid.example.cn')).status).toBe(403)
  })

  it('answers no preflight of another site', async () => {
    const { ask } = await openDoors([ping])
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const answer = await ask('/api/ping', { method: 'OPTIONS', headers })
    expect(answer.status).toBe(405)
    expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control'))).toEqual([])
  })
})

describe('who is believed about addresses', () => {
  const claims = { 'x-forwarded-for': '203.0.113.9, 198.51.100.4', 'x-request-id': 'from-outside-1' }

  it('believes no forwarded header by itself', async () => {
    const { ask } = await openDoors([read])
    const { json, headers } = await ask('/api/read', { headers: claims })
    expect(json.remote).toBe('127.0.0.1')
    expect(headers['x-request-id']).not.toBe('from-outside-1')
  })

  it('believes the one proxy it is told to trust, and of a chain only the last link', async () => {
    const { ask } = await openDoors([read], { trustProxy: true })
    const { json, headers } = await ask('/api/read', { headers: claims })
    expect(json.remote).toBe('198.51.100.4')
    expect(headers['x-request-id']).toBe('from-outside-1')
    const odd = await ask('/api/read', { headers: { 'x-request-id': 'a b<script>' } })
    expect(odd.headers['x-request-id']).toMatch(/^[\w-]{36}$/)
  })
})

describe('cookies', () => {
  it('are out of reach of scripts and of other sites, and say so to the browser', async () => {
    const { ask } = await openDoors([bake])
    const { headers } = await ask('/api/bake', { method: 'POST' })
    expect(headers['set-cookie']).toEqual(['wangge=token-1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax'])
  })

  it('are Secure and host-bound on TLS, where only those count', async () => {
    const { ask } = await openDoors([bake], { publicOrigin: 'https://grid.example.cn' })
    const bare = await ask('/api/bake', { method: 'POST', headers: { cookie: 'wangge=planted' } })
    expect(bare.json.came).toBeNull()
    expect(bare.headers['set-cookie']![0]).toBe(
      '__Host-wangge=token-1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    )
    const own = await ask('/api/bake', {
      method: 'POST',
      headers: { cookie: 'wangge=planted; __Host-wangge=real' },
    })
    expect(own.json.came).toBe('real')
  })

  it('never hold what would end the header', () => {
    expect(() => setCookie('wangge', 'a\r\nSet-Cookie: b=c', 1, false)).toThrow()
    expect(() => setCookie('wangge', 'a; Domain=evil.example', 1, false)).toThrow()
    expect(() => setCookie('wang ge', 'a', 1, false)).toThrow()
    expect(readCookie('xwangge=1; wangge=2; wangge=3', 'wangge', false)).toBe('2')
    expect(readCookie(undefined, 'wangge', false)).toBeUndefined()
    expect(readCookie('wangge', 'wangge', false)).toBeUndefined()
  })
})

describe('headers', () => {
  it('let the page run only scripts of its own and speak only to its own server', async () => {
    const { ask } = await openDoors([read])
    const { headers } = await ask('/api/read')
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split(';')
        .map(rule => [rule.trim().split(' ')[0], rule.trim().split(' ').slice(1).join(' ')]),
    )
    expect(policy).toMatchObject({
      'default-src': "'self'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'img-src': "'self' data: blob:",
      'worker-src': "'self' blob:",
      'object-src': "'none'",
      'frame-ancestors': "'none'",
    })
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  it('stand on refusals and on failures too', async () => {
    const { ask } = await openDoors([])
    const { status, headers } = await ask('/api/nothing')
    expect(status).toBe(404)
    expect(headers['content-security-policy']).toContain("script-src 'self'")
  })

  it('cannot be split by what a handler puts in: that is a failure, not two answers', async () => {
    const split = endpoint({
      method: 'get',
      path: '/api/split',
      right: 'open',
      summary: 'Splits',
      query: z.object({ to: z.string() }),
      run: async ({ query }) => raw({ headers: { 'x-to': query.to }, body: 'ok' }),
    })
    const { ask } = await openDoors([split])
    const bad = await ask(`/api/split?to=${encodeURIComponent('a\r\nSet-Cookie: wangge=evil')}`)
    expect(bad.status).toBe(500)
    expect(bad.headers['set-cookie']).toBeUndefined()
    expect((await ask('/api/split?to=plain')).headers['x-to']).toBe('plain')
  })

  it('keep browsers on TLS where there is TLS', async () => {
    const { cert, key } = selfSigned()
    const { http } = await openDoors([bake], { tls: { cert, key } })
    const { port } = http.server.address() as { port: number }
    const { request } = await import('node:https')
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const options = {
        port,
        host: '127.0.0.1',
        path: '/api/bake',
        method: 'POST',
        ca: cert,
        checkServerIdentity: () => undefined,
        agent: false as const,
      }
      request(options, answer => answer.resume().on('end', () => resolve(answer.headers)))
        .on('error', reject)
        .end()
    })
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    expect(String(headers['set-cookie'])).toMatch(/^__Host-wangge=.*; Secure$/)
  })
})

describe('the request log', () => {
  it('keeps method, path, status and who, and of the query only the names', async () => {
    const secret = endpoint({
      method: 'get',
      path: '/api/search',
      right: 'registry.read',
      summary: 'Search',
      query: z.object({ q: z.string() }),
      run: async () => ({}),
    })
    const { ask, logged } = await openDoors([secret])
    const headers = { authorization: 'Bearer reader', cookie: 'wangge=cookie-secret' }
    await ask(`/api/search?q=${encodeURIComponent('张三 13800000000')}`, { headers })
    await expect.poll(() => logged().some(line => line.msg === 'request')).toBe(true)
    const line = logged().find(each => each.msg === 'request')!
    expect(line).toMatchObject({
      method: 'GET',
      path: '/api/search',
      query: ['q'],
      status: 200,
      actor: 'account:li.ming',
      remote: '127.0.0.1',
    })
    expect(JSON.stringify(logged())).not.toMatch(/13800000000|cookie-secret|Bearer/)
  })
})

describe('the address a handler tells of itself', () => {
  const where = endpoint({
    method: 'get',
    path: '/api/origin',
    right: 'open',
    summary: 'Where I am',
    run: async (_input, call) => ({ origin: call.origin }),
  })
  it('is the public one where it is configured, whatever the caller names; else the one the caller used', async () => {
    const headers = {
      host: 'evil.example:99',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
    }
    const named = await openDoors([where], { publicOrigin: 'https://grid.example.cn/' })
    expect((await named.ask('/api/origin', { headers })).json).toEqual({ origin: 'https://grid.example.cn' })
    const { ask, address } = await openDoors([where])
    expect((await ask('/api/origin')).json).toEqual({ origin: address })
    expect((await ask('/api/origin', { headers: { 'x-forwarded-host': 'evil.example' } })).json).toEqual({
      origin: address,
    })
  })
})
