/** Brings a database to the newest schema: the numbered SQL files of migrations/, each in one transaction, by postgrator. */
import { fileURLToPath } from 'node:url'
import Postgrator from 'postgrator'
import type { Db } from './db.ts'

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))

/** @returns how many migrations were applied */
export async function migrate(db: Db): Promise<number> {
  return db.transaction(async tx => {
    // two processes may start at once on one PostgreSQL: the second waits here
    await tx.query('SELECT pg_advisory_xact_lock(7741001)')
    await tx.script('CREATE EXTENSION IF NOT EXISTS postgis')
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
