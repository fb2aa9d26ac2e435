import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
const faults = async (name: string, content: string | Buffer) => {
  const { layers, findings } = await at.open({ [name]: content })
  expect(layers).toEqual([])
  return findings
}

describe('sequences', () => {
  const lines = (...records: unknown[]) =>
    records.map(record => (typeof record === 'string' ? record : JSON.stringify(record)))

  test('one feature a line, by the name of the file or by what is in it', async () => {
    const text = `${lines(feature({ a: 1 }), feature({ b: 'x' })).join('\r\n')}\n\n`
    for (const name of ['a.geojsonl', 'a.ndjson', 'a.geojson', 'a.json']) {
      const layer = await at.layer(name, text)
      expect(layer).toMatchObject({ rowCount: 2, geometryKind: 'point', crs: { code: 'EPSG:4326' } })
      expect((await allRows(layer)).map(row => row.values)).toEqual([
        [1, null],
        [null, 'x'],
      ])
    }
  })

  test('records behind separators may have line breaks', async () => {
    const text = [feature({ a: 1 }), feature({ a: 2 })]
      .map(record => `\x1e${JSON.stringify(record, null, 2)}\n`)
      .join('')
    expect((await allRows(await at.layer('a.geojsons', text))).map(row => row.values)).toEqual([[1], [2]])
    expect((await at.layer('a.json', text)).rowCount).toBe(2)
  })

  test('a bad line is an error of its row; the others go on', async () => {
    const layer = await at.layer(
      'a.geojsonl',
      lines(feature({ a: 1 }), '{"type":', '7', 'null', feature({ a: 2 })).join('\n'),
    )
    const rows = await allRows(layer)
    expect(layer.rowCount).toBe(5)
    expect(rows.map(row => [row.row, row.values[0], row.findings?.[0]?.code])).toEqual([
      [1, 1, undefined],
      [2, null, 'file.corrupt'],
      [3, null, 'file.corrupt'],
      [4, null, 'file.corrupt'],
      [5, 2, undefined],
    ])
    expect(layer.sample).toEqual(rows)
  })

  test('a file of which no line is JSON is refused', async () => {
    expect(await faults('a.geojsonl', 'nothing\nhere')).toMatchObject([{ code: 'file.corrupt', row: null }])
  })
})
