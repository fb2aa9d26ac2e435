import { cp, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { type App, openApp } from '../src/app.ts'
import { clientOf } from '../src/cli/house.ts'
import { readConfig } from '../src/config.ts'
import { openPostgres } from '../src/core/db-pg.ts'
import { createTestPostgres, onEachEngine } from './support/engines.ts'

onEachEngine(engine => {
  const closers: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /** A house over a fresh database, with what it logs from warnings on. */
  const open = async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'wangge-app-'))
    closers.push(() => rm(dataDir, { recursive: true, force: true }))
    const postgres = engine === 'postgres' ? await createTestPostgres(inject('postgresTemplate')) : null
    if (postgres) closers.push(postgres.drop)
    else await cp(inject('embeddedTemplate'), join(dataDir, 'database'), { recursive: true })
    const said: string[] = []
    const log = pino(
      { level: 'warn' },
      new Writable({
        write(line, _encoding, done) {
          // whether the console is built is not asked here
          if (!/console is not built/.test(String(line))) said.push(String(line))
          done()
        },
      }),
    )
    const start = async (): Promise<App> => {
      const config = readConfig({ DATA_DIR: dataDir, PORT: '0', DATABASE_URL: postgres?.url })
      const app = await openApp(config, log)
      closers.push(() => app.stop())
      return app
    }
    return { start, said, url: postgres?.url }
  }

  if (engine === 'postgres')
    describe('a process on PostgreSQL', () => {
      it('listens on one connection for everything it waits for, and leaves none behind', async () => {
        const { start, url } = await open()
        const admin = openPostgres({ url: url!, maxConnections: 1 })
        closers.push(() => admin.close())
        const listening = async () =>
          (
            await admin.query(
              "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query ~* '^(UN)?LISTEN'",
            )
          ).length
        const app = await start()
        expect(await listening()).toBe(1)
        await app.stop()
        await expect.poll(listening).toBe(0)
      })
    })

  describe('a house that stops', () => {
    it('ends event streams, answers nobody any more, and says nothing of it', async () => {
      const { start, said } = await open()
      const app = await start()
      await app.listen()
      await clientOf(app.socket).post('/api/districts', { code: '320599', name: '棠泽区' })
      const opened = Promise.withResolvers<void>()
      const streamed = new Promise<string>((resolve, reject) => {
        const call = request({ socketPath: app.socket, path: '/api/live' }, answer => {
          answer.once('readable', () => opened.resolve())
          text(answer).then(resolve, reject)
        })
        call.on('error', reject).end()
      })
      await opened.promise
      await app.stop()
      expect(await streamed).toMatch(/event: open/)
      await expect(clientOf(app.socket).get('/api/districts')).rejects.toMatchObject({
        code: 'server.gone',
      })
      await expect(app.db.query('SELECT 1')).rejects.toThrow()
      expect(said).toEqual([])
    })

    it('finishes the model it is building, begins no other, and then closes the database', async () => {
      const { start, said } = await open()
      const first = await start()
      await first.db.query(
        `INSERT INTO district (code, name, demo) SELECT (320000 + n)::text, n::text, false FROM generate_series(1, 300) AS n`,
      )
      await first.stop()
      const again = await start()
      await again.stop()
      expect(said).toEqual([])
    })
  })
})
