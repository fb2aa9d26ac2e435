import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { INSTALLATION, listEvents } from '../../../src/core/journal.ts'
import { createAccount, demoAccounts } from '../../../src/domain/orgs/commands.ts'
import {
  DISTRICT_CHANGES,
  districtOf,
  ensureDistrict,
  rememberDistricts,
} from '../../../src/domain/orgs/districts.ts'
import { loadUnits } from '../../../src/domain/orgs/load-units.ts'
import { localPrincipal } from '../../../src/domain/orgs/principals.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { signIn } from '../../../src/domain/orgs/sign-in.ts'
import { findAccount, listAccounts, listDistricts, listUnits } from '../../../src/domain/orgs/store.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { DISTRICT, type OpenOrgs, openOrgs } from './open-orgs.ts'

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

  describe('an account', () => {
    it('is made with its roles, districts and person, and is in the journal without its password', async () => {
      const { id, password } = await createAccount(
        orgs.db,
        {
          name: 'li.ming',
          roles: ['contractor', 'leader'],
          districts: [DISTRICT],
          person: { district: DISTRICT, name: '李明', phone: null },
        },
        'local:root',
      )
      expect(await findAccount(orgs.db, 'li.ming')).toMatchObject({
        id,
        personName: '李明',
        roles: ['contractor', 'leader'],
        districts: [DISTRICT],
        mustChangePassword: true,
        disabledAt: null,
      })
      const event = (await listEvents(orgs.db, INSTALLATION, 0)).at(-1)!
      expect(event).toMatchObject({
        kind: 'account.created',
        actor: 'local:root',
        data: { account: 'li.ming', districts: [DISTRICT] },
      })
      expect(JSON.stringify(event)).not.toContain(password)
    })

    it('is not made twice, not with a weak password, and not for a district that is not there; nothing stays behind', async () => {
      const draft = { name: 'li.ming', roles: ['leader'] as const, districts: '*' as const }
      await expect(createAccount(orgs.db, draft, 'test')).rejects.toMatchObject({ code: 'account.taken' })
      await expect(
        createAccount(orgs.db, { ...draft, name: 'weak', password: '1234567890' }, 'test'),
      ).resolves.toBeDefined()
      await expect(
        createAccount(orgs.db, { ...draft, name: 'weaker', password: '1111111111' }, 'test'),
      ).rejects.toMatchObject({ code: 'session.password' })
      const person = { district: DISTRICT, name: '无账号', phone: null }
      await expect(
        createAccount(orgs.db, { ...draft, name: 'far', districts: ['110101'], person }, 'test'),
      ).rejects.toMatchObject({ code: 'district.unknown' })
      expect(await findAccount(orgs.db, 'far')).toBeNull()
      expect(await orgs.db.query("SELECT 1 FROM person WHERE name = '无账号'")).toEqual([])
    })

    it('of the demo is made once per role, with passwords that let in and differ', async () => {
      const made = await demoAccounts(orgs.db)
      expect(made.map(({ role }) => role).sort()).toEqual([
        'administrator',
        'contractor',
        'dispatcher',
        'leader',
        'supervisor',
      ])
      expect(new Set(made.map(({ password }) => password)).size).toBe(5)
      const { name, password } = made[0]!
      const token = await signIn(orgs.principals.threshold, { name, password, remote: '192.0.2.1' })
      const principal = await orgs.principals.of({
        sessionToken: token,
        bearer: null,
        remote: '192.0.2.1',
        local: false,
      })
      expect(principal.rights.has('orgs.admin')).toBe(true)
      expect(await demoAccounts(orgs.db)).toEqual([])
      expect((await listAccounts(orgs.db)).map(account => account.name)).toEqual([
        'admin', 'contractor', 'dispatcher', 'leader', 'li.ming', 'supervisor', 'weak',
      ]) // biome-ignore format: one line
    })
  })

  describe('a district', () => {
    it('is added once', async () => {
      const draft = { code: '320506', name: '吴中区', demo: false, approval: 'second-person' as const }
      expect(await ensureDistrict(orgs.db, draft, 'test')).toBe(true)
      expect(await ensureDistrict(orgs.db, { ...draft, name: '别的' }, 'test')).toBe(false)
      expect(
        (await listDistricts(orgs.db)).map(({ code, name, approval }) => [code, name, approval]),
      ).toEqual([
        ['320506', '吴中区', 'second-person'],
        [DISTRICT, '苑江区', 'none'],
      ])
    })

    it('is the only one a principal may read, or has to be named', async () => {
      const whole = localPrincipal()
      const narrow = { ...whole, districts: ['320506'] }
      expect(await districtOf(orgs.db, narrow, undefined)).toBe('320506')
      expect(await districtOf(orgs.db, whole, DISTRICT)).toBe(DISTRICT)
      await expect(districtOf(orgs.db, whole, undefined)).rejects.toMatchObject({ code: 'district.needed' })
      await expect(districtOf(orgs.db, narrow, DISTRICT)).rejects.toMatchObject({ code: 'district.unknown' })
      await expect(districtOf(orgs.db, { ...whole, districts: [] }, undefined)).rejects.toMatchObject({
        code: 'district.none',
      })
    })
  })

  describe('which district a call is about', () => {
    const whole = localPrincipal()
    const codesOf = async () => (await listDistricts(orgs.db)).map(({ code }) => code)
    const added = { name: '新区', demo: false, approval: 'none' as const }

    it('is answered from memory, and knows at once what was added through the same house', async () => {
      let asked = 0
      const counted: Db = {
        ...orgs.db,
        query(sql, params) {
          asked++
          return orgs.db.query(sql, params)
        },
      }
      const [code] = await codesOf()
      await districtOf(counted, whole, code)
      expect(asked).toBe(1)
      for (let i = 0; i < 50; i++) expect(await districtOf(counted, whole, code)).toBe(code)
      expect(asked).toBe(1)
      await ensureDistrict(counted, { ...added, code: '320571' }, 'test')
      const then = asked
      expect(await districtOf(counted, { ...whole, districts: ['320571'] }, undefined)).toBe('320571')
      expect(asked).toBe(then)
    })

    it('knows what another process added: when it is named, and when the journal told of it', async () => {
      const [code] = await codesOf()
      const other: Db = { ...orgs.db }
      const third: Db = { ...orgs.db }
      for (const house of [other, third]) await districtOf(house, whole, code)
      await ensureDistrict(orgs.db, { ...added, code: '320572' }, 'test')
      const narrow = { ...whole, districts: ['320572'] }
      await expect(districtOf(third, narrow, undefined)).rejects.toMatchObject({ code: 'district.none' })
      expect(await districtOf(other, whole, '320572')).toBe('320572')
      expect(DISTRICT_CHANGES).toContain((await listEvents(orgs.db, '320572', 0)).at(-1)!.kind)
      await rememberDistricts(third)
      expect(await districtOf(third, narrow, undefined)).toBe('320572')
      await expect(districtOf(other, whole, '320573')).rejects.toMatchObject({ code: 'district.unknown' })
      await expect(districtOf(other, { ...whole, districts: [code!] }, '320572')).rejects.toMatchObject({
        code: 'district.unknown',
      })
    })
  })

  describe('the unit directory', () => {
    const row = (n: number, name: string, code: string | null, aliases: string | null = null) => ({
      row: n,
      name,
      code,
      shortName: null,
      kind: null,
      aliases,
    })
    const load = (rows: ReturnType<typeof row>[]) =>
      orgs.db.transaction(tx => loadUnits(tx, DISTRICT, rows, 'test'))
    const held = async () =>
      (await listUnits(orgs.db, scopeOf(DISTRICT))).map(({ name, code, aliases }) => [name, code, aliases])

    it('takes a table, then only what changed, and keeps identities', async () => {
      expect(await load([row(2, '甲', 'A', '阿甲|老甲'), row(3, '乙', 'B')])).toEqual({
        added: 2,
        changed: 0,
        unchanged: 0,
        refused: [],
      })
      const before = await listUnits(orgs.db, scopeOf(DISTRICT))
      expect(
        await load([row(2, '甲', 'A', '阿甲|老甲'), row(3, '乙集团', 'B'), row(4, '丙', null)]),
      ).toMatchObject({ added: 1, changed: 1, unchanged: 1 })
      const after = await listUnits(orgs.db, scopeOf(DISTRICT))
      for (const unit of before) expect(after.map(each => each.id)).toContain(unit.id)
      expect(await held()).toEqual([
        ['丙', null, []],
        ['乙集团', 'B', []],
        ['甲', 'A', ['阿甲', '老甲']],
      ])
    })

    it('lets names and codes move between units in one table', async () => {
      expect(await load([row(2, '乙集团', 'A'), row(3, '甲', 'B')])).toMatchObject({
        added: 0,
        changed: 2,
        refused: [],
      })
      expect(await held()).toEqual([
        ['丙', null, []],
        ['乙集团', 'A', []],
        ['甲', 'B', []],
      ])
    })

    it('writes nothing when one row is refused, and no event when nothing changed', async () => {
      const before = await held()
      const heads = await orgs.db.query('SELECT no FROM journal_counter WHERE district = $1', [DISTRICT])
      expect(await load([row(2, '丁', 'D'), row(3, '丁', 'E')])).toMatchObject({
        added: 0,
        refused: [{ row: 3, code: 'unit.duplicate' }],
      })
      expect(await load([row(2, '丙', 'A')])).toMatchObject({
        added: 0,
        refused: [{ row: 2, code: 'unit.taken', detail: { other: '丙' } }],
      })
      expect(await load([row(2, '丙', null)])).toMatchObject({ unchanged: 1, refused: [] })
      expect(await held()).toEqual(before)
      expect(await orgs.db.query('SELECT no FROM journal_counter WHERE district = $1', [DISTRICT])).toEqual(
        heads,
      )
    })

    it('shows only the units of a narrower scope', async () => {
      const [first] = await listUnits(orgs.db, scopeOf(DISTRICT))
      expect(await listUnits(orgs.db, scopeOf(DISTRICT, { units: [first!.id] }))).toEqual([first])
      expect(await listUnits(orgs.db, scopeOf('320506'))).toEqual([])
    })
  })
})
