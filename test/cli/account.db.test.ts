import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openLog } from '../../src/core/log.ts'
import { createTestPostgres, onEachEngine } from '../support/engines.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

onEachEngine(engine => {
  let env: Record<string, string>
  let drop: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'wangge-account-'))
    env = { DATA_DIR: dataDir, PORT: '0', LANG: 'en' }
    if (engine === 'embedded')
      await cp(inject('embeddedTemplate'), join(dataDir, 'database'), { recursive: true })
    else {
      const postgres = await createTestPostgres(inject('postgresTemplate'))
      env.DATABASE_URL = postgres.url
      drop = postgres.drop
    }
  })
  afterAll(async () => {
    await drop?.()
    await rm(env.DATA_DIR!, { recursive: true, force: true })
  })

  /** One command in a process of its own, as an operator types it. @returns its lines */
  const wangge = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...words], {
      env: { PATH: process.env.PATH, ...env },
    })
    return stdout.trimEnd().split('\n')
  }
  const passwordOf = ([line]: string[]): string => /^\S+ {2}(\S+)$/.exec(line!)![1]!

  describe('wangge account', () => {
    let first: string

    it('adds an account and tells its password once, where no server runs', async () => {
      const lines = await wangge('account', 'add', 'Li.Ming', '--role', 'dispatcher')
      expect(lines).toEqual([expect.stringMatching(/^li\.ming {2}\S{10,}$/)])
      first = passwordOf(lines)
      expect(await wangge('account', 'list')).toEqual([
        'li.ming  dispatcher  all districts  first password not changed yet',
      ])
    })

    it('makes a password anew where no server runs, and refuses a name nobody has', async () => {
      const lines = await wangge('account', 'password', 'li.ming')
      expect(lines).toHaveLength(1)
      expect(passwordOf(lines)).not.toBe(first)
      await expect(wangge('account', 'password', '没有/此人')).rejects.toMatchObject({ code: 1, stdout: '' })
      await expect(wangge('account', 'password', 'nobody')).rejects.toMatchObject({
        code: 1,
        stderr: 'wangge: There is no account nobody\n',
      })
      first = passwordOf(lines)
    })

    describe('beside a running server', () => {
      let app: App
      let address: string
      beforeAll(async () => {
        app = await openApp(readConfig(env), openLog('silent'))
        address = await app.listen()
      })
      afterAll(() => app?.stop())

      const signIn = (password: string): Promise<Response> =>
        fetch(`${address}/api/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'li.ming', password }),
        })

      it('makes a password anew: the session and the password before it end', async () => {
        const entered = await signIn(first)
        expect(entered.status).toBe(200)
        const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!
        const session = () => fetch(`${address}/api/session`, { headers: { cookie } })
        expect((await session()).status).toBe(200)
        const fresh = passwordOf(await wangge('account', 'password', 'LI.MING'))
        expect((await session()).status).toBe(401)
        expect((await signIn(first)).status).toBe(401)
        expect((await signIn(fresh)).status).toBe(200)
      })

      it('lists what is there for programs, and nothing of a password', async () => {
        const [document] = await wangge('account', 'list', '--json')
        expect(JSON.parse(document!)).toMatchObject([{ name: 'li.ming', districts: '*', disabledAt: null }])
        expect(document).not.toMatch(/argon2|hash/)
      })
    })
  })
})
