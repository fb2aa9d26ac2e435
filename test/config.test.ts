import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

const dir = mkdtempSync(join(tmpdir(), 'wangge-config-'))
const pem = join(dir, 'a.pem')
writeFileSync(pem, 'PEM')
afterAll(() => rmSync(dir, { recursive: true }))

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

describe('the configuration', () => {
  it('needs no variable', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      databaseUrl: null,
      dataDir: resolve('data'),
      tls: null,
      bootstrapToken: null,
      logLevel: 'info',
      uploadLimitBytes: 2 ** 31,
      publicOrigin: null,
      trustProxy: false,
    })
  })

  it('takes an empty variable for an absent one, and leaves alone what is not ours', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', BOOTSTRAP_TOKEN: '', HOME: '/root', PATH: 'x' })).toEqual(
      readConfig({}),
    )
  })

  it('reads what is given', () => {
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: 'postgresql://a@b/c',
      DATA_DIR: '/var/lib/wangge',
      TLS_CERT: pem,
      TLS_KEY: pem,
      BOOTSTRAP_TOKEN: 't'.repeat(32),
      UPLOAD_LIMIT: '500 MB',
      PUBLIC_ORIGIN: 'https://grid.example.cn/',
      TRUST_PROXY: 'true',
      LOG_LEVEL: 'warn',
    })
    expect(config).toMatchObject({
      port: 0,
      databaseUrl: 'postgresql://a@b/c',
      dataDir: '/var/lib/wangge',
      tls: { cert: 'PEM', key: 'PEM' },
      bootstrapToken: 't'.repeat(32),
      uploadLimitBytes: 500_000_000,
      publicOrigin: 'https://grid.example.cn',
      trustProxy: true,
      logLevel: 'warn',
    })
    expect(readConfig({ UPLOAD_LIMIT: '3GiB' }).uploadLimitBytes).toBe(3 * 2 ** 30)
    expect(readConfig({ UPLOAD_LIMIT: '1024' }).uploadLimitBytes).toBe(1024)
  })

  it('tells every fault at once, and never repeats what may be secret', () => {
    const env = {
      PORT: '99999',
      LOG_LEVEL: 'loud',
      BOOTSTRAP_TOKEN: 'short-secret',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      UPLOAD_LIMIT: 'lots',
      PUBLIC_ORIGIN: 'grid.example.cn',
      TRUST_PROXY: 'maybe',
      TLS_CERT: pem,
    }
    const faults = faultsOf(env)
    expect(faults.map(fault => fault.split(' ')[0]).sort()).toEqual([
      'BOOTSTRAP_TOKEN',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
      'PUBLIC_ORIGIN',
      'TLS_KEY',
      'TRUST_PROXY',
      'UPLOAD_LIMIT',
    ])
    expect(faults.join('\n')).not.toMatch(/short-secret|hunter2/)
    expect(faults.find(fault => fault.startsWith('BOOTSTRAP_TOKEN'))).toContain('32')
  })

  it.each([
    { BOOTSTRAP_TOKEN: 't'.repeat(31) },
    { BOOTSTRAP_TOKEN: `${'t'.repeat(32)} ` },
    { PORT: '80.5' },
    { PORT: '-1' },
    { UPLOAD_LIMIT: '0' },
    { UPLOAD_LIMIT: '-5' },
    { PUBLIC_ORIGIN: 'https://grid.example.cn/path' },
    { PUBLIC_ORIGIN: 'ftp://grid.example.cn' },
    { TLS_KEY: pem },
    { TLS_CERT: '/nowhere.pem', TLS_KEY: pem },
  ])('refuses %o', env => {
    expect(faultsOf(env as unknown as Record<string, string>)).toHaveLength(1)
  })
})
