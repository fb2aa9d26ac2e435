/** Reads of the grids of a district, as of its current generation. */
import { readEwkb } from '../../../gis/ewkb.ts'
import type { PolygonGeometry } from '../../../gis/geometry.ts'
import { type CopyRow, readCopy } from '../../core/copy-read.ts'
import { type Db, maybe, type Queryable, type Reader } from '../../core/db.ts'
import type { Scope } from '../orgs/rules.ts'
import { type Grid, type GridLayer, type GridLevel, UNIT_LEVEL, type UnitGrid } from './schema.ts'

/** Rows of generation $1 that hold in generation $1. */
const SEEN = 'g.generation <= $2 AND (g.closed_generation IS NULL OR g.closed_generation > $2)'

/** The newest published generation of a layer; 0 when none was ever published. */
export async function currentGeneration(
  db: Queryable,
  district: string,
  layer: GridLayer = 'net',
): Promise<number> {
  const row = await maybe<{ no: number | null }>(
    db,
    'SELECT max(no) AS no FROM grid_generation WHERE district = $1 AND layer = $2 AND published_at IS NOT NULL',
    [district, layer],
  )
  return row?.no ?? 0
}

/** The generation of the net that was the newest published one just before a moment; 0 before the first. */
export async function generationBefore(db: Queryable, district: string, moment: Date): Promise<number> {
  const row = await maybe<{ no: number | null }>(
    db,
    "SELECT max(no) AS no FROM grid_generation WHERE district = $1 AND layer = 'net' AND published_at < $2",
    [district, moment],
  )
  return row?.no ?? 0
}

/**
 * Grids with geometry, sorted by level and code, as of a published or an unpublished generation
 * (an unpublished one is seen together with what it does not replace).
 */
export async function listGrids(db: Reader, scope: Scope, generation: number): Promise<Grid[]> {
  const district = literal(scope.district)
  const no = Math.trunc(generation)
  const grids: Grid[] = []
  // a statement per level keeps the embedded engine's turns short
  for (const level of [0, 1, 2, 3] as const) {
    await readCopy(
      db.copyOut(
        `SELECT g.id, g.code, g.name, g.parent_id, g.area_m2, g.geom FROM grid g
         WHERE g.district = ${district} AND g.level = ${level} AND ${SEEN.replaceAll('$2', String(no))}
           AND (g.generation = ${no} OR EXISTS (SELECT 1 FROM grid_generation v
                 WHERE v.district = g.district AND v.no = g.generation AND v.published_at IS NOT NULL))
           AND NOT EXISTS (SELECT 1 FROM grid n WHERE n.district = g.district AND n.level = g.level AND n.code = g.code
                 AND n.generation = ${no} AND g.generation < ${no})
         ORDER BY g.code COLLATE "C"`,
      ),
      row => grids.push(gridOf(row, level)),
    )
  }
  if (scope.areas === 'all') return grids
  const seen = new Set(scope.areas)
  return withAncestors(grids, grid => seen.has(grid.code))
}

const gridOf = (row: CopyRow, level: GridLevel): Grid => ({
  id: row.uuid(0)!,
  level,
  code: row.text(1)!,
  name: row.text(2)!,
  parentId: row.uuid(3),
  areaM2: row.float8(4),
  geometry: readEwkb(row.bytes(5)) as PolygonGeometry,
})

/** Rows of one statement on the embedded engine. */
const UNITS_AT_ONCE = 2_000

/** The unit grids that hold, sorted by code, in portions; `after` is the code of the last one of the page before. */
export async function* eachUnitGrid(
  db: Db,
  scope: Scope,
  { after = '', limit = Number.POSITIVE_INFINITY }: { after?: string; limit?: number } = {},
): AsyncGenerator<UnitGrid[]> {
  const seen = await areasOf(db, scope)
  for (let last = after, left = limit, read = 1; left > 0 && read > 0; left -= read) {
    const page: UnitGrid[] = []
    read = await readCopy(
      db.copyOut(
        `SELECT g.id, g.code, g.name, g.parent_id, g.area_m2, g.geom FROM grid g
         JOIN grid_generation v ON v.district = g.district AND v.no = g.generation AND v.published_at IS NOT NULL
         WHERE g.district = ${literal(scope.district)} AND g.level = ${UNIT_LEVEL} AND g.closed_generation IS NULL
           AND g.code COLLATE "C" > ${literal(last)}
         ORDER BY g.code COLLATE "C" LIMIT ${Math.min(left, UNITS_AT_ONCE)}`,
      ),
      row => {
        last = row.text(1)!
        const areaId = row.uuid(3)
        if (seen && (areaId === null || !seen.has(areaId))) return
        page.push({
          id: row.uuid(0)!,
          code: last,
          name: row.text(2)!,
          areaId,
          areaM2: row.float8(4),
          geometry: readEwkb(row.bytes(5)) as PolygonGeometry,
        })
      },
    )
    if (page.length > 0) yield page
  }
}

/** Ids of the areas that are seen; null for all. */
async function areasOf(db: Db, scope: Scope): Promise<ReadonlySet<string> | null> {
  if (scope.areas === 'all') return null
  const grids = await listGrids(db, scope, await currentGeneration(db, scope.district))
  return new Set(grids.filter(grid => grid.level === 3).map(grid => grid.id))
}

/** All unit grids that hold. */
export async function listUnitGrids(db: Db, scope: Scope): Promise<UnitGrid[]> {
  const all: UnitGrid[] = []
  for await (const page of eachUnitGrid(db, scope)) all.push(...page)
  return all
}

/** The chosen grids, everything below them, and the way up to the district. */
function withAncestors(grids: readonly Grid[], chosen: (grid: Grid) => boolean): Grid[] {
  const byId = new Map(grids.map(grid => [grid.id, grid]))
  const kept = new Set<string>()
  const inside = (grid: Grid): boolean =>
    chosen(grid) || (grid.parentId !== null && byId.has(grid.parentId) && inside(byId.get(grid.parentId)!))
  for (const grid of grids) {
    if (!inside(grid)) continue
    for (let at: Grid | undefined = grid; at; at = at.parentId ? byId.get(at.parentId) : undefined)
      kept.add(at.id)
  }
  return grids.filter(grid => kept.has(grid.id))
}

/** A text literal, for COPY, which takes no parameters. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** What a published generation of the net changed: grids that came or are another since, and ids of those it ended. */
export async function listGridChanges(
  db: Reader,
  district: string,
  generation: number,
): Promise<{ grids: Grid[]; ended: string[] }> {
  const grids: Grid[] = []
  const no = Math.trunc(generation)
  for (const level of [0, 1, 2, 3] as const)
    await readCopy(
      db.copyOut(
        `SELECT g.id, g.code, g.name, g.parent_id, g.area_m2, g.geom FROM grid g
         WHERE g.district = ${literal(district)} AND g.level = ${level} AND g.generation = ${no}`,
      ),
      row => grids.push(gridOf(row, level)),
    )
  const came = new Set(grids.map(grid => grid.id))
  const closed = await db.query<{ id: string }>(
    `SELECT id FROM grid WHERE district = $1 AND closed_generation = $2 AND level <> ${UNIT_LEVEL}`,
    [district, no],
  )
  return { grids, ended: closed.map(({ id }) => id).filter(id => !came.has(id)) }
}

/** West, south, east, north of the district's own polygon; null before there is one. */
export async function findDistrictBox(
  db: Queryable,
  district: string,
): Promise<[number, number, number, number] | null> {
  const row = await maybe<{ west: number; south: number; east: number; north: number }>(
    db,
    `SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, ST_YMax(e) AS north FROM (
       SELECT ST_Extent(g.geom) AS e FROM grid g
       JOIN grid_generation v ON v.district = g.district AND v.no = g.generation AND v.published_at IS NOT NULL
       WHERE g.district = $1 AND g.level = 0 AND g.closed_generation IS NULL) box WHERE e IS NOT NULL`,
    [district],
  )
  return row && [row.west, row.south, row.east, row.north]
}
