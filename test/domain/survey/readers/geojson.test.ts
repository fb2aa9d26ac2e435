import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crsOf, geometryOf } from '../../../../src/domain/survey/readers/geojson-geometry.ts'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
beforeAll(async () => {
  at = await desk()
})
afterAll(() => at.clear())

const point = (x: number, y: number) => ({ type: 'Point', coordinates: [x, y] })
const feature = (properties: object | null, geometry: unknown = point(1, 2), more = {}) => ({
  type: 'Feature',
  properties,
  geometry,
  ...more,
})
const collection = (features: unknown[], more = {}) =>
  JSON.stringify({ type: 'FeatureCollection', ...more, features })
const faults = async (name: string, content: string | Buffer) => {
  const { layers, findings } = await at.open({ [name]: content })
  expect(layers).toEqual([])
  return findings
}

describe('a collection', () => {
  test('rows carry the values of all fields of all features, in one order', async () => {
    const layer = await at.layer(
      'a.geojson',
      collection([feature({ 编码: '01', n: 1 }), feature(null), feature({ n: 2.5, late: true })]),
    )
    expect(layer).toMatchObject({
      name: 'a',
      rowCount: 3,
      geometryKind: 'point',
      encoding: { name: 'utf-8', decidedBy: 'format' },
    })
    expect(layer.fields).toEqual([
      { name: '编码', stored: 'text' },
      { name: 'n', stored: 'number' },
      { name: 'late', stored: 'boolean' },
    ])
    const rows = await allRows(layer)
    expect(rows.map(row => [row.row, row.values])).toEqual([
      [1, ['01', 1, null]],
      [2, [null, null, null]],
      [3, [null, 2.5, true]],
    ])
    expect(layer.sample).toEqual(rows)
    expect(await allRows(layer)).toEqual(rows)
  })

  test('a field of several types is any; lists and objects stay JSON', async () => {
    const layer = await at.layer(
      'a.json',
      collection([feature({ a: 1, b: [1] }), feature({ a: 'x', b: { c: null } })]),
    )
    expect(layer.fields.map(field => field.stored)).toEqual(['any', 'any'])
    expect((await allRows(layer)).map(row => row.values)).toEqual([
      [1, '[1]'],
      ['x', '{"c":null}'],
    ])
  })

  test('the id of features is a field of its own unless a property is called so', async () => {
    expect(
      (await at.layer('a.json', collection([feature({ n: 1 }, null, { id: 'g1' }), feature({})]))).sample.map(
        row => row.values,
      ),
    ).toEqual([
      [1, 'g1'],
      [null, null],
    ])
    expect(
      (await at.layer('a.json', collection([feature({ id: 'p' }, null, { id: 'g' })]))).sample[0]!.values,
    ).toEqual(['p'])
  })

  test('names of properties that objects have anyway are only names', async () => {
    const layer = await at.layer(
      'a.json',
      collection([feature({ a: 1 })]).replace(
        '{"a":1}',
        '{"__proto__":"x","constructor":"y","hasOwnProperty":1}',
      ),
    )
    expect(layer.fields.map(field => field.name)).toEqual(['__proto__', 'constructor', 'hasOwnProperty'])
    expect(layer.sample[0]!.values).toEqual(['x', 'y', 1])
  })

  test('the kind of geometry is told, mixed when there are several', async () => {
    const line = {
      type: 'MultiLineString',
      coordinates: [
        [
          [0, 0],
          [1, 1],
        ],
      ],
    }
    expect((await at.layer('a.json', collection([feature({}, line), feature({}, null)]))).geometryKind).toBe(
      'line',
    )
    expect((await at.layer('a.json', collection([feature({}, line), feature({})]))).geometryKind).toBe(
      'mixed',
    )
    expect((await at.layer('a.json', collection([feature({}, null)]))).geometryKind).toBe('none')
    expect(await at.layer('a.json', collection([]))).toMatchObject({ geometryKind: 'none', rowCount: 0 })
  })

  test('batches hold 1,000 rows at most', async () => {
    const layer = await at.layer(
      'a.json',
      collection(Array.from({ length: 2_401 }, (_, n) => feature({ n }))),
    )
    const sizes: number[] = []
    for await (const rows of layer.rows()) sizes.push(rows.length)
    expect(sizes).toEqual([1000, 1000, 401])
  })

  test('text in GBK is decoded, even where bytes look like brackets and quotes', async () => {
    const name = '盶乗乛乪東{"[\\'
    const layer = await at.layer('a.geojson', iconv.encode(collection([feature({ name })]), 'gb18030'))
    expect(layer.encoding).toEqual({ name: 'gb18030', decidedBy: 'guessed' })
    expect(layer.sample[0]!.values).toEqual([name])
  })
})

describe('a file without a collection', () => {
  test('a single feature and a bare geometry are one row', async () => {
    expect((await at.layer('a.json', JSON.stringify(feature({ features: [1] })))).sample).toMatchObject([
      { row: 1, values: ['[1]'] },
    ])
    expect((await at.layer('a.geojson', JSON.stringify(point(3, 4)))).sample).toEqual([
      { row: 1, values: [], geometry: point(3, 4) },
    ])
  })

  test.each([
    ['[1,2]', 'list'],
    ['{"a":1}', 'no type'],
    ['{"type":"Style"}', 'Style'],
  ])('%s is JSON, but not GeoJSON', async (content, what) => {
    expect(await faults('a.json', content)).toMatchObject([
      { code: 'file.format', detail: { reason: `JSON, but not GeoJSON (${what})` } },
    ])
  })
})

describe('geometries', () => {
  test('a collection of geometries is an error of its row; the others go on', async () => {
    const layer = await at.layer(
      'a.json',
      collection([feature({}, { type: 'GeometryCollection', geometries: [] }), feature({})]),
    )
    const rows = await allRows(layer)
    expect(rows[0]).toMatchObject({
      geometry: null,
      findings: [{ code: 'geometry.type', row: 1, value: 'GeometryCollection' }],
    })
    expect(rows[1]!.findings).toBeUndefined()
  })

  test('heights are dropped and nothing else', () => {
    const given = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0, 9],
          [1, 0, 9, 1],
          [1, 1],
          [0, 0],
        ],
      ],
    }
    expect(geometryOf(given)).toEqual({
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
    })
  })

  test.each([
    { type: 'Point', coordinates: ['1', '2'] },
    { type: 'Point', coordinates: [1] },
    { type: 'Point', coordinates: [[1, 2]] },
    { type: 'LineString', coordinates: [1, 2] },
    { type: 'Polygon', coordinates: [[[0, 0], null]] },
    { type: 'Point' },
    { coordinates: [1, 2] },
    'POINT (1 2)',
  ])('%j is not valid', value => expect(geometryOf(value)).toHaveProperty('fault'))

  test('nothing and empty coordinates are no geometry', () => {
    expect(geometryOf(null)).toEqual({ geometry: null })
    expect(geometryOf({ type: 'MultiPolygon', coordinates: [] })).toEqual({ geometry: null })
  })
})

describe('the coordinate reference system', () => {
  const named = (name: unknown) => ({ type: 'name', properties: { name } })
  test.each([
    [undefined, 'EPSG:4326'],
    [named('urn:ogc:def:crs:OGC:1.3:CRS84'), 'EPSG:4326'],
    [named('urn:ogc:def:crs:EPSG::4549'), 'EPSG:4549'],
    [named('urn:ogc:def:crs:EPSG:6.9:4490'), 'EPSG:4490'],
    [named('EPSG:4528'), 'EPSG:4528'],
    [named('http://www.opengis.net/def/crs/EPSG/0/4549'), 'EPSG:4549'],
    [{ type: 'EPSG', properties: { code: 4547 } }, 'EPSG:4547'],
    [named('苏州2000'), '苏州2000'],
  ])('%j is %s', (crs, code) => expect(crsOf(crs)).toEqual({ kind: 'code', code }))

  test('null says that there is none', () => expect(crsOf(null)).toEqual({ kind: 'none' }))

  test('is found behind the features too', async () => {
    const text = `{"type":"FeatureCollection","features":[${JSON.stringify(feature({}))}],"crs":${JSON.stringify(named('EPSG:4549'))}}`
    expect((await at.layer('a.json', text)).crs).toEqual({ kind: 'code', code: 'EPSG:4549' })
  })
})

describe('broken JSON', () => {
  const good = JSON.stringify(feature({ a: 1 }))
  test.each([
    [
      '{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{"a":x}}]}',
      /feature 1, from line 2, column 1/,
    ],
    [`{"type":"FeatureCollection","features":[${good},,${good}]}`, /line 1, column 1\d\d: a comma too many/],
    [`{"type":"FeatureCollection","features":[${good},]}`, /comma too many/],
    [`{"type":"FeatureCollection","features":[${good}\n${good}]}`, /line 2, column 1: a comma is missing/],
    [`{"type":"FeatureCollection","features":[${good}`, /line 1, column \d+: the end is missing/],
    [`{"type":"FeatureCollection","features":[${good.slice(0, -3)}`, /the end is missing/],
    [`{"type":"FeatureCollection","features":[${good}]}]`, /more text after the end/],
    [`{"type":"FeatureCollection","features":[${good}], x}`, /around the features/],
    ['{"type":"FeatureCollection"}', /without features/],
    ['{"type":"FeatureCollection","features":[{]}}', /feature 1/],
  ])('%s', async (content, reason) => {
    const [finding] = await faults('a.geojson', content)
    expect(finding).toMatchObject({ code: 'file.corrupt', file: 'a.geojson', row: null })
    expect(finding!.detail.reason).toMatch(reason)
  })

  test('every cut of a good file is a fault', async () => {
    const whole = collection([feature({ 名: '井盖', q: '"]}' }), feature({ b: [1, { c: 2 }] })], {
      name: 'x',
    })
    for (let length = 1; length < whole.length; length += 7) {
      const [finding] = await faults('a.geojson', whole.slice(0, length))
      expect(['file.corrupt', 'file.format']).toContain(finding!.code)
    }
  })
})
