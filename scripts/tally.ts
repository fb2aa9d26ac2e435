/** Counts what vitest wrote down (its JSON report) into passed, failed and skipped checks. */
import { readFileSync } from 'node:fs'

export interface Tally {
  passed: number
  /** Names. */
  failed: string[]
  skipped: { name: string; reason: string }[]
}

interface Report {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string }[]
  }[]
}

/**
 * Adds the report's tests to the tally. A file that could not be read, and a run that failed while all its
 * tests passed, count as one failure each: nothing that went wrong goes uncounted.
 * @param code exit code of vitest
 */
export function countResults(path: string, code: number, tally: Tally): void {
  const before = tally.failed.length
  for (const file of reportAt(path)?.testResults ?? []) {
    const failures = tally.failed.length
    for (const test of file.assertionResults) {
      if (test.status === 'passed') tally.passed++
      else if (test.status === 'failed') tally.failed.push(test.fullName)
      else tally.skipped.push({ name: test.fullName, reason: reasonOf(test.fullName) })
    }
    if (file.status === 'failed' && tally.failed.length === failures)
      tally.failed.push(`${file.name}: ${file.message}`)
  }
  if (code !== 0 && tally.failed.length === before) tally.failed.push(`vitest ended with exit code ${code}`)
}

function reportAt(path: string): Report | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Tests say in their title why they are skipped: `... (skipped: why)`. */
const reasonOf = (name: string): string =>
  /\(skipped: ([^()]*(?:\([^()]*\)[^()]*)*)\)/.exec(name)?.[1] ?? 'without a reason'
