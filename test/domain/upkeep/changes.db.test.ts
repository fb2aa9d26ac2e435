/** Requests to change one component, on both engines: proposed, decided by a second person, applied as a version. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '../../../src/core/journal.ts'
import { buildModel } from '../../../src/domain/atlas/build.ts'
import { cardOf } from '../../../src/domain/atlas/card.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { findPlacement } from '../../../src/domain/registry/placements.ts'
import { countCurrent, findComponent, listVersions } from '../../../src/domain/registry/store.ts'
import { approveDelivery } from '../../../src/domain/survey/deciding.ts'
import { approveChanges } from '../../../src/domain/upkeep/approving.ts'
import { closeChange, proposeChange, renewChange } from '../../../src/domain/upkeep/commands.ts'
import type { Change, ChangeRequest } from '../../../src/domain/upkeep/schema.ts'
import { getRequest, listRequests } from '../../../src/domain/upkeep/store.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import {
  areaCode,
  componentCode,
  featureCollection,
  gridsGeojson,
  squareDistrict,
} from '../../support/ground.ts'
import { HOME, holdings, type Intake, openIntake } from '../../support/intake.ts'

const point = (lon: number, lat = 31.31) => ({
  type: 'Point' as const,
  coordinates: [lon, lat] as [number, number],
})
interface Thing {
  code?: string
  id?: string
  name?: string
  owner?: string
  lon: number
}
const things = (all: readonly Thing[]) =>
  featureCollection(
    all.map(({ code, id, name = '路灯', owner, lon }) => ({
      properties: {
        OBJCODE: code ?? null,
        ID: id ?? null,
        OBJNAME: name,
        DEPTNAME2: owner ?? null,
        材质: '铸铁',
      },
      geometry: point(lon),
    })),
  )
const lamp = (n: number, lon = 120.601 + n * 0.001): Thing => ({ code: componentCode(n), lon, owner: '电信' })
const LAMPS = Array.from({ length: 12 }, (_, i) => lamp(i + 1))
const proposer = 'account:dispatcher'
const second = 'account:supervisor'
const scope = scopeOf(HOME)

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  const house = () => ({ db: opened.db })
  const idOf = async (n: number): Promise<string> => {
    const rows = await opened.db.query<{ id: string }>(
      'SELECT id FROM component WHERE district = $1 AND code = $2 ORDER BY batch DESC LIMIT 1',
      [HOME, componentCode(n)],
    )
    return rows[0]!.id
  }
  const propose = (change: Change, actor = proposer): Promise<ChangeRequest> =>
    proposeChange(house(), {
      district: HOME,
      proposal: { change, reason: '现场核实', photos: [] },
      actor,
      lang: 'zh',
    })
  const approve = (requests: readonly ChangeRequest[], actor = second) =>
    approveChanges(house(), { district: HOME, ids: requests.map(each => each.id), actor, lang: 'zh' })
  const card = async (id: string) => {
    const { model } = await buildModel(opened.db, HOME)
    return cardOf(opened.db, model, { scope, reach: 'all', lang: 'zh' }, id)
  }
  const version = async () => (await listVersions(opened.db, HOME, { before: null, limit: 1 }))[0]!
  /** Components and placements that no version has. */
  const strays = async () => {
    const [row] = await opened.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM batch WHERE district = $1 AND version IS NULL',
      [HOME],
    )
    return row!.n
  }

  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await intake.load('units', {
      'units.csv':
        '单位名称,单位代码,别名\n中国电信吴中分公司,91320506MA00000001,电信\n路灯所,91320506MA00000002,\n',
    })
    await opened.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [HOME])
    await deliver(LAMPS)
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  async function deliver(all: readonly Thing[], options = {}) {
    const { delivery, findings } = await intake.load(
      'components',
      { 'lamps.geojson': things(all) },
      {
        options,
        profile: {
          crs: 'EPSG:4490',
          fields: { code: 'OBJCODE', className: 'OBJNAME', sourceId: 'ID', ownerName: 'DEPTNAME2' },
        },
      },
    )
    expect(delivery.state).toBe('checked')
    return { delivery: await approveDelivery(intake.house, delivery.id, second), findings }
  }

  describe('a move', () => {
    it('changes nothing until a second person approves it, and then the place, the area and nothing else', async () => {
      const id = await idOf(1)
      const before = (await findComponent(opened.db, scope, id))!
      const held = await holdings(opened.db)
      const request = await propose({ kind: 'move', componentId: id, geometry: point(120.65) })
      expect(request).toMatchObject({ no: 1, state: 'proposed', findings: [], proposers: [proposer] })
      expect(await findComponent(opened.db, scope, id)).toEqual(before)
      await expect(approve([request], proposer)).rejects.toMatchObject({ code: 'change.own', status: 403 })
      expect(await holdings(opened.db)).toEqual(held)

      const no = await approve([request])
      const after = (await findComponent(opened.db, scope, id))!
      expect(after.geometry).toEqual(point(120.65))
      expect({ ...after, geometry: null }).toMatchObject({
        id,
        key: before.key,
        code: before.code,
        class: before.class,
        ownerId: before.ownerId,
        unitStates: before.unitStates,
        surveyedOn: before.surveyedOn,
        attributes: before.attributes,
        source: 'upkeep',
        rowNo: request.no,
        version: no,
        publishedBy: second,
      })
      const placed = await findPlacement(opened.db, HOME, id, after.batch)
      const areas = await opened.db.query<{ code: string }>('SELECT code FROM grid WHERE id = $1::uuid', [
        placed!.gridId,
      ])
      expect(areas).toEqual([{ code: areaCode(3) }])
      expect(await version()).toMatchObject({ no, source: 'upkeep', added: 0, changed: 1, removed: 0 })
      expect(await strays()).toBe(0)
      expect(await getRequest(opened.db, request.id)).toMatchObject({
        state: 'approved',
        decidedBy: second,
        version: no,
      })
    })

    it('is one event for the atlas, in the journal beside who decided', async () => {
      const { no: last } = (
        await opened.db.query<{ no: number }>('SELECT no FROM journal_counter WHERE district = $1', [HOME])
      )[0]!
      const request = await propose({ kind: 'move', componentId: await idOf(2), geometry: point(120.651) })
      await approve([request])
      const kinds = (await listEvents(opened.db, HOME, last)).map(({ kind, actor }) => [kind, actor])
      expect(kinds).toEqual([
        ['change.proposed', proposer],
        ['changes.approved', second],
        ['registry.published', second],
      ])
    })

    it('says on the card where the record comes from: request, who, when', async () => {
      const { source, history } = await card(await idOf(1))
      expect(source).toMatchObject({
        kind: 'upkeep',
        deliveryNo: null,
        request: { no: 1, kind: 'move', proposedBy: proposer, decidedBy: second, reason: '现场核实' },
      })
      expect(history.map(step => step.change)).toEqual(['changed', 'added'])
    })

    it('of a thing without a code keeps it known to the survey, which brings it back as a change, never twice', async () => {
      const loose: Thing = { id: '77', lon: 120.6105 }
      await deliver([...LAMPS, loose])
      const [row] = await opened.db.query<{ id: string; key: string }>(
        "SELECT id, key FROM component WHERE key LIKE '%#77'",
      )
      await approve([await propose({ kind: 'move', componentId: row!.id, geometry: point(120.6106) })])
      expect((await findComponent(opened.db, scope, row!.id))!.key).toBe(row!.key)
      const before = await countCurrent(opened.db, HOME)
      const { delivery } = await deliver([loose])
      expect(delivery.counts).toMatchObject({ added: 0, changed: 1 })
      expect(await countCurrent(opened.db, HOME)).toBe(before)
      expect((await findComponent(opened.db, scope, row!.id))!.geometry).toEqual(point(120.6105))
    })
  })

  describe('checks', () => {
    it.each([
      [
        'an unknown class',
        { kind: 'add', class: '9999', geometry: point(120.61), set: {} },
        '类别 9999 不在字典',
      ],
      [
        'a wrong code',
        { kind: 'add', class: '0118', geometry: point(120.61), set: { code: '12' } },
        '标识码 12 不符合',
      ],
      [
        'a code of another',
        { kind: 'add', class: '0118', geometry: point(120.61), set: { code: componentCode(3) } },
        '已由另一部件使用',
      ],
      [
        'a position far outside',
        { kind: 'add', class: '0118', geometry: point(121.9), set: {} },
        '位置在辖区之外',
      ],
      [
        'a shape its class does not have',
        {
          kind: 'add',
          class: '0118',
          geometry: {
            type: 'LineString',
            coordinates: [
              [120.61, 31.31],
              [120.62, 31.31],
            ],
          },
          set: {},
        },
        '几何类型 LineString 不符合：应为 点',
      ],
    ] as [string, Change, string][])(
      'of a delivered row refuse %s in the same words, and nothing is kept',
      async (_what, change, words) => {
        const before = (
          await listRequests(opened.db, HOME, { states: null, component: null, before: null, limit: 500 })
        ).length
        await expect(propose(change)).rejects.toMatchObject({
          code: 'change.faulty',
          detail: { what: expect.stringContaining(words) },
        })
        expect(
          (await listRequests(opened.db, HOME, { states: null, component: null, before: null, limit: 500 }))
            .length,
        ).toBe(before)
      },
    )

    it('warn, and are kept for who reviews', async () => {
      const request = await propose({ kind: 'add', class: '0118', geometry: point(120.66001), set: {} })
      expect(request.findings.map(each => each.code).sort()).toEqual([
        'code.missing',
        'position.beyond-border',
      ])
      await closeChange(house(), request, { step: 'withdraw', actor: proposer, reason: null })
    })

    it('refuse what would change nothing, and a component that is not there', async () => {
      const id = await idOf(3)
      const { geometry } = (await findComponent(opened.db, scope, id))!
      await expect(
        propose({ kind: 'move', componentId: id, geometry: geometry as never }),
      ).rejects.toMatchObject({ code: 'change.nothing' })
      await expect(
        propose({ kind: 'scrap', componentId: crypto.randomUUID(), endedOn: '2026-01-01' }),
      ).rejects.toMatchObject({ code: 'component.unknown' })
      await expect(propose({ kind: 'merge', componentId: id, survivorId: id })).rejects.toMatchObject({
        code: 'change.merge',
      })
    })
  })

  it('an addition is placed, counted and known to a survey by its code', async () => {
    const before = await countCurrent(opened.db, HOME)
    const code = componentCode(500)
    const request = await propose({
      kind: 'add',
      class: '0118',
      geometry: point(120.625),
      set: { code, state: 'intact' },
    })
    await approve([request])
    expect(await countCurrent(opened.db, HOME)).toBe(before + 1)
    expect(await findComponent(opened.db, scope, request.componentId)).toMatchObject({
      code,
      key: code,
      state: 'intact',
    })
    const { delivery } = await deliver([{ code, lon: 120.625 }])
    expect(delivery.counts).toMatchObject({ added: 0, changed: 1 })
  })

  it('an edit keeps confirmed what it does not touch, and proposes the unit it names', async () => {
    const id = await idOf(4)
    await opened.db.query("UPDATE component SET unit_states = 'ucu' WHERE district = $1 AND id = $2::uuid", [
      HOME,
      id,
    ])
    const [unit] = await opened.db.query<{ id: string }>("SELECT id FROM unit WHERE name = '路灯所'")
    await approve([
      await propose({ kind: 'edit', componentId: id, set: { maintainerId: unit!.id, note: '换了灯头' } }),
    ])
    expect(await findComponent(opened.db, scope, id)).toMatchObject({
      maintainerId: unit!.id,
      note: '换了灯头',
      unitStates: 'ucp',
    })
    await approve([await propose({ kind: 'edit', componentId: id, set: { note: null } })])
    expect(await findComponent(opened.db, scope, id)).toMatchObject({ note: null, unitStates: 'ucp' })
  })

  it('another class and code at once are one change, and the old code delivered again is named', async () => {
    const id = await idOf(5)
    const code = componentCode(5, '0117')
    await approve([await propose({ kind: 'reclass', componentId: id, class: '0117', code })])
    expect(await findComponent(opened.db, scope, id)).toMatchObject({ class: '0117', code, key: code })
    const { delivery, findings } = await deliver([lamp(5)])
    expect(delivery.counts).toMatchObject({ added: 1, changed: 0 })
    expect(findings.filter(each => each.code === 'component.recoded')).toMatchObject([
      { value: componentCode(5), detail: { other: code } },
    ])
    const scrap = await propose({ kind: 'scrap', componentId: await idOf(5), endedOn: '2026-11-01' })
    await approve([scrap])
  })

  it('a merged thing ends, its card points to the one that stays, and that one names it', async () => {
    const [gone, stays] = [await idOf(6), await idOf(7)]
    const before = await countCurrent(opened.db, HOME)
    const request = await propose({ kind: 'merge', componentId: gone, survivorId: stays })
    await approve([request])
    expect(await countCurrent(opened.db, HOME)).toBe(before - 1)
    await expect(card(gone)).rejects.toMatchObject({
      code: 'component.merged',
      status: 410,
      detail: { survivor: stays, other: componentCode(7), no: request.no },
    })
    expect((await card(stays)).merged).toMatchObject([{ key: componentCode(6), requestNo: request.no }])
  })

  describe('a scrapped thing', () => {
    it('ends with its day, and comes back as it was by a request', async () => {
      const id = await idOf(8)
      const before = (await findComponent(opened.db, scope, id))!
      await approve([await propose({ kind: 'scrap', componentId: id, endedOn: '2026-10-31' })])
      await expect(card(id)).rejects.toMatchObject({
        code: 'component.scrapped',
        detail: { on: '2026-10-31' },
      })
      await expect(propose({ kind: 'move', componentId: id, geometry: point(120.62) })).rejects.toMatchObject(
        { code: 'component.unknown' },
      )
      await approve([await propose({ kind: 'restore', componentId: id })])
      const after = (await findComponent(opened.db, scope, id))!
      expect(after).toMatchObject({
        code: before.code,
        geometry: before.geometry,
        ownerId: before.ownerId,
        attributes: before.attributes,
      })
      expect((await card(id)).history.map(step => step.change)).toEqual(['restored', 'removed', 'added'])
    })

    it('that a survey delivers again is added, and named', async () => {
      const id = await idOf(9)
      const request = await propose({ kind: 'scrap', componentId: id, endedOn: '2026-10-31' })
      await approve([request])
      const { delivery, findings } = await deliver([lamp(9), lamp(10)])
      expect(delivery.counts).toMatchObject({ added: 1, unchanged: 1 })
      expect(findings).toMatchObject([
        { code: 'component.scrapped', value: componentCode(9), detail: { no: request.no, on: '2026-10-31' } },
      ])
      expect(await idOf(9)).not.toBe(id)
    })

    it('overtakes a delivery that was checked before it ended', async () => {
      const { delivery } = await intake.load(
        'components',
        { 'lamps.geojson': things([lamp(10, 120.655)]) },
        {
          profile: {
            crs: 'EPSG:4490',
            fields: { code: 'OBJCODE', className: 'OBJNAME', sourceId: 'ID', ownerName: 'DEPTNAME2' },
          },
        },
      )
      expect(delivery.counts).toMatchObject({ changed: 1 })
      await approve([await propose({ kind: 'scrap', componentId: await idOf(10), endedOn: '2026-10-31' })])
      await expect(approveDelivery(intake.house, delivery.id, second)).rejects.toMatchObject({
        code: 'delivery.overtaken',
      })
    })
  })

  describe('a request whose component has changed since', () => {
    it('is overtaken, is never applied blindly, and is made again on what is there now by somebody who then does not decide it', async () => {
      const id = await idOf(11)
      const first = await propose({ kind: 'move', componentId: id, geometry: point(120.611) })
      const other = await propose({ kind: 'edit', componentId: id, set: { note: '井圈松动' } })
      await approve([first])
      expect(await getRequest(opened.db, other.id)).toMatchObject({ state: 'overtaken' })
      await expect(approve([other])).rejects.toMatchObject({ code: 'change.state' })
      const renewed = await renewChange(house(), await getRequest(opened.db, other.id), {
        actor: 'account:admin',
        lang: 'zh',
      })
      expect(renewed).toMatchObject({
        state: 'proposed',
        proposers: [proposer, 'account:admin'],
        before: { geometry: point(120.611) },
      })
      await expect(approve([renewed], 'account:admin')).rejects.toMatchObject({ code: 'change.own' })
      await approve([renewed])
      expect(await findComponent(opened.db, scope, id)).toMatchObject({
        note: '井圈松动',
        geometry: point(120.611),
      })
    })

    it('by a survey, is refused and marked even where nobody was told of it', async () => {
      const id = await idOf(12)
      const request = await propose({ kind: 'move', componentId: id, geometry: point(120.612) })
      await deliver([lamp(12, 120.6125)])
      expect((await getRequest(opened.db, request.id)).state).toBe('proposed')
      await expect(approve([request])).rejects.toMatchObject({
        code: 'change.overtaken',
        detail: { nos: String(request.no) },
      })
      expect((await getRequest(opened.db, request.id)).state).toBe('overtaken')
      expect((await findComponent(opened.db, scope, id))!.geometry).toEqual(point(120.6125))
      await closeChange(house(), await getRequest(opened.db, request.id), {
        step: 'refuse',
        actor: second,
        reason: '已由普查更新',
      })
    })
  })

  it('several requests are one version, or none of them where one cannot be', async () => {
    const [a, b] = [await idOf(2), await idOf(3)]
    const requests = [
      await propose({ kind: 'move', componentId: a, geometry: point(120.63) }),
      await propose({ kind: 'scrap', componentId: b, endedOn: '2026-11-01' }),
      await propose({
        kind: 'add',
        class: '0118',
        geometry: point(120.64),
        set: { code: componentCode(600) },
      }),
    ]
    const clash = await propose({
      kind: 'add',
      class: '0118',
      geometry: point(120.641),
      set: { code: componentCode(600) },
    })
    const before = { version: (await version()).no, held: await holdings(opened.db) }
    await expect(approve([...requests, clash])).rejects.toMatchObject({
      code: 'change.faulty',
      detail: { findings: ['code.duplicate'] },
    })
    const twice = await propose({ kind: 'edit', componentId: a, set: { note: 'x' } })
    await expect(approve([...requests, twice])).rejects.toMatchObject({
      code: 'change.overtaken',
      detail: { nos: String(twice.no) },
    })
    expect({ version: (await version()).no, held: await holdings(opened.db) }).toEqual(before)
    await approve(requests)
    expect(await version()).toMatchObject({ no: before.version + 1, added: 1, changed: 1, removed: 1 })
    expect((await getRequest(opened.db, twice.id)).state).toBe('overtaken')
    await expect(approve([clash])).rejects.toMatchObject({
      code: 'change.faulty',
      detail: { what: expect.stringContaining('已由另一部件使用') },
    })
  })

  it('where the district asks for nobody else, who proposed may approve', async () => {
    await opened.db.query("UPDATE district SET approval = 'none' WHERE code = $1", [HOME])
    const request = await propose({ kind: 'edit', componentId: await idOf(1), set: { note: '自审' } })
    await approve([request], proposer)
    expect((await getRequest(opened.db, request.id)).state).toBe('approved')
  })
})
