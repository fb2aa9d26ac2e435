/**
 * Every check of the repository, told in one line at the end: `N passed, N failed, N skipped`.
 *
 *   lint, types, knip, console build    one check each, two at a time, loud only when they fail
 *   vitest                              each of its tests is a check; PostgreSQL is ours (postgres.ts)
 *
 * With CI=true a test that is skipped counts as failed, unless what it lacks is the shared data.
 * Arguments go on to vitest.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findPostgres, startPostgres } from './postgres.ts'
import { countResults, type Tally } from './tally.ts'

const STEPS: Record<string, string[]> = {
  lint: ['biome', 'check', '.'],
  types: ['tsc', '-p', 'tsconfig.json'],
  'console types': ['vue-tsc', '-p', 'tsconfig.web.json'],
  'unused code': ['knip'],
  'console build': ['vite', 'build', '--logLevel', 'warn'],
}
const AT_ONCE = 2

process.chdir(fileURLToPath(new URL('../', import.meta.url)))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

const tally: Tally = { passed: 0, failed: [], skipped: [] }
await runSteps()
await runTests(process.argv.slice(2))

const inCi = process.env.CI === 'true'
const forgiven = (reason: string) => reason === '../shared/data is absent'
if (inCi) {
  const unforgiven = tally.skipped.filter(skip => !forgiven(skip.reason))
  tally.failed.push(...unforgiven.map(skip => `${skip.name} (in CI nothing is skipped)`))
  tally.skipped = tally.skipped.filter(skip => forgiven(skip.reason))
}
for (const [reason, skips] of Map.groupBy(tally.skipped, skip => skip.reason)) {
  console.log(`\nSkipped, ${reason}:`)
  for (const skip of skips) console.log(`  ${skip.name}`)
}
if (tally.failed.length > 0) console.log(`\nFailed:\n${tally.failed.map(name => `  ${name}`).join('\n')}`)
const skipped = tally.skipped.length > 0 ? `, ${tally.skipped.length} skipped` : ''
console.log(`\n${tally.passed} passed, ${tally.failed.length} failed${skipped}`)
process.exitCode = tally.failed.length > 0 ? 1 : 0

async function runSteps(): Promise<void> {
  const waiting = Object.entries(STEPS)
  const runner = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, command] = next
      const started = performance.now()
      const { code, output } = await run(command, 'collect')
      const seconds = ((performance.now() - started) / 1000).toFixed(0)
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
      if (code === 0) tally.passed++
      else {
        tally.failed.push(name)
        console.log(output)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runner))
}

async function runTests(args: string[]): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'wangge-checks-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const results = join(dir, 'results.json')
  const postgres = findPostgres() ? await startPostgres() : null
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
    const { code } = await run(
      ['vitest', 'run', ...reporters, ...args],
      'show',
      postgres && { WANGGE_TEST_POSTGRES: postgres.url },
    )
    countResults(results, code, tally)
  } finally {
    await postgres?.stop()
  }
}

/** Runs a program of node_modules/.bin; it ends when we do. */
async function run(
  [name, ...args]: string[],
  output: 'collect' | 'show',
  environment: Record<string, string> | null = null,
) {
  const child = spawn(join('node_modules/.bin', name!), args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output === 'show' ? 'inherit' : 'pipe', output === 'show' ? 'inherit' : 'pipe'],
  })
  const end = () => child.kill()
  process.on('exit', end)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', chunk => (text += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('exit', end)
  return { code: code ?? 1, output: text }
}
