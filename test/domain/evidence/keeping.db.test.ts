/** Photos as evidence: whole or not at all, whatever breaks in between; nobody else's; gone when nothing stands on them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { openFiles } from '../../../src/core/files.ts'
import { newId } from '../../../src/core/id.ts'
import { openLog } from '../../../src/core/log.ts'
import { type OpenUpload, openUploads, type Uploads } from '../../../src/core/uploads.ts'
import { dropEvidence, removeEvidence, takeEvidence } from '../../../src/domain/evidence/commands.ts'
import { type Keeping, openKeeping } from '../../../src/domain/evidence/keeping.ts'
import { findEvidence, listEvidence } from '../../../src/domain/evidence/store.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { handClock } from '../../support/hand-clock.ts'
import { type Intake, openIntake } from '../../support/intake.ts'
import { cameraJpeg, SECRET } from '../../support/pictures.ts'

const district = '320599'
const HOUR = 3_600_000

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let dir: string
  let uploads: Uploads
  let keeping: Keeping
  const clock = handClock(new Date())
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: district })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const begin = async (db: Db = opened.db) => {
    uploads = await openUploads(dir)
    const log = openLog('silent')
    keeping = openKeeping({ db, files: openFiles(dir), uploads, log }, clock)
  }
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'wangge-evidence-'))
    await begin()
  })
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true })
    await opened.db.query('DELETE FROM evidence')
  })

  const bytes = cameraJpeg()
  async function send(owner: string, content: Buffer = bytes): Promise<OpenUpload> {
    const from = owner.startsWith('street:') ? 'street' : 'staff'
    const id = newId()
    await keeping.admit({ district, owner, bytes: content.length, from }, about =>
      uploads.create({ id, size: content.length, owner, about, createdAt: clock.now().getTime() }),
    )
    await uploads.append(id, Readable.from([content]))
    return uploads.find(id)!
  }
  const keep = async (owner = 'account:li'): Promise<string> => {
    const upload = await send(owner)
    await keeping.land(upload)
    return upload.id
  }
  const kept = (): string[] => {
    const folder = join(dir, 'files', 'evidence', district)
    return existsSync(folder) ? readdirSync(folder).sort() : []
  }
  const stray = async (name: string, age: number): Promise<void> => {
    const path = join(dir, 'files', 'evidence', district, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'a stray')
    const at = new Date(clock.now().getTime() - age)
    await utimes(path, at, at)
  }
  const take = (
    ids: string[],
    holderId: string,
    sentBy = 'account:li',
    holder: 'change' | 'report' = 'change',
  ) => opened.db.transaction(tx => takeEvidence(tx, { district, holder, holderId }, { ids, sentBy }))

  describe('a photo', () => {
    it('is kept as the picture alone, once, however often it lands', async () => {
      const upload = await send('account:li')
      await Promise.all([keeping.land(upload), keeping.land(upload)])
      await keeping.land(upload)
      const photo = (await findEvidence(opened.db, district, upload.id))!
      expect(photo).toMatchObject({ kind: 'image/jpeg', width: 640, sentBytes: bytes.length, holder: null })
      const file = readFileSync(keeping.path(photo))
      expect([file.length, file.includes(SECRET), kept()]).toEqual([photo.bytes, false, [upload.id]])
      expect(uploads.list()).toEqual([])
    })

    it('that is none is refused, and nothing of it stays', async () => {
      const upload = await send('account:li', Buffer.from('<script>alert(1)</script>'))
      await expect(keeping.land(upload)).rejects.toMatchObject({ code: 'photo.unusable' })
      expect([uploads.list(), kept(), await findEvidence(opened.db, district, upload.id)]).toEqual([
        [],
        [],
        null,
      ])
    })

    it('whose row could not be written lands at the next start, and a file without row or upload goes', async () => {
      const upload = await send('account:li')
      const broken: Db = {
        ...opened.db,
        query: async (sql, values) => {
          if (/INSERT INTO evidence/.test(sql)) throw new Error('killed')
          return opened.db.query(sql, values)
        },
      } as Db
      await begin(broken)
      await expect(keeping.land(uploads.find(upload.id)!)).rejects.toThrow('killed')
      expect([kept(), await findEvidence(opened.db, district, upload.id)]).toEqual([[upload.id], null])
      await stray(newId(), 2 * HOUR)
      await stray('stranger', 2 * HOUR)
      await begin()
      await keeping.recover()
      expect(kept()).toEqual([upload.id])
      expect(await findEvidence(opened.db, district, upload.id)).toMatchObject({ sentBy: 'account:li' })
      expect(uploads.list()).toEqual([])
    })

    it('whose row another process is about to write is left to it, and goes when none came in an hour', async () => {
      const id = newId()
      await stray(id, HOUR / 60)
      await keeping.recover()
      expect(kept()).toEqual([id])
      clock.pass(HOUR)
      await keeping.recover()
      expect(kept()).toEqual([])
    })

    it('that nothing uses is forgotten after a day, and not before', async () => {
      const id = await keep()
      const used = await keep()
      await take([used], newId())
      clock.pass(23 * HOUR)
      await keeping.sweep()
      expect(kept()).toEqual([id, used].sort())
      clock.pass(2 * HOUR)
      await keeping.sweep()
      expect(kept()).toEqual([used])
      expect(await findEvidence(opened.db, district, id)).toBeNull()
    })

    it('is evidence of one thing, of who sent it, in the order it was given', async () => {
      const [a, b, other] = [await keep(), await keep(), await keep('account:wang')]
      const request = newId()
      await expect(take([a!, other!], request)).rejects.toMatchObject({ code: 'photo.unknown' })
      await expect(take([a!, newId()], request)).rejects.toMatchObject({ code: 'photo.unknown' })
      await take([b!, a!], request)
      await take([b!, a!], request)
      await expect(take([a!], newId())).rejects.toMatchObject({ code: 'photo.unknown' })
      await expect(take([a!], request, 'account:li', 'report')).rejects.toMatchObject({
        code: 'photo.unknown',
      })
      const of = await listEvidence(opened.db, district, [request])
      expect(of(request).map(each => each.id)).toEqual([b, a])
      expect(of(newId())).toEqual([])
      await opened.db.transaction(tx =>
        dropEvidence(tx, { district, holder: 'change', holderId: request }, [b!]),
      )
      await keeping.sweep()
      expect((await listEvidence(opened.db, district, [request]))(request).map(each => each.id)).toEqual([a])
    })

    it('goes with what came to nothing; that it was there is kept, also where a kill came between', async () => {
      const [id, stays] = [await keep(), await keep()]
      const request = newId()
      await take([id], request)
      await take([stays], newId())
      await opened.db.transaction(tx => removeEvidence(tx, { district, holder: 'change', holderId: request }))
      expect(kept()).toEqual([id, stays].sort())
      await begin()
      await keeping.recover()
      expect(kept()).toEqual([stays])
      expect((await listEvidence(opened.db, district, [request]))(request)).toMatchObject([
        { id, removed: true },
      ])
      await expect(take([id], request)).rejects.toMatchObject({ code: 'photo.unknown' })
    })
  })

  it('takes so many of one sender and no more: fewer and smaller from the street', async () => {
    for (let i = 0; i < 9; i++) await keep('street:a')
    await expect(send('street:a')).rejects.toMatchObject({ code: 'upload.too-many' })
    await keep('street:b')
    for (let i = 0; i < 10; i++) await keep('account:li')
    const wish = { district, owner: 'street:c', bytes: 5e6, from: 'street' } as const
    const admit = (changed: object = {}) => keeping.admit({ ...wish, ...changed }, async about => about)
    await expect(admit()).rejects.toMatchObject({ code: 'request.too-large' })
    expect(await admit({ owner: 'account:li', from: 'staff' })).toMatchObject({ district })
    await opened.db.query(
      `INSERT INTO evidence (district, id, kind, sent_bytes, bytes, width, height, sha256, sent_by)
       SELECT $1, gen_random_uuid(), 'image/jpeg', 1, 1, 1, 1, '', 'street:' || n FROM generate_series(1, 300) n`,
      [district],
    )
    await expect(admit({ bytes: 1 })).rejects.toMatchObject({ code: 'upload.too-many' })
  })

  it('takes no more of them sent at the same moment', async () => {
    const all = await Promise.allSettled(Array.from({ length: 15 }, () => send('street:a')))
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(9)
    expect(uploads.list().length).toBe(9)
    // what was refused stands in nobody's way
    await keep('street:b')
  })
})
