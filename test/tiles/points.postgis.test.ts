import { afterAll, expect, it } from 'vitest'
import { buildColumns } from '../../gis/columns.ts'
import { latOfUnit, lonOfUnit, tileAt, unitX, unitY } from '../../gis/mercator.ts'
import { pointSet } from '../../gis/point-set.ts'
import { encodePoints } from '../../tiles/points.ts'
import { randomRows } from '../gis/points.ts'
import { noOracle, oracle } from '../support/oracle.ts'
import { decodeLayer } from './decode.ts'

const pool = oracle()
afterAll(() => pool?.end())

it.skipIf(pool === null)(
  `gives the features ST_AsMVT gives, over all tiles of several zooms${pool === null ? ` (${noOracle})` : ''}`,
  async () => {
    const codes = {
      classCodes: ['0101', '0102', '0103', '0104', '0105'],
      stateCodes: ['完好', '破损', '丢失'],
    }
    const box = [120.55, 31.22, 120.65, 31.3] as const
    const rows = randomRows(8000, 41, box)
    // In the middle of a unit no rounding is a tie, which the two would break by their last bits.
    rows.lon.set(rows.lon.map(lon => lonOfUnit(unitX(lon) + 0.5)))
    rows.lat.set(rows.lat.map(lat => latOfUnit(unitY(lat) + 0.5)))
    const set = pointSet(buildColumns(rows))
    await pool!.query(
      'create temporary table point (id bigint, class text, state text, geom geometry(Point, 3857))',
    )
    await pool!.query(
      `insert into point select id, class, state, ST_Transform(ST_SetSRID(ST_Point(x, y), 4326), 3857)
       from unnest($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::float8[]) u(id, class, state, x, y)`,
      [
        [...rows.id],
        Array.from(rows.classIndex, c => codes.classCodes[c]),
        Array.from(rows.state, s => codes.stateCodes[s]),
        [...rows.lon],
        [...rows.lat],
      ],
    )
    await pool!.query('create index on point using gist (geom)')
    let features = 0
    for (const z of [4, 11, 12, 13, 14, 15, 16, 18]) {
      const [west, north] = tileAt(box[0], box[3], z)
      const [east, south] = tileAt(box[2], box[1], z)
      // At the deep zooms a part of the tiles is enough.
      const stride = z > 16 ? 7 : z > 15 ? 2 : 1
      for (let x = west; x <= east; x += stride) {
        for (let y = north; y <= south; y += stride) {
          const { rows: answer } = await pool!.query<{ mvt: Buffer }>(
            `select ST_AsMVT(t, 'components', 4096, 'g', 'id') as mvt from (
               select id, class, state, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) as g
               from point where geom && ST_TileEnvelope($1, $2, $3, margin => 66.0 / 4096)) t where g is not null`,
            [z, x, y],
          )
          const expected = decodeLayer(answer[0]!.mvt, 'components')
          features += expected.length
          expect(decodeLayer(encodePoints(set, z, x, y, codes), 'components')).toEqual(expected)
        }
      }
    }
    expect(features).toBeGreaterThan(50_000)
  },
  120_000,
)
