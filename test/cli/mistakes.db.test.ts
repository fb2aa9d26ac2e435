/** What an operator can get wrong is said in words, with what to do, in both languages: no trace, no secret, exit code 1. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startPostgres } from '../../scripts/postgres.ts'
import type { Db, Queryable, Row } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { migrate } from '../../src/core/migrate.ts'
import { selfSigned } from '../support/certificate.ts'
import { type Desk, openDesk } from '../support/command.ts'
import { databaseUrl } from '../support/templates.ts'

vi.setConfig({ testTimeout: 300_000 })

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
/** From which port on everybody may listen. */
const UNPRIVILEGED = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
const NOBODY = 65_534
const server = process.env.WANGGE_TEST_POSTGRES

let desk: Desk
beforeAll(async () => {
  desk = await openDesk('embedded')
})
afterAll(() => desk?.close())

/** Runs it in both languages; each time it must fail in words. */
async function refused(words: string[], env: Record<string, string>): Promise<{ zh: string; en: string }> {
  const said = { zh: '', en: '' }
  for (const [lang, locale] of [
    ['zh', 'zh_CN.UTF-8'],
    ['en', 'en_GB.UTF-8'],
  ] as const) {
    const { code, out, err } = await desk.start(words, { ...env, LANG: locale }).ended
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^wangge: .+\n/)
    expect(err).not.toMatch(/\n {4}at |node:internal|\?|undefined|hunter2/)
    said[lang] = err
  }
  expect(said.zh).toMatch(/[\u4e00-\u9fff]{4}/)
  expect(said.en).not.toMatch(/[\u4e00-\u9fff]/)
  return said
}

describe('a server whose address cannot be used', () => {
  it('says that HOST is no address of this machine', async () => {
    for (const HOST of ['203.0.113.7', 'no-such-host.invalid']) {
      const { zh, en } = await refused(['serve'], { HOST })
      expect(en).toContain(`${HOST} is no address of this machine`)
      expect(zh).toContain('HOST')
    }
  })

  it('says that a port is taken', async () => {
    const other = createServer()
    await new Promise<void>(listening => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as { port: number }
    const { en } = await refused(['serve'], { PORT: String(port) })
    expect(en).toContain(`127.0.0.1:${port} is in use`)
    other.close()
  })

  const free = existsSync(UNPRIVILEGED) && Number(readFileSync(UNPRIVILEGED, 'utf8')) <= 81
  it.skipIf(free)('says that a port is the administrator’s alone', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-nobody-'))
    const root = process.getuid?.() === 0
    if (root) chownSync(dir, NOBODY, NOBODY)
    const nobody = root ? { uid: NOBODY, gid: NOBODY } : {}
    const env = { PATH: process.env.PATH, DATA_DIR: join(dir, 'data'), PORT: '81', LOG_LEVEL: 'silent' }
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'serve'], {
      ...nobody,
      env,
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^wangge: This user may not use port 81; name one from 1024 up with PORT, .*\n$/)
    rmSync(dir, { recursive: true })
  })

  it('says what is wrong with certificate and key', async () => {
    const { cert, key } = selfSigned()
    const [TLS_CERT, TLS_KEY] = [join(desk.dir, 'cert.pem'), join(desk.dir, 'key.pem')]
    writeFileSync(TLS_CERT, cert)
    writeFileSync(TLS_KEY, key)
    const swapped = await refused(['serve'], { TLS_CERT: TLS_KEY, TLS_KEY: TLS_CERT })
    expect(swapped.en).toContain('TLS_CERT and TLS_KEY are swapped')
    expect(swapped.zh).toContain('颠倒')
    const unreadable = await refused(['serve'], { TLS_CERT, TLS_KEY: join(desk.dir, 'nowhere.pem') })
    expect(unreadable.en).toMatch(/TLS_KEY cannot be read: .*nowhere\.pem \(ENOENT\)/)
  })

  it('lists every fault of the environment', async () => {
    const { en } = await refused(['district', 'list'], {
      PORT: 'http',
      UPLOAD_LIMIT: 'much',
      LOG_LEVEL: 'loud',
    })
    expect(en.trimEnd().split('\n')).toHaveLength(4)
    expect(en).toMatch(/PORT must be a port number from 0 to 65535\n/)
    expect(en).toMatch(/LOG_LEVEL must be one of fatal, /)
  })
})

describe('a database', () => {
  it('whose server is not there is named with host and port, not with its password', async () => {
    const { zh, en } = await refused(['district', 'list'], {
      DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x',
    })
    expect(en).toContain('No database server answers at 127.0.0.1:1 (connect ECONNREFUSED')
    expect(zh).toContain('连接不上数据库服务 127.0.0.1:1')
    const nowhere = await refused(['serve'], { DATABASE_URL: 'postgres://u:hunter2@no-such-host.invalid/x' })
    expect(nowhere.en).toContain('No database server answers at no-such-host.invalid')
  })

  it.skipIf(!server)('that does not exist is told with its name', async () => {
    const { en } = await refused(['serve'], { DATABASE_URL: databaseUrl(server!, 'no_such_database') })
    expect(en).toMatch(/"no_such_database" does not exist.*createdb/)
  })

  describe.skipIf(!server)('entered by a user of its own', () => {
    const user = `wangge_${randomBytes(4).toString('hex')}`
    const database = `${user}_bare`
    const run = async (...statements: string[]) => {
      const admin = openPostgres({ url: server!, maxConnections: 1 })
      for (const sql of statements) await admin.query(sql)
      await admin.close()
    }
    beforeAll(() =>
      run(
        `CREATE ROLE ${user} LOGIN PASSWORD 'right'`,
        `CREATE DATABASE ${database} OWNER ${user} TEMPLATE template0`,
      ),
    )
    afterAll(() => run(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`, `DROP ROLE IF EXISTS ${user}`))
    const urlOf = (password: string, name = user) => {
      const url = new URL(databaseUrl(server!, database))
      url.username = name
      url.password = password
      return url.href
    }

    it('who is not known is refused in words', async () => {
      const { en } = await refused(['serve'], { DATABASE_URL: urlOf('hunter2', 'nobody_here') })
      expect(en).toMatch(/refuses the sign-in .*nobody_here.*DATABASE_URL/)
    })

    it('who may not switch PostGIS on says what an administrator must do', async () => {
      const { en, zh } = await refused(['serve'], { DATABASE_URL: urlOf('right') })
      expect(en).toContain('CREATE EXTENSION postgis')
      expect(zh).toContain('请由数据库管理员')
    })
  })

  it.skipIf(!server)('whose password is wrong or missing says so, and does not repeat it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-hba-'))
    chmodSync(dir, 0o755)
    const hba = join(dir, 'pg_hba.conf')
    writeFileSync(hba, 'host all wang 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n')
    const postgres = await startPostgres({ settings: { hba_file: hba } })
    try {
      const admin = openPostgres({ url: postgres.url, maxConnections: 1 })
      await admin.query(`CREATE ROLE wang LOGIN PASSWORD 'right'`)
      await admin.close()
      for (const password of ['hunter2', '']) {
        const url = new URL(postgres.url)
        url.username = 'wang'
        url.password = password
        const { zh, en } = await refused(['district', 'list'], { DATABASE_URL: url.href })
        expect(en).toMatch(/refuses the sign-in \(.*password.*\); check user and password in DATABASE_URL/)
        expect(zh).toContain('数据库拒绝登录')
      }
    } finally {
      await postgres.stop()
      rmSync(dir, { recursive: true })
    }
  })

  it('without PostGIS is refused, and nothing is made in it', async () => {
    const pglite = new PGlite()
    const tx = {
      query: async <R>(sql: string) => (await pglite.query<R>(sql)).rows,
      script: async (sql: string) => (await pglite.exec(sql)).map(({ rows }) => rows as Row[]),
    } as Queryable
    const bare = { transaction: <T>(work: (tx: Queryable) => Promise<T>) => work(tx) } as Db
    await expect(migrate(bare)).rejects.toMatchObject({ code: 'database.no-postgis' })
    expect(await tx.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).toEqual([])
    await pglite.close()
  })
})
