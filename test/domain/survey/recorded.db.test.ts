/** What is done at the intake stands in the journal, with who did it; and of foreign deliveries nothing is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '../../../src/core/journal.ts'
import { openUploads } from '../../../src/core/uploads.ts'
import { listVersions } from '../../../src/domain/registry/store.ts'
import { cancelReceived, createDelivery, startLoad } from '../../../src/domain/survey/commands.ts'
import { cancelWaiting } from '../../../src/domain/survey/interruption.ts'
import { surveyRoutes } from '../../../src/domain/survey/routes.ts'
import { deleteProfile, saveProfile } from '../../../src/domain/survey/saved-profiles.ts'
import { getDelivery, listProfiles } from '../../../src/domain/survey/store.ts'
import { openUploading } from '../../../src/domain/survey/uploading.ts'
import type { Call } from '../../../src/http/endpoint.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const actor = 'account:contractor'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const last = async (n: number) =>
    (await listEvents(intake.db, HOME, 0)).slice(-n).map(({ kind, actor, data }) => ({ kind, actor, data }))

  describe('the journal', () => {
    it('says who started a load, once, and nothing where it could not be started', async () => {
      const sent = await intake.send('components', {}, { actor })
      await startLoad(intake.db, sent.id, { options: {}, actor: 'account:admin' })
      const started = {
        kind: 'load.started',
        actor: 'account:admin',
        data: { delivery: sent.id, no: sent.no },
      }
      expect(await last(1)).toEqual([started])
      await expect(startLoad(intake.db, sent.id, { options: {}, actor })).rejects.toMatchObject({
        code: 'delivery.state',
      })
      expect(await last(1)).toEqual([started])
    })

    it('names who started a load that counts at once, and who stopped one, not who announced it', async () => {
      const grids = { 'grids.geojson': gridsGeojson(squareDistrict()) }
      const net = await intake.send('grids', grids, { actor })
      await intake.run(net, {}, 'account:admin')
      const lamp = {
        properties: { OBJCODE: componentCode(1), OBJNAME: '路灯' },
        geometry: { type: 'Point', coordinates: [120.61, 31.31] },
      }
      const sent = await intake.send('components', { 'a.geojson': featureCollection([lamp]) }, { actor })
      const { delivery } = await intake.run(sent, {}, 'account:admin')
      expect(delivery).toMatchObject({ state: 'published', createdBy: actor, startedBy: 'account:admin' })
      const told = await listEvents(intake.db, HOME, 0)
      for (const kind of ['grids.published', 'registry.published'])
        expect(told.filter(event => event.kind === kind).map(event => event.actor)).toEqual(['account:admin'])
      expect(
        (await listVersions(intake.db, HOME, { before: null, limit: 2 })).map(each => each.publishedBy),
      ).toEqual(['account:admin'])

      const waits = await intake.send('components', { 'a.geojson': featureCollection([lamp]) }, { actor })
      await startLoad(intake.db, waits.id, { options: {}, actor: 'account:admin' })
      expect(await cancelWaiting(intake.house, waits, 'account:other')).toBe(true)
      expect(await last(1)).toMatchObject([{ kind: 'delivery.cancelled', actor: 'account:other' }])
    })

    it('says who gave a delivery up that waited for its files', async () => {
      const sent = await intake.send('components', {}, { actor })
      expect(await cancelReceived(intake.db, sent, 'account:admin')).toBe(true)
      expect((await getDelivery(intake.db, sent.id)).state).toBe('cancelled')
      const told = {
        kind: 'delivery.cancelled',
        actor: 'account:admin',
        data: { delivery: sent.id, no: sent.no },
      }
      expect(await last(1)).toEqual([told])
      expect(await cancelReceived(intake.db, sent, actor)).toBe(false)
      expect(await last(1)).toEqual([told])
    })

    it('says who saved a mapping profile and who deleted it; one that is not there is not deleted', async () => {
      const profile = { kind: 'components' as const, fields: { code: 'OBJCODE' }, defaults: {} }
      await saveProfile(intake.db, HOME, '井盖', profile, actor)
      expect((await listProfiles(intake.db, HOME)).map(each => each.name)).toEqual(['井盖'])
      await deleteProfile(intake.db, HOME, '井盖', 'account:admin')
      expect(await last(2)).toEqual([
        { kind: 'profile.saved', actor, data: { name: '井盖', profile } },
        { kind: 'profile.deleted', actor: 'account:admin', data: { name: '井盖' } },
      ])
      await expect(deleteProfile(intake.db, HOME, '井盖', actor)).rejects.toMatchObject({
        code: 'profile.unknown',
        status: 404,
      })
      expect(await last(1)).toMatchObject([{ actor: 'account:admin' }])
    })
  })

  const openDoors = async (queued: string[] = []) => {
    const uploads = await openUploads(await intake.house.files.scratch())
    const doors = surveyRoutes({
      ...intake.house,
      jobs: () =>
        ({ send: async (_job: string, data: unknown) => queued.push(JSON.stringify(data)) }) as never,
      runner: { run: async () => {}, cancel: () => false, running: () => [] },
      uploadBytes: 1,
      uploads,
      uploading: openUploading({ ...intake.house, uploads, uploadBytes: 1 }),
    })
    return (method: string, path: string, id: string, principal: object, body: object = {}) =>
      doors
        .find(door => door.method === method && door.path === path)!
        .run({ params: { id }, body } as never, { lang: 'zh', principal } as unknown as Call)
  }

  describe('a delivery of another district', () => {
    it('is not there for who works in this one', async () => {
      const sent = await intake.send('components', {}, { actor })
      const ask = await openDoors()
      const see = (districts: '*' | string[]) =>
        ask('get', '/api/deliveries/:id', sent.id, { districts, rights: new Set(['survey.all']) })
      await expect(see(['320598'])).rejects.toMatchObject({
        code: 'delivery.unknown',
        detail: { id: sent.id },
      })
      await expect(see([HOME])).resolves.toMatchObject({ id: sent.id })
      await expect(see('*')).resolves.toMatchObject({ id: sent.id })
    })
  })

  describe('an earlier version that is to come back', () => {
    const may = (actor: string, ...rights: string[]) => ({
      actor,
      districts: '*',
      rights: new Set(['survey.read', 'survey.all', ...rights]),
    })
    const loader = may('account:contractor', 'survey.load')
    const approver = may('account:supervisor', 'survey.approve')

    it('is loaded and cancelled by who may approve, and by nobody who may only load', async () => {
      const draft = {
        district: HOME,
        kind: 'components',
        name: 'back',
        contractor: null,
        profile: null,
      } as const
      const back = await createDelivery(intake.db, { ...draft, restore: 0, actor: approver.actor })
      const queued: string[] = []
      const ask = await openDoors(queued)
      for (const door of ['load', 'cancel'])
        await expect(ask('post', `/api/deliveries/:id/${door}`, back.id, loader)).rejects.toMatchObject({
          code: 'right.missing',
          detail: { rightCode: 'survey.approve' },
        })
      expect((await getDelivery(intake.db, back.id)).state).toBe('received')
      expect(queued).toEqual([])
      await ask('post', '/api/deliveries/:id/load', back.id, approver)
      expect(queued).toEqual([JSON.stringify({ delivery: back.id })])
      expect(await ask('post', '/api/deliveries/:id/cancel', back.id, approver)).toMatchObject({
        state: 'cancelled',
      })
      // and what was sent is run by who may load, as ever
      const sent = await intake.send('components', {}, { actor })
      for (const door of ['load', 'cancel'])
        await expect(ask('post', `/api/deliveries/:id/${door}`, sent.id, approver)).rejects.toMatchObject({
          detail: { rightCode: 'survey.load' },
        })
      expect(await ask('post', '/api/deliveries/:id/load', sent.id, loader)).toMatchObject({
        state: 'loading',
      })
    })
  })
})
