/** Photos as evidence over HTTP: sent in pieces, held to what they are, seen by who may see what they are evidence of. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { cameraJpeg, cameraPng, SECRET } from '../support/pictures.ts'
import { DISTRICT, openServed, type Served } from '../support/served.ts'

interface Listed {
  id: string
  lonLat: [number, number]
}
interface Shown {
  id: string
  no: number
  photos: { id: string; kind: string; width: number; removed: boolean }[]
}

let served: Served
const cookies = new Map<Role, string>()
let items: Listed[]
const token = new Map<string, string>()

const origin = () => ({ origin: served.address })
const by = (role: Role | null) => ({ ...origin(), ...(role ? { cookie: cookies.get(role)! } : {}) })

beforeAll(async () => {
  served = await openServed()
  for (const role of ['administrator', 'supervisor', 'dispatcher', 'contractor', 'leader'] as const)
    cookies.set(role, await served.signIn(role))
  await served.app.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [DISTRICT])
  items = (await ask<{ items: Listed[] }>('dispatcher', '/api/components?limit=20&class=0118')).items
  await ask('administrator', '/api/plate-policy', { publicPage: true, hotline: null }, 'PUT')
  const { items: plates } = await ask<{ items: { componentId: string; address: string }[] }>(
    'dispatcher',
    '/api/plates',
    { components: items.map(each => each.id) },
  )
  for (const plate of plates) token.set(plate.componentId, plate.address.split('/').at(-1)!)
})
afterAll(() => served?.close())

async function send(role: Role | null, path: string, body?: unknown, method = body ? 'POST' : 'GET') {
  const answer = await fetch(served.address + path, {
    method,
    headers: { ...by(role), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const json = /json/.test(answer.headers.get('content-type') ?? '')
  return { status: answer.status, value: json ? JSON.parse(text) : undefined }
}
async function ask<T>(role: Role | null, path: string, body?: unknown, method?: string): Promise<T> {
  const { status, value } = await send(role, path, body, method)
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(value)}`)
  return value as T
}
const said = async (role: Role | null, path: string, body?: unknown) => {
  const { status, value } = await send(role, path, body)
  return [status, value?.code]
}

const tus = { 'tus-resumable': '1.0.0' }
const staff = '/api/evidence/uploads'
const plate = (id: string) => `/api/plates/${token.get(id)}/photos?nobody=ok`
const open = (role: Role | null, path: string, bytes: number, more: Record<string, string> = {}) =>
  fetch(served.address + path, {
    method: 'POST',
    headers: { ...by(role), ...tus, 'upload-length': `${bytes}`, ...more },
  })
const patch = (role: Role | null, at: string, offset: number, bytes: Buffer) =>
  fetch(served.address + at, {
    method: 'PATCH',
    headers: {
      ...by(role),
      ...tus,
      'upload-offset': `${offset}`,
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  })
const idOf = (at: string): string => at.split('?')[0]!.split('/').at(-1)!
/** Sends a photo in two pieces. @returns its id, or the refusal */
async function photo(role: Role | null, bytes: Buffer = cameraJpeg(), path = staff): Promise<string> {
  const opened = await open(role, path, bytes.length)
  if (opened.status !== 201) throw new Error(`${opened.status} ${await opened.text()}`)
  const at = opened.headers.get('location')!
  expect((await patch(role, at, 0, bytes.subarray(0, 10))).status).toBe(204)
  const last = await patch(role, at, 10, bytes.subarray(10))
  if (last.status !== 204) throw new Error(`${last.status} ${await last.text()}`)
  return idOf(at)
}
const get = (role: Role | null, id: string, headers: Record<string, string> = {}) =>
  fetch(`${served.address}/api/evidence/${id}`, { headers: { ...by(role), ...headers } })
const seenBy = async (id: string) =>
  Object.fromEntries(
    await Promise.all(
      (['dispatcher', 'supervisor', 'contractor', 'leader', null] as const).map(
        async role => [String(role), (await get(role, id)).status] as const,
      ),
    ),
  )
const scrap = (n: number, photos: string[]) => ({
  change: { kind: 'edit', componentId: items[n]!.id, set: { note: `现场 ${photos[0] ?? ''}` } },
  reason: '现场核实',
  photos,
})
const kept = (id: string): boolean =>
  readdirSync(join(served.dataDir, 'files', 'evidence', DISTRICT)).includes(id)

describe('a photo', () => {
  it('goes on where it broke off, is kept without what its camera said, and is served as a picture and nothing else', async () => {
    const bytes = cameraJpeg()
    const opened = await open('dispatcher', staff, bytes.length)
    const at = opened.headers.get('location')!
    await patch('dispatcher', at, 0, bytes.subarray(0, 50))
    const head = await fetch(served.address + at, {
      method: 'HEAD',
      headers: { ...by('dispatcher'), ...tus },
    })
    expect(head.headers.get('upload-offset')).toBe('50')
    for (const stranger of ['supervisor', 'contractor'] as const)
      expect((await patch(stranger, at, 50, bytes.subarray(50))).status).toBe(404)
    expect((await patch(null, at, 50, bytes.subarray(50))).status).toBe(401)
    expect((await patch('dispatcher', at, 50, bytes.subarray(50))).status).toBe(204)
    const whole = await fetch(served.address + at, {
      method: 'HEAD',
      headers: { ...by('dispatcher'), ...tus },
    })
    expect(whole.headers.get('upload-offset')).toBe(`${bytes.length}`)

    const shown = await get('dispatcher', idOf(at))
    expect(shown.headers.get('content-type')).toBe('image/jpeg')
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff')
    expect(shown.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(shown.headers.get('content-disposition')).toMatch(/^inline; filename="[0-9a-f-]{36}\.jpg"$/)
    expect(shown.headers.get('cache-control')).toBe('private, no-cache')
    const got = Buffer.from(await shown.arrayBuffer())
    expect([got.length > 100, got.includes(SECRET), got.includes('<script>')]).toEqual([true, false, false])
    const again = await get('dispatcher', idOf(at), { 'if-none-match': shown.headers.get('etag')! })
    expect(again.status).toBe(304)
  })

  it('that is a page, a program or too large is refused, and nothing of it can be had', async () => {
    for (const bytes of [
      '<html><script>alert(1)</script></html>',
      '<svg onload="alert(1)"/>',
      'MZ\x90 program',
    ])
      await expect(photo('dispatcher', Buffer.from(bytes))).rejects.toThrow(/400.*photo\.unusable/)
    expect((await open('dispatcher', staff, 16e6 + 1)).status).toBe(413)
    expect((await open('dispatcher', staff, 0)).status).toBe(400)
    expect((await open(null, staff, 100)).status).toBe(401)
    const { length } = readdirSync(join(served.dataDir, 'uploads'))
    expect(length).toBe(0)
  })
})

describe('photos of a change request', () => {
  it('are seen by who may ask for changes, by everybody on the card when it counts, and by nobody else', async () => {
    const ids = [await photo('dispatcher'), await photo('dispatcher', cameraPng())]
    expect(await seenBy(ids[0]!)).toEqual({
      dispatcher: 200,
      supervisor: 404,
      contractor: 404,
      leader: 404,
      null: 401,
    })
    expect(await said('supervisor', '/api/changes', scrap(0, ids))).toEqual([404, 'photo.unknown'])
    expect(await said('dispatcher', '/api/changes', scrap(0, ['照片.jpg']))).toEqual([400, 'request.invalid'])
    const made = await ask<Shown>('dispatcher', '/api/changes', scrap(0, ids))
    expect(made.photos.map(each => [each.id, each.kind, each.removed])).toEqual([
      [ids[0], 'image/jpeg', false],
      [ids[1], 'image/png', false],
    ])
    expect(await said('dispatcher', '/api/changes', scrap(1, ids))).toEqual([404, 'photo.unknown'])
    expect(await seenBy(ids[0]!)).toEqual({
      dispatcher: 200,
      supervisor: 200,
      contractor: 404,
      leader: 404,
      null: 401,
    })
    const card = `/api/components/${items[0]!.id}/evidence`
    expect(await ask('leader', card)).toEqual({ items: [] })
    await ask('supervisor', '/api/changes/approve', { ids: [made.id] })
    expect(await ask<{ items: unknown[] }>('leader', card)).toMatchObject({
      items: ids.map(id => ({ id, requestNo: made.no, requestKind: 'edit' })),
    })
    expect(await seenBy(ids[1]!)).toEqual({
      dispatcher: 200,
      supervisor: 200,
      contractor: 200,
      leader: 200,
      null: 401,
    })
  })

  it.each(['withdraw', 'refuse'] as const)(
    'go when it is ended by %s; the request still says they were there',
    async step => {
      const id = await photo('dispatcher')
      const made = await ask<Shown>('dispatcher', '/api/changes', scrap(3, [id]))
      expect(kept(id)).toBe(true)
      const ended = await ask<Shown>(
        step === 'refuse' ? 'supervisor' : 'dispatcher',
        `/api/changes/${made.id}/${step}`,
        step === 'refuse' ? { reason: '照片不清' } : {},
      )
      expect(ended.photos).toMatchObject([{ id, removed: true }])
      expect((await get('dispatcher', id)).status).toBe(404)
      await expect.poll(() => kept(id)).toBe(false)
    },
  )
})

describe('photos from the street', () => {
  const report = (photos: string[]) => ({ kind: 'damaged', text: '灯杆倾斜', photos })
  const street = (n: number) => `/api/plates/${token.get(items[n]!.id)}/reports?nobody=ok`

  it('come with a report of the same plate, are seen by who answers it, and go when it is closed', async () => {
    const mine = await photo(null, cameraJpeg(), plate(items[5]!.id))
    const other = await photo(null, cameraJpeg(), plate(items[6]!.id))
    expect((await get(null, mine)).status).toBe(401)
    expect((await get('dispatcher', mine)).status).toBe(404)
    expect(await said(null, street(5), report([mine, other]))).toEqual([404, 'photo.unknown'])
    await ask(null, street(5), report([mine]))
    expect(await seenBy(mine)).toEqual({
      dispatcher: 200,
      supervisor: 200,
      contractor: 404,
      leader: 404,
      null: 401,
    })
    const { items: reports } = await ask<{ items: Shown[] }>('dispatcher', '/api/reports')
    expect(reports[0]!.photos).toMatchObject([{ id: mine, removed: false }])
    const closed = await ask<Shown>('dispatcher', `/api/reports/${reports[0]!.id}/close`, {
      answer: '已扶正',
    })
    expect(closed.photos).toMatchObject([{ id: mine, removed: true }])
    expect((await get('dispatcher', mine)).status).toBe(404)
    await expect.poll(() => kept(mine)).toBe(false)
    // a report of the house keeps its own
    const own = await photo('leader')
    await ask('leader', `/api/components/${items[7]!.id}/reports`, report([own]))
    const { items: open } = await ask<{ items: Shown[] }>('dispatcher', '/api/reports')
    await ask('dispatcher', `/api/reports/${open[0]!.id}/close`, { answer: '已修复' })
    expect((await get('dispatcher', own)).status).toBe(200)
  })

  it('are fewer, smaller and slower than those of the house, and none where the public page is off', async () => {
    const path = plate(items[8]!.id)
    expect((await open(null, path, 4e6 + 1)).status).toBe(413)
    expect(
      await said(
        null,
        street(8),
        report(
          Array(4)
            .fill(0)
            .map(() => crypto.randomUUID()),
        ),
      ),
    ).toEqual([400, 'request.invalid'])
    const told: number[] = []
    for (let i = 0; i < 16; i++) told.push((await open(null, path, 100)).status)
    expect([told[0], told.at(-1)]).toEqual([201, 429])
    expect(told.filter(status => status === 201).length).toBeLessThanOrEqual(9)
    await ask('administrator', '/api/plate-policy', { publicPage: false, hotline: null }, 'PUT')
    expect((await open(null, plate(items[9]!.id), 100)).status).toBe(401)
    expect((await open(null, '/api/plates/00000000000000000000/photos?nobody=ok', 100)).status).toBe(404)
  })
})

it('of another district not even that they are there is told', async () => {
  const id = await photo('dispatcher')
  await ask('dispatcher', '/api/changes', scrap(2, [id]))
  await served.client.post('/api/districts', { code: '320588', name: '邻区' })
  await served.client.post('/api/accounts', {
    name: 'neighbour',
    role: 'supervisor',
    districts: ['320588'],
    password: 'a pond of quiet otters',
  })
  await served.app.db.query("UPDATE account SET must_change = false WHERE name = 'neighbour'")
  const session = await fetch(`${served.address}/api/session`, {
    method: 'POST',
    headers: { ...origin(), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'neighbour', password: 'a pond of quiet otters' }),
  })
  const cookie = session.headers.get('set-cookie')!.split(';')[0]!
  for (const query of ['', '?district=320588', `?district=${DISTRICT}`]) {
    const answer = await fetch(`${served.address}/api/evidence/${id}${query}`, { headers: { cookie } })
    expect([query, answer.status >= 403 && answer.status <= 404]).toEqual([query, true])
  }
})

it('nothing of all this left a file without an owner', async () => {
  const [{ n }] = (await served.app.db.query(
    'SELECT count(*)::int AS n FROM evidence WHERE NOT bytes_gone',
  )) as [{ n: number }]
  const folder = join(served.dataDir, 'files', 'evidence', DISTRICT)
  expect(existsSync(folder) ? readdirSync(folder).length : 0).toBe(n)
})
