import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Grid } from '../../../pilot/ground/district.ts'
import { makeDistrict } from '../../../pilot/ground/district.ts'
import { noOracle, oracle } from '../../support/oracle.ts'

const pool = oracle()
const unclaimed = 120

describe.skipIf(pool === null)(
  `the district as PostGIS sees it${pool === null ? ` (${noOracle})` : ''}`,
  () => {
    beforeAll(async () => {
      const district = makeDistrict(20170807, unclaimed)
      const texts = (grids: readonly Pick<Grid, 'rings'>[]) => grids.map(grid => wkt(grid.rings))
      await pool!.query('create temporary table pilot_grid (level int, geom geometry(Polygon, 4549))')
      for (const [level, grids] of [
        [{ rings: district.outline }],
        district.towns,
        district.villages,
        district.areas,
      ].entries()) {
        await pool!.query(
          'insert into pilot_grid select $1, ST_GeomFromText(t, 4549) from unnest($2::text[]) t',
          [level, texts(grids)],
        )
      }
      await pool!.query(
        'create temporary table pilot_degrees as select level, ST_Transform(geom, 4490) as geom from pilot_grid',
      )
    })
    afterAll(() => pool?.end())

    it.each(['pilot_grid', 'pilot_degrees'])('has valid polygons only (%s)', async table => {
      const { rows } = await pool!.query(
        `select ST_IsValidReason(geom) as reason from ${table} where not ST_IsValid(geom)`,
      )
      expect(rows).toEqual([])
    })

    it.each(['pilot_grid', 'pilot_degrees'])(
      'has as many gaps in its areas as pieces were left over (%s)',
      async table => {
        const { rows } = await pool!.query(
          `select ST_NumGeometries(ST_Difference(
         (select geom from ${table} where level = 0),
         (select ST_Union(geom) from ${table} where level = 3))) as gaps`,
        )
        expect(rows).toEqual([{ gaps: unclaimed }])
      },
    )

    it('has no overlap between areas, and measures 52.3 square kilometres on the ellipsoid', async () => {
      const { rows } = await pool!.query(
        `select (select count(*)::int from pilot_grid a join pilot_grid b on a.level = 3 and b.level = 3 and a.ctid < b.ctid
                 and ST_Overlaps(a.geom, b.geom)) as overlaps,
              (select ST_Area(geom::geography) / 1e6 from pilot_degrees where level = 0) as km2`,
      )
      expect(rows[0].overlaps).toBe(0)
      expect(Math.abs(rows[0].km2 / 52.3 - 1)).toBeLessThan(0.005)
    })
  },
)

function wkt(rings: readonly (readonly number[])[]): string {
  const ring = (flat: readonly number[]) => {
    const points = Array.from({ length: flat.length / 2 }, (_, i) => `${flat[2 * i]} ${flat[2 * i + 1]}`)
    return `(${[...points, points[0]].join(',')})`
  }
  return `POLYGON(${rings.map(ring).join(',')})`
}
