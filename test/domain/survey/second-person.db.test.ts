import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { setApproval } from '../../../src/domain/orgs/districts.ts'
import { folderOf, startLoad } from '../../../src/domain/survey/commands.ts'
import { approveDelivery, rejectDelivery } from '../../../src/domain/survey/deciding.ts'
import { cancelWaiting } from '../../../src/domain/survey/interruption.ts'
import { takeFile } from '../../../src/domain/survey/sending.ts'
import { getDelivery } from '../../../src/domain/survey/store.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { endOf, HOME, holdings, type Intake, openIntake } from '../../support/intake.ts'

const lamps = (n: number, note = '') =>
  featureCollection(
    Array.from({ length: n }, (_, i) => ({
      properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯', NOTE: note },
      geometry: { type: 'Point', coordinates: [120.601 + i * 0.001, 31.31] },
    })),
  )

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME, approval: 'second-person' })
    const { delivery } = await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    expect((await intake.approve(delivery)).delivery.state).toBe('published')
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const put = (delivery: { district: string; id: string }, name: string, stream: Readable, actor: string) =>
    takeFile(intake.house, delivery, { name, stream, limitBytes: 1e6, actor })
  const stored = async (delivery: { district: string; id: string }) =>
    (await intake.house.files.list(folderOf(delivery))).map(file => file.name)
  const contractor = 'account:contractor'

  describe('the second person', () => {
    it('is not who sent the bytes, though another announced and loaded the delivery', async () => {
      const sent = await intake.send('components', {}, { actor: contractor })
      await put(sent, 'lamps.geojson', Readable.from([lamps(5)]), 'account:admin')
      const { delivery } = await intake.run(sent)
      expect(delivery).toMatchObject({ state: 'checked', senders: ['account:admin', contractor] })
      for (const actor of ['account:admin', contractor])
        await expect(approveDelivery(intake.house, sent.id, actor)).rejects.toMatchObject({
          code: 'delivery.own',
          status: 403,
        })
      expect((await getDelivery(intake.db, sent.id)).state).toBe('checked')
      expect(await approveDelivery(intake.house, sent.id, 'account:third')).toMatchObject({
        state: 'published',
        decidedBy: 'account:third',
      })
    })

    it('is not who started the load, with a profile of his own perhaps', async () => {
      const sent = await intake.send('components', { 'lamps.geojson': lamps(6, 'b') }, { actor: contractor })
      await intake.run(sent, {}, 'account:admin')
      await expect(approveDelivery(intake.house, sent.id, 'account:admin')).rejects.toMatchObject({
        code: 'delivery.own',
      })
      expect((await approveDelivery(intake.house, sent.id, 'account:third')).state).toBe('published')
    })
  })

  describe('a looser rule', () => {
    const policy = (approval: 'none' | 'second-person') =>
      setApproval(intake.db, HOME, approval, 'account:admin')
    const sent = (note: string) =>
      intake.load('components', { 'lamps.geojson': lamps(7, note) }, { actor: contractor })
    afterAll(() => policy('second-person'))

    it('lets count at once what comes after it, and leaves what waited to a second person', async () => {
      const { delivery: waited } = await sent('before')
      expect(waited.state).toBe('checked')
      const announced = await intake.send('components', { 'lamps.geojson': lamps(8) }, { actor: contractor })
      await policy('none')
      expect((await getDelivery(intake.db, waited.id)).state).toBe('checked')
      await expect(approveDelivery(intake.house, waited.id, contractor)).rejects.toMatchObject({
        code: 'delivery.own',
      })
      expect((await intake.run(announced)).delivery.state).toBe('checked')
      expect((await approveDelivery(intake.house, waited.id, 'account:third')).state).toBe('published')
      expect((await sent('after')).delivery.state).toBe('published')
    })

    it('is no longer one when it is made stricter again, which holds at once', async () => {
      await policy('none')
      await policy('none')
      expect((await sent('once more')).delivery.state).toBe('published')
      await policy('second-person')
      expect((await sent('strict')).delivery.state).toBe('checked')
    })

    it('is in the journal with who made it, and is not made of a district that is not there', async () => {
      const told = await intake.db.query<{ actor: string; data: object }>(
        "SELECT actor, data FROM journal WHERE district = $1 AND kind = 'district.approval-set' ORDER BY no DESC LIMIT 1",
        [HOME],
      )
      expect(told).toEqual([{ actor: 'account:admin', data: { approval: 'second-person' } }])
      await expect(setApproval(intake.db, '999999', 'none', 'x')).rejects.toMatchObject({
        code: 'district.unknown',
      })
    })
  })

  describe('files of a delivery', () => {
    it('are not taken when its load began while they were under way, and nothing of them is kept', async () => {
      const sent = await intake.send('components', {}, { actor: contractor })
      await put(sent, 'lamps.geojson', Readable.from([lamps(3)]), contractor)
      const slow = async function* () {
        yield Buffer.from(lamps(3, 'other').slice(0, 100))
        await startLoad(intake.db, sent.id, { options: {}, actor: contractor })
        yield Buffer.from(lamps(3, 'other').slice(100))
      }
      for (const name of ['lamps.geojson', 'more.geojson'])
        await expect(put(sent, name, Readable.from(slow()), contractor)).rejects.toMatchObject({
          code: 'delivery.state',
          status: 409,
          detail: { state: 'loading' },
        })
      const [only] = await intake.house.files.list(folderOf(sent))
      expect(await stored(sent)).toEqual(['lamps.geojson'])
      expect(only!.bytes).toBe(Buffer.byteLength(lamps(3)))
      await intake.runner.run(sent.id, new AbortController().signal)
      expect((await getDelivery(intake.db, sent.id)).counts.read).toBe(3)
    })
  })

  describe('an approval', () => {
    it('that meets a rejection in the middle is refused with the state, and nothing of the batch stays', async () => {
      const { delivery } = await intake.load(
        'components',
        { 'lamps.geojson': lamps(6, 'met') },
        { actor: contractor },
      )
      expect(delivery).toMatchObject({ state: 'checked', counts: { changed: 6 } })
      const before = await holdings(intake.db)
      let met = false
      // the rejection comes at the last moment before the version is written (embedded) or the publish begins
      const db: Db = {
        ...delegate(intake.db),
        async transaction(work) {
          if (!met) {
            met = true
            await rejectDelivery(intake.house, delivery.id, 'account:other', 'wrong street')
          }
          return intake.db.transaction(work)
        },
      }
      await expect(
        approveDelivery({ ...intake.house, db }, delivery.id, 'account:third'),
      ).rejects.toMatchObject({
        code: 'delivery.state',
        detail: { state: 'rejected' },
      })
      expect(met).toBe(true)
      const after = await holdings(intake.db)
      expect(after.version).toBe(before.version)
      expect(after.components).toBe(before.components - 6)
      expect((await getDelivery(intake.db, delivery.id)).state).toBe('rejected')
    })

    it('that read the delivery before its batch was dropped is refused with the state', async () => {
      const { delivery } = await intake.load(
        'components',
        { 'lamps.geojson': lamps(6, 'gone') },
        { actor: contractor },
      )
      let met = false
      const db: Db = {
        ...delegate(intake.db),
        async query<R>(sql: string, params?: readonly unknown[]) {
          if (!met && sql.includes('FROM batch b')) {
            met = true
            await rejectDelivery(intake.house, delivery.id, 'account:other', 'wrong street')
          }
          return intake.db.query<R>(sql, params)
        },
      }
      await expect(
        approveDelivery({ ...intake.house, db }, delivery.id, 'account:third'),
      ).rejects.toMatchObject({
        code: 'delivery.state',
        detail: { state: 'rejected' },
      })
    })
  })

  describe('a load that waits for its turn', () => {
    it('is cancelled, is not run when its turn comes, and can be loaded again', async () => {
      const sent = await intake.send(
        'components',
        { 'lamps.geojson': lamps(7, 'waits') },
        { actor: contractor },
      )
      await startLoad(intake.db, sent.id, { options: {}, actor: contractor })
      expect(await cancelWaiting(intake.house, sent, contractor)).toBe(true)
      const ended = await endOf(intake.db, sent.id)
      expect(ended.delivery).toMatchObject({ state: 'cancelled', findings: { errors: 1 } })
      expect(ended.findings.map(found => found.code)).toEqual(['load.cancelled'])
      await intake.runner.run(sent.id, new AbortController().signal)
      expect((await getDelivery(intake.db, sent.id)).state).toBe('cancelled')
      const again = await intake.run(sent)
      expect(again.delivery.state).toBe('checked')
      expect(again.findings).toEqual([])
    })

    it('is not cancelled this way once somebody took it', async () => {
      const sent = await intake.send('components', { 'lamps.geojson': lamps(2) }, { actor: contractor })
      const { delivery } = await intake.run(sent)
      expect(await cancelWaiting(intake.house, delivery, contractor)).toBe(false)
      expect((await getDelivery(intake.db, sent.id)).state).toBe(delivery.state)
    })
  })
})

const delegate = (db: Db): Db => ({
  engine: db.engine,
  query: (sql, params) => db.query(sql, params),
  script: sql => db.script(sql),
  copyIn: (...given) => db.copyIn(...given),
  transaction: work => db.transaction(work),
  snapshot: work => db.snapshot(work),
  copyOut: sql => db.copyOut(sql),
  listen: (...given) => db.listen(...given),
  close: () => db.close(),
})
