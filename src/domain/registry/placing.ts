/**
 * Where components belong: points by the locator (lowest code of the areas that cover them), lines and
 * polygons by PostGIS, largest share first, ties to the lowest code. Placements land by COPY under a
 * generation of their own.
 */
import { readEwkb } from '../../../gis/ewkb.ts'
import { type Bbox, bboxOf } from '../../../gis/geometry.ts'
import { buildLocator, type Locator } from '../../../gis/locate.ts'
import { type CopyWriter, copyWriter } from '../../core/copy.ts'
import { type CopyRow, copyReader, readCopy } from '../../core/copy-read.ts'
import { type Db, one, type Queryable } from '../../core/db.ts'
import type { Grid } from '../grids/schema.ts'
import { literal } from '../grids/store.ts'
import { dropPlacement, openPlacement } from './commands.ts'
import { closePart, openPart } from './parts.ts'
import { FIRST_ID } from './ranges.ts'
import { type Batch, PLACEMENT_COLUMNS, type PlacementReason } from './schema.ts'
import { CURRENT, countCurrent } from './store.ts'

/** Lines and polygons that one statement weighs against areas, where that is quick; fewer where it is not. */
const SHAPES_AT_ONCE = 200
/** A statement that took longer is followed by one of half as much. */
const SHAPES_MS = 100
/** Rows that one statement looks through for lines and polygons. */
const LOOKED_AT = 5_000
const EVERY = 2 ** 31 - 1
const POINTS_AT_ONCE = 10_000
const CHUNK_BYTES = 640_000

/** Answers for one position: the area's index in `areas`, or why none. */
export interface Placer {
  areas: readonly Grid[]
  place(lon: number, lat: number): number | PlacementReason
}

/** @param grids of all levels, sorted by code within a level (as listGrids gives them) */
export function openPlacer(grids: readonly Grid[]): Placer {
  const areas = grids.filter(grid => grid.level === 3)
  const inAreas: Locator = buildLocator(areas)
  const inDistrict: Locator = buildLocator(grids.filter(grid => grid.level === 0))
  return {
    areas,
    place(lon, lat) {
      const area = inAreas.covering(lon, lat)
      if (area >= 0) return area
      return inDistrict.covering(lon, lat) >= 0 ? 'gap' : 'outside'
    },
  }
}

export interface PlacementRow {
  district: string
  part: number
  generation: number
  batch: number
  /** As text, or its 16 bytes. */
  componentId: string | Uint8Array
  gridId: string | null
  reason: PlacementReason | null
  touched: readonly string[] | null
}

export function writePlacement(out: CopyWriter, row: PlacementRow): void {
  out.row(PLACEMENT_COLUMNS.length)
  out.text(row.district)
  out.int4(row.part)
  out.int4(row.generation)
  out.int4(row.batch)
  out.uuid(row.componentId)
  out.uuid(row.gridId)
  out.text(row.reason)
  out.uuids(row.touched)
}

/** Places lines and polygons of a landed batch. @returns how many have no area, by reason */
export async function placeShapes(db: Queryable, batch: Batch): Promise<Record<PlacementReason, number>> {
  const from = `component c WHERE c.district = $1 AND c.part = ${batch.part} AND c.batch = ${batch.no}`
  return shapes(db, from, batch, `placement_${batch.part}`, batch.part)
}

/**
 * Places every current component anew under the grids of a generation, published or not.
 * @returns the placement generation, to be published with the grids
 */
export async function placeAll(
  db: Db,
  input: { district: string; gridGeneration: number; grids: readonly Grid[] },
): Promise<number> {
  const total = await countCurrent(db, input.district)
  const { part, generation } = await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [input.district])
    const part = await openPart(tx, db.engine, total, ['placement'])
    return { part, generation: await openPlacement(tx, { ...input, part, batchNo: null }) }
  })
  try {
    await landPlacements(db, `(${CURRENT}) c WHERE c.district = $1`, { ...input, part, generation })
    await closePart(db, part, ['placement'])
  } catch (error) {
    // the database may be gone too: what is left then is dropped when the interrupted load is noticed
    await dropPlacement(db, input.district, generation).catch(() => {})
    throw error
  }
  return generation
}

/**
 * Places rows under a generation that is open.
 * @param from `... c WHERE c.district = $1`, with id, batch and geom
 * @param concerns whether a point at a position is placed at all; every one by default
 */
export async function landPlacements(
  db: Db,
  from: string,
  under: {
    district: string
    part: number
    generation: number
    gridGeneration: number
    grids: readonly Grid[]
  },
  concerns?: (lon: number, lat: number) => boolean,
): Promise<void> {
  const table = `placement_${under.part}`
  const points = pointPlacements(db, from, under, openPlacer(under.grids), concerns)
  await db.copyIn(table, PLACEMENT_COLUMNS, points)
  await shapes(db, from, under, table, under.part)
}

/** Places the rows of a landed batch that were not placed when they were read. */
export async function placeBatch(db: Db, batch: Batch, grids: readonly Grid[]): Promise<void> {
  const from = `component c WHERE c.district = $1 AND c.part = ${batch.part} AND c.batch = ${batch.no}`
  const points = pointPlacements(db, from, batch, openPlacer(grids))
  await db.copyIn(`placement_${batch.part}`, PLACEMENT_COLUMNS, points)
  await placeShapes(db, batch)
}

/** @param from `... c WHERE c.district = $1` */
async function* pointPlacements(
  db: Db,
  from: string,
  { district, part, generation }: Pick<Batch, 'district' | 'part' | 'generation'>,
  placer: Placer,
  concerns: (lon: number, lat: number) => boolean = () => true,
) {
  const out = copyWriter()
  const source = `SELECT c.id, c.batch, c.geom FROM ${from.replaceAll('$1', literal(district))}`
  let last = FIRST_ID
  const each = (row: CopyRow) => {
    last = row.uuid(0)!
    const geometry = readEwkb(row.bytes(2))
    if (geometry.type !== 'Point') return
    const [lon, lat] = geometry.coordinates as [number, number]
    if (!concerns(lon, lat)) return
    const place = placer.place(lon, lat)
    writePlacement(out, {
      district,
      part,
      generation,
      batch: row.int4(1),
      componentId: row.bytes(0),
      gridId: typeof place === 'number' ? placer.areas[place]!.id : null,
      reason: typeof place === 'number' ? null : place,
      touched: null,
    })
  }
  if (db.engine.longStatements) {
    const reader = copyReader(each)
    for await (const chunk of db.copyOut(source)) {
      reader.push(chunk)
      if (out.bytes >= CHUNK_BYTES) yield out.take()
    }
    if (out.rows > 0) yield out.take()
    return
  }
  for (let read = POINTS_AT_ONCE; read === POINTS_AT_ONCE; ) {
    const page = `${source} AND c.id > '${last}' ORDER BY c.id LIMIT ${POINTS_AT_ONCE}`
    read = await readCopy(db.copyOut(page), each)
    if (out.rows > 0) yield out.take()
  }
}

async function shapes(
  db: Queryable,
  from: string,
  key: { district: string; generation: number; gridGeneration: number },
  table: string,
  part: number,
): Promise<Record<PlacementReason, number>> {
  const without = { outside: 0, gap: 0 }
  const { district, generation } = key
  let many = SHAPES_AT_ONCE
  for await (const ids of shapesOf(db, from, district))
    for (let at = 0; at < ids.length; ) {
      const some = ids.slice(at, at + many)
      at += some.length
      const began = performance.now()
      const rows = await weigh(db, from, key, some)
      if (performance.now() - began > SHAPES_MS) many = Math.max(1, Math.floor(many / 2))
      else many = Math.min(SHAPES_AT_ONCE, many * 2)
      const out = copyWriter()
      for (const row of rows) {
        const reason: PlacementReason | null = row.touched ? null : row.inside ? 'gap' : 'outside'
        if (reason) without[reason]++
        writePlacement(out, {
          district,
          part,
          generation,
          batch: row.batch,
          componentId: row.id,
          gridId: row.touched?.[0] ?? null,
          reason,
          touched: row.touched,
        })
      }
      if (out.rows > 0) await db.copyIn(table, PLACEMENT_COLUMNS, [out.take()])
    }
  return without
}

/** Ids of lines and polygons: few among many points are found in short statements too. */
async function* shapesOf(db: Db | Queryable, from: string, district: string): AsyncGenerator<string[]> {
  const most = 'engine' in db && db.engine.longStatements ? EVERY : LOOKED_AT
  for (let last = FIRST_ID, read = most; read === most; ) {
    const row = await one<{ n: number; last: string | null; ids: string[] | null }>(
      db,
      `SELECT count(*)::int AS n, (array_agg(id ORDER BY id DESC))[1] AS last,
         array_agg(id ORDER BY id) FILTER (WHERE NOT point) AS ids
       FROM (SELECT c.id, GeometryType(c.geom) = 'POINT' AS point FROM ${from} AND c.id > $2::uuid
             ORDER BY c.id LIMIT ${most}) c`,
      [district, last],
    )
    if (row.ids) yield row.ids
    read = row.n
    last = row.last ?? last
  }
}

interface Weighed {
  id: string
  batch: number
  touched: string[] | null
  inside: boolean
}

/** Which areas each of the shapes touches, the largest share first, and whether it meets the district at all. */
const weigh = (
  db: Queryable,
  from: string,
  { district, gridGeneration }: { district: string; gridGeneration: number },
  ids: readonly string[],
): Promise<Weighed[]> =>
  db.query<Weighed>(
    `WITH c AS (SELECT c.id, c.batch, c.geom FROM ${from} AND c.id = ANY($2::uuid[])),
       g AS (SELECT id, level, code, geom FROM grid g WHERE district = $1 AND level IN (0, 3)
               AND generation <= $3 AND (closed_generation IS NULL OR closed_generation > $3)
               AND (generation = $3 OR EXISTS (SELECT 1 FROM grid_generation v
                     WHERE v.district = $1 AND v.no = g.generation AND v.published_at IS NOT NULL))
               AND NOT EXISTS (SELECT 1 FROM grid n WHERE n.district = $1 AND n.generation = $3 AND g.generation < $3
                     AND n.level = g.level AND n.code = g.code)),
       touch AS (
         SELECT c.id, g.id AS grid, g.code, CASE ST_Dimension(c.geom)
             WHEN 2 THEN ST_Area(ST_Intersection(c.geom, g.geom)) / nullif(ST_Area(c.geom), 0)
             WHEN 1 THEN ST_Length(ST_Intersection(c.geom, g.geom)) / nullif(ST_Length(c.geom), 0)
             ELSE ST_NumGeometries(ST_Intersection(c.geom, g.geom)) END AS share
         FROM c JOIN g ON g.level = 3 AND g.geom && c.geom AND ST_Intersects(g.geom, c.geom))
       SELECT c.id, c.batch,
         (SELECT array_agg(t.grid ORDER BY round(t.share::numeric, 9) DESC, t.code COLLATE "C") FROM touch t
           WHERE t.id = c.id AND t.share > 0) AS touched,
         EXISTS (SELECT 1 FROM g WHERE g.level = 0 AND ST_Intersects(g.geom, c.geom)) AS inside
       FROM c ORDER BY c.id`,
    [district, ids, gridGeneration],
  )

/**
 * A test whether no part of a box comes as near to the district's as something at its border would. What a
 * line or polygon inside the box really meets is PostGIS's answer (`shapes`).
 */
export function farOutside(
  districtGrids: readonly Pick<Grid, 'geometry'>[],
  marginDegrees = 0.005,
): (box: Bbox) => boolean {
  const boxes = districtGrids.map(grid => bboxOf(grid.geometry))
  return box =>
    boxes.every(
      ([west, south, east, north]) =>
        box[2] < west - marginDegrees ||
        box[0] > east + marginDegrees ||
        box[3] < south - marginDegrees ||
        box[1] > north + marginDegrees,
    )
}
