/** Upkeep over HTTP: who may ask and decide, and that a decided change is at once where everything reads it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tileAt } from '../../gis/mercator.ts'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { DISTRICT, openServed, type Served } from '../support/served.ts'
import { decode } from '../tiles/decode.ts'

interface Listed {
  id: string
  code: string
  class: string
  lonLat: [number, number]
  areaCode: string | null
}
interface Request {
  id: string
  no: number
  state: string
  distanceM: number | null
}

let served: Served
const cookies = new Map<Role, string>()
let items: Listed[]

beforeAll(async () => {
  served = await openServed()
  for (const role of ['administrator', 'supervisor', 'dispatcher', 'contractor', 'leader'] as const)
    cookies.set(role, await served.signIn(role))
  await served.app.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [DISTRICT])
  items = (await ask<{ items: Listed[] }>('dispatcher', '/api/components?limit=300&class=0118,0101,0103'))
    .items
})
afterAll(() => served?.close())

async function send(role: Role | null, path: string, body?: unknown) {
  const answer = await fetch(served.address + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      origin: served.address,
      ...(role ? { cookie: cookies.get(role)! } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, value: text ? JSON.parse(text) : undefined }
}
async function ask<T>(role: Role, path: string, body?: unknown): Promise<T> {
  const { status, value } = await send(role, path, body)
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(value)}`)
  return value as T
}
const refusal = async (role: Role | null, path: string, body?: unknown) => {
  const { status, value } = await send(role, path, body)
  return [status, value?.code]
}
const move = (id: string, to: [number, number]) => ({
  change: { kind: 'move', componentId: id, geometry: { type: 'Point', coordinates: to } },
  reason: '现场核实',
})
describe('a request', () => {
  it('is made by who may, and by nobody else; of another district not even that it is there is told', async () => {
    const body = move(items[0]!.id, items[1]!.lonLat)
    expect(await refusal(null, '/api/changes', body)).toEqual([401, 'session.required'])
    for (const role of ['contractor', 'leader'] as const) {
      expect(await refusal(role, '/api/changes', body)).toEqual([403, 'right.missing'])
      expect(await refusal(role, '/api/changes')).toEqual([403, 'right.missing'])
    }
    const made = await ask<Request>('dispatcher', '/api/changes', body)
    expect(made).toMatchObject({ state: 'proposed', distanceM: expect.any(Number) })
    const ids = { ids: [made.id] }
    expect(await refusal('dispatcher', '/api/changes/approve', ids)).toEqual([403, 'right.missing'])
    expect(await refusal('dispatcher', `/api/changes/${made.id}/refuse`, { reason: 'x' })).toEqual([
      403,
      'right.missing',
    ])
    expect(await refusal('supervisor', `/api/changes/${made.id}/withdraw`, {})).toEqual([
      403,
      'change.others',
    ])

    await served.client.post('/api/districts', { code: '320588', name: '邻区' })
    await served.client.post('/api/accounts', {
      name: 'neighbour',
      role: 'supervisor',
      districts: ['320588'],
      password: 'a pond of quiet otters',
    })
    await served.app.db.query("UPDATE account SET must_change = false WHERE name = 'neighbour'")
    const signed = await fetch(`${served.address}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'neighbour', password: 'a pond of quiet otters' }),
    })
    const cookie = signed.headers.getSetCookie()[0]!.split(';')[0]!
    const seen = await served.get(`/api/changes/${made.id}`, cookie)
    expect([seen.status, ((await seen.json()) as { code: string }).code]).toEqual([404, 'change.unknown'])
    expect(((await (await served.get('/api/changes', cookie)).json()) as { items: unknown[] }).items).toEqual(
      [],
    )
    expect(
      (await ask<Request>('dispatcher', `/api/changes/${made.id}/withdraw?district=${DISTRICT}`, {})).state,
    ).toBe('withdrawn')
  })

  it('that is approved moves the dot, the click, the ground and the card at once', async () => {
    const at = `&district=${DISTRICT}`
    const thing = items.find(each => each.areaCode !== null)!
    const other = items.findLast(each => each.areaCode !== null && each.areaCode !== thing.areaCode)!
    const to: [number, number] = [other.lonLat[0] + 0.00003, other.lonLat[1]]
    const from = thing.lonLat
    const cookieAsk = <T>(role: Role, path: string, body?: unknown) =>
      ask<T>(role, `${path}${path.includes('?') ? '&' : '?'}district=${DISTRICT}`, body)
    const seen = async () => ({ there: await seenHere(to, thing.id), here: await seenHere(from, thing.id) })
    const seenHere = async (lonLat: [number, number], id: string) => {
      const [lon, lat] = lonLat
      const picked = await cookieAsk<{ items: Listed[] }>(
        'dispatcher',
        `/api/pick?lon=${lon}&lat=${lat}&zoom=21&tolerancePx=4`,
      )
      const [x, y] = tileAt(lon, lat, 20)
      const answer = await served.get(
        `/tiles/components/20/${x}/${y}.mvt?${at.slice(1)}`,
        cookies.get('dispatcher')!,
      )
      const bytes = answer.status === 204 ? null : new Uint8Array(await answer.arrayBuffer())
      return {
        picked: picked.items.some(each => each.id === id),
        dots: bytes ? Object.values(decode(bytes)).flat().length : 0,
      }
    }
    const before = await seen()
    expect(before).toMatchObject({ here: { picked: true }, there: { picked: false } })
    const request = await cookieAsk<Request>('dispatcher', '/api/changes', move(thing.id, to))
    expect(await seen()).toEqual(before)
    const { version } = await cookieAsk<{ version: number }>('supervisor', '/api/changes/approve', {
      ids: [request.id],
    })
    await expect.poll(seen, { timeout: 15_000 }).toEqual({
      here: { picked: false, dots: before.here.dots - 1 },
      there: { picked: true, dots: before.there.dots + 1 },
    })
    const card = await cookieAsk<{
      lonLat: [number, number]
      area: { path: { code: string }[] }
      source: object
    }>('dispatcher', `/api/components/${thing.id}`)
    expect(card.lonLat).toEqual(to)
    const { areas } = await cookieAsk<{ areas: { code: string }[] }>(
      'dispatcher',
      `/api/where?lon=${to[0]}&lat=${to[1]}`,
    )
    expect(card.area.path.map(each => each.code)).toEqual(areas.map(each => each.code))
    expect(card.source).toMatchObject({
      kind: 'upkeep',
      registryVersion: version,
      request: { no: request.no, proposedBy: 'account:dispatcher', decidedBy: 'account:supervisor' },
    })
    const listed = await cookieAsk<{ items: Request[]; counts: Record<string, number> }>(
      'supervisor',
      `/api/changes?component=${thing.id}`,
    )
    expect(listed.items.map(each => [each.no, each.state])).toContainEqual([request.no, 'approved'])
  })

  it('is refused its own proposer, with the sentence in the language asked for', async () => {
    const made = await ask<Request>(
      'supervisor',
      `/api/changes?district=${DISTRICT}`,
      move(items[5]!.id, items[6]!.lonLat),
    )
    const { status, value } = await send('supervisor', `/api/changes/approve?district=${DISTRICT}&lang=en`, {
      ids: [made.id],
    })
    expect([status, value.code]).toEqual([403, 'change.own'])
    expect(value.title).toContain(`#${made.no}`)
    const refused = await ask<Request & { decision: string }>(
      'administrator',
      `/api/changes/${made.id}/refuse`,
      { reason: '照片不清' },
    )
    expect(refused).toMatchObject({
      state: 'refused',
      decision: '照片不清',
      decidedBy: 'account:administrator',
    })
    expect(
      await refusal('administrator', `/api/changes/approve?district=${DISTRICT}`, { ids: [made.id] }),
    ).toEqual([409, 'change.state'])
  })

  it('on what a survey changed meanwhile is overtaken as soon as that counts', async () => {
    const thing = items[8]!
    const made = await ask<Request>(
      'dispatcher',
      `/api/changes?district=${DISTRICT}`,
      move(thing.id, items[9]!.lonLat),
    )
    const other = await ask<Request>('dispatcher', `/api/changes?district=${DISTRICT}`, {
      change: { kind: 'edit', componentId: thing.id, set: { note: '先行' } },
      reason: '核实',
    })
    await ask('supervisor', `/api/changes/approve?district=${DISTRICT}`, { ids: [other.id] })
    await expect
      .poll(async () => (await ask<Request>('dispatcher', `/api/changes/${made.id}`)).state)
      .toBe('overtaken')
    expect(await ask<Request>('dispatcher', `/api/changes/${made.id}/renew`, {})).toMatchObject({
      state: 'proposed',
    })
  })

  it('is checked before it is made: what is found is said with what to do, and nothing is kept', async () => {
    const change = {
      kind: 'add',
      class: '0118',
      geometry: { type: 'Point', coordinates: [100, 20] },
      set: {},
    }
    const { findings } = await ask<{ findings: { code: string; severity: string; message: string }[] }>(
      'dispatcher',
      `/api/changes/check?district=${DISTRICT}`,
      { change },
    )
    expect(findings).toContainEqual(expect.objectContaining({ code: 'position.outside', severity: 'error' }))
    const { status, value } = await send('dispatcher', `/api/changes?district=${DISTRICT}`, {
      change,
      reason: 'x',
    })
    expect([status, value.code]).toEqual([400, 'change.faulty'])
    expect(value.title).toContain('位置在辖区之外')
  })
})
