/** Files that come in pieces land once, whatever breaks in between, and nothing of those given up stays. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { newId } from '../../../src/core/id.ts'
import { listEvents } from '../../../src/core/journal.ts'
import { type OpenUpload, openUploads, UPLOAD_DAYS, type Uploads } from '../../../src/core/uploads.ts'
import { announce as begins } from '../../../src/domain/survey/announcing.ts'
import { cancelReceived, folderOf, startLoad } from '../../../src/domain/survey/commands.ts'
import type { LoadHouse } from '../../../src/domain/survey/loading.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { removeFile, takeFile } from '../../../src/domain/survey/sending.ts'
import { getDelivery, listFileNotes } from '../../../src/domain/survey/store.ts'
import { listStored, recoverFiles } from '../../../src/domain/survey/stored-files.ts'
import { openUploading, type Uploading } from '../../../src/domain/survey/uploading.ts'
import type { Principal } from '../../../src/http/endpoint.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { handClock } from '../../support/hand-clock.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const actor = 'account:contractor'
const content = Buffer.from('OBJCODE,OBJNAME\n'.repeat(500))
const sha256 = createHash('sha256').update(content).digest('hex')

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let dir: string
  let uploads: Uploads
  let uploading: Uploading
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const clock = handClock(new Date())
  const begin = async (house: LoadHouse = intake.house) => {
    uploads = await openUploads(dir)
    uploading = openUploading({ ...house, uploads, uploadBytes: 10_000 }, clock)
  }
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'wangge-uploads-'))
    await begin()
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const announce = () => intake.send('components', {}, { actor: 'account:office' })
  /** Opens an upload of the delivery and sends so many of its bytes. */
  async function sendPart(
    delivery: Delivery,
    bytes = content.length,
    name = '部件.csv',
  ): Promise<OpenUpload> {
    const about = await uploading.admit(delivery, { name, bytes: content.length, modified: '1', actor })
    const id = newId()
    const createdAt = clock.now().getTime()
    await uploads.create({ id, size: content.length, owner: actor, about, createdAt })
    await uploads.append(id, Readable.from([content.subarray(0, bytes)]))
    return uploads.find(id)!
  }
  const filesOf = async (delivery: Delivery) =>
    (await intake.house.files.list(folderOf(delivery))).map(({ name, path }) => [name, readFileSync(path)])
  const landedEvents = async (delivery: Delivery) =>
    (await listEvents(intake.db, HOME, 0)).filter(
      each => each.kind === 'file.received' && each.data.delivery === delivery.id,
    )
  const left = () => readdirSync(join(dir, 'uploads'))
  /** Bytes that wait beside the places of a delivery's files. */
  const waiting = (delivery: Delivery) =>
    readdirSync(dirname(intake.house.files.path(folderOf(delivery), 'x'))).filter(name =>
      name.startsWith('.'),
    )
  /** A database whose process dies before, or right behind, a commit. */
  const dying = (when: 'before' | 'behind'): Db => ({
    ...intake.db,
    async transaction(work) {
      await intake.db.transaction(async tx => {
        await work(tx)
        if (when === 'before') throw new Error('killed')
      })
      throw new Error('killed')
    },
  })

  describe('a file that takes the place of another', () => {
    const other = Buffer.from('OBJCODE,OBJNAME\n3205990118000001,路灯\n')
    const put = (delivery: Delivery, bytes: Buffer, db: Db = intake.db) =>
      takeFile({ ...intake.house, db }, delivery, {
        ...{ name: '部件.csv', stream: Readable.from([bytes]), limitBytes: 1e6, actor },
      })
    const noted = async (delivery: Delivery) =>
      (await listFileNotes(intake.db, delivery)).get('部件.csv')?.sha256
    const stands = async (delivery: Delivery) =>
      (await listStored(intake.house, delivery)).map(({ path }) => readFileSync(path))
    const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

    it.each([
      ['restart', () => recoverFiles(intake.house)],
      ['look at it', async () => {}],
    ] as const)('and whose process dies has the bytes of its checksum after a %s', async (_name, again) => {
      const delivery = await announce()
      await put(delivery, content)
      await expect(put(delivery, other, dying('before'))).rejects.toThrow('killed')
      await again()
      expect([await noted(delivery), await stands(delivery)]).toEqual([sha256, [content]])
      await expect(put(delivery, other, dying('behind'))).rejects.toThrow('killed')
      // the old bytes still stand, the new ones wait
      expect(await filesOf(delivery)).toEqual([['部件.csv', content]])
      await again()
      expect([await noted(delivery), await stands(delivery)]).toEqual([sum(other), [other]])
      await recoverFiles(intake.house)
      expect([await stands(delivery), waiting(delivery)]).toEqual([[other], []])
    })

    it('when it is refused leaves the other as it was, and nothing beside it', async () => {
      const delivery = await announce()
      await put(delivery, content)
      await startLoad(intake.db, delivery.id, { options: {}, actor })
      await expect(put(delivery, other)).rejects.toMatchObject({ code: 'delivery.state' })
      expect([await noted(delivery), await stands(delivery), waiting(delivery)]).toEqual([
        sha256,
        [content],
        [],
      ])
    })

    it('taken back while its process dies is there with its row, or gone with it', async () => {
      const delivery = await announce()
      await put(delivery, content)
      const back = (db: Db) => removeFile({ ...intake.house, db }, delivery, { name: '部件.csv', actor })
      await expect(back(dying('before'))).rejects.toThrow('killed')
      expect([await noted(delivery), await stands(delivery)]).toEqual([sha256, [content]])
      await expect(back(dying('behind'))).rejects.toThrow('killed')
      expect([await noted(delivery), await filesOf(delivery)]).toEqual([undefined, [['部件.csv', content]]])
      await recoverFiles(intake.house)
      expect(await filesOf(delivery)).toEqual([])
      // sent again after it was struck out and before it was swept: the new bytes stay
      await put(delivery, content)
      await expect(back(dying('behind'))).rejects.toThrow('killed')
      await put(delivery, other)
      expect([await noted(delivery), await stands(delivery)]).toEqual([sum(other), [other]])
    })

    it('and several at once leave the bytes of the one that was written down last', async () => {
      const delivery = await announce()
      const all = Array.from({ length: 8 }, (_, i) => Buffer.from(`${i}`.repeat(1000 + i)))
      await Promise.all(all.map(bytes => put(delivery, bytes)))
      const [only] = await stands(delivery)
      expect(await noted(delivery)).toBe(sum(only!))
      expect(waiting(delivery)).toEqual([])
    })
  })

  describe('a file in pieces', () => {
    it('goes on where a stopped process left it, lands with its checksum and sender, and leaves nothing behind', async () => {
      const delivery = await announce()
      const upload = await sendPart(delivery, 3000)
      await begin()
      expect(uploads.find(upload.id)).toEqual(upload)
      expect(await uploads.offset(upload.id)).toBe(3000)
      expect(await filesOf(delivery)).toEqual([])
      await uploads.append(upload.id, Readable.from([content.subarray(3000)]))
      await uploading.land(upload)
      expect(await filesOf(delivery)).toEqual([['部件.csv', content]])
      expect(await listFileNotes(intake.db, delivery)).toEqual(
        new Map([['部件.csv', { sha256, sentBy: actor, sentAt: expect.any(Date) }]]),
      )
      expect((await getDelivery(intake.db, delivery.id)).senders).toEqual([actor])
      expect(await uploading.landed(delivery, upload.id)).toBe(content.length)
      expect(left()).toEqual([])
    })

    it('lands once when it is landed from several sides, or was landed by a process that died before forgetting it', async () => {
      const delivery = await announce()
      const upload = await sendPart(delivery)
      await Promise.all([uploading.land(upload), uploading.land(upload), uploading.sweep()])
      expect(await landedEvents(delivery)).toHaveLength(1)
      // as a kill leaves it between the commit and the removal
      await writeFile(uploads.path(upload.id), content)
      await writeFile(`${uploads.path(upload.id)}.json`, JSON.stringify(upload))
      await begin()
      expect(uploads.list()).toHaveLength(1)
      await uploading.sweep()
      expect(await landedEvents(delivery)).toHaveLength(1)
      expect(await filesOf(delivery)).toEqual([['部件.csv', content]])
      expect(left()).toEqual([])
    })

    it('that was whole when its process died before it was written down lands at the next start', async () => {
      const delivery = await announce()
      const upload = await sendPart(delivery)
      await begin({ ...intake.house, db: dying('before') })
      await expect(uploading.land(upload)).rejects.toThrow('killed')
      expect(await filesOf(delivery)).toEqual([])
      expect(await uploading.landed(delivery, upload.id)).toBeNull()
      await begin()
      await recoverFiles(intake.house)
      await uploading.sweep()
      expect(await landedEvents(delivery)).toHaveLength(1)
      expect(await filesOf(delivery)).toEqual([['部件.csv', content]])
      expect([left(), waiting(delivery)]).toEqual([[], []])
    })

    it('never becomes part of a delivery whose load has begun, and is forgotten then', async () => {
      const delivery = await announce()
      const upload = await sendPart(delivery)
      await startLoad(intake.db, delivery.id, { options: {}, actor })
      await expect(uploading.land(upload)).rejects.toMatchObject({ code: 'delivery.state' })
      expect(await filesOf(delivery)).toEqual([])
      expect(left()).toEqual([])
      await expect(sendPart(delivery)).rejects.toMatchObject({ code: 'delivery.state' })
    })

    it('that never comes to its end is forgotten after its days, and not before', async () => {
      const delivery = await announce()
      await sendPart(delivery, 10)
      clock.pass((UPLOAD_DAYS - 1) * 86_400_000)
      await uploading.sweep()
      expect(uploads.list()).toHaveLength(1)
      clock.pass(86_400_001)
      await uploading.sweep()
      expect(left()).toEqual([])
    })

    it('is held to limits per account: number and bytes; another account has its own', async () => {
      const delivery = await announce()
      const open = (bytes: number, by = actor) =>
        uploading.admit(delivery, { name: 'a.csv', bytes, modified: '', actor: by })
      await sendPart(delivery, 10)
      const hold = (size: number) =>
        uploads.create({ id: newId(), size, owner: actor, about: {}, createdAt: 0 })
      for (let n = 1; n < 5; n++) await hold(10_000)
      // five times the limit of a file, of which five files are open
      await expect(open(2_001)).rejects.toMatchObject({ code: 'upload.too-many', status: 429 })
      await expect(open(2_000)).resolves.toMatchObject({ name: 'a.csv' })
      await expect(open(2_001, 'account:other')).resolves.toMatchObject({ name: 'a.csv' })
      // a file that can never come is told so, whatever is open
      await expect(open(10_001)).rejects.toMatchObject({ status: 413 })
      for (let n = 5; n < 200; n++) await hold(0)
      await expect(open(1)).rejects.toMatchObject({ code: 'upload.too-many', detail: { what: '200' } })
    })

    it('takes no path from its name, and room for it must be there before its first byte', async () => {
      const delivery = await announce()
      const about = await uploading.admit(delivery, {
        name: '../../../etc/..\\x.csv',
        bytes: 1,
        modified: '',
        actor,
      })
      expect(about.name).toBe('x.csv')
      await expect(
        uploads.create({ id: newId(), size: 2 ** 60, owner: actor, about, createdAt: 0 }),
      ).rejects.toMatchObject({ code: 'disk.full', status: 507 })
      expect(left()).toEqual([])
    })
  })

  describe('a delivery given up before it was loaded', () => {
    it('leaves neither files nor pieces, also where its process died between the two', async () => {
      const delivery = await announce()
      await takeFile(intake.house, delivery, {
        name: 'a.csv',
        stream: Readable.from([content]),
        limitBytes: 1e6,
        actor,
      })
      await sendPart(delivery, 10)
      await cancelReceived(intake.db, delivery, actor)
      await uploading.sweep()
      expect(await filesOf(delivery)).toEqual([])
      expect(await listFileNotes(intake.db, delivery)).toEqual(new Map())
      expect(left()).toEqual([])
    })
  })

  describe('a file sent by mistake', () => {
    it('is taken back while nothing is loaded; what is not there cannot be', async () => {
      const delivery = await announce()
      const put = (name: string) =>
        takeFile(intake.house, delivery, { name, stream: Readable.from(['x']), limitBytes: 9, actor })
      await put('a.csv')
      await put('b.csv')
      await removeFile(intake.house, delivery, { name: 'a.csv', actor })
      expect((await filesOf(delivery)).map(([name]) => name)).toEqual(['b.csv'])
      expect([...(await listFileNotes(intake.db, delivery)).keys()]).toEqual(['b.csv'])
      await expect(removeFile(intake.house, delivery, { name: 'a.csv', actor })).rejects.toMatchObject({
        code: 'file.missing',
      })
      await startLoad(intake.db, delivery.id, { options: {}, actor })
      await expect(removeFile(intake.house, delivery, { name: 'b.csv', actor })).rejects.toMatchObject({
        code: 'delivery.state',
      })
      const { path } = (await intake.house.files.list(folderOf(delivery)))[0]!
      expect(existsSync(path)).toBe(true)
    })
  })

  describe('what is to be too much', () => {
    const limits = { files: 3, open: 2 }
    const put = (delivery: Delivery, name: string) =>
      takeFile({ ...intake.house, intakeLimits: limits }, delivery, {
        name,
        stream: Readable.from(['x']),
        limitBytes: 9,
        actor,
      })
    const full = { code: 'delivery.files', status: 413, detail: { limit: 3 } }

    it('in one delivery: so many files, pieces under way counted, one of the same name replaced', async () => {
      await begin({ ...intake.house, intakeLimits: limits })
      const delivery = await announce()
      const names = async () => (await filesOf(delivery)).map(([name]) => name)
      await put(delivery, 'a.csv')
      await put(delivery, 'b.csv')
      const third = await sendPart(delivery, 10, 'c.csv')
      const offer = (name: string) => uploading.admit(delivery, { name, bytes: 1, modified: '', actor })
      await expect(offer('d.csv')).rejects.toMatchObject(full)
      expect(await offer('b.csv')).toMatchObject({ name: 'b.csv' })
      await uploads.append(third.id, Readable.from([content.subarray(10)]))
      await uploading.land(third)
      for (const send of [() => offer('d.csv'), () => put(delivery, 'd.csv')])
        await expect(send()).rejects.toMatchObject(full)
      await put(delivery, 'c.csv')
      expect(await names()).toEqual(['a.csv', 'b.csv', 'c.csv'])
      await removeFile(intake.house, delivery, { name: 'a.csv', actor })
      await put(delivery, 'd.csv')
      expect(await names()).toEqual(['b.csv', 'c.csv', 'd.csv'])
      // another delivery has room of its own
      await put(await announce(), 'a.csv')
    })

    it('in one delivery, also where several come at once: those that fit, and no more', async () => {
      const delivery = await announce()
      const names = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => `${name}.csv`)
      const ended = await Promise.allSettled(names.map(name => put(delivery, name)))
      expect(ended.filter(each => each.status === 'fulfilled')).toHaveLength(3)
      for (const each of ended)
        if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'delivery.files' })
      expect(await filesOf(delivery)).toHaveLength(3)
      expect((await listFileNotes(intake.db, delivery)).size).toBe(3)
    })

    it('of one account: so many deliveries that wait to be loaded; another account has its own', async () => {
      const principal = (name: string): Principal => ({
        kind: 'account',
        actor: `account:${name}`,
        accountId: null,
        rights: new Set(['survey.load']),
        districts: '*',
      })
      const wish = (name: string) =>
        begins(
          { ...intake.house, intakeLimits: limits },
          { district: HOME, kind: 'components', name: '一批' },
          principal(name),
        )
      const first = await wish('zhou')
      await wish('zhou')
      await expect(wish('zhou')).rejects.toMatchObject({
        code: 'delivery.open',
        status: 429,
        detail: { n: 2 },
      })
      await wish('wu')
      await cancelReceived(intake.db, first, 'account:zhou')
      const third = await wish('zhou')
      await expect(wish('zhou')).rejects.toMatchObject({ code: 'delivery.open' })
      await startLoad(intake.db, third.id, { options: {}, actor: 'account:zhou' })
      await wish('zhou')
    })
  })
})
