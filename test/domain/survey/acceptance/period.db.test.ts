import { afterAll, beforeAll, expect, it } from 'vitest'
import { setAcceptance } from '../../../../src/domain/orgs/districts.ts'
import { addFirm, changeFirm } from '../../../../src/domain/orgs/firm-changes.ts'
import { countCurrent, currentVersion } from '../../../../src/domain/registry/store.ts'
import { answerItem } from '../../../../src/domain/survey/acceptance/answering.ts'
import { acceptInspection } from '../../../../src/domain/survey/acceptance/deciding.ts'
import { settlementOfPeriod } from '../../../../src/domain/survey/acceptance/period.ts'
import { drawInspection } from '../../../../src/domain/survey/acceptance/planning.ts'
import { AreaAnswer, EXISTS, RowAnswer, Terms } from '../../../../src/domain/survey/acceptance/schema.ts'
import { fieldsOf, listItems } from '../../../../src/domain/survey/acceptance/store.ts'
import { saveTerms } from '../../../../src/domain/survey/acceptance/terms.ts'
import { createDelivery, startLoad } from '../../../../src/domain/survey/commands.ts'
import { approveDelivery } from '../../../../src/domain/survey/deciding.ts'
import { getDelivery } from '../../../../src/domain/survey/store.ts'
import { type OpenedDb, onEachEngine } from '../../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../../support/intake.ts'

const supervisor = 'account:jianli'
const admin = { district: HOME, actor: 'account:admin' }
const ALL = { from: null, to: null, firm: null, contractor: null }

const lamps = (from: number, to: number) =>
  featureCollection(
    Array.from({ length: to - from + 1 }, (_, i) => ({
      properties: { OBJCODE: componentCode(from + i), OBJNAME: '路灯' },
      geometry: { type: 'Point', coordinates: [120.601 + (from + i) * 0.0001, 31.31] },
    })),
  )

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let firm: string
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await setAcceptance(opened.db, HOME, 'required', admin.actor)
    const prices = { '0118': { unit: 'piece', price: 10 } }
    await saveTerms(opened.db, HOME, Terms.parse({ prices, rows: { min: 2, max: 2 }, areas: 1 }), admin.actor)
    firm = await addFirm(opened.db, admin, { name: '甲测绘', unit: null })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const period = (wanted: Partial<typeof ALL | { firm: string; contractor: string }> = {}) =>
    settlementOfPeriod(opened.db, HOME, { ...ALL, ...wanted })

  /** Loads, accepts as right in all and publishes what a firm, or a contractor by name, sends. */
  async function bring(text: string, from: { firm: string } | { contractor: string }): Promise<string> {
    const contractor = 'firm' in from ? await nameOf(from.firm) : from.contractor
    const sent = await intake.send('components', { 's.geojson': text }, { actor: 'account:c', contractor })
    if ('firm' in from)
      await opened.db.query('UPDATE delivery SET firm_id = $1::uuid WHERE id = $2::uuid', [
        from.firm,
        sent.id,
      ])
    const { delivery } = await intake.run(sent)
    const inspection = await drawInspection(opened.db, delivery, { actor: supervisor })
    for (const item of await listItems(opened.db, inspection)) {
      const verdicts = Object.fromEntries([EXISTS, ...fieldsOf(item)].map(field => [field, 'right']))
      const [x, y] = item.kind === 'row' ? (item.geometry!.coordinates as number[]) : []
      const answer =
        item.kind === 'area'
          ? AreaAnswer.parse({ walked: true })
          : RowAnswer.parse({ verdicts, ...(item.measure ? { position: { x, y } } : {}) })
      await answerItem(opened.db, inspection, item.no, { answer, actor: supervisor })
    }
    await acceptInspection(intake.house, inspection, { note: '', actor: supervisor })
    expect((await approveDelivery(intake.house, delivery.id, 'third')).state).toBe('published')
    return delivery.id
  }
  const nameOf = async (id: string) =>
    (await opened.db.query<{ name: string }>('SELECT name FROM firm WHERE id = $1::uuid', [id]))[0]!.name

  async function goBackTo(restore: number): Promise<void> {
    const wish = {
      district: HOME,
      kind: 'components',
      name: '回退',
      contractor: null,
      profile: null,
    } as const
    const back = await createDelivery(opened.db, { ...wish, restore, actor: 'account:boss' })
    await startLoad(opened.db, back.id, { options: {}, actor: 'account:boss' })
    await intake.runner.run(back.id, new AbortController().signal)
    if ((await getDelivery(opened.db, back.id)).state === 'checked')
      await approveDelivery(intake.house, back.id, 'third')
    expect((await getDelivery(opened.db, back.id)).state).toBe('published')
  }
  /** What is settled is never more than what came to stand. */
  const settled = async () => {
    const { total } = await period()
    expect(total.settled.pieces).toBeLessThanOrEqual(await countCurrent(opened.db, HOME))
    return [total.settled.pieces, total.amount]
  }

  it('a firm is settled as one under the name it has now, and apart from a contractor who only bears its name', async () => {
    await bring(lamps(1, 20), { firm })
    await changeFirm(opened.db, admin, firm, { name: '甲勘测', unit: null })
    await bring(lamps(21, 30), { firm })
    await bring(lamps(31, 35), { contractor: '甲测绘' })
    const all = await period()
    expect(all.contractors).toEqual([
      { firm, name: '甲勘测' },
      { firm: null, name: '甲测绘' },
    ])
    const own = await period({ firm })
    expect(own.deliveries.map(each => each.delivery.contractor)).toEqual(['甲勘测', '甲勘测'])
    expect(own.total).toMatchObject({ settled: { pieces: 30 }, amount: 300 })
    expect((await period({ contractor: '甲测绘' })).total.settled.pieces).toBe(5)
    expect((await period({ contractor: '甲勘测' })).deliveries).toEqual([])
    expect(await settled()).toEqual([35, 350])
  })

  it('what a restoration took away again is told as reversed and not settled, until it is brought back', async () => {
    expect(await currentVersion(opened.db, HOME)).toBe(3)
    await goBackTo(1)
    const reversed = async () => (await period()).deliveries.map(each => each.reversedBy)
    expect(await reversed()).toEqual([null, 4, 4])
    expect(await settled()).toEqual([20, 200])
    expect((await period({ contractor: '甲测绘' })).total.settled.pieces).toBe(0)
    // delivered again it is settled once, not twice
    await bring(lamps(21, 30), { firm })
    expect(await reversed()).toEqual([null, 4, 4, null])
    expect(await settled()).toEqual([30, 300])
    // back to where all three stood: what came since goes, what was gone stands again
    await goBackTo(3)
    expect(await reversed()).toEqual([null, null, null, 6])
    expect(await settled()).toEqual([35, 350])
    await goBackTo(0)
    expect(await reversed()).toEqual([7, 7, 7, 7])
    expect(await settled()).toEqual([0, null])
    expect(await countCurrent(opened.db, HOME)).toBe(0)
  })
})
