/**
 * The checks of grids that landed under a generation nobody sees yet: valid polygons, areas, parents.
 * PostGIS decides; it is asked in portions, so that on the embedded engine nobody waits long behind one.
 *
 *   findInvalid / repairGrids -> measureGrids -> linkParents
 */
import type { Db, Queryable } from '../../core/db.ts'

/** Stored bytes of geometry a statement may work on: some 50 to 200 ms of the embedded engine. */
const PORTION_BYTES = 200_000

/** The landed grids, in portions of about as much geometry each; of an nth of that where each is looked at n times. */
export async function portions(
  db: Queryable,
  district: string,
  generation: number,
  times = 1,
): Promise<string[][]> {
  const rows = await db.query<{ id: string; bytes: number }>(
    `SELECT id, pg_column_size(geom) AS bytes FROM grid WHERE district = $1 AND generation = $2
     ORDER BY level, code COLLATE "C", row_no`,
    [district, generation],
  )
  const all: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const row of rows) {
    if (bytes > PORTION_BYTES / times) {
      all.push([])
      bytes = 0
    }
    all.at(-1)!.push(row.id)
    bytes += row.bytes
  }
  return all
}

export interface InvalidGrid {
  id: string
  file: string
  row: number
  code: string
  reason: string
  /** Where it is wrong, lon/lat. */
  lonLat: [number, number] | null
}

/** Landed grids whose polygon is not valid (OGC Simple Features, as ST_IsValidDetail says it). */
export async function findInvalid(
  db: Queryable,
  district: string,
  generation: number,
): Promise<InvalidGrid[]> {
  const invalid: InvalidGrid[] = []
  for (const ids of await portions(db, district, generation)) {
    const rows = await db.query<{
      id: string
      file: string
      row_no: number
      code: string
      reason: string
      x: number | null
      y: number | null
    }>(
      `SELECT g.id, g.file, g.row_no, g.code, d.reason, ST_X(d.location) AS x, ST_Y(d.location) AS y
       FROM grid g, LATERAL ST_IsValidDetail(g.geom) d
       WHERE g.district = $1 AND g.generation = $2 AND g.id = ANY($3::uuid[]) AND NOT d.valid
       ORDER BY g.level, g.code COLLATE "C"`,
      [district, generation, ids],
    )
    for (const row of rows)
      invalid.push({
        id: row.id,
        file: row.file,
        row: row.row_no,
        code: row.code,
        reason: row.reason,
        lonLat: row.x === null || row.y === null ? null : [row.x, row.y],
      })
  }
  return invalid
}

/** Repairs invalid landed grids with ST_MakeValid. @returns what changed; those without any ground left are not repaired. */
export async function repairGrids(
  db: Queryable,
  district: string,
  generation: number,
  ids: readonly string[],
): Promise<{ id: string; changeM2: number }[]> {
  const rows = await db.query<{ id: string; change: number }>(
    `WITH repaired AS (
       SELECT id, geom AS before, ST_CollectionExtract(ST_MakeValid(geom), 3) AS after
       FROM grid WHERE district = $1 AND generation = $2 AND id = ANY($3::uuid[]))
     UPDATE grid g SET geom = r.after FROM repaired r
     WHERE g.district = $1 AND g.generation = $2 AND g.id = r.id AND NOT ST_IsEmpty(r.after) AND ST_IsValid(r.after)
     RETURNING g.id, ST_Area(ST_SetSRID(r.after, 4326)::geography)
       - abs(coalesce(nullif(ST_Area(ST_SetSRID(r.before, 4326)::geography), 'NaN'), 0)) AS change`,
    [district, generation, ids],
  )
  return rows.map(row => ({ id: row.id, changeM2: row.change }))
}

/** Fills area and content of landed grids: the hash of everything that makes a grid what it is. */
export async function measureGrids(db: Queryable, district: string, generation: number): Promise<void> {
  for (const ids of await portions(db, district, generation))
    await db.query(
      `UPDATE grid SET area_m2 = ST_Area(ST_SetSRID(geom, 4326)::geography),
         content = ('x' || substr(md5(ST_AsEWKB(geom)::text || code || name || coalesce(attributes::text, '')), 1, 16))::bit(64)::bigint
       WHERE district = $1 AND generation = $2 AND id = ANY($3::uuid[])`,
      [district, generation, ids],
    )
}

/** The rows that will hold once the generation is published: its own, and those it does not replace. */
export const COMING = `SELECT * FROM grid c WHERE c.district = $1 AND c.closed_generation IS NULL AND (c.generation = $2
   OR (EXISTS (SELECT 1 FROM grid_generation v WHERE v.district = $1 AND v.no = c.generation AND v.published_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM grid n WHERE n.district = $1 AND n.generation = $2 AND n.level = c.level AND n.code = c.code)))`

/** A landed grid whose parent is not there. */
export interface Orphan {
  id: string
  file: string
  row: number
  code: string
  parentCode: string | null
}

/** A landed grid that lies in its parent with less than 99 % of its ground. */
export interface Askew {
  file: string
  row: number
  code: string
  parent: string
  /** 0 to 1. */
  share: number
}

/**
 * Gives every landed grid its parent: by the delivered code, else by the longest code of the level above
 * that begins its own, else by the largest share of ground.
 * @param how.byGround codes say nothing of where it belongs, as those of unit grids do not
 * @param how.keepCodes by level: codes that hold; all others of these levels end with the publish and are no parents
 */
export async function linkParents(
  db: Db,
  district: string,
  generation: number,
  {
    keepCodes,
    byGround = false,
  }: { keepCodes?: ReadonlyMap<number, readonly string[]>; byGround?: boolean } = {},
): Promise<{ orphans: Orphan[]; askew: Askew[] }> {
  const coming = await db.query<{ id: string; level: number; code: string }>(
    `SELECT id, level, code FROM (${COMING}) c ORDER BY level, code COLLATE "C"`,
    [district, generation],
  )
  const kept = new Map([...(keepCodes ?? [])].map(([level, codes]) => [level, new Set(codes)]))
  const holds = (grid: { level: number; code: string }) => kept.get(grid.level)?.has(grid.code) ?? true
  const ending = coming.filter(grid => !holds(grid)).map(grid => grid.id)
  const byCode = new Map(coming.filter(holds).map(grid => [`${grid.level}|${grid.code}`, grid.id]))
  const landed = await db.query<{
    id: string
    file: string
    row_no: number
    level: number
    code: string
    parent_code: string | null
  }>(
    `SELECT id, file, row_no, level, code, attributes->>'parentCode' AS parent_code FROM grid
     WHERE district = $1 AND generation = $2 AND level > 0 ORDER BY level, code COLLATE "C"`,
    [district, generation],
  )
  const parents = new Map<string, string>()
  const unnamed: string[] = []
  const byDigits = (grid: { level: number; code: string }) =>
    byGround ? undefined : longestPrefix(byCode, grid.level - 1, grid.code)
  for (const grid of landed) {
    const parent =
      grid.parent_code === null ? byDigits(grid) : byCode.get(`${grid.level - 1}|${grid.parent_code}`)
    if (parent) parents.set(grid.id, parent)
    else if (grid.parent_code === null) unnamed.push(grid.id)
  }
  for (const [id, parent] of await parentsByGround(db, district, generation, unnamed, ending))
    parents.set(id, parent)
  for (const ids of inTurns([...parents.keys()], 2_000))
    await db.query(
      `UPDATE grid g SET parent_id = p.parent FROM unnest($3::uuid[], $4::uuid[]) AS p (id, parent)
       WHERE g.district = $1 AND g.generation = $2 AND g.id = p.id`,
      [district, generation, ids, ids.map(id => parents.get(id)!)],
    )
  return {
    orphans: landed
      .filter(grid => !parents.has(grid.id))
      .map(grid => ({
        id: grid.id,
        file: grid.file,
        row: grid.row_no,
        code: grid.code,
        parentCode: grid.parent_code,
      })),
    askew: await findAskew(db, district, generation),
  }
}

function longestPrefix(byCode: ReadonlyMap<string, string>, level: number, code: string): string | undefined {
  for (let length = code.length; length > 0; length--) {
    const found = byCode.get(`${level}|${code.slice(0, length)}`)
    if (found) return found
  }
  return undefined
}

/** Of the grids a polygon's inner point lies in, the one that holds most of it; ties to the lowest code. */
async function parentsByGround(
  db: Queryable,
  district: string,
  generation: number,
  wanted: readonly string[],
  ending: readonly string[],
): Promise<[id: string, parent: string][]> {
  const found: [string, string][] = []
  for (const ids of inTurns(wanted, 50)) {
    const rows = await db.query<{ id: string; parent: string }>(
      `WITH coming AS (${COMING})
       SELECT DISTINCT ON (g.id) g.id, p.id AS parent FROM grid g
       JOIN coming p ON p.level = g.level - 1 AND NOT (p.id = ANY($4::uuid[])) AND p.geom && g.geom AND ST_Intersects(p.geom, ST_PointOnSurface(g.geom))
       WHERE g.district = $1 AND g.generation = $2 AND g.id = ANY($3::uuid[])
       ORDER BY g.id, ST_Area(ST_Intersection(p.geom, g.geom)) DESC, p.code COLLATE "C"`,
      [district, generation, ids, ending],
    )
    for (const row of rows) found.push([row.id, row.parent])
  }
  return found
}

async function findAskew(db: Queryable, district: string, generation: number): Promise<Askew[]> {
  const askew: Askew[] = []
  for (const ids of await portions(db, district, generation)) {
    const rows = await db.query<{
      file: string
      row_no: number
      code: string
      parent: string
      share: number
    }>(
      `WITH coming AS (${COMING})
       SELECT g.file, g.row_no, g.code, p.code AS parent, s.share
       FROM grid g JOIN coming p ON p.id = g.parent_id,
         LATERAL (SELECT ST_Area(ST_Intersection(g.geom, p.geom)) / ST_Area(g.geom) AS share) s
       WHERE g.district = $1 AND g.generation = $2 AND g.id = ANY($3::uuid[])
         AND NOT ST_CoveredBy(g.geom, p.geom) AND s.share < 0.99
       ORDER BY g.level, g.code COLLATE "C"`,
      [district, generation, ids],
    )
    for (const row of rows)
      askew.push({ file: row.file, row: row.row_no, code: row.code, parent: row.parent, share: row.share })
  }
  return askew
}

function* inTurns<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size)
}
