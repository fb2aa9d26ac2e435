import { afterAll, beforeAll, expect, it } from 'vitest'
import { setAcceptance } from '../../../../src/domain/orgs/districts.ts'
import { answerItem } from '../../../../src/domain/survey/acceptance/answering.ts'
import { acceptInspection } from '../../../../src/domain/survey/acceptance/deciding.ts'
import { drawInspection } from '../../../../src/domain/survey/acceptance/planning.ts'
import { addByHand } from '../../../../src/domain/survey/acceptance/replanning.ts'
import { AreaAnswer, EXISTS, RowAnswer, Terms } from '../../../../src/domain/survey/acceptance/schema.ts'
import { settlementOf } from '../../../../src/domain/survey/acceptance/settling.ts'
import {
  fieldsOf,
  getInspection,
  type Inspection,
  listItems,
  weigh,
} from '../../../../src/domain/survey/acceptance/store.ts'
import { saveTerms } from '../../../../src/domain/survey/acceptance/terms.ts'
import { approveDelivery } from '../../../../src/domain/survey/deciding.ts'
import type { Delivery } from '../../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../../support/engines.ts'
import {
  areaCode,
  componentCode,
  featureCollection,
  gridsGeojson,
  squareDistrict,
} from '../../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../../support/intake.ts'

const supervisor = 'account:jianli'
const LAMP = '0118'
const RAILING = '0211'

/** Lamps in the first area, and three railings of about 95 m in the third. */
const survey = (lamps: number) =>
  featureCollection([
    ...Array.from({ length: lamps }, (_, i) => ({
      properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯' },
      geometry: { type: 'Point', coordinates: [120.601 + i * 0.0001, 31.31] },
    })),
    ...Array.from({ length: 3 }, (_, i) => ({
      properties: { OBJCODE: componentCode(i + 1, RAILING), OBJNAME: '交通护栏' },
      geometry: { type: 'LineString', coordinates: [[120.641, 31.33 + i * 0.001], [120.642, 31.33 + i * 0.001]] }, // biome-ignore format: a line
    })),
  ])

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let second: Delivery
  let inspection: Inspection
  let metres: number
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await setAcceptance(opened.db, HOME, 'required', 'account:admin')
    const prices = { [LAMP]: { unit: 'piece', price: 10 }, [RAILING]: { unit: 'metre', price: 2 } }
    const settle = { states: ['added', 'changed', 'unchanged'], deductWrong: true }
    await saveTerms(
      opened.db,
      HOME,
      Terms.parse({ prices, settle, rows: { min: 2, max: 2 } }),
      'account:admin',
    )
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const deliver = async (lamps: number) => {
    const how = { actor: 'account:c', contractor: '甲测绘' }
    return (await intake.load('components', { 's.geojson': survey(lamps) }, how)).delivery
  }
  const walk = (of: Inspection, no: number, sightings: object[] = []) => {
    const answer = AreaAnswer.parse({ walked: true, sightings })
    return answerItem(opened.db, of, no, { answer, actor: supervisor })
  }
  /** All rows right and measured, all areas walked without a find. */
  async function answerAll(of: Inspection): Promise<void> {
    for (const item of await listItems(opened.db, of)) {
      if (item.kind === 'area') {
        await walk(of, item.no)
        continue
      }
      const verdicts = Object.fromEntries([EXISTS, ...fieldsOf(item)].map(field => [field, 'right']))
      const [x, y] = (
        item.geometry!.type === 'Point' ? item.geometry!.coordinates : item.geometry!.coordinates[0]
      ) as number[]
      const answer = RowAnswer.parse({ verdicts, ...(item.measure ? { position: { x, y } } : {}) })
      await answerItem(opened.db, of, item.no, { answer, actor: supervisor })
    }
  }
  const table = async () => settlementOf(opened.db, second, await getInspection(opened.db, inspection.id))
  const of = async (code: string) => (await table()).classes.find(each => each.class === code)!

  it('an area holds all that the delivery says stands there, also what is brought as it was', async () => {
    const first = await deliver(100)
    const drawn = await drawInspection(opened.db, first, { actor: supervisor })
    await answerAll(drawn)
    metres = drawn.brought[RAILING]!.added.metres
    await acceptInspection(intake.house, drawn, { note: '', actor: supervisor })
    expect((await approveDelivery(intake.house, first.id, 'third')).state).toBe('published')
    second = await deliver(102)
    expect(second.counts).toMatchObject({ unchanged: 103, added: 2, changed: 0 })
    inspection = await drawInspection(opened.db, second, { actor: supervisor })
    await answerAll(inspection)
    const areas = (await listItems(opened.db, inspection)).filter(item => item.kind === 'area')
    // walked is where something is new
    expect(areas.map(item => [item.area, item.content.present])).toEqual([[areaCode(1), { [LAMP]: 102 }]])
    await walk(inspection, areas[0]!.no, [{ kind: 'missing', class: LAMP }])
    const { total, conclusion } = weigh(inspection, await listItems(opened.db, inspection))
    expect(total.omissions).toEqual({ present: 102, missing: 1, surplus: 0, rate: 1 / 103, pass: 'pass' })
    expect(conclusion).toBe('pass')
  })

  it('what is brought as it was is settled by its length too, as it was when it was new', async () => {
    expect(metres).toBeGreaterThan(280)
    expect(await of(RAILING)).toMatchObject({
      unchanged: 3,
      settled: { pieces: 3, metres: expect.closeTo(metres, 6) },
      amount: Math.round(metres * 200) / 100,
    })
    expect((await table()).total).toMatchObject({ unchanged: 103, settled: { pieces: 105 } })
  })

  it('what is surplus is taken off once, as what the delivery has there under its code, and no other', async () => {
    const no = await addByHand(opened.db, inspection, { code: areaCode(3) }, supervisor)
    const item = (await listItems(opened.db, inspection)).find(each => each.no === no)!
    expect(item.content.present).toEqual({ [RAILING]: 3 })
    const surplus = (code: string, as = RAILING) => ({ kind: 'surplus', class: as, code })
    const railing = componentCode(1, RAILING)
    // the lamp stands in another area, the last code nowhere
    await walk(inspection, no, [
      surplus(railing),
      surplus(railing),
      surplus(componentCode(5), LAMP),
      surplus('99'),
    ])
    const { answer } = (await listItems(opened.db, inspection)).find(each => each.no === no)!
    expect(answer!.delivered).toEqual({
      [railing]: { class: RAILING, state: 'unchanged', metres: expect.closeTo(metres / 3, 1), m2: 0 },
    })
    expect(await of(RAILING)).toMatchObject({
      wrong: { pieces: 1, metres: expect.closeTo(metres / 3, 1) },
      settled: { pieces: 2, metres: expect.closeTo((metres * 2) / 3, 1) },
    })
    expect((await of(LAMP)).wrong.pieces).toBe(0)
    const accepted = await acceptInspection(intake.house, inspection, { note: '', actor: supervisor })
    expect(accepted.settling!.wrong).toEqual({
      [RAILING]: { unchanged: expect.objectContaining({ pieces: 1 }) },
    })
    expect((await table()).total.settled.pieces).toBe(104)
  })
})
