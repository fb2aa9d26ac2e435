import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INSTALLATION, listEvents } from '../../../src/core/journal.ts'
import { rights } from '../../../src/domain/orgs/rules.ts'
import { ask, sendsJson } from '../../http/open-doors.ts'
import { onEachEngine } from '../../support/engines.ts'
import { DISTRICT } from './open-orgs.ts'
import { asBootstrap, SECOND, type ServedOrgs, serveOrgs } from './serve-orgs.ts'

onEachEngine((_name, open) => {
  let served: ServedOrgs
  beforeAll(async () => {
    served = await serveOrgs(open)
  })
  afterAll(() => served?.close())
  const call: ServedOrgs['call'] = (...sent) => served.call(...sent)
  const enter: ServedOrgs['enter'] = (...sent) => served.enter(...sent)

  describe('the district doors', () => {
    it('show what the caller may read', async () => {
      const added = await call('POST', '/api/districts', {
        headers: asBootstrap,
        body: { code: '320507', name: '相城区', approval: 'second-person' },
      })
      expect([added.status, added.json]).toEqual([201, { code: '320507', made: true }])
      const codes = async (cookie: string) =>
        (await call('GET', '/api/districts', { cookie })).json.items.map(
          (item: { code: string }) => item.code,
        )
      expect(await codes(await enter('narrow'))).toEqual([DISTRICT])
      expect(await codes(await enter('leader'))).toEqual([SECOND, '320507', DISTRICT])
      const { json } = await call('GET', '/api/districts', { cookie: await enter('narrow') })
      expect(json.items[0]).toEqual({
        code: DISTRICT,
        name: '苑江区',
        demo: true,
        classification: '内部资料',
        approval: 'none',
        acceptance: 'none',
        secondPersonUntil: null,
        bbox: [120, 31, 121, 32],
      })
    })

    it('add a district once, unless told not to mind; and not for everybody', async () => {
      const body = { code: DISTRICT, name: '苑江区' }
      expect((await call('POST', '/api/districts', { headers: asBootstrap, body })).json).toMatchObject({
        status: 409,
        code: 'district.taken',
        detail: expect.stringContaining(DISTRICT),
      })
      expect(
        (await call('POST', '/api/districts', { headers: asBootstrap, body: { ...body, ifMissing: true } }))
          .json,
      ).toEqual({ code: DISTRICT, made: false })
      expect(
        (await call('POST', '/api/districts', { headers: asBootstrap, body: { ...body, code: '32050' } }))
          .status,
      ).toBe(400)
      expect((await call('POST', '/api/districts', { cookie: await enter('leader'), body })).status).toBe(403)
    })
  })

  describe('the account doors', () => {
    it('are the administrator’s alone', async () => {
      const cookie = await enter('leader')
      for (const [method, path] of [
        ['GET', '/api/accounts'],
        ['POST', '/api/accounts'],
        ['POST', '/api/accounts/admin/disable'],
        ['POST', '/api/accounts/admin/password'],
      ] as const) {
        expect((await call(method, path, { cookie })).status).toBe(403)
        expect((await call(method, path, { headers: asBootstrap })).status).toBe(403)
        expect((await call(method, path)).status).toBe(401)
      }
    })

    it('add an account whose password is told once, disable it, and make its password anew', async () => {
      const cookie = await enter('admin')
      const made = await call('POST', '/api/accounts', {
        cookie,
        body: { name: 'Ｎew.One', role: 'contractor' },
      })
      expect([made.status, made.json.name]).toEqual([201, 'new.one'])
      expect(
        (await call('POST', '/api/accounts', { cookie, body: { name: 'new.one', role: 'leader' } })).json
          .code,
      ).toBe('account.taken')
      const theirs = await enter('new.one', made.json.password)
      expect((await call('GET', '/api/session', { cookie: theirs })).json.account).toMatchObject({
        name: 'new.one',
        mustChangePassword: true,
      })
      const anew = await call('POST', '/api/accounts/new.one/password', { cookie })
      expect((await call('GET', '/api/session', { cookie: theirs })).status).toBe(401)
      expect(
        (await call('POST', '/api/session', { body: { name: 'new.one', password: made.json.password } }))
          .status,
      ).toBe(401)
      const second = await enter('new.one', anew.json.password)
      expect((await call('POST', '/api/accounts/new.one/disable', { cookie })).status).toBe(204)
      expect((await call('GET', '/api/session', { cookie: second })).status).toBe(401)
      expect(
        (await call('POST', '/api/session', { body: { name: 'new.one', password: anew.json.password } }))
          .status,
      ).toBe(401)
      const list = await call('GET', '/api/accounts', { cookie })
      const entry = list.json.items.find((item: { name: string }) => item.name === 'new.one')
      expect(entry).toMatchObject({
        roles: ['contractor'],
        districts: '*',
        disabledAt: expect.stringMatching(/^\d{4}-/),
      })
      expect(list.text).not.toMatch(/argon2|hash/)
      const nobody = await call('POST', '/api/accounts/no.body/disable', { cookie })
      expect(nobody.json).toMatchObject({ status: 404, code: 'account.unknown', name: 'no.body' })
    })

    it('of an administrator of one district do not reach beyond it', async () => {
      await served.orgs.account('small', { roles: ['administrator'], districts: [DISTRICT] })
      const cookie = await enter('small')
      const add = (body: object) =>
        call('POST', '/api/accounts', { cookie, body: { name: 'sub', role: 'leader', ...body } })
      expect((await add({ districts: [SECOND] })).json.code).toBe('district.unknown')
      expect((await add({ person: { district: SECOND, name: '外人' } })).json.code).toBe('district.unknown')
      expect((await add({})).status).toBe(201)
      expect((await call('POST', '/api/accounts/admin/password', { cookie })).status).toBe(404)
      expect((await call('POST', '/api/accounts/admin/disable', { cookie })).status).toBe(404)
      const { json } = await call('GET', '/api/accounts', { cookie })
      expect(
        json.items.map((item: { name: string; districts: unknown }) => [item.name, item.districts]),
      ).toEqual([
        ['narrow', [DISTRICT]],
        ['small', [DISTRICT]],
        ['sub', [DISTRICT]],
      ])
      expect(
        (await call('POST', '/api/districts', { cookie, body: { code: '320507', name: '相城区' } })).status,
      ).toBe(404)
    })
  })

  describe('the socket', () => {
    it('makes who can open it the operator of the machine', async () => {
      const { socketPath } = served
      const { json } = await ask({ socketPath }, '/api/session')
      expect(json.account.name).toMatch(/^local:/)
      expect(json.rights).toEqual(Object.keys(rights).sort())
      const made = await ask({ socketPath }, '/api/accounts', {
        method: 'POST',
        headers: sendsJson,
        body: '{"name":"by.hand","role":"leader"}',
      })
      expect(made.status).toBe(201)
      expect((await listEvents(served.orgs.db, INSTALLATION, 0)).at(-1)).toMatchObject({
        kind: 'account.created',
        actor: json.account.name,
      })
    })
  })
})
