/**
 * The shapefile reader beside GDAL's, feature by feature, over all real shapefiles at hand. GDAL is told
 * the encoding that was decided on, since it does not look at the bytes itself.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Geometry } from '../../../../gis/geometry.ts'
import { mapPositions } from '../../../../gis/geometry.ts'
import { layerNameOf } from '../../../../src/domain/survey/readers/formats.ts'
import { openShapefile, type ShapefileParts } from '../../../../src/domain/survey/readers/shapefile.ts'
import { dbfBytes } from './build-shapefile.ts'
import { allRows, faultOf } from './collect.ts'

const data = resolve('../shared/data/formats')
const ogr = spawnSync('ogr2ogr', ['--version']).status === 0
const absent = !existsSync(data) ? 'no ../shared/data/formats' : !ogr ? 'no ogr2ogr' : ''

const shapes = existsSync(data)
  ? readdirSync(data, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.shp$/i.test(name))
      .sort()
  : []

function partsOf(shp: string): ShapefileParts {
  const own = layerNameOf(basename(shp)).toLowerCase()
  const beside = readdirSync(dirname(shp)).filter(name => layerNameOf(name).toLowerCase() === own)
  const parts = beside.map(name => [
    name.slice(name.lastIndexOf('.') + 1).toLowerCase(),
    { path: join(dirname(shp), name), name },
  ])
  return Object.fromEntries(parts)
}

/** What GDAL reads: raw positions, no reprojection, null for no geometry. */
function readByGdal(shp: string, encoding: string) {
  const arguments_ = [
    '-f',
    'GeoJSON',
    '/vsistdout/',
    shp,
    '-lco',
    'RFC7946=NO',
    '-lco',
    'COORDINATE_PRECISION=17',
    '-lco',
    'SIGNIFICANT_FIGURES=17',
    '-dim',
    'XY',
    '-oo',
    `ENCODING=${encoding}`,
  ]
  const text = execFileSync('ogr2ogr', arguments_, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(text).features as { properties: Record<string, unknown>; geometry: Geometry | null }[]
}

/** Rings may begin anywhere and turn either way: sorted by their text after turning to one form. */
function normal(geometry: Geometry | null): unknown {
  if (geometry === null) return null
  const flat = mapPositions(geometry, (x, y) => [Number(x.toPrecision(15)), Number(y.toPrecision(15))])
  if (flat.type === 'Polygon') return [ringsOf(flat.coordinates)]
  if (flat.type === 'MultiPolygon') return flat.coordinates.map(ringsOf).sort()
  return flat
}

const ringsOf = (rings: number[][][]) => {
  const [outer, ...holes] = rings.map(ring => {
    const open = ring.slice(0, -1).map(String)
    const first = open.indexOf([...open].sort()[0]!)
    const turned = [...open.slice(first), ...open.slice(0, first)]
    const other = [turned[0], ...turned.slice(1).reverse()]
    return [String(turned), String(other)].sort()[0]!
  })
  return String([outer, ...holes.sort()])
}

/** GDAL writes dates with slashes, booleans and whole numbers by width; text is what must be alike to the letter. */
function alike(ours: unknown, theirs: unknown): boolean {
  if (ours === theirs || (ours === null && (theirs === undefined || theirs === ''))) return true
  if (typeof ours === 'boolean') return theirs === (ours ? 'T' : 'F') || theirs === ours
  if (typeof theirs === 'string' && /^\d{4}\/\d\d\/\d\d$/.test(theirs))
    return theirs.replaceAll('/', '') === ours
  return typeof ours === 'number' && Number(theirs) === ours
}

/** Where GDAL 3.6 is wrong or says it otherwise, and why. */
const known: Record<string, string> = {
  'gjmultipoly.shp 1': 'a hole that turns clockwise is a polygon of its own there',
  'multipolygon_as_invalid_polygon.shp 1': 'two rings apart become ring and hole there',
  'multipolygon_as_invalid_polygon.shp 2': 'two rings apart become ring and hole there',
  'testpoly.shp 13': 'ring and hole are exchanged there',
  'buggypoint.shp 1': 'the index gives too few bytes, which is believed there',
  'pointnan.shp 2': 'a point that is not a number is no geometry there; here the intake refuses it',
}
/** Faults that are right. */
const refused: Record<string, string> = {
  'multipatch.shp': 'file.format',
  'bad.shp': 'file.part-missing',
  'htmlcpg.shp': 'file.part-missing',
  'htmlprj.shp': 'file.part-missing',
}

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ogr-'))
})
afterAll(() => rm(home, { recursive: true }))

/** A copy with a DBF made for it, where there is none: only the shapes are of interest then. */
async function completed(shp: string): Promise<string> {
  const parts = partsOf(shp)
  if (parts.dbf || !parts.shx) return shp
  const rows = (statSync(parts.shx.path).size - 100) / 8
  const bytes = dbfBytes(
    [{ name: 'N', type: 'N', width: 4 }],
    Array.from({ length: rows }, (_, n) => [String(n)]),
  )
  await copyFile(parts.shx.path, join(home, basename(parts.shx.path)))
  await writeFile(join(home, `${layerNameOf(basename(shp))}.dbf`), bytes)
  await copyFile(shp, join(home, basename(shp)))
  return join(home, basename(shp))
}

describe.skipIf(absent !== '')(`shapefiles as GDAL reads them ${absent}`, () => {
  test.each(shapes)('%s', async name => {
    const shp = await completed(join(data, name))
    const opening = openShapefile(partsOf(shp), {})
    const fault = refused[basename(name)]
    if (fault) {
      expect((await faultOf(opening)).code).toBe(fault)
      return
    }
    const { layer } = await opening
    const rows = (await allRows(layer)).filter(
      row => !row.findings?.some(finding => finding.code === 'row.deleted'),
    )
    const features = readByGdal(shp, layer.encoding.name)
    expect(rows.length).toBe(features.length)
    for (const [n, row] of rows.entries()) {
      const { properties, geometry } = features[n]!
      const theirs = Object.values(properties)
      const unlike = layer.fields.flatMap((field, i) =>
        alike(row.values[i], theirs[i]) ? [] : [[field.name, row.values[i], theirs[i]]],
      )
      expect(unlike).toEqual([])
      const why = known[`${basename(name)} ${row.row}`]
      if (why) expect(normal(row.geometry), why).not.toEqual(normal(geometry))
      else expect(normal(row.geometry)).toEqual(normal(geometry))
    }
  })

  test('the Chinese names of 78 counties in GBK', async () => {
    const { layer } = await openShapefile(partsOf(join(data, 'nts_shapefile/chinese_encoding.shp')), {})
    expect(layer).toMatchObject({
      encoding: { name: 'gb18030', decidedBy: 'declared' },
      rowCount: 78,
      crs: { kind: 'none' },
    })
    const values = (await allRows(layer)).flatMap(row => row.values)
    const names = values.filter(
      value => typeof value === 'string' && /^[\u4e00-\u9fff]+[县市区]$/.test(value),
    )
    expect(names.length).toBeGreaterThan(70)
    expect(values.some(value => typeof value === 'string' && value.includes('\ufffd'))).toBe(false)
  })
})
