/**
 * PostGIS's word on where every current component belongs, in plain SQL over what is stored: points by
 * the lowest code that covers them, lines and polygons by the largest share and then the lowest code.
 */
import type { Db } from '../../src/core/db.ts'
import { CURRENT } from '../../src/domain/registry/store.ts'

export interface Checked {
  components: number
  points: number
  /** Points covered by more than one area: the ones on shared edges. */
  onEdges: number
  withoutArea: number
  /** Components whose stored placement differs from PostGIS's answer. */
  wrong: { id: string; stored: string | null; expected: string | null }[]
}

const AREAS = `SELECT g.* FROM grid g
  JOIN grid_generation v ON v.district = g.district AND v.no = g.generation AND v.published_at IS NOT NULL
  WHERE g.district = $1 AND g.closed_generation IS NULL`

const STORED = `SELECT DISTINCT ON (p.component_id, p.batch) p.component_id, p.batch, p.grid_id, p.reason
  FROM placement p JOIN placement_generation v ON v.district = p.district AND v.no = p.generation AND v.published
  WHERE p.district = $1 ORDER BY p.component_id, p.batch, p.generation DESC`

/** Compares in slices by class, so that no statement on the embedded engine takes long. */
export async function checkPlacements(db: Db, district: string): Promise<Checked> {
  const total: Checked = { components: 0, points: 0, onEdges: 0, withoutArea: 0, wrong: [] }
  const classes = await db.query<{ class: string }>(
    `SELECT DISTINCT class FROM (${CURRENT}) c ORDER BY class`,
    [district],
  )
  for (const { class: code } of classes) {
    const rows = await db.query<{
      id: string
      point: boolean
      n: number
      stored: string | null
      expected: string | null
    }>(
      `WITH area AS MATERIALIZED (${AREAS} AND g.level = 3),
         district AS MATERIALIZED (${AREAS} AND g.level = 0),
         stored AS MATERIALIZED (${STORED})
       SELECT c.id, GeometryType(c.geom) = 'POINT' AS point, coalesce(best.n, 0) AS n,
         coalesce(sg.code, s.reason) AS stored,
         coalesce(best.code, CASE WHEN EXISTS (SELECT 1 FROM district d WHERE
           CASE WHEN GeometryType(c.geom) = 'POINT' THEN ST_Covers(d.geom, c.geom) ELSE ST_Intersects(d.geom, c.geom) END)
           THEN 'gap' ELSE 'outside' END) AS expected
       FROM (${CURRENT} AND c.class = $2) c
       LEFT JOIN stored s ON s.component_id = c.id AND s.batch = c.batch
       LEFT JOIN area sg ON sg.id = s.grid_id
       LEFT JOIN LATERAL (
         SELECT (array_agg(hit.code ORDER BY round(hit.share::numeric, 9) DESC, hit.code COLLATE "C"))[1] AS code, count(*) AS n
         FROM (SELECT a.code, CASE ST_Dimension(c.geom)
                 WHEN 0 THEN 1
                 WHEN 1 THEN ST_Length(ST_Intersection(a.geom, c.geom)) / ST_Length(c.geom)
                 ELSE ST_Area(ST_Intersection(a.geom, c.geom)) / ST_Area(c.geom) END AS share
               FROM area a WHERE a.geom && c.geom AND ST_Intersects(a.geom, c.geom)
                 AND (ST_Dimension(c.geom) > 0 OR ST_Covers(a.geom, c.geom))) hit
         WHERE hit.share > 0) best ON true`,
      [district, code],
    )
    total.components += rows.length
    for (const row of rows) {
      if (row.point) total.points++
      if (row.point && row.n > 1) total.onEdges++
      if (row.expected === 'gap' || row.expected === 'outside') total.withoutArea++
      if (row.stored !== row.expected)
        total.wrong.push({ id: row.id, stored: row.stored, expected: row.expected })
    }
  }
  return total
}
