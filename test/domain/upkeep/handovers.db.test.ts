/** New works on both engines: who may do what, and how their units change, whatever comes between. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/core/db.ts'
import { listEvents } from '../../../src/core/journal.ts'
import { buildModel } from '../../../src/domain/atlas/build.ts'
import { cardOf } from '../../../src/domain/atlas/card.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { findPlacement } from '../../../src/domain/registry/placements.ts'
import { listRetired } from '../../../src/domain/registry/retired.ts'
import { currentVersion, findComponent, listVersions } from '../../../src/domain/registry/store.ts'
import { SurveyRules } from '../../../src/domain/survey/check-rules.ts'
import { createDelivery } from '../../../src/domain/survey/commands.ts'
import { approveDelivery } from '../../../src/domain/survey/deciding.ts'
import { changeRules } from '../../../src/domain/survey/rule-versions.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { approveChanges } from '../../../src/domain/upkeep/approving.ts'
import { proposeChange } from '../../../src/domain/upkeep/commands.ts'
import { runHandover, transferDue } from '../../../src/domain/upkeep/handing-over.ts'
import type { Handover } from '../../../src/domain/upkeep/handover-store.ts'
import { getHandover, listHandovers } from '../../../src/domain/upkeep/handover-store.ts'
import {
  acceptHandover,
  announceHandover,
  linkDelivery,
  retryHandover,
  withdrawHandover,
} from '../../../src/domain/upkeep/handovers.ts'
import type { Change } from '../../../src/domain/upkeep/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const [clerk, linker, reviewer] = ['account:clerk', 'account:linker', 'account:reviewer']
const scope = scopeOf(HOME)
const profile = {
  crs: 'EPSG:4490',
  fields: { code: 'OBJCODE', className: 'OBJNAME', sourceId: 'ID' },
}
const lamp = (code: string | null, id: string | null, lon: number, lat = 31.31) => ({
  properties: { OBJCODE: code, ID: id, OBJNAME: '路灯' },
  geometry: { type: 'Point' as const, coordinates: [lon, lat] as [number, number] },
})
const lamps = (from: number, n: number) =>
  Array.from({ length: n }, (_, i) =>
    lamp(componentCode(from + i), null, 120.601 + ((from + i) % 3000) * 0.00001, 31.305 + from * 1e-7),
  )

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let units: { id: string }[]
  const house = (db: Db = opened.db) => ({ db })

  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict([120.62, 120.64])) })
    await intake.load('units', {
      'units.csv': '单位名称,单位代码\n电信公司,91320506MA00000001\n路灯所,91320506MA00000002\n',
    })
    units = await opened.db.query('SELECT id FROM unit ORDER BY name')
    await opened.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [HOME])
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const announce = (name = '新路', on = '2026-01-01') =>
    announceHandover(
      opened.db,
      HOME,
      {
        name,
        builder: '一建',
        ownerId: units[0]!.id,
        maintainerId: units[1]!.id,
        handoverOn: on,
      },
      clerk,
    )
  async function deliver(things: readonly ReturnType<typeof lamp>[]): Promise<Delivery> {
    const { delivery } = await intake.load(
      'components',
      { 'a.geojson': featureCollection([...things]) },
      { profile },
    )
    expect(delivery.state).toBe('checked')
    return approveDelivery(intake.house, delivery.id, 'second')
  }
  /** Announced first, so that the delivery is one of its own. */
  async function accepted(things: readonly ReturnType<typeof lamp>[], on?: string): Promise<Handover> {
    const handover = await announce('新路', on)
    const delivery = await deliver(things)
    await linkDelivery(opened.db, handover, delivery.id, { actor: clerk })
    return acceptHandover(house(), handover, { actor: reviewer, atOnce: false })
  }
  const idOf = async (code: string): Promise<string> =>
    (
      await opened.db.query<{ id: string }>('SELECT id FROM component WHERE code = $1 OR key = $1 LIMIT 1', [
        code,
      ])
    )[0]!.id
  const rowOf = async (n: number) => (await findComponent(opened.db, scope, await idOf(componentCode(n))))!
  const versions = (limit = 5) => listVersions(opened.db, HOME, { before: null, limit })
  const strays = () => opened.db.query('SELECT no FROM batch WHERE version IS NULL')
  const events = async (kind: string) =>
    (await listEvents(opened.db, HOME, 0, 5000)).filter(event => event.kind === kind)
  async function change(wish: Change) {
    const proposal = { change: wish, reason: '核实', photos: [] }
    const request = await proposeChange(house(), { district: HOME, proposal, actor: clerk, lang: 'zh' })
    return approveChanges(house(), { district: HOME, ids: [request.id], actor: reviewer, lang: 'zh' })
  }
  async function restore(to: number): Promise<Delivery> {
    const back = await createDelivery(opened.db, {
      district: HOME,
      kind: 'components',
      name: '恢复',
      contractor: null,
      profile: null,
      restore: to,
      actor: clerk,
    })
    const { delivery } = await intake.run(back)
    expect(delivery.state).toBe('checked')
    return approveDelivery(intake.house, delivery.id, 'second')
  }
  /** The database as it is, with something done once while rows of components land. */
  function whileLanding(does: () => Promise<void>): Db {
    const { db } = opened
    let done = false
    return {
      ...db,
      async copyIn(table, ...rows) {
        if (!done && table.startsWith('component_')) {
          done = true
          await does()
        }
        return db.copyIn(table, ...rows)
      },
    }
  }

  describe('who may', () => {
    it('accept is neither who announced nor who linked the delivery', async () => {
      const handover = await announce()
      const delivery = await deliver(lamps(1, 2))
      expect(await linkDelivery(opened.db, handover, delivery.id, { actor: linker })).toMatchObject({
        proposers: [clerk, linker],
      })
      for (const actor of [clerk, linker])
        await expect(acceptHandover(house(), handover, { actor, atOnce: true })).rejects.toMatchObject({
          code: 'handover.own',
        })
      const { state } = await acceptHandover(house(), handover, { actor: reviewer, atOnce: true })
      expect(state).toBe('accepted')
      expect(await transferDue(house())).toBe(1)
    })

    it('withdraw is who proposed it, or who reviews; once it is accepted who reviews alone', async () => {
      const handover = await announce('旧路', '2099-01-01')
      const withdraw = (actor: string, reviews: boolean) =>
        withdrawHandover(opened.db, handover, { actor, reviews, reason: '重报' })
      await expect(withdraw('account:anybody', false)).rejects.toMatchObject({ code: 'handover.others' })
      const delivery = await deliver(lamps(4, 1))
      await linkDelivery(opened.db, handover, delivery.id, { actor: clerk })
      await acceptHandover(house(), handover, { actor: reviewer, atOnce: false })
      await expect(withdraw(clerk, false)).rejects.toMatchObject({ code: 'handover.others' })
      expect(await withdraw('account:other', true)).toMatchObject({ state: 'withdrawn', deliveryId: null })
      await expect(withdraw('account:other', true)).rejects.toMatchObject({ code: 'handover.state' })
      expect(
        await withdrawHandover(opened.db, await announce(), { actor: clerk, reviews: false, reason: 'x' }),
      ).toMatchObject({ state: 'withdrawn' })
    })

    it('link an older delivery is who says how many components that hands over', async () => {
      const delivery = await deliver(lamps(10, 3))
      const handover = await announce()
      const link = (components?: number) =>
        linkDelivery(opened.db, handover, delivery.id, {
          actor: clerk,
          ...(components ? { components } : {}),
        })
      for (const n of [undefined, 2])
        await expect(link(n)).rejects.toMatchObject({ code: 'handover.older', detail: { n: 3 } })
      expect((await getHandover(opened.db, handover.id)).deliveryId).toBeNull()
      expect((await link(3)).deliveryId).toBe(delivery.id)
    })
  })

  describe('a handover', () => {
    it('of many components is one version, with all of them and its count, and is done once', async () => {
      const handover = await accepted(lamps(1000, 1200))
      const was = await currentVersion(opened.db, HOME)
      const untouched = await rowOf(10)
      // two at once, and once more
      await Promise.all([runHandover(house(), handover.id), transferDue(house())])
      expect(await transferDue(house())).toBe(0)
      expect(await runHandover(house(), handover.id)).toBeNull()
      expect(await getHandover(opened.db, handover.id)).toMatchObject({
        state: 'transferred',
        components: 1200,
        done: null,
        trouble: null,
      })
      const [last] = await versions(1)
      expect(last).toMatchObject({ no: was + 1, source: 'handover', changed: 1200, added: 0, removed: 0 })
      for (const n of [1000, 2199])
        expect(await rowOf(n)).toMatchObject({ ownerId: units[0]!.id, maintainerId: units[1]!.id })
      expect(await rowOf(10)).toEqual(untouched)
      const doubles = await opened.db.query(
        'SELECT id FROM component WHERE closed_version IS NULL GROUP BY id HAVING count(*) > 1',
      )
      expect(doubles).toEqual([])
      const marked = await opened.db.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM component WHERE batch = $1 AND supersedes',
        [last!.batchNo],
      )
      expect(marked).toEqual([{ n: 1200 }])
    })

    it('that is cut off leaves nothing, begins anew and tells its whole count', async () => {
      const handover = await accepted(lamps(3000, 700))
      const was = await currentVersion(opened.db, HOME)
      const stop = new AbortController()
      const cut = whileLanding(async () => stop.abort(new Error('stopped')))
      expect(await runHandover(house(cut), handover.id, stop.signal)).toMatchObject({
        state: 'accepted',
        done: null,
      })
      expect([await strays(), await currentVersion(opened.db, HOME)]).toEqual([[], was])
      expect(await transferDue(house())).toBe(1)
      expect(await getHandover(opened.db, handover.id)).toMatchObject({
        state: 'transferred',
        components: 700,
      })
      expect(await currentVersion(opened.db, HOME)).toBe(was + 1)
    })

    it('whose process was killed is taken up again when nothing was heard of it for a while', async () => {
      const handover = await accepted(lamps(4000, 2))
      const claimed = (ago: string) =>
        opened.db.query(
          `UPDATE handover SET claim = gen_random_uuid(), done = 1, heard_at = now() - $2::interval WHERE id = $1::uuid`,
          [handover.id, ago],
        )
      await claimed('1 minute')
      expect(await runHandover(house(), handover.id)).toBeNull()
      await expect(
        withdrawHandover(opened.db, handover, { actor: reviewer, reviews: true, reason: 'x' }),
      ).rejects.toMatchObject({ code: 'handover.running' })
      await claimed('10 minutes')
      expect(await runHandover(house(), handover.id)).toMatchObject({ state: 'transferred', components: 2 })
    })

    it('takes what was changed and what ended while its rows landed as it is then', async () => {
      const handover = await accepted(lamps(4100, 4))
      const [moved, ended] = [await idOf(componentCode(4100)), await idOf(componentCode(4101))]
      const meanwhile = whileLanding(async () => {
        await change({
          kind: 'move',
          componentId: moved,
          geometry: { type: 'Point', coordinates: [120.65, 31.32] },
        })
        await change({ kind: 'scrap', componentId: ended, endedOn: '2026-11-01' })
      })
      expect(await runHandover(house(meanwhile), handover.id)).toMatchObject({
        state: 'transferred',
        components: 3,
      })
      expect(await rowOf(4100)).toMatchObject({
        geometry: { coordinates: [120.65, 31.32] },
        ownerId: units[0]!.id,
      })
      expect(await findComponent(opened.db, scope, ended)).toBeNull()
      expect(await strays()).toEqual([])
    })

    it('is placed in the grids that hold when it is published', async () => {
      const handover = await accepted([lamp(componentCode(4200), null, 120.619, 31.32)])
      const meanwhile = whileLanding(async () => {
        const { delivery } = await intake.load('grids', {
          'grids.geojson': gridsGeojson(squareDistrict([120.61, 120.64])),
        })
        expect(await intake.approve(delivery)).toMatchObject({ delivery: { state: 'published' } })
      })
      expect(await runHandover(house(meanwhile), handover.id)).toMatchObject({ state: 'transferred' })
      const { id, batch } = await rowOf(4200)
      const placed = await findPlacement(opened.db, HOME, id, batch)
      const covering = await opened.db.query(
        `SELECT id FROM grid WHERE level = 3 AND closed_generation IS NULL
           AND ST_Covers(geom, ST_SetSRID(ST_MakePoint(120.619, 31.32), 4490))`,
      )
      expect(covering).toEqual([{ id: placed!.gridId }])
    })
  })

  describe('what stands against a handover', () => {
    const rules = (severity: Record<string, 'error'>) =>
      changeRules(opened.db, HOME, { rules: SurveyRules.parse({ severity }), actor: 'x' })

    it('is nothing that was wrong before: rules and grids are others since', async () => {
      const handover = await accepted([lamp(null, '901', 120.63), ...lamps(4300, 2)])
      await rules({ 'code.missing': 'error' })
      expect(await runHandover(house(), handover.id)).toMatchObject({ state: 'transferred', components: 3 })
      const [bare] = await opened.db.query<{ id: string }>(
        'SELECT id FROM component WHERE code IS NULL AND closed_version IS NULL',
      )
      expect(await findComponent(opened.db, scope, bare!.id)).toMatchObject({ ownerId: units[0]!.id })
      // nor against a change of something else
      await change({ kind: 'edit', componentId: bare!.id, set: { note: '看过' } })
      expect(await findComponent(opened.db, scope, bare!.id)).toMatchObject({ note: '看过', code: null })
      await rules({})
    })

    it('is told on it, and no other waits for it; it goes on when a person asks for it', async () => {
      const stuck = await accepted(lamps(4400, 2))
      const other = await accepted(lamps(4500, 2))
      const id = await idOf(componentCode(4400))
      await opened.db.query("UPDATE component SET class = '0999' WHERE id = $1::uuid", [id])
      const was = await currentVersion(opened.db, HOME)
      expect(await transferDue(house())).toBe(1)
      expect(await getHandover(opened.db, other.id)).toMatchObject({ state: 'transferred', components: 2 })
      expect(await getHandover(opened.db, stuck.id)).toMatchObject({
        state: 'stuck',
        trouble: {
          code: 'handover.faulty',
          detail: { no: stuck.no, n: 1 },
          faults: [{ key: componentCode(4400), found: expect.any(Array) }],
        },
      })
      expect((await rowOf(4401)).ownerId).toBeNull()
      expect([await strays(), await currentVersion(opened.db, HOME)]).toEqual([[], was + 1])
      expect((await events('handover.stuck')).map(event => event.data.no)).toEqual([stuck.no])
      expect(await transferDue(house())).toBe(0)

      await opened.db.query("UPDATE component SET class = '0118' WHERE id = $1::uuid", [id])
      await expect(retryHandover(house(), stuck, { actor: clerk })).rejects.toMatchObject({
        code: 'handover.own',
      })
      await retryHandover(house(), stuck, { actor: reviewer })
      expect(await transferDue(house())).toBe(1)
      expect(await getHandover(opened.db, stuck.id)).toMatchObject({ state: 'transferred', trouble: null })
    })

    it('where nobody knows it is told too, and tried once more after a rest', async () => {
      const handover = await accepted(lamps(4600, 2))
      const broken = whileLanding(async () => {
        throw new Error('bang')
      })
      expect(await runHandover(house(broken), handover.id)).toMatchObject({
        state: 'accepted',
        trouble: { code: 'internal' },
      })
      expect(await transferDue(house())).toBe(0)
      await opened.db.query(
        "UPDATE handover SET heard_at = now() - interval '11 minutes' WHERE id = $1::uuid",
        [handover.id],
      )
      expect(await transferDue(house())).toBe(1)
      expect(await getHandover(opened.db, handover.id)).toMatchObject({ state: 'transferred', trouble: null })
    })
  })

  describe('going back to a version before', () => {
    it('takes a handover back until it is gone forward again, on the list and on the card', async () => {
      const handover = await accepted(lamps(4700, 2))
      const [was] = await versions(1)
      await runHandover(house(), handover.id)
      const state = async () => (await getHandover(opened.db, handover.id)).state
      const onCard = async () => {
        const { model } = await buildModel(opened.db, HOME)
        const id = await idOf(componentCode(4700))
        return (await cardOf(opened.db, model, { scope, reach: 'all', lang: 'zh' }, id))!.source.handover!
          .state
      }
      expect([await state(), await onCard()]).toEqual(['transferred', 'transferred'])
      const back = await restore(was!.no)
      expect([await state(), await onCard()]).toEqual(['reversed', 'reversed'])
      expect((await rowOf(4700)).ownerId).toBeNull()
      expect(await transferDue(house())).toBe(0)
      await restore(was!.no + 1)
      expect([await state(), await onCard()]).toEqual(['transferred', 'transferred'])
      await restore(back.version!)
      expect(await state()).toBe('reversed')
      await retryHandover(house(), handover, { actor: reviewer })
      expect(await transferDue(house())).toBe(1)
      expect(await getHandover(opened.db, handover.id)).toMatchObject({ state: 'transferred', components: 2 })
    })

    it('takes the end of a key back, and forward again', async () => {
      await deliver(lamps(4800, 1))
      const was = await currentVersion(opened.db, HOME)
      const retired = async () =>
        (await listRetired(opened.db, HOME)).some(each => each.key === componentCode(4800))
      await change({ kind: 'scrap', componentId: await idOf(componentCode(4800)), endedOn: '2026-11-01' })
      expect(await retired()).toBe(true)
      await restore(was)
      expect(await retired()).toBe(false)
      await restore(was + 1)
      expect(await retired()).toBe(true)
    })
  })

  it('are listed page by page, newest first', async () => {
    const all = await listHandovers(opened.db, HOME, { limit: 200 })
    const paged: number[] = []
    for (let page = await listHandovers(opened.db, HOME, { limit: 3 }); page.length > 0; ) {
      paged.push(...page.map(each => each.no))
      page = await listHandovers(opened.db, HOME, { limit: 3, before: paged.at(-1)! })
    }
    expect(paged).toEqual(all.map(each => each.no))
    expect(paged.length).toBeGreaterThan(6)
  })
})
