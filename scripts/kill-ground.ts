/**
 * What long runs of killed processes stand on: a prepared database of either engine that can be thrown away for a
 * copy, the house opened over it as the next start would, and when two standings are the same.
 */
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { openPostgres } from '../src/core/db-pg.ts'
import { openLog } from '../src/core/log.ts'
import type { Standing } from './invariants.ts'
import { startPostgres } from './postgres.ts'

/** mulberry32 (Tommy Ettinger): the same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A database that can be thrown away for a copy of the prepared one. */
export interface Ground {
  env: Record<string, string>
  renew(): Promise<void>
  /** Waits until the engine has nothing of a killed process any more, and makes its silence long. */
  settle(): Promise<void>
  end(): Promise<void>
}

/** @param dir of its own */
export const openGround = async (engine: 'embedded' | 'postgres', dir: string): Promise<Ground> =>
  engine === 'embedded' ? embeddedGround(dir) : await postgresGround(dir)

function embeddedGround(dir: string): Ground {
  const [DATA_DIR, prepared] = [join(dir, 'data'), join(dir, 'prepared')]
  let ready = false
  return {
    env: { DATA_DIR, LOG_LEVEL: 'silent' },
    async renew() {
      // the first time what stands is what was prepared
      if (!ready) await cp(DATA_DIR, prepared, { recursive: true })
      ready = true
      await rm(DATA_DIR, { recursive: true })
      await cp(prepared, DATA_DIR, { recursive: true })
    },
    settle: async () => {},
    end: async () => {},
  }
}

async function postgresGround(dir: string): Promise<Ground> {
  const server = await startPostgres()
  const admin = openPostgres({ url: server.url, maxConnections: 1 })
  const url = server.url.replace(/\/[^/]*$/, '/soak')
  await admin.query('CREATE DATABASE soak')
  let ready = false
  const settle = async () => {
    const busy = "SELECT 1 FROM pg_stat_activity WHERE datname = 'soak'"
    for (let tries = 0; (await admin.query(busy)).length > 0; tries++) {
      if (tries > 1000) throw new Error('the killed process is still connected')
      await sleep(50)
    }
    const db = openPostgres({ url, maxConnections: 1 })
    await db
      .query(`UPDATE delivery SET heard_at = heard_at - interval '1 hour' WHERE state = 'loading'`)
      .finally(() => db.close())
  }
  return {
    env: { DATA_DIR: join(dir, 'data'), DATABASE_URL: url, LOG_LEVEL: 'silent' },
    async renew() {
      if (!ready) await admin.query('CREATE DATABASE prepared TEMPLATE soak')
      ready = true
      await admin.query('DROP DATABASE soak WITH (FORCE)')
      await admin.query('CREATE DATABASE soak TEMPLATE prepared')
    },
    settle,
    async end() {
      await admin.close()
      await server.stop()
    },
  }
}

/** Opens the house in this process, as the next start would, and closes it again. */
export async function inHouse<T>(ground: Ground, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(readConfig({ ...ground.env, PORT: '0' }), openLog('silent'))
  try {
    return await work(app)
  } finally {
    await app.stop()
  }
}

export const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b)
/** Without the number of the version: a rerun that brings nothing new makes none, a grid's generation is counted. */
export const whole = ({ version: _, gridGeneration: __, ...rest }: Standing) => rest
