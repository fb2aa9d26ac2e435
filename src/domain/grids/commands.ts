/**
 * How grids change: a load lands drafts under a new generation, unseen; checks run on what landed; the
 * generation is published in one step, or dropped.
 *
 *   landGrids -> findInvalid / repairGrids -> linkParents -> publishGrids | dropGeneration
 */
import { ewkbSize, writeEwkb } from '../../../gis/ewkb.ts'
import { copyWriter } from '../../core/copy.ts'
import { type Db, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import type { GridDraft } from './schema.ts'

const SRID = 4490
const COLUMNS = [
  'district', 'id', 'level', 'code', 'name', 'parent_id', 'geom', 'area_m2', 'attributes', 'content', 'generation', 'delivery_id', 'row_no', 'file',
] // biome-ignore format: one line

/** Opens a generation nobody sees yet. */
export async function openGeneration(db: Db, district: string, deliveryId: string): Promise<number> {
  return db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const { no } = await one<{ no: number }>(
      tx,
      `INSERT INTO grid_generation (district, no, delivery_id)
       SELECT $1, coalesce(max(no), 0) + 1, $2::uuid FROM grid_generation WHERE district = $1 RETURNING no`,
      [district, deliveryId],
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
     WHERE g.district = $1 AND g.generation = $2 AND NOT d.valid ORDER BY g.level, g.code`,
    [district, generation],
  )
  return rows.map(row => ({
    id: row.id,
    file: row.file,
    row: row.row_no,
    code: row.code,
    reason: row.reason,
    lonLat: row.x === null || row.y === null ? null : [row.x, row.y],
  }))
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

/** Fills area and content of landed grids: the hash of everything that makes a grid what it is. */
export async function measureGrids(db: Queryable, district: string, generation: number): Promise<void> {
  await db.query(
    `UPDATE grid SET area_m2 = ST_Area(ST_SetSRID(geom, 4326)::geography),
       content = ('x' || substr(md5(ST_AsEWKB(geom)::text || code || name || coalesce(attributes::text, '')), 1, 16))::bit(64)::bigint
     WHERE district = $1 AND generation = $2`,
    [district, generation],
  )
}

/** The rows that will hold once the generation is published: its own, and those it does not replace. */
const COMING = `SELECT * FROM grid c WHERE c.district = $1 AND c.closed_generation IS NULL AND (c.generation = $2
   OR (EXISTS (SELECT 1 FROM grid_generation v WHERE v.district = $1 AND v.no = c.generation AND v.published_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM grid n WHERE n.district = $1 AND n.generation = $2 AND n.level = c.level AND n.code = c.code)))`

/**
 * Gives every landed grid its parent: by the delivered code, else by the longest code of the level above
 * that begins its own, else by the largest share of ground.
 * @returns grids without a parent, and those less than 99 % inside it
 */
export async function linkParents(
  db: Queryable,
  district: string,
  generation: number,
): Promise<{
  orphans: { id: string; file: string; row: number; code: string; parentCode: string | null }[]
  askew: { file: string; row: number; code: string; parent: string; share: number }[]
}> {
  await db.query(
    `WITH coming AS (${COMING})
     UPDATE grid g SET parent_id = coalesce(
       (SELECT p.id FROM coming p WHERE p.level = g.level - 1 AND p.code = g.attributes->>'parentCode' LIMIT 1),
       (SELECT p.id FROM coming p WHERE p.level = g.level - 1 AND NOT (g.attributes ? 'parentCode')
          AND starts_with(g.code, p.code) ORDER BY length(p.code) DESC LIMIT 1),
       (SELECT p.id FROM coming p WHERE p.level = g.level - 1 AND NOT (g.attributes ? 'parentCode')
          AND p.geom && g.geom AND ST_Intersects(p.geom, ST_PointOnSurface(g.geom))
        ORDER BY ST_Area(ST_Intersection(p.geom, g.geom)) DESC, p.code LIMIT 1))
     WHERE g.district = $1 AND g.generation = $2 AND g.level > 0`,
    [district, generation],
  )
  const orphans = await db.query<{
    id: string
    file: string
    row_no: number
    code: string
    parent_code: string | null
  }>(
    `SELECT id, file, row_no, code, attributes->>'parentCode' AS parent_code FROM grid
     WHERE district = $1 AND generation = $2 AND level > 0 AND parent_id IS NULL ORDER BY level, code`,
    [district, generation],
  )
  const askew = await db.query<{ file: string; row_no: number; code: string; parent: string; share: number }>(
    `WITH coming AS (${COMING})
     SELECT g.file, g.row_no, g.code, p.code AS parent, ST_Area(ST_Intersection(g.geom, p.geom)) / ST_Area(g.geom) AS share
     FROM grid g JOIN coming p ON p.id = g.parent_id
     WHERE g.district = $1 AND g.generation = $2 AND NOT ST_CoveredBy(g.geom, p.geom)
       AND ST_Area(ST_Intersection(g.geom, p.geom)) < 0.99 * ST_Area(g.geom) ORDER BY g.code`,
    [district, generation],
  )
  return {
    orphans: orphans.map(row => ({
      id: row.id,
      file: row.file,
      row: row.row_no,
      code: row.code,
      parentCode: row.parent_code,
    })),
    askew: askew.map(row => ({
      file: row.file,
      row: row.row_no,
      code: row.code,
      parent: row.parent,
      share: row.share,
    })),
  }
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
