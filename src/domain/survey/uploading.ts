/**
 * Files of a delivery that come in pieces: opened within limits, landed exactly once, forgotten when abandoned.
 *
 *   open -> pieces ... whole -> checksum -> written down and in its place, in one transaction -> forgotten
 *
 * A process may die between any two of these: what is whole then lands at the next start, or when it is asked
 * for, and what had landed is known by its number in `delivery_file`.
 */
import { type Clock, systemClock } from '../../core/clock.ts'
import { maybe } from '../../core/db.ts'
import { safeName } from '../../core/files.ts'
import { Problem, problem } from '../../core/problem.ts'
import { expiresAt, type OpenUpload, type Uploads } from '../../core/uploads.ts'
import { readableBytes } from '../../http/body.ts'
import { tooLarge } from '../../http/tus.ts'
import { folderOf } from './commands.ts'
import type { LoadHouse } from './loading.ts'
import type { Delivery } from './schema.ts'
import { noteSender, roomFor, takeWhole } from './sending.ts'

/** What one account may have under way: a folder of layers is some dozens of files, sent a few at a time. */
const MOST_OPEN = 200
/** Of the limit of one file. */
const MOST_TIMES = 5
const SWEEP_MS = 3_600_000

export interface Uploading {
  /** @returns what the upload is to become @throws request.too-large, upload.too-many, delivery.files, delivery.state */
  admit(
    delivery: Delivery,
    file: { name: string; bytes: number; modified: string; actor: string },
  ): Promise<Record<string, string>>
  /** Makes a whole upload a file of its delivery. @throws delivery.state and forgets it then */
  land(upload: OpenUpload): Promise<void>
  /** Those of a delivery that are under way. */
  of(delivery: Pick<Delivery, 'id'>): OpenUpload[]
  /** Length of a file that came by this upload, or null. */
  landed(delivery: Pick<Delivery, 'district' | 'id'>, uploadId: string): Promise<number | null>
  /** Forgets what a delivery still waits for. */
  drop(delivery: Pick<Delivery, 'id'>): Promise<void>
  /** Lands what is whole, forgets what is abandoned. */
  sweep(): Promise<void>
  /** Sweeps now and then, until the returned function is called. */
  watch(): () => void
}

export function openUploading(
  house: LoadHouse & { uploads: Uploads; uploadBytes: number },
  clock: Clock = systemClock,
): Uploading {
  const { db, uploads, log } = house
  const landing = new Map<string, Promise<void>>()

  const uploading: Uploading = {
    async admit(delivery, { name, bytes, modified, actor }) {
      // what can never come is not told to wait
      if (bytes > house.uploadBytes) throw tooLarge(house.uploadBytes)
      const mine = uploads.list().filter(({ owner, about }) => owner === actor && !about.use)
      if (mine.length >= MOST_OPEN) throw problem('upload.too-many', { what: `${mine.length}` })
      const most = house.uploadBytes * MOST_TIMES
      if (mine.reduce((sum, each) => sum + each.size, bytes) > most)
        throw problem('upload.too-many', { what: readableBytes(most) })
      const named = safeName(name)
      await roomFor(house, delivery, [...uploading.of(delivery).map(({ about }) => about.name!), named])
      await noteSender(db, delivery, actor)
      return { district: delivery.district, delivery: delivery.id, name: named, modified }
    },
    land(upload) {
      const under = landing.get(upload.id) ?? land(upload).finally(() => landing.delete(upload.id))
      landing.set(upload.id, under)
      return under
    },
    of: ({ id }) => uploads.list().filter(({ about }) => about.delivery === id),
    async landed({ district, id }, uploadId) {
      const row = await maybe<{ bytes: number }>(
        db,
        'SELECT bytes FROM delivery_file WHERE district = $1 AND delivery_id = $2::uuid AND upload_id = $3::uuid',
        [district, id, uploadId],
      )
      return row?.bytes ?? null
    },
    async drop(delivery) {
      for (const { id } of uploading.of(delivery)) await uploads.remove(id)
    },
    async sweep() {
      await forgetCancelled(house)
      for (const upload of uploads.list()) {
        // photos are another room's
        if (upload.about.use || landing.has(upload.id)) continue
        if (clock.now().getTime() > expiresAt(upload) || !(await waits(house, upload)))
          await uploads.remove(upload.id)
        else if ((await uploads.offset(upload.id)) === upload.size)
          await uploading.land(upload).catch(error => log.warn({ err: error, upload: upload.id }, 'landing'))
      }
    },
    watch() {
      const timer = setInterval(() => {
        uploading.sweep().catch(error => log.warn({ err: error }, 'uploads'))
      }, SWEEP_MS)
      timer.unref()
      return () => clearInterval(timer)
    },
  }

  async function land(upload: OpenUpload): Promise<void> {
    const { district, delivery: id, name } = upload.about as Record<'district' | 'delivery' | 'name', string>
    const delivery = { district, id }
    if ((await uploading.landed(delivery, upload.id)) === null) {
      const file = { name, path: uploads.path(upload.id), actor: upload.owner, uploadId: upload.id }
      try {
        await takeWhole(house, delivery, file)
      } catch (error) {
        // what can never land is not kept; a full disk or a lost database may come back
        if (error instanceof Problem && /^delivery\./.test(error.code)) await uploads.remove(upload.id)
        throw error
      }
    }
    await uploads.remove(upload.id)
  }
  return uploading
}

/** Whether the delivery still takes files. */
async function waits({ db }: LoadHouse, { about }: OpenUpload): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM delivery WHERE district = $1 AND id = $2::uuid AND state = 'received'`,
    [about.district, about.delivery],
  )
  return rows.length === 1
}

/** Files of deliveries that were given up before anything was loaded. */
export async function forgetCancelled({ db, files }: LoadHouse): Promise<void> {
  const rows = await db.query<{ district: string; id: string }>(
    `SELECT DISTINCT d.district, d.id FROM delivery d JOIN delivery_file f ON f.district = d.district AND f.delivery_id = d.id
     WHERE d.state = 'cancelled' AND d.progress = '{}'`,
  )
  for (const delivery of rows) {
    await files.removeAll(folderOf(delivery))
    await db.query('DELETE FROM delivery_file WHERE district = $1 AND delivery_id = $2::uuid', [
      delivery.district,
      delivery.id,
    ])
  }
}
