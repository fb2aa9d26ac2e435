import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint } from '../../src/http/endpoint.ts'
import type { Readiness } from '../../src/http/health.ts'
import { openMetrics } from '../../src/http/metrics.ts'
import { describeApi } from '../../src/http/openapi.ts'
import { asReader, openDoors, sendsJson } from './open-doors.ts'

const Card = z
  .object({ id: z.uuid(), name: z.string().nullable().describe('as <delivered>') })
  .meta({ id: 'Card' })
const cards = endpoint({
  method: 'get',
  path: '/api/cards/:id',
  right: 'registry.read',
  summary: 'One <card> & more',
  params: z.object({ id: z.uuid() }),
  query: z.object({
    bbox: z
      .string()
      .transform(text => text.split(',').map(Number))
      .optional()
      .describe('west,south,east,north'),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    kind: z.enum(['a', 'b']),
  }),
  answer: z.object({ items: z.array(Card) }),
  run: async () => ({ items: [] }),
})
const upload = endpoint({
  method: 'put',
  path: '/api/cards/:id/files/:file',
  right: 'survey.load',
  summary: 'Send',
  body: 'stream',
  run: async () => undefined,
})
const sign = endpoint({
  method: 'post',
  path: '/api/sign',
  right: 'open',
  summary: 'Sign',
  body: z.object({ name: z.string() }),
  run: async () => undefined,
})

describe('health', () => {
  it('is told to everybody: alive always, ready only when nothing is warming', async () => {
    let state: Readiness = { ready: false, warming: ['atlas', 'database'] }
    const { ask } = await openDoors([], { ready: () => state })
    expect((await ask('/healthz')).status).toBe(200)
    const warming = await ask('/readyz')
    expect([warming.status, warming.json]).toEqual([503, { ready: false, warming: ['atlas', 'database'] }])
    state = { ready: true, warming: [] }
    expect((await ask('/readyz')).status).toBe(200)
    expect((await ask('/readyz', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('metrics', () => {
  it('are for who may read them: requests by route and not by path, and figures of the rooms', async () => {
    const metrics = openMetrics()
    metrics.gauge('wangge_test_things', 'Things', () => 7)
    metrics.gauge('wangge_test_by_district', 'By district', () => new Map([['320506', 3]]), 'district')
    const { ask } = await openDoors([cards], { metrics })
    expect((await ask('/metrics')).status).toBe(401)
    expect((await ask('/metrics', { headers: asReader })).status).toBe(403)
    await ask('/api/cards/00000000-0000-4000-8000-000000000000?kind=a', { headers: asReader })
    await ask('/wp-admin/setup.php')
    const read = async () => (await ask('/metrics', { headers: { authorization: 'Bearer metrics' } })).text
    await expect.poll(read).toContain('route="none",status="404"')
    const text = await read()
    expect(text).toContain(
      'wangge_http_request_seconds_count{method="GET",route="/api/cards/:id",status="200"} 1',
    )
    expect(text).toContain('wangge_test_things 7')
    expect(text).toContain('wangge_test_by_district{district="320506"} 3')
    expect(text).toContain('process_cpu_user_seconds_total')
    expect(text).not.toContain('wp-admin')
  })
})

describe('the description of the API', () => {
  it('says of every door what it takes, answers and asks for', () => {
    const api = describeApi([cards, upload, sign])
    expect(api.openapi).toBe('3.1.0')
    expect(Object.keys(api.paths)).toEqual(['/api/cards/{id}', '/api/cards/{id}/files/{file}', '/api/sign'])
    const get = api.paths['/api/cards/{id}']!.get!
    expect(get.parameters.map(({ name, in: place, required }) => [name, place, required])).toEqual([
      ['id', 'path', true],
      ['bbox', 'query', false],
      ['limit', 'query', false],
      ['kind', 'query', true],
    ])
    expect(get.parameters[2]!.schema).toMatchObject({ default: 20, maximum: 100 })
    expect(get['x-right']).toBe('registry.read')
    expect(get.security).not.toEqual([])
    expect(JSON.stringify(get.responses)).toContain('"items":{"$ref":"#/components/schemas/Card"}')
    expect(api.components.schemas.Card).toMatchObject({ required: ['id', 'name'] })
    const put = api.paths['/api/cards/{id}/files/{file}']!.put!
    expect(put.parameters.map(({ name }) => name)).toEqual(['id', 'file'])
    expect(put.requestBody).toMatchObject({ content: { 'application/octet-stream': {} } })
    const post = api.paths['/api/sign']!.post!
    expect(post.security).toEqual([])
    expect(post.requestBody).toMatchObject({
      content: { 'application/json': { schema: { required: ['name'] } } },
    })
  })

  it('leaves no reference without its target', () => {
    const Tree = z.object({ name: z.string(), get parts() { return z.array(Tree) } }) // biome-ignore format: one line
    const tree = endpoint({
      method: 'post',
      path: '/api/tree',
      right: 'open',
      summary: 'Tree',
      body: z.object({ tree: Tree }),
      answer: z.array(Card),
      run: async () => [],
    })
    const api = describeApi([cards, tree])
    const refs = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1]!)
    expect(refs.length).toBeGreaterThan(3)
    for (const ref of refs) {
      expect(ref).toMatch(/^#\/components\/schemas\//)
      expect(Object.keys(api.components.schemas)).toContain(ref.split('/').at(-1))
    }
  })

  it('is for whoever is signed in, as JSON under a tag and as a page without a script', async () => {
    const { ask } = await openDoors([cards, upload, sign])
    expect((await ask('/openapi.json')).status).toBe(401)
    expect((await ask('/api-docs')).status).toBe(401)
    const described = await ask('/openapi.json', { headers: { authorization: 'Bearer powerless' } })
    expect(Object.keys(described.json.paths)).toEqual(
      expect.arrayContaining([
        '/api/cards/{id}',
        '/healthz',
        '/readyz',
        '/metrics',
        '/openapi.json',
        '/api-docs',
      ]),
    )
    const again = await ask('/openapi.json', {
      headers: { ...asReader, 'if-none-match': String(described.headers.etag) },
    })
    expect(again.status).toBe(304)
    const page = await ask('/api-docs', { headers: asReader })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.text).toContain('<code>/api/cards/{id}</code>')
    expect(page.text).toContain('id="schema-Card"')
    expect(page.text).not.toMatch(/<script|\son\w+=|javascript:/i)
    expect(page.text).not.toMatch(/(?:src|href)="https?:/)
    expect(page.text).toContain('One &#60;card&#62; &#38; more')
  })

  it('does not stand in the way of its door', async () => {
    const { ask } = await openDoors([sign])
    expect(
      (await ask('/api/sign', { method: 'POST', headers: sendsJson, body: '{"name":"a"}' })).status,
    ).toBe(204)
  })
})
