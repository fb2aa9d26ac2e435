import { rm } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { faultOf } from './collect.ts'
import { home, note, open, withRows } from './shapefile-desk.ts'

afterAll(() => rm(home, { recursive: true }))

describe('files that cannot be used', () => {
  const whole = () => withRows([note], [['a'], ['b'], ['c']])

  test.each(['shp', 'shx', 'dbf'])('without .%s', async part => {
    const { [part]: _, ...rest } = whole()
    expect(await faultOf(open(rest))).toMatchObject({
      code: 'file.part-missing',
      detail: { part: `.${part}` },
    })
  })

  test('two parts missing are named together', async () => {
    expect(await faultOf(open({ dbf: whole().dbf! }))).toMatchObject({
      file: 'layer.dbf',
      detail: { part: '.shp .shx' },
    })
  })

  test.each(['shp', 'shx', 'dbf'])(
    'a .%s cut anywhere says what was expected and what is there',
    async part => {
      const bytes = whole()[part] as Buffer
      // The mark at the end of a DBF may be missing.
      const full = part === 'dbf' ? bytes.length - 1 : bytes.length
      for (const size of [1, 31, 50, 99, 110, full - 9, full - 1].filter(size => size < full)) {
        const finding = await faultOf(open({ ...whole(), [part]: bytes.subarray(0, size) }))
        expect(finding).toMatchObject({
          code: 'file.truncated',
          file: `layer.${part}`,
          detail: { actual: `${size} B` },
        })
        expect(Number.parseInt(String(finding.detail.expected), 10)).toBeGreaterThan(size)
      }
      expect(await faultOf(open({ ...whole(), [part]: '' }))).toMatchObject({
        code: 'file.empty',
        file: `layer.${part}`,
      })
    },
  )

  test('an index that points beyond the shapes', async () => {
    const written = whole()
    ;(written.shx as Buffer).writeUInt32BE(0x7fffffff, 108)
    expect(await faultOf(open(written))).toMatchObject({
      code: 'file.truncated',
      file: 'layer.shp',
      detail: { expected: `${0x7fffffff * 2 + 28} B (.shx)` },
    })
  })

  test('parts of different exports', async () => {
    const two = withRows([note], [['a'], ['b']])
    expect(await faultOf(open({ ...whole(), dbf: two.dbf! }))).toMatchObject({
      code: 'file.parts-disagree',
      detail: { part: '.dbf', actual: 2, other: '.shx', expected: 3 },
    })
    expect(await faultOf(open({ ...whole(), dbf: two.dbf!, shx: two.shx! }))).toMatchObject({
      code: 'file.parts-disagree',
      detail: { part: '.shx', other: '.shp' },
    })
  })

  test('something else under the name of a part', async () => {
    const page = '<!DOCTYPE html>'.padEnd(500)
    for (const part of ['shp', 'shx'])
      expect(await faultOf(open({ ...whole(), [part]: page }))).toMatchObject({
        code: 'file.corrupt',
        file: `layer.${part}`,
      })
    expect((await faultOf(open({ ...whole(), dbf: page }))).file).toBe('layer.dbf')
    const narrow = whole().dbf as Buffer
    narrow.writeUInt16LE(4, 10)
    expect(await faultOf(open({ ...whole(), dbf: narrow }))).toMatchObject({ code: 'file.corrupt' })
  })
})

describe('coordinate reference system', () => {
  test('the text of the .prj, without a mark in front; none when it is absent or blank', async () => {
    const crs = async (prj?: string) =>
      (await open({ ...withRows([note], [['a']]), ...(prj === undefined ? {} : { prj }) })).layer.crs
    expect(await crs('\ufeffPROJCS["CGCS2000"] \n')).toEqual({ kind: 'wkt', wkt: 'PROJCS["CGCS2000"]' })
    expect(await crs(' \n')).toEqual({ kind: 'none' })
    expect(await crs()).toEqual({ kind: 'none' })
  })
})
