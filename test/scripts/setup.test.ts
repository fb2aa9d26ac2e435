import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
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

  /** As `run`, beside others. @returns the exit status and what was said */
  const start = () =>
    new Promise<{ status: number | null; said: string }>(resolve => {
      const env = { PATH: `${join(place, 'bin')}:/usr/bin:/bin` }
      const child = spawn('sh', [join(root, 'scripts/setup')], { cwd: '/', env })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => (said += piece))
      child.on('close', status => resolve({ status, said }))
    })
  const left = () => readdirSync(root).filter(name => name.startsWith('.setup'))
  const turn = () => join(root, '.setup-turn')

  it('lets one of several starts install and the others wait, each saying so in one line', async () => {
    // an npm that two at once break
    npm(`mkdir "${place}/busy" || exit 1; sleep 1; rmdir "${place}/busy"; mkdir -p node_modules`)
    const ends = await Promise.all([start(), start(), start()])
    expect(ends.map(end => end.status)).toEqual([0, 0, 0])
    expect(ends.map(end => end.said.replace(/\d+/, 'N')).sort()).toEqual([
      'Installing the packages (once) ...\n',
      'Waiting for another start that prepares this (process N) ...\n',
      'Waiting for another start that prepares this (process N) ...\n',
    ])
    expect(run()).toEqual({ status: 0, said: '', calls: [expect.stringMatching(/^ci /)] })
    expect(left()).toEqual([])
  })

  it('takes over from a start that is gone, and from a number that another program has by now', async () => {
    const gone = spawnSync('true').pid
    symlinkSync(`process-${gone}`, turn())
    expect(run()).toMatchObject({ status: 0, said: 'Installing the packages (once) ...\n' })
    expect(left()).toEqual([])
    rmSync(join(root, 'node_modules'), { recursive: true })
    const other = spawn('sleep', ['60'])
    symlinkSync(`process-${other.pid}`, turn())
    expect(run()).toMatchObject({ status: 0, said: 'Installing the packages (once) ...\n' })
    other.kill()
    expect(left()).toEqual([])
  })

  it('gives its turn back when it fails and when it is ended', async () => {
    npm('exit 1')
    expect(run().status).toBe(1)
    expect(left()).toEqual([])
    npm('sleep 2')
    const child = spawn('sh', [join(root, 'scripts/setup')], {
      cwd: '/',
      env: { PATH: `${join(place, 'bin')}:/usr/bin:/bin` },
      detached: true,
    })
    const ended = new Promise(resolve => child.on('close', resolve))
    while (!readFileSync(calls, 'utf8').includes('ci')) await new Promise(resolve => setTimeout(resolve, 20))
    process.kill(-child.pid!, 'SIGTERM')
    await ended
    expect(existsSync(turn())).toBe(false)
    npm('mkdir -p node_modules')
    expect(run()).toMatchObject({ status: 0, said: 'Installing the packages (once) ...\n' })
  })

  it('hands root and PATH to the script that sources it', () => {
    run()
    writeFileSync(join(root, 'scripts/show'), '. "$(dirname -- "$0")/setup"\nprintf %s "$root"')
    const env = { PATH: `${join(place, 'bin')}:/usr/bin:/bin` }
    expect(execFileSync('sh', [join(root, 'scripts/show')], { cwd: '/', env, encoding: 'utf8' })).toBe(root)
  })
})
