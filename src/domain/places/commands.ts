/**
 * How addresses and places come in: a delivery is opened, its rows land unseen, and it is published in
 * one step or dropped. A row that is known already (content.ts) does not land again.
 *
 *   openPlaces -> landAddresses | landPlaces -> publishPlaces | dropPlaces
 */
import { ewkbSize, writeEwkb } from '../../../gis/ewkb.ts'
import { type CopyWriter, copyWriter } from '../../core/copy.ts'
import { type Db, maybe, one, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { contentOfAddress, contentOfPlace } from './content.ts'
import type { AddressDraft, LandedCounts, PlaceDeliveryKind, PlaceDraft } from './schema.ts'
import { readContents } from './store.ts'

const SRID = 4490
/** Bytes of one COPY statement; about 4,000 addresses. */
const CHUNK_BYTES = 1 << 18
/** Rows one DELETE takes on its way. */
const DROP_AT_ONCE = 5_000

const tableOf = { addresses: 'address', places: 'place' } as const satisfies Record<PlaceDeliveryKind, string>
const ADDRESS_COLUMNS = ['district', 'id', 'delivery_no', 'row_no', 'text', 'geom', 'content'] as const
const PLACE_COLUMNS = [
  'district',
  'id',
  'delivery_no',
  'row_no',
  'kind',
  'class',
  'name',
  'geom',
  'content',
] as const

/** A delivery whose rows may land. */
export interface PlaceLanding {
  district: string
  no: number
  kind: PlaceDeliveryKind
  /** Contents that count already, and those that land here. */
  known: Set<bigint>
}

/**
 * Opens a delivery; what an interrupted load left under its number is dropped first.
 * @throws Problem district.unknown, or delivery.state when the delivery was published already
 */
export async function openPlaces(
  db: Db,
  district: string,
  no: number,
  kind: PlaceDeliveryKind,
): Promise<PlaceLanding> {
  await dropPlaces(db, district, no)
  if (!(await maybe(db, 'SELECT 1 FROM district WHERE code = $1', [district])))
    throw problem('district.unknown', { code: district })
  const opened = await db.query(
    `INSERT INTO place_delivery (district, no, kind, compared)
     SELECT $1, $2::int, $3, coalesce(max(publication), 0) FROM place_delivery WHERE district = $1
     ON CONFLICT DO NOTHING RETURNING no`,
    [district, no, kind],
  )
  if (opened.length === 0) throw problem('delivery.state', { state: 'published', action: 'loaded' })
  return { district, no, kind, known: await readContents(db, district, kind) }
}

/** Lands addresses, unseen. May be called again for the next file of the same delivery. */
export async function landAddresses(
  db: Db,
  landing: PlaceLanding,
  batches: AsyncIterable<readonly AddressDraft[]> | Iterable<readonly AddressDraft[]>,
): Promise<LandedCounts> {
  return land(db, landing, ADDRESS_COLUMNS, batches, contentOfAddress, (out, draft) => out.text(draft.text))
}

/** Lands places, unseen. May be called again for the next file of the same delivery. */
export async function landPlaces(
  db: Db,
  landing: PlaceLanding,
  batches: AsyncIterable<readonly PlaceDraft[]> | Iterable<readonly PlaceDraft[]>,
): Promise<LandedCounts> {
  return land(db, landing, PLACE_COLUMNS, batches, contentOfPlace, (out, draft) => {
    out.text(draft.kind)
    out.text(draft.class)
    out.text(draft.name)
  })
}

async function land<D extends AddressDraft | PlaceDraft>(
  db: Db,
  { district, no, kind, known }: PlaceLanding,
  columns: readonly string[],
  batches: AsyncIterable<readonly D[]> | Iterable<readonly D[]>,
  contentOf: (draft: D) => bigint,
  writeWords: (out: CopyWriter, draft: D) => void,
): Promise<LandedCounts> {
  const counts: LandedCounts = { landed: 0, unchanged: 0, repeated: 0 }
  const mine = new Set<bigint>()
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const out = copyWriter(CHUNK_BYTES * 2)
    for await (const batch of batches) {
      for (const draft of batch) {
        const content = contentOf(draft)
        if (mine.has(content)) counts.repeated++
        else if (known.has(content)) counts.unchanged++
        else {
          mine.add(content)
          counts.landed++
          out.row(columns.length)
          out.text(district)
          out.uuid(newId())
          out.int4(no)
          out.int4(draft.row)
          writeWords(out, draft)
          const { view, offset } = out.reserve(ewkbSize(draft.geometry))
          writeEwkb(view, offset, draft.geometry, SRID)
          out.int8(content)
          if (out.bytes >= CHUNK_BYTES) yield out.take()
        }
      }
    }
    if (out.rows > 0) yield out.take()
  }
  await db.copyIn(tableOf[kind], columns, chunks())
  for (const content of mine) known.add(content)
  return counts
}

/**
 * Makes a delivery count, inside the caller's transaction, and appends `places.published`. What another
 * delivery published meanwhile is taken out first, so that nothing is seen twice. Publishing again does nothing.
 * @returns rows seen now
 * @throws Problem delivery.unknown
 */
export async function publishPlaces(
  tx: Queryable,
  district: string,
  no: number,
  actor: string,
): Promise<{ rows: number }> {
  // publications of a district follow one another
  await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
  const delivery = await maybe<{
    kind: PlaceDeliveryKind
    compared: number
    publication: number | null
    last: number
  }>(
    tx,
    `SELECT kind, compared, publication,
            (SELECT coalesce(max(publication), 0) FROM place_delivery WHERE district = $1) AS last
     FROM place_delivery WHERE district = $1 AND no = $2`,
    [district, no],
  )
  if (!delivery) throw problem('delivery.unknown', { id: no })
  const table = tableOf[delivery.kind]
  if (delivery.publication === null && delivery.last > delivery.compared) {
    // just landed rows have no statistics, by which a join of two big tables would be planned row by row
    await tx.query('SET LOCAL enable_nestloop = off')
    await tx.query(
      `DELETE FROM ${table} WHERE district = $1 AND delivery_no = $2 AND content IN (
         SELECT b.content FROM ${table} b JOIN place_delivery d ON d.district = b.district AND d.no = b.delivery_no
         WHERE b.district = $1 AND d.kind = $3 AND d.publication > $4)`,
      [district, no, delivery.kind, delivery.compared],
    )
    await tx.query('SET LOCAL enable_nestloop = on')
  }
  const { rows } = await one<{ rows: number }>(
    tx,
    `SELECT count(*) AS rows FROM ${table} WHERE district = $1 AND delivery_no = $2`,
    [district, no],
  )
  if (delivery.publication !== null) return { rows }
  await tx.query(
    'UPDATE place_delivery SET publication = $3, published_at = now() WHERE district = $1 AND no = $2',
    [district, no, delivery.last + 1],
  )
  await append(tx, district, actor, [
    { kind: 'places.published', data: { delivery: no, kind: delivery.kind, rows } },
  ])
  return { rows }
}

/** Forgets a delivery that was never published, with its rows; one that was stays as it is. */
export async function dropPlaces(db: Db, district: string, no: number): Promise<void> {
  const delivery = await maybe<{ kind: PlaceDeliveryKind }>(
    db,
    'SELECT kind FROM place_delivery WHERE district = $1 AND no = $2 AND publication IS NULL',
    [district, no],
  )
  if (!delivery) return
  const table = tableOf[delivery.kind]
  const mine = 'district = $1 AND delivery_no = $2'
  while (true) {
    // up to the id that ends the chunk: a plan by statistics, which just landed rows have not, takes seconds
    const bound = await maybe<{ id: string }>(
      db,
      `SELECT id FROM ${table} WHERE ${mine} ORDER BY id OFFSET ${DROP_AT_ONCE - 1} LIMIT 1`,
      [district, no],
    )
    if (!bound) break
    await db.query(`DELETE FROM ${table} WHERE ${mine} AND id <= $3::uuid`, [district, no, bound.id])
  }
  await db.query(`DELETE FROM ${table} WHERE ${mine}`, [district, no])
  await db.query('DELETE FROM place_delivery WHERE district = $1 AND no = $2 AND publication IS NULL', [
    district,
    no,
  ])
}
