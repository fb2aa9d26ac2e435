/** Where a second person decides, grids, units, classes, addresses and places are rehearsed before they count. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { INSTALLATION, listEvents } from '../../../src/core/journal.ts'
import { listClasses } from '../../../src/domain/catalog/store.ts'
import { currentGeneration, listGrids } from '../../../src/domain/grids/store.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { listUnits } from '../../../src/domain/orgs/store.ts'
import { currentPublication } from '../../../src/domain/places/store.ts'
import { rejectDelivery } from '../../../src/domain/survey/deciding.ts'
import type { DeliveryKind } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake, type SentFiles } from '../../support/intake.ts'

const contractor = 'account:contractor'
const scope = scopeOf(HOME)

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME, approval: 'second-person' })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const send = (kind: DeliveryKind, files: SentFiles, options = {}) =>
    intake.load(kind, files, { actor: contractor, options })
  const head = async () => (await listEvents(intake.db, HOME, 0)).at(-1)!.no
  const since = async (no: number) =>
    (await listEvents(intake.db, HOME, no)).map(({ kind, actor }) => `${kind} ${actor}`)
  const grids = async () => listGrids(intake.db, scope, await currentGeneration(intake.db, HOME))
  const address = (text: string) =>
    featureCollection([
      { properties: { ADDRESS: text }, geometry: { type: 'Point', coordinates: [120.61, 31.31] } },
    ])

  /** Loads; what it would change is not there until another than the sender approves, and then it is. */
  async function waits(kind: DeliveryKind, files: SentFiles, see: () => Promise<unknown>, added: number) {
    const before = await see()
    const start = await head()
    const { delivery } = await send(kind, files)
    expect(delivery).toMatchObject({ state: 'checked', decidedBy: null, counts: { added } })
    expect(await see()).toEqual(before)
    expect((await since(start)).map(said => said.split(' ')[0])).toEqual([
      'delivery.received',
      'load.started',
      'delivery.checked',
    ])
    await expect(intake.approve(delivery, contractor)).rejects.toMatchObject({ code: 'delivery.own' })
    const decided = await head()
    const { delivery: after } = await intake.approve(delivery)
    expect(after).toMatchObject({ state: 'published', decidedBy: 'second', counts: delivery.counts })
    expect(await see()).not.toEqual(before)
    const said = await since(decided)
    expect(said[0]).toBe('delivery.approved second')
    expect(said.at(-1)).toBe('delivery.published second')
    expect(said.filter(each => each.endsWith(contractor))).toEqual([])
    await expect(intake.approve(delivery, 'third')).rejects.toMatchObject({ code: 'delivery.state' })
  }

  describe('a rehearsal', () => {
    it('of grids leaves the net as it was; approved, they hold', async () => {
      await waits(
        'grids',
        { 'grids.geojson': gridsGeojson(squareDistrict()) },
        grids,
        squareDistrict().length,
      )
    })

    it('of units, classes, addresses and places leaves the directories as they were; approved, they hold', async () => {
      await waits('units', { 'units.csv': '名称,代码\n吴中水务,U1\n' }, () => listUnits(intake.db, scope), 1)
      const dictionary = async () => {
        const [row] = await intake.db.query<{ id: string }>(
          'SELECT dictionary_id AS id FROM district WHERE code = $1',
          [HOME],
        )
        return listClasses(intake.db, row!.id)
      }
      await waits('classes', { 'classes.csv': '代码,名称,几何类型\n2190,充电桩,点\n' }, dictionary, 1)
      const publication = () => currentPublication(intake.db, HOME)
      await waits('addresses', { 'a.geojson': address('东吴路 1 号') }, publication, 1)
      const place = featureCollection([
        {
          properties: { NAME: '东吴公园', KIND: 'poi' },
          geometry: { type: 'Point', coordinates: [120.61, 31.31] },
        },
      ])
      await waits('places', { 'p.geojson': place }, publication, 1)
    })

    it('that would change nothing waits for nobody', async () => {
      const { delivery } = await send('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
      expect(delivery).toMatchObject({ state: 'published', counts: { added: 0, changed: 0 } })
      const units = await send('units', { 'units.csv': '名称,代码\n吴中水务,U1\n' })
      expect(units.delivery).toMatchObject({ state: 'published', counts: { unchanged: 1 } })
    })

    it('of a replacement that only ends grids waits too', async () => {
      const last = squareDistrict().at(-1)!
      const fewer = gridsGeojson(squareDistrict().filter(grid => grid.code !== last.code))
      const before = await grids()
      const { delivery } = await send('grids', { 'grids.geojson': fewer }, { replace: true })
      expect(delivery).toMatchObject({ state: 'checked', counts: { added: 0, changed: 0 } })
      expect(await grids()).toEqual(before)
      await intake.approve(delivery)
      expect((await grids()).length).toBe(before.length - 1)
    })

    it('that is sent back leaves nothing and can be loaded again; a new load forgets who had approved', async () => {
      const { delivery } = await send('addresses', { 'a.geojson': address('东吴路 2 号') })
      const publication = await currentPublication(intake.db, HOME)
      const rejected = await rejectDelivery(intake.house, delivery.id, 'second', 'wrong street')
      expect(rejected.state).toBe('rejected')
      expect(await currentPublication(intake.db, HOME)).toBe(publication)
      const [left] = await intake.db.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM address WHERE district = $1 AND delivery_no = $2',
        [HOME, delivery.no],
      )
      expect(left!.n).toBe(0)
    })

    it('approved when the directory has changed under it fails with what is wrong, and nothing of it stays', async () => {
      const { delivery } = await send('units', { 'units.csv': '名称,代码\n甲单位,U9\n' })
      expect(delivery.state).toBe('checked')
      const other = await send('units', { 'units.csv': '名称,代码\n乙单位,U9\n甲单位,U8\n' })
      await intake.approve(other.delivery)
      const { delivery: failed, findings } = await intake.approve(delivery)
      expect(failed).toMatchObject({ state: 'failed', decidedBy: 'second' })
      expect(findings).toMatchObject([{ code: 'unit.taken', row: 2 }])
      const names = (await listUnits(intake.db, scope)).map(unit => `${unit.code} ${unit.name}`)
      expect(names.sort()).toEqual(['U1 吴中水务', 'U8 甲单位', 'U9 乙单位'])
      expect((await intake.run(failed)).delivery).toMatchObject({ state: 'failed', decidedBy: null })
    })
  })

  it('is told in the journal of its own district alone', async () => {
    const kinds = (await listEvents(intake.db, INSTALLATION, 0)).map(event => event.kind)
    expect(kinds.filter(kind => kind.startsWith('delivery.'))).toEqual([])
  })
})
