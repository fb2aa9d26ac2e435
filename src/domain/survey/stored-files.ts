/**
 * Files of a delivery where they lie. The row says what stands in a place: bytes wait beside it until the row is
 * committed, and go after it is, so that no kill leaves new bytes under the old checksum, or a checksum without bytes.
 *
 *   beside its place -> row, with the name it waits under -> in its place -> name struck out
 *   row struck out, with a note -> bytes gone -> note struck out
 */
import type { Queryable } from '../../core/db.ts'
import type { Files } from '../../core/files.ts'
import { folderOf } from './commands.ts'
import type { LoadHouse } from './loading.ts'
import type { Delivery } from './schema.ts'

type House = Pick<LoadHouse, 'db' | 'files'>
type Target = Pick<Delivery, 'district' | 'id'>

const under = new Map<string, Promise<unknown>>()
/** One at a time for each delivery; its files are this process's alone. */
export function aloneWith<T>({ id }: Pick<Delivery, 'id'>, work: () => Promise<T>): Promise<T> {
  const mine = (under.get(id) ?? Promise.resolve()).then(work, work)
  const over = mine
    .catch(() => {})
    .then(() => {
      if (under.get(id) === over) under.delete(id)
    })
  under.set(id, over)
  return mine
}

/** What a delivery has been sent, as its rows say. */
export async function listStored(house: House, delivery: Target): ReturnType<Files['list']> {
  await aloneWith(delivery, () => settle(house, delivery))
  return house.files.list(folderOf(delivery))
}

/** Puts what was committed in its place, and removes what was taken back. */
async function settle({ db, files }: House, delivery: Target): Promise<void> {
  const rows = await db.query<{ name: string; incoming: string | null }>(
    `SELECT name, incoming FROM delivery_file WHERE district = $1 AND delivery_id = $2::uuid AND incoming IS NOT NULL
     UNION ALL SELECT name, NULL FROM delivery_file_gone WHERE district = $1 AND delivery_id = $2::uuid`,
    [delivery.district, delivery.id],
  )
  for (const { name, incoming } of rows) {
    if (incoming === null) await removeGone({ db, files }, delivery, name)
    else {
      await files.settle(folderOf(delivery), name, incoming)
      await placed(db, delivery, incoming)
    }
  }
}

/** The file stands in its place: nothing waits any more. */
export async function placed(db: Queryable, { district, id }: Target, incoming: string): Promise<void> {
  await db.query(
    'UPDATE delivery_file SET incoming = NULL WHERE district = $1 AND delivery_id = $2::uuid AND incoming = $3::uuid',
    [district, id, incoming],
  )
}

/** Removes the bytes of a name that was taken back, unless it was sent again since. */
export async function removeGone({ db, files }: House, delivery: Target, name: string): Promise<void> {
  const of = [delivery.district, delivery.id, name]
  const again = await db.query(
    'SELECT 1 FROM delivery_file WHERE district = $1 AND delivery_id = $2::uuid AND name = $3',
    of,
  )
  if (again.length === 0) await files.remove(folderOf(delivery), name)
  await db.query(
    'DELETE FROM delivery_file_gone WHERE district = $1 AND delivery_id = $2::uuid AND name = $3',
    of,
  )
}

/** Makes good what a kill left between row and bytes; before anybody sends. */
export async function recoverFiles(house: House): Promise<void> {
  const { db, files } = house
  const touched = await db.query<Target>(
    `SELECT district, delivery_id AS id FROM delivery_file WHERE incoming IS NOT NULL
     UNION SELECT district, delivery_id FROM delivery_file_gone`,
  )
  for (const delivery of touched) await settle(house, delivery)
  // such as were never written down
  const open = await db.query<Target>("SELECT district, id FROM delivery WHERE state = 'received'")
  for (const delivery of open) await files.dropWaiting(folderOf(delivery))
}
