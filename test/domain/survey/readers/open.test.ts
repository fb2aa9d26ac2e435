import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { severityOf } from '../../../../src/domain/survey/findings.ts'
import { gdalProgram } from '../../../../src/domain/survey/readers/gdal-program.ts'
import { openSources } from '../../../../src/domain/survey/readers/open.ts'
import { unpack } from '../../../../src/domain/survey/readers/unpack.ts'
import { gpkgBytes } from './build-gpkg.ts'
import { dbfBytes, pointRecord, shpBytes } from './build-shapefile.ts'
import { table, xlsxBytes } from './build-xlsx.ts'
import { allRows } from './collect.ts'
import { type Desk, desk } from './delivery.ts'

let at: Desk
let home: string
beforeAll(async () => {
  at = await desk()
  home = await mkdtemp(join(tmpdir(), 'open-'))
})
afterAll(() => Promise.all([at.clear(), rm(home, { recursive: true })]))

const { shp, shx } = shpBytes(1, [pointRecord(1, 2)])
const dbf = dbfBytes([{ name: 'N', type: 'C', width: 4 }], [['a']])
const geojson = '{"type":"FeatureCollection","features":[]}'

describe('files of a delivery', () => {
  test('parts of a shapefile find each other by folder and name, in any case', async () => {
    const { layers, findings } = await at.open({
      'd.zip/a/P.SHP': shp,
      'd.zip/a/p.shx': shx,
      'd.zip/b/P.shp': shp,
      'd.zip/a/p.Dbf': dbf,
      'd.zip/b/P.shx': shx,
      'd.zip/b/P.dbf': dbf,
      'd.zip/b/P.prj': 'LOCAL_CS["x"]',
    })
    expect(findings).toEqual([])
    expect(layers.map(layer => [layer.file, layer.name, layer.crs.kind])).toEqual([
      ['d.zip/a/P.SHP', 'P', 'none'],
      ['d.zip/b/P.shp', 'P', 'wkt'],
    ])
  })

  test('one bad file does not hide the others', async () => {
    const { layers, findings } = await at.open({
      'a.shp': shp,
      'b.geojson': '{"type":',
      'c.csv': '',
      'd.geojson': geojson,
      'e.mdb': 'x',
      'f.csv': 'a,b\n1,2',
    })
    expect(layers.map(layer => layer.file)).toEqual(['d.geojson', 'f.csv'])
    expect(findings.map(finding => [finding.file, finding.code])).toEqual([
      ['a.shp', 'file.part-missing'],
      ['b.geojson', 'file.corrupt'],
      ['c.csv', 'file.empty'],
      ['e.mdb', 'file.export'],
      // read, and without a feature
      ['d.geojson', 'layer.empty'],
    ])
  })

  test('a description that belongs to nothing is named', async () => {
    const { layers, findings } = await at.open({ 'a.prj': 'x', 'a.cpg': 'y', 'b.geojson': geojson })
    expect(layers).toHaveLength(1)
    const ignored = findings.filter(finding => finding.code === 'file.ignored')
    expect(ignored.map(finding => finding.detail.entry)).toEqual(['a.prj', 'a.cpg'])
  })

  test('a layer without rows is a word among others, and an error where there is nothing else', async () => {
    const codes = async (files: Parameters<typeof at.open>[0]) =>
      (await at.open(files)).findings.map(finding => [finding.file, finding.code])
    expect(await codes({ 'a.geojson': geojson })).toEqual([['a.geojson', 'file.no-rows']])
    expect(await codes({ 'a.geojson': geojson, 'b.csv': 'a,b\n1,2' })).toEqual([['a.geojson', 'layer.empty']])
    expect(await codes({ 'b.csv': 'a,b\n1,2' })).toEqual([])
  })

  test('without rows is told alike in every format, alone and among others', async () => {
    const header = [{ name: 'N', type: 'C' as const, width: 4 }]
    const none = shpBytes(1, [])
    const mif = 'Version 300\nCharset "Neutral"\nColumns 1\n  N Char(4)\nData\n\n'
    const empty: Record<string, Parameters<typeof at.open>[0]> = {
      geojson: { 'a.geojson': geojson },
      csv: { 'a.csv': 'OBJCODE,X,Y\n\n\n' },
      xlsx: { 'a.xlsx': await xlsxBytes([table([['OBJCODE', 'X', 'Y']])]) },
      shapefile: { 'a.shp': none.shp, 'a.shx': none.shx, 'a.dbf': dbfBytes(header, []) },
      gpkg: { 'a.gpkg': gpkgBytes([{ name: 'a', columns: ['n TEXT'], rows: [], type: 'POINT' }]) },
      topojson: {
        'a.json':
          '{"type":"Topology","arcs":[],"objects":{"a":{"type":"GeometryCollection","geometries":[]}}}',
      },
      ...((await gdalProgram()) ? { mif: { 'a.mif': mif, 'a.mid': '' } } : {}),
    }
    const told: unknown[] = []
    for (const [format, files] of Object.entries(empty)) {
      const alone = await at.open(files)
      const beside = await at.open({ ...files, 'z.csv': 'a,b\n1,2' })
      told.push([format, ...[alone, beside].map(({ findings }) => findings.map(found => found.code))])
      expect(beside.layers.map(layer => layer.file)).toContain('z.csv')
    }
    expect(told).toEqual(Object.keys(empty).map(format => [format, ['file.no-rows'], ['layer.empty']]))
  })

  test('nothing to read is said', async () => {
    expect((await openSources([], {})).findings).toMatchObject([{ code: 'file.no-layer' }])
    expect(
      (await at.open({ 'note.txt': '只是说明\n没有数据' })).findings.map(finding => finding.code),
    ).toEqual(['file.ignored', 'file.no-layer'])
  })
})

describe('what a file is', () => {
  test.each([
    ['a.doc', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'OLE'],
    ['a.kmz', 'PK\x03\x04rest', 'KML (.kmz)'],
    ['a.geojson', 'PK\x03\x04rest', 'zip'],
    ['a.dat', '\x00\xff\xfe\x80', '.dat'],
    ['a.xyz', 'just words', '.xyz'],
  ])('%s of %j is %s and not read', async (name, content, reason) => {
    const { findings } = await at.open({ [name]: Buffer.from(content, 'latin1') })
    expect(findings).toMatchObject([{ code: 'file.format', file: name, detail: { reason } }])
  })

  test.each([
    ['a.dwg', 'x', 'file.export', 'AutoCAD (.dwg)'],
    ['a.xyz', 'AC1032rest', 'file.export', 'AutoCAD (.dwg)'],
    ['a.kml', 'x', 'file.corrupt', 'not .kml'],
    ['a.gpkg', 'x', 'file.corrupt', 'not .gpkg'],
    ['a.xlsx', 'x', 'file.corrupt', 'not .xlsx'],
    ['a.xlsx', '\x81\xff\xff', 'file.corrupt', 'not .xlsx'],
    ['a.csv', 'SQLite format 3\0rest', 'file.corrupt', 'file is not a database'],
    ['a.xls', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'file.save-as', 'Excel 97-2003 (.xls)'],
    ['a.et', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'file.save-as', 'Excel 97-2003 (.xls)'],
    [
      'a.dat',
      '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 W\0o\0r\0k\0b\0o\0o\0k\0\0\0',
      'file.save-as',
      'Excel 97-2003 (.xls)',
    ],
    ['a.xls', '\n<html><table>', 'file.save-as', 'HTML / XML'],
  ])('%s of %j is answered with %s, %s', async (name, content, code, said) => {
    const { layers, findings } = await at.open({ [name]: Buffer.from(content, 'latin1') })
    expect(layers).toEqual([])
    expect(findings).toMatchObject([{ code, file: name }])
    expect(Object.values(findings[0]!.detail)).toEqual([said])
  })

  test('an encrypted workbook is known by its stream', async () => {
    const ole = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(2 << 20),
      Buffer.from('EncryptedPackage\0', 'utf16le'),
    ])
    expect(await at.open({ 'a.xlsx': ole })).toMatchObject({
      layers: [],
      findings: [{ code: 'workbook.locked' }],
    })
  })

  test('the content decides where the ending does not', async () => {
    expect((await at.layer('a.dat', 'x,y\n1,2\n3,4\n')).geometryKind).toBe('point')
    expect((await at.layer('a.txt', geojson)).rowCount).toBe(0)
    expect((await at.layer('a.csv', geojson)).rowCount).toBe(0)
    expect((await at.layer('a.xls', 'x\ty\n1\t2\n3\t4\n')).geometryKind).toBe('point')
  })

  test('a lying mark of UTF-8 is told', async () => {
    const { layers, findings } = await at.open({
      'a.csv': Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from('a,b\n'),
        Buffer.from([0xb0, 0xa1]),
      ]),
    })
    expect(layers.length + findings.length).toBeGreaterThan(0)
    expect(findings.every(finding => ['encoding.declared', 'encoding.wrong'].includes(finding.code))).toBe(
      true,
    )
  })
})

const shared = resolve('../shared/data')
const absent = existsSync(shared) ? '' : 'no ../shared/data'
const filesUnder = (folder: string) =>
  absent
    ? []
    : readdirSync(join(shared, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => statSync(join(shared, folder, name)).isFile())
        .sort()

describe.skipIf(absent !== '')(`real files ${absent}`, () => {
  test.each(filesUnder('formats'))('%s ends in rows or in a named finding', async name => {
    const out = await mkdtemp(join(home, 'x-'))
    const unpacked = await unpack([join(shared, 'formats', name)], out)
    const { layers, findings } = await openSources(unpacked.files, {})
    const silent = unpacked.files.length === 0 && /\.(sbn|sbx|qix|qpj|idm|ind|csvt|shp\.xml)$/.test(name)
    expect(layers.length > 0 || unpacked.findings.length + findings.length > 0 || silent).toBe(true)
    for (const layer of layers) {
      const rows = await allRows(layer)
      if (layer.rowCount !== null) expect(rows).toHaveLength(layer.rowCount)
      expect(rows.every(row => row.values.length === layer.fields.length)).toBe(true)
      expect(JSON.stringify(rows)).not.toContain('\ufffd')
    }
  })

  test('nine counties of Suzhou from a zip in GBK without .cpg', async () => {
    const { files, findings } = await unpack(
      [join(shared, 'derived_suzhou/suzhou_cgcs2000_gbk_nocpg.zip')],
      await mkdtemp(join(home, 'x-')),
    )
    const opened = await openSources(files, {})
    expect([...findings, ...opened.findings]).toEqual([])
    const [layer] = opened.layers
    expect(layer).toMatchObject({
      name: '苏州区县_CGCS2000_120E_GBK',
      rowCount: 9,
      geometryKind: 'polygon',
      encoding: { name: 'gb18030', decidedBy: 'guessed' },
      crs: { kind: 'wkt' },
    })
    const rows = await allRows(layer!)
    expect(rows.map(row => row.values[layer!.fields.findIndex(field => field.name === '网格名称')])).toEqual(
      expect.arrayContaining(['常熟市', '吴中区', '昆山市']),
    )
  })

  test.each(filesUnder('cambridge').filter(name => name.endsWith('.geojson')))(
    '%s has as many rows as features',
    async name => {
      const path = join(shared, 'cambridge', name)
      const { layers } = await openSources([{ path, name }], {})
      const { features } = JSON.parse(await readFile(path, 'utf8'))
      const rows = await allRows(layers[0]!)
      const names = layers[0]!.fields.map(field => field.name)
      expect(rows.length).toBe(features.length)
      for (const [n, row] of rows.entries()) {
        expect(row.findings).toBeUndefined()
        expect(row.geometry).toEqual(features[n].geometry)
        expect(row.values).toEqual(
          names.map(key => features[n].properties[key] ?? (key === 'id' ? (features[n].id ?? null) : null)),
        )
      }
    },
  )

  test('what is refused is refused as an error', async () => {
    const { findings } = await at.open({ 'a.shp': shp })
    expect(findings.map(finding => severityOf(finding.code))).toEqual(['error'])
  })
})
