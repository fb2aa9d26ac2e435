/**
 * Photos go away with the delivery that brought them when it comes to nothing, unless another one brought the same
 * picture: rows are counted by content, and bytes nobody refers to are removed.
 */
import type { Db, Queryable } from '../../../core/db.ts'
import type { Delivery } from '../schema.ts'

type House = { db: Db; files: { remove(folder: string, name: string): Promise<void> } }
type Owner = Pick<Delivery, 'district' | 'id'>

/** Folder of the file store in which a photo of this checksum lies. */
export const contentFolder = (district: string, sha256: string): string =>
  `photos/${district}/${sha256.slice(0, 2)}`

const AT_ONCE = 2_000

let last: Promise<unknown> = Promise.resolve()
/** One at a time: no photo is written down while its bytes are being forgotten. The bytes are this process's alone. */
export function alone<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work)
  last = mine.catch(() => {})
  return mine
}

/** Forgets photos of deliveries that came to nothing, and finishes what a kill left half done. */
export async function sweepPhotos(house: House): Promise<void> {
  const stale = await house.db.query<Owner>(
    `SELECT s.district, s.delivery_id AS id FROM photo_set s JOIN delivery d ON d.district = s.district AND d.id = s.delivery_id
     WHERE d.state IN ('received', 'failed', 'cancelled', 'rejected')`,
  )
  for (const delivery of stale) await forgetPhotos(house, delivery)
  const gone = await house.db.query<{ district: string; sha256: string }>(
    'SELECT district, sha256 FROM photo_gone',
  )
  await alone(() => removeBytes(house, gone))
}

/** Forgets what a delivery brought. */
export async function forgetPhotos(house: House, { district, id }: Owner): Promise<void> {
  const { db } = house
  for (const table of ['component_photo', 'photo_row', 'photo_file']) {
    for (let more = true; more; ) {
      more = await alone(async () => {
        const rows = await db.transaction(tx => forgetSome(tx, table, { district, id }))
        if (table === 'photo_file') await removeBytes(house, await orphans(db, district, rows))
        return rows.length === AT_ONCE
      })
    }
  }
  await db.query('DELETE FROM photo_set WHERE district = $1 AND delivery_id = $2::uuid', [district, id])
}

async function forgetSome(tx: Queryable, table: string, { district, id }: Owner): Promise<string[]> {
  const rows = await tx.query<{ sha256: string | null }>(
    `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE district = $1 AND delivery_id = $2::uuid LIMIT ${AT_ONCE})
     RETURNING ${table === 'photo_file' ? 'sha256' : 'NULL::text AS sha256'}`,
    [district, id],
  )
  const contents = rows.flatMap(({ sha256 }) => sha256 ?? [])
  if (contents.length > 0)
    await tx.query(
      `WITH gone AS (DELETE FROM photo p WHERE p.district = $1 AND p.sha256 = ANY($2::text[])
         AND NOT EXISTS (SELECT 1 FROM photo_file f WHERE f.district = p.district AND f.sha256 = p.sha256)
         RETURNING p.district, p.sha256)
       INSERT INTO photo_gone (district, sha256) SELECT district, sha256 FROM gone ON CONFLICT DO NOTHING`,
      [district, [...new Set(contents)]],
    )
  return rows.map(({ sha256 }) => sha256 ?? '')
}

const orphans = (db: Queryable, district: string, contents: readonly string[]) =>
  db.query<{ district: string; sha256: string }>(
    'SELECT district, sha256 FROM photo_gone WHERE district = $1 AND sha256 = ANY($2::text[])',
    [district, contents],
  )

/** Removes bytes that nothing refers to; what was brought again since stays. */
async function removeBytes(
  { db, files }: House,
  gone: readonly { district: string; sha256: string }[],
): Promise<void> {
  for (const { district, sha256 } of gone) {
    const back = await db.query('SELECT 1 FROM photo WHERE district = $1 AND sha256 = $2', [district, sha256])
    if (back.length === 0) await files.remove(contentFolder(district, sha256), sha256)
    await db.query('DELETE FROM photo_gone WHERE district = $1 AND sha256 = $2', [district, sha256])
  }
}
