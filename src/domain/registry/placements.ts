/** Where components belong, as the published placements say. */
import { maybe, type Queryable, type Reader } from '../../core/db.ts'
import { idRanges } from './ranges.ts'

/** The area a component row belongs to now and all it touches; for shapes, whose answer is not a point's. */
export async function findPlacement(
  db: Queryable,
  district: string,
  id: string,
  batch: number,
): Promise<{ gridId: string | null; reason: string | null; touched: string[] | null } | null> {
  return maybe(
    db,
    `SELECT p.grid_id AS "gridId", p.reason, p.touched FROM placement p
     JOIN placement_generation g ON g.district = p.district AND g.no = p.generation AND g.published
     WHERE p.district = $1 AND p.component_id = $2::uuid AND p.batch = $3 ORDER BY p.generation DESC LIMIT 1`,
    [district, id, batch],
  )
}

export interface ShapePlacement {
  id: string
  batch: number
  gridId: string | null
  reason: string | null
  /** Of the placement: the newest says where it belongs now. */
  generation: number
}

/** Placements of every line and polygon (and of points without an area), for the atlas. */
export async function listShapePlacements(db: Reader, district: string): Promise<ShapePlacement[]> {
  const parts = await db.query<{ part: number }>(
    'SELECT DISTINCT part FROM placement_generation WHERE district = $1 AND published ORDER BY part',
    [district],
  )
  const newest = new Map<string, ShapePlacement>()
  for (const { part } of parts) {
    const from = 'placement p WHERE p.district = $1 AND p.part = $2'
    for await (const { within, params } of idRanges(db, {
      from,
      id: 'p.component_id',
      params: [district, part],
    })) {
      const rows = await db.query<ShapePlacement>(
        `SELECT p.component_id AS id, p.batch, p.grid_id AS "gridId", p.reason, p.generation FROM ${from}
           ${within} AND (p.touched IS NOT NULL OR p.reason IS NOT NULL)
           AND EXISTS (SELECT 1 FROM placement_generation g WHERE g.district = p.district AND g.no = p.generation AND g.published)`,
        params,
      )
      for (const row of rows) {
        const key = `${row.id}/${row.batch}`
        if ((newest.get(key)?.generation ?? -1) < row.generation) newest.set(key, row)
      }
    }
  }
  return [...newest.values()]
}
