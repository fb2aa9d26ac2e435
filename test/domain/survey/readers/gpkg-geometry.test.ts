import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Geometry } from '../../../../gis/geometry.ts'
import { readGpkgGeometry } from '../../../../src/domain/survey/readers/gpkg-geometry.ts'
import { blob, gpkgBytes, type LayerDraft, point, wkb } from './build-gpkg.ts'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
beforeAll(async () => {
  at = await desk()
})
afterAll(() => at.clear())

const lamps: LayerDraft = {
  name: '路灯',
  type: 'POINT',
  columns: ['编码 TEXT(16)', 'n INTEGER', 'x REAL', 'ok BOOLEAN', 'day DATE', 'note VARCHAR(10)'],
  rows: [
    [blob(point(120.5, 31.25)), '0101', 7, 1.5, 1, '2017-08-07', ''],
    [null, null, null, null, 0, null, '宝带西路'],
  ],
}
const ring = [[0, 0], [4, 0], [4, 4], [0, 0]] // biome-ignore format: a ring

describe('a geometry', () => {
  const polygon: Geometry = { type: 'Polygon', coordinates: [ring] }
  test.each([0, 4, 6, 8])(
    'is read behind an envelope of %d doubles, in either byte order of the header',
    envelope => {
      for (const bigEndian of [false, true])
        expect(readGpkgGeometry(blob(polygon, { envelope, bigEndian }))).toEqual({ geometry: polygon })
    },
  )

  test('loses Z and M, in ISO types, big-endian too', () => {
    const zm = Buffer.alloc(37)
    zm[0] = 0
    zm.writeUInt32BE(3001, 1)
    for (const [n, value] of [1.5, 2.5, 3, 4].entries()) zm.writeDoubleBE(value, 5 + n * 8)
    expect(readGpkgGeometry(Buffer.concat([blob(point(0, 0)).subarray(0, 8), zm]))).toEqual({
      geometry: point(1.5, 2.5),
    })
  })

  test('that is empty, by its flag or by itself, is none', () => {
    expect(readGpkgGeometry(blob(point(1, 2), { empty: true }))).toEqual({ geometry: null })
    expect(readGpkgGeometry(blob(point(Number.NaN, Number.NaN)))).toEqual({ geometry: null })
    expect(readGpkgGeometry(blob({ type: 'MultiPolygon', coordinates: [] }))).toEqual({ geometry: null })
  })

  test('of one member is that member; of two it stays what it is', () => {
    const two: Geometry = { type: 'MultiPolygon', coordinates: [[ring], [ring]] }
    expect(readGpkgGeometry(blob({ type: 'MultiPolygon', coordinates: [[ring]] }))).toEqual({
      geometry: polygon,
    })
    expect(readGpkgGeometry(blob({ type: 'MultiPoint', coordinates: [[1, 2]] }))).toEqual({
      geometry: point(1, 2),
    })
    expect(readGpkgGeometry(blob({ type: 'MultiLineString', coordinates: [ring] }))).toEqual({
      geometry: { type: 'LineString', coordinates: ring },
    })
    expect(readGpkgGeometry(blob(two))).toEqual({ geometry: two })
  })

  test.each([
    [8, 'CircularString'],
    [1010, 'CurvePolygon'],
    [7, 'GeometryCollection'],
    [1016, 'TIN'],
  ])('of type %d is a %s and none of ours', (code, type) => {
    const bytes = blob(point(1, 2))
    bytes.writeUInt32LE(code, 9)
    expect(readGpkgGeometry(bytes)).toEqual({ type })
  })

  test('that is broken says how', () => {
    const cut = blob(polygon).subarray(0, 40)
    for (const bytes of [wkb(polygon), Buffer.from('GP'), cut, blob(polygon, { kind: 5 }), Buffer.alloc(0)])
      expect(readGpkgGeometry(bytes)).toEqual({ fault: expect.any(String) })
  })

  test('that cannot be read is a finding of its row; the others go on', async () => {
    const curve = blob(point(1, 2))
    curve.writeUInt32LE(10, 9)
    const rows = [curve, Buffer.from('GPxx'), 'text', blob(point(5, 6))].map(shape => [
      shape,
      'a',
      1,
      1,
      1,
      '',
      '',
    ])
    const read = await allRows(await at.layer('a.gpkg', gpkgBytes([{ ...lamps, rows }])))
    expect(read.map(row => row.findings?.map(found => [found.code, found.row, found.value]))).toEqual([
      [['geometry.type', 1, 'CurvePolygon']],
      [['geometry.invalid', 2, null]],
      [['geometry.invalid', 3, null]],
      undefined,
    ])
    expect(read[3]!.geometry).toEqual(point(5, 6))
  })
})
