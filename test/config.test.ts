import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { environment } from '../src/cli/environment.ts'
import { ConfigError, type ConfigFault, readConfig, variables } from '../src/config.ts'
import { selfSigned } from './support/certificate.ts'

const dir = mkdtempSync(join(tmpdir(), 'wangge-config-'))
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}
const pair = selfSigned()
const cert = file('cert.pem', pair.cert)
const key = file('key.pem', pair.key)
afterAll(() => rmSync(dir, { recursive: true }))

const faultsOf = (env: Record<string, string>): readonly ConfigFault[] => {
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
      unpackLimitBytes: 8 * 2 ** 30,
      photoLimitBytes: 100 * 2 ** 30,
      photoRoots: [],
      deliveryFiles: 10_000,
      openDeliveries: 500,
      publicOrigin: null,
      trustProxy: false,
      warmDistricts: 'only',
      districtIdleMs: null,
      liveStreams: 50,
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
      TLS_CERT: cert,
      TLS_KEY: key,
      BOOTSTRAP_TOKEN: 't'.repeat(32),
      UPLOAD_LIMIT: '500 MB',
      UNPACK_LIMIT: '20 GiB',
      DELIVERY_FILES: '250',
      OPEN_DELIVERIES: '3',
      PUBLIC_ORIGIN: 'https://grid.example.cn/',
      TRUST_PROXY: 'true',
      LOG_LEVEL: 'warn',
    })
    expect(config).toMatchObject({
      port: 0,
      databaseUrl: 'postgresql://a@b/c',
      dataDir: '/var/lib/wangge',
      tls: pair,
      bootstrapToken: 't'.repeat(32),
      uploadLimitBytes: 500_000_000,
      unpackLimitBytes: 20 * 2 ** 30,
      deliveryFiles: 250,
      openDeliveries: 3,
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
      UNPACK_LIMIT: '0',
      DELIVERY_FILES: '0',
      OPEN_DELIVERIES: '1e3',
      PUBLIC_ORIGIN: 'grid.example.cn',
      TRUST_PROXY: 'maybe',
      TLS_CERT: cert,
    }
    const faults = faultsOf(env)
    expect(faults.map(fault => fault.variable).sort()).toEqual([
      'BOOTSTRAP_TOKEN',
      'DATABASE_URL',
      'DELIVERY_FILES',
      'LOG_LEVEL',
      'OPEN_DELIVERIES',
      'PORT',
      'PUBLIC_ORIGIN',
      'TLS_KEY',
      'TRUST_PROXY',
      'UNPACK_LIMIT',
      'UPLOAD_LIMIT',
    ])
    expect(JSON.stringify(faults)).not.toMatch(/short-secret|hunter2/)
    expect(faults.find(fault => fault.variable === 'LOG_LEVEL')!.en).toContain('fatal, error, warn')
    for (const { zh, en } of faults) {
      expect(zh).toMatch(/[\u4e00-\u9fff]/)
      expect(en).toMatch(/must|missing|may hold/)
      expect(zh + en).not.toMatch(/undefined|Invalid|expected/)
    }
    const error = new ConfigError(faults)
    expect(error.inLanguage('en').split('\n')).toHaveLength(1 + faults.length)
    expect(error.inLanguage('zh')).toContain('\n  PORT 应为 0 至 65535 的端口号')
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
    { DATABASE_URL: 'postgres://wangge:pa#ss@db/wangge' },
    { DATABASE_URL: 'postgres://wangge:pa/ss@db/wangge' },
    { TLS_KEY: key },
    { TLS_CERT: '/nowhere.pem', TLS_KEY: key },
  ])('refuses %o', env => {
    expect(faultsOf(env as unknown as Record<string, string>)).toHaveLength(1)
  })

  const other = file('other.pem', selfSigned().key)
  const locked = join(dir, 'locked.pem')
  execFileSync('openssl', ['pkey', '-in', key, '-aes128', '-passout', 'pass:secret', '-out', locked])
  const words = file('words.pem', 'not a certificate')
  it.each([
    ['swapped', { TLS_CERT: key, TLS_KEY: cert }, 'TLS_CERT', /swapped/],
    ['of two different pairs', { TLS_CERT: cert, TLS_KEY: other }, 'TLS_KEY', /not the key of this/],
    ['with a locked key', { TLS_CERT: cert, TLS_KEY: locked }, 'TLS_KEY', /passphrase/],
    ['without a certificate', { TLS_CERT: words, TLS_KEY: key }, 'TLS_CERT', /no certificate/],
    ['without a key', { TLS_CERT: cert, TLS_KEY: words }, 'TLS_KEY', /no private key/],
    ['with the certificate twice', { TLS_CERT: cert, TLS_KEY: cert }, 'TLS_KEY', /no private key/],
  ])('refuses a certificate and a key %s', (_, env, variable, said) => {
    expect(faultsOf(env)).toEqual([
      { variable, en: expect.stringMatching(said), zh: expect.stringMatching(/[\u4e00-\u9fff]/) },
    ])
  })

  it('takes both from one file', () => {
    const both = file('both.pem', pair.key + pair.cert)
    expect(readConfig({ TLS_CERT: both, TLS_KEY: both }).tls).toEqual({
      cert: pair.key + pair.cert,
      key: pair.key + pair.cert,
    })
  })

  it('has every variable in the operator’s guide and in the help of the command line', () => {
    const guide = readFileSync(new URL('../docs/operator.md', import.meta.url), 'utf8')
    const table = guide.split('\n').filter(line => line.startsWith('| `'))
    for (const variable of variables) expect(table.join('\n')).toContain(`\`${variable}\``)
    expect(
      environment()
        .map(([name]) => name)
        .sort(),
    ).toEqual([...variables].sort())
  })
})
