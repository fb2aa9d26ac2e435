/** What one version of the registry changed, for who keeps the rows of the version before it: in short statements. */
import { type CopyRow, readCopy } from '../../core/copy-read.ts'
import { maybe, type Reader } from '../../core/db.ts'
import { literal } from '../grids/store.ts'
import type { ShapePlacement } from './placements.ts'

/**
 * Rows that the version brought, then rows that it ended; of both the first two fields are id and batch. A component
 * that changed is among both. Later versions may have ended rows since: they are told as they were.
 * @param columns SQL expressions over `c`
 */
export async function eachChangeOf(
  db: Reader,
  district: string,
  version: number,
  columns: string,
  { came, went }: { came: (row: CopyRow) => void; went: (row: CopyRow) => void },
): Promise<void> {
  const batch = await maybe<{ part: number; no: number }>(
    db,
    'SELECT part, no FROM batch WHERE district = $1 AND version = $2',
    [district, version],
  )
  const no = Math.trunc(version)
  if (batch)
    await readCopy(
      db.copyOut(
        `SELECT c.id, c.batch, ${columns} FROM component c
         WHERE c.district = ${literal(district)} AND c.part = ${batch.part} AND c.batch = ${batch.no}
           AND (c.closed_version IS NULL OR c.closed_version > ${no})`,
      ),
      came,
    )
  await readCopy(
    db.copyOut(
      `SELECT c.id, c.batch, ${columns} FROM component c
       JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version < ${no}
       WHERE c.district = ${literal(district)} AND c.closed_version = ${no}`,
    ),
    went,
  )
}

/** The newest published placements of some lines and polygons, as `listShapePlacements` gives those of all. */
export async function listPlacementsOf(
  db: Reader,
  district: string,
  ids: readonly string[],
): Promise<ShapePlacement[]> {
  if (ids.length === 0) return []
  const parts = await db.query<{ part: number }>(
    'SELECT DISTINCT part FROM placement_generation WHERE district = $1 AND published',
    [district],
  )
  const rows: ShapePlacement[] = []
  for (const { part } of parts)
    rows.push(
      ...(await db.query<ShapePlacement>(
        `SELECT p.component_id AS id, p.batch, p.grid_id AS "gridId", p.reason, p.generation FROM placement p
         JOIN placement_generation g ON g.district = p.district AND g.no = p.generation AND g.published
         WHERE p.district = $1 AND p.part = $2 AND p.component_id = ANY($3::uuid[])`,
        [district, part, ids],
      )),
    )
  return rows.sort((a, b) => a.generation - b.generation)
}
