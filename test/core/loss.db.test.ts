import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openEmbedded } from '../../src/core/db-pglite.ts'
import { copyEmbedded, type OpenedDb, onEachEngine } from '../support/engines.ts'

onEachEngine((engine, open) => {
  let opened: OpenedDb
  beforeAll(async () => {
    opened = await open()
    await opened.db.script('CREATE TABLE thing (id int PRIMARY KEY)')
  })
  afterAll(() => opened?.close())

  if (engine === 'postgres')
    describe('a lost connection', () => {
      const cutAll = async () => {
        const admin = openPostgres({ url: opened.place, maxConnections: 1 })
        await admin.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        )
        await admin.close()
      }

      it('is a problem that says so, keeps nothing of the transaction, and the next one works', async () => {
        const { db } = opened
        const work = db.transaction(async tx => {
          await tx.query('INSERT INTO thing (id) VALUES (1)')
          await cutAll()
          await tx.query('INSERT INTO thing (id) VALUES (2)')
        })
        await expect(work).rejects.toMatchObject({ code: 'database.gone', status: 503 })
        expect(await db.query('SELECT * FROM thing')).toEqual([])
      })

      it('ends what is copied out with the same problem, and not the process', async () => {
        const { db } = opened
        const crashes: unknown[] = []
        const crashed = (error: unknown) => crashes.push(error)
        process.on('uncaughtException', crashed)
        const reading = async () => {
          for await (const chunk of db.copyOut(
            `SELECT n, repeat('x', 1000) FROM generate_series(1, 200000) n`,
          ))
            if (chunk.length > 0) await cutAll()
        }
        await expect(reading()).rejects.toMatchObject({ code: 'database.gone' })
        await new Promise(resolve => setTimeout(resolve, 100))
        process.off('uncaughtException', crashed)
        expect(crashes).toEqual([])
        expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
      })

      it('does not deafen a listener for long: it hears again, and is rung for what it may have missed', async () => {
        const heard: string[] = []
        const silence = await opened.db.listen('bell', payload => heard.push(payload))
        await cutAll()
        await expect.poll(() => heard, { timeout: 10_000 }).toEqual([''])
        await opened.db.query("SELECT pg_notify('bell', 'again')")
        await expect.poll(() => heard).toEqual(['', 'again'])
        await silence()
      })

      it('is mended by one connection for all channels, until nobody listens', async () => {
        const { db } = opened
        const heard: string[] = []
        const silence = await Promise.all(
          ['bell', 'gong', 'bell'].map((channel, i) =>
            db.listen(channel, payload => heard.push(`${channel} ${i} ${payload}`)),
          ),
        )
        await cutAll()
        await expect.poll(() => heard.sort(), { timeout: 10_000 }).toEqual(['bell 0 ', 'bell 2 ', 'gong 1 '])
        heard.splice(0)
        await silence[2]!()
        await db.query("SELECT pg_notify('bell', 'a'), pg_notify('gong', 'b')")
        await expect.poll(() => heard.sort()).toEqual(['bell 0 a', 'gong 1 b'])
        const listening = async () =>
          (
            await db.query(
              "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wangge-listen'",
            )
          ).length
        expect(await listening()).toBe(1)
        await Promise.all(silence.map(each => each()))
        await expect.poll(listening).toBe(0)
      })

      it('is a problem too when nobody answers at the address', async () => {
        const db = openPostgres({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
        const problem = { code: 'database.gone', status: 503 }
        await expect(db.query('SELECT 1')).rejects.toMatchObject(problem)
        await expect(db.transaction(async () => {})).rejects.toMatchObject(problem)
        await db.close()
      })
    })

  describe('a closed database', () => {
    it('refuses to work', async () => {
      const { db, close } = await open()
      await close()
      await expect(db.query('SELECT 1')).rejects.toThrow()
      await expect(db.transaction(async () => {})).rejects.toThrow()
    })
  })
})

describe('the data directory of the embedded engine', () => {
  it('holds what was committed when it is opened again', async () => {
    const dir = await copyEmbedded()
    const first = await openEmbedded(join(dir, 'db'))
    await first.script('CREATE TABLE thing (id int); INSERT INTO thing (id) VALUES (42)')
    await first.close()
    const again = await openEmbedded(join(dir, 'db'))
    expect(await again.query('SELECT id FROM thing')).toEqual([{ id: 42 }])
    await again.close()
    await rm(dir, { recursive: true })
  })
})
