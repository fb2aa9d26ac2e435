/**
 * The command line as an operator has it: every command in a process of its own, over a fresh data directory
 * or database.
 *
 *   openDesk(engine) -> desk.run('where', '120.6', '31.3') -> { code, out, err }      desk.start('serve')
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openLog } from '../../src/core/log.ts'
import { createTestPostgres } from './engines.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

export interface Ended {
  /** Exit code, or null when a signal ended it. */
  code: number | null
  out: string
  err: string
}

export interface Started {
  child: ChildProcess
  ended: Promise<Ended>
  /** Resolves when it has printed this; rejects when it ends before. */
  said(what: RegExp): Promise<RegExpExecArray>
}

export interface Desk {
  dir: string
  env: Record<string, string>
  start(words: readonly string[], env?: Record<string, string>): Started
  run(...words: string[]): Promise<Ended>
  /** Opens the house in this process and closes it again. */
  inHouse<T>(work: (app: App) => Promise<T>): Promise<T>
  /** After a process was killed: waits until the engine has let go of it, and makes its silence long. */
  afterKill(): Promise<void>
  close(): Promise<void>
}

export async function openDesk(engine: Engine['name']): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'wangge-desk-'))
  const dataDir = join(dir, 'data')
  const postgres = engine === 'postgres' ? await createTestPostgres(inject('postgresTemplate')) : null
  if (!postgres) await cp(inject('embeddedTemplate'), join(dataDir, 'database'), { recursive: true })
  const env: Record<string, string> = { DATA_DIR: dataDir, PORT: '0', LANG: 'en', LOG_LEVEL: 'silent' }
  if (postgres) env.DATABASE_URL = postgres.url
  const running = new Set<Started>()

  const start: Desk['start'] = (words, more = {}) => {
    const child = spawn(process.execPath, [cli, ...words], {
      env: { PATH: process.env.PATH, ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended: Ended = { code: null, out: '', err: '' }
    child.stdout!.setEncoding('utf8').on('data', text => (ended.out += text))
    child.stderr!.setEncoding('utf8').on('data', text => (ended.err += text))
    const started: Started = {
      child,
      ended: once(child, 'close').then(([code]) => {
        running.delete(started)
        return { ...ended, code }
      }),
      async said(what) {
        while (true) {
          const found = what.exec(ended.out)
          if (found) return found
          if (child.exitCode !== null || child.signalCode !== null)
            throw new Error(`it ended without saying ${what}: ${ended.out}${ended.err}`)
          await sleep(20)
        }
      },
    }
    running.add(started)
    return started
  }

  return {
    dir,
    env,
    start,
    run: (...words) => start(words).ended,
    async inHouse(work) {
      const app = await openApp(readConfig(env), openLog('silent'))
      return work(app).finally(() => app.stop())
    },
    async afterKill() {
      if (!postgres) return
      const db = openPostgres({ url: postgres.url, maxConnections: 1 })
      const others = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
      while ((await db.query(others)).length > 0) await sleep(20)
      await db.query(`UPDATE delivery SET heard_at = heard_at - interval '1 hour' WHERE state = 'loading'`)
      await db.close()
    },
    async close() {
      for (const { child, ended } of running) {
        child.kill('SIGKILL')
        await ended
      }
      await postgres?.drop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
