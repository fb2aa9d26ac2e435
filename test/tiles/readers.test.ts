/** Other people's readers of our tiles: GDAL's driver and OpenLayers, beside the reference decoder. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import MVT from 'ol/format/MVT.js'
import { afterAll, expect, it } from 'vitest'
import { buildColumns } from '../../gis/columns.ts'
import { EQUATOR_M, tileAt } from '../../gis/mercator.ts'
import { pointSet } from '../../gis/point-set.ts'
import { encodeBins, encodeCrowd } from '../../tiles/bins.ts'
import { joinLayers } from '../../tiles/mvt.ts'
import { encodePoints } from '../../tiles/points.ts'
import { encodeShapes } from '../../tiles/shapes.ts'
import { randomRows } from '../gis/points.ts'
import { noGdal, ogr2ogr } from '../support/tools.ts'
import { type Decoded, decode } from './decode.ts'

const BOX = [120.55, 31.22, 120.65, 31.3] as const
const codes = {
  classCodes: ['0101', '0102', '0103', '0104', '0105'],
  stateCodes: ['完好', '破损', '丢失'],
}
const set = pointSet(buildColumns(randomRows(3000, 51, BOX)))
const [z, x, y] = [12, ...tileAt(120.6, 31.26, 12)]
const tile = joinLayers([
  encodePoints(set, z, x, y, codes)!,
  encodeBins(set, z, x, y, { ...codes, layer: 'bins', perSide: 32 })!,
  encodeCrowd(set, z, x, y, { ...codes, layer: 'crowd', perSide: 32 })!,
  encodeShapes('shapes', [
    {
      id: 7,
      type: 'lines',
      parts: [[10, 10, 500, 900, -64, 4000]],
      properties: { name: '宝带西路', width: 2.5 },
    },
    {
      type: 'polygons',
      parts: [
        [0, 0, 4000, 0, 4000, 4000, 0, 4000, 0, 0],
        [100, 100, 100, 900, 900, 900, 900, 100, 100, 100],
      ],
      properties: { open: true, depth: -12 },
    },
  ])!,
])
const ours = decode(tile)

const dir = mkdtempSync(join(tmpdir(), 'wangge-readers-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

it('OpenLayers reads every layer, feature, property and position', () => {
  const features = new MVT({ layerName: 'layer' }).readFeatures(tile.slice().buffer)
  const words = (layer: string, id: unknown, properties: object, flat: number[]) =>
    JSON.stringify([layer, id ?? null, Object.entries(properties).sort(), flat])
  const theirs = features.map(feature => {
    const { layer, ...properties } = feature.getProperties()
    return words(layer, feature.getId(), properties, feature.getFlatCoordinates())
  })
  const expected = Object.entries(ours).flatMap(([layer, list]) =>
    list.map(one => words(layer, one.id, one.properties, one.parts.flat(2))),
  )
  expect(theirs.sort()).toEqual(expected.sort())
  expect(theirs.length).toBeGreaterThan(1500)
})

it.skipIf(!ogr2ogr)(
  `GDAL reads every layer, feature, property and position${ogr2ogr ? '' : ` (${noGdal})`}`,
  () => {
    mkdirSync(join(dir, `${z}/${x}`), { recursive: true })
    const file = join(dir, `${z}/${x}/${y}.mvt`)
    writeFileSync(file, tile)
    for (const [layer, list] of Object.entries(ours)) {
      const out = join(dir, `${layer}.geojson`)
      execFileSync(ogr2ogr!, [
        '-f',
        'GeoJSON',
        out,
        file,
        layer,
        '-oo',
        'CLIP=NO',
        '-lco',
        'COORDINATE_PRECISION=6',
      ])
      const { features } = JSON.parse(readFileSync(out, 'utf8')) as FeatureCollection
      expect(features.map(wordsOfGdal).sort()).toEqual(list.map(wordsOfOurs).sort())
    }
  },
)

const wordsOfOurs = ({ id, properties, parts }: Decoded): string =>
  JSON.stringify([id ?? null, Object.entries(properties).sort(), parts.flat()])

/** GDAL gives metres of EPSG:3857, by the numbers of the tile in its path. */
const stepsOf = ([east, north]: readonly [number, number]): [px: number, py: number] => [
  Math.round(((east / EQUATOR_M + 0.5) * 2 ** z - x) * 4096),
  Math.round(((0.5 - north / EQUATOR_M) * 2 ** z - y) * 4096),
]

function wordsOfGdal({
  properties,
  geometry,
}: Feature<Geometry | null, Record<string, unknown> | null>): string {
  const { mvt_id: id, ...rest } = properties ?? {}
  const said = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, typeof value === 'number' && key === 'open' ? value === 1 : value])
  const positions: number[][] = []
  const walk = (node: unknown): void => {
    if (typeof (node as number[])[0] === 'number') positions.push(stepsOf(node as [number, number]))
    else for (const child of node as unknown[]) walk(child)
  }
  walk((geometry as { coordinates: unknown }).coordinates)
  return JSON.stringify([id ?? null, said.sort(), positions])
}
