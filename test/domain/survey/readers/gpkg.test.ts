import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blob, gpkgBytes, type LayerDraft, point } from './build-gpkg.ts'
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

describe('a layer', () => {
  test('is a table of features with its columns, its system and its fids', async () => {
    const layer = await at.layer('a.gpkg', gpkgBytes([lamps]))
    expect(layer).toMatchObject({
      file: 'a.gpkg/路灯',
      name: '路灯',
      geometryKind: 'point',
      rowCount: 2,
      crs: { kind: 'code', code: 'EPSG:4490' },
      encoding: { name: 'utf-8', decidedBy: 'format' },
    })
    expect(layer.fields.map(field => [field.name, field.stored])).toEqual([
      ['编码', 'text'],
      ['n', 'number'],
      ['x', 'number'],
      ['ok', 'boolean'],
      ['day', 'date'],
      ['note', 'any'],
    ])
    const rows = [
      { row: 1, values: ['0101', 7, 1.5, true, '2017-08-07', null], geometry: point(120.5, 31.25) },
      { row: 2, values: [null, null, null, false, null, '宝带西路'], geometry: null },
    ]
    expect(layer.sample).toEqual(rows)
    expect(await allRows(layer)).toEqual(rows)
    expect(await allRows(layer)).toEqual(rows)
  })

  test.each([
    [4490, { kind: 'code', code: 'EPSG:4490' }],
    [4549, { kind: 'code', code: 'EPSG:4549' }],
    [27700, { kind: 'wkt', wkt: 'PROJCS["OSGB36"]' }],
    [100001, { kind: 'wkt', wkt: 'PROJCS["own"]' }],
    [-1, { kind: 'none' }],
    [0, { kind: 'none' }],
    [999, { kind: 'none' }],
  ])('in system %d is stated as %j', async (srs, crs) => {
    expect((await at.layer('a.gpkg', gpkgBytes([{ ...lamps, srs }]))).crs).toEqual(crs)
  })

  test('numbers its rows by fid; fids that are too large or not positive are counted instead', async () => {
    const fids = async (list: (number | bigint)[]) => {
      const bytes = gpkgBytes([{ ...lamps, rows: [] }], db => {
        for (const fid of list) db.prepare('INSERT INTO "路灯" (fid, n) VALUES (?, ?)').run(fid, fid)
      })
      const layer = await at.layer('a.gpkg', bytes)
      expect(layer.rowCount).toBe(list.length)
      return (await allRows(layer)).map(row => [row.row, row.values[1]])
    }
    expect(await fids([9, 3, 70])).toEqual([
      [3, 3],
      [9, 9],
      [70, 70],
    ])
    expect(await fids([2n ** 40n, 5])).toEqual([
      [1, 5],
      [2, 2 ** 40],
    ])
    // beyond 2^53 a number would lose digits
    expect(await fids([0, 2n ** 63n - 1n])).toEqual([
      [1, 0],
      [2, '9223372036854775807'],
    ])
  })

  test('comes whole over batches', async () => {
    const rows = Array.from({ length: 12_345 }, (_, n) => [
      blob(point(n, 7 - n)),
      `c${n}`,
      n,
      null,
      null,
      null,
      null,
    ])
    const layer = await at.layer('a.gpkg', gpkgBytes([{ ...lamps, rows }]))
    const batches: number[] = []
    let n = 0
    for await (const batch of layer.rows()) {
      batches.push(batch.length)
      for (const row of batch) {
        expect([row.row, row.values[0], row.geometry]).toEqual([n + 1, `c${n}`, point(n, 7 - n)])
        n++
      }
    }
    expect([n, layer.rowCount]).toEqual([12_345, 12_345])
    expect(Math.max(...batches)).toBeLessThanOrEqual(1000)
  })

  test('of which the caller has enough is let go', async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => [blob(point(n, n)), 'c', n, null, null, null, null])
    const layer = await at.layer('a.gpkg', gpkgBytes([{ ...lamps, rows }]))
    for await (const batch of layer.rows()) {
      expect(batch.length).toBe(1000)
      break
    }
  })

  test('values that are no text are refused with their row', async () => {
    const rows = [
      [null, Buffer.from('x'), 1, null, null, null, null],
      [null, 'ok', 1, null, null, null, null],
    ]
    const bytes = gpkgBytes([{ ...lamps, rows }], db => {
      db.exec(`UPDATE "路灯" SET note = CAST(X'B5E7C1A6' AS TEXT) WHERE fid = 2`)
    })
    const read = await allRows(await at.layer('a.gpkg', bytes))
    expect(read.map(row => row.findings?.map(found => [found.code, found.row, found.field]))).toEqual([
      [['value.binary', 1, '编码']],
      [['encoding.wrong', 2, 'note']],
    ])
  })

  test('columns of blobs and generated ones are named and left out; functions in them never run', async () => {
    const bytes = gpkgBytes([lamps], db => {
      db.exec('ALTER TABLE "路灯" ADD COLUMN picture BLOB')
      db.exec('ALTER TABLE "路灯" ADD COLUMN big TEXT GENERATED ALWAYS AS (hex(zeroblob(1000000))) VIRTUAL')
    })
    const { layers, findings } = await at.open({ 'a.gpkg': bytes })
    expect(layers[0]!.fields).toHaveLength(6)
    expect(findings.map(found => [found.code, found.field, found.detail.type])).toEqual([
      ['field.ignored', 'picture', 'blob'],
      ['field.ignored', 'big', 'generated'],
    ])
    expect(await allRows(layers[0]!)).toHaveLength(2)
  })
})

describe('a GeoPackage', () => {
  const units: LayerDraft = {
    name: 'units',
    type: null,
    columns: ['name TEXT', 'lon REAL', 'lat REAL'],
    rows: [['城管局', 120.5, 31.5]],
  }

  test('gives every table of features and of attributes, of which columns may hold a position', async () => {
    const bytes = gpkgBytes([lamps, units, { ...lamps, name: 'b', type: 'GEOMETRY', rows: [] }])
    const { layers, findings } = await at.open({ 'a.gpkg': bytes })
    expect(findings).toMatchObject([{ code: 'layer.empty', file: 'a.gpkg/b' }])
    expect(layers.map(layer => [layer.name, layer.geometryKind, layer.rowCount])).toEqual([
      ['路灯', 'point', 2],
      ['units', 'point', 1],
      ['b', 'mixed', 0],
    ])
    expect(await allRows(layers[1]!)).toEqual([
      { row: 1, values: ['城管局', 120.5, 31.5], geometry: point(120.5, 31.5) },
    ])
  })

  test('runs no view, no virtual table and no trigger: they are named, or not there', async () => {
    const bytes = gpkgBytes([lamps], db => {
      db.exec(`CREATE VIEW v AS SELECT fid, hex(randomblob(500000000)) AS code FROM "路灯";
        CREATE VIRTUAL TABLE w USING fts5(code);
        INSERT INTO gpkg_contents (table_name, data_type) VALUES ('v', 'attributes'), ('w', 'attributes'),
          ('pictures', 'tiles'), ('gone', 'features')`)
    })
    const { layers, findings } = await at.open({ 'a.gpkg': bytes })
    expect(layers.map(layer => layer.name)).toEqual(['路灯'])
    expect(findings.map(found => [found.code, found.file, found.detail.type])).toEqual([
      ['layer.ignored', 'a.gpkg', 'view'],
      ['layer.ignored', 'a.gpkg', 'virtual table'],
      ['layer.ignored', 'a.gpkg', 'tiles'],
      ['file.corrupt', 'a.gpkg/gone', undefined],
    ])
  })

  test('whose own tables are views is none, as is any other database', async () => {
    const forged = gpkgBytes([lamps], db => {
      db.exec(`ALTER TABLE gpkg_contents RENAME TO c; CREATE VIEW gpkg_contents AS SELECT * FROM c`)
    })
    const plain = gpkgBytes([], db => db.exec('DROP TABLE gpkg_contents'))
    for (const bytes of [forged, plain])
      expect(await at.open({ 'a.gpkg': bytes })).toMatchObject({
        layers: [],
        findings: [{ code: 'file.format', detail: { reason: 'SQLite' } }],
      })
  })

  test('copied while somebody had it open in WAL mode is read, with a warning', async () => {
    const bytes = gpkgBytes([lamps], db => db.exec('PRAGMA journal_mode = WAL'))
    expect(bytes[18]).toBe(2)
    const { layers, findings } = await at.open({ 'a.gpkg': bytes })
    expect(findings).toMatchObject([{ code: 'file.wal', file: 'a.gpkg' }])
    expect(await allRows(layers[0]!)).toHaveLength(2)
  })

  test('is known by its content; what is broken in it is a named fault', async () => {
    const good = gpkgBytes([lamps])
    expect((await at.open({ 'a.db': good })).layers).toHaveLength(1)
    for (const length of [100, 5000]) {
      const { layers, findings } = await at.open({ 'a.gpkg': good.subarray(0, length) })
      expect([layers.length, findings[0]?.code]).toEqual([0, 'file.corrupt'])
    }
  })

  test('without any layer says so', async () => {
    expect(await at.open({ 'a.gpkg': gpkgBytes([]) })).toMatchObject({
      layers: [],
      findings: [{ code: 'file.no-layer' }],
    })
  })
})
