/** Drawing what is looked at: rows per class, areas to be walked, and reserves of both that may take a place. */
import { randomBytes } from 'node:crypto'
import { maybe, one, type Queryable } from '../../../core/db.ts'
import { newId } from '../../../core/id.ts'
import { append } from '../../../core/journal.ts'
import { problem } from '../../../core/problem.ts'
import type { LoadHouse } from '../loading.ts'
import type { Delivery } from '../schema.ts'
import { type Population, readPopulation } from './population.ts'
import { accuracyOf, areaOrder, reservesOf, sizeOf } from './sampling.ts'
import type { AreaContent, Drawn, Terms } from './schema.ts'
import { getInspection, INSPECTED, type Inspection, listInspections, termsOf } from './store.ts'

type Db = LoadHouse['db']
/** Rows copied in one statement. */
const AT_ONCE = 500

export interface DrawnRow {
  no: number
  id: string
  drawn: Drawn
  measure: boolean
  accuracy: string
  change: 'added' | 'changed'
}

/**
 * Draws the plan of a delivery that is loaded. There is one for each batch, and nobody chooses its seed: it is made
 * here, and kept over the loads of a delivery until a word is given, so that nobody draws, or loads, until the
 * sample suits him. One that was released without a new load is taken up where it was left.
 * @throws Problem delivery.state, inspection.drawn
 */
export async function drawInspection(
  db: Db,
  delivery: Delivery,
  { actor }: { actor: string },
): Promise<Inspection> {
  const { district, batchNo, state } = delivery
  if (batchNo === null || !INSPECTED.includes(state) || delivery.options.restore !== undefined)
    throw problem('delivery.state', { state, action: 'inspected' })
  const { terms } = await termsOf(db, district)
  const [former] = await listInspections(db, delivery)
  if (former?.state === 'released') return resume(db, delivery, former, actor)
  const sown = await seedOf(db, delivery)
  const population = await readPopulation(db, district, batchNo, { seed: sown })
  const id = newId()
  await db.transaction(async tx => {
    await holdBatch(tx, delivery)
    const mine = await maybe(
      tx,
      `INSERT INTO inspection (district, id, delivery_id, batch_no, loaded_at, seed, terms, brought, areas, drawn_by)
       SELECT $1, $2::uuid, $3::uuid, b.no, b.created_at, $5, $6::jsonb, $7::jsonb, $8::jsonb, $9
       FROM batch b WHERE b.district = $1 AND b.no = $4
       ON CONFLICT (district, delivery_id, loaded_at) DO NOTHING RETURNING id`,
      [
        district,
        id,
        delivery.id,
        batchNo,
        sown,
        JSON.stringify(terms),
        JSON.stringify(population.brought),
        JSON.stringify(
          Object.fromEntries(population.areas.map(({ code, name, present }) => [code, { name, present }])),
        ),
        actor,
      ],
    )
    if (!mine) throw problem('inspection.drawn', { no: delivery.no })
    const drawn = await writePlan(tx, { district, id, batchNo, seed: sown }, population, terms)
    await append(tx, district, actor, [
      {
        kind: 'inspection.drawn',
        data: { inspection: id, delivery: delivery.id, batch: batchNo, seed: sown, ...drawn },
      },
    ])
  })
  return getInspection(db, id)
}

/** That of the last plan while no word was given on it, else a new one. */
async function seedOf(db: Queryable, { district, id }: Pick<Delivery, 'district' | 'id'>): Promise<string> {
  const former = await maybe<{ seed: string; decided: boolean }>(
    db,
    `SELECT seed, decided_at IS NOT NULL AS decided FROM inspection
     WHERE district = $1 AND delivery_id = $2::uuid ORDER BY drawn_at DESC, id DESC LIMIT 1`,
    [district, id],
  )
  return former && !former.decided ? former.seed : randomBytes(8).toString('hex')
}

async function resume(
  db: Db,
  delivery: Delivery,
  { id, district }: Inspection,
  actor: string,
): Promise<Inspection> {
  await db.transaction(async tx => {
    await holdBatch(tx, delivery)
    const mine = await maybe(
      tx,
      `UPDATE inspection SET state = 'open', reason = NULL
       WHERE district = $1 AND id = $2::uuid AND state = 'released' RETURNING id`,
      [district, id],
    )
    if (!mine) throw problem('inspection.drawn', { no: delivery.no })
    await append(tx, district, actor, [
      { kind: 'inspection.resumed', data: { inspection: id, delivery: delivery.id } },
    ])
  })
  return getInspection(db, id)
}

/** Nobody loads, publishes or sends the delivery back until the end of the transaction. @throws Problem delivery.state */
export async function holdBatch(
  tx: Queryable,
  delivery: Pick<Delivery, 'district' | 'id' | 'batchNo'>,
): Promise<void> {
  const row = await one<{ state: Delivery['state']; batchNo: number | null }>(
    tx,
    'SELECT state, batch_no AS "batchNo" FROM delivery WHERE district = $1 AND id = $2::uuid FOR UPDATE',
    [delivery.district, delivery.id],
  )
  if (row.batchNo !== delivery.batchNo || !INSPECTED.includes(row.state))
    throw problem('delivery.state', { state: row.state, action: 'inspected' })
}

async function writePlan(
  tx: Queryable,
  key: { district: string; id: string; batchNo: number; seed: string },
  { brought, candidates, areas }: Population,
  terms: Terms,
): Promise<{ rows: number; areas: number }> {
  const rows: DrawnRow[] = []
  const spare: DrawnRow[] = []
  for (const [code, all] of [...candidates].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { added, changed } = brought[code]!
    const population = added.pieces + changed.pieces
    const n = sizeOf(population, terms.rows)
    const measured = Math.min(n, sizeOf(population, terms.positions))
    const accuracy = accuracyOf(code, terms.accuracy)
    for (const [i, { id, change }] of all.slice(0, n + reservesOf(n)).entries()) {
      const reserve = i >= n
      const list = reserve ? spare : rows
      list.push({ no: 0, id, drawn: reserve ? 'reserve' : 'rule', measure: i < measured, accuracy, change })
    }
  }
  const walkable = areaOrder(areas, key.seed)
  const walks = walkable.slice(0, terms.areas)
  const spareWalks = walkable.slice(walks.length, walks.length + reservesOf(walks.length))
  let no = 0
  for (const row of rows) row.no = ++no
  for (const area of walks) await writeArea(tx, key, { no: ++no, drawn: 'rule', ...area })
  for (const row of spare) row.no = ++no
  for (const area of spareWalks) await writeArea(tx, key, { no: ++no, drawn: 'reserve', ...area })
  await writeRows(tx, key, [...rows, ...spare])
  return { rows: rows.length, areas: walks.length }
}

/** Fields a person can hold against the ground, in the order they are asked; what else was delivered follows. */
const ASKED = [
  'code',
  'class',
  'name',
  'state',
  'currency',
  'competent',
  'owner',
  'maintainer',
  'statedGrid',
  'picture',
]

/** What a file brings along that nobody sees on the ground: positions are measured, the rest is bookkeeping. */
const UNASKED = [
  ...[
    'x',
    'y',
    'z',
    'lon',
    'lat',
    'lng',
    'longitude',
    'latitude',
    '经度',
    '纬度',
    'x坐标',
    'y坐标',
    '横坐标',
    '纵坐标',
    'wkt',
  ],
  ...['fid', 'objectid', 'id', 'shape_leng', 'shape_length', 'shape_area'],
]

const COPY = `INSERT INTO inspection_item (district, inspection_id, no, kind, drawn, class, component_id, geom, content, area, measure, accuracy)
  SELECT c.district, $2::uuid, d.no, 'row', d.drawn, c.class, c.id, c.geom, jsonb_build_object(
      'fields', (SELECT coalesce(jsonb_agg(jsonb_build_object('field', f.field, 'value', f.value) ORDER BY f.at, f.field), '[]') FROM (
          SELECT a.at, a.field, nullif(btrim(w.value), '') AS value FROM unnest($5::text[]) WITH ORDINALITY AS a(field, at)
          JOIN jsonb_each_text(jsonb_build_object('code', c.code, 'class', c.class, 'name', c.name, 'state', c.state,
            'currency', c.currency, 'competent', coalesce(u1.name, c.attributes->'competentAsDelivered'->>'name'), 'owner', coalesce(u2.name, c.attributes->'ownerAsDelivered'->>'name'), 'maintainer', coalesce(u3.name, c.attributes->'maintainerAsDelivered'->>'name'),
            'statedGrid', c.stated_grid, 'picture', c.picture)) AS w ON w.key = a.field
          UNION ALL SELECT 1000, x.key, nullif(btrim(x.value), '') FROM jsonb_each_text(coalesce(c.attributes, '{}')) AS x
          WHERE x.key NOT LIKE '%AsDelivered' AND NOT (lower(x.key) = ANY($6::text[]))
            AND NOT EXISTS (SELECT 1 FROM jsonb_each_text(coalesce(v.profile->'position', '{}')) q WHERE q.value = x.key)) f WHERE f.value IS NOT NULL),
      'code', c.code, 'name', c.name, 'file', b.files[c.file_no + 1], 'row', c.row_no,
      'change', d.change,
      'metres', CASE WHEN ST_Dimension(c.geom) = 1 THEN ST_Length(ST_SetSRID(c.geom, 4326)::geography) END,
      'm2', CASE WHEN ST_Dimension(c.geom) = 2 THEN ST_Area(ST_SetSRID(c.geom, 4326)::geography) END),
    (SELECT g.code FROM placement p JOIN grid g ON g.district = p.district AND g.id = p.grid_id
     WHERE p.district = c.district AND p.part = c.part AND p.component_id = c.id AND p.batch = c.batch
     ORDER BY p.generation, g.generation DESC LIMIT 1), d.measure, d.accuracy
  FROM jsonb_to_recordset($3::jsonb) AS d(no int, id uuid, drawn text, measure boolean, accuracy text, change text)
  JOIN batch b ON b.district = $1 AND b.no = $4
  JOIN delivery v ON v.district = b.district AND v.id = b.delivery_id
  JOIN component c ON c.district = $1 AND c.part = b.part AND c.batch = b.no AND c.id = d.id
  LEFT JOIN unit u1 ON u1.district = c.district AND u1.id = c.competent_id
  LEFT JOIN unit u2 ON u2.district = c.district AND u2.id = c.owner_id
  LEFT JOIN unit u3 ON u3.district = c.district AND u3.id = c.maintainer_id RETURNING no`

/** @returns how many were there to be copied */
export async function writeRows(
  tx: Queryable,
  key: { district: string; id: string; batchNo: number },
  rows: readonly DrawnRow[],
): Promise<number> {
  let written = 0
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const portion = JSON.stringify(rows.slice(at, at + AT_ONCE))
    written += (await tx.query(COPY, [key.district, key.id, portion, key.batchNo, ASKED, UNASKED])).length
  }
  return written
}

export async function writeArea(
  tx: Queryable,
  key: { district: string; id: string },
  area: { no: number; drawn: Drawn; code: string } & AreaContent,
): Promise<void> {
  await tx.query(
    `INSERT INTO inspection_item (district, inspection_id, no, kind, drawn, geom, content, area)
     SELECT $1, $2::uuid, $3, 'area', $4, (SELECT g.geom FROM grid g WHERE g.district = $1 AND g.level = 3 AND g.code = $6
       ORDER BY g.generation DESC LIMIT 1), $5::jsonb, $6`,
    [
      key.district,
      key.id,
      area.no,
      area.drawn,
      JSON.stringify({ name: area.name, present: area.present }),
      area.code,
    ],
  )
}
