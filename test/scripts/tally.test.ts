import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { countResults, type Tally } from '../../scripts/tally.ts'

const dir = mkdtempSync(join(tmpdir(), 'wangge-tally-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** The tally of one file with these tests. */
function count(tests: Record<string, string>, { code = 0, status = 'passed', message = '' } = {}): Tally {
  const path = join(dir, 'results.json')
  const assertionResults = Object.entries(tests).map(([fullName, status]) => ({ fullName, status }))
  writeFileSync(
    path,
    JSON.stringify({ testResults: [{ name: 'a.test.ts', status, message, assertionResults }] }),
  )
  const tally: Tally = { passed: 0, failed: [], skipped: [] }
  countResults(path, code, tally)
  return tally
}

describe('the tally of the tests', () => {
  it('counts what passed, and names what failed and what was skipped for which reason', () => {
    expect(
      count(
        {
          a: 'passed',
          b: 'passed',
          c: 'failed',
          'd (skipped: GDAL (ogr2ogr) is not installed)': 'skipped',
          e: 'todo',
        },
        { code: 1, status: 'failed' },
      ),
    ).toEqual({
      passed: 2,
      failed: ['c'],
      skipped: [
        { name: 'd (skipped: GDAL (ogr2ogr) is not installed)', reason: 'GDAL (ogr2ogr) is not installed' },
        { name: 'e', reason: 'without a reason' },
      ],
    })
  })

  it('counts a file that could not be read as a failure', () => {
    expect(count({}, { code: 1, status: 'failed', message: 'no such module' }).failed).toEqual([
      'a.test.ts: no such module',
    ])
  })

  it('counts a run that failed although its tests passed as a failure', () => {
    expect(count({ a: 'passed' }, { code: 1 })).toMatchObject({
      passed: 1,
      failed: ['vitest ended with exit code 1'],
    })
  })

  it('counts a run without a report as a failure', () => {
    const tally: Tally = { passed: 0, failed: [], skipped: [] }
    countResults(join(dir, 'absent.json'), 1, tally)
    expect(tally.failed).toHaveLength(1)
  })
})
