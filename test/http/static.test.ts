import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDoors } from './open-doors.ts'

let dir: string
let staticDir: string
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'wangge-static-'))
  staticDir = join(dir, 'web')
  mkdirSync(join(staticDir, 'assets'), { recursive: true })
  mkdirSync(join(dir, 'web-secret'))
  writeFileSync(join(staticDir, 'index.html'), '<!doctype html><title>console</title>')
  writeFileSync(join(staticDir, 'assets/app-1a2b.js'), 'let a = 1\n'.repeat(1000))
  writeFileSync(join(staticDir, 'assets/app-1a2b.js.br'), brotliCompressSync('let a = 1 // packed\n'))
  writeFileSync(join(staticDir, 'assets/plain.js'), 'let b = 2\n'.repeat(1000))
  writeFileSync(join(staticDir, '网格.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(staticDir, '.env'), 'SECRET=1')
  writeFileSync(join(dir, 'secret.txt'), 'outside')
  writeFileSync(join(dir, 'web-secret', 'x.txt'), 'outside')
  symlinkSync(join(dir, 'secret.txt'), join(staticDir, 'link.txt'))
})
afterAll(() => rmSync(dir, { recursive: true }))

describe('the console’s files', () => {
  it('are served with their type; those named by content are kept for a year, the others asked for again', async () => {
    const { ask } = await openDoors([], { staticDir })
    const app = await ask('/assets/app-1a2b.js')
    expect(app.status).toBe(200)
    expect(app.headers['content-type']).toMatch(/javascript/)
    expect(app.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const index = await ask('/')
    expect(index.headers['cache-control']).toBe('no-cache')
    expect(index.text).toContain('console')
    expect((await ask(`/${encodeURIComponent('网格.svg')}`)).headers['content-type']).toBe('image/svg+xml')
    const again = await ask('/', { headers: { 'if-none-match': String(index.headers.etag) } })
    expect([again.status, again.text]).toEqual([304, ''])
  })

  it('come compressed as they lie there, or are compressed on the way, or plain, as the client takes them', async () => {
    const { ask, address } = await openDoors([], { staticDir })
    const bytes = async (path: string, accept: string) => {
      const { default: http } = await import('node:http')
      return new Promise<{ encoding: unknown; body: Buffer; etag: unknown }>((resolve, reject) => {
        http
          .get(address + path, { headers: { 'accept-encoding': accept } }, async answer => {
            const body = await buffer(answer)
            resolve({ encoding: answer.headers['content-encoding'], body, etag: answer.headers.etag })
          })
          .on('error', reject)
      })
    }
    const packed = await bytes('/assets/app-1a2b.js', 'gzip, br')
    expect([packed.encoding, brotliDecompressSync(packed.body).toString()]).toEqual([
      'br',
      'let a = 1 // packed\n',
    ])
    const gzip = await bytes('/assets/app-1a2b.js', 'gzip')
    expect([gzip.encoding, gunzipSync(gzip.body).toString()]).toEqual(['gzip', 'let a = 1\n'.repeat(1000)])
    const plain = await bytes('/assets/app-1a2b.js', 'identity')
    expect([plain.encoding, plain.body.toString()]).toEqual([undefined, 'let a = 1\n'.repeat(1000)])
    expect(new Set([packed.etag, gzip.etag, plain.etag]).size).toBe(3)
    expect(
      (await ask('/assets/plain.js', { headers: { 'accept-encoding': 'br;q=0' } })).headers[
        'content-encoding'
      ],
    ).toBeUndefined()
    expect((await ask('/assets/plain.js')).headers.vary).toMatch(/Accept-Encoding/i)
  })

  it('answer HEAD without their body', async () => {
    const { ask } = await openDoors([], { staticDir })
    const head = await ask('/assets/plain.js', { method: 'HEAD' })
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '10000'])
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/../web-secret/x.txt',
    '/%252e%252e/secret.txt',
    '/....//secret.txt',
    '//etc/passwd',
    '/.env',
    '/%2eenv',
    '/link.txt',
    '/index.html%00.txt',
    '/assets',
    '/C:%5cwindows',
    '/%ff%fe',
  ])('stay in their directory: %s is not there', async path => {
    const { ask } = await openDoors([], { staticDir })
    const { status, text } = await ask(path)
    expect(status).toBe(404)
    expect(text).not.toMatch(/outside|SECRET|root:/)
  })

  it('are not written to', async () => {
    const { ask } = await openDoors([], { staticDir })
    expect((await ask('/index.html', { method: 'PUT', body: 'x' })).status).toBe(404)
    expect((await ask('/index.html', { method: 'DELETE' })).status).toBe(404)
  })
})

describe('an address of the console', () => {
  it('is answered with the console itself, for a browser', async () => {
    const { ask } = await openDoors([], { staticDir })
    const page = await ask('/map/components?class=0101', { headers: html })
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache'])
    expect(page.text).toContain('<title>console</title>')
  })

  it('is 404 for a program, for a file that is not there, and below /api and /tiles', async () => {
    const { ask } = await openDoors([], { staticDir })
    expect((await ask('/map/components', { headers: { accept: 'application/json' } })).status).toBe(404)
    expect((await ask('/assets/gone.js', { headers: html })).status).toBe(404)
    for (const path of ['/api', '/api/gone', '/tiles/components/1/1']) {
      const { status, headers } = await ask(path, { headers: html })
      expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8'])
    }
  })

  it('says what to do where the console is not built', async () => {
    const { ask } = await openDoors([], { staticDir: join(dir, 'nowhere') })
    const page = await ask('/', { headers: { ...html, 'accept-language': 'en' } })
    expect(page.status).toBe(200)
    expect(page.text).toContain('npm run build')
    expect((await ask('/', { headers: html })).text).toContain('控制台尚未构建')
    expect((await ask('/favicon.ico')).status).toBe(404)
  })
})
