/** Plates in the street and new works over HTTP: who may print, what a scan tells whom, and when units change hands. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { transferDue } from '../../src/domain/upkeep/handing-over.ts'
import { DISTRICT, openServed, type Served } from '../support/served.ts'

interface Listed {
  id: string
  code: string
  class: string
  ownerName: string | null
  lonLat: [number, number]
}

let served: Served
let folder: string
const cookies = new Map<Role, string>()
let items: Listed[]
let sensitive: Listed

beforeAll(async () => {
  served = await openServed()
  folder = await mkdtemp(join(tmpdir(), 'wangge-street-'))
  for (const role of ['administrator', 'supervisor', 'dispatcher', 'contractor'] as const)
    cookies.set(role, await served.signIn(role))
  items = (await ask<{ items: Listed[] }>('dispatcher', '/api/components?limit=300&class=0118')).items
  sensitive = (await ask<{ items: Listed[] }>('dispatcher', '/api/components?limit=1&class=0136')).items[0]!
})
afterAll(async () => {
  await served?.close()
  if (folder) await rm(folder, { recursive: true })
})

async function send(role: Role | null, method: string, path: string, body?: unknown) {
  const answer = await fetch(served.address + path, {
    method,
    redirect: 'manual',
    headers: {
      origin: served.address,
      ...(role ? { cookie: cookies.get(role)! } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const json = /json/.test(answer.headers.get('content-type') ?? '')
  return { status: answer.status, text, headers: answer.headers, value: json ? JSON.parse(text) : undefined }
}
async function ask<T>(role: Role, path: string, body?: unknown, method = body ? 'POST' : 'GET'): Promise<T> {
  const { status, value } = await send(role, method, path, body)
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(value)}`)
  return value as T
}
const said = async (role: Role | null, path: string, body?: unknown, method = body ? 'POST' : 'GET') => {
  const { status, value } = await send(role, method, path, body)
  return [status, value?.code]
}
const tokenOf = async (id: string, renew = false) => {
  const { items: plates } = await ask<{ items: { address: string }[] }>('dispatcher', '/api/plates', {
    components: [id],
    renew,
  })
  expect(plates[0]!.address).toMatch(new RegExp(`^${served.address}/q/[0-9A-Z]{20}$`))
  return plates[0]!.address.split('/').at(-1)!
}
const scan = (token: string) => `/api/plates/${token}?nobody=ok`
const street = (token: string) => `/api/plates/${token}/reports?nobody=ok`
const broken = { kind: 'damaged', text: '灯头掉了', phone: '0512 6512 0000' }

describe('a plate', () => {
  it('is made by who may, once a component, and its address leads to the console', async () => {
    expect(await said('contractor', '/api/plates', { components: [items[0]!.id] })).toEqual([
      403,
      'right.missing',
    ])
    expect(await said('dispatcher', '/api/plates', { components: [crypto.randomUUID()] })).toEqual([
      404,
      'component.unknown',
    ])
    const token = await tokenOf(items[0]!.id)
    expect(await tokenOf(items[0]!.id)).toBe(token)
    expect(token).not.toBe(await tokenOf(items[1]!.id))
    const { status, headers } = await send(null, 'GET', `/q/${token}`)
    expect([status, headers.get('location')]).toEqual([302, `/#/q/${token}`])
  })

  it('tells a stranger to sign in until the district wants a public page', async () => {
    const token = await tokenOf(items[0]!.id)
    expect(await said(null, `/api/plates/${token}`)).toEqual([401, 'session.required'])
    expect((await send(null, 'GET', scan(token))).value).toEqual({ to: 'sign-in' })
    expect(await said(null, street(token), broken)).toEqual([401, 'session.required'])
    expect((await send('dispatcher', 'GET', scan(token))).value).toEqual({
      to: 'card',
      district: DISTRICT,
      componentId: items[0]!.id,
    })
    const policy = { publicPage: true, hotline: '12319' }
    expect(await said('supervisor', '/api/plate-policy', policy, 'PUT')).toEqual([403, 'right.missing'])
    expect((await send('administrator', 'PUT', '/api/plate-policy', policy)).status).toBe(204)
  })

  it('then tells number, class and whom to call, and nothing else; of a sensitive class not even that', async () => {
    const token = await tokenOf(items[0]!.id)
    const { value, text } = await send(null, 'GET', scan(token))
    expect(value).toEqual({
      to: 'public',
      plate: items[0]!.code,
      className: '路灯',
      classNameEn: expect.any(String),
      district: '棠泽区',
      hotline: '12319',
      demo: true,
    })
    for (const secret of [items[0]!.id, items[0]!.ownerName, String(items[0]!.lonLat[0])])
      expect(text).not.toContain(secret ?? '??')
    const hidden = await send(null, 'GET', scan(await tokenOf(sensitive.id)))
    expect(hidden.value).toMatchObject({ to: 'public', plate: null, className: null, classNameEn: null })
    // nor by the digits of its code
    expect(hidden.text).not.toContain(sensitive.class)
  })

  it('made anew voids the one before', async () => {
    const old = await tokenOf(items[2]!.id)
    const fresh = await tokenOf(items[2]!.id, true)
    expect(fresh).not.toBe(old)
    expect(await said(null, scan(old))).toEqual([404, 'plate.unknown'])
    expect((await send(null, 'GET', scan(fresh))).status).toBe(200)
    expect(await said(null, scan('A'.repeat(20)))).toEqual([404, 'plate.unknown'])
    expect(await said(null, scan('../../etc'))).toEqual([404, 'request.not-found'])
  })
})

describe('a report', () => {
  it('from the street is bounded in size, in what it may say of a person, and in number', async () => {
    const token = await tokenOf(items[3]!.id)
    expect(await said(null, street(token), { ...broken, text: 'x'.repeat(501) })).toEqual([
      400,
      'request.invalid',
    ])
    expect(await said(null, street(token), { ...broken, name: '王' })).toEqual([400, 'request.invalid'])
    const answers = []
    for (let i = 0; i < 6; i++) answers.push((await said(null, street(token), broken))[0])
    expect(answers).toEqual([201, 201, 201, 201, 201, 429])
    const { headers } = await send(null, 'POST', street(token), broken)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(60)
    // who is known is not held up
    expect((await send('dispatcher', 'POST', street(token), { kind: 'danger', text: '线外露' })).status).toBe(
      201,
    )
    const rows = await served.app.db.query("SELECT data FROM journal WHERE kind = 'component.reported'")
    expect(rows.length).toBe(6)
    expect(JSON.stringify(rows)).not.toMatch(/灯头|0512/)
  })

  it('is read by who sees to it, and closed with what became of it; the number to call is forgotten', async () => {
    const id = items[4]!.id
    expect(await said(null, `/api/components/${id}/reports`, broken)).toEqual([401, 'session.required'])
    const report = { kind: 'missing', text: '井盖不见', place: { lon: 120.7, lat: 31.03 } }
    expect((await send('contractor', 'POST', `/api/components/${id}/reports`, report)).status).toBe(201)
    expect(await said('contractor', '/api/reports')).toEqual([403, 'right.missing'])
    const open = (
      await ask<{
        items: { id: string; componentId: string; phone: string | null; reportedBy: string | null }[]
      }>('dispatcher', '/api/reports')
    ).items
    expect(open[0]).toMatchObject({
      componentId: id,
      lonLat: [120.7, 31.03],
      reportedBy: 'account:contractor',
      code: items[4]!.code,
    })
    const called = open.find(each => each.phone)!
    expect(called).toMatchObject({ reportedBy: null, phone: broken.phone })
    expect(await ask('dispatcher', `/api/reports/${called.id}/close`, { answer: '已换灯头' })).toMatchObject({
      state: 'closed',
      phone: null,
      answer: '已换灯头',
    })
    expect(await said('dispatcher', `/api/reports/${called.id}/close`, { answer: '再换' })).toEqual([
      409,
      'report.closed',
    ])
    const closed = await ask<{ items: { id: string }[] }>('dispatcher', '/api/reports?state=closed')
    expect(closed.items.map(each => each.id)).toEqual([called.id])
  })

  it('needs no words where its kind says enough, and needs them where it does not', async () => {
    const own = `/api/components/${items[5]!.id}/reports`
    const token = await tokenOf(items[5]!.id)
    for (const report of [{ kind: 'damaged' }, { kind: 'other', text: '井盖有异响' }])
      expect((await send('dispatcher', 'POST', own, report)).status).toBe(201)
    for (const text of [undefined, '  ']) {
      expect(await said('dispatcher', own, { kind: 'other', text })).toEqual([400, 'request.invalid'])
      expect(await said(null, street(token), { kind: 'other', text })).toEqual([400, 'request.invalid'])
    }
  })
})

describe('new works', () => {
  const day = (shift: number) => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10)
  it('are the builder’s until a second person accepted them and the day has come; then units change in bulk, once', async () => {
    const { items: units } = await ask<{ items: { id: string; name: string }[] }>('dispatcher', '/api/units')
    const [owner, maintainer] = units as [(typeof units)[0], (typeof units)[0]]
    const [lon, lat] = items[10]!.lonLat
    const codes = Array.from({ length: 7 }, (_, i) => `${DISTRICT}011877${String(i).padStart(4, '0')}`)
    const file = join(folder, 'road.csv')
    await writeFile(
      file,
      ['OBJCODE,OBJNAME,X,Y', ...codes.map((code, i) => `${code},路灯,${lon + i * 1e-5},${lat}`)].join('\n'),
    )
    const profile = join(folder, 'road.yaml')
    await writeFile(
      profile,
      'kind: components\ncrs: EPSG:4490\nposition: { x: X, y: Y }\nfields: { code: OBJCODE, className: OBJNAME }\n',
    )
    const delivery = await served.load('components', [file], { profile })
    await served.app.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [DISTRICT])

    const works = {
      name: '星华路改造',
      builder: '吴建集团',
      ownerId: owner.id,
      maintainerId: maintainer.id,
      handoverOn: day(30),
    }
    expect(await said('contractor', '/api/handovers', works)).toEqual([403, 'right.missing'])
    expect(await said('supervisor', '/api/handovers', { ...works, ownerId: crypto.randomUUID() })).toEqual([
      404,
      'unit.unknown',
    ])
    const made = await ask<{ id: string; no: number }>('supervisor', '/api/handovers', works)
    const at = `/api/handovers/${made.id}`
    expect(await said('administrator', `${at}/accept`, {}, 'POST')).toEqual([409, 'handover.undelivered'])
    // it was there before the works were announced
    expect(await said('supervisor', `${at}/delivery`, { delivery: delivery.id }, 'PUT')).toEqual([
      409,
      'handover.older',
    ])
    const brought = { delivery: delivery.id, components: codes.length }
    await ask('supervisor', `${at}/delivery`, brought, 'PUT')
    const other = await ask<{ id: string }>('dispatcher', '/api/handovers', works)
    expect(
      await said('dispatcher', `/api/handovers/${other.id}/delivery`, { delivery: delivery.id }, 'PUT'),
    ).toEqual([409, 'handover.delivery'])
    expect(await said('dispatcher', `${at}/accept`, {}, 'POST')).toEqual([403, 'right.missing'])
    expect(await said('supervisor', `${at}/accept`, {}, 'POST')).toEqual([403, 'handover.own'])

    const find = async () =>
      (await ask<{ items: Listed[] }>('dispatcher', `/api/components?q=${codes[0]}`)).items[0]!
    const card = async () =>
      ask<{ owner: { unit: { id: string } | null }; source: { handover: object; kind: string } }>(
        'dispatcher',
        `/api/components/${(await find()).id}`,
      )
    expect(await ask('administrator', `${at}/accept`, {}, 'POST')).toMatchObject({
      state: 'accepted',
      components: null,
    })
    expect(await transferDue({ db: served.app.db })).toBe(0)
    expect(await card()).toMatchObject({
      owner: { unit: null },
      source: { kind: 'delivery', handover: { builder: '吴建集团', state: 'accepted' } },
    })

    await served.app.db.query('UPDATE handover SET handover_on = $2::date WHERE id = $1::uuid', [
      made.id,
      day(-1),
    ])
    expect(await transferDue({ db: served.app.db })).toBe(1)
    expect(await transferDue({ db: served.app.db })).toBe(0)
    const { items: all } = await ask<{ items: object[] }>('dispatcher', '/api/handovers')
    expect(all).toContainEqual(
      expect.objectContaining({
        id: made.id,
        state: 'transferred',
        components: codes.length,
        decidedBy: 'account:administrator',
      }),
    )
    await expect.poll(card, { timeout: 15_000 }).toMatchObject({
      owner: { unit: { id: owner.id } },
      maintainer: { unit: { id: maintainer.id } },
      source: { kind: 'handover', handover: { state: 'transferred' } },
    })
    const { items: versions } = await ask<{ items: object[] }>('supervisor', '/api/registry/versions')
    expect(versions[0]).toMatchObject({
      source: 'handover',
      changed: codes.length,
      added: 0,
      removed: 0,
      publishedBy: 'account:administrator',
    })
  })
})
