import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '../../../../src/core/journal.ts'
import { setAcceptance } from '../../../../src/domain/orgs/districts.ts'
import { currentVersion } from '../../../../src/domain/registry/store.ts'
import { answerItem } from '../../../../src/domain/survey/acceptance/answering.ts'
import {
  acceptInspection,
  releaseInspection,
  returnInspection,
} from '../../../../src/domain/survey/acceptance/deciding.ts'
import { settlementOfPeriod } from '../../../../src/domain/survey/acceptance/period.ts'
import { drawInspection } from '../../../../src/domain/survey/acceptance/planning.ts'
import { addByHand, replaceItem } from '../../../../src/domain/survey/acceptance/replanning.ts'
import { AreaAnswer, EXISTS, RowAnswer, Terms } from '../../../../src/domain/survey/acceptance/schema.ts'
import { settlementOf } from '../../../../src/domain/survey/acceptance/settling.ts'
import {
  fieldsOf,
  getInspection,
  type Inspection,
  type Item,
  listInspections,
  listItems,
  weigh,
} from '../../../../src/domain/survey/acceptance/store.ts'
import { saveTerms } from '../../../../src/domain/survey/acceptance/terms.ts'
import { approveDelivery, decideMissing, rejectDelivery } from '../../../../src/domain/survey/deciding.ts'
import { fitLocalCrs } from '../../../../src/domain/survey/local-crs.ts'
import type { Delivery } from '../../../../src/domain/survey/schema.ts'
import { getDelivery } from '../../../../src/domain/survey/store.ts'
import { type OpenedDb, onEachEngine } from '../../../support/engines.ts'
import {
  areaCode,
  componentCode,
  featureCollection,
  gridsGeojson,
  squareDistrict,
} from '../../../support/ground.ts'
import { endOf, HOME, type Intake, openIntake } from '../../../support/intake.ts'

const contractor = 'account:contractor'
const supervisor = 'account:jianli'
const third = 'account:third'
const EVER = { from: null, to: null, firm: null, contractor: null }

/** Lamps from west to east, then so many covers in the second area, and a railing of about 95 m. */
const survey = (lamps: number, covers: number, note = '') =>
  featureCollection([
    ...Array.from({ length: lamps }, (_, i) => ({
      properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯', NOTE: note, MATERIAL: '铁' },
      geometry: { type: 'Point', coordinates: [120.601 + i * 0.0001, 31.31] },
    })),
    ...Array.from({ length: covers }, (_, i) => ({
      properties: { OBJCODE: componentCode(i + 1, '0101'), OBJNAME: '上水井盖', NOTE: note },
      geometry: { type: 'Point', coordinates: [120.621 + i * 0.0001, 31.32] },
    })),
    {
      properties: { OBJCODE: componentCode(1, '0211'), OBJNAME: '交通护栏', NOTE: note },
      geometry: {
        type: 'LineString',
        coordinates: [
          [120.641, 31.33],
          [120.642, 31.33],
        ],
      },
    },
  ])

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await setAcceptance(opened.db, HOME, 'required', 'account:admin')
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const db = () => opened.db
  const deliver = async (text: string, by = '甲测绘'): Promise<Delivery> => {
    const how = { actor: contractor, contractor: by }
    const { delivery } = await intake.load('components', { 'survey.geojson': text }, how)
    expect(delivery.state).toBe('checked')
    return delivery
  }
  const right = (item: Item, more: object = {}) =>
    RowAnswer.parse({
      verdicts: Object.fromEntries([EXISTS, ...fieldsOf(item)].map(field => [field, 'right'])),
      ...(item.measure ? { position: placeOf(item) } : {}),
      ...more,
    })
  const placeOf = ({ geometry }: Item, east = 0) => {
    const [x, y] = (geometry!.type === 'Point' ? geometry!.coordinates : geometry!.coordinates[0]) as number[]
    return { x: x! + east / 95_200, y: y! }
  }
  const answer = (inspection: Inspection, item: Item, given: object) =>
    answerItem(db(), inspection, item.no, {
      answer: (item.kind === 'row' ? RowAnswer : AreaAnswer).parse(given),
      actor: supervisor,
    })
  /** Answers all that is open: right, measured where it is, walked without a find. */
  const answerAll = async (inspection: Inspection) => {
    for (const item of await listItems(db(), inspection))
      if (!item.complete && item.replacedBy === null)
        await answer(inspection, item, item.kind === 'row' ? right(item) : { walked: true })
  }
  const results = async (inspection: Inspection) => weigh(inspection, await listItems(db(), inspection))
  const kinds = async (after: number) => (await listEvents(db(), HOME, after)).map(event => event.kind)
  const lastNo = async () => (await listEvents(db(), HOME, 0, 100_000)).at(-1)!.no

  describe('a delivery, where the district asks for an acceptance', () => {
    let delivery: Delivery
    let inspection: Inspection
    beforeAll(async () => {
      delivery = await deliver(survey(120, 30))
      inspection = await drawInspection(db(), delivery, { actor: supervisor })
    })

    it('waits although its loads count at once, and is not approved without', async () => {
      await expect(approveDelivery(intake.house, delivery.id, third)).rejects.toMatchObject({
        code: 'acceptance.required',
        status: 409,
        detail: { no: delivery.no },
      })
      expect(await currentVersion(db(), HOME)).toBe(0)
    })

    it('has a plan of every class by the terms, and of areas that hold something of it', async () => {
      const items = await listItems(db(), inspection)
      expect(items.map(item => item.no)).toEqual(items.map((_, i) => i + 1))
      const rows = Map.groupBy(
        items.filter(item => item.kind === 'row'),
        item => item.class,
      )
      expect(
        [...rows].map(([code, all]) => [code, all.length, all.filter(item => item.measure).length]),
      ).toEqual([
        ['0101', 8, 5],
        ['0118', 8, 5],
        ['0211', 1, 1],
      ])
      const areas = items.filter(item => item.kind === 'area')
      expect(areas.map(item => item.area).sort()).toEqual([areaCode(1), areaCode(2), areaCode(3)])
      expect(areas.find(item => item.area === areaCode(1))!.content).toEqual({
        name: '第1片区',
        present: { '0118': 120 },
      })
      const lamp = items.find(item => item.class === '0118')!
      expect(lamp).toMatchObject({
        drawn: 'rule',
        accuracy: 'A',
        area: areaCode(1),
        complete: false,
        answer: null,
      })
      expect(lamp.content).toMatchObject({ change: 'added', file: 'survey.geojson', metres: null })
      expect(fieldsOf(lamp)).toEqual(['code', 'class', 'MATERIAL'])
      const railing = items.find(item => item.class === '0211')!
      expect(railing.content.metres).toBeCloseTo(95.2, 0)
      expect(inspection.brought['0118']!.added.pieces).toBe(120)
    })

    it('is loaded again by nobody while it is looked at, until a supervisor who did not send it releases it', async () => {
      const again = () => intake.run(delivery, {}, contractor)
      await expect(again()).rejects.toMatchObject({
        code: 'inspection.open',
        status: 409,
        detail: { no: delivery.no },
      })
      expect((await getDelivery(db(), delivery.id)).state).toBe('checked')
      expect((await getInspection(db(), inspection.id)).state).toBe('open')
      const release = (actor: string) =>
        releaseInspection(intake.house, inspection, { reason: '传错文件', actor })
      await expect(release(contractor)).rejects.toMatchObject({ code: 'inspection.own' })
      const before = await lastNo()
      expect(await release(supervisor)).toMatchObject({
        state: 'released',
        reason: '传错文件',
        results: null,
      })
      await expect(release(supervisor)).rejects.toMatchObject({ code: 'inspection.decided' })
      const item = (await listItems(db(), inspection))[0]!
      await expect(answer(inspection, item, right(item))).rejects.toMatchObject({
        code: 'inspection.decided',
      })
      // without a new load it goes on where it was left
      const resumed = await drawInspection(db(), delivery, { actor: supervisor })
      expect(resumed).toMatchObject({ id: inspection.id, state: 'open', seed: inspection.seed, reason: null })
      expect(await kinds(before)).toEqual(['inspection.released', 'inspection.resumed'])
      await expect(again()).rejects.toMatchObject({ code: 'inspection.open' })
    })

    it('is drawn once, and with the same seed again after a load it was released for', async () => {
      await expect(drawInspection(db(), delivery, { actor: supervisor })).rejects.toMatchObject({
        code: 'inspection.drawn',
      })
      const codes = async (of: Inspection) =>
        (await listItems(db(), of)).map(item => item.content.code ?? item.area)
      const first = await codes(inspection)
      const former = inspection
      await releaseInspection(intake.house, former, { reason: '重传', actor: supervisor })
      delivery = (await intake.run(delivery, {}, contractor)).delivery
      expect((await getInspection(db(), former.id)).state).toBe('void')
      await expect(
        answer(former, (await listItems(db(), former))[0]!, { verdicts: {} }),
      ).rejects.toMatchObject({
        code: 'inspection.void',
      })
      inspection = await drawInspection(db(), delivery, { actor: supervisor })
      expect(inspection.seed).toBe(former.seed)
      expect(await codes(inspection)).toEqual(first)
      expect((await listInspections(db(), delivery)).map(each => each.state)).toEqual(['open', 'void'])
    })

    it('says of each row how far it is off, in any system, and refuses what is nowhere near', async () => {
      const item = (await listItems(db(), inspection)).find(each => each.class === '0118' && each.measure)!
      const [first] = [await answer(inspection, item, right(item, { position: placeOf(item, 0.4) }))]
      expect(first.deviationM).toBeCloseTo(0.4, 2)
      expect(first).toMatchObject({ complete: true, answeredBy: supervisor })
      await fitLocalCrs(
        db(),
        HOME,
        {
          name: '独立',
          base: 'EPSG:4549',
          points: [[0, 0], [9000, 0], [0, 9000]].map(([x, y]) => ({ x: x!, y: y!, toX: 550_000 + x!, toY: 3_460_000 + y! })), // biome-ignore format: a table
        },
        'account:admin',
      )
      const near = { x: 7_144.2, y: 5_474.3 }
      const local = answerItem(db(), inspection, item.no, {
        answer: right(item, { position: { ...near, crs: 'local:独立' } }),
        actor: supervisor,
      })
      expect((await local).deviationM).toBeLessThan(1500)
      for (const position of [{ x: 31.31, y: 120.6 }, near, { ...near, crs: 'local:无' }])
        await expect(answer(inspection, item, right(item, { position }))).rejects.toMatchObject({
          status: expect.any(Number),
          code: expect.stringMatching(/^inspection\.position$|^crs\.unknown$/),
        })
      await answer(inspection, item, right(item, { position: placeOf(item, 0.4) }))
    })

    it('keeps an answer that is not whole as open, and takes none for fields it does not have', async () => {
      const item = (await listItems(db(), inspection)).find(each => each.class === '0101')!
      expect((await answer(inspection, item, { verdicts: { [EXISTS]: 'right' } })).complete).toBe(false)
      await expect(answer(inspection, item, { verdicts: { owner: 'right' } })).rejects.toMatchObject({
        code: 'inspection.field',
      })
      const walk = { answer: AreaAnswer.parse({ walked: true }), actor: supervisor }
      await expect(answerItem(db(), inspection, item.no, walk)).rejects.toMatchObject({
        code: 'inspection.item',
      })
      const { conclusion, open: n } = await results(inspection)
      expect(conclusion).toBe('incomplete')
      const sign = acceptInspection(intake.house, inspection, { note: '', actor: supervisor })
      await expect(sign).rejects.toMatchObject({ code: 'inspection.incomplete', detail: { n } })
    })

    it('puts the next of the class in the place of one that cannot be reached, and keeps why', async () => {
      const item = (await listItems(db(), inspection)).find(each => each.class === '0118')!
      const no = await replaceItem(db(), inspection, item.no, { reason: '院门锁闭', actor: supervisor })
      const items = await listItems(db(), inspection)
      expect(items.find(each => each.no === no)).toMatchObject({
        drawn: 'replacement',
        class: '0118',
        measure: item.measure,
      })
      expect(items.find(each => each.no === item.no)).toMatchObject({
        replacedBy: no,
        replacedWhy: '院门锁闭',
      })
      await expect(
        replaceItem(db(), inspection, item.no, { reason: 'again', actor: supervisor }),
      ).rejects.toMatchObject({ code: 'inspection.item' })
      const railing = items.find(each => each.class === '0211')!
      await expect(
        replaceItem(db(), inspection, railing.no, { reason: 'none left', actor: supervisor }),
      ).rejects.toMatchObject({ code: 'inspection.reserve' })
    })

    it('judges what was added by hand, but in no rate', async () => {
      const known = new Set((await listItems(db(), inspection)).map(item => item.componentId))
      const rows = await db().query<{ id: string; code: string }>(
        `SELECT id, code FROM component WHERE district = $1 AND batch = $2 AND class = '0101' ORDER BY id DESC`,
        [HOME, inspection.batchNo],
      )
      const { id: componentId, code } = rows.find(({ id }) => !known.has(id))!
      // who stands before it reads a code
      const no = await addByHand(db(), inspection, { code }, supervisor)
      const item = (await listItems(db(), inspection)).find(each => each.no === no)!
      expect(item).toMatchObject({ drawn: 'hand', class: '0101', accuracy: 'A', componentId })
      await answer(inspection, item, right(item, { verdicts: { [EXISTS]: 'wrong' } }))
      for (const wanted of [{ componentId }, { code }, { area: areaCode(1) }, { code: areaCode(1) }])
        await expect(addByHand(db(), inspection, wanted, supervisor)).rejects.toMatchObject({
          code: 'inspection.twice',
        })
      await expect(
        addByHand(db(), inspection, { componentId: inspection.id }, supervisor),
      ).rejects.toMatchObject({
        code: 'component.unknown',
      })
      await expect(
        addByHand(db(), inspection, { code: '3205990101999999' }, supervisor),
      ).rejects.toMatchObject({
        code: 'inspection.code',
      })
      await answerAll(inspection)
      const { total, classes } = await results(inspection)
      expect(total.attributes).toMatchObject({ judged: 17, wrong: 0, rate: 0 })
      expect(classes.find(each => each.class === '0101')!.drawn).toBe(8)
    })

    it('is accepted by nobody who sent it, then by the supervisor, and approved by the same person', async () => {
      const before = await lastNo()
      await expect(
        acceptInspection(intake.house, inspection, { note: '', actor: contractor }),
      ).rejects.toMatchObject({
        code: 'inspection.own',
        status: 403,
      })
      const done = await acceptInspection(intake.house, inspection, { note: '合格', actor: supervisor })
      expect(done).toMatchObject({
        state: 'accepted',
        decidedBy: supervisor,
        reason: '合格',
        results: { conclusion: 'pass' },
      })
      expect(await kinds(before)).toEqual(['inspection.accepted'])
      const item = (await listItems(db(), inspection))[0]!
      await expect(answer(inspection, item, right(item))).rejects.toMatchObject({
        code: 'inspection.decided',
      })
      const none = await settlementOfPeriod(db(), HOME, EVER)
      expect(none.deliveries).toEqual([])
      expect((await approveDelivery(intake.house, delivery.id, supervisor)).state).toBe('published')
      expect((await getInspection(db(), inspection.id)).state).toBe('accepted')
    })

    it('is settled by class: what it brought less what was found wrong, by contractor and period', async () => {
      const period = (contractor: string | null, from: Date | null = null) =>
        settlementOfPeriod(db(), HOME, { ...EVER, from, contractor })
      const all = await period('甲测绘')
      expect(
        all.classes.map(each => [each.class, each.added.pieces, each.wrong.pieces, each.settled.pieces]),
      ).toEqual([
        ['0101', 30, 1, 29],
        ['0118', 120, 0, 120],
        ['0211', 1, 0, 1],
      ])
      expect(all.total.settled.metres).toBeCloseTo(95.2, 0)
      expect(all.contractors).toEqual([{ firm: null, name: '甲测绘' }])
      expect((await period('乙测绘')).deliveries).toEqual([])
      expect((await period(null, new Date(Date.now() + 60_000))).deliveries).toEqual([])
    })
  })

  describe('a second delivery', () => {
    it('that fails is not accepted, goes back with what was found, and its plan stays for the record', async () => {
      const delivery = await deliver(survey(120, 30, '改'))
      const inspection = await drawInspection(db(), delivery, { actor: supervisor })
      const items = await listItems(db(), inspection)
      expect(items.find(item => item.class === '0118')!.content.change).toBe('changed')
      const [first, second, moved] = items.filter(item => item.class === '0118')
      await answer(
        inspection,
        first!,
        right(first!, {
          verdicts: { [EXISTS]: 'right', code: 'right', class: 'right', MATERIAL: 'wrong' },
          found: { MATERIAL: '=铝' },
          note: '现场看过',
        }),
      )
      await answer(inspection, second!, { verdicts: { [EXISTS]: 'wrong' } })
      await answer(inspection, moved!, right(moved!, { position: placeOf(moved!, 2) }))
      const walk = items.find(item => item.kind === 'area')!
      await answer(inspection, walk, {
        walked: true,
        sightings: [
          { kind: 'missing', class: '0305', position: { x: 120.6105, y: 31.3105 }, note: '垃圾箱' },
        ],
      })
      await answerAll(inspection)
      expect(await results(inspection)).toMatchObject({
        conclusion: 'fail',
        total: { attributes: { wrong: 2 } },
      })
      await expect(
        acceptInspection(intake.house, inspection, { note: '', actor: supervisor }),
      ).rejects.toMatchObject({
        code: 'inspection.fails',
      })
      const version = await currentVersion(db(), HOME)
      const back = await returnInspection(intake.house, inspection, {
        reason: '属性错误超限',
        actor: supervisor,
      })
      expect(back).toMatchObject({
        state: 'returned',
        reason: '属性错误超限',
        results: { conclusion: 'fail' },
      })
      const ended = await endOf(db(), delivery.id)
      expect(ended.delivery).toMatchObject({
        state: 'rejected',
        reason: '属性错误超限',
        findings: { errors: 4 },
      })
      expect(ended.findings.map(each => each.code).sort()).toEqual([
        'hint.coarse',
        'inspection.absent',
        'inspection.missing',
        'inspection.position',
        'inspection.wrong',
      ])
      expect(ended.findings.find(each => each.code === 'inspection.wrong')).toMatchObject({
        file: 'survey.geojson',
        row: first!.content.row,
        field: 'MATERIAL',
        value: '铁',
        detail: { found: '=铝', note: '现场看过', no: first!.no },
      })
      const position = ended.findings.find(each => each.code === 'inspection.position')!
      expect(Number(position.detail.deviation)).toBeCloseTo(2, 1)
      expect(position.detail).toMatchObject({ limit: 0.5, accuracy: 'A' })
      expect(ended.findings.find(each => each.code === 'inspection.missing')!.lonLat).toEqual([
        120.6105, 31.3105,
      ])
      expect(await currentVersion(db(), HOME)).toBe(version)
      expect((await listItems(db(), inspection)).filter(item => item.geometry !== null)).toHaveLength(
        items.length,
      )
    })

    it('that is sent back by another in the meantime leaves the inspection void, and nothing is signed', async () => {
      const delivery = await deliver(survey(120, 30, '又改'))
      const inspection = await drawInspection(db(), delivery, { actor: supervisor })
      await answerAll(inspection)
      await rejectDelivery(intake.house, delivery.id, third, '另有原因')
      expect((await getInspection(db(), inspection.id)).state).toBe('void')
      const signs = [
        () => acceptInspection(intake.house, inspection, { note: '', actor: supervisor }),
        () => returnInspection(intake.house, inspection, { reason: 'x', actor: supervisor }),
      ]
      for (const sign of signs)
        await expect(sign()).rejects.toMatchObject({ code: 'delivery.state', detail: { state: 'rejected' } })
    })

    it('declared full settles what is unchanged and what ends too, where the terms count them', async () => {
      const settle = { states: ['added', 'changed', 'unchanged', 'ended'], deductWrong: true }
      const prices = { '01': { unit: 'piece', price: 3 }, '0211': { unit: 'metre', price: 0 } }
      const terms = Terms.parse({ settle, prices, rows: { share: 0, min: 2, max: 5 }, areas: 1 })
      await saveTerms(db(), HOME, terms, 'account:admin')
      const how = { actor: contractor, contractor: '乙测绘', options: { full: 'classes' as const } }
      // ten covers less, two lamps more
      const { delivery } = await intake.load('components', { 'survey.geojson': survey(122, 20) }, how)
      const inspection = await drawInspection(db(), delivery, { actor: supervisor })
      expect(Object.keys(inspection.brought)).toEqual(['0118'])
      await answerAll(inspection)
      await acceptInspection(intake.house, inspection, { note: '', actor: supervisor })
      const now = await getDelivery(db(), delivery.id)
      const table = async () => settlementOf(db(), now, await getInspection(db(), inspection.id))
      expect((await table()).total).toMatchObject({
        unchanged: 141,
        ended: 0,
        added: { pieces: 2 },
        amount: 426,
      })
      await decideMissing(intake.house, delivery.id, { ids: null, decision: 'end', actor: supervisor })
      expect(
        (await table()).classes.map(each => [each.class, each.added.pieces, each.unchanged, each.ended]),
      ).toEqual([
        ['0101', 0, 20, 10],
        ['0118', 2, 120, 0],
        ['0211', 0, 1, 0],
      ])
      expect((await approveDelivery(intake.house, delivery.id, third)).state).toBe('published')
      const sum = await settlementOfPeriod(db(), HOME, { ...EVER, contractor: '乙测绘' })
      expect(sum.total).toMatchObject({ ended: 10, amount: 456 })
    })
  })

  it('asks for nothing where the district does not: a load counts at once, and can be inspected afterwards', async () => {
    await setAcceptance(db(), HOME, 'none', 'account:admin')
    const how = { actor: contractor, contractor: '丙测绘' }
    const { delivery } = await intake.load('components', { 'survey.geojson': survey(5, 0, '即时') }, how)
    expect(delivery.state).toBe('published')
    const inspection = await drawInspection(db(), delivery, { actor: supervisor })
    await answerAll(inspection)
    const reason = '抽查发现问题'
    await expect(
      returnInspection(intake.house, inspection, { reason, actor: supervisor }),
    ).rejects.toMatchObject({ code: 'inspection.published', status: 409 })
    expect((await getDelivery(db(), delivery.id)).state).toBe('published')
    expect((await getInspection(db(), inspection.id)).state).toBe('open')
  })
})
