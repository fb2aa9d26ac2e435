/**
 * How grids change: a load lands drafts under a new generation, unseen; checks run on what landed; the
 * generation is published in one step, or dropped.
 *
 *   landGrids -> checks of checks.ts -> dropUnchanged -> publishGrids | dropGeneration
 */
import { ewkbSize, writeEwkb } from '../../../gis/ewkb.ts'
import { copyWriter } from '../../core/copy.ts'
import { type Db, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import type { GridDraft, GridLayer } from './schema.ts'

const SRID = 4490
const COLUMNS = [
  'district', 'id', 'level', 'code', 'name', 'parent_id', 'geom', 'area_m2', 'attributes', 'content', 'generation', 'delivery_id', 'row_no', 'file',
] // biome-ignore format: one line

/** Opens a generation nobody sees yet. */
export async function openGeneration(
  db: Db,
  district: string,
  deliveryId: string,
  layer: GridLayer = 'net',
): Promise<number> {
  return db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO grid_generation (district, no, delivery_id, layer)
       SELECT $1, coalesce(max(no), 0) + 1, $2::uuid, $3 FROM grid_generation WHERE district = $1 RETURNING no`,
      [district, deliveryId, layer],
    )
    return no
  })
}

/** Writes drafts under the generation. A grid whose level and code exist keeps its id. */
export async function landGrids(
  db: Db,
  district: string,
  generation: number,
  deliveryId: string,
  drafts: readonly GridDraft[],
): Promise<void> {
  const known = await db.query<{ id: string; level: number; code: string }>(
    `SELECT DISTINCT ON (level, code) id, level, code FROM grid WHERE district = $1 AND generation < $2
     ORDER BY level, code, generation DESC`,
    [district, generation],
  )
  const ids = new Map(known.map(row => [`${row.level}|${row.code}`, row.id]))
  const chunks = function* () {
    const out = copyWriter()
    for (const draft of drafts) {
      out.row(COLUMNS.length)
      out.text(district)
      out.uuid(ids.get(`${draft.level}|${draft.code}`) ?? newId())
      out.int2(draft.level)
      out.text(draft.code)
      out.text(draft.name)
      out.uuid(null)
      const { view, offset } = out.reserve(ewkbSize(draft.geometry))
      writeEwkb(view, offset, draft.geometry, SRID)
      out.float8(0)
      out.jsonb({ ...draft.attributes, ...(draft.parentCode ? { parentCode: draft.parentCode } : {}) })
      out.int8(0)
      out.int4(generation)
      out.uuid(deliveryId)
      out.int4(draft.row)
      out.text(draft.file)
      if (out.bytes > 1 << 20) yield out.take()
    }
    if (out.bytes > 0) yield out.take()
  }
  await db.copyIn('grid', COLUMNS, chunks())
}

/** Takes landed grids out again. */
export async function refuseGrids(
  db: Queryable,
  district: string,
  generation: number,
  ids: readonly string[],
): Promise<void> {
  await db.query('DELETE FROM grid WHERE district = $1 AND generation = $2 AND id = ANY($3::uuid[])', [
    district,
    generation,
    ids,
  ])
}

/** Takes out landed grids that are the same as what holds already. @returns how many were */
export async function dropUnchanged(db: Queryable, district: string, generation: number): Promise<number> {
  const rows = await db.query(
    `DELETE FROM grid g USING grid c
     WHERE g.district = $1 AND g.generation = $2 AND c.district = $1 AND c.id = g.id AND c.generation < $2
       AND c.closed_generation IS NULL AND c.content = g.content AND c.parent_id IS NOT DISTINCT FROM g.parent_id
       AND EXISTS (SELECT 1 FROM grid_generation v WHERE v.district = $1 AND v.no = c.generation AND v.published_at IS NOT NULL)
     RETURNING g.id`,
    [district, generation],
  )
  return rows.length
}

/**
 * Makes the generation hold, inside the caller's transaction: rows it replaces end. With `replaceLevels`
 * also every other grid of those levels ends.
 */
export async function publishGrids(
  tx: Queryable,
  district: string,
  generation: number,
  options: { keepCodes?: ReadonlyMap<number, readonly string[]> } = {},
): Promise<{ added: number; changed: number; ended: number }> {
  const seenBefore = `c.generation < $2 AND c.closed_generation IS NULL AND EXISTS (SELECT 1 FROM grid_generation v
      WHERE v.district = $1 AND v.no = c.generation AND v.published_at IS NOT NULL)`
  const changed = await tx.query(
    `UPDATE grid c SET closed_generation = $2, valid_to = now() FROM grid n
     WHERE c.district = $1 AND ${seenBefore} AND n.district = $1 AND n.generation = $2 AND n.id = c.id RETURNING c.id`,
    [district, generation],
  )
  let ended = 0
  for (const [level, codes] of options.keepCodes ?? []) {
    const rows = await tx.query(
      `UPDATE grid c SET closed_generation = $2, valid_to = now()
       WHERE c.district = $1 AND ${seenBefore} AND c.level = $3 AND NOT (c.code = ANY($4::text[])) RETURNING c.id`,
      [district, generation, level, codes],
    )
    ended += rows.length
  }
  const { total } = await one<{ total: number }>(
    tx,
    'SELECT count(*) AS total FROM grid WHERE district = $1 AND generation = $2',
    [district, generation],
  )
  await tx.query('UPDATE grid_generation SET published_at = now() WHERE district = $1 AND no = $2', [
    district,
    generation,
  ])
  return { added: total - changed.length, changed: changed.length, ended }
}

/** Forgets a generation that was never published. */
export async function dropGeneration(db: Queryable, district: string, generation: number): Promise<void> {
  await db.query(
    `DELETE FROM grid g WHERE district = $1 AND generation = $2 AND EXISTS (SELECT 1 FROM grid_generation v
       WHERE v.district = $1 AND v.no = $2 AND v.published_at IS NULL)`,
    [district, generation],
  )
  await db.query('DELETE FROM grid_generation WHERE district = $1 AND no = $2 AND published_at IS NULL', [
    district,
    generation,
  ])
}
