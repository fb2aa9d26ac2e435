/**
 * Reads of the addresses and places that count, streamed: memory stays flat, and where a statement makes
 * everybody wait no statement reads more than one chunk. Addresses and places say where things are, so
 * every scope of a district reads all of them.
 */
import { readEwkb } from '../../../gis/ewkb.ts'
import type { LonLat, PointGeometry } from '../../../gis/geometry.ts'
import { type CopyRow, readCopy } from '../../core/copy-read.ts'
import { type Db, one, type Queryable, type Reader } from '../../core/db.ts'
import type { Scope } from '../orgs/rules.ts'
import type { PlaceKind } from './kinds.ts'
import type { Address, Place, PlaceDeliveryKind } from './schema.ts'

/** Rows of one statement where statements must be short: well below 250 ms. */
const CHUNK_ROWS = 10_000

const tableOf = { addresses: 'address', places: 'place' } as const satisfies Record<PlaceDeliveryKind, string>

/** Numbers of the deliveries that count, in the order in which they were published. */
export async function listPublished(
  db: Queryable,
  district: string,
  kind: PlaceDeliveryKind,
): Promise<number[]> {
  const rows = await db.query<{ no: number }>(
    `SELECT no FROM place_delivery WHERE district = $1 AND kind = $2 AND publication IS NOT NULL ORDER BY publication`,
    [district, kind],
  )
  return rows.map(row => row.no)
}

/**
 * Hands every address of a district to `each`, or those of one delivery (after `places.published`).
 * @returns how many
 */
export async function eachAddress(
  db: Reader,
  scope: Scope,
  each: (address: Address) => void,
  { deliveryNo }: { deliveryNo?: number } = {},
): Promise<number> {
  const columns = "text, CASE GeometryType(geom) WHEN 'POINT' THEN geom ELSE ST_PointOnSurface(geom) END"
  return eachRow(db, scope.district, 'addresses', columns, deliveryNo, row =>
    each({
      id: row.uuid(0)!,
      text: row.text(1)!,
      lonLat: positionOf(readEwkb(row.bytes(2)) as PointGeometry),
    }),
  )
}

const positionOf = ({ coordinates: [lon, lat] }: PointGeometry): LonLat => [lon!, lat!]

/**
 * Hands every place of a district to `each`, or those of one delivery (after `places.published`).
 * @returns how many
 */
export async function eachPlace(
  db: Reader,
  scope: Scope,
  each: (place: Place) => void,
  { deliveryNo }: { deliveryNo?: number } = {},
): Promise<number> {
  return eachRow(db, scope.district, 'places', 'kind, class, name, geom', deliveryNo, row =>
    each({
      id: row.uuid(0)!,
      kind: row.text(1) as PlaceKind,
      class: row.text(2),
      name: row.text(3),
      geometry: readEwkb(row.bytes(4)),
    }),
  )
}

/** Hashes of everything that counts (content.ts): what a new delivery is compared with. */
export async function readContents(db: Db, district: string, kind: PlaceDeliveryKind): Promise<Set<bigint>> {
  const contents = new Set<bigint>()
  await eachRow(db, district, kind, 'content', undefined, row => {
    const bytes = row.bytes(1)
    contents.add(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0))
  })
  return contents
}

/** Rows of the published deliveries, delivery by delivery in the order of their ids; field 0 is the id. */
async function eachRow(
  db: Reader,
  district: string,
  kind: PlaceDeliveryKind,
  columns: string,
  deliveryNo: number | undefined,
  each: (row: CopyRow) => void,
): Promise<number> {
  const published = await listPublished(db, district, kind)
  const limit = db.engine.longStatements ? '' : `LIMIT ${CHUNK_ROWS}`
  let total = 0
  for (const no of published) {
    if (deliveryNo !== undefined && no !== deliveryNo) continue
    let after: string | null = null
    while (true) {
      const beyond: string = after === null ? '' : `AND id > '${after}'`
      const count = await readCopy(
        db.copyOut(
          `SELECT id, ${columns} FROM ${tableOf[kind]}
           WHERE district = '${district.replaceAll("'", "''")}' AND delivery_no = ${Math.trunc(no)} ${beyond}
           ORDER BY id ${limit}`,
        ),
        row => {
          after = row.uuid(0)
          each(row)
        },
      )
      total += count
      if (limit === '' || count < CHUNK_ROWS) break
    }
  }
  return total
}

/** The newest publication of addresses and places of a district; 0 where there is none. */
export async function currentPublication(db: Queryable, district: string): Promise<number> {
  const { n } = await one<{ n: number }>(
    db,
    'SELECT coalesce(max(publication), 0) AS n FROM place_delivery WHERE district = $1',
    [district],
  )
  return n
}
