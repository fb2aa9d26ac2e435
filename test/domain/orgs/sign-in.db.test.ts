import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../../src/core/problem.ts'
import { disableAccount, resetPassword } from '../../../src/domain/orgs/commands.ts'
import { openSessions } from '../../../src/domain/orgs/sessions.ts'
import { changePassword, signIn, signOut } from '../../../src/domain/orgs/sign-in.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { type OpenOrgs, openOrgs, PASSWORD } from './open-orgs.ts'

onEachEngine((_name, open) => {
  let opened: OpenedDb
  let orgs: OpenOrgs
  beforeAll(async () => {
    opened = await open()
    orgs = await openOrgs(opened.db)
  })
  afterAll(async () => {
    await orgs?.stop()
    await opened?.close()
  })

  const remotes = Array.from({ length: 250 }, (_, i) => `192.0.2.${i}`)
  /** Tries from ever new addresses, so that only what belongs to the name counts. */
  const enter = (name: string, password = PASSWORD, remote = remotes.pop()!) =>
    signIn(orgs.principals.threshold, { name, password, remote })
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'in',
      (error: Problem) => (error instanceof Problem ? error.code : error),
    )
  const whoIs = (sessionToken: string) =>
    orgs.principals.of({ sessionToken, bearer: null, remote: '192.0.2.1', local: false })

  describe('signing in', () => {
    it('opens a session for the right name and password, written in the journal', async () => {
      await orgs.account('li.ming', { roles: ['supervisor', 'leader'] })
      const before = await orgs.lastNo()
      const token = await enter('li.ming')
      expect(await orgs.kindsAfter(before)).toEqual(['session.opened'])
      const principal = await whoIs(token)
      expect(principal).toMatchObject({ kind: 'account', actor: 'account:li.ming', districts: '*' })
      expect([...principal.rights].sort()).toEqual([
        'registry.propose',
        'registry.read',
        'registry.review',
        'survey.accept',
        'survey.all',
        'survey.approve',
        'survey.commission',
        'survey.read',
      ])
      expect(await enter('li.ming')).not.toBe(token)
    })

    it('keeps of the token and the password nothing that lets anybody in', async () => {
      const token = await enter('li.ming')
      const everything = JSON.stringify([
        await orgs.db.query('SELECT * FROM session'),
        await orgs.db.query('SELECT * FROM account'),
        await orgs.db.query('SELECT * FROM journal'),
      ])
      expect(everything).not.toContain(token)
      expect(everything).not.toContain(PASSWORD)
    })

    it('refuses a wrong password, an unknown name and a disabled account alike', async () => {
      const id = await orgs.account('gone')
      await disableAccount(orgs.db, id, 'test')
      expect(await codeOf(enter('li.ming', 'wrong'))).toBe('session.refused')
      expect(await codeOf(enter('nobody.here'))).toBe('session.refused')
      expect(await codeOf(enter('gone'))).toBe('session.refused')
    })

    it('locks a name after five failures, the right password too, for longer each time, and then lets it in again', async () => {
      await orgs.account('wang')
      for (let i = 0; i < 5; i++) expect(await codeOf(enter('wang', 'wrong'))).toBe('session.refused')
      expect(await codeOf(enter('wang'))).toBe('session.locked')
      orgs.clock.pass(31_000)
      expect(await codeOf(enter('wang', 'wrong'))).toBe('session.refused')
      orgs.clock.pass(31_000)
      await expect(enter('wang')).rejects.toMatchObject({ code: 'session.locked', detail: { seconds: 29 } })
      orgs.clock.pass(30_000)
      expect(await codeOf(enter('wang'))).toBe('in')
      expect(await codeOf(enter('wang', 'wrong'))).toBe('session.refused')
      expect(await codeOf(enter('wang'))).toBe('in')
    })

    it('locks a name that nobody has in the same way: the lock tells nothing', async () => {
      for (let i = 0; i < 5; i++) expect(await codeOf(enter('phantom', 'wrong'))).toBe('session.refused')
      expect(await codeOf(enter('phantom', 'wrong'))).toBe('session.locked')
      orgs.clock.pass(31_000)
      expect(await codeOf(enter('phantom', 'wrong'))).toBe('session.refused')
      expect(await codeOf(enter('phantom', 'wrong'))).toBe('session.locked')
    })

    it('counts tries that come all at once: they are no way around the lock', async () => {
      await orgs.account('zhao')
      const tries = await Promise.all(Array.from({ length: 12 }, () => codeOf(enter('zhao', 'wrong'))))
      expect(tries.filter(code => code === 'session.refused')).toHaveLength(5)
      expect(tries.filter(code => code === 'session.locked')).toHaveLength(7)
      await expect
        .poll(() =>
          orgs.db.query("SELECT 1 FROM journal WHERE kind = 'account.locked' AND data->>'account' = 'zhao'"),
        )
        .toHaveLength(1)
    })

    it('lets one sender try thirty times whatever the names, and no other sender pays for it', async () => {
      await orgs.account('chen')
      const flood = '198.51.100.1'
      for (let i = 0; i < 30; i++)
        expect(await codeOf(enter(`guess${i}`, 'wrong', flood))).toBe('session.refused')
      expect(await codeOf(enter('chen', PASSWORD, flood))).toBe('session.locked')
      expect(await codeOf(enter('chen', PASSWORD, '198.51.100.2'))).toBe('in')
      orgs.clock.pass(301_000)
      expect(await codeOf(enter('chen', PASSWORD, flood))).toBe('in')
    })

    it('does not count who gets in', async () => {
      await orgs.account('busy')
      for (let i = 0; i < 40; i++) await enter('busy', PASSWORD, '198.51.100.3')
      expect(await codeOf(enter('busy', PASSWORD, '198.51.100.3'))).toBe('in')
    })
  })

  describe('a session', () => {
    it('lasts twelve hours from its last use, and a week at most', async () => {
      await orgs.account('sun')
      const token = await enter('sun')
      const hours = async (n: number) => {
        orgs.clock.pass(n * 3_600_000)
        return (await whoIs(token)).kind
      }
      expect(await hours(11)).toBe('account')
      expect(await hours(11)).toBe('account')
      expect(await hours(12.1)).toBe('nobody')
      const long = await enter('sun')
      for (let i = 0; i < 16; i++) {
        orgs.clock.pass(10 * 3_600_000)
        expect((await whoIs(long)).kind).toBe('account')
      }
      orgs.clock.pass(9 * 3_600_000)
      expect((await whoIs(long)).kind).toBe('nobody')
    })

    it('is used from another process too: what that one wrote counts before a session ends here', async () => {
      await orgs.account('qian')
      const token = await enter('qian')
      const elsewhere = openSessions(orgs.db, { clock: orgs.clock })
      await whoIs(token)
      orgs.clock.pass(11 * 3_600_000)
      expect(await elsewhere.find(token)).not.toBeNull()
      await expect
        .poll(() =>
          orgs.db.query(
            "SELECT 1 FROM session s JOIN account a ON a.id = s.account_id WHERE a.name = 'qian' AND s.expires_at > $1::timestamptz",
            [new Date(orgs.clock.now().getTime() + 11 * 3_600_000)],
          ),
        )
        .toHaveLength(1)
      orgs.clock.pass(2 * 3_600_000)
      expect((await whoIs(token)).kind).toBe('account')
    })

    it('ends with signing out, and only that one', async () => {
      await orgs.account('wu')
      const [one, two] = [await enter('wu'), await enter('wu')]
      await whoIs(one)
      await signOut(orgs.principals.threshold, one)
      expect((await whoIs(one)).kind).toBe('nobody')
      expect((await whoIs(two)).kind).toBe('account')
      await signOut(orgs.principals.threshold, 'not-a-token')
    })

    it('is nothing one can make up', async () => {
      for (const token of ['', 'x', '../..', 'a'.repeat(43), "' OR 1=1 --", 'é'.repeat(43)])
        expect((await whoIs(token)).kind).toBe('nobody')
    })

    it('ends here when another process takes it away: the journal says so', async () => {
      const id = await orgs.account('zhou')
      const token = await enter('zhou')
      expect((await whoIs(token)).kind).toBe('account')
      await disableAccount(orgs.db, id, 'test')
      await orgs.principals.caughtUp()
      expect((await whoIs(token)).kind).toBe('nobody')
    })

    it('answers from memory after the first look', async () => {
      await orgs.account('zheng')
      const token = await enter('zheng')
      await whoIs(token)
      let asked = 0
      const query: typeof orgs.db.query = (sql, params) => {
        asked++
        return orgs.db.query(sql, params)
      }
      const counting = openSessions({ ...orgs.db, query }, { clock: orgs.clock })
      for (let i = 0; i < 5; i++) expect(await counting.find(token)).not.toBeNull()
      expect(asked).toBe(1)
    })

    it('is looked up again when more are kept than may be, and stays right', async () => {
      const small = openSessions(orgs.db, { clock: orgs.clock, maxKept: 1 })
      await orgs.account('feng')
      const [one, two] = [await enter('feng'), await enter('feng')]
      for (const token of [one, two, one, two]) expect((await small.find(token))?.name).toBe('feng')
    })
  })

  describe('a password', () => {
    it('is changed with the old one; every session but the new one ends', async () => {
      const id = await orgs.account('xu', { mustChange: true })
      const [one, two] = [await enter('xu'), await enter('xu')]
      expect((await whoIs(one)).rights.size).toBe(0)
      const fresh = 'another horse staple'
      const token = await changePassword(orgs.principals.threshold, { accountId: id, old: PASSWORD, fresh })
      expect((await whoIs(one)).kind).toBe('nobody')
      expect((await whoIs(two)).kind).toBe('nobody')
      expect((await whoIs(token)).rights.has('registry.read')).toBe(true)
      expect(await codeOf(enter('xu'))).toBe('session.refused')
      expect(await codeOf(enter('xu', fresh))).toBe('in')
    })

    it('is not changed by who does not know the old one, nor to one that breaks a rule', async () => {
      const id = await orgs.account('he')
      const change = (old: string, fresh: string) =>
        codeOf(changePassword(orgs.principals.threshold, { accountId: id, old, fresh }))
      expect(await change('wrong', 'another horse staple')).toBe('session.refused')
      expect(await change(PASSWORD, 'short')).toBe('session.password')
      expect(await change(PASSWORD, PASSWORD)).toBe('session.password')
      expect(await codeOf(enter('he'))).toBe('in')
      for (let i = 0; i < 5; i++) await change('wrong', 'another horse staple')
      expect(await change(PASSWORD, 'another horse staple')).toBe('session.locked')
    })

    it('is made anew by an administrator: the lock is lifted, sessions end, and it has to be changed', async () => {
      const id = await orgs.account('lv')
      const token = await enter('lv')
      for (let i = 0; i < 5; i++) await codeOf(enter('lv', 'wrong'))
      const password = await resetPassword(orgs.db, { id, name: 'lv' }, 'test')
      await orgs.principals.caughtUp()
      expect((await whoIs(token)).kind).toBe('nobody')
      const fresh = await whoIs(await enter('lv', password))
      expect([fresh.kind, fresh.rights.size]).toEqual(['account', 0])
    })
  })
})
