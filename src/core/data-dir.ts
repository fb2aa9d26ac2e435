/**
 * The data directory and its lock. The embedded engine has none of its own and two processes corrupt it,
 * so one process holds an exclusive lock that the kernel frees when it dies, however it dies (SQLite's
 * file lock, through node:sqlite). The Unix socket beside it is how the command line reaches the holder.
 */
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { problem } from './problem.ts'

/** Longest path a Unix socket may have on Linux and macOS. */
const LONGEST_SOCKET_PATH = 100

export interface Held {
  release(): void
}

/**
 * Makes the directory, private to this user, as one that is there already becomes too.
 * @returns its absolute path
 * @throws Problem data-dir.unusable
 */
export function prepareDataDir(dir: string): string {
  const full = resolve(dir)
  try {
    makeDir(full)
    chmodSync(full, 0o700)
    accessSync(full, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw problem('data-dir.unusable', { dir: full, reason: (error as NodeJS.ErrnoException).code ?? '?' })
  }
  return full
}

/** By hand from the top: Node's recursive mkdir never comes back from places like /proc. */
function makeDir(dir: string): void {
  if (existsSync(dir)) {
    if (!statSync(dir).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
    return
  }
  makeDir(dirname(dir))
  mkdirSync(dir, { mode: 0o700 })
}

/** @throws Problem data-dir.taken naming the holder */
export function holdDataDir(dir: string): Held {
  const lock = join(dir, 'lock.sqlite')
  const holder = join(dir, 'holder')
  const db = new DatabaseSync(lock)
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch {
    db.close()
    let pid = '?'
    try {
      pid = readFileSync(holder, 'utf8').trim()
    } catch {}
    throw problem('data-dir.taken', { dir, pid })
  }
  chmodSync(lock, 0o600)
  writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 })
  return {
    release() {
      try {
        unlinkSync(holder)
      } catch {}
      db.close()
    },
  }
}

/** Where the socket of a data directory is: inside it, or, where that path is too long, in a private directory named after it. */
export function socketPath(dir: string): string {
  const inside = join(resolve(dir), 'wangge.sock')
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside
  const { uid } = userInfo()
  const parent = join(tmpdir(), `wangge-${uid}`)
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  const stat = statSync(parent)
  if (uid >= 0 && (stat.uid !== uid || (stat.mode & 0o077) !== 0))
    throw new Error(`${parent} is not private to this user`)
  return join(parent, `${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 24)}.sock`)
}

/** Whether somebody answers at the socket. */
export function answers(path: string): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}

/** Removes a socket nobody answers at; call it only while holding the directory. */
export async function clearSocket(path: string): Promise<void> {
  if (await answers(path)) throw problem('data-dir.taken', { dir: path, pid: '?' })
  try {
    unlinkSync(path)
  } catch {}
}
