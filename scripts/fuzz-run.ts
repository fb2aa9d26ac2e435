/**
 * Damages good files again and again and has a child read them. Every one must end in rows or in a named finding,
 * within a bound of time and memory, and leave nothing on the disk. What does not is a fault, and its files are kept.
 *
 *   corpus -> damage (seed, number) -> files -> child -> { rows | findings | fault }
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Corpus, fuzzCorpus, type Parts } from './fuzz-corpus.ts'
import { damaged, randomOf } from './fuzz-mutate.ts'
import type { Asked, Told } from './fuzz-reader.ts'

const readerFile = fileURLToPath(new URL('./fuzz-reader.ts', import.meta.url))
/** A damaged file is as small as the good one: whatever takes longer than this does not end. */
const LONGEST_MS = 60_000
const HEAP_MB = 384
const MOST_RSS_BYTES = 900 * 2 ** 20

export interface FuzzTally {
  files: number
  rows: number
  findings: number
  faults: string[]
  slowestMs: number
  peakRssBytes: number
  /** By format, how many were damaged. */
  formats: Record<string, number>
  codes: Set<string>
}

/**
 * @param input first number of the run; formats to be damaged, all where absent; where files of faults are kept
 */
export async function fuzz(input: {
  files: number
  seed: number
  from?: number
  only?: (format: string) => boolean
  keepIn?: string
  say?: (line: string) => void
}): Promise<FuzzTally> {
  const { files, seed, from = 0, keepIn, say = () => {} } = input
  const corpus = Object.entries(await fuzzCorpus()).filter(([format]) => input.only?.(format) ?? true)
  const home = await mkdtemp(join(tmpdir(), 'fuzz-'))
  const tally: FuzzTally = {
    files: 0, rows: 0, findings: 0, faults: [], slowestMs: 0, peakRssBytes: 0, formats: {}, codes: new Set(),
  } // biome-ignore format: a row of noughts
  const reader = openReader(join(home, 'tmp'))
  try {
    await wholeOnes(Object.fromEntries(corpus), reader, home, tally)
    for (const fault of tally.faults) say(`FAULT ${fault}`)
    for (let n = from; n < from + files; n++) {
      const [format, parts] = corpus[n % corpus.length]!
      const damage = damaged(parts, randomOf(seed * 1_000_003 + n))
      const { told, ms, left, folder } = await readParts(damage, reader, join(home, String(n)))
      tally.files++
      tally.formats[format] = (tally.formats[format] ?? 0) + 1
      tally.slowestMs = Math.max(tally.slowestMs, ms)
      tally.peakRssBytes = Math.max(tally.peakRssBytes, told.rssBytes)
      for (const code of told.codes) tally.codes.add(code)
      const fault = faultOf(told, left)
      if (fault) {
        tally.faults.push(`${format}, ${n} of seed ${seed}: ${fault}`)
        say(`FAULT ${tally.faults.at(-1)}`)
        if (keepIn) await cp(folder, join(keepIn, `${seed}-${n}`), { recursive: true })
      } else tally[told.end === 'rows' ? 'rows' : 'findings']++
      await rm(folder, { recursive: true, force: true })
      if (tally.files % 500 === 0) say(`${tally.files}/${files}, ${tally.faults.length} faults`)
    }
  } finally {
    await reader.end()
    await rm(home, { recursive: true, force: true })
  }
  return tally
}

/** The undamaged files must give rows, or nothing would be shown by damaging them. */
async function wholeOnes(corpus: Corpus, reader: Reader, home: string, tally: FuzzTally): Promise<void> {
  for (const [format, parts] of Object.entries(corpus)) {
    const { told, left, folder } = await readParts(parts, reader, join(home, 'whole'))
    if (told.end !== 'rows' || left.length > 0)
      tally.faults.push(`${format}, undamaged: ${told.end} ${told.codes.join()} ${told.fault} ${left.join()}`)
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is wrong with how it ended; null for nothing. */
export function faultOf(told: Told, left: string[]): string | null {
  if (told.end === 'fault') return told.fault
  if (told.rssBytes > MOST_RSS_BYTES) return `${Math.round(told.rssBytes / 2 ** 20)} MB`
  return left.length > 0 ? `left on the disk: ${left.join(', ')}` : null
}

async function readParts(parts: Parts, reader: Reader, folder: string) {
  const sent = join(folder, 'sent')
  await mkdir(sent, { recursive: true })
  const paths = Object.keys(parts).map(name => join(sent, name))
  await Promise.all(Object.entries(parts).map(([name, bytes]) => writeFile(join(sent, name), bytes)))
  return readPaths(paths, reader, folder)
}

/** Has the child read files, and looks at what it left. @param folder is made; the caller's to remove */
export async function readPaths(paths: string[], reader: Reader, folder: string) {
  const dir = join(folder, 'unpacked')
  await mkdir(dir, { recursive: true })
  const started = performance.now()
  const told = await reader.read({ paths, dir })
  const ms = performance.now() - started
  return { told, ms, left: await leftOvers(dir, reader.tmp), folder }
}

/** What archives were unpacked to is under numbers and the caller's to remove; nothing else may be there. */
async function leftOvers(dir: string, tmp: string): Promise<string[]> {
  const inDir = (await readdir(dir)).filter(name => !/^\d+$/.test(name))
  const inTmp = await readdir(tmp)
  for (const name of inTmp) await rm(join(tmp, name), { recursive: true, force: true })
  return [...inDir, ...inTmp]
}

export interface Reader {
  /** Where the child puts what is temporary. */
  tmp: string
  read(asked: Asked): Promise<Told>
  end(): Promise<void>
}

/**
 * A child that is started again when it had to be ended, or ended by itself.
 * @param file what it runs, and how long it may
 */
export function openReader(tmp: string, { file = readerFile, longestMs = LONGEST_MS } = {}): Reader {
  let child: ChildProcess | null = null
  const started = async (): Promise<ChildProcess> => {
    if (child?.connected) return child
    await mkdir(tmp, { recursive: true })
    const execArgv = [`--max-old-space-size=${HEAP_MB}`, '--disable-warning=ExperimentalWarning']
    child = fork(file, [], { execArgv, env: { ...process.env, TMPDIR: tmp }, stdio: 'ignore' })
    return child
  }
  const end = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    tmp,
    async read(asked) {
      const now = await started()
      const waiting = new AbortController()
      const { signal } = waiting
      const answered = once(now, 'message', { signal }).then(([told]) => told as Told)
      const gone = once(now, 'exit', { signal }).then(([code, by]) =>
        broken(`the reader ended by itself: ${by ?? code}`),
      )
      const late = sleep(longestMs, null, { signal }).then(() =>
        broken(`still reading after ${longestMs} ms`),
      )
      for (const each of [answered, gone, late]) each.catch(() => {})
      now.send(asked)
      const told = await Promise.race([answered, gone, late])
      waiting.abort()
      if (told.end === 'fault') await end()
      return told
    },
    end,
  }
}

const broken = (fault: string): Told => ({ end: 'fault', rows: 0, codes: [], fault, rssBytes: 0 })
