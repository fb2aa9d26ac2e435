import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { one } from '../../../src/core/db.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { CURRENT, findComponent, listHistory } from '../../../src/domain/registry/store.ts'
import { approveDelivery, rejectDelivery } from '../../../src/domain/survey/deciding.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import {
  areaCode,
  componentCode,
  featureCollection,
  gridsGeojson,
  rectangle,
  squareDistrict,
} from '../../support/ground.ts'
import { endOf, HOME, holdings, type Intake, openIntake } from '../../support/intake.ts'
import { checkPlacements } from '../../support/placement-oracle.ts'

const lamps = (n: number, move = 0, note = '') =>
  featureCollection(
    Array.from({ length: n }, (_, i) => ({
      properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯', NOTE: note },
      geometry: { type: 'Point', coordinates: [120.6005 + (i * 0.059) / n + move, 31.301 + (i % 7) * 0.005] },
    })),
  )

/** A railing from area 1 into area 2, and one along the border between them. */
const railings = featureCollection([
  {
    properties: { OBJCODE: componentCode(1, '0408'), OBJNAME: '绿地护栏' },
    geometry: {
      type: 'LineString',
      coordinates: [
        [120.612, 31.31],
        [120.622, 31.31],
      ],
    },
  },
  {
    properties: { OBJCODE: componentCode(2, '0408'), OBJNAME: '绿地护栏' },
    geometry: {
      type: 'LineString',
      coordinates: [
        [120.62, 31.31],
        [120.62, 31.32],
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
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const district = async (code: string, approval: 'none' | 'second-person' = 'none') => {
    await intake.addDistrict({ code, approval })
    const loaded = await intake.load(
      'grids',
      { 'grids.geojson': gridsGeojson(squareDistrict([120.62, 120.64], code)) },
      { district: code },
    )
    const { delivery } = approval === 'none' ? loaded : await intake.approve(loaded.delivery)
    expect(delivery).toMatchObject({
      state: 'published',
      counts: { read: 6, accepted: 6, refused: 0, added: 6 },
    })
  }
  const codesOf = (text: string, code: string) => text.replaceAll(HOME, code)

  describe('a district whose loads wait for a second person', () => {
    const code = '320501'
    beforeAll(() => district(code, 'second-person'))

    it('holds a load back as checked, unseen, until somebody else approves it', async () => {
      const { delivery } = await intake.load(
        'components',
        { 'lamps.geojson': codesOf(lamps(50), code) },
        { district: code },
      )
      expect(delivery).toMatchObject({ state: 'checked', version: null, counts: { added: 50 } })
      expect((await holdings(intake.db, code)).version).toBe(0)
      expect((await checkPlacements(intake.db, code)).components).toBe(0)

      await expect(approveDelivery(intake.house, delivery.id, 'sender')).rejects.toMatchObject({
        code: 'delivery.own',
        status: 403,
      })
      expect((await endOf(intake.db, delivery.id)).delivery.state).toBe('checked')

      const approved = await approveDelivery(intake.house, delivery.id, 'second')
      expect(approved).toMatchObject({ state: 'published', version: 1, decidedBy: 'second' })
      expect(await checkPlacements(intake.db, code)).toMatchObject({
        components: 50,
        withoutArea: 0,
        wrong: [],
      })
      await expect(approveDelivery(intake.house, delivery.id, 'second')).rejects.toMatchObject({
        code: 'delivery.state',
      })
    })

    it('refuses the later of two checked deliveries that bring the same things', async () => {
      const files = { 'lamps.geojson': codesOf(lamps(50, 0, 'looked at again'), code) }
      const first = await intake.load('components', files, { district: code })
      const second = await intake.load('components', files, { district: code })
      expect([first.delivery.state, second.delivery.state]).toEqual(['checked', 'checked'])
      await approveDelivery(intake.house, first.delivery.id, 'second')
      const before = await holdings(intake.db, code)
      await expect(approveDelivery(intake.house, second.delivery.id, 'second')).rejects.toMatchObject({
        code: 'delivery.overtaken',
        detail: { n: 50 },
      })
      expect(await holdings(intake.db, code)).toEqual(before)
      const again = await intake.run(second.delivery)
      expect(again.delivery).toMatchObject({
        state: 'published',
        counts: { unchanged: 50, added: 0, changed: 0 },
      })
    })

    it('publishes one of two that are approved at the same moment, and never both', async () => {
      const files = { 'lamps.geojson': codesOf(lamps(50, 0, 'and a third time'), code) }
      const first = await intake.load('components', files, { district: code })
      const second = await intake.load('components', files, { district: code })
      const { version } = await holdings(intake.db, code)
      const outcomes = await Promise.allSettled(
        [first, second, first].map(({ delivery }) => approveDelivery(intake.house, delivery.id, 'second')),
      )
      expect(outcomes.filter(outcome => outcome.status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          expect(['delivery.overtaken', 'delivery.state']).toContain(outcome.reason.code)
      expect((await holdings(intake.db, code)).version).toBe(version + 1)
      expect((await checkPlacements(intake.db, code)).components).toBe(50)
    })

    it('forgets the rows of a rejected delivery and keeps the reason', async () => {
      const before = await holdings(intake.db, code)
      const { delivery } = await intake.load(
        'components',
        { 'lamps.geojson': codesOf(lamps(60, 0, 'four'), code) },
        { district: code },
      )
      expect((await holdings(intake.db, code)).components).toBe(before.components + 60)
      const rejected = await rejectDelivery(intake.house, delivery.id, 'second', 'wrong street')
      expect(rejected).toMatchObject({ state: 'rejected', reason: 'wrong street' })
      expect(await holdings(intake.db, code)).toEqual(before)
    })

    it('asks for a new load where the grids changed in between', async () => {
      const { delivery } = await intake.load(
        'components',
        { 'lamps.geojson': codesOf(lamps(60, 0, 'five'), code) },
        { district: code },
      )
      const grids = await intake.load(
        'grids',
        { 'grids.geojson': gridsGeojson(squareDistrict([120.625, 120.64], code)) },
        { district: code },
      )
      await intake.approve(grids.delivery)
      await expect(approveDelivery(intake.house, delivery.id, 'second')).rejects.toMatchObject({
        code: 'delivery.grids-changed',
      })
      const again = await intake.run(delivery)
      await approveDelivery(intake.house, again.delivery.id, 'second')
      expect(await checkPlacements(intake.db, code)).toMatchObject({ components: 60, wrong: [] })
    })
  })

  describe('a delivery that changes what is there', () => {
    const code = '320502'
    const load = (files: Record<string, string>) => intake.load('components', files, { district: code })
    beforeAll(async () => {
      await district(code)
      await load({ 'lamps.geojson': codesOf(lamps(40), code), 'railings.geojson': codesOf(railings, code) })
    })

    it('closes the former rows of changed components, keeps their ids and leaves the others alone', async () => {
      const current = () =>
        intake.db.query<{ id: string; code: string; note: string | null }>(
          `SELECT id, code, note FROM component WHERE district = $1 AND closed_version IS NULL ORDER BY code`,
          [code],
        )
      const before = await current()
      const { delivery } = await load({
        'lamps.geojson': codesOf(lamps(40).replaceAll('"NOTE":""', '"NOTE":"new"'), code),
      })
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 40, accepted: 40, changed: 40, added: 0, unchanged: 0 },
      })
      const after = await current()
      expect(after.map(row => row.id)).toEqual(before.map(row => row.id))
      expect(after.filter(row => row.note === 'new')).toHaveLength(40)

      const { id } = after[0]!
      const history = await listHistory(intake.db, scopeOf(code), id)
      expect(history.map(({ version, change }) => [version, change])).toEqual([
        [2, 'changed'],
        [1, 'added'],
      ])
      expect(await findComponent(intake.db, scopeOf(code), id)).toMatchObject({
        id,
        version: 2,
        note: 'new',
      })
      expect(await checkPlacements(intake.db, code)).toMatchObject({ components: 42, wrong: [] })
    })

    it('publishes nothing when everything is as it was', async () => {
      const before = await holdings(intake.db, code)
      const { delivery } = await load({ 'railings.geojson': codesOf(railings, code) })
      expect(delivery).toMatchObject({
        state: 'published',
        version: null,
        counts: { unchanged: 2, added: 0, changed: 0 },
      })
      expect(await holdings(intake.db, code)).toEqual(before)
    })

    it('places a line by its largest share, and one on a shared border in the lowest code', async () => {
      const rows = await intake.db.query<{ code: string; area: string; touched: number }>(
        `SELECT c.code, g.code AS area, cardinality(p.touched) AS touched FROM component c
         JOIN placement p ON p.district = c.district AND p.component_id = c.id AND p.batch = c.batch
         JOIN grid g ON g.district = c.district AND g.id = p.grid_id AND g.closed_generation IS NULL
         WHERE c.district = $1 AND c.class = '0408' ORDER BY c.code`,
        [code],
      )
      expect(rows.map(row => [row.area, row.touched])).toEqual([
        [areaCode(1, code), 2],
        [areaCode(1, code), 2],
      ])
    })
  })

  describe('grids that come again', () => {
    const code = '320503'
    const load = (grids: ReturnType<typeof squareDistrict>, options = {}) =>
      intake.load('grids', { 'grids.geojson': gridsGeojson(grids) }, { district: code, options })
    beforeAll(async () => {
      await district(code)
      const files = {
        'lamps.geojson': codesOf(lamps(300), code),
        'railings.geojson': codesOf(railings, code),
      }
      expect((await intake.load('components', files, { district: code })).delivery.counts.added).toBe(302)
    })
    const areasOf = () =>
      intake.db.query<{ code: string; n: number }>(
        `SELECT g.code, count(*) AS n FROM component c
       JOIN LATERAL (SELECT p.grid_id FROM placement p JOIN placement_generation v ON v.district = p.district AND v.no = p.generation AND v.published
         WHERE p.district = c.district AND p.component_id = c.id ORDER BY p.generation DESC LIMIT 1) p ON true
       JOIN grid g ON g.district = c.district AND g.id = p.grid_id AND g.closed_generation IS NULL
       WHERE c.district = $1 GROUP BY g.code ORDER BY g.code`,
        [code],
      )

    /** Components with a placement of the newest generation that counts. */
    const lastPlaced = () =>
      one<{ no: number; n: number }>(
        intake.db,
        `SELECT g.no, (SELECT count(*)::int FROM placement p WHERE p.district = $1 AND p.generation = g.no) AS n
         FROM placement_generation g WHERE g.district = $1 AND g.published ORDER BY g.no DESC LIMIT 1`,
        [code],
      )
    const standingWest = (of: number) =>
      one<{ n: number }>(
        intake.db,
        `SELECT count(*)::int AS n FROM (${CURRENT}) c WHERE ST_XMin(c.geom) <= $2::float8`,
        [code, of],
      )

    it('are unchanged when they are the same, keep their ids, and are not published again', async () => {
      const published = () =>
        intake.db.query(
          `SELECT no FROM journal WHERE district = $1 AND kind = 'grids.published' ORDER BY no`,
          [code],
        )
      const before = await published()
      expect(before.length).toBeGreaterThan(0)
      const { delivery } = await load(squareDistrict([120.62, 120.64], code))
      expect(await published()).toEqual(before)
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 6, unchanged: 6, added: 0, changed: 0 },
      })
      expect(await checkPlacements(intake.db, code)).toMatchObject({ components: 302, wrong: [] })
    })

    it('move every component with a border that moved, and PostGIS agrees', async () => {
      const before = await areasOf()
      const { delivery } = await load(squareDistrict([120.61, 120.64], code))
      expect(delivery.counts).toMatchObject({ changed: 2, unchanged: 4 })
      const after = await areasOf()
      expect(after[0]!.n).toBeLessThan(before[0]!.n)
      // what stands in the two areas beside the border, and nothing of the third
      const { n } = await lastPlaced()
      expect(n).toBe((await standingWest(120.64)).n)
      expect(n).toBeLessThan(250)
      expect(await checkPlacements(intake.db, code)).toMatchObject({
        components: 302,
        withoutArea: 0,
        wrong: [],
      })
    })

    it('place nothing anew for another name', async () => {
      const before = await lastPlaced()
      const areas = squareDistrict([120.61, 120.64], code).map(grid =>
        grid.code === areaCode(2, code) ? { ...grid, name: '别的名字' } : grid,
      )
      expect((await load(areas)).delivery.counts).toMatchObject({ changed: 1, unchanged: 5 })
      expect(await lastPlaced()).toEqual(before)
      expect(await checkPlacements(intake.db, code)).toMatchObject({ components: 302, wrong: [] })
    })

    it('leave areas that are not delivered as they are', async () => {
      const areas = squareDistrict([120.61, 120.64], code).filter(
        grid => grid.level !== 3 || grid.code === areaCode(1, code),
      )
      const { delivery } = await load(areas)
      expect(delivery.counts).toMatchObject({ read: 4, unchanged: 4 })
      expect(await checkPlacements(intake.db, code)).toMatchObject({ withoutArea: 0, wrong: [] })
    })

    it('end the areas that are not delivered where the sender says replace, and their components are in a gap', async () => {
      const areas = squareDistrict([120.61, 120.64], code).filter(grid => grid.code !== areaCode(3, code))
      const { delivery } = await load(areas, { replace: true })
      expect(delivery.state).toBe('published')
      const checked = await checkPlacements(intake.db, code)
      expect(checked).toMatchObject({ components: 302, wrong: [] })
      expect(checked.withoutArea).toBeGreaterThan(50)
      expect((await areasOf()).map(area => area.code)).toEqual([areaCode(1, code), areaCode(2, code)])
    })

    it('put components back into areas that come back, under other borders', async () => {
      await load(squareDistrict([120.63], code), { replace: true })
      expect(await checkPlacements(intake.db, code)).toMatchObject({
        components: 302,
        withoutArea: 0,
        wrong: [],
      })
    })

    it('may give ground to a new area inside an old one: the lower code has it', async () => {
      const inner = {
        level: 3,
        code: areaCode(9, code),
        name: '重叠',
        ring: rectangle(120.61, 31.31, 120.62, 31.33),
      }
      await load([inner])
      expect(await checkPlacements(intake.db, code)).toMatchObject({
        components: 302,
        withoutArea: 0,
        wrong: [],
      })
    })
  })
})
