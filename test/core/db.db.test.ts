import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { identifier, maybe, one } from '../../src/core/db.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'

onEachEngine((engine, open) => {
  let opened: OpenedDb
  beforeAll(async () => {
    opened = await open()
    await opened.db.script('CREATE TABLE thing (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)')
  })
  afterAll(() => opened?.close())
  beforeEach(async () => void (await opened.db.query('TRUNCATE thing')))

  const ids = async () =>
    (await opened.db.query<{ id: number }>('SELECT id FROM thing ORDER BY id')).map(row => row.id)

  describe('a query', () => {
    it('says which engine answers', () => expect(opened.db.engine.name).toBe(engine))

    it('gives numbers, dates, times and documents in one shape on both engines', async () => {
      const row = await one(
        opened.db,
        `SELECT 9007199254740991::int8 AS large, 1.5::numeric AS exact, 0.1::float8 AS near, DATE '2017-08-07' AS day,
           TIMESTAMPTZ '2017-08-07 12:08:00+08' AS at, '{"a": [1, null]}'::jsonb AS data, '井盖' AS words, true AS truth,
           NULL::int AS nothing, ARRAY['a', 'b'] AS list, count(*) AS n FROM thing`,
      )
      expect(row).toEqual({
        large: 9007199254740991,
        exact: 1.5,
        near: 0.1,
        day: '2017-08-07',
        at: new Date('2017-08-07T04:08:00Z'),
        data: { a: [1, null] },
        words: '井盖',
        truth: true,
        nothing: null,
        list: ['a', 'b'],
        n: 0,
      })
    })

    it('takes values as parameters, never as text', async () => {
      const wild = `'; DROP TABLE thing; -- "$1" \\`
      const at = new Date('2020-02-29T23:59:59.123Z')
      const row = await one(
        opened.db,
        'SELECT $1::text AS words, $2::int AS n, $3::timestamptz AS at, $4::jsonb AS data, $5::text[] AS list, $6::text AS nothing',
        [wild, 7, at, JSON.stringify({ wild }), [wild, '{}'], null],
      )
      expect(row).toEqual({ words: wild, n: 7, at, data: { wild }, list: [wild, '{}'], nothing: null })
      expect(await ids()).toEqual([])
    })

    it('fails with the code of the database', async () => {
      const { db } = opened
      await db.query('INSERT INTO thing (id) VALUES (1)')
      await expect(db.query('INSERT INTO thing (id) VALUES (1)')).rejects.toMatchObject({ code: '23505' })
      await expect(db.query('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' })
    })

    it('gives the one row, the row there may be, or an error', async () => {
      const { db } = opened
      expect(await maybe(db, 'SELECT id FROM thing')).toBeNull()
      await expect(one(db, 'SELECT id FROM thing')).rejects.toThrow('expected one row, got 0')
      await db.query('INSERT INTO thing (id) VALUES (1), (2)')
      await expect(one(db, 'SELECT id FROM thing')).rejects.toThrow('expected one row, got 2')
    })

    it('quotes a name that would be something else', async () => {
      const name = 'a"; DROP TABLE thing; --'
      await opened.db.script(`CREATE TABLE ${identifier(name)} (a int)`)
      expect(await opened.db.query(`SELECT * FROM ${identifier(name)}`)).toEqual([])
      expect(await ids()).toEqual([])
    })

    it('gives the rows of every statement of a script', async () => {
      expect(
        await opened.db.script('SELECT 1 AS a; INSERT INTO thing (id) VALUES (3); SELECT id FROM thing'),
      ).toEqual([[{ a: 1 }], [], [{ id: 3 }]])
    })
  })

  describe('a transaction', () => {
    it('keeps everything when its work returns, and hands on what it returns', async () => {
      const { db } = opened
      const result = await db.transaction(async tx => {
        await tx.query('INSERT INTO thing (id) VALUES (1)')
        await tx.script('INSERT INTO thing (id) VALUES (2)')
        return 'done'
      })
      expect(result).toBe('done')
      expect(await ids()).toEqual([1, 2])
    })

    it('keeps nothing when its work throws, and throws the same', async () => {
      const refusal = new Error('refused')
      const work = opened.db.transaction(async tx => {
        await tx.query('INSERT INTO thing (id) VALUES (1)')
        throw refusal
      })
      await expect(work).rejects.toBe(refusal)
      expect(await ids()).toEqual([])
    })

    it('keeps nothing when a statement fails, and the next transaction works', async () => {
      const { db } = opened
      const work = db.transaction(async tx => {
        await tx.query('INSERT INTO thing (id) VALUES (1)')
        await tx.query('INSERT INTO thing (id) VALUES (1)')
      })
      await expect(work).rejects.toMatchObject({ code: '23505' })
      await db.transaction(tx => tx.query('INSERT INTO thing (id) VALUES (2)'))
      expect(await ids()).toEqual([2])
    })

    it('keeps nothing when a failed statement was swallowed', async () => {
      const work = opened.db.transaction(async tx => {
        await tx.query('INSERT INTO thing (id) VALUES (1)')
        await tx.query('SELECT * FROM nowhere').catch(() => {})
      })
      await work.catch(() => {})
      expect(await ids()).toEqual([])
    })

    it('never shows half of itself', async () => {
      const { db } = opened
      const seen = new Set<number>()
      let done = false
      const writing = (async () => {
        for (let i = 0; i < 10; i++)
          await db.transaction(async tx => {
            await tx.query('INSERT INTO thing (id) VALUES ($1)', [i * 2])
            await sleep(5)
            await tx.query('INSERT INTO thing (id) VALUES ($1)', [i * 2 + 1])
          })
        done = true
      })()
      while (!done) seen.add((await ids()).length)
      await writing
      expect([...seen].filter(n => n % 2 === 1)).toEqual([])
      expect(await ids()).toHaveLength(20)
    })

    it('loses no update of forty at once', async () => {
      const { db } = opened
      await db.query('INSERT INTO thing (id) VALUES (1)')
      await Promise.all(
        Array.from({ length: 40 }, () =>
          db.transaction(async tx => {
            const { n } = await one<{ n: number }>(tx, 'SELECT n FROM thing WHERE id = 1 FOR UPDATE')
            await tx.query('UPDATE thing SET n = $1 WHERE id = 1', [n + 1])
          }),
        ),
      )
      expect(await one(db, 'SELECT n FROM thing')).toEqual({ n: 40 })
    })
  })

  describe('listening', () => {
    it('hears what was committed, in order, and nothing that was rolled back', async () => {
      const { db } = opened
      const heard: string[] = []
      const silence = await db.listen('bell', payload => heard.push(payload))
      await db.transaction(tx => tx.query("SELECT pg_notify('bell', 'first')"))
      await db
        .transaction(async tx => {
          await tx.query("SELECT pg_notify('bell', 'never')")
          throw new Error('rolled back')
        })
        .catch(() => {})
      await db.query("SELECT pg_notify('other', 'elsewhere')")
      await db.query("SELECT pg_notify('bell', 'last')")
      await expect.poll(() => heard).toEqual(['first', 'last'])
      await silence()
    })

    it('reaches every listener until it stops listening', async () => {
      const { db } = opened
      const [one, two]: [string[], string[]] = [[], []]
      const silenceOne = await db.listen('bell', payload => one.push(payload))
      const silenceTwo = await db.listen('bell', payload => two.push(payload))
      await db.query("SELECT pg_notify('bell', 'both')")
      await expect.poll(() => [one, two]).toEqual([['both'], ['both']])
      await silenceOne()
      await db.query("SELECT pg_notify('bell', 'second')")
      await expect.poll(() => two).toEqual(['both', 'second'])
      expect(one).toEqual(['both'])
      await silenceTwo()
    })
  })
})
