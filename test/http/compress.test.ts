import { get } from 'node:http'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { json } from '../../src/http/answer.ts'
import { type Endpoint, endpoint, type RawAnswer, raw } from '../../src/http/endpoint.ts'
import { openDoors } from './open-doors.ts'

const rows = Array.from({ length: 500 }, (_, i) => ({ code: `32059900000101${i}` }))
const door = (path: string, run: Endpoint['run']): Endpoint =>
  endpoint({ method: 'get', path, right: 'open', summary: path, run: run as never })
const answers = (path: string, answer: RawAnswer): Endpoint => door(path, async () => raw(answer))

const fetchRaw = (address: string, accept: string) =>
  new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    get(address, { headers: { 'accept-encoding': accept } }, async answer => {
      resolve({ headers: answer.headers, body: await buffer(answer) })
    }).on('error', reject)
  })

describe('compression', () => {
  it('packs JSON as the client takes it, and weakens its tag', async () => {
    const { address } = await openDoors([
      door('/api/rows', async () => json(rows, { headers: { etag: '"v1"' } })),
    ])
    const brotli = await fetchRaw(`${address}/api/rows`, 'gzip, deflate, br')
    expect([brotli.headers['content-encoding'], brotli.headers.etag]).toEqual(['br', 'W/"v1"'])
    expect(JSON.parse(brotliDecompressSync(brotli.body).toString())).toEqual(rows)
    const gzip = await fetchRaw(`${address}/api/rows`, 'gzip')
    expect(JSON.parse(gunzipSync(gzip.body).toString())).toEqual(rows)
    expect(gzip.headers['content-length']).toBe(String(gzip.body.length))
    const plain = await fetchRaw(`${address}/api/rows`, 'identity')
    expect([plain.headers['content-encoding'], plain.headers.etag, plain.headers.vary]).toEqual([
      undefined,
      '"v1"',
      'Accept-Encoding',
    ])
    expect(JSON.parse(plain.body.toString())).toEqual(rows)
  })

  it('packs streams of text on their way', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i},手动井盖\n`)
    const csv = () =>
      raw({
        headers: { 'content-type': 'text/csv; charset=utf-8' },
        body: Readable.from(lines, { objectMode: false }),
      })
    const { address } = await openDoors([door('/api/csv', async () => csv())])
    const { headers, body } = await fetchRaw(`${address}/api/csv`, 'br')
    expect(headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(body).toString()).toBe(lines.join(''))
  })

  it('leaves alone what is short, packed already, a picture, an event stream, or not to be changed', async () => {
    const long = 'x'.repeat(5000)
    const { address } = await openDoors([
      answers('/api/short', { headers: { 'content-type': 'application/json' }, body: '{"a":1}' }),
      answers('/api/packed', {
        headers: { 'content-type': 'application/vnd.mapbox-vector-tile', 'content-encoding': 'gzip' },
        body: Buffer.from(long),
      }),
      answers('/api/picture', { headers: { 'content-type': 'image/png' }, body: Buffer.from(long) }),
      answers('/api/events', { headers: { 'content-type': 'text/event-stream' }, body: long }),
      answers('/api/fixed', {
        headers: { 'content-type': 'text/plain', 'cache-control': 'no-transform' },
        body: long,
      }),
    ])
    for (const [path, encoding] of [
      ['short', undefined],
      ['packed', 'gzip'],
      ['picture', undefined],
      ['events', undefined],
      ['fixed', undefined],
    ] as const) {
      const { headers, body } = await fetchRaw(`${address}/api/${path}`, 'gzip, br')
      expect([path, headers['content-encoding']]).toEqual([path, encoding])
      expect(body.toString()).toBe(path === 'short' ? '{"a":1}' : long)
    }
  })
})
