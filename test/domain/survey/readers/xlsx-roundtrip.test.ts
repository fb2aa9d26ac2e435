/**
 * Whatever is written into a workbook is what is read from it: any texts XML can hold, numbers, truths and blanks,
 * over batches, however the writer went about it.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cell, type Freedoms, table, xlsxBytes } from './build-xlsx.ts'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
beforeAll(async () => {
  at = await desk()
})
afterAll(() => at.clear())

/** XML 1.0 holds no other control characters; a carriage return becomes a line feed unless it is escaped. */
const text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map(any => any.toWellFormed().replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''))
  .filter(any => any.trim() !== '' && !/_x[0-9a-f]{4}_/i.test(any))
const cell: fc.Arbitrary<Exclude<Cell, object> | null> = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => (n === 0 ? 0 : n)),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const width = 4
const rows = fc.array(fc.option(fc.array(cell, { minLength: width, maxLength: width }), { freq: 6 }), {
  maxLength: 30,
})
const freedoms: fc.Arbitrary<Freedoms> = fc.record({
  texts: fc.constantFrom('shared', 'inline', 'str'),
  prefix: fc.constantFrom('', 'x'),
  strict: fc.boolean(),
  absolute: fc.boolean(),
  encoding: fc.constantFrom('utf8', 'utf8-bom', 'utf16le'),
})

test('a written workbook reads back the same', async () => {
  await fc.assert(
    fc.asyncProperty(rows, freedoms, async (body, how) => {
      fc.pre(body.some(values => values?.some(value => value !== null)))
      const header = ['a', 'b', 'c', 'd']
      const layer = await at.layer('a.xlsx', await xlsxBytes([table([header, ...body])], how))
      const expected = body.flatMap((values, n) =>
        values?.some(value => value !== null) ? [{ row: n + 2, values, geometry: null }] : [],
      )
      expect(await allRows(layer)).toEqual(expected)
      expect(layer.sample).toEqual(expected.slice(0, 5))
    }),
    { numRuns: 150 },
  )
}, 120_000)

test('a long sheet comes whole, in batches, more than once', async () => {
  const body = Array.from({ length: 12_000 }, (_, n) => [
    `编码${n}`,
    n / 7,
    n % 3 === 0 ? null : `木渎镇${n % 50}号`,
  ])
  const layer = await at.layer(
    'a.xlsx',
    await xlsxBytes([table([['a', 'b', 'c'], ...body])], { texts: 'inline' }),
  )
  for (let time = 0; time < 2; time++) {
    const batches: number[] = []
    const read = []
    for await (const batch of layer.rows()) {
      batches.push(batch.length)
      read.push(...batch)
    }
    expect(batches.length).toBeGreaterThan(2)
    expect(Math.max(...batches)).toBeLessThanOrEqual(5000)
    expect(read.map(row => row.values)).toEqual(body)
    expect(read.at(-1)!.row).toBe(12_001)
  }
})
