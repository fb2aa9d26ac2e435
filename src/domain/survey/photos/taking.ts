/**
 * Photos of a delivery into the store: looked at one by one in a thread, written down, and kept once by their content.
 *
 *   listed -> looked at (checksum, kind, position) -> written down -> kept under photos/DISTRICT/ab/abcdef...
 *
 * What is written down before it is kept belongs to a load that has not ended: a kill in between leaves rows that
 * sweeping.ts finds, never bytes that nobody knows of.
 */
import { join } from 'node:path'
import { copyWriter } from '../../../core/copy.ts'
import { one } from '../../../core/db.ts'
import { FileFault, type Finding } from '../findings.ts'
import type { Ledger } from '../ledger.ts'
import type { LoadHouse } from '../loading.ts'
import type { Delivery } from '../schema.ts'
import { type PhotoSource, photosIn } from './photo-folder.ts'
import { basesOf, stemOf } from './photo-name.ts'
import { type PhotoThread, startPhotoThread } from './photo-thread.ts'
import type { PhotoLook } from './photo-worker.ts'
import { alone, contentFolder } from './sweeping.ts'

/** A photo of a phone is 3 to 12 MB; beyond this it is something else. */
const MOST_BYTES = 50_000_000
/** What an installation keeps unless its operator says otherwise. */
export const PHOTO_BYTES = 100 * 2 ** 30
const AT_ONCE = 100

export interface Taking {
  delivery: Delivery
  photos: PhotoSource
  ledger: Ledger
  signal: AbortSignal
  /** Told how many have been looked at. */
  progress(taken: number): void
}

/** @returns how many were brought, whole or not @throws FileFault photo.limit; disk.full */
export async function takePhotos(house: LoadHouse, taking: Taking): Promise<number> {
  const { db, files } = house
  const { district, id } = taking.delivery
  const thread = startPhotoThread()
  const scratch = await files.scratch()
  const { bytes } = await one<{ bytes: number }>(
    db,
    'SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM photo',
  )
  const kept = { bytes, most: house.photoLimits?.bytes ?? PHOTO_BYTES }
  let taken = 0
  try {
    await db.query(
      'INSERT INTO photo_set (district, delivery_id) VALUES ($1, $2::uuid) ON CONFLICT DO NOTHING',
      [district, id],
    )
    for await (const batch of batches(taking.photos, AT_ONCE)) {
      taking.signal.throwIfAborted()
      await takeBatch(house, taking, { batch, first: taken, thread, scratch, kept })
      taken += batch.length
      taking.progress(taken)
    }
    return taken
  } finally {
    await thread.close()
    await files.removeScratch(scratch)
  }
}

interface Listed {
  path: string
  name: string
  /** Its bytes are ours: nobody else changes them. */
  own: boolean
}

async function* batches({ files, folder }: PhotoSource, size: number): AsyncGenerator<Listed[]> {
  let batch: Listed[] = []
  for await (const photo of listed(files, folder)) {
    batch.push(photo)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function* listed(files: PhotoSource['files'], folder: string | null): AsyncGenerator<Listed> {
  for (const file of files) yield { ...file, own: true }
  if (folder !== null) for await (const file of photosIn(folder)) yield { ...file, own: false }
}

const COLUMNS = ['district', 'delivery_id', 'no', 'name', 'stem', 'base', 'root', 'sha256'] as const

interface Batch {
  batch: readonly Listed[]
  first: number
  thread: PhotoThread
  scratch: string
  kept: { bytes: number; readonly most: number }
}

async function takeBatch(
  house: LoadHouse,
  taking: Taking,
  { batch, first, thread, scratch, kept }: Batch,
): Promise<void> {
  const { db, files } = house
  const { delivery, ledger } = taking
  const looks: PhotoLook[] = []
  for (const { path } of batch) {
    taking.signal.throwIfAborted()
    looks.push(await thread.look(path, MOST_BYTES))
  }
  await ledger.add(batch.flatMap(({ name }, i) => unreadable(name, looks[i]!)))
  const fresh = await alone(() => writeDown(db, delivery, { batch, looks, first }))
  for (const i of fresh) {
    taking.signal.throwIfAborted()
    const look = looks[i]!
    if (look.fault !== undefined) continue
    kept.bytes += look.bytes
    if (kept.bytes > kept.most)
      throw new FileFault('photo.limit', delivery.name, {
        detail: { limit: `${Math.floor(kept.most / 1e9)} GB` },
      })
    const to = join(scratch, look.sha256)
    const { path, own, name } = batch[i]!
    // changed between two looks: somebody works in that folder
    if (!(await thread.keep({ path, to, sha256: look.sha256, own })))
      throw new FileFault('photo.changed', name)
    await files.move(contentFolder(delivery.district, look.sha256), look.sha256, to)
  }
}

function unreadable(name: string, look: PhotoLook): Finding[] {
  if (look.fault === undefined) return []
  const detail = { reason: look.fault }
  return [{ code: 'photo.unreadable', file: name, row: null, field: null, value: null, detail, lonLat: null }]
}

/** @returns which of the batch are not kept yet, each content once */
async function writeDown(
  db: LoadHouse['db'],
  { district, id }: Delivery,
  { batch, looks, first }: { batch: readonly Listed[]; looks: readonly PhotoLook[]; first: number },
): Promise<number[]> {
  const at = new Map<string, number>()
  looks.forEach((look, i) => {
    if (look.fault === undefined && !at.has(look.sha256)) at.set(look.sha256, i)
  })
  const whole = [...at.values()].map(i => looks[i] as Extract<PhotoLook, { sha256: string }>)
  const out = copyWriter()
  batch.forEach(({ name }, i) => {
    const look = looks[i]!
    const stem = stemOf(name)
    out.row(COLUMNS.length)
    out.text(district)
    out.uuid(id)
    out.int4(first + i + 1)
    out.text(storable(name))
    out.text(storable(stem))
    for (const base of basesOf(stem)) out.text(storable(base))
    out.text(look.fault === undefined ? look.sha256 : null)
  })
  return db.transaction(async tx => {
    const fresh = await tx.query<{ sha256: string }>(
      `INSERT INTO photo (district, sha256, bytes, kind, lon, lat)
       SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::float8[], $6::float8[])
       ON CONFLICT DO NOTHING RETURNING sha256`,
      [
        district,
        whole.map(look => look.sha256),
        whole.map(look => look.bytes),
        whole.map(look => look.kind),
        whole.map(look => look.lonLat?.[0] ?? null),
        whole.map(look => look.lonLat?.[1] ?? null),
      ],
    )
    await tx.copyIn('photo_file', COLUMNS, [out.take()])
    return fresh.map(({ sha256 }) => at.get(sha256)!)
  })
}

/** PostgreSQL's text holds no NUL and no half of a pair. */
const storable = (text: string): string => text.replaceAll('\0', '\u2400').toWellFormed()
