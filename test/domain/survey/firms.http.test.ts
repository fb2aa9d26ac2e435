import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../../../src/domain/orgs/commands.ts'
import type { Endpoint } from '../../../src/http/endpoint.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../../support/served.ts'

let served: Served
const cookies: Record<string, string> = {}
const firms: Record<string, string> = {}
/** What nobody of another firm may read anywhere. */
const SECRET = '甲所的井盖批次'
const secrets: string[] = [SECRET, '甲测绘院', '井盖甲.csv', 'surveyor-a']

// biome-ignore lint/suspicious/noExplicitAny: the answer of any door
type Said = { status: number; text: string; value: any }
async function ask(
  who: string,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<Said> {
  const sent = ['get', 'head'].includes(method)
    ? {}
    : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}), type }
  const answer = await fetch(served.address + path, {
    method: method.toUpperCase(),
    headers: {
      cookie: cookies[who]!,
      origin: served.address,
      ...('type' in sent ? { 'content-type': sent.type } : {}),
    },
    ...('body' in sent ? { body: sent.body } : {}),
  })
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, text, value: json && text !== '' ? JSON.parse(text) : undefined }
}

async function account(name: string, firm: string | null): Promise<void> {
  await createAccount(
    served.app.db,
    { name, roles: ['contractor'], districts: [DISTRICT], password: PASSWORD, mustChange: false },
    'test',
  )
  if (firm) expect((await ask('boss', 'put', `/api/firms/${firms[firm]}/accounts/${name}`)).status).toBe(204)
  cookies[name] = await signIn(name)
}

async function signIn(name: string): Promise<string> {
  const answer = await fetch(`${served.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: PASSWORD }),
  })
  return answer.headers.getSetCookie()[0]!.split(';')[0]!
}

async function deliver(who: string, name: string, rows: string[], more: object = {}): Promise<string> {
  const profile = {
    kind: 'components',
    crs: 'EPSG:4490',
    position: { x: '经度', y: '纬度' },
    fields: { code: 'OBJCODE', className: 'OBJNAME' },
  }
  const made = await ask(who, 'post', '/api/deliveries', { kind: 'components', name, profile, ...more })
  expect(made.status, made.text).toBe(200)
  const { id } = made.value
  const csv = ['OBJCODE,OBJNAME,经度,纬度', ...rows].join('\n')
  const file = encodeURIComponent('井盖甲.csv')
  await ask(who, 'put', `/api/deliveries/${id}/files/${file}`, csv, 'application/octet-stream')
  expect((await ask(who, 'post', `/api/deliveries/${id}/load`)).status).toBe(200)
  for (;;) {
    const { value } = await ask(who, 'get', `/api/deliveries/${id}`)
    if (value.state !== 'loading') return id
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

let mine: string
let packageId: string
let at: [number, number]
const row = (n: number) => `${DISTRICT}0118${String(900000 + n)},路灯,${at[0] + n / 1e5},${at[1]}`

beforeAll(async () => {
  served = await openServed()
  cookies.boss = await served.signIn('administrator')
  cookies.supervisor = await served.signIn('supervisor')
  cookies.stray = await served.signIn('contractor')
  at = (
    (await ask('boss', 'get', '/api/components?limit=1')).value.items as { lonLat: [number, number] }[]
  )[0]!.lonLat
  for (const name of ['甲测绘院', '乙测绘院']) {
    const made = await ask('boss', 'post', '/api/firms', { name })
    expect(made.status).toBe(201)
    firms[name] = made.value.id
  }
  await account('surveyor-a', '甲测绘院')
  await account('surveyor-a2', '甲测绘院')
  await account('surveyor-b', '乙测绘院')
  const asked = await ask('supervisor', 'post', '/api/packages', {
    firm: firms.甲测绘院,
    name: `${SECRET}的任务`,
    classes: ['0118'],
    dueOn: '2020-01-31',
  })
  expect(asked.status, asked.text).toBe(201)
  packageId = asked.value.id
  mine = await deliver('surveyor-a', SECRET, [row(1), row(2), 'bad,路灯,1,2'], { package: packageId })
  secrets.push(mine, packageId, firms.甲测绘院!)
})
afterAll(() => served?.close())

describe('a delivery of a firm', () => {
  it('carries the firm’s name and is reached by every account of it, and by those who reach all', async () => {
    const { value } = await ask('surveyor-a', 'get', `/api/deliveries/${mine}`)
    expect(value).toMatchObject({
      contractor: '甲测绘院',
      firmId: firms.甲测绘院,
      packageId,
      state: 'published',
    })
    for (const who of ['surveyor-a2', 'supervisor', 'boss'])
      expect((await ask(who, 'get', `/api/deliveries/${mine}`)).value).toMatchObject({ id: mine })
    const listed = await ask('surveyor-a2', 'get', '/api/deliveries')
    expect(listed.value.items.map((each: { id: string }) => each.id)).toEqual([mine])
  })

  it('takes the firm of who sends it, whatever it says', async () => {
    const other = { kind: 'components', name: 'x', firm: firms.甲测绘院 }
    expect(await ask('surveyor-b', 'post', '/api/deliveries', other)).toMatchObject({
      status: 404,
      value: { code: 'firm.unknown' },
    })
    const made = await ask('surveyor-b', 'post', '/api/deliveries', {
      kind: 'components',
      name: 'x',
      contractor: '甲测绘院',
    })
    expect(made.value).toMatchObject({ contractor: '乙测绘院', firmId: firms.乙测绘院 })
    await ask('surveyor-b', 'post', `/api/deliveries/${made.value.id}/cancel`)
  })

  it('is of no contractor where who sends it works for no firm; who reaches all may name one', async () => {
    const wish = { kind: 'components', name: 'x', contractor: '甲测绘院' }
    for (const [who, contractor] of [
      ['stray', null],
      ['boss', '甲测绘院'],
    ] as const) {
      const made = await ask(who, 'post', '/api/deliveries', wish)
      expect([who, made.value.contractor, made.value.firmId]).toEqual([who, contractor, null])
      await ask(who, 'post', `/api/deliveries/${made.value.id}/cancel`)
    }
  })

  const bodies: Record<string, unknown> = {
    'post /api/deliveries/:id/reject': { reason: 'x' },
    'post /api/deliveries/:id/removals': { decision: 'keep' },
    'put /api/deliveries/:id/files/:name': 'x',
  }
  it('answers at every door of its own as if it were not there, to another firm and to who has none', async () => {
    const doors = served.app.endpoints.filter(each => each.path.startsWith('/api/deliveries/:id'))
    expect(doors.length).toBeGreaterThan(12)
    const asked = new Map<string, number>()
    for (const who of ['surveyor-b', 'stray'])
      for (const door of doors) {
        const name = `${door.method} ${door.path}`
        const path = door.path.replace(':id', mine).replace(/:\w+/g, 'x')
        const query = door.path.endsWith('/changes')
          ? '?kind=added'
          : door.path.endsWith('/marks')
            ? '?bbox=120,31,121,32&zoom=9'
            : ''
        const type = door.body === 'stream' ? 'application/octet-stream' : 'application/json'
        const said = await ask(who, door.method, path + query, bodies[name], type)
        const answered = [name, said.status, said.value?.code]
        // a body of which nothing is known here is refused as such; whatever is asked well is told of nothing
        if (
          ['survey.read', 'survey.load'].includes(door.right) &&
          door.method !== 'head' &&
          said.status !== 400
        )
          expect(answered).toEqual([name, 404, 'delivery.unknown'])
        else expect([400, 403, 404], String(answered)).toContain(said.status)
        if (said.status === 404) asked.set(name, said.status)
        for (const secret of secrets.filter(each => each !== mine))
          expect(said.text, name).not.toContain(secret)
      }
    expect(asked.size).toBeGreaterThan(12)
    expect((await ask('boss', 'get', `/api/deliveries/${mine}`)).value.state).toBe('published')
  })

  it('is told at no door that lists or describes', async () => {
    const listing = (door: Endpoint) =>
      door.method === 'get' && !door.path.includes(':') && door.path !== '/api/live'
    for (const door of served.app.endpoints.filter(listing))
      for (const who of ['surveyor-b', 'stray']) {
        const { text } = await ask(who, 'get', door.path)
        for (const secret of secrets) expect(text, door.path).not.toContain(secret)
      }
    const own = await ask('surveyor-a', 'get', '/api/packages')
    expect(own.text).toContain(SECRET)
  })

  it('is not told by the registry as the source of a row, of a version or of a card', async () => {
    const newest = (await ask('surveyor-a', 'get', '/api/registry/versions')).value.items[0]
    expect(newest.deliveryId).toBe(mine)
    expect((await ask('surveyor-b', 'get', '/api/registry/versions')).value.items[0]).toEqual({
      ...newest,
      deliveryId: null,
      batchNo: null,
      publishedBy: null,
    })
    const code = row(1).split(',')[0]!
    const found = (await ask('boss', 'get', `/api/search?q=${code}`)).value
    const id = JSON.stringify(found).match(/"id":"([0-9a-f-]{36})"/)![1]!
    const card = async (who: string) => (await ask(who, 'get', `/api/components/${id}`)).value
    expect((await card('surveyor-a')).source).toMatchObject({
      deliveryId: mine,
      deliveryName: SECRET,
      row: 2,
    })
    const foreign = await card('surveyor-b')
    expect(foreign.code).toBe(code)
    expect(foreign.source).toMatchObject({
      deliveryId: null,
      deliveryName: null,
      deliveryNo: null,
      contractor: null,
      file: null,
      row: null,
      loadedBy: null,
    })
    interface Past {
      batch: number | null
      rowNo: number | null
    }
    const rows = async (who: string) => {
      const all: Past[] = []
      for (let after = ''; after !== 'null'; ) {
        const path = `/api/registry/versions/${newest.no}/components?limit=1000${after && `&after=${after}`}`
        const { value } = await ask(who, 'get', path)
        all.push(...value.items)
        after = String(value.next)
      }
      return all
    }
    expect((await rows('boss')).every(each => each.batch !== null && each.rowNo !== null)).toBe(true)
    expect((await rows('surveyor-b')).every(each => each.batch === null && each.rowNo === null)).toBe(true)
    const told = (await rows('surveyor-a')).filter(each => each.batch !== null)
    expect(told).toHaveLength(2)
    expect(told.every(each => each.batch === newest.batchNo)).toBe(true)
  })

  it('is announced by the live stream without a word of whose it is', async () => {
    const abort = new AbortController()
    const stream = await fetch(`${served.address}/api/live`, {
      headers: { cookie: cookies['surveyor-b']! },
      signal: abort.signal,
    })
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    await deliver('surveyor-a', `${SECRET}二`, [row(7)])
    let heard = ''
    while (!heard.includes('delivery.received')) heard += (await reader.read()).value ?? ''
    abort.abort()
    for (const secret of secrets) expect(heard).not.toContain(secret)
  })
})

describe('a saved profile', () => {
  const named = async (who: string) =>
    (await ask(who, 'get', '/api/profiles')).value.items.map((each: { name: string }) => each.name)

  it('is read and changed only by the firm that saved it, and by who reaches every firm', async () => {
    const path = `/api/profiles/${encodeURIComponent('井盖方案')}`
    const profile = { kind: 'components', fields: { code: '甲的列' } }
    expect((await ask('surveyor-a', 'put', path, profile)).status).toBe(204)
    for (const who of ['surveyor-a', 'surveyor-a2', 'boss', 'supervisor'])
      expect(await named(who)).toEqual(['井盖方案'])
    for (const who of ['surveyor-b', 'stray']) {
      expect((await ask(who, 'get', '/api/profiles')).text).not.toContain('甲的列')
      expect(await named(who)).toEqual([])
      expect(await ask(who, 'put', path, { ...profile, crs: 'GCJ-02' })).toMatchObject({
        status: 409,
        value: { code: 'profile.taken' },
      })
      expect((await ask(who, 'delete', path)).status).toBe(409)
    }
    expect((await ask('surveyor-a2', 'put', path, { ...profile, crs: 'EPSG:4490' })).status).toBe(204)
    expect((await ask('boss', 'get', '/api/profiles')).value.items[0].profile.crs).toBe('EPSG:4490')
    // mended by who reaches all, it stays the firm's
    expect((await ask('boss', 'put', path, { ...profile, crs: 'EPSG:4549' })).status).toBe(204)
    expect(await named('surveyor-b')).toEqual([])
    expect((await ask('surveyor-a2', 'delete', path)).status).toBe(204)
  })

  it('of the district is read by every firm, of who works for none by that one alone', async () => {
    const profile = { kind: 'components', fields: { code: 'OBJCODE' } }
    expect((await ask('boss', 'put', '/api/profiles/district', profile)).status).toBe(204)
    expect((await ask('stray', 'put', '/api/profiles/strays', profile)).status).toBe(204)
    expect(await named('stray')).toEqual(['district', 'strays'])
    for (const who of ['surveyor-a', 'surveyor-b']) expect(await named(who)).toEqual(['district'])
    expect((await ask('surveyor-a', 'delete', '/api/profiles/district')).status).toBe(409)
    expect((await ask('boss', 'delete', '/api/profiles/district')).status).toBe(204)
    expect((await ask('stray', 'delete', '/api/profiles/strays')).status).toBe(204)
  })
})

describe('transformation parameters that were stated', () => {
  const proj = (towgs84: string) =>
    `+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=krass +towgs84=${towgs84} +units=m +no_defs`
  const profile = (towgs84: string) => ({
    kind: 'components',
    crs: proj(towgs84),
    position: { x: 'X', y: 'Y' },
    fields: { code: 'OBJCODE', className: 'OBJNAME' },
  })
  const crsOf = async (who: string, name: string) =>
    (await ask(who, 'get', '/api/profiles')).value.items.find((each: { name: string }) => each.name === name)
      .profile.crs as string
  const numberIn = (crs: string) => /#\d+/.exec(crs)![0]
  const announced = async (who: string, towgs84: string) => {
    const made = await ask(who, 'post', '/api/deliveries', {
      kind: 'components',
      name: '参数',
      profile: profile(towgs84),
    })
    await ask(who, 'post', `/api/deliveries/${made.value.id}/cancel`)
    return made.value.profile.crs as string
  }

  it('are used by their number by who stated them and by who reaches all, and are nothing to anybody else', async () => {
    const stated = '24.5,-123.25,-94.75'
    expect((await ask('surveyor-a', 'put', '/api/profiles/a', profile(stated))).status).toBe(204)
    const number = numberIn(await crsOf('surveyor-a', 'a'))
    expect(number).not.toBe('#0')
    expect(await announced('surveyor-a2', number)).toBe(proj(number))
    for (const who of ['surveyor-b', 'stray']) {
      // as one that was never given
      expect(await announced(who, number)).toBe(proj('#0'))
      expect(await announced(who, '#999')).toBe(proj('#0'))
      expect((await ask(who, 'put', `/api/profiles/${who}`, profile(number))).status).toBe(204)
      expect(await crsOf(who, who)).toBe(proj('#0'))
      // nor is it told that somebody stated the same
      expect(numberIn(await announced(who, stated))).not.toBe(number)
    }
    // what who reaches all states with it for the district, all may use, by a number of the district's
    expect((await ask('boss', 'put', '/api/profiles/all', profile(number))).status).toBe(204)
    const districts = numberIn(await crsOf('surveyor-b', 'all'))
    expect([number, '#0']).not.toContain(districts)
    expect(await announced('surveyor-b', districts)).toBe(proj(districts))
  })

  it('leave at most those of the last look into a delivery, until it is loaded', async () => {
    const { value } = await ask('surveyor-b', 'post', '/api/deliveries', { kind: 'components', name: '试' })
    const kept = async () =>
      (await served.app.db.query<{ n: number }>('SELECT count(*)::int AS n FROM crs_parameters'))[0]!.n
    const before = await kept()
    const look = async (towgs84: string) => {
      const path = `/api/deliveries/${value.id}/guess`
      const seen = await ask('surveyor-b', 'post', path, { profile: profile(towgs84) })
      expect(seen.status, seen.text).toBe(200)
      expect(seen.text).not.toMatch(/-77\.\d/)
      return numberIn(seen.value.profile.crs)
    }
    const first = await look('1.5,-77.1,2.5')
    for (let n = 2; n < 6; n++) await look(`1.5,-77.${n},2.5`)
    expect(await kept()).toBe(before + 1)
    const last = await look('1.5,-77.9,2.5')
    expect(await look(last)).toBe(last)
    expect(await kept()).toBe(before + 1)
    // a number that was forgotten is never given again
    expect(await announced('surveyor-b', first)).toBe(proj('#0'))
    expect((await ask('surveyor-b', 'put', '/api/profiles/looked', profile(last))).status).toBe(204)
    await look('1.5,-77.8,2.5')
    expect(await announced('surveyor-b', last)).toBe(proj(last))
  })
})

describe('an account', () => {
  it('reaches another firm’s deliveries from the moment it is moved, and its former firm’s no more', async () => {
    await account('mover', '乙测绘院')
    expect((await ask('mover', 'get', `/api/deliveries/${mine}`)).status).toBe(404)
    await ask('boss', 'put', `/api/firms/${firms.甲测绘院}/accounts/mover`)
    expect((await ask('mover', 'get', `/api/deliveries/${mine}`)).status).toBe(200)
    await ask('boss', 'delete', `/api/firms/${firms.甲测绘院}/accounts/mover`)
    expect((await ask('mover', 'get', `/api/deliveries/${mine}`)).status).toBe(404)
  })

  it('without a firm reaches what it announced itself, and nothing else', async () => {
    const id = await deliver('stray', '散户的批次', [row(20)])
    const { value } = await ask('stray', 'get', '/api/deliveries')
    expect(value.items.map((each: { id: string }) => each.id)).toEqual([id])
    expect((await ask('surveyor-a', 'get', `/api/deliveries/${id}`)).status).toBe(404)
  })

  it('is put under a firm only by who manages accounts, and only if it is a contractor’s', async () => {
    const path = `/api/firms/${firms.甲测绘院}/accounts`
    expect((await ask('supervisor', 'put', `${path}/surveyor-b`)).status).toBe(403)
    expect(await ask('boss', 'put', `${path}/leader`)).toMatchObject({
      status: 409,
      value: { code: 'firm.account' },
    })
    expect((await ask('boss', 'put', `${path}/nobody`)).status).toBe(404)
  })
})

describe('a package', () => {
  const shown = async (who = 'surveyor-a', id = packageId) =>
    (await ask(who, 'get', '/api/packages')).value.items.find((each: { id: string }) => each.id === id)

  it('stands where its newest delivery stands, and is overdue until something of it is published', async () => {
    const made = await ask('boss', 'post', '/api/packages', {
      firm: firms.甲测绘院,
      name: '树',
      dueOn: '2020-02-01',
      classes: ['0402'],
    })
    expect(made.value).toMatchObject({
      state: 'open',
      overdue: true,
      classes: [{ code: '0402', name: '行道树' }],
      newest: null,
    })
    expect(await shown()).toMatchObject({
      state: 'published',
      overdue: false,
      deliveries: 1,
      newest: { id: mine, refused: 1, errors: expect.any(Number) },
    })
    const { value } = await ask('surveyor-a', 'post', '/api/deliveries', {
      kind: 'components',
      name: '树',
      package: made.value.id,
    })
    expect(await shown('boss', made.value.id)).toMatchObject({
      state: 'delivered',
      overdue: true,
      newest: { id: value.id },
    })
    expect((await ask('boss', 'delete', `/api/packages/${made.value.id}`)).value.code).toBe(
      'package.delivered',
    )
    await ask('surveyor-a', 'post', `/api/deliveries/${value.id}/cancel`)
    expect(await shown('boss', made.value.id)).toMatchObject({ state: 'open', deliveries: 0 })
  })

  it('is asked of one firm, and is unknown to another', async () => {
    for (const who of ['surveyor-b', 'stray'])
      expect(
        await ask(who, 'post', '/api/deliveries', { kind: 'components', name: 'x', package: packageId }),
      ).toMatchObject({
        status: 404,
        value: { code: 'package.unknown' },
      })
    const wrong = { kind: 'components', name: 'x', package: packageId, firm: firms.乙测绘院 }
    expect((await ask('boss', 'post', '/api/deliveries', wrong)).value.code).toBe('package.firm')
  })

  it('alone lets its firm deliver more than components, and never what the office keeps', async () => {
    const announce = (who: string, kind: string, asked?: string) =>
      ask(who, 'post', '/api/deliveries', { kind, name: kind, ...(asked ? { package: asked } : {}) })
    const made = await ask('boss', 'post', '/api/packages', {
      firm: firms.甲测绘院,
      name: '门牌',
      kinds: ['addresses'],
    })
    expect(made.value.kinds).toEqual(['addresses'])
    const refused = { status: 403, value: { code: 'delivery.kind' } }
    for (const who of ['surveyor-a', 'surveyor-b', 'stray'])
      for (const kind of ['grids', 'unit-grids', 'addresses', 'places', 'units', 'classes'])
        expect(await announce(who, kind), `${who} ${kind}`).toMatchObject(refused)
    for (const [who, kind] of [
      ['surveyor-a', 'units'],
      ['surveyor-a', 'components'],
      ['boss', 'units'],
    ] as const)
      expect(await announce(who, kind, made.value.id)).toMatchObject({
        status: 409,
        value: { code: 'package.kind' },
      })
    const wished = { firm: firms.甲测绘院, name: 'x' }
    for (const kinds of [['units'], []])
      expect((await ask('boss', 'post', '/api/packages', { ...wished, kinds })).status).toBe(400)

    const { value } = await announce('surveyor-a', 'addresses', made.value.id)
    expect(value).toMatchObject({ kind: 'addresses', state: 'received', packageId: made.value.id })
    // asked for otherwise meanwhile, what was announced is not begun
    const otherwise = { name: '门牌', kinds: ['components'] }
    expect((await ask('boss', 'put', `/api/packages/${made.value.id}`, otherwise)).status).toBe(204)
    const csv = 'text,lon,lat\nx,120,31'
    const file = `/api/deliveries/${value.id}/files/a.csv`
    await ask('surveyor-a', 'put', file, csv, 'application/octet-stream')
    expect(await ask('surveyor-a', 'post', `/api/deliveries/${value.id}/load`)).toMatchObject(refused)
    expect((await ask('surveyor-a', 'get', `/api/deliveries/${value.id}`)).value.state).toBe('received')
    await ask('surveyor-a', 'post', `/api/deliveries/${value.id}/cancel`)
    const mended = await ask('boss', 'post', '/api/deliveries', { kind: 'units', name: 'office' })
    expect(mended.status).toBe(200)
    await ask('boss', 'post', `/api/deliveries/${mended.value.id}/cancel`)
  })

  it('is made, changed and accepted by the office alone', async () => {
    const wish = { name: '路灯', classes: ['0118'], areas: [], dueOn: '2099-12-31', note: '分三次交' }
    for (const [method, path, body] of [
      ['post', '/api/packages', { ...wish, firm: firms.甲测绘院 }],
      ['put', `/api/packages/${packageId}`, wish],
      ['delete', `/api/packages/${packageId}`, undefined],
      ['post', `/api/packages/${packageId}/accept`, {}],
      ['post', '/api/firms', { name: '丙' }],
    ] as const)
      expect((await ask('surveyor-a', method, path, body)).status, path).toBe(403)
    expect((await ask('supervisor', 'put', `/api/packages/${packageId}`, wish)).status).toBe(204)
    expect(await shown()).toMatchObject({ name: '路灯', overdue: false, note: '分三次交' })
    expect((await ask('supervisor', 'post', `/api/packages/${packageId}/accept`)).value).toMatchObject({
      state: 'accepted',
      acceptedBy: 'account:supervisor',
    })
    const late = await ask('surveyor-a', 'post', '/api/deliveries', {
      kind: 'components',
      name: 'x',
      package: packageId,
    })
    expect(late.value.code).toBe('package.accepted')
    expect(
      (await ask('supervisor', 'post', `/api/packages/${packageId}/accept`, { accepted: false })).value.state,
    ).toBe('published')
  })

  it('names classes and grids that are there', async () => {
    const wish = { firm: firms.甲测绘院, name: 'x' }
    expect((await ask('boss', 'post', '/api/packages', { ...wish, classes: ['9999'] })).value.code).toBe(
      'package.class',
    )
    expect((await ask('boss', 'post', '/api/packages', { ...wish, areas: ['999999'] })).value.code).toBe(
      'package.area',
    )
    expect((await ask('boss', 'post', '/api/packages', { ...wish, areas: [DISTRICT] })).value.areas).toEqual([
      { code: DISTRICT, name: '棠泽区' },
    ])
  })
})
