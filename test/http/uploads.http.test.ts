/** Resumable uploads over real connections: cut in the middle, the server killed in the middle, and by the field's own client. */
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Upload } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, openDesk, type Started } from '../support/command.ts'
import { openServed, type Served } from '../support/served.ts'

const MB = 1_000_000
const bytes = randomBytes(6 * MB)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const spoken = { 'tus-resumable': '1.0.0' }
const named = (name: string) => ({
  'upload-metadata': `filename ${Buffer.from(name).toString('base64')},lastModified MTc=`,
})

interface Door {
  address: string
  headers: Record<string, string>
}
const ask = (
  door: Door,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array,
) =>
  fetch(door.address + path, {
    method,
    headers: { ...door.headers, ...headers },
    body: body as Uint8Array<ArrayBuffer> | undefined,
  })

async function announce(door: Door): Promise<string> {
  const answer = await ask(
    door,
    'POST',
    '/api/deliveries',
    { 'content-type': 'application/json' },
    Buffer.from('{"kind":"components","name":"照片与表","district":"320599"}'),
  )
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { id: string }).id
}
const opens = (door: Door, id: string, length = bytes.length, name = '部件.csv') =>
  ask(door, 'POST', `/api/deliveries/${id}/uploads`, {
    ...spoken,
    'upload-length': `${length}`,
    ...named(name),
  })
const code = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code]
const offsetOf = async (door: Door, at: string) => {
  const answer = await ask(door, 'HEAD', at, spoken)
  expect(answer.status).toBe(200)
  return Number(answer.headers.get('upload-offset'))
}
const patch = (door: Door, at: string, offset: number, body: Uint8Array, more: Record<string, string> = {}) =>
  ask(
    door,
    'PATCH',
    at,
    { ...spoken, 'upload-offset': `${offset}`, 'content-type': 'application/offset+octet-stream', ...more },
    body,
  )
const filesOf = async (door: Door, id: string) =>
  (await (await ask(door, 'GET', `/api/deliveries/${id}/files`)).json()) as {
    files: { name: string; bytes: number; sha256: string | null; sentBy: string }[]
    uploads: { id: string; name: string; bytes: number; offset: number; modified: string; mine: boolean }[]
  }

/** Begins to send, and tears the line when so many bytes are on their way. */
function tear(door: Door, at: string, offset: number, after: number): Promise<void> {
  return new Promise(resolve => {
    const call = request(door.address + at, {
      method: 'PATCH',
      agent: false,
      headers: {
        ...door.headers,
        ...spoken,
        'upload-offset': `${offset}`,
        'content-type': 'application/offset+octet-stream',
        'content-length': bytes.length - offset,
      },
    })
    call.on('error', () => resolve())
    call.on('close', () => resolve())
    call.write(bytes.subarray(offset, offset + after), () => setTimeout(() => call.destroy(), 150))
  })
}

describe('a resumable upload', () => {
  let served: Served
  let contractor: Door
  let other: Door
  beforeAll(async () => {
    served = await openServed()
    const door = async (role: 'contractor' | 'administrator'): Promise<Door> => ({
      address: served.address,
      headers: { cookie: await served.signIn(role), origin: served.address },
    })
    contractor = await door('contractor')
    other = await door('administrator')
  })
  afterAll(() => served?.close())

  it('goes on after the line was cut twice, and arrives as it was sent', async () => {
    const id = await announce(contractor)
    const opened = await opens(contractor, id)
    expect([opened.status, opened.headers.get('tus-resumable')]).toEqual([201, '1.0.0'])
    expect(new Date(opened.headers.get('upload-expires')!).getTime()).toBeGreaterThan(
      Date.now() + 6 * 86_400_000,
    )
    const at = opened.headers.get('location')!
    expect(at).toMatch(new RegExp(`^/api/deliveries/${id}/uploads/[0-9a-f-]{36}$`))
    await tear(contractor, at, 0, 2 * MB)
    const first = await offsetOf(contractor, at)
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThanOrEqual(2 * MB)
    await tear(contractor, at, first, MB)
    const second = await offsetOf(contractor, at)
    expect(second).toBeGreaterThan(first)
    expect(await filesOf(contractor, id)).toMatchObject({
      files: [],
      uploads: [{ name: '部件.csv', bytes: bytes.length, offset: second, modified: '17', mine: true }],
    })
    const last = await patch(contractor, at, second, bytes.subarray(second))
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, `${bytes.length}`])
    const { files, uploads } = await filesOf(contractor, id)
    expect(files).toMatchObject([
      { name: '部件.csv', bytes: bytes.length, sha256, sentBy: 'account:contractor' },
    ])
    expect(uploads).toEqual([])
    // whoever lost the last answer learns that all of it is there
    expect(await offsetOf(contractor, at)).toBe(bytes.length)
  })

  it('is its sender’s alone, in its own delivery, for who may load and from this site', async () => {
    const id = await announce(contractor)
    const at = (await opens(contractor, id)).headers.get('location')!
    const elsewhere = `/api/deliveries/${await announce(contractor)}/uploads/${at.split('/').at(-1)}`
    for (const [door, path] of [
      [other, at],
      [contractor, elsewhere],
    ] as const) {
      expect((await ask(door, 'HEAD', path, spoken)).status).toBe(404)
      const refused = await patch(door, path, 0, bytes)
      expect(await code(refused)).toEqual([404, 'upload.unknown'])
      expect((await ask(door, 'DELETE', path, spoken)).status).toBe(404)
    }
    const cookie = await served.signIn('dispatcher')
    const powerless = { address: served.address, headers: { cookie } }
    expect((await opens(powerless, id)).status).toBe(403)
    expect((await patch(powerless, at, 0, bytes)).status).toBe(403)
    expect((await opens({ address: served.address, headers: {} }, id)).status).toBe(401)
    const foreign = { ...contractor, headers: { ...contractor.headers, origin: 'https://evil.example' } }
    expect((await opens(foreign, id)).status).toBe(403)
    expect((await patch(foreign, at, 0, bytes)).status).toBe(403)
    expect(await offsetOf(contractor, at)).toBe(0)
  })

  it('refuses what breaks the protocol or a limit in words and with a code, and keeps nothing of it', async () => {
    const id = await announce(contractor)
    expect(await code(await opens(contractor, id, 3 * 2 ** 30))).toEqual([413, 'request.too-large'])
    const at = (await opens(contractor, id)).headers.get('location')!
    expect(await code(await patch(contractor, at, 5, bytes))).toEqual([409, 'upload.offset'])
    const old = await patch(contractor, at, 0, bytes, { 'tus-resumable': '0.2.2' })
    expect([old.headers.get('tus-version'), ...(await code(old))]).toEqual(['1.0.0', 412, 'upload.version'])
    const wrong = await patch(contractor, at, 0, bytes, { 'content-type': 'application/octet-stream' })
    expect(await code(wrong)).toEqual([400, 'request.invalid'])
    const long = Buffer.concat([bytes, Buffer.from('more')])
    expect(await code(await patch(contractor, at, 0, long))).toEqual([413, 'request.too-large'])
    expect(await offsetOf(contractor, at)).toBe(0)
    const nameless = await ask(contractor, 'POST', `/api/deliveries/${id}/uploads`, {
      ...spoken,
      'upload-length': '5',
      'upload-metadata': 'lastModified MTc=',
    })
    expect(await code(nameless)).toEqual([400, 'request.invalid'])
    const options = await ask(contractor, 'OPTIONS', `/api/deliveries/${id}/uploads`)
    expect([
      options.status,
      options.headers.get('tus-extension'),
      options.headers.get('tus-max-size'),
    ]).toEqual([204, 'creation,termination,expiration', `${2 * 2 ** 30}`])
    for (const answer of [options, old]) {
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('that is given up leaves nothing, alone or with its delivery', async () => {
    const id = await announce(contractor)
    const at = async () => (await opens(contractor, id)).headers.get('location')!
    const alone = await at()
    await tear(contractor, alone, 0, MB)
    expect((await ask(contractor, 'DELETE', alone, spoken)).status).toBe(204)
    expect((await ask(contractor, 'HEAD', alone, spoken)).status).toBe(404)
    const together = await at()
    await tear(contractor, together, 0, MB)
    const cancelled = await ask(contractor, 'POST', `/api/deliveries/${id}/cancel`)
    expect(await cancelled.json()).toMatchObject({ state: 'cancelled' })
    expect(await filesOf(contractor, id)).toEqual({ files: [], uploads: [] })
    expect((await opens(contractor, id)).status).toBe(409)
  })

  it('whose delivery is given up while a piece is on its way is told that there is no such upload', async () => {
    const id = await announce(contractor)
    const at = (await opens(contractor, id)).headers.get('location')!
    let goOn = () => {}
    const body = new ReadableStream<Uint8Array>({
      start(piece) {
        piece.enqueue(bytes.subarray(0, MB))
        goOn = () => {
          piece.enqueue(bytes.subarray(MB))
          piece.close()
        }
      },
    })
    const sent = fetch(contractor.address + at, {
      method: 'PATCH',
      headers: {
        ...contractor.headers,
        ...spoken,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
      body,
      duplex: 'half',
    } as RequestInit)
    await expect
      .poll(async () => (await filesOf(contractor, id)).uploads[0]!.offset, { timeout: 10_000 })
      .toBeGreaterThan(0)
    expect((await ask(contractor, 'POST', `/api/deliveries/${id}/cancel`)).status).toBe(200)
    goOn()
    expect(await code(await sent)).toEqual([404, 'upload.unknown'])
    expect(await filesOf(contractor, id)).toEqual({ files: [], uploads: [] })
  })

  it('of a file that could never come is not told to wait, and leaves room for one that can', async () => {
    const id = await announce(contractor)
    for (let n = 0; n < 3; n++)
      expect(await code(await opens(contractor, id, 999_999_999_999))).toEqual([413, 'request.too-large'])
    expect((await opens(contractor, id)).status).toBe(201)
  })

  it('is spoken as the field speaks it: tus-js-client sends, pauses, and goes on from the address alone', async () => {
    const id = await announce(contractor)
    const send = (more: Partial<ConstructorParameters<typeof Upload>[1]>, until = Number.POSITIVE_INFINITY) =>
      new Promise<string | null>((resolve, reject) => {
        const upload = new Upload(
          bytes as never,
          {
            endpoint: `${contractor.address}/api/deliveries/${id}/uploads`,
            headers: contractor.headers,
            metadata: { filename: 'tus.csv' },
            chunkSize: MB,
            retryDelays: null,
            onSuccess: () => resolve(upload.url),
            onError: reject,
            onChunkComplete(_size, sent) {
              if (sent >= until) void upload.abort().then(() => resolve(upload.url))
            },
            ...more,
          } as ConstructorParameters<typeof Upload>[1],
        )
        upload.start()
      })
    const uploadUrl = await send({}, 2 * MB)
    const [half] = (await filesOf(contractor, id)).uploads
    expect(half!.offset).toBeGreaterThanOrEqual(2 * MB)
    expect(half!.offset).toBeLessThan(bytes.length)
    await send({ uploadUrl, endpoint: null } as never)
    expect(await filesOf(contractor, id)).toMatchObject({
      files: [{ name: 'tus.csv', bytes: bytes.length, sha256 }],
      uploads: [],
    })
  })
})

describe('an upload whose server is killed', () => {
  let desk: Desk
  const token = 't'.repeat(40)
  beforeAll(async () => {
    desk = await openDesk('embedded')
  })
  afterAll(() => desk?.close())

  it('goes on at the next start from the bytes that were there, and lands when only its landing was missed', async () => {
    const serve = async (): Promise<[Started, Door]> => {
      const started = desk.start(['serve'], { BOOTSTRAP_TOKEN: token })
      const [, address] = await started.said(/(http:\/\/127\.0\.0\.1:\d+)/)
      return [started, { address: address!, headers: { authorization: `Bearer ${token}` } }]
    }
    let [server, door] = await serve()
    const district = Buffer.from('{"code":"320599","name":"棠泽区"}')
    await ask(door, 'POST', '/api/districts', { 'content-type': 'application/json' }, district)
    const id = await announce(door)
    const at = (await opens(door, id)).headers.get('location')!
    const torn = tear(door, at, 0, 3 * MB)
    await sleep(100)
    server.child.kill('SIGKILL')
    await torn
    await server.ended
    ;[server, door] = await serve()
    const offset = await offsetOf(door, at)
    expect(offset).toBeGreaterThan(0)
    expect(offset).toBeLessThan(bytes.length)
    expect((await patch(door, at, offset, bytes.subarray(offset, 5 * MB))).status).toBe(204)
    server.child.kill('SIGKILL')
    await server.ended
    // the rest came, and the process died before it looked
    const file = join(desk.env.DATA_DIR!, 'uploads', at.split('/').at(-1)!)
    writeFileSync(file, bytes.subarray(5 * MB), { flag: 'a' })
    ;[server, door] = await serve()
    expect(await filesOf(door, id)).toMatchObject({ files: [{ name: '部件.csv', sha256 }], uploads: [] })
    expect(await offsetOf(door, at)).toBe(bytes.length)
    expect(readdirSync(join(desk.env.DATA_DIR!, 'uploads'))).toEqual([])
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })
})
