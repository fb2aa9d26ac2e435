/**
 * One walk over the rows of a loaded batch, in short statements: what it brings by class and by area, and the
 * rows with the smallest lots of each class, of which the sample is drawn. Memory holds those alone.
 */
import type { Queryable } from '../../../core/db.ts'
import { areaOrder, type Candidate, drawer, lot } from './sampling.ts'
import type { AreaContent, Brought, Quantity } from './schema.ts'
import { noQuantity, plus } from './settlement.ts'

/** Rows of one statement: each is joined to its former row and its placement. */
const AT_ONCE = 4_000
/** No class can need more: the largest sample and its reserves. */
const MOST_DRAWN = 640

export interface Population {
  brought: Record<string, Brought>
  /** By class, smallest lot first. */
  candidates: Map<string, Candidate[]>
  /** By area code; in the order of the draw. */
  areas: ({ code: string; n: number } & AreaContent)[]
}

interface Row {
  id: string
  key: string
  class: string
  gridId: string | null
  changed: boolean
  metres: number | null
  m2: number | null
}

/** The version a batch was, or would be, published on; its part and its placements. */
const STAND = `SELECT b.district, b.no, b.part, coalesce(b.version - 1, h.version, 0) AS at,
    (SELECT min(g.no) FROM placement_generation g WHERE g.district = b.district AND g.batch_no = b.no) AS generation
  FROM batch b LEFT JOIN registry_head h ON h.district = b.district WHERE b.district = $1 AND b.no = $2`

const PAGE = `WITH s AS (${STAND}),
  n AS (SELECT n.*, s.at, s.generation FROM s JOIN component n ON n.district = s.district AND n.part = s.part AND n.batch = s.no
        WHERE n.id > $3::uuid ORDER BY n.id LIMIT ${AT_ONCE})
  SELECT n.id, n.key, n.class, p.grid_id AS "gridId", EXISTS (
      SELECT 1 FROM component c JOIN batch o ON o.district = c.district AND o.no = c.batch AND o.version <= n.at
      WHERE c.district = n.district AND c.id = n.id AND c.batch <> n.batch
        AND (c.closed_version IS NULL OR c.closed_version > n.at)) AS changed,
    CASE WHEN ST_Dimension(n.geom) = 1 THEN ST_Length(ST_SetSRID(n.geom, 4326)::geography) END AS metres,
    CASE WHEN ST_Dimension(n.geom) = 2 THEN ST_Area(ST_SetSRID(n.geom, 4326)::geography) END AS m2
  FROM n LEFT JOIN placement p ON p.district = n.district AND p.part = n.part AND p.component_id = n.id
    AND p.batch = n.batch AND p.generation = n.generation
  ORDER BY n.id`

export async function readPopulation(
  db: Queryable,
  district: string,
  batchNo: number,
  seed: string,
): Promise<Population> {
  const brought: Record<string, Brought> = {}
  const drawers = new Map<string, ReturnType<typeof drawer>>()
  const present = new Map<string, Record<string, number>>()
  for (let last = '00000000-0000-0000-0000-000000000000', read = AT_ONCE; read === AT_ONCE; ) {
    const rows = await db.query<Row>(PAGE, [district, batchNo, last])
    for (const row of rows) {
      const sums = (brought[row.class] ??= { added: noQuantity(), changed: noQuantity() })
      const state = row.changed ? 'changed' : 'added'
      sums[state] = plus(sums[state], quantityOf(row))
      const mine = drawers.get(row.class) ?? drawer(MOST_DRAWN)
      drawers.set(row.class, mine)
      // by key, not by id: the same file loaded again gives the same sample
      mine.offer({ id: row.id, key: row.key, lot: lot(seed, row.key), change: state })
      if (row.gridId !== null) {
        const here = present.get(row.gridId) ?? {}
        here[row.class] = (here[row.class] ?? 0) + 1
        present.set(row.gridId, here)
      }
    }
    read = rows.length
    last = rows.at(-1)?.id ?? last
  }
  const candidates = new Map([...drawers].map(([code, each]) => [code, each.drawn()]))
  return { brought, candidates, areas: areaOrder(await nameAreas(db, district, present), seed) }
}

const quantityOf = ({ metres, m2 }: Row): Quantity => ({ pieces: 1, metres: metres ?? 0, m2: m2 ?? 0 })

async function nameAreas(
  db: Queryable,
  district: string,
  present: ReadonlyMap<string, Record<string, number>>,
): Promise<Population['areas']> {
  const grids = await db.query<{ id: string; code: string; name: string }>(
    `SELECT DISTINCT ON (id) id, code, name FROM grid WHERE district = $1 AND id = ANY($2::uuid[])
     ORDER BY id, generation DESC`,
    [district, [...present.keys()]],
  )
  return grids.map(({ id, code, name }) => {
    const here = present.get(id)!
    return { code, name, present: here, n: Object.values(here).reduce((a, b) => a + b, 0) }
  })
}
