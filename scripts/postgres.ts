/**
 * A private PostgreSQL with PostGIS for tests and benches: own temporary directory, own free port on
 * 127.0.0.1, no passwords, nothing written through to the disk. It ends with us, however we end.
 *
 *   findPostgres() -> bin folder | null        startPostgres() -> { url, stop }
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgres } from '../src/core/db-pg.ts'

export interface PrivatePostgres {
  /** postgres://..., a database with the extension postgis. */
  url: string
  /** Ends the server and removes its directory. */
  stop(): Promise<void>
}

export interface PostgresStart {
  /** Settings of the server beside ours, e.g. { work_mem: '64MB' }. */
  settings?: Record<string, string>
}

const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  jit: 'off',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  listen_addresses: '127.0.0.1',
}

/** The folder with initdb and postgres of the newest version that has PostGIS, or null. */
export function findPostgres(): string | null {
  const folders = globSync([
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/opt/homebrew/opt/postgresql@*/bin',
  ])
  const version = (folder: string) => Number(/(\d+)\/bin$/.exec(folder)?.[1])
  return folders.sort((a, b) => version(b) - version(a)).find(hasPostgis) ?? null
}

function hasPostgis(folder: string): boolean {
  if (!existsSync(join(folder, 'initdb')) || !existsSync(join(folder, 'pg_config'))) return false
  const share = execFileSync(join(folder, 'pg_config'), ['--sharedir'], { encoding: 'utf8' }).trim()
  return existsSync(join(share, 'extension/postgis.control'))
}

/** @throws Error when there is no PostgreSQL with PostGIS, or when it does not come up; its log is in the message. */
export async function startPostgres({ settings = {} }: PostgresStart = {}): Promise<PrivatePostgres> {
  const bin = findPostgres()
  if (!bin) throw new Error('PostgreSQL with PostGIS is not installed')
  const dir = mkdtempSync(join(tmpdir(), 'wangge-postgres-'))
  const as = serverUser(dir)
  const data = join(dir, 'data')
  const port = await freePort()
  let server: ChildProcess | null = null
  let log = ''

  const stop = async () => {
    process.off('exit', atExit)
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit')
      server.kill('SIGINT') // fast shutdown: open transactions are rolled back
      await ended
    }
    rmSync(dir, { recursive: true, force: true })
  }
  const atExit = () => {
    if (server?.kill('SIGQUIT')) pauseWhile(() => existsSync(join(data, 'postmaster.pid')))
    rmSync(dir, { recursive: true, force: true })
  }
  process.on('exit', atExit)

  try {
    const setup = as(join(bin, 'initdb'), [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ])
    execFileSync(setup.program, setup.args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir })
    const options = { ...SETTINGS, unix_socket_directories: '', port: String(port), ...settings }
    const run = as(join(bin, 'postgres'), [
      '-D',
      data,
      ...Object.entries(options).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ])
    server = spawn(run.program, run.args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir })
    server.stderr!.setEncoding('utf8').on('data', text => {
      log = (log + text).slice(-4000)
    })
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    await ready(url, () => server!.exitCode !== null)
    return { url, stop }
  } catch (error) {
    await stop()
    throw new Error(`PostgreSQL did not start: ${(error as Error).message}\n${log}`, { cause: error })
  }
}

/** Waits without the event loop, which stands still in an exit handler; three seconds at most. */
function pauseWhile(busy: () => boolean): void {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (let i = 0; i < 60 && busy(); i++) Atomics.wait(clock, 0, 0, 50)
}

/**
 * The server refuses to run as root: then it runs as `postgres`, whom Debian's package makes. There the
 * kernel also ends it when we are killed.
 */
function serverUser(dir: string): (program: string, args: string[]) => { program: string; args: string[] } {
  if (process.getuid?.() !== 0) return (program, args) => ({ program, args })
  const user = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres')
  const [uid, gid] = [Number(user[1]), Number(user[2])]
  chownSync(dir, uid, gid)
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig=INT', '--']
  return (program, args) => ({ program: 'setpriv', args: [...identity, program, ...args] })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

/** Waits until the server answers, then gives its database PostGIS. */
async function ready(url: string, ended: () => boolean): Promise<void> {
  const db = openPostgres({ url, maxConnections: 1 })
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await db.query('SELECT 1')
        break
      } catch (error) {
        if (ended() || attempt > 300) throw error
        await sleep(100)
      }
    }
    await db.query('CREATE EXTENSION IF NOT EXISTS postgis')
  } finally {
    await db.close()
  }
}
