/** Damaged deliveries: some hundred of every format in each run of the tests; `npm run soak fuzz` does any number. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damaged, randomOf } from '../../scripts/fuzz-mutate.ts'
import { faultOf, fuzz, openReader, readPaths } from '../../scripts/fuzz-run.ts'
import { noGdal, ogr2ogr } from '../support/tools.ts'

const files = Number(process.env.FUZZ_FILES ?? 400)
const seed = Number(process.env.FUZZ_SEED ?? 7)
const foreign = /^(tab|mif|dxf|kml|kmz|gdb)$/
const timeout = 60_000 + files * 400

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fuzz-test-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('a damaged delivery', () => {
  it(`of our own formats ends in rows or a named finding, ${files} times`, { timeout }, async () => {
    const tally = await fuzz({ files, seed, only: format => !foreign.test(format) })
    expect(tally.faults).toEqual([])
    expect(tally.rows + tally.findings).toBe(files)
    // both ends are met, or the damage is none or too much
    expect(tally.rows).toBeGreaterThan(files / 10)
    expect(tally.findings).toBeGreaterThan(files / 10)
    expect(Object.keys(tally.formats)).toHaveLength(13)
    expect(tally.codes.size).toBeGreaterThan(6)
  })

  it.skipIf(!ogr2ogr)(
    `that GDAL reads ends so too, ${Math.ceil(files / 20)} times${ogr2ogr ? '' : ` (${noGdal})`}`,
    { timeout },
    async () => {
      const tally = await fuzz({ files: Math.ceil(files / 20), seed, only: format => foreign.test(format) })
      expect(tally.faults).toEqual([])
      expect(Object.keys(tally.formats).sort()).toEqual(['dxf', 'gdb', 'kml', 'kmz', 'mif', 'tab'])
    },
  )

  it('is damaged the same way by the same numbers, and otherwise by others', () => {
    const parts = {
      'a.csv': Buffer.from('code,x,y\n'.repeat(50)),
      'b.csv': Buffer.from('1,2,3\n'.repeat(50)),
    }
    const told = (n: number) => JSON.stringify(damaged(parts, randomOf(n)))
    const many = Array.from({ length: 60 }, (_, n) => told(n))
    expect(many).toEqual(many.map((_, n) => told(n)))
    expect(new Set(many).size).toBeGreaterThan(50)
    expect(parts['a.csv'].toString()).toBe('code,x,y\n'.repeat(50))
  })
})

describe('a reader that goes wrong', () => {
  const faultBy = async (body: string): Promise<string | null> => {
    const folder = await mkdtemp(join(home, 'wrong-'))
    const file = join(folder, 'reader.mjs')
    await writeFile(file, body)
    const reader = openReader(join(folder, 'tmp'), { file, longestMs: 3000 })
    try {
      await mkdir(join(folder, 'read'))
      const { told, left } = await readPaths([], reader, join(folder, 'read'))
      return faultOf(told, left)
    } finally {
      await reader.end()
    }
  }
  const well = `{ end: 'rows', rows: 1, codes: [], fault: '', rssBytes: 1 }`

  it.each([
    ['hangs', `process.on('message', () => { for (;;) {} })`, /still reading after 3000 ms/],
    ['ends by itself', `process.on('message', () => process.exit(134))`, /ended by itself: 134/],
    [
      'eats memory',
      `process.on('message', () => { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) })`,
      /ended by itself|still reading/,
    ],
    [
      'says it ate memory',
      `process.on('message', () => process.send({ ...${well}, rssBytes: 2 ** 31 }))`,
      /2048 MB/,
    ],
    [
      'leaves a file',
      `import { writeFileSync } from 'node:fs'; process.on('message', () => { writeFileSync(process.env.TMPDIR + '/left', 'x'); process.send(${well}) })`,
      /left on the disk: left/,
    ],
  ])('is seen when it %s', async (_how, body, fault) => {
    expect(await faultBy(body)).toMatch(fault)
  })

  it('is told from one that does not', async () => {
    expect(await faultBy(`process.on('message', () => process.send(${well}))`)).toBeNull()
  })
})
