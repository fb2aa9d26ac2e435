import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ListQuery, WhereQuery } from '../../src/domain/atlas/schema.ts'
import { codeProfileSchema } from '../../src/domain/catalog/codes.ts'
import { created } from '../../src/http/answer.ts'
import { endpoint } from '../../src/http/endpoint.ts'
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
describe('what comes in', () => {
  it('gives the handler what the schemas made of it', async () => {
    const { ask } = await openDoors([things])
    const { json } = await ask('/api/things/7?q=abc&class=a&class=b', { headers: asReader })
    expect(json).toMatchObject({ id: 7, q: 'abc', limit: 3, class: ['a', 'b'] })
  })

  it('lists all issues at once, each with field, value and rule', async () => {
    const { ask } = await openDoors([things])
    const { status, json } = await ask('/api/things/x?q=toolong&limit=99&zzz=1&lang=en', {
      headers: asReader,
    })
    expect(status).toBe(400)
    expect(json.code).toBe('request.invalid')
    expect(json.issues.map((issue: { field: string; value: unknown }) => [issue.field, issue.value])).toEqual(
      [
        ['params.id', 'x'],
        ['query.q', 'toolong'],
        ['query.limit', '99'],
        ['query.zzz', '1'],
      ],
    )
    for (const issue of json.issues) expect(issue.rule).toMatch(/\w/)
    expect(json.detail.split('\n')).toHaveLength(4)
  })

  it('refuses parameters at a door that knows none, but lets lang and district stand', async () => {
    const { ask } = await openDoors([make])
    const post = (query: string) =>
      ask(`/api/things${query}`, {
        method: 'POST',
        headers: { ...asReader, ...sendsJson },
        body: '{"name":"ab"}',
      })
    expect((await post('?a=1')).json.issues[0].field).toBe('query.a')
    expect((await post('?lang=en&district=320506')).status).toBe(201)
    expect((await post('?lang=fr')).status).toBe(400)
    expect((await post('?district=x')).status).toBe(400)
  })

  it('refuses members a body should not have, and names the nested one that is wrong', async () => {
    const { ask } = await openDoors([make])
    const post = (body: unknown) =>
      ask('/api/things', {
        method: 'POST',
        headers: { ...asReader, ...sendsJson },
        body: JSON.stringify(body),
      })
    const { json } = await post({ name: 'a', inner: { n: 'x' }, admin: true, __proto__: { x: 1 } })
    expect(json.issues.map((issue: { field: string }) => issue.field)).toEqual([
      'body.name',
      'body.inner.n',
      'body.admin',
    ])
    expect((await post({ name: 'ab', inner: { n: 1 } })).json).toEqual({ name: 'ab', inner: { n: 1 } })
  })

  it('never repeats what may be a secret', async () => {
    const { ask, logged } = await openDoors([make])
    const body = '{"name":"a","password":"hunter2hunter2"}'
    const { text } = await ask('/api/things?district=320506', {
      method: 'POST',
      headers: { ...asReader, ...sendsJson },
      body,
    })
    expect(text).toContain('body.password')
    expect(text).not.toContain('hunter2')
    expect(JSON.stringify(logged())).not.toContain('hunter2')
  })

  it('refuses what is no JSON, no UTF-8 or not declared, without quoting it', async () => {
    const { ask } = await openDoors([make])
    const post = (body: string | Uint8Array, type = 'application/json') =>
      ask('/api/things', { method: 'POST', headers: { ...asReader, 'content-type': type }, body })
    for (const answer of [await post('{"name":"ab"'), await post(Buffer.from([0x22, 0xff, 0x22]))]) {
      expect([answer.status, answer.json.code]).toEqual([400, 'request.invalid'])
      expect(answer.json.issues[0].field).toBe('body')
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const { status, json } = await post('{"name":"ab"}', type)
      expect([status, json.code, json.given, json.expected]).toEqual([
        415,
        'request.type',
        type,
        'application/json',
      ])
    }
    expect((await post('{"name":"ab"}', 'application/json;charset=utf-8')).status).toBe(201)
  })

  it('names each missing member where nothing was sent, and takes nothing where nothing is wanted', async () => {
    const nothing = endpoint({
      method: 'post',
      path: '/api/ping',
      right: 'open',
      summary: 'Ping',
      run: async () => ({ pong: true }),
    })
    const { ask } = await openDoors([make, nothing])
    const missing = await ask('/api/things', { method: 'POST', headers: asReader })
    expect(missing.json.issues[0].field).toBe('body.name')
    expect((await ask('/api/ping', { method: 'POST' })).status).toBe(200)
    expect((await ask('/api/ping', { method: 'POST', headers: sendsJson, body: '{}' })).status).toBe(200)
    expect((await ask('/api/ping', { method: 'POST', headers: sendsJson, body: '{"a":1}' })).status).toBe(400)
  })
})

describe('what is wrong with it', () => {
  const where = endpoint({
    method: 'get',
    path: '/api/where',
    right: 'registry.read',
    summary: 'Where',
    query: WhereQuery,
    run: async ({ query }) => query,
  })
  const list = endpoint({ ...where, path: '/api/list', query: ListQuery } as never)
  const cut = endpoint({
    method: 'post',
    path: '/api/cut',
    right: 'registry.read',
    summary: 'Cut',
    body: z.object({ profile: codeProfileSchema, text: z.union([z.string(), z.number()]) }),
    run: async () => ({}),
  })
  const rulesOf = async (path: string, body?: unknown) => {
    const { ask } = await openDoors([where, list, cut])
    const said: string[][] = []
    for (const lang of ['zh', 'en']) {
      const { json } = await ask(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`, {
        headers: { ...asReader, ...(body ? sendsJson : {}) },
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      })
      said.push(json.issues.map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`))
    }
    return said
  }

  it('is said in the language of the one who asks, rules of our own too', async () => {
    expect(await rulesOf('/api/where?lon=abc&lat=31')).toEqual([
      ['query.lon 应为数值'],
      ['query.lon must be a number'],
    ])
    expect(await rulesOf('/api/list?bbox=3,2,1,0')).toEqual([
      ['query.bbox 应为 西,南,东,北，以度计'],
      ['query.bbox must be west,south,east,north in degrees'],
    ])
    const [zh, en] = await rulesOf('/api/cut', { profile: 'cjt', text: true })
    expect(zh![0]).toMatch(/any、编码方案的名称/)
    expect(en![0]).toMatch(/must be any, the name of a code profile/)
    expect([zh![1], en![1]]).toEqual(['body.text 应为文字或数值', 'body.text must be a text or a number'])
  })

  it('is that a parameter stands twice, where it does', async () => {
    expect(await rulesOf('/api/where?lon=120&lon=121&lat=31')).toEqual([
      ['query.lon 只能给出一次'],
      ['query.lon must be given once'],
    ])
  })

  it('is the order of longitude and latitude, where they were swapped', async () => {
    const [zh, en] = await rulesOf('/api/where?lon=31.062&lat=120.716')
    expect(zh).toEqual(['query.lat 应在 -90 至 90 之间（先经度，后纬度）'])
    expect(en).toEqual(['query.lat must be from -90 to 90 (longitude first, then latitude)'])
    const { ask } = await openDoors([where])
    expect((await ask('/api/where?lon=-180&lat=90', { headers: asReader })).json).toMatchObject({
      lon: -180,
      lat: 90,
    })
  })

  it('is never written into a schema in one language alone', () => {
    const root = fileURLToPath(new URL('../../src/', import.meta.url))
    const own =
      /\.(?:refine|regex|min|max|length)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*,\s*'[a-z][^']*'\s*,?\s*\)/g
    const found = globSync(['domain/**/*.ts', 'http/*.ts'], { cwd: root }).flatMap(file =>
      [...readFileSync(root + file, 'utf8').matchAll(own)].map(match => `${file}: ${match[0]}`),
    )
    expect(found).toEqual([])
  })
})
