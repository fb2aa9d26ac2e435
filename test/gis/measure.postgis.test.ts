import { afterAll, expect, it } from 'vitest'
import type { Geometry } from '../../gis/geometry.ts'
import { areaM2, lengthM } from '../../gis/measure.ts'
import { noOracle, oracle } from '../support/oracle.ts'
import { noData, sharedCollection, sharedFile } from '../support/shared.ts'
import { randomFrom } from './random.ts'

const pool = oracle()
afterAll(() => pool?.end())
const noPool = pool === null ? ` (${noOracle})` : ''

/** Our measures over those of geography, as the largest relative difference. */
async function worstShare(geometries: readonly Geometry[]): Promise<number> {
  const { rows } = await pool!.query<{ area: number; length: number }>(
    `select ST_Area(g) as area, case when ST_Dimension(g::geometry) = 2 then ST_Perimeter(g) else ST_Length(g) end as length
     from (select i, ST_SetSRID(ST_GeomFromGeoJSON(t), 4326)::geography as g from unnest($1::text[]) with ordinality u(t, i)) s order by i`,
    [geometries.map(geometry => JSON.stringify(geometry))],
  )
  const share = (ours: number, theirs: number) => (theirs === 0 ? ours : Math.abs(ours - theirs) / theirs)
  return Math.max(
    ...geometries.flatMap((g, i) => [share(areaM2(g), rows[i]!.area), share(lengthM(g), rows[i]!.length)]),
  )
}

it.skipIf(pool === null)(`lengths and areas in China are within 0.5 % of geography${noPool}`, async () => {
  const random = randomFrom(77)
  const shapes: Geometry[] = Array.from({ length: 500 }, (_, i) => {
    const [lon, lat] = [75 + random() * 58, 18 + random() * 35]
    const size = 10 ** (-5 + random() * 5)
    const ring = Array.from({ length: 12 }, (_, k) => {
      const reach = size * (0.5 + random() / 2)
      return [lon + reach * Math.cos((k * Math.PI) / 6), lat + reach * Math.sin((k * Math.PI) / 6)]
    })
    return i % 2 === 0
      ? { type: 'LineString', coordinates: ring }
      : { type: 'Polygon', coordinates: [[...ring, ring[0]!]] }
  })
  expect(await worstShare(shapes)).toBeLessThan(0.005)
})

const blocksFile = sharedFile('cambridge/A_hierarchy/DEMOGRAPHICS_Blocks2020.geojson')
it.skipIf(pool === null || blocksFile === null)(
  `so are those of the Cambridge blocks${noPool || (blocksFile === null ? ` (${noData})` : '')}`,
  async () => {
    const blocks = sharedCollection(blocksFile!).features.map(feature => feature.geometry as Geometry)
    expect(await worstShare(blocks)).toBeLessThan(0.005)
  },
)
