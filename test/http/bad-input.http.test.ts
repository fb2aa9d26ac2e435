import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/core/log.ts'
import { createAccount } from '../../src/domain/orgs/commands.ts'
import { createTestPostgres } from '../support/engines.ts'

const PASSWORD = 'seven grey herons wade'
const engines = ['embedded', ...(process.env.WANGGE_TEST_POSTGRES ? ['postgres'] : [])]

describe.each(engines)('input no schema and no database can hold, on %s', engine => {
  let app: App
  let address: string
  let cookie: string
  let delivery: string
  let close = async () => {}
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(address + path, {
      method,
      headers: {
        cookie,
        'accept-language': 'zh',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? null : JSON.parse(text) }
  }
  const refused = async (method: string, path: string, body?: unknown) => {
    const { status, json } = await ask(method, path, body)
    expect([status, json?.code]).toEqual([400, 'request.invalid'])
    return json.issues.map((issue: { field: string }) => issue.field)
  }

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'wangge-bad-input-'))
    const postgres = engine === 'postgres' ? await createTestPostgres(inject('postgresTemplate')) : null
    if (!postgres) await cp(inject('embeddedTemplate'), join(dataDir, 'database'), { recursive: true })
    app = await openApp(
      readConfig({ DATA_DIR: dataDir, PORT: '0', DATABASE_URL: postgres?.url }),
      openLog('silent'),
    )
    close = async () => {
      await app.stop()
      await postgres?.drop()
      await rm(dataDir, { recursive: true, force: true })
    }
    await createAccount(
      app.db,
      { name: 'admin', roles: ['administrator'], districts: '*', password: PASSWORD, mustChange: false },
      'test',
    )
    address = await app.listen()
    const entered = await fetch(`${address}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: PASSWORD }),
    })
    cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!
    expect((await ask('POST', '/api/districts', { code: '320599', name: '棠泽区' })).status).toBe(201)
    const made = await ask('POST', '/api/deliveries', { kind: 'components', name: 'a' })
    delivery = made.json.id
    expect(delivery).toBeTruthy()
  })
  afterAll(() => close())

  it('refuses NUL and half surrogates wherever a text may stand, and names the place', async () => {
    const nul = 'a\0b'
    expect(await refused('POST', '/api/deliveries', { kind: 'grids', name: nul })).toEqual(['body.name'])
    expect(
      await refused('POST', '/api/deliveries', {
        kind: 'grids',
        name: 'a',
        contractor: nul,
        profile: { kind: 'grids', fields: { code: nul } },
      }),
    ).toEqual(expect.arrayContaining(['body.contractor', 'body.profile.fields.code']))
    expect(await refused('POST', '/api/deliveries', '{"kind":"grids","name":"\\ud800"}')).toEqual([
      'body.name',
    ])
    expect(
      await refused('PUT', '/api/profiles/p', { kind: 'grids', layers: { [nul]: { skip: true } } }),
    ).toEqual(['body.layers'])
    expect(await refused('PUT', '/api/profiles/a%00b', { kind: 'grids' })).toEqual(['params.name'])
    expect(await refused('DELETE', '/api/profiles/a%00b')).toEqual(['params.name'])
    expect(await refused('POST', '/api/districts', { code: '320598', name: nul })).toEqual(['body.name'])
    expect(await refused('GET', `/api/deliveries/${delivery}/findings?code=%00`)).toEqual(['query.code'])
    expect((await ask('GET', `/api/deliveries/${delivery}/findings?code=%E2%90%80`)).json.total).toBe(0)
    for (const box of ['', '1,2,3', '2,1,1,2', '1,2,3,4,5'])
      expect(await refused('GET', `/api/deliveries/${delivery}/findings/sums?box=${box}`)).toEqual([
        'query.box',
      ])
    expect(await refused('GET', `/api/deliveries/${delivery}/findings/marks?bbox=1,2,3,4`)).toEqual([
      'query.zoom',
    ])
    const far = `/api/deliveries/${delivery}/findings/marks?bbox=-1e15,-1e15,1e15,1e15&zoom=24`
    expect((await ask('GET', far)).json).toEqual({ here: 0, marks: [] })
  })

  it('refuses a nest of a hundred thousand brackets as any other thing it does not know', async () => {
    const nest = `{"kind":"grids","name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(await refused('POST', '/api/deliveries', nest)).toEqual(['body.name'])
  })

  it('refuses numbers no row can have, and takes the largest one', async () => {
    expect(await refused('GET', '/api/deliveries?before=99999999999')).toEqual(['query.before'])
    expect(await refused('GET', `/api/deliveries/${delivery}/findings?after=99999999999`)).toEqual([
      'query.after',
    ])
    expect((await ask('GET', '/api/deliveries?before=2147483647')).json.items).toHaveLength(1)
    expect((await ask('GET', `/api/deliveries/${delivery}/findings?after=2147483647`)).status).toBe(200)
  })

  it('refuses a district whose codes are cut in a way nobody knows, and takes those that are known', async () => {
    const district = (more: Record<string, string>) => ({ code: '320597', name: 'x', ...more })
    expect(await refused('POST', '/api/districts', district({ gridCodeProfile: 'nonsense' }))).toEqual([
      'body.gridCodeProfile',
    ])
    expect(await refused('POST', '/api/districts', district({ componentCodeProfile: 'x:0' }))).toEqual([
      'body.componentCodeProfile',
    ])
    const known = district({ gridCodeProfile: 'county:6 tract:6', componentCodeProfile: 'new16' })
    expect((await ask('POST', '/api/districts', known)).status).toBe(201)
  })

  it('refuses a profile of another kind when the delivery is announced, and when it is looked into', async () => {
    const made = await ask('POST', '/api/deliveries', {
      kind: 'components',
      name: 'b',
      district: '320599',
      profile: { kind: 'grids' },
    })
    expect([made.status, made.json.code]).toEqual([400, 'profile.kind'])
    const seen = await ask('POST', `/api/deliveries/${delivery}/guess`, { profile: { kind: 'grids' } })
    expect([seen.status, seen.json.code]).toEqual([400, 'profile.kind'])
  })

  it('cancels a load that waits for its turn, once, and says why not in Chinese', async () => {
    await app.db.query(
      `UPDATE delivery SET state = 'loading', progress = '{"phase":"waiting"}' WHERE id = $1::uuid`,
      [delivery],
    )
    const cancelled = await ask('POST', `/api/deliveries/${delivery}/cancel`, {})
    expect([cancelled.status, cancelled.json.state]).toEqual([200, 'cancelled'])
    const again = await ask('POST', `/api/deliveries/${delivery}/cancel`, {})
    expect([again.status, again.json.code, again.json.title]).toEqual([
      409,
      'delivery.state',
      '批次状态为“已取消”，不能在此取消',
    ])
  })
})
