import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import excel from 'exceljs'
import { describe, expect, it } from 'vitest'
import { FileFault } from '../../../src/domain/survey/findings.ts'
import { type Found, openFound } from '../../../src/domain/survey/marked-found.ts'
import type { MarkedFinding } from '../../../src/domain/survey/marked-lines.ts'
import { type MarkedInput, writeMarked } from '../../../src/domain/survey/marked-sheets.ts'
import type { SourceLayer, SourceRow } from '../../../src/domain/survey/readers/source.ts'

const ROWS = 20_000
const BATCH = 500

/** A layer that counts the rows it was asked for. */
function countedLayer(fault?: FileFault): { layer: SourceLayer; drawn: () => number } {
  let drawn = 0
  const layer: SourceLayer = {
    file: 'a.csv',
    name: 'a',
    fields: [{ name: 'k', stored: 'text' }],
    geometryKind: 'none',
    rowCount: null,
    encoding: { name: 'utf-8', decidedBy: 'guessed' },
    crs: { kind: 'none' },
    position: null,
    sample: [],
    async *rows() {
      while (drawn < ROWS) {
        const rows: SourceRow[] = []
        for (let n = 0; n < BATCH; n++)
          rows.push({ row: ++drawn + 1, values: [randomBytes(300).toString('base64')], geometry: null })
        yield rows
        if (fault && drawn === 5 * BATCH) throw fault
      }
    },
  }
  return { layer, drawn: () => drawn }
}

/** Findings as the writing thread keeps them. */
function found(findings: readonly MarkedFinding[]): Found {
  const kept = openFound(':memory:')
  kept.add(findings)
  return kept
}

const inputOf = (layer: SourceLayer): MarkedInput => ({
  layers: [layer],
  found: found([]),
  lang: 'zh',
  crsOf: () => null,
})

/** Takes bytes, or holds the first of them until it is let go. */
function sink(held: boolean) {
  const chunks: Buffer[] = []
  let letGo = () => {}
  const gate = held ? new Promise<void>(resolve => (letGo = resolve)) : Promise.resolve()
  const out = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      gate.then(() => done())
    },
  })
  return { out, letGo: () => letGo(), bytes: () => Buffer.concat(chunks) }
}

const opened = async (bytes: Buffer) => {
  const book = new excel.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  return book
}

describe('the sheets of a marked workbook', () => {
  it('are read no faster than their reader takes them, and are whole in the end', async () => {
    const { layer, drawn } = countedLayer()
    const { out, letGo, bytes } = sink(true)
    const written = writeMarked(inputOf(layer), out, new AbortController().signal)
    for (let before = -1; before !== drawn(); await sleep(300)) before = drawn()
    expect(drawn()).toBeGreaterThan(0)
    expect(drawn()).toBeLessThan(ROWS / 2)
    letGo()
    await written
    expect((await opened(bytes())).worksheets[0]!.rowCount).toBe(ROWS + 1)
  })

  it('stop when their reader has left, also at the very end', async () => {
    for (const rows of [ROWS, 0]) {
      const { layer } = countedLayer()
      const { out } = sink(true)
      const gone = new AbortController()
      const input = inputOf(rows === 0 ? { ...layer, async *rows() {} } : layer)
      const written = writeMarked(input, out, gone.signal)
      const failed = expect(written).rejects.toThrow()
      await sleep(50)
      gone.abort(new Error('left'))
      await failed
    }
  })

  it('tell on the last one what was found in rows the file does not give any more', async () => {
    const { layer } = countedLayer(new FileFault('file.truncated', 'a.csv'))
    const { out, bytes } = sink(false)
    const wrong = [3, 5 * BATCH + 1, 5 * BATCH + 2].map(
      row => new FileFault('row.quote', 'a.csv', { row, field: 'k', value: '"x' }).finding,
    )
    await writeMarked({ ...inputOf(layer), found: found(wrong) }, out, new AbortController().signal)
    const [sheet, others] = (await opened(bytes())).worksheets
    expect(sheet!.getRow(3).getCell(3).value).toMatch(/引号/)
    expect(sheet!.getRow(5 * BATCH + 1).getCell(3).value).toMatch(/引号/)
    expect(others!.rowCount).toBe(2)
    expect((others!.getRow(2).values as unknown[]).slice(1, 5)).toEqual(['a.csv', 5 * BATCH + 2, 'k', '"x'])
  })

  it('say of findings of no row only as fast as they are taken, and stop when nobody wants them', async () => {
    let told = 0
    const many = Array.from(
      { length: 50_000 },
      () => new FileFault('photo.surplus', randomBytes(300).toString('base64')).finding,
    )
    const kept = found(many)
    const counting: Found = {
      ...kept,
      count: kept.count,
      *rowless() {
        for (const each of kept.rowless()) {
          told++
          yield each
        }
      },
    }
    const { out } = sink(true)
    const gone = new AbortController()
    const writing = writeMarked(
      { layers: [], found: counting, lang: 'zh', crsOf: () => null },
      out,
      gone.signal,
    )
    const failed = expect(writing).rejects.toThrow()
    for (let before = -1; before !== told; await sleep(300)) before = told
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(many.length / 2)
    gone.abort(new Error('left'))
    await failed
  })

  it('go on in a further sheet where one holds no more rows, and lose no finding', async () => {
    const [row, ...rows] = [null, 4, 5, 6].flatMap(row =>
      [1, 2, 3].map(n => new FileFault('photo.surplus', `${n}.jpg`, { row }).finding),
    )
    const { out, bytes } = sink(false)
    await writeMarked(
      { layers: [], found: found([row!, ...rows]), lang: 'en', crsOf: () => null, sheetRows: 3 },
      out,
      new AbortController().signal,
    )
    const sheets = (await opened(bytes())).worksheets
    expect(sheets.map(sheet => [sheet.name, sheet.rowCount - 1])).toEqual([
      ['General', 2],
      ['General_2', 1],
      ['Other rows', 2],
      ['Other rows_2', 2],
      ['Other rows_3', 2],
      ['Other rows_4', 2],
      ['Other rows_5', 1],
    ])
    const files = sheets.flatMap(sheet => (sheet.getColumn(1).values as string[]).slice(2))
    expect(files.sort()).toEqual([...rows, row!].map(({ file }) => file).sort())
  })

  it('hold what could be read of a file that ends in the middle', async () => {
    const { layer } = countedLayer(new FileFault('file.truncated', 'a.csv'))
    const { out, bytes } = sink(false)
    await writeMarked(inputOf(layer), out, new AbortController().signal)
    expect((await opened(bytes())).worksheets[0]!.rowCount).toBe(5 * BATCH + 1)
  })
})
