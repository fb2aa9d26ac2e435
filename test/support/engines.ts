/**
 * Runs one suite on both engines. Each `open()` gives a fresh migrated database of its own, copied from
 * the prepared template; opening takes seconds on the embedded engine, so open once per file.
 *
 *   onEachEngine((name, open) => describe(...))      name: 'embedded' | 'postgres'
 */
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, inject } from 'vitest'
import type { Db, Engine } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openEmbedded } from '../../src/core/db-pglite.ts'
import { databaseUrl } from './templates.ts'

export interface OpenedDb {
  db: Db
  /** Where a second process finds it: a postgres:// address, or the data directory. */
  place: string
  /** Closes the database and removes it. */
  close(): Promise<void>
}

export type Open = () => Promise<OpenedDb>

/** Calls the suite for the embedded engine and for PostGIS; without WANGGE_TEST_POSTGRES the second is skipped by name. */
export function onEachEngine(suite: (name: Engine['name'], open: Open) => void): void {
  describe('on the embedded engine', () => suite('embedded', openTestEmbedded))
  if (process.env.WANGGE_TEST_POSTGRES) describe('on PostGIS', () => suite('postgres', openTestPostgres))
  else
    describe.skip('on PostGIS (skipped: WANGGE_TEST_POSTGRES is not set)', () =>
      suite('postgres', openTestPostgres))
}

/** A copy of the embedded template in a temporary directory. */
export async function openTestEmbedded(): Promise<OpenedDb> {
  const dir = await copyEmbedded()
  const db = await openEmbedded(join(dir, 'db'))
  return {
    db,
    place: join(dir, 'db'),
    async close() {
      await db.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A data directory nobody has opened yet is in `db` under the returned directory, which the caller removes. */
export async function copyEmbedded(): Promise<string> {
  const template = inject('embeddedTemplate')
  if (!template)
    throw new Error('a test that opens a database is named *.db.test.ts, *.http.test.ts or *.browser.test.ts')
  const dir = await mkdtemp(join(tmpdir(), 'wangge-test-'))
  await cp(template, join(dir, 'db'), { recursive: true })
  return dir
}

/** A copy of the PostgreSQL template at WANGGE_TEST_POSTGRES. */
export async function openTestPostgres(): Promise<OpenedDb> {
  const { url, drop } = await createTestPostgres(inject('postgresTemplate'))
  const db = openPostgres({ url })
  return {
    db,
    place: url,
    async close() {
      await db.close()
      await drop()
    },
  }
}

/** A database of its own, copied from `template` (null: empty). */
export async function createTestPostgres(
  template: string | null,
): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.WANGGE_TEST_POSTGRES!
  const name = `wangge_test_${randomBytes(6).toString('hex')}`
  const run = async (sql: string) => {
    const admin = openPostgres({ url: server, maxConnections: 1 })
    try {
      await admin.query(sql)
    } finally {
      await admin.close()
    }
  }
  await run(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`)
  return { url: databaseUrl(server, name), drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) }
}
