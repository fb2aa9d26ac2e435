/**
 * What benches and soaks are made of, and how one is found, run and told: a folder of files, each
 * exporting one `measurement`. The last line of a run is one line of JSON.
 */
import { existsSync, readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { calibrate } from './calibrate.ts'

export interface Measurement {
  about: string
  /** Options it takes, by name, with their defaults (all numbers). */
  options: Record<string, number>
  /** @param say prints a line of progress */
  run(options: Record<string, number>, say: (line: string) => void): Promise<Figures>
}

/** `peer` names what was measured beside it in the same run, `ratio` is ours / peer; every other figure is a number. */
export type Figures = { peer?: string; ratio?: number } & Record<string, string | number | undefined>

/**
 * The command line of both: no name lists them, a name runs one.
 * @param kind the word before the name in the JSON line
 * @returns the exit code
 */
export async function measure(kind: 'bench' | 'soak', folder: URL, args: readonly string[]): Promise<number> {
  const names = (existsSync(folder) ? readdirSync(folder) : []).flatMap(
    file => /^(.+)\.ts$/.exec(file)?.[1] ?? [],
  )
  const load = async (name: string): Promise<Measurement> =>
    (await import(new URL(`${name}.ts`, folder).href)).measurement
  const [name, ...rest] = args
  if (name === undefined) {
    for (const name of names.sort()) console.log(`${name.padEnd(16)}${(await load(name)).about}`)
    return 0
  }
  if (!names.includes(name)) {
    console.error(`There is no ${kind} named ${name}. There are: ${names.join(', ')}`)
    return 2
  }
  const { about, options, run } = await load(name)
  console.log(`${name}: ${about}`)
  const chosen = readOptions(options, rest)
  const before = calibrate()
  const { peer, ratio, ...figures } = await run(chosen, line => console.log(line))
  // the mean of before and after: a machine that slowed down meanwhile shows
  const calibrationMs = (before + calibrate()) / 2
  console.log(JSON.stringify({ [kind]: name, peer, ratio, ...chosen, ...figures, calibrationMs }, rounded))
  return 0
}

/** @throws TypeError for an option it does not take, RangeError for one that is no number */
function readOptions(defaults: Record<string, number>, args: string[]): Record<string, number> {
  const known = Object.keys(defaults).map(name => [name, { type: 'string' }] as const)
  const values: Record<string, unknown> = parseArgs({ args, options: Object.fromEntries(known) }).values
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => {
      const given = values[name] === undefined ? value : Number(values[name])
      if (!Number.isFinite(given)) throw new RangeError(`--${name} is a number`)
      return [name, given]
    }),
  )
}

const rounded = (_key: string, value: unknown) =>
  typeof value === 'number' ? Number(value.toPrecision(5)) : value

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Runs it and gives milliseconds beside what it returned. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now()
  const result = await work()
  return { ms: performance.now() - started, result }
}
