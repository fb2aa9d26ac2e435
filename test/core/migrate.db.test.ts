import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { one } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { migrate } from '../../src/core/migrate.ts'
import { createTestPostgres, type OpenedDb, onEachEngine } from '../support/engines.ts'

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const migrations = readdirSync(file('migrations')).filter(name => name.endsWith('.sql'))

/** A process of its own that migrates the database and prints how many migrations it applied. */
async function migrateElsewhere(url: string): Promise<number> {
  const code = `import { openPostgres } from ${JSON.stringify(file('src/core/db-pg.ts'))}
    import { migrate } from ${JSON.stringify(file('src/core/migrate.ts'))}
    const db = openPostgres({ url: ${JSON.stringify(url)} })
    console.log(await migrate(db))
    await db.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code])
  return Number(stdout)
}

describe('the migrations', () => {
  it('are numbered without a gap', () => {
    expect(migrations.map(name => Number(name.split('.')[0])).sort((a, b) => a - b)).toEqual(
      migrations.map((_, i) => i + 1),
    )
  })
})

onEachEngine((engine, open) => {
  let opened: OpenedDb
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())

  describe('migrating', () => {
    it('does nothing to a database that is up to date, and keeps what is in it', async () => {
      await opened.db.query(`INSERT INTO district (code, name) VALUES ('320506', '演示区')`)
      expect(await migrate(opened.db)).toBe(0)
      expect(await one(opened.db, 'SELECT name FROM district')).toEqual({ name: '演示区' })
      expect(await one(opened.db, 'SELECT max(version) AS version FROM schema_version')).toEqual({
        version: migrations.length,
      })
    })

    if (engine === 'postgres')
      it('brings an empty database up to date when two processes start at once', async () => {
        const { url, drop } = await createTestPostgres(null)
        const applied = await Promise.all([migrateElsewhere(url), migrateElsewhere(url)])
        expect(applied.sort((a, b) => a - b)).toEqual([0, migrations.length])
        const db = openPostgres({ url, maxConnections: 1 })
        expect(await one(db, 'SELECT count(*) AS n FROM district')).toEqual({ n: 0 })
        await db.close()
        await drop()
      })
  })
})
