import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { problem } from '../../src/core/problem.ts'
import { created, entityTag, tagged } from '../../src/http/answer.ts'
import { endpoint, raw } from '../../src/http/endpoint.ts'
import { createServer } from '../../src/http/server.ts'
import { asReader, openDoors, sendsJson } from './open-doors.ts'

const things = endpoint({
  method: 'get',
  path: '/api/things/:id',
  right: 'registry.read',
  summary: 'A thing',
  params: z.object({ id: z.coerce.number().int() }),
  query: z.object({
    q: z.string().max(5).optional(),
    limit: z.coerce.number().int().max(10).default(3),
    class: z.array(z.string()).optional(),
  }),
  run: async ({ params, query }, call) => ({
    ...params,
    ...query,
    actor: call.principal.actor,
    lang: call.lang,
  }),
})
const make = endpoint({
  method: 'post',
  path: '/api/things',
  right: 'registry.read',
  summary: 'Make a thing',
  body: z.object({
    name: z.string().min(2),
    inner: z.object({ n: z.number() }).optional(),
    password: z.string().max(3).optional(),
  }),
  run: async ({ body }) => created(body, '/api/things/1'),
})
const fails = endpoint({
  method: 'get',
  path: '/api/fails',
  right: 'open',
  summary: 'Fails',
  async run() {
    throw new Error('SELECT secret FROM vault: connection to 10.0.0.7 refused')
  },
})

describe('who may', () => {
  it('answers 401 to who shows nothing, 403 naming the right to who lacks it, and lets in who has it', async () => {
    const { ask } = await openDoors([things], {
      rightNames: { 'registry.read': ['查看地图', 'see the map'] },
    })
    const refused = await ask('/api/things/1')
    expect(refused.status).toBe(401)
    expect(refused.json.code).toBe('session.required')
    expect(refused.headers['www-authenticate']).toMatch(/^Bearer/)
    const missing = await ask('/api/things/1', {
      headers: { authorization: 'Bearer powerless', 'accept-language': 'en' },
    })
    expect(missing.status).toBe(403)
    expect(missing.json).toMatchObject({
      code: 'right.missing',
      right: 'see the map',
      rightCode: 'registry.read',
    })
    expect((await ask('/api/things/1', { headers: asReader })).status).toBe(200)
  })

  it('asks before it reads: who may not in learns nothing of what the input should be', async () => {
    const { ask } = await openDoors([make])
    const answer = await ask('/api/things', { method: 'POST', headers: sendsJson, body: '{"name":' })
    expect(answer.status).toBe(401)
  })

  it('takes a session from the cookie, and a bearer before a cookie', async () => {
    const { ask } = await openDoors([things])
    expect((await ask('/api/things/1', { headers: { cookie: 'a=b; wangge=reader' } })).status).toBe(200)
    const both = { cookie: 'wangge=reader', authorization: 'Bearer unknown' }
    expect((await ask('/api/things/1', { headers: both })).status).toBe(401)
  })

  it('does not open with a door that names no right, or with two doors alike', async () => {
    const options = { principalOf: async () => { throw new Error('unused') }, log: (await import('pino')).pino({ level: 'silent' }), limits: { uploadBytes: 1 }, ready: () => ({ ready: true, warming: [] }) } // biome-ignore format: one line
    expect(() => createServer({ ...options, endpoints: [{ ...things, right: '' }] })).toThrow(/right/)
    expect(() => createServer({ ...options, endpoints: [things, things] })).toThrow(/twice/)
  })
})

describe('what goes out', () => {
  it('sends a problem in the language asked for, as problem+json with its code', async () => {
    const gone = endpoint({
      method: 'get',
      path: '/api/gone',
      right: 'open',
      summary: 'Gone',
      async run() {
        throw problem('grid.unknown', { code: '320506001' })
      },
    })
    const { ask } = await openDoors([gone])
    const zh = await ask('/api/gone', { headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' } })
    expect(zh.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(zh.headers['content-language']).toBe('zh-CN')
    expect(zh.json).toMatchObject({
      type: 'urn:wangge:problem:grid.unknown',
      title: '没有网格 320506001',
      status: 404,
      code: 'grid.unknown',
    })
    expect((await ask('/api/gone', { headers: { 'accept-language': 'en-GB' } })).json.title).toBe(
      'There is no grid 320506001',
    )
    expect((await ask('/api/gone?lang=en', { headers: { 'accept-language': 'zh' } })).json.title).toMatch(
      /^There/,
    )
    expect((await ask('/api/gone', { headers: { 'accept-language': 'fr' } })).json.title).toMatch(/^没有/)
  })

  it('tells nothing of an error of its own but a number that is in the log', async () => {
    const { ask, logged } = await openDoors([fails])
    const { status, json, text, headers } = await ask('/api/fails')
    expect(status).toBe(500)
    expect(json.code).toBe('internal')
    expect(text).not.toMatch(/SELECT|vault|10\.0\.0\.7|Error|at /)
    expect(json.id).toBe(headers['x-request-id'])
    const line = logged().find(each => each.msg === 'a request failed')
    expect(line).toMatchObject({ id: json.id, err: { message: expect.stringContaining('vault') } })
  })

  it('answers 204 to nothing, 201 with its place, and bytes as they are', async () => {
    const bytes = endpoint({
      method: 'get',
      path: '/api/bytes',
      right: 'open',
      summary: 'Bytes',
      run: async () =>
        raw({
          status: 203,
          headers: { 'content-type': 'application/x-thing' },
          body: Uint8Array.of(1, 2, 3).subarray(1),
        }),
    })
    const nothing = endpoint({
      method: 'delete',
      path: '/api/bytes',
      right: 'open',
      summary: 'Nothing',
      run: async () => undefined,
    })
    const { ask } = await openDoors([bytes, nothing, make])
    const got = await ask('/api/bytes')
    expect([got.status, got.headers['content-type'], got.headers['content-length']]).toEqual([
      203,
      'application/x-thing',
      '2',
    ])
    expect(Buffer.from(got.text)).toEqual(Buffer.from([2, 3]))
    const gone = await ask('/api/bytes', { method: 'DELETE' })
    expect([gone.status, gone.text]).toEqual([204, ''])
    const there = await ask('/api/things', {
      method: 'POST',
      headers: { ...asReader, ...sendsJson },
      body: '{"name":"ab"}',
    })
    expect([there.status, there.headers.location]).toEqual([201, '/api/things/1'])
  })

  it('answers HEAD as GET, without the body', async () => {
    const { ask } = await openDoors([things])
    const get = await ask('/api/things/1', { headers: asReader })
    const head = await ask('/api/things/1', { method: 'HEAD', headers: asReader })
    expect(head.status).toBe(200)
    expect(head.text).toBe('')
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
    expect(head.headers['content-type']).toBe(get.headers['content-type'])
    expect((await ask('/api/things/1', { method: 'HEAD' })).status).toBe(401)
  })

  it('answers 404 to what is not there and 405 to what is there under another method', async () => {
    const { ask } = await openDoors([things, make])
    const none = await ask('/api/nothing?token=abc')
    expect([none.status, none.json.code, none.json.path]).toEqual([404, 'request.not-found', '/api/nothing'])
    expect((await ask('/api/things/')).status).toBe(404)
    expect((await ask('/API/things/1', { headers: asReader })).status).toBe(404)
    const other = await ask('/api/things', { method: 'PUT' })
    expect([other.status, other.headers.allow]).toEqual([405, 'POST'])
    expect(other.json).toMatchObject({
      code: 'request.method',
      status: 405,
      method: 'PUT',
      path: '/api/things',
      allowed: 'POST',
    })
    expect((await ask('/api/things/1', { method: 'DELETE' })).headers.allow).toBe('HEAD, GET')
  })

  it('answers 304 to who holds the answer, by a strong or a weakened tag', async () => {
    let made = 0
    const tag = entityTag('v7', 'scope|all')
    const listed = endpoint({
      method: 'get',
      path: '/api/listed',
      right: 'open',
      summary: 'Listed',
      run: (_input, call) => tagged(call, tag, () => ({ made: ++made })),
    })
    const { ask } = await openDoors([listed])
    const first = await ask('/api/listed')
    expect([first.status, first.headers.etag, first.headers['cache-control']]).toEqual([
      200,
      tag,
      'private, no-cache',
    ])
    for (const held of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const again = await ask('/api/listed', { headers: { 'if-none-match': held } })
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', tag])
    }
    expect((await ask('/api/listed', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    expect(made).toBe(2)
    expect(entityTag('v7', 'scope')).not.toBe(entityTag('v7scope'))
  })
})
