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

/** Grids that hold now; `$2` are the published generations. */
const holds = (g: string) =>
  `${g}.district = $1 AND ${g}.closed_generation IS NULL AND ${g}.generation = ANY($2::int[])`

const STORED = `SELECT DISTINCT ON (p.component_id, p.batch) p.component_id AS id, p.batch, coalesce(g.code, p.reason) AS place
  FROM placement p JOIN placement_generation v ON v.district = p.district AND v.no = p.generation AND v.published
  LEFT JOIN grid g ON g.id = p.grid_id AND g.level = 3 AND ${holds('g')}
  WHERE p.district = $1 ORDER BY p.component_id, p.batch, p.generation DESC`

const EXPECTED = `SELECT c.id, c.batch, GeometryType(c.geom) = 'POINT' AS point, coalesce(best.n, 0) AS n,
    coalesce(best.code, CASE WHEN EXISTS (SELECT 1 FROM grid d WHERE ${holds('d')} AND d.level = 0 AND
      CASE ST_Dimension(c.geom) WHEN 0 THEN ST_Covers(d.geom, c.geom) ELSE ST_Intersects(d.geom, c.geom) END)
      THEN 'gap' ELSE 'outside' END) AS place
  FROM (${CURRENT} AND c.class = $3) c
  LEFT JOIN LATERAL (
    SELECT (array_agg(hit.code ORDER BY round(hit.share::numeric, 9) DESC, hit.code COLLATE "C"))[1] AS code, count(*) AS n
    FROM (SELECT a.code, CASE ST_Dimension(c.geom)
            WHEN 0 THEN ST_Covers(a.geom, c.geom)::int
            WHEN 1 THEN ST_Length(ST_Intersection(a.geom, c.geom)) / ST_Length(c.geom)
            ELSE ST_Area(ST_Intersection(a.geom, c.geom)) / ST_Area(c.geom) END AS share
          FROM grid a WHERE ${holds('a')} AND a.level = 3 AND ST_Intersects(a.geom, c.geom)) hit
    WHERE hit.share > 0) best ON true`

/** Compares class by class, so that no statement on the embedded engine takes long. */
export async function checkPlacements(db: Db, district: string): Promise<Checked> {
  const total: Checked = { components: 0, points: 0, onEdges: 0, withoutArea: 0, wrong: [] }
  // without statistics of rows just landed the planner walks all grids for every component
  await db.script('ANALYZE grid; ANALYZE component')
  const published = await db.query<{ no: number }>(
    `SELECT no FROM grid_generation WHERE district = $1 AND layer = 'net' AND published_at IS NOT NULL`,
    [district],
  )
  const holding = [district, published.map(({ no }) => no)]
  const stored = new Map(
    (await db.query<{ id: string; batch: number; place: string | null }>(STORED, holding)).map(row => [
      `${row.id} ${row.batch}`,
      row.place,
    ]),
  )
  const classes = await db.query<{ class: string }>(
    `SELECT DISTINCT class FROM (${CURRENT}) c ORDER BY class`,
    [district],
  )
  for (const { class: code } of classes) {
    const rows = await db.query<{ id: string; batch: number; point: boolean; n: number; place: string }>(
      EXPECTED,
      [...holding, code],
    )
    total.components += rows.length
    for (const { id, batch, point, n, place } of rows) {
      if (point) total.points++
      if (point && n > 1) total.onEdges++
      if (place === 'gap' || place === 'outside') total.withoutArea++
      const kept = stored.get(`${id} ${batch}`) ?? null
      if (kept !== place) total.wrong.push({ id, stored: kept, expected: place })
    }
  }
  return total
}
