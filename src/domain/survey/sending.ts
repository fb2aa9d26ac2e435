/** A delivery's files as they come in: whole and before the load begins, or not at all. */
import type { Readable } from 'node:stream'
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { folderOf } from './commands.ts'
import type { LoadHouse } from './loading.ts'
import type { Delivery, DeliveryState } from './schema.ts'

/**
 * Stores a file of a delivery and notes who sent it. The evidence of a load is what stood there when it
 * began, so the state is asked again, and held, at the moment the file takes its place.
 * @throws delivery.state, request.too-large, disk.full; nothing of the file is kept then
 */
export async function takeFile(
  { db, files }: LoadHouse,
  delivery: Pick<Delivery, 'district' | 'id'>,
  file: { name: string; stream: Readable; limitBytes: number; actor: string },
): Promise<void> {
  const { district, id } = delivery
  await stillReceived(db, delivery, '')
  // before the first byte: a process that dies in between must not leave bytes nobody is known to have sent
  await db.query(
    `UPDATE delivery SET senders = array_append(senders, $3)
     WHERE district = $1 AND id = $2::uuid AND state = 'received' AND NOT ($3 = ANY(senders))`,
    [district, id, file.actor],
  )
  await files.put(folderOf(delivery), file.name, file.stream, file.limitBytes, place =>
    db.transaction(async tx => {
      await stillReceived(tx, delivery, 'FOR UPDATE')
      await place()
    }),
  )
}

async function stillReceived(
  db: Queryable,
  { district, id }: Pick<Delivery, 'district' | 'id'>,
  lock: '' | 'FOR UPDATE',
): Promise<void> {
  const row = await maybe<{ state: DeliveryState }>(
    db,
    `SELECT state FROM delivery WHERE district = $1 AND id = $2::uuid ${lock}`,
    [district, id],
  )
  if (!row) throw problem('delivery.unknown', { id })
  if (row.state !== 'received') throw problem('delivery.state', { state: row.state, action: 'given files' })
}
