/** A delivery's files as they come in: whole and before the load begins, or not at all. */
import type { Readable } from 'node:stream'
import { maybe, one, type Queryable } from '../../core/db.ts'
import { type Placing, type Stored, safeName } from '../../core/files.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { folderOf } from './commands.ts'
import { type LoadHouse, standardLimits } from './loading.ts'
import type { Delivery, DeliveryState } from './schema.ts'
import { aloneWith, listStored, placed, removeGone } from './stored-files.ts'

type Target = Pick<Delivery, 'district' | 'id'>
type Taking = Pick<LoadHouse, 'db' | 'files' | 'intakeLimits'>

/**
 * Stores a file of a delivery and notes who sent it. The evidence of a load is what stood there when it
 * began, so the state is asked again, and held, at the moment the file takes its place.
 * @throws delivery.state, delivery.files, request.too-large, disk.full; nothing of the file is kept then
 */
export async function takeFile(
  house: Taking,
  delivery: Target,
  file: { name: string; stream: Readable; limitBytes: number; actor: string },
): Promise<Stored> {
  await roomFor(house, delivery, [safeName(file.name)])
  await noteSender(house.db, delivery, file.actor)
  const placing = placingOf(house, delivery, { ...file, uploadId: null })
  return house.files.put(folderOf(delivery), file.name, file.stream, file.limitBytes, placing)
}

/** Makes a file of this machine one of the delivery's; once, however often it is asked. */
export async function takeWhole(
  house: Taking,
  delivery: Target,
  file: { name: string; path: string; actor: string; uploadId: string },
): Promise<Stored> {
  return house.files.adopt(folderOf(delivery), file.name, file.path, placingOf(house, delivery, file))
}

/**
 * Whether a delivery takes these files beside those that have come; one of the same name is replaced.
 * @param coming names as they are stored, of all that are under way
 * @throws delivery.files
 */
export async function roomFor(
  { db, intakeLimits: { files: most } = standardLimits }: Pick<Taking, 'intakeLimits'> & { db: Queryable },
  { district, id }: Target,
  coming: readonly string[],
): Promise<void> {
  const names = [...new Set(coming)]
  const { n } = await one<{ n: number }>(
    db,
    `SELECT count(*)::int AS n FROM delivery_file
     WHERE district = $1 AND delivery_id = $2::uuid AND name <> ALL($3::text[])`,
    [district, id, names],
  )
  if (n + names.length > most) throw problem('delivery.files', { limit: most })
}

/** Notes a sender, before the first byte: a process that dies in between must not leave bytes nobody is known to have sent. */
export async function noteSender(db: Queryable, delivery: Target, actor: string): Promise<void> {
  await stillReceived(db, delivery, '')
  await db.query(
    `UPDATE delivery SET senders = array_append(senders, $3)
     WHERE district = $1 AND id = $2::uuid AND state = 'received' AND NOT ($3 = ANY(senders))`,
    [delivery.district, delivery.id, actor],
  )
}

/** Takes a file back before the load begins. @throws file.missing, delivery.state */
export async function removeFile(
  house: LoadHouse,
  delivery: Target,
  file: { name: string; actor: string },
): Promise<void> {
  const name = safeName(file.name)
  const there = await listStored(house, delivery)
  if (!there.some(each => each.name === name)) throw problem('file.missing', { file: name })
  await aloneWith(delivery, async () => {
    const of = [delivery.district, delivery.id, name]
    await house.db.transaction(async tx => {
      await stillReceived(tx, delivery, 'FOR UPDATE')
      await tx.query(
        'DELETE FROM delivery_file WHERE district = $1 AND delivery_id = $2::uuid AND name = $3',
        of,
      )
      await tx.query('INSERT INTO delivery_file_gone VALUES ($1, $2::uuid, $3) ON CONFLICT DO NOTHING', of)
      await append(tx, delivery.district, file.actor, [
        { kind: 'file.removed', data: { delivery: delivery.id, name } },
      ])
    })
    await removeGone(house, delivery, name)
  })
}

/** Writes down what a file holds, and what it waits under; then it takes its place. */
function placingOf(
  house: Taking,
  delivery: Target,
  file: { name: string; actor: string; uploadId: string | null },
): Placing {
  return ({ id, place }, { bytes, sha256 }) =>
    aloneWith(delivery, async () => {
      await house.db.transaction(async tx => {
        await stillReceived(tx, delivery, 'FOR UPDATE')
        const name = safeName(file.name)
        await roomFor({ ...house, db: tx }, delivery, [name])
        await tx.query(
          `INSERT INTO delivery_file (district, delivery_id, name, bytes, sha256, upload_id, sent_by, incoming)
           VALUES ($1, $2::uuid, $3, $4, $5, $6::uuid, $7, $8::uuid)
           ON CONFLICT (district, delivery_id, name) DO UPDATE
           SET bytes = $4, sha256 = $5, upload_id = $6::uuid, sent_by = $7, sent_at = now(), incoming = $8::uuid`,
          [delivery.district, delivery.id, name, bytes, sha256, file.uploadId, file.actor, id],
        )
        await append(tx, delivery.district, file.actor, [
          { kind: 'file.received', data: { delivery: delivery.id, name, bytes, sha256 } },
        ])
      })
      await place()
      await placed(house.db, delivery, id)
    })
}

async function stillReceived(
  db: Queryable,
  { district, id }: Target,
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
