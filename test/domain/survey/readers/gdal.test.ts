/** Formats read through GDAL: real files built by the machine's GDAL, and files that try to lead it elsewhere. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look } from '../../../../src/domain/survey/readers/gdal-program.ts'
import { openSources } from '../../../../src/domain/survey/readers/open.ts'
import { unpack } from '../../../../src/domain/survey/readers/unpack.ts'
import { noGdal, ogr2ogr } from '../../../support/tools.ts'
import { allRows } from './collect.ts'

const skipped = ogr2ogr ? '' : ` (${noGdal})`
let home: string
let scratch: string
let server: Server
let connections = 0
let port: number

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gdal-test-'))
  scratch = join(home, 'scratch')
  await mkdir(scratch)
  await writeFile(join(home, 'canary.csv'), `name,x,y\nanother,120,31\n`)
  server = createServer(socket => {
    connections++
    socket.destroy()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.close()
  await rm(home, { recursive: true })
})

const lamps = {
  type: 'FeatureCollection',
  crs: { type: 'name', properties: { name: 'EPSG:4549' } },
  features: [
    {
      properties: { OBJCODE: '3205060101000001', n: 7, x: 0.125, road: '宝带西路' },
      at: [547629.5, 3457123.25],
    },
    { properties: { OBJCODE: '3205060101000002', n: null, x: null, road: null }, at: [547630.5, 3457124.25] },
  ].map(({ properties, at }) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Point', coordinates: at },
  })),
}

async function built(name: string, driver: string, ...options: string[]): Promise<string> {
  const folder = await mkdtemp(join(home, 'built-'))
  const source = join(folder, 'source.geojson')
  await writeFile(source, JSON.stringify(lamps))
  execFileSync(ogr2ogr!, ['-f', driver, join(folder, name), source, '-nln', 'lamps', ...options], {
    stdio: 'ignore',
  })
  return join(folder, name)
}

async function opened(path: string, encoding?: string) {
  const { files, findings } = await unpack([path], scratch)
  const opened = await openSources(files, encoding === undefined ? {} : { encoding })
  return { layers: opened.layers, findings: [...findings, ...opened.findings] }
}

describe.skipIf(!ogr2ogr)(`a file read through GDAL${skipped}`, () => {
  test.each([
    [
      'lamps.tab',
      'MapInfo File',
      ['-lco', 'ENCODING=CP936', '-lco', 'BOUNDS=500000,3400000,600000,3500000'],
      'gb18030',
    ],
    ['lamps.mif', 'MapInfo File', ['-lco', 'ENCODING=CP936'], 'gb18030'],
    ['lamps.gdb', 'OpenFileGDB', [], 'utf-8'],
  ])('%s gives its rows as they were written', async (name, driver, options, encoding) => {
    const { layers, findings } = await opened(await built(name, driver, ...options))
    expect(findings).toEqual([])
    expect(layers).toHaveLength(1)
    const [layer] = layers
    expect(layer).toMatchObject({
      name: 'lamps',
      rowCount: 2,
      geometryKind: 'point',
      encoding: { name: encoding },
    })
    expect(layer!.fields).toEqual([
      { name: 'OBJCODE', stored: 'text' },
      { name: 'n', stored: 'number' },
      { name: 'x', stored: 'number' },
      { name: 'road', stored: 'text' },
    ])
    if (name === 'lamps.gdb') expect(layer!.crs).toEqual({ kind: 'code', code: 'EPSG:4549' })
    else
      expect(layer!.crs).toMatchObject({
        kind: 'wkt',
        wkt: expect.stringMatching(/^PROJCS\[.*"central_meridian",120.*\]$/),
      })
    const rows = await allRows(layer!)
    expect(rows).toEqual(await allRows(layer!))
    expect(rows).toEqual(layer!.sample)
    expect(rows.map(row => row.row)).toEqual([1, 2])
    expect(rows[0]!.values).toEqual(['3205060101000001', 7, 0.125, '宝带西路'])
    // MapInfo has no empty number: its own is 0
    const none = name === 'lamps.gdb' ? null : 0
    expect(rows[1]!.values).toEqual(['3205060101000002', none, none, null])
    const { geometry } = rows[0]!
    if (geometry?.type !== 'Point') throw new Error('no point')
    const [x, y] = geometry.coordinates as [number, number]
    expect(Math.abs(x - 547629.5) + Math.abs(y - 3457123.25)).toBeLessThan(0.002)
    expect(await readdir(scratch)).toEqual([])
  })

  test('a drawing and a KML give theirs', async () => {
    const dxf = await opened(await built('lamps.dxf', 'DXF', '-select', ''))
    expect(dxf.layers).toMatchObject([
      { file: 'lamps.dxf', name: 'lamps', rowCount: 2, crs: { kind: 'none' } },
    ])
    expect((await allRows(dxf.layers[0]!))[1]!.geometry).toEqual({
      type: 'Point',
      coordinates: [547630.5, 3457124.25],
    })
    const kml = await opened(await built('lamps.kml', 'KML', '-t_srs', 'EPSG:4326'))
    expect(kml.layers).toMatchObject([{ file: 'lamps.kml/lamps', rowCount: 2, crs: { code: 'EPSG:4326' } }])
    const [layer] = kml.layers
    const road = layer!.fields.findIndex(field => field.name === 'road')
    expect((await allRows(layer!)).map(row => row.values[road])).toEqual(['宝带西路', null])
  })

  test('text whose table says nothing of its encoding is read in the one a person names', async () => {
    const path = await built('lamps.mif', 'MapInfo File', '-lco', 'ENCODING=CP936')
    const text = await readFile(path, 'latin1')
    await writeFile(path, text.replace(/charset "\w+"/i, 'Charset "Neutral"'), 'latin1')
    const guessed = (await opened(path)).layers[0]!
    expect(guessed.encoding).toEqual({ name: 'gb18030', decidedBy: 'guessed' })
    expect(guessed.sample[0]!.values[3]).toBe('宝带西路')
    const given = (await opened(path, 'big5')).layers[0]!
    expect(given.encoding).toEqual({ name: 'big5', decidedBy: 'given' })
    expect(given.sample[0]!.values[3]).not.toBe('宝带西路')
  })

  test.each([
    ['lamps.tab', 'MapInfo File', 'lamps.dat'],
    ['lamps.mif', 'MapInfo File', 'lamps.mif'],
    ['lamps.dxf', 'DXF', 'lamps.dxf'],
    ['lamps.kml', 'KML', 'lamps.kml'],
    ['lamps.gdb', 'OpenFileGDB', 'lamps.gdb/a00000001.gdbtable'],
  ])('%s cut short ends in a named error', async (name, driver, part) => {
    const path = await built(name, driver, ...(driver === 'DXF' ? ['-select', ''] : []))
    const cut = join(path, '..', part)
    await truncate(cut, Math.floor((await readFile(cut)).length / 3))
    const { layers, findings } = await opened(path)
    expect(layers).toEqual([])
    expect(findings.map(found => found.code)).toEqual([
      expect.stringMatching(/^file\.(corrupt|truncated|no-layer)$/),
    ])
    expect(await readdir(scratch)).toEqual([])
  })

  test('a line of more points than memory has is refused within the bounds', async () => {
    const path = join(home, 'bomb.mif')
    await writeFile(
      path,
      'Version 300\nCharset "Neutral"\nDelimiter ","\nColumns 1\n  a Integer\nData\n\nPline 2000000000\n1 2\n',
    )
    await writeFile(join(home, 'bomb.mid'), '1\n')
    const { layers, findings } = await opened(path)
    expect(layers).toEqual([])
    expect(findings.map(found => found.code)).toEqual([
      expect.stringMatching(/^file\.(corrupt|limit|truncated)$/),
    ])
  })

  test('many rows come in batches; of which the caller has enough is let go, and nothing is left behind', async () => {
    const count = 12_000
    const path = join(home, 'many.mif')
    const head = 'Version 300\nCharset "WindowsSimpChinese"\nDelimiter ","\nColumns 1\n  a Integer\nData\n\n'
    const numbers = Array.from({ length: count }, (_, n) => n)
    await writeFile(path, head + numbers.map(n => `Point ${n} ${n + 0.5}\n`).join(''))
    await writeFile(join(home, 'many.mid'), numbers.map(n => `${n}\n`).join(''))
    const [layer] = (await opened(path)).layers
    expect(layer!.rowCount).toBe(count)
    for await (const batch of layer!.rows()) {
      expect(batch).toHaveLength(1000)
      break
    }
    expect(await readdir(scratch)).toEqual([])
    const rows = await allRows(layer!)
    expect(rows.map(row => row.values[0])).toEqual(numbers)
    expect(rows.at(-1)!.geometry).toEqual({ type: 'Point', coordinates: [count - 1, count - 0.5] })
  })

  test('a drawing that promises two thousand million points ends in a named error or no more than it has', async () => {
    const path = join(home, 'huge.dxf')
    const line = [
      '0',
      'SECTION',
      '2',
      'ENTITIES',
      '0',
      'LWPOLYLINE',
      '8',
      '0',
      '90',
      '2000000000',
      '70',
      '0',
      '10',
      '1',
      '20',
      '2',
    ]
    await writeFile(path, `${[...line, '0', 'ENDSEC', '0', 'EOF'].join('\n')}\n`)
    const { layers, findings } = await opened(path)
    for (const layer of layers) expect((await allRows(layer)).length).toBeLessThan(2)
    if (layers.length === 0)
      expect(findings.map(found => found.code)).toEqual([expect.stringMatching(/^file\./)])
    expect(await readdir(scratch)).toEqual([])
  })

  test('entities in markup are refused, and addresses in it are not followed', async () => {
    const open = '<?xml version="1.0"?>'
    const kml = (inside: string) =>
      `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${inside}</Document></kml>`
    const xxe = join(home, 'xxe.kml')
    await writeFile(
      xxe,
      `${open}<!DOCTYPE kml [<!ENTITY x SYSTEM "file://${home}/canary.csv">]>${kml('<Placemark><name>&x;</name></Placemark>')}`,
    )
    const refused = await opened(xxe)
    expect(refused.layers).toEqual([])
    expect(refused.findings).toMatchObject([{ code: 'file.corrupt', detail: { reason: 'DOCTYPE' } }])
    const link = join(home, 'link.kml')
    await writeFile(
      link,
      `${open}${kml(`<NetworkLink><Link><href>http://127.0.0.1:${port}/a.kml</href></Link></NetworkLink>`)}`,
    )
    const { layers, findings } = await opened(link)
    expect(findings.some(found => found.detail.entry === 'NetworkLink')).toBe(true)
    for (const layer of layers) expect(await allRows(layer)).toEqual([])
    expect(connections).toBe(0)
  })
})

test('where GDAL is not installed nothing is found, and nothing fails', async () => {
  expect(await look([scratch])).toBeNull()
})
