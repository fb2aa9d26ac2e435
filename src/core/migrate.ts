/** Brings a database to the newest schema: the numbered SQL files of migrations/, each in one transaction, by postgrator. */
import { fileURLToPath } from 'node:url'
import Postgrator from 'postgrator'
import type { Db, Queryable } from './db.ts'
import { problem } from './problem.ts'

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))

/**
 * @returns how many migrations were applied
 * @throws Problem database.no-postgis, database.postgis-forbidden
 */
export async function migrate(db: Db): Promise<number> {
  return db.transaction(async tx => {
    // two processes may start at once on one PostgreSQL: the second waits here
    await tx.query('SELECT pg_advisory_xact_lock(7741001)')
    await switchPostgisOn(tx)
    const postgrator = new Postgrator({
      driver: 'pg',
      migrationPattern: `${folder}*.sql`,
      schemaTable: 'schema_version',
      currentSchema: 'public',
      execQuery: async (sql: string) => ({ rows: (await tx.script(sql)).at(-1) ?? [] }),
      execSqlScript: async (sql: string) => void (await tx.script(sql)),
    })
    return (await postgrator.migrate()).length
  })
}

async function switchPostgisOn(tx: Queryable): Promise<void> {
  try {
    await tx.script('CREATE EXTENSION IF NOT EXISTS postgis')
  } catch (error) {
    const { code, message: what } = error as { code?: string; message?: string }
    // not in the list of extensions, or in the list with its files gone
    if (code === '0A000' || code === '58P01' || code === '22023')
      throw problem('database.no-postgis', { what })
    if (code === '42501') throw problem('database.postgis-forbidden', { what })
    throw error
  }
}
