/**
 * Landed grids held against those that hold, and unit grids against each other. PostGIS measures; it is asked in
 * portions, as the checks are.
 *
 *   landed generation -> compareGrids  -> codes on one side only, other names, outlines further apart than a tolerance
 *                     -> findOverlaps  -> ground of two unit grids
 */
import type { Queryable } from '../../core/db.ts'
import { COMING, portions } from './checks.ts'
import { UNIT_LEVEL } from './schema.ts'

export interface LandedGrid {
  file: string
  row: number
  level: number
  code: string
  name: string
}

export interface GridDifferences {
  /** How many of the delivered levels hold. */
  held: number
  /** Landed, and not held. */
  surplus: LandedGrid[]
  /** Held, and not landed. */
  missing: { level: number; code: string; name: string; lonLat: [number, number] }[]
  renamed: (LandedGrid & { heldName: string })[]
  redrawn: (LandedGrid & { differenceM2: number; lonLat: [number, number] })[]
}

/** The grids that hold on the levels that were landed. */
const HELD = `SELECT h.level, h.code, h.name, h.geom FROM grid h
  JOIN grid_generation v ON v.district = h.district AND v.no = h.generation AND v.published_at IS NOT NULL
  WHERE h.district = $1 AND h.closed_generation IS NULL
    AND h.level IN (SELECT level FROM grid WHERE district = $1 AND generation = $2)`
const LANDED = 'n.file, n.row_no AS "row", n.level, n.code, n.name'

export async function compareGrids(
  db: Queryable,
  district: string,
  generation: number,
  toleranceM2: number,
): Promise<GridDifferences> {
  const both = [district, generation]
  const [held] = await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM (${HELD}) h`, both)
  const paired = await db.query<LandedGrid & { heldName: string | null }>(
    `SELECT ${LANDED}, h.name AS "heldName" FROM grid n LEFT JOIN (${HELD}) h ON h.level = n.level AND h.code = n.code
     WHERE n.district = $1 AND n.generation = $2 AND h.name IS DISTINCT FROM n.name
     ORDER BY n.level, n.code COLLATE "C"`,
    both,
  )
  const missing = await db.query<{ level: number; code: string; name: string; x: number; y: number }>(
    `SELECT h.level, h.code, h.name, ST_X(ST_Centroid(h.geom)) AS x, ST_Y(ST_Centroid(h.geom)) AS y FROM (${HELD}) h
     WHERE NOT EXISTS (SELECT 1 FROM grid n WHERE n.district = $1 AND n.generation = $2 AND n.level = h.level AND n.code = h.code)
     ORDER BY h.level, h.code COLLATE "C"`,
    both,
  )
  return {
    held: held!.n,
    surplus: paired.filter(each => each.heldName === null),
    renamed: paired.flatMap(each => (each.heldName === null ? [] : [{ ...each, heldName: each.heldName }])),
    missing: missing.map(({ x, y, ...each }) => ({ ...each, lonLat: [x, y] })),
    redrawn: await findRedrawn(db, district, generation, toleranceM2),
  }
}

async function findRedrawn(
  db: Queryable,
  district: string,
  generation: number,
  toleranceM2: number,
): Promise<GridDifferences['redrawn']> {
  const redrawn: GridDifferences['redrawn'] = []
  for (const ids of await portions(db, district, generation)) {
    const rows = await db.query<LandedGrid & { differenceM2: number; x: number; y: number }>(
      `SELECT ${LANDED}, d.m2 AS "differenceM2", ST_X(d.at) AS x, ST_Y(d.at) AS y
       FROM grid n JOIN (${HELD}) h ON h.level = n.level AND h.code = n.code,
         LATERAL (SELECT ST_SymDifference(n.geom, h.geom) AS geom) s,
         LATERAL (SELECT coalesce(nullif(ST_Area(ST_SetSRID(s.geom, 4326)::geography), 'NaN'), 0) AS m2,
           ST_PointOnSurface(s.geom) AS at) d
       WHERE n.district = $1 AND n.generation = $2 AND n.id = ANY($3::uuid[])
         AND ST_AsEWKB(n.geom) <> ST_AsEWKB(h.geom) AND d.m2 > $4
       ORDER BY n.level, n.code COLLATE "C"`,
      [district, generation, ids, toleranceM2],
    )
    for (const { x, y, ...each } of rows) redrawn.push({ ...each, lonLat: [x, y] })
  }
  return redrawn
}

/** Two unit grids on the same ground; of a pair that was landed together the one with the higher code is told. */
export interface Overlap extends LandedGrid {
  other: string
  m2: number
  lonLat: [number, number]
}

/** Each grid meets some eight neighbours, so portions are smaller than those of the checks. */
const NEIGHBOURS = 8

export async function findOverlaps(
  db: Queryable,
  district: string,
  generation: number,
  {
    toleranceM2,
    beside,
  }: {
    toleranceM2: number
    /** Whether a grid that stays beside them counts, by its code; of those landed each does. */
    beside(code: string): boolean
  },
): Promise<Overlap[]> {
  const overlaps: Overlap[] = []
  for (const ids of await portions(db, district, generation, NEIGHBOURS)) {
    const rows = await db.query<
      LandedGrid & { other: string; landed: boolean; m2: number; x: number; y: number }
    >(
      `WITH coming AS (${COMING})
       SELECT ${LANDED}, o.code AS other, o.generation = $2 AS landed, d.m2, ST_X(d.at) AS x, ST_Y(d.at) AS y
       FROM grid n JOIN coming o ON o.level = ${UNIT_LEVEL} AND o.geom && n.geom AND o.id <> n.id
         AND (o.generation <> $2 OR o.code COLLATE "C" < n.code COLLATE "C"),
         LATERAL (SELECT ST_CollectionExtract(ST_Intersection(n.geom, o.geom), 3) AS geom) s,
         LATERAL (SELECT coalesce(nullif(ST_Area(ST_SetSRID(s.geom, 4326)::geography), 'NaN'), 0) AS m2,
           ST_PointOnSurface(s.geom) AS at) d
       WHERE n.district = $1 AND n.generation = $2 AND n.id = ANY($3::uuid[])
         AND NOT ST_Touches(n.geom, o.geom) AND d.m2 > $4
       ORDER BY n.code COLLATE "C", o.code COLLATE "C"`,
      [district, generation, ids, toleranceM2],
    )
    for (const { x, y, landed, ...each } of rows)
      if (landed || beside(each.other)) overlaps.push({ ...each, lonLat: [x, y] })
  }
  return overlaps
}
