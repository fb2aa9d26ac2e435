/**
 * The bytes of photos: sent in pieces, kept without what their camera wrote beside the picture, forgotten when nothing
 * uses them.
 *
 *   upload -> whole -> cleaned (picture.ts) -> file named by its own id -> row -> evidence of something, or a day later gone
 *
 * Bytes come before their row and go after it: what a kill leaves between is a file without a row, which is removed
 * an hour later, or a whole upload, which the next start lands.
 */
import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Db } from '../../core/db.ts'
import type { Files } from '../../core/files.ts'
import type { Log } from '../../core/log.ts'
import { Problem, problem } from '../../core/problem.ts'
import type { OpenUpload, Uploads } from '../../core/uploads.ts'
import { tooLarge } from '../../http/tus.ts'
import { cleanPicture } from './picture.ts'
import { evidenceLimits } from './schema.ts'
import { countStreet, countWaiting, type EvidencePhoto, findEvidence } from './store.ts'

export interface EvidenceHouse {
  db: Db
  files: Files
  uploads: Uploads
  log: Log
}

/** How long a photo waits to become evidence of something. */
const WAIT_MS = 86_400_000
const SWEEP_MS = 3_600_000
/** Another process on the same files may have written bytes whose row comes in a moment. */
const STRAY_MS = 3_600_000
const AT_ONCE = 500
/** Of a district's streets altogether. */
const MOST_STREET = 300
const USE = 'evidence'

interface Wish {
  district: string
  owner: string
  bytes: number
  from: keyof typeof evidenceLimits
}

export interface Keeping {
  /**
   * Has an upload opened, as what it is to become; one after the other in a district, so that the next counts it.
   * @throws request.too-large, upload.too-many
   */
  admit<T>(wish: Wish, open: (about: Record<string, string>) => Promise<T>): Promise<T>
  /** Makes a whole upload a photo. @throws photo.unusable and forgets it then */
  land(upload: OpenUpload): Promise<void>
  /** Where the bytes of a photo lie. */
  path(photo: Pick<EvidencePhoto, 'district' | 'id'>): string
  /** Forgets what nothing uses, and the bytes of what was removed. */
  sweep(): Promise<void>
  /** Sweeps, and finishes what a kill left half done; before anybody sends, and again when what it left is old enough. */
  recover(): Promise<void>
  /** Sweeps now and then, until the returned function is called. */
  watch(): () => void
}

const folderOf = (district: string): string => `evidence/${district}`

export function openKeeping(house: EvidenceHouse, clock: Clock = systemClock): Keeping {
  const { db, files, uploads, log } = house
  const landing = new Map<string, Promise<void>>()
  /** The last that wished to open one, by district. */
  const opening = new Map<string, Promise<unknown>>()
  const mine = (): OpenUpload[] => uploads.list().filter(({ about }) => about.use === USE)

  async function land({ id, owner, size, about }: OpenUpload): Promise<void> {
    const district = about.district!
    if (!(await findEvidence(db, district, id))) {
      const picture = cleanPicture(await readFile(uploads.path(id)))
      if ('fault' in picture) {
        await uploads.remove(id)
        throw problem('photo.unusable', { reason: picture.fault })
      }
      const { kind, width, height, bytes } = picture
      const stored = await files.put(folderOf(district), id, Readable.from([bytes]), bytes.length)
      await db.query(
        `INSERT INTO evidence (district, id, kind, sent_bytes, bytes, width, height, sha256, sent_by, sent_at)
         VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
        [district, id, kind, size, stored.bytes, width, height, stored.sha256, owner, clock.now()],
      )
    }
    await uploads.remove(id)
  }

  async function mayOpen({ district, owner, bytes, from }: Wish): Promise<void> {
    const { bytes: most, waiting } = evidenceLimits[from]
    if (bytes > most) throw tooLarge(most)
    const open = mine().filter(each => each.about.district === district)
    const own = open.filter(each => each.owner === owner).length + (await countWaiting(db, district, owner))
    if (own >= waiting) throw problem('upload.too-many', { what: `${own}` })
    if (from !== 'street') return
    const all = open.filter(each => each.owner.startsWith('street:')).length
    if (all + (await countStreet(db, district)) >= MOST_STREET)
      throw problem('upload.too-many', { what: `${MOST_STREET}` })
  }

  async function removeAllStrays(): Promise<void> {
    const before = clock.now().getTime() - STRAY_MS
    const districts = await db.query<{ code: string }>('SELECT code FROM district')
    for (const { code } of districts) await removeStrays(house, code, before)
  }

  const keeping: Keeping = {
    admit(wish, open) {
      const { district } = wish
      const admitted = (opening.get(district) ?? Promise.resolve()).then(async () => {
        await mayOpen(wish)
        return open({ use: USE, district })
      })
      opening.set(
        district,
        admitted.catch(() => {}),
      )
      return admitted
    },
    land(upload) {
      const under = landing.get(upload.id) ?? land(upload).finally(() => landing.delete(upload.id))
      landing.set(upload.id, under)
      return under
    },
    path: ({ district, id }) => files.path(folderOf(district), id),
    async sweep() {
      const before = new Date(clock.now().getTime() - WAIT_MS)
      for (const upload of mine()) {
        if (landing.has(upload.id)) continue
        if (upload.createdAt < before.getTime()) await uploads.remove(upload.id)
        else if ((await uploads.offset(upload.id)) === upload.size)
          await keeping.land(upload).catch(error => {
            if (!(error instanceof Problem)) log.warn({ err: error, upload: upload.id }, 'landing a photo')
          })
      }
      while ((await forgetUnused(house, before)) === AT_ONCE);
      while ((await removeBytes(house)) === AT_ONCE);
    },
    async recover() {
      await keeping.sweep()
      await removeAllStrays()
    },
    watch() {
      const timer = setInterval(() => {
        keeping.recover().catch(error => log.warn({ err: error }, 'photos'))
      }, SWEEP_MS)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
  return keeping
}

async function forgetUnused({ db, files }: EvidenceHouse, before: Date): Promise<number> {
  const rows = await db.query<{ district: string; id: string }>(
    `DELETE FROM evidence WHERE (district, id) IN (
       SELECT district, id FROM evidence WHERE holder_id IS NULL AND sent_at < $1 LIMIT ${AT_ONCE})
       AND holder_id IS NULL RETURNING district, id`,
    [before],
  )
  for (const { district, id } of rows) await files.remove(folderOf(district), id)
  return rows.length
}

async function removeBytes({ db, files }: EvidenceHouse): Promise<number> {
  const rows = await db.query<{ district: string; id: string }>(
    `SELECT district, id FROM evidence WHERE removed_at IS NOT NULL AND NOT bytes_gone LIMIT ${AT_ONCE}`,
  )
  for (const { district, id } of rows) {
    await files.remove(folderOf(district), id)
    await db.query('UPDATE evidence SET bytes_gone = true WHERE district = $1 AND id = $2::uuid', [
      district,
      id,
    ])
  }
  return rows.length
}

/** Files from before that no row speaks of. */
async function removeStrays({ db, files }: EvidenceHouse, district: string, before: number): Promise<void> {
  const names = await files.names(folderOf(district))
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE)
    const rows = await db.query<{ id: string }>(
      'SELECT id FROM evidence WHERE district = $1 AND id = ANY($2::uuid[]) AND NOT bytes_gone',
      [district, some.filter(name => UUID.test(name))],
    )
    const known = new Set(rows.map(({ id }) => id))
    for (const name of some) {
      if (known.has(name)) continue
      const written = await stat(files.path(folderOf(district), name)).catch(() => null)
      if (written && written.mtimeMs < before) await files.remove(folderOf(district), name)
    }
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
