import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inspectHouse } from './support/house.ts'
import { noData, sharedData } from './support/shared.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter(path => path !== '' && existsSync(root + path))

describe('the house', () => {
  it('is built as planned: arrows, rooms, doors, names, sizes, opening words', () => {
    const files = new Map(tracked.map(path => [path, readFileSync(root + path, 'utf8')]))
    expect(inspectHouse(files)).toEqual([])
  })

  it.skipIf(!sharedData)(`holds no copy of the shared data${sharedData ? '' : ` (${noData})`}`, () => {
    const theirs = new Map(
      readdirSync(sharedData!, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => `${entry.parentPath}/${entry.name}`)
        .map(path => [hashOf(path), path]),
    )
    expect(theirs.size).toBeGreaterThan(100)
    // a coordinate system or an encoding is said in the same words by everybody
    const ours = tracked.filter(
      path => !/\.(prj|cpg|qpj)$/i.test(path) && readFileSync(root + path).length > 64,
    )
    expect(ours.filter(path => theirs.has(hashOf(root + path)))).toEqual([])
  })
})

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
