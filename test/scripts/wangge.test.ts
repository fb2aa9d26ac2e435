import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const own = fileURLToPath(new URL('../../', import.meta.url))

describe('scripts/wangge', () => {
  let place: string
  let bin: string
  beforeAll(() => {
    place = realpathSync(mkdtempSync(join(tmpdir(), 'wangge-launcher-')))
    const root = join(place, 'a clone')
    bin = join(place, 'bin')
    for (const dir of [bin, join(root, 'scripts'), join(root, 'node_modules')])
      mkdirSync(dir, { recursive: true })
    for (const name of ['setup', 'wangge'])
      cpSync(join(own, 'scripts', name), join(root, 'scripts', name), { preserveTimestamps: true })
    symlinkSync(join(own, 'src'), join(root, 'src'))
    writeFileSync(join(root, 'package-lock.json'), '{}')
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}')
    // what an older Node does with our sources: it knows neither their language nor its flags
    program('node', 'case $1 in -e) exit 1 ;; *) echo "SyntaxError: Unexpected token" >&2; exit 1 ;; esac')
    program('npm', 'echo "nothing may be downloaded" >&2; exit 1')
    mkdirSync(join(root, '.node/node_modules/node/bin'), { recursive: true })
    symlinkSync(process.execPath, join(root, '.node/node_modules/node/bin/node'))
    symlinkSync(join(root, 'scripts/wangge'), join(place, 'first'))
    symlinkSync('../first', join(bin, 'wangge'))
  })
  afterAll(() => rmSync(place, { recursive: true }))

  const program = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const run = (command: string, words: readonly string[], cwd: string) => {
    const env = { PATH: `${bin}:/usr/bin:/bin`, LANG: 'en' }
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: 'utf8' })
    return { status, out: stdout, err: stderr }
  }

  it('runs where the first Node in PATH is too old, saying nothing of its own', () => {
    const script = join(place, 'a clone/scripts/wangge')
    const version = { status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' }
    expect(run(script, ['--version'], '/')).toEqual(version)
    expect(run('sh', [script, '--version'], '/')).toEqual(version)
  })

  it('is found through links, and leaves words, folder and exit code as they are', () => {
    const made = run(
      'wangge',
      ['pilot', '一个 pilot', '--components', '500', '--no-defects', '--json'],
      place,
    )
    expect(made).toMatchObject({ status: 0, err: '' })
    expect(JSON.parse(made.out)).toMatchObject({ components: { total: 500 } })
    expect(existsSync(join(place, '一个 pilot/grids.zip'))).toBe(true)
    const wrong = run('wangge', ['where', 'a b', '1'], place)
    expect(wrong).toMatchObject({ status: 1, out: '' })
    expect(wrong.err).toContain("'a b'")
  })
})
