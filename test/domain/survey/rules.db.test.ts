/** The check rules of a district: versions with who and when, what they do to a load, and neighbours in the registry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '../../../src/core/journal.ts'
import { SurveyRules } from '../../../src/domain/survey/check-rules.ts'
import { changeRules, currentRules, listRuleVersions } from '../../../src/domain/survey/rule-versions.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const actor = 'account:admin'
interface Lamp {
  n: number
  lon?: number
  over?: Record<string, unknown>
  classCode?: string
}
const lamps = (...all: Lamp[]) =>
  featureCollection(
    all.map(({ n, lon = 120.601 + n * 0.0002, over, classCode = '0118' }) => ({
      properties: {
        OBJCODE: componentCode(n, classCode),
        OBJNAME: classCode === '0118' ? '路灯' : '公交站亭',
        ...over,
      },
      geometry: { type: 'Point', coordinates: [lon, 31.31] },
    })),
  )
/** Degrees of 0.2 metres to the east. */
const STEP = 0.0000021

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.addDistrict({ code: '320598' })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const change = (rules: unknown, more: { basedOn?: number } = {}) =>
    changeRules(intake.db, HOME, { rules: SurveyRules.parse(rules), actor, ...more })
  const load = (file: string, text: string) => intake.load('components', { [file]: text })

  describe('the rules of a district', () => {
    it('are those of the code until somebody changes them, then versions with who and when, in the journal', async () => {
      expect(await currentRules(intake.db, HOME)).toEqual({
        no: 0,
        rules: {},
        changedBy: null,
        changedAt: null,
      })
      expect((await load('none.geojson', lamps({ n: 1 }))).delivery.rulesVersion).toBe(0)
      const first = await change({ severity: { 'unit.unknown': 'error', 'date.future': 'warning' } })
      // the second is the default and no choice
      expect(first).toMatchObject({
        no: 1,
        rules: { severity: { 'unit.unknown': 'error' } },
        changedBy: actor,
      })
      expect(await change({ severity: { 'unit.unknown': 'error' } })).toEqual(first)
      expect(await change({}, { basedOn: 1 })).toMatchObject({ no: 2, rules: {} })
      expect((await listRuleVersions(intake.db, HOME, null, 10)).map(({ no }) => no)).toEqual([2, 1])
      expect((await listRuleVersions(intake.db, HOME, 2, 10)).map(({ no }) => no)).toEqual([1])
      expect(await currentRules(intake.db, '320598')).toMatchObject({ no: 0 })
      const told = (await listEvents(intake.db, HOME, 0)).filter(each => each.kind === 'survey-rules.changed')
      expect(told.map(({ actor, data }) => [actor, data])).toEqual([
        [actor, { no: 1, rules: { severity: { 'unit.unknown': 'error' } } }],
        [actor, { no: 2, rules: {} }],
      ])
    })

    it('are not changed over somebody else’s change, for classes that are not there, or beyond the dictionary', async () => {
      await expect(change({ dates: { daysAhead: 9 } }, { basedOn: 1 })).rejects.toMatchObject({
        code: 'rules.changed',
        detail: { no: 2 },
      })
      for (const part of ['duplicates', 'required', 'geometry'])
        await expect(
          change({ [part]: { '9999': { duplicates: 1, required: ['owner'], geometry: ['point'] }[part] } }),
        ).rejects.toMatchObject({ code: 'rules.class', detail: { code: '9999' } })
      await expect(change({ geometry: { '0118': ['polygon'] } })).rejects.toMatchObject({
        code: 'rules.geometry',
      })
      expect(await currentRules(intake.db, HOME)).toMatchObject({ no: 2 })
    })

    it('make a row refused that was only told, or nothing said of it, from the next load on', async () => {
      const text = lamps({ n: 2, over: { DEPTNAME2: '太空局' } }, { n: 3 })
      const before = await load('a.geojson', text)
      expect(before.findings.map(({ code, severity }) => [code, severity])).toEqual([
        ['unit.unknown', 'warning'],
      ])
      expect(before.delivery.counts).toMatchObject({ accepted: 2, refused: 0 })

      await change({ severity: { 'unit.unknown': 'error' } })
      const after = await load('a.geojson', text)
      expect(after.findings).toMatchObject([{ code: 'unit.unknown', severity: 'error', row: 1 }])
      expect(after.delivery).toMatchObject({
        rulesVersion: 3,
        counts: { accepted: 1, refused: 1 },
        findings: { errors: 1, warnings: 0 },
      })
      await change({ severity: { 'unit.unknown': 'off' } })
      const silent = await load('a.geojson', text)
      expect(silent).toMatchObject({ findings: [], delivery: { counts: { accepted: 2 } } })
      // what was loaded before keeps how it was taken
      expect(
        (
          await intake.db.query('SELECT severity FROM finding WHERE delivery_no = $1', [after.delivery.no])
        )[0],
      ).toMatchObject({ severity: 'error' })
    })

    it('ask attributes of a class: once where there is no column, else row by row', async () => {
      await change({ required: { '*': ['owner'], '0203': ['STOPNAME/站名', 'MATERIAL'] } })
      const shelter = (n: number, over: object) => ({
        n,
        classCode: '0203',
        over: { DEPTNAME2: null, ...over },
      })
      const { findings } = await load(
        'stops.geojson',
        lamps(shelter(10, { 站名: '越溪站' }), shelter(11, { 站名: '' }), shelter(12, { 站名: null })),
      )
      expect(findings.map(({ code, row, detail }) => [code, row, detail.attribute])).toEqual([
        ['attribute.missing', null, 'MATERIAL'],
        ...[1, 2, 3].flatMap(row => [
          ['attribute.missing', row, 'owner'],
          ...(row > 1 ? [['attribute.missing', row, 'STOPNAME/站名']] : []),
        ]),
      ])
      await change({})
    })

    it('narrow the geometry of a class and let dates be ahead of today', async () => {
      const ahead = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)
      const text = lamps({ n: 20, over: { ORDATE: ahead } })
      expect((await load('d.geojson', text)).findings).toMatchObject([{ code: 'date.future', value: ahead }])
      await change({ dates: { daysAhead: 7 }, geometry: { '0405': ['polygon'] } })
      expect((await load('d.geojson', text)).findings).toEqual([])
    })
  })

  describe('a thing that the registry holds already', () => {
    it('is told to a delivery that brings it under another code, with its code and delivery', async () => {
      const near = { n: 30, lon: 120.615 }
      const first = await load('first.geojson', lamps(near))
      expect(first.findings).toEqual([])
      const again = await load(
        'again.geojson',
        lamps({ n: 31, lon: near.lon + STEP }, { n: 32, lon: near.lon + 0.0002 }),
      )
      expect(again.findings).toMatchObject([
        {
          code: 'duplicate.probable',
          file: 'again.geojson',
          row: 1,
          field: 'OBJCODE',
          detail: {
            other: `${componentCode(30)} (#${first.delivery.no})`,
            distance: '0.20',
            alike: 'nothing to tell them apart',
          },
        },
      ])
      expect(again.delivery.counts).toMatchObject({ added: 2, refused: 0 })
    })

    it('is not its own neighbour when it is delivered again, moved or not; two in one delivery are told once', async () => {
      const pair = [
        { n: 40, lon: 120.617 },
        { n: 41, lon: 120.617 + STEP },
      ]
      const first = await load('pair.geojson', lamps(...pair))
      expect(first.findings).toMatchObject([
        { code: 'duplicate.probable', row: 2, detail: { other: 'pair.geojson:1' } },
      ])
      const second = await load('pair.geojson', lamps(...pair))
      expect(second.delivery.counts).toMatchObject({ unchanged: 2 })
      expect(second.findings.map(({ code, row }) => [code, row])).toEqual([['duplicate.probable', 2]])
      const moved = await load('pair.geojson', lamps({ n: 40, lon: 120.617 + 0.0001 }))
      expect(moved.findings).toEqual([])
    })

    it('is another where its attributes or photos differ, and is not looked for where the distance is 0', async () => {
      const old = { n: 50, lon: 120.618, over: { MATERIAL: '钢', PICTURE: 'a.jpg' } }
      await load('old.geojson', lamps(old))
      const beside = (n: number, over: object) => lamps({ n, lon: 120.618 + STEP, over: { ...over } })
      expect((await load('b.geojson', beside(51, { MATERIAL: '钢', PICTURE: 'b.jpg' }))).findings).toEqual([])
      await change({ duplicates: { '0118': 0 } })
      expect((await load('c.geojson', beside(52, { MATERIAL: '钢', PICTURE: 'a.jpg' }))).findings).toEqual([])
      await change({})
      const told = (await load('d.geojson', beside(53, { MATERIAL: '木', PICTURE: 'a.jpg' }))).findings
      expect(told).toMatchObject([{ code: 'duplicate.probable', detail: { alike: 'same photo' } }])
    })
  })
})
