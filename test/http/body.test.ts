import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoint } from '../../src/http/endpoint.ts'
import { openDoors, sendsJson } from './open-doors.ts'

const read = endpoint({
  method: 'get',
  path: '/api/read',
  right: 'open',
  summary: 'Read',
  run: async (_input, call) => ({ remote: call.remote }),
})
describe('bodies', () => {
  const echo = endpoint({
    method: 'post',
    path: '/api/echo',
    right: 'open',
    summary: 'Echo',
    body: z.object({ a: z.string() }),
    run: async ({ body }) => body,
  })
  const store = endpoint({
    method: 'put',
    path: '/api/store',
    right: 'open',
    summary: 'Counts',
    body: 'stream',
    run: async (_input, call) => ({ bytes: (await text(call.stream)).length }),
  })
  const unread = endpoint({
    method: 'put',
    path: '/api/unread',
    right: 'open',
    summary: 'Reads nothing',
    body: 'stream',
    run: async () => ({ done: true }),
  })
  async function* pieces(count: number, size: number) {
    for (let i = 0; i < count; i++) yield Buffer.alloc(size, 'x')
  }

  it('are refused when they announce too much, before they are sent', async () => {
    const { ask } = await openDoors([echo, store])
    const json = await ask('/api/echo', {
      method: 'POST',
      headers: { ...sendsJson, 'content-length': '1000001' },
      body: '{',
    })
    expect([json.status, json.json.code, json.json.limit]).toEqual([413, 'request.too-large', '1 MB'])
    const upload = await ask('/api/store', {
      method: 'PUT',
      headers: { 'content-length': '100001' },
      body: 'x',
    })
    expect([upload.status, upload.json.limitBytes]).toEqual([413, 100_000])
  })

  it('are counted while they come, whatever they announced', async () => {
    const { ask } = await openDoors([echo, store])
    const over = await ask('/api/store', { method: 'PUT', body: pieces(30, 4000) })
    expect([over.status, over.json.code]).toEqual([413, 'request.too-large'])
    expect((await ask('/api/store', { method: 'PUT', body: pieces(25, 4000) })).json).toEqual({
      bytes: 100_000,
    })
    expect(
      (await ask('/api/echo', { method: 'POST', headers: sendsJson, body: pieces(300, 4000) })).status,
    ).toBe(413)
    const fits = JSON.stringify({ a: 'x'.repeat(999_000) })
    expect((await ask('/api/echo', { method: 'POST', headers: sendsJson, body: fits })).status).toBe(200)
  })

  it('may stay unread: the answer arrives all the same', async () => {
    const { ask } = await openDoors([unread])
    expect((await ask('/api/unread', { method: 'PUT', body: pieces(20, 4000) })).json).toEqual({ done: true })
  })

  it('that stay unread do not stop up their connection: the next request on it is answered', async () => {
    const { http } = await openDoors([unread, read], { limits: { uploadBytes: 4_000_000 } })
    const { port } = http.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    const size = 3_000_000
    socket.write(`PUT /api/unread HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`)
    socket.write(Buffer.alloc(size, 'x'))
    socket.write('GET /api/read HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const answers = await text(socket)
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })

  it('that never end are cut off after the answer', async () => {
    const { http } = await openDoors([unread], { limits: { uploadBytes: 1e12 } })
    const { port } = http.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('PUT /api/unread HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n')
    const closed = new Promise(done => socket.once('close', done))
    const block = Buffer.alloc(1_000_000)
    socket.resume()
    const pour = () => {
      while (socket.writable && socket.write(block));
      if (socket.writable) socket.once('drain', pour)
    }
    pour()
    await closed
  })

  it('that break off half way leave the server standing', async () => {
    const { ask, http } = await openDoors([store, read])
    const { port } = http.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    await new Promise(done =>
      socket.write('PUT /api/store HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc', done),
    )
    socket.destroy()
    expect((await ask('/api/read')).status).toBe(200)
  })
})
