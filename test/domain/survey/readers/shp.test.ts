import { rm } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { multipointRecord, nullRecord, partsRecord, pointRecord, type Written } from './build-shapefile.ts'
import { allRows, faultOf } from './collect.ts'
import { home, open, withShapes } from './shapefile-desk.ts'

afterAll(() => rm(home, { recursive: true }))

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
