/**
 * GDAL as a child of which nothing is trusted: one driver reads (the others are skipped by name, and GDAL is asked
 * whether they are), the environment is empty, the working directory is private and holds copies alone, memory,
 * processor time, open files and silence are bounded, and not a byte can be written to the disk. Where the system
 * lets us (`unshare`), it has no network and sees no file but its own and the system's programs; elsewhere it is the
 * driver that opens none. Names of the file never reach a command line. The child has a process group of its own, and
 * is killed with it when nobody reads on.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { FileFault } from '../findings.ts'
import { corrupt } from './file-bytes.ts'
import { driversOf, type GdalProgram, gdalEnvironment } from './gdal-program.ts'

export interface GdalRun {
  gdal: GdalProgram
  program: 'ogrinfo' | 'ogr2ogr'
  /** The one driver that may open anything. */
  driver: string
  args: readonly string[]
  /** Private, and the caller's to remove. */
  dir: string
  /** What a person calls the file. */
  file: string
  config?: Readonly<Record<string, string>>
  limits?: Partial<GdalLimits>
}

export interface GdalLimits {
  memoryBytes: number
  processorSeconds: number
  /** How long the child may say nothing while it is listened to. */
  silenceMs: number
  outputBytes: number
}

export const gdalLimits: GdalLimits = {
  memoryBytes: 2 * 2 ** 30,
  processorSeconds: 900,
  silenceMs: 300_000,
  outputBytes: 32 * 2 ** 30,
}

const mostComplaint = 16 << 10
/** The format that ogr2ogr writes. It opens no address and no other file than the one it is given. */
const writes = 'GeoJSON'

/** What the child prints. Throws FileFault: file.corrupt (with GDAL's own words), file.limit. */
export async function* gdalOutput(run: GdalRun): AsyncGenerator<Buffer> {
  await refuseOthers(run)
  yield* outputOf(run)
}

async function* outputOf(run: GdalRun): AsyncGenerator<Buffer> {
  const limits = { ...gdalLimits, ...run.limits }
  const child = start(run, limits)
  const complaint = gathered(child.stderr)
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  // it is waited for below, whatever happens until then
  ended.catch(() => {})
  let silent = false
  const hush = () => {
    silent = true
    killGroup(child)
  }
  let timer = setTimeout(hush, limits.silenceMs)
  let bytes = 0
  try {
    for await (const chunk of child.stdout) {
      clearTimeout(timer)
      bytes += (chunk as Buffer).length
      if (bytes > limits.outputBytes) throw beyond(run.file, `${limits.outputBytes} B`)
      yield chunk as Buffer
      timer = setTimeout(hush, limits.silenceMs)
    }
    const { code, signal } = await ended
    if (silent) throw beyond(run.file, `${limits.silenceMs / 1000} s`)
    refuse(run, limits, { code, signal, words: complaint() })
  } finally {
    clearTimeout(timer)
    killGroup(child)
    await ended.catch(() => {})
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** Bounds are set by the shell that becomes the child; what it runs comes as arguments, never as its text. */
const bounded = 'ulimit -c 0; ulimit -f 0; ulimit -n 256; ulimit -v "$1"; ulimit -t "$2"; shift 2; exec "$@"'

function start({ gdal, program, driver, args, dir, config }: GdalRun, limits: GdalLimits): Child {
  const skipped = gdal.drivers.filter(name => name !== driver && (program === 'ogrinfo' || name !== writes))
  const skip = skipped.join(',')
  const kib = String(Math.ceil(limits.memoryBytes / 1024))
  const line = [...gdal.wraps.flat(), gdal[program], ...args]
  return spawn('/bin/sh', ['-c', bounded, 'sh', kib, String(limits.processorSeconds), ...line], {
    cwd: dir,
    env: { ...gdalEnvironment(), GDAL_SKIP: skip, OGR_SKIP: skip, ...config },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

function killGroup(child: Child): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // gone by itself
  }
}

function gathered(stream: Readable): () => string {
  let words = ''
  stream.on('data', (chunk: Buffer) => {
    if (words.length < mostComplaint) words += chunk.toString('utf8')
  })
  return () => words
}

interface End {
  code: number | null
  signal: string | null
  words: string
}

/** GDAL often ends well after it could not read on: its errors count, whatever it ends with. */
function refuse({ file, program }: GdalRun, limits: GdalLimits, { code, signal, words }: End): void {
  const error = /^(?:ERROR \d+|FAILURE): ?(.*)/im.exec(words)?.[1]
  if (code === 0 && error === undefined) return
  if (/alloc|out of memory/i.test(words)) throw beyond(file, `${limits.memoryBytes} B`)
  if (signal === 'SIGXCPU' || (signal === 'SIGKILL' && code === null))
    throw beyond(file, `${limits.processorSeconds} s`)
  throw corrupt(
    file,
    `GDAL: ${(error ?? words.trim().split('\n')[0] ?? '').slice(0, 200) || `${program} ${signal ?? code}`}`,
  )
}

const beyond = (file: string, limit: string) => new FileFault('file.limit', file, { detail: { limit } })

const alone = new WeakMap<GdalProgram, Map<string, Promise<void>>>()

/** Asks the locked-down GDAL, once a driver, which drivers it has left: no other may read. */
function refuseOthers(run: GdalRun): Promise<void> {
  const { gdal, program, driver } = run
  const known = alone.get(gdal) ?? new Map<string, Promise<void>>()
  alone.set(gdal, known)
  const key = `${program} ${driver}`
  let asked = known.get(key)
  if (!asked) {
    asked = askDrivers(run)
    known.set(key, asked)
    asked.catch(() => known.delete(key))
  }
  return asked
}

async function askDrivers(run: GdalRun): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of outputOf({ ...run, args: ['--formats'], config: {}, limits: {} })) parts.push(part)
  const left = driversOf(Buffer.concat(parts).toString('utf8'))
  const others = left.filter(name => name !== run.driver && !(run.program === 'ogr2ogr' && name === writes))
  if (others.length > 0 || !left.includes(run.driver))
    throw new Error(`GDAL does not keep to ${run.driver}: ${left.join(', ')}`)
}
