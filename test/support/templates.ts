/**
 * Prepares migrated databases once per schema, so that a test copies one in a tenth of a second instead
 * of creating one (13 s embedded, about 1 s in PostgreSQL).
 *
 *   migrations + engine versions -> key -> node_modules/.cache/wangge/embedded-KEY   closed data directory
 *                                       -> database wangge_template_KEY              at WANGGE_TEST_POSTGRES
 *
 * Vitest runs this before the first test of a project that names it as its global set-up; processes that
 * come at the same time prepare at most once too much, never half.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { maybe } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openEmbedded } from '../../src/core/db-pglite.ts'
import { migrate } from '../../src/core/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A closed data directory of the embedded engine, to be copied. */
    embeddedTemplate: string
    /** The name of a migrated database nobody is connected to, or null without PostgreSQL. */
    postgresTemplate: string | null
  }
}

const DAY_MS = 86_400_000
const root = fileURLToPath(new URL('../../', import.meta.url))
const cache = `${root}node_modules/.cache/wangge/`

export default async function prepareTemplates(project: TestProject): Promise<void> {
  const key = schemaKey()
  const postgres = process.env.WANGGE_TEST_POSTGRES
  project.provide('embeddedTemplate', await embeddedTemplate(key))
  project.provide('postgresTemplate', postgres ? await postgresTemplate(postgres, key) : null)
}

/** Changes when a migration, the way they are run, or an engine changes. */
function schemaKey(): string {
  const hash = createHash('sha256')
  const migrations = readdirSync(`${root}migrations`).sort()
  const ours = ['src/core/migrate.ts', 'src/core/db-pglite-worker.ts']
  for (const file of [...migrations.map(name => `migrations/${name}`), ...ours])
    hash.update(file).update(readFileSync(root + file))
  const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  hash.update(`${dependencies['@electric-sql/pglite']} ${dependencies['@electric-sql/pglite-postgis']}`)
  return hash.digest('hex').slice(0, 16)
}

async function embeddedTemplate(key: string): Promise<string> {
  const dir = `${cache}embedded-${key}`
  if (existsSync(dir)) return dir
  mkdirSync(cache, { recursive: true })
  const partial = `${cache}partial-${key}-${process.pid}`
  const db = await openEmbedded(partial)
  await migrate(db)
  await db.close()
  try {
    renameSync(partial, dir)
  } catch (error) {
    if (!existsSync(dir)) throw error
    rmSync(partial, { recursive: true })
  }
  for (const name of readdirSync(cache)) {
    const age = Date.now() - statSync(cache + name).mtimeMs
    if (cache + name !== dir && age > DAY_MS) rmSync(cache + name, { recursive: true, force: true })
  }
  return dir
}

async function postgresTemplate(url: string, key: string): Promise<string> {
  const name = `wangge_template_${key}`
  // one connection, so that the lock of the session holds for all that follows
  const admin = openPostgres({ url, maxConnections: 1 })
  try {
    await admin.query('SELECT pg_advisory_lock(7741002)')
    if (await maybe(admin, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])) return name
    await admin.query('DROP DATABASE IF EXISTS wangge_template_partial')
    await admin.query('CREATE DATABASE wangge_template_partial')
    const db = openPostgres({ url: databaseUrl(url, 'wangge_template_partial'), maxConnections: 1 })
    try {
      await migrate(db)
    } finally {
      await db.close()
    }
    await admin.query(`ALTER DATABASE wangge_template_partial RENAME TO ${name}`)
    return name
  } finally {
    await admin.close()
  }
}

/** The same server, another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
