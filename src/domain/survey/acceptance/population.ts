/**
 * One walk over the rows of a loaded batch, in short statements: what it brings by class and by area, and the
 * rows with the smallest lots of each class, of which the sample is drawn. Memory holds those alone. What the
 * delivery says stands in an area is what it brings there and what it brought as it was.
 */
import { type CopyRow, readCopy } from '../../../core/copy-read.ts'
import { type Db, one, type Queryable } from '../../../core/db.ts'
import { literal } from '../../grids/store.ts'
import { FIRST_ID } from '../../registry/ranges.ts'
import type { Standing } from '../unchanged.ts'
import { type Candidate, drawer, lot } from './sampling.ts'
import type { AreaContent, Brought, Quantity } from './schema.ts'
import { noQuantity, plus } from './settlement.ts'

/** Rows of one statement. */
const ROWS = 50_000
/** On the embedded engine: they may all be lines and areas, which are measured. */
const EMBEDDED_ROWS = 8_000
/** No class can need more: the largest sample and its reserves. */
const MOST_DRAWN = 640

export interface Population {
  brought: Record<string, Brought>
  /** By class, smallest lot first. */
  candidates: Map<string, Candidate[]>
  /** All in which something of the delivery stands; `n` of it is new or changed. */
  areas: ({ code: string; n: number } & AreaContent)[]
}

/** Of a batch: its part, and the placements its rows landed with. */
interface Stand {
  part: number
  generation: number
}

/** @param how.looked told now and then how many rows were looked at */
export async function readPopulation(
  db: Db,
  district: string,
  batchNo: number,
  { seed, looked = () => {} }: { seed: string; looked?: (rows: number) => void },
): Promise<Population> {
  const brought: Record<string, Brought> = {}
  const drawers = new Map<string, ReturnType<typeof drawer>>()
  const present = new Map<string, Record<string, number>>()
  let rows = 0
  await eachRow(db, district, batchNo, (row, gridId) => {
    const [classCode, changed] = [row.text(2)!, row.bool(3)]
    const sums = (brought[classCode] ??= { added: noQuantity(), changed: noQuantity() })
    const state = changed ? 'changed' : 'added'
    sums[state] = plus(sums[state], quantityOf(row))
    const mine = drawers.get(classCode) ?? drawer(MOST_DRAWN)
    drawers.set(classCode, mine)
    // by key, not by id: the same file loaded again gives the same sample
    const key = row.text(1)!
    mine.offer({ id: row.uuid(0)!, key, lot: lot(seed, key), change: state })
    if (gridId !== null) {
      const here = present.get(gridId) ?? {}
      here[classCode] = (here[classCode] ?? 0) + 1
      present.set(gridId, here)
    }
    if (++rows % EMBEDDED_ROWS === 0) looked(rows)
  })
  const candidates = new Map([...drawers].map(([code, each]) => [code, each.drawn()]))
  const { unchanged } = await one<{ unchanged: Standing }>(
    db,
    'SELECT unchanged FROM batch WHERE district = $1 AND no = $2',
    [district, batchNo],
  )
  return { brought, candidates, areas: await nameAreas(db, district, present, unchanged) }
}

/**
 * Rows of a batch as they landed; whether one changes a component that was there is written on it. Rows and their
 * placements are read side by side, in the order of their ids: of rows just landed there are no statistics, and a join
 * planned without them may walk all placements for every row.
 */
async function eachRow(
  db: Db,
  district: string,
  batchNo: number,
  each: (row: CopyRow, gridId: string | null) => void,
): Promise<void> {
  const { part, generation } = await one<Stand>(
    db,
    `SELECT b.part, coalesce((SELECT min(g.no) FROM placement_generation g
       WHERE g.district = b.district AND g.batch_no = b.no), 0) AS generation
     FROM batch b WHERE b.district = $1 AND b.no = $2`,
    [district, batchNo],
  )
  const size = db.engine.longStatements ? ROWS : EMBEDDED_ROWS
  const mine = `district = ${literal(district)} AND part = ${part} AND batch = ${batchNo}`
  for (let last = FIRST_ID, full = true; full; ) {
    const ids = await db.query<{ id: string }>(
      `SELECT id FROM component_${part} WHERE ${mine} AND id > $1::uuid ORDER BY id OFFSET ${size - 1} LIMIT 1`,
      [last],
    )
    const end = ids[0]?.id ?? null
    const page = (column: string) =>
      `${column} > '${last}' ${end === null ? '' : `AND ${column} <= '${end}'`}`
    const places = new Map<string, string | null>()
    await readCopy(
      db.copyOut(
        `SELECT component_id, grid_id FROM placement_${part}
         WHERE ${mine} AND generation = ${generation} AND ${page('component_id')}`,
      ),
      row => places.set(row.uuid(0)!, row.uuid(1)),
    )
    await readCopy(
      db.copyOut(
        `SELECT id, key, class, supersedes,
           CASE WHEN ST_Dimension(geom) = 1 THEN ST_Length(ST_SetSRID(geom, 4326)::geography) END,
           CASE WHEN ST_Dimension(geom) = 2 THEN ST_Area(ST_SetSRID(geom, 4326)::geography) END
         FROM component_${part} WHERE ${mine} AND ${page('id')}`,
      ),
      row => each(row, places.get(row.uuid(0)!) ?? null),
    )
    full = end !== null
    last = end ?? last
  }
}

const quantityOf = (row: CopyRow): Quantity => ({
  pieces: 1,
  metres: row.isNull(4) ? 0 : row.float8(4),
  m2: row.isNull(5) ? 0 : row.float8(5),
})

async function nameAreas(
  db: Queryable,
  district: string,
  brought: ReadonlyMap<string, Record<string, number>>,
  unchanged: Standing,
): Promise<Population['areas']> {
  const grids = await db.query<{ id: string; code: string; name: string }>(
    `SELECT DISTINCT ON (id) id, code, name FROM grid WHERE district = $1 AND id = ANY($2::uuid[])
     ORDER BY id, generation DESC`,
    [district, [...new Set([...brought.keys(), ...Object.keys(unchanged).filter(Boolean)])]],
  )
  return grids.map(({ id, code, name }) => {
    const here = brought.get(id) ?? {}
    const present = { ...here }
    for (const [of, { pieces }] of Object.entries(unchanged[id] ?? {}))
      present[of] = (present[of] ?? 0) + pieces
    return { code, name, present, n: Object.values(here).reduce((a, b) => a + b, 0) }
  })
}
