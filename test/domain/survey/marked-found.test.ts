/** Findings that wait in a scratch file: each told once, where it belongs, and memory the same however many there are. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileFault } from '../../../src/domain/survey/findings.ts'
import { openFound } from '../../../src/domain/survey/marked-found.ts'

const wrong = (file: string, row: number | null, value = 'x') =>
  new FileFault('row.quote', file, { row, field: 'k', value }).finding

describe('findings kept for a marked file', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'wangge-found-'))
  })
  afterAll(() => rm(dir, { recursive: true }))

  it('are taken by their rows in whatever order these come, each once; what no row took is the rest', () => {
    const found = openFound(':memory:')
    const [whole, two, again, five, other, lost] = [
      wrong('a.csv', null),
      wrong('a.csv', 2, 'first'),
      wrong('a.csv', 2, '"后"\n二'),
      wrong('a.csv', 5),
      wrong('b.csv', 2),
      wrong('a.csv', 9),
    ]
    found.add([five, two, other, lost])
    found.add([whole, again])
    expect(found.count).toBe(6)
    expect([...found.rowless()]).toEqual([whole])
    expect(found.take('a.csv', 5)).toEqual([five])
    expect(found.take('a.csv', 2)).toEqual([two, again])
    expect(found.take('a.csv', 2)).toEqual([])
    expect(found.take('a.csv', 3)).toEqual([])
    expect([...found.rest()]).toEqual([lost, other])
    expect([...found.rest()]).toEqual([])
    found.close()
  })

  it('cost no more memory for three hundred thousand than for a few', () => {
    const found = openFound(join(dir, 'many'))
    const text = 'x'.repeat(300)
    const held = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
    const before = held()
    let most = 0
    for (let row = 0; row < 300_000; row += 1000) {
      found.add(Array.from({ length: 1000 }, (_, i) => wrong('a.csv', row + i, text)))
      if (row % 50_000 === 0) {
        globalThis.gc?.()
        most = Math.max(most, held() - before)
      }
    }
    for (let row = 0; row < 300_000; row += 3) expect(found.take('a.csv', row).length).toBe(1)
    let rest = 0
    for (const _ of found.rest()) rest++
    expect(rest).toBe(200_000)
    globalThis.gc?.()
    // as objects they are a hundred and fifty megabytes
    expect(Math.max(most, held() - before) / 1e6).toBeLessThan(80)
    found.close()
  }, 60_000)
})
