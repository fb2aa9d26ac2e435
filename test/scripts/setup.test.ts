import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const setup = fileURLToPath(new URL('../../scripts/setup', import.meta.url))

describe('scripts/setup', () => {
  let place: string
  let root: string
  let calls: string

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'wangge-setup-'))
    root = join(place, 'a clone')
    calls = join(place, 'calls')
    for (const dir of [join(root, 'scripts'), join(place, 'bin')]) mkdirSync(dir, { recursive: true })
    cpSync(setup, join(root, 'scripts/setup'))
    writeFileSync(join(root, 'package-lock.json'), '{}')
    writeFileSync(calls, '')
    program('node', `exec "${process.execPath}" "$@"`)
    npm('mkdir -p node_modules && echo {} > node_modules/.package-lock.json')
  })
  afterEach(() => rmSync(place, { recursive: true }))

  const program = (name: string, body: string) => {
    writeFileSync(join(place, 'bin', name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(place, 'bin', name), 0o755)
  }
  /** An npm that writes down how it was called. */
  const npm = (body: string) => program('npm', `echo "$@" >> "${calls}"\n${body}`)
  /** An npm that brings Node when asked for the package named. */
  const npmWith = (name: string, bin: string) =>
    npm(`case "$*" in
      *" ${name}@24") mkdir -p "$3/node_modules/${bin}" && ln -s "${process.execPath}" "$3/node_modules/${bin}/node" ;;
      *--prefix*) exit 1 ;;
      *) mkdir -p node_modules ;;
    esac`)
  const run = () => {
    const env = { PATH: `${join(place, 'bin')}:/usr/bin:/bin` }
    const { status, stdout, stderr } = spawnSync('sh', [join(root, 'scripts/setup')], {
      cwd: '/',
      env,
      encoding: 'utf8',
    })
    return {
      status,
      said: stdout + stderr,
      calls: readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean),
    }
  }

  it('installs the packages once, says so, and is silent and offline the second time', () => {
    const first = run()
    expect(first).toEqual({
      status: 0,
      said: 'Installing the packages (once) ...\n',
      calls: [expect.stringMatching(/^ci /)],
    })
    expect(run()).toEqual({ status: 0, said: '', calls: first.calls })
  })

  it('installs again when the lock file has changed since', () => {
    run()
    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}')
    const longAgo = new Date(0)
    utimesSync(join(root, 'node_modules/.package-lock.json'), longAgo, longAgo)
    expect(run().calls).toHaveLength(2)
  })

  it('takes packages installed by hand after the lock file was written', () => {
    mkdirSync(join(root, 'node_modules'))
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}')
    expect(run()).toEqual({ status: 0, said: '', calls: [] })
  })

  it('installs the locked versions without npm ci where npm ci refuses the lock file', () => {
    npm('case "$1" in ci) exit 1 ;; esac; mkdir -p node_modules')
    expect(run()).toMatchObject({
      status: 0,
      calls: [/^ci /, /^install --no-save /].map(c => expect.stringMatching(c)),
    })
  })

  it('fails and says so when the packages cannot be installed', () => {
    npm('exit 1')
    expect(run()).toMatchObject({ status: 1, said: expect.stringContaining('could not be installed') })
  })

  it('brings a Node where the machine’s is too old, and only once', () => {
    program('node', 'exit 1')
    npmWith('node', 'node/bin')
    const first = run()
    expect(first).toMatchObject({ status: 0, said: expect.stringContaining('Bringing Node 24') })
    expect(run()).toEqual({ status: 0, said: '', calls: first.calls })
  })

  it('brings the package of this machine where install scripts are off', () => {
    program('node', 'exit 1')
    const machine = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
    npmWith(`${machine}-${process.platform}-${process.arch}`, `node-${process.platform}/bin`)
    expect(run()).toMatchObject({
      status: 0,
      calls: [/ node@24$/, / node-\S+@24$/, /^ci /].map(c => expect.stringMatching(c)),
    })
  })

  it('fails and says so when no Node can be brought', () => {
    program('node', 'exit 1')
    npm('exit 1')
    expect(run()).toMatchObject({ status: 1, said: expect.stringContaining('could not be brought') })
  })

  it('hands root and PATH to the script that sources it', () => {
    run()
    writeFileSync(join(root, 'scripts/show'), '. "$(dirname -- "$0")/setup"\nprintf %s "$root"')
    const env = { PATH: `${join(place, 'bin')}:/usr/bin:/bin` }
    expect(execFileSync('sh', [join(root, 'scripts/show')], { cwd: '/', env, encoding: 'utf8' })).toBe(root)
  })
})
