import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
beforeAll(async () => {
  at = await desk()
})
afterAll(() => at.clear())

describe('the position', () => {
  test.each([
    'lon,lat',
    'lng,lat',
    'Longitude,Latitude',
    '经度,纬度',
    'x,y',
    'X坐标,Y坐标',
    '东坐标,北坐标',
    'Easting,Northing',
    'POINT_X,POINT_Y',
    '经度（度）,纬度（度）',
  ])('is guessed from %s', async names => {
    const layer = await at.layer('a.csv', `id,${names}\n1,120.5,31.25\n`)
    expect(layer.geometryKind).toBe('point')
    expect(layer.sample[0]).toEqual({
      row: 2,
      values: ['1', '120.5', '31.25'],
      geometry: { type: 'Point', coordinates: [120.5, 31.25] },
    })
  })

  test('degrees go before metres, and x alone is no position', async () => {
    expect((await at.layer('a.csv', 'x,y,lon,lat\n1,2,3,4\n')).sample[0]!.geometry).toEqual({
      type: 'Point',
      coordinates: [3, 4],
    })
    expect((await at.layer('a.csv', 'n,X,Y,经度,纬度,e\n1,2,3,4,5,6\n')).sample[0]!.geometry).toEqual({
      type: 'Point',
      coordinates: [4, 5],
    })
    expect((await at.layer('a.csv', 'n,lon,Y\n1,2,3\n')).sample[0]!.geometry).toEqual({
      type: 'Point',
      coordinates: [2, 3],
    })
    expect((await at.layer('a.csv', 'x,z\n1,2\n')).geometryKind).toBe('none')
    expect((await at.layer('a.csv', 'n,lon\n1,2\n')).geometryKind).toBe('none')
  })

  test('is where the profile says; a column that is not there is refused with those that are', async () => {
    const layer = await at.layer('a.csv', 'p,q,lon,lat\n7,8,1,2\n', { position: { x: 'q', y: 'p' } })
    expect(layer.sample[0]!.geometry).toEqual({ type: 'Point', coordinates: [8, 7] })
    const { findings } = await at.open({ 'a.csv': 'p,q\n1,2\n' }, { position: { x: 'p', y: 'r' } })
    expect(findings).toMatchObject([{ code: 'profile.column', field: 'r', detail: { columns: 'p, q' } }])
  })

  test('what is no number is an error with its column and what stands there, what is blank is no geometry', async () => {
    const layer = await at.layer('a.csv', 'x,y\n1,abc\n,\n1,\nNaN,-inf\n2,1e400\n 5 ,6\n')
    const rows = await allRows(layer)
    expect(rows.map(row => row.geometry?.coordinates ?? null)).toEqual([null, null, null, null, null, [5, 6]])
    expect(
      rows.map(row => row.findings?.map(({ code, row, field, value }) => [code, row, field, value])),
    ).toEqual([
      [['position.not-finite', 2, 'y', 'abc']],
      undefined,
      [['position.not-finite', 4, 'y', '']],
      [['position.not-finite', 5, 'x, y', 'NaN, -inf']],
      [['position.not-finite', 6, 'y', '1e400']],
      undefined,
    ])
  })

  test('is a WKT column when one looks so, with bad text an error of its row', async () => {
    const layer = await at.layer('a.csv', 'id,WKT\n1,"LINESTRING (0 0,1 1)"\n2,nothing\n3,\n')
    expect(layer.geometryKind).toBe('line')
    const rows = await allRows(layer)
    expect(rows.map(row => [row.geometry?.type, row.findings?.[0]?.code])).toEqual([
      ['LineString', undefined],
      [undefined, 'geometry.invalid'],
      [undefined, undefined],
    ])
    expect((await at.layer('a.csv', 'shape,x,y\nround,1,2\n')).geometryKind).toBe('point')
    expect(
      (await at.layer('a.csv', 'g\nPOINT(1 2)\n', { position: { wkt: 'g' } })).sample[0]!.geometry,
    ).toEqual({ type: 'Point', coordinates: [1, 2] })
  })
})
