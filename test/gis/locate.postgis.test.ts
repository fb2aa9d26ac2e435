import { afterAll, expect, it } from 'vitest'
import type { PolygonGeometry } from '../../gis/geometry.ts'
import { buildLocator } from '../../gis/locate.ts'
import { noOracle, oracle } from '../support/oracle.ts'
import { noData, sharedCollection, sharedFile } from '../support/shared.ts'
import { randomFrom } from './random.ts'

const pool = oracle()
const file = sharedFile('cambridge/A_hierarchy/DEMOGRAPHICS_Blocks2020.geojson')
const missing = pool === null ? ` (${noOracle})` : file === null ? ` (${noData})` : ''
afterAll(() => pool?.end())

it.skipIf(missing !== '')(
  `covers what ST_Covers covers over the Cambridge blocks: random points, vertices, edge middles${missing}`,
  async () => {
    const blocks = sharedCollection(file!)
      .features.map(f => ({ code: String(f.properties!.GEOID20), geometry: f.geometry as PolygonGeometry }))
      .sort((a, b) => (a.code < b.code ? -1 : 1))
    expect(blocks).toHaveLength(1044)
    const locator = buildLocator(blocks)
    const points = probes(blocks)
    await pool!.query('create temporary table block (i int, geom geometry(Geometry, 4490))')
    await pool!.query('create temporary table probe (i int, geom geometry(Point, 4490))')
    await pool!.query(
      'insert into block select i - 1, ST_SetSRID(ST_GeomFromGeoJSON(g), 4490) from unnest($1::text[]) with ordinality u(g, i)',
      [blocks.map(block => JSON.stringify(block.geometry))],
    )
    await pool!.query(
      `insert into probe select i - 1, ST_SetSRID(ST_Point(x, y), 4490)
       from unnest($1::float8[], $2::float8[]) with ordinality u(x, y, i)`,
      [points.map(p => p[0]), points.map(p => p[1])],
    )
    await pool!.query('create index on block using gist (geom)')
    await pool!.query('analyze block, probe')
    const { rows } = await pool!.query<{ covering: number[] | null; interior: number[] | null }>(
      `select array_agg(b.i order by b.i) filter (where ST_Covers(b.geom, p.geom)) as covering,
              array_agg(b.i order by b.i) filter (where ST_Contains(b.geom, p.geom)) as interior
       from probe p left join block b on b.geom && p.geom group by p.i order by p.i`,
    )
    let shared = 0
    const differences = points.flatMap(([lon, lat], i) => {
      const covering = rows[i]!.covering ?? []
      if (covering.length > 1) shared++
      const same =
        String(locator.allCovering(lon, lat)) === String(covering) &&
        locator.covering(lon, lat) === (covering[0] ?? -1) &&
        String(locator.interior(lon, lat)) === String(rows[i]!.interior ?? [])
      return same ? [] : [{ lon, lat, covering, ours: locator.allCovering(lon, lat) }]
    })
    expect(differences).toEqual([])
    // Otherwise the probes would not have tried what is hard.
    expect(shared).toBeGreaterThan(10_000)
  },
  120_000,
)

/** 20,000 points in and around the city, each vertex of each ring, and each edge's middle. */
function probes(blocks: readonly { geometry: PolygonGeometry }[]): [number, number][] {
  const random = randomFrom(2020)
  const points: [number, number][] = Array.from({ length: 20_000 }, () => [
    -71.17 + random() * 0.12,
    42.34 + random() * 0.08,
  ])
  for (const { geometry } of blocks) {
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
    for (const ring of rings) {
      for (let i = 1; i < ring.length; i++) {
        const [ax, ay] = ring[i - 1] as [number, number]
        const [bx, by] = ring[i] as [number, number]
        points.push([ax, ay], [(ax + bx) / 2, (ay + by) / 2])
      }
    }
  }
  return points
}
