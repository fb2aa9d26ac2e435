import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

describe('wangge demo', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'wangge-demo-'))
    await cp(inject('embeddedTemplate'), join(dataDir, 'database'), { recursive: true })
  })
  afterAll(() => rm(dataDir, { recursive: true, force: true }))

  const demo = async (): Promise<string> =>
    (
      await promisify(execFile)(
        process.execPath,
        [cli, 'demo', '--prepare-only', '--components', '500', '--unclaimed', '4'],
        { env: { PATH: process.env.PATH, DATA_DIR: dataDir, LANG: 'en' } },
      )
    ).stdout

  it('tells its passwords once, and at a second start how to make others', async () => {
    const first = await demo()
    expect(first).toMatch(/^ {4}admin +\S{10,} +administrator$/m)
    expect(first).not.toContain('account password')
    const again = await demo()
    expect(again).toMatch(/^the pilot is there: \d+ components$/m)
    expect(again).not.toMatch(/generated|loaded|administrator/)
    expect(again).toContain('scripts/wangge account password admin\n')
  })
})
