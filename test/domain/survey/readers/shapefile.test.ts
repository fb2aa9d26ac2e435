import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShapefile } from '../../../../src/domain/survey/readers/shapefile.ts'
import type { ReadOptions } from '../../../../src/domain/survey/readers/source.ts'
import {
  type Column,
  dbfBytes,
  multipointRecord,
  nullRecord,
  partsRecord,
  pointRecord,
  shpBytes,
  type Written,
  writeParts,
} from './build-shapefile.ts'
import { allRows, faultOf } from './collect.ts'

let home: string
let folder = 0
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'shapefile-'))
})
afterAll(() => rm(home, { recursive: true }))

const open = async (written: Written, options: ReadOptions = {}) =>
  openShapefile(await writeParts(join(home, String(++folder)), written), options)
const gbk = (text: string) => iconv.encode(text, 'gb18030')
const note: Column = { name: 'NOTE', type: 'C', width: 8 }

/** Shapes with one text column that counts them. */
const withShapes = (type: number, records: Buffer[]): Written => ({
  ...shpBytes(type, records),
  dbf: dbfBytes(
    [note],
    records.map((_, n) => [String(n + 1)]),
  ),
})
/** Attributes on points that nobody looks at. */
const withRows = (columns: Column[], rows: (string | Buffer)[][], options = {}): Written => ({
  ...shpBytes(
    1,
    rows.map(() => pointRecord(1, 2)),
  ),
  dbf: dbfBytes(columns, rows, options),
})
const geometries = async (written: Written) =>
  (await allRows((await open(written)).layer)).map(row => row.geometry)

describe('shapes', () => {
  const box = [
    [0, 0],
    [0, 4],
    [4, 4],
    [4, 0],
    [0, 0],
  ]
  const hole = [
    [1, 1],
    [2, 1],
    [2, 2],
    [1, 2],
    [1, 1],
  ]
  const zAndM = Buffer.alloc(200, 7)

  test('points in two, three and four dimensions become positions in the plane', async () => {
    for (const type of [1, 11, 21]) {
      const written = withShapes(type, [pointRecord(500000.5, 3450000.25, type), nullRecord()])
      expect(await geometries(written)).toEqual([
        { type: 'Point', coordinates: [500000.5, 3450000.25] },
        null,
      ])
    }
  })

  test('multipoints, lines and areas of every dimension', async () => {
    for (const tens of [0, 10, 20]) {
      const extra = tens ? zAndM : Buffer.alloc(0)
      const multi = Buffer.concat([
        multipointRecord(
          [
            [1, 2],
            [3, 4],
          ],
          tens + 8,
        ),
        extra,
      ])
      expect(await geometries(withShapes(tens + 8, [multi]))).toEqual([
        {
          type: 'MultiPoint',
          coordinates: [
            [1, 2],
            [3, 4],
          ],
        },
      ])
      const lines = [partsRecord(tens + 3, [box], extra), partsRecord(tens + 3, [box, hole], extra)]
      expect(await geometries(withShapes(tens + 3, lines))).toEqual([
        { type: 'LineString', coordinates: box },
        { type: 'MultiLineString', coordinates: [box, hole] },
      ])
      const areas = [
        partsRecord(tens + 5, [box, hole], extra),
        partsRecord(tens + 5, [box, box.map(([x, y]) => [x! + 9, y!])], extra),
      ]
      expect(await geometries(withShapes(tens + 5, areas))).toMatchObject([
        { type: 'Polygon', coordinates: [box, hole] },
        {
          type: 'MultiPolygon',
          coordinates: [
            [box],
            [
              [
                [9, 0],
                [9, 4],
                [13, 4],
                [13, 0],
                [9, 0],
              ],
            ],
          ],
        },
      ])
    }
  })

  test('the kind of the layer is told, and nothing in it is an empty geometry', async () => {
    const kinds = [
      [1, 'point'],
      [8, 'point'],
      [13, 'line'],
      [25, 'polygon'],
      [0, 'none'],
    ] as const
    for (const [type, kind] of kinds) {
      const { layer } = await open(withShapes(type, [nullRecord()]))
      expect([layer.geometryKind, layer.sample[0]!.geometry]).toEqual([kind, null])
    }
    expect(await geometries(withShapes(5, [partsRecord(5, []), partsRecord(5, [[], box])]))).toEqual([
      null,
      { type: 'Polygon', coordinates: [box] },
    ])
  })

  test('solids are not read, and said so', async () => {
    expect(await faultOf(open(withShapes(31, [nullRecord()])))).toMatchObject({
      code: 'file.format',
      detail: { reason: 'shape type 31' },
    })
  })

  test('a record that contradicts itself is an error of its row; the others go on', async () => {
    const tooMany = partsRecord(5, [box])
    tooMany.writeInt32LE(1_000_000, 40)
    const backwards = partsRecord(3, [box, hole])
    backwards.writeInt32LE(9, 44)
    const short = pointRecord(1, 2).subarray(0, 16)
    const { layer } = await open(
      withShapes(5, [tooMany, backwards, short, partsRecord(5, [box]), partsRecord(31, [box])]),
    )
    const rows = await allRows(layer)
    expect(rows.map(row => row.geometry?.type ?? row.findings?.[0]?.code)).toEqual([
      'geometry.invalid',
      'geometry.invalid',
      'geometry.invalid',
      'Polygon',
      'geometry.invalid',
    ])
    expect(rows[0]!.findings![0]).toMatchObject({
      row: 1,
      file: 'layer.shp',
      detail: { place: '.shp @ 100 B' },
    })
  })

  test('records in another order than the index, and an index that knows too short lengths, are followed', async () => {
    const records = Array.from({ length: 300 }, (_, n) => pointRecord(n, n))
    const written = withShapes(1, records)
    const places = Array.from({ length: 300 }, (_, n) =>
      Buffer.from((written.shx as Buffer).subarray(100 + n * 8, 108 + n * 8)),
    )
    written.shx = Buffer.concat([(written.shx as Buffer).subarray(0, 100), ...places.reverse()])
    const found = await geometries(written)
    expect(found).toEqual(records.map((_, n) => ({ type: 'Point', coordinates: [299 - n, 299 - n] })))
    const area = withShapes(5, [partsRecord(5, [box])])
    ;(area.shx as Buffer).writeInt32BE(2, 104)
    expect(await geometries(area)).toEqual([{ type: 'Polygon', coordinates: [box] }])
  })

  test('large shapes end a batch early, so that no batch holds them all', async () => {
    const long = Array.from({ length: 100_000 }, (_, n) => [n, n])
    const { layer } = await open(
      withShapes(
        3,
        Array.from({ length: 10 }, () => partsRecord(3, [long])),
      ),
    )
    const sizes: number[] = []
    for await (const rows of layer.rows()) sizes.push(rows.length)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10)
    expect(Math.max(...sizes)).toBeLessThan(5)
  })
})

describe('attributes', () => {
  const columns: Column[] = [
    { name: 'TEXT', type: 'C', width: 8 },
    { name: 'WHOLE', type: 'N', width: 20 },
    { name: 'PART', type: 'F', width: 12 },
    { name: 'DAY', type: 'D', width: 8 },
    { name: 'YES', type: 'L', width: 1 },
    { name: 'MEMO', type: 'M', width: 10 },
  ]
  const values = async (...rows: (string | Buffer)[][]) =>
    (await allRows((await open(withRows(columns, rows))).layer)).map(row => row.values)

  test('text, numbers, dates and booleans as they stand; memo is not read, and said so', async () => {
    const { layer, findings } = await open(
      withRows(columns, [['ab  c', '42', '-1.25', '20170807', 'T', '7']]),
    )
    expect(layer.fields).toEqual([
      { name: 'TEXT', stored: 'text' },
      { name: 'WHOLE', stored: 'number' },
      { name: 'PART', stored: 'number' },
      { name: 'DAY', stored: 'date' },
      { name: 'YES', stored: 'boolean' },
    ])
    expect(findings).toMatchObject([{ code: 'field.ignored', field: 'MEMO', detail: { type: 'M' } }])
    expect(layer.sample[0]!.values).toEqual(['ab  c', 42, -1.25, '20170807', true])
  })

  test('blank, overflow and the empty marks of each type are null', async () => {
    const zeros = Buffer.alloc(8)
    expect(
      await values(
        ['', '', '', '', '', ''],
        [zeros, '********************', '************', '00000000', '?', ''],
        [zeros, zeros, zeros, zeros, zeros, ''],
      ),
    ).toEqual([
      [null, null, null, null, null],
      [null, null, null, null, null],
      [null, null, null, null, null],
    ])
    expect(await values(['', '', '', '', 'f', ''], ['', '', '', '', 'N', ''])).toEqual([
      [null, null, null, null, false],
      [null, null, null, null, false],
    ])
  })

  test('numbers are the nearest double, and whole numbers that a double cannot hold stay text', async () => {
    const rows = [
      ['', '3205060101000001', '0.1'],
      ['', '32050601010000012345', '1e-7'],
      ['', '-9007199254740991', '120.61234567'],
      ['', '+5', '-.5'],
      ['', '0', '7.'],
      ['', '12 34', 'abc'],
    ]
    expect(await values(...rows.map(row => [...row, '', '', '']))).toEqual([
      [null, 3205060101000001, 0.1, null, null],
      [null, '32050601010000012345', 1e-7, null, null],
      [null, -9007199254740991, 120.61234567, null, null],
      [null, 5, -0.5, null, null],
      [null, 0, 7, null, null],
      [null, '12 34', 'abc', null, null],
    ])
  })

  test('text ends at a zero byte and keeps blanks in front', async () => {
    expect((await values([Buffer.from('  a\0junk'), '', '', '', '', '']))[0]![0]).toBe('  a')
  })

  test('repeated values stay apart from values that look alike, in any number', async () => {
    const wide: Column = { name: 'T', type: 'C', width: 100 }
    const texts = Array.from(
      { length: 6000 },
      (_, n) => ['井盖', '井 盖', `a${n}`, ' a', 'a', `${'长'.repeat(40)}${n % 7}`][n % 6]!,
    )
    const { layer } = await open(
      withRows(
        [wide],
        texts.map(text => [gbk(text)]),
      ),
    )
    expect((await allRows(layer)).map(row => row.values[0])).toEqual(texts)
  })

  test('a deleted row is refused with its number and its values are not shown', async () => {
    const { layer } = await open(
      withRows([note], [['a'], [Buffer.from([0xff, 0xff])], ['c']], { deleted: [2] }),
    )
    const rows = await allRows(layer)
    expect(layer.rowCount).toBe(3)
    expect(rows.map(row => [row.row, row.values[0], row.findings?.map(finding => finding.code)])).toEqual([
      [1, 'a', undefined],
      [2, null, ['row.deleted']],
      [3, 'c', undefined],
    ])
  })

  test('names cut at ten bytes: the half character goes, and names alike get a number', async () => {
    const named = [
      Buffer.from('主管部门代码').subarray(0, 10),
      Buffer.from('主管部门名称').subarray(0, 10),
    ].map(name => ({ name, type: 'C', width: 4 }))
    const { layer, findings } = await open(withRows(named, [['', '']]))
    expect(layer.fields.map(field => field.name)).toEqual(['主管部', '主管部_2'])
    expect(findings.map(finding => [finding.code, finding.field])).toEqual([
      ['value.truncated-byte', '主管部'],
      ['value.truncated-byte', '主管部_2'],
    ])
    const inGbk = ['主管部门代码', '主管部门名称'].map(name => ({ name: gbk(name), type: 'C', width: 4 }))
    expect((await open(withRows(inGbk, [['', '']]))).layer.fields.map(field => field.name)).toEqual([
      '主管部门代',
      '主管部门名',
    ])
  })

  test('a layer can be read twice and left in the middle', async () => {
    const { layer } = await open(
      withRows(
        [note],
        Array.from({ length: 12_000 }, (_, n) => [String(n)]),
      ),
    )
    for await (const rows of layer.rows()) {
      expect(rows).toHaveLength(5000)
      break
    }
    const rows = await allRows(layer)
    expect(rows.map(row => row.values[0])).toEqual(Array.from({ length: 12_000 }, (_, n) => String(n)))
    expect(rows.at(-1)!.row).toBe(12_000)
    expect(layer.sample).toEqual(rows.slice(0, 5))
  })
})

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
