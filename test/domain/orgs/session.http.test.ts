import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INSTALLATION, listEvents } from '../../../src/core/journal.ts'
import { onEachEngine } from '../../support/engines.ts'
import { PASSWORD } from './open-orgs.ts'
import { cookieOf, type ServedOrgs, serveOrgs, TOKEN } from './serve-orgs.ts'

onEachEngine((_name, open) => {
  let served: ServedOrgs
  beforeAll(async () => {
    served = await serveOrgs(open)
  })
  afterAll(() => served?.close())
  const call: ServedOrgs['call'] = (...sent) => served.call(...sent)
  const enter: ServedOrgs['enter'] = (...sent) => served.enter(...sent)

  describe('the session door', () => {
    it('opens with name and password, says who is in and what they may, and closes', async () => {
      const entered = await call('POST', '/api/session', { body: { name: 'Leader', password: PASSWORD } })
      expect(entered.status).toBe(200)
      expect(entered.json).toEqual({
        account: { name: 'leader', personName: null, roles: ['leader'], mustChangePassword: false },
      })
      expect(entered.headers['set-cookie']![0]).toMatch(
        /^wangge=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
      )
      expect(entered.headers['cache-control']).toBe('no-store')
      const cookie = cookieOf(entered)
      expect((await call('GET', '/api/session', { cookie })).json).toEqual({
        ...entered.json,
        rights: ['registry.read', 'survey.all', 'survey.read'],
      })
      const left = await call('DELETE', '/api/session', { cookie })
      expect([left.status, left.headers['set-cookie']![0]]).toEqual([
        204,
        'wangge=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
      ])
      expect((await call('GET', '/api/session', { cookie })).status).toBe(401)
      expect((await call('DELETE', '/api/session')).status).toBe(204)
    })

    it('tells who asks softly that nobody is in without calling it an error, and refuses who does not', async () => {
      for (const cookie of [undefined, `wangge=${'b'.repeat(43)}`]) {
        const softly = await call('GET', '/api/session?nobody=ok', { cookie })
        expect([softly.status, softly.text]).toEqual([204, ''])
        const { status, json } = await call('GET', '/api/session', { cookie })
        expect([status, json.code]).toEqual([401, 'session.required'])
      }
      const cookie = await enter('leader')
      const softly = await call('GET', '/api/session?nobody=ok', { cookie })
      expect([softly.status, softly.json.account.name]).toEqual([200, 'leader'])
      expect((await call('GET', '/api/session?nobody=yes')).status).toBe(401)
      expect((await call('GET', '/api/session?nobody=yes', { cookie })).status).toBe(400)
    })

    it('says the same to a wrong name and a wrong password, and sets no cookie', async () => {
      const answers = [
        await call('POST', '/api/session', { body: { name: 'leader', password: 'wrong' } }),
        await call('POST', '/api/session', { body: { name: 'who.is.this', password: 'wrong' } }),
      ]
      for (const { status, json, headers } of answers) {
        expect([status, json.code, headers['set-cookie']]).toEqual([401, 'session.refused', undefined])
      }
      const without = answers.map(({ json }) => ({ ...json, requestId: null }))
      expect(without[0]).toEqual(without[1])
    })

    it('never takes over a token that was there before, and ends it', async () => {
      const planted = `wangge=${'a'.repeat(43)}`
      const entered = await call('POST', '/api/session', {
        body: { name: 'leader', password: PASSWORD },
        cookie: planted,
      })
      expect(cookieOf(entered)).not.toBe(planted)
      expect((await call('GET', '/api/session', { cookie: planted })).status).toBe(401)
      const again = await call('POST', '/api/session', {
        body: { name: 'leader', password: PASSWORD },
        cookie: cookieOf(entered),
      })
      expect((await call('GET', '/api/session', { cookie: cookieOf(entered) })).status).toBe(401)
      expect((await call('GET', '/api/session', { cookie: cookieOf(again) })).status).toBe(200)
    })

    it('tells how long a locked name has to wait', async () => {
      await served.orgs.account('locked')
      for (let i = 0; i < 5; i++)
        await call('POST', '/api/session', { body: { name: 'locked', password: 'wrong' } })
      const answer = await call('POST', '/api/session', {
        body: { name: 'locked', password: PASSWORD },
        headers: { 'accept-language': 'en' },
      })
      expect([answer.status, answer.json.code, answer.headers['retry-after']]).toEqual([
        429,
        'session.locked',
        '30',
      ])
    })

    it('wants what it names and nothing else', async () => {
      const answer = await call('POST', '/api/session', {
        body: { name: 'leader', password: PASSWORD, remember: true },
      })
      expect([answer.status, answer.json.issues[0].field]).toEqual([400, 'body.remember'])
      expect(
        (await call('POST', '/api/session', { body: { name: { $ne: null }, password: ['x'] } })).json.issues,
      ).toHaveLength(2)
      expect(
        (
          await call('POST', '/api/session', {
            body: { name: 'leader', password: PASSWORD },
            headers: { origin: 'https://evil.example' },
          })
        ).status,
      ).toBe(403)
    })

    it('lets a new account do nothing but change its password; the cookie changes with it', async () => {
      await served.orgs.account('fresh', { mustChange: true })
      const cookie = await enter('fresh')
      expect((await call('GET', '/api/session', { cookie })).json).toMatchObject({
        account: { mustChangePassword: true },
        rights: [],
      })
      expect((await call('GET', '/api/districts', { cookie })).json).toMatchObject({
        status: 403,
        code: 'session.must-change',
      })
      expect((await call('GET', '/api/accounts', { cookie: await enter('leader') })).json.code).toBe(
        'right.missing',
      )
      const weak = await call('POST', '/api/session/password', {
        cookie,
        body: { old: PASSWORD, new: 'short' },
      })
      expect([weak.status, weak.json.code]).toEqual([400, 'session.password'])
      const changed = await call('POST', '/api/session/password', {
        cookie,
        body: { old: PASSWORD, new: 'battery staple 9' },
      })
      expect(changed.status).toBe(204)
      expect((await call('GET', '/api/districts', { cookie })).status).toBe(401)
      expect((await call('GET', '/api/districts', { cookie: cookieOf(changed) })).status).toBe(200)
    })
  })

  describe('the bootstrap token', () => {
    it('lets set up and read, is written in the journal, and never is a second person', async () => {
      const headers = { authorization: `Bearer ${TOKEN}` }
      const { json } = await call('GET', '/api/session', { headers })
      expect(json.account.name).toBe('bootstrap')
      expect(json.rights).not.toContain('survey.approve')
      expect(json.rights).not.toContain('orgs.admin')
      await expect
        .poll(async () => (await listEvents(served.orgs.db, INSTALLATION, 0)).map(event => event.kind))
        .toEqual(expect.arrayContaining(['bootstrap.enabled', 'bootstrap.used']))
    })

    it('is nothing when it is wrong, and who goes on trying has to wait', async () => {
      const from = (token: string, address = '198.51.100.77') =>
        call('GET', '/api/session', {
          headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
        })
      for (const wrong of [TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase()])
        expect((await from(wrong, '198.51.100.78')).status).toBe(401)
      for (let i = 0; i < 30; i++) expect((await from('wrong')).status).toBe(401)
      const waiting = await from(TOKEN)
      expect([waiting.status, waiting.headers['retry-after']]).toEqual([429, '300'])
      expect((await from(TOKEN, '198.51.100.79')).status).toBe(200)
    })

    it('is not taken from the query, a cookie or another scheme', async () => {
      expect((await call('GET', '/api/session', { cookie: `wangge=${TOKEN}` })).status).toBe(401)
      expect(
        (await call('GET', '/api/session', { headers: { authorization: `Basic ${TOKEN}` } })).status,
      ).toBe(401)
      expect((await call('GET', `/api/session?token=${TOKEN}`)).status).toBe(401)
    })
  })
})
