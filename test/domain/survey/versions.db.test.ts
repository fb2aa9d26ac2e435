/** Re-deliveries: what they change, what they do not bring, and the way back to an earlier version. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { findPlacement } from '../../../src/domain/registry/placements.ts'
import {
  countCurrent,
  listAsOf,
  listHistory,
  listVersions,
  type PastComponent,
} from '../../../src/domain/registry/store.ts'
import { type ChangeKind, listChanges } from '../../../src/domain/survey/changes.ts'
import { createDelivery } from '../../../src/domain/survey/commands.ts'
import { approveDelivery, decideMissing } from '../../../src/domain/survey/deciding.ts'
import type { FindingCode } from '../../../src/domain/survey/findings.ts'
import type { Delivery, LoadOptions } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { type Intake, openIntake } from '../../support/intake.ts'

const fields = { code: 'OBJCODE', className: 'OBJNAME', note: 'NOTE' }

interface Lamp {
  n: number
  note?: string
  shift?: number
}
const feature = ({ n, note = '', shift = 0 }: Lamp) => ({
  properties: { OBJCODE: componentCode(n), OBJNAME: '路灯', NOTE: note },
  geometry: { type: 'Point', coordinates: [120.601 + (n % 40) * 0.0004 + shift, 31.301 + n * 0.00001] },
})
/** A railing over two areas at least, so that lines are restored too. */
const railing = (note: string) => ({
  properties: { OBJCODE: componentCode(9000, '0220'), OBJNAME: '交通护栏', NOTE: note },
  geometry: {
    type: 'LineString',
    coordinates: [
      [120.602, 31.302],
      [120.612, 31.302],
    ],
  },
})
const range = (from: number, to: number): Lamp[] =>
  Array.from({ length: to - from }, (_, i) => ({ n: from + i }))

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let next = 320510
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  /** A district with its grids. */
  const found = async (approval: 'none' | 'second-person' = 'none') => {
    const district = String(next++)
    await intake.addDistrict({ code: district, approval })
    const loaded = await intake.load(
      'grids',
      { 'grids.geojson': gridsGeojson(squareDistrict()) },
      { district },
    )
    const { delivery } = approval === 'none' ? loaded : await intake.approve(loaded.delivery)
    expect(delivery.state).toBe('published')
    return district
  }
  const deliver = async (
    district: string,
    lamps: readonly Lamp[],
    options: LoadOptions = {},
    extra: object[] = [],
  ) =>
    (
      await intake.load(
        'components',
        { 'a.geojson': featureCollection([...lamps.map(feature), ...extra] as never) },
        { district, options, profile: { codeProfile: 'any', fields } },
      )
    ).delivery
  const restore = async (district: string, to: number, actor = 'account:supervisor') => {
    const made = await createDelivery(intake.db, {
      district,
      kind: 'components',
      name: `back to ${to}`,
      contractor: null,
      profile: null,
      restore: to,
      actor,
    })
    return (await intake.run(made)).delivery
  }
  /** Everything delivered of every component at a version. */
  const at = async (district: string, version: number): Promise<PastComponent[]> =>
    listAsOf(intake.db, scopeOf(district), version, { after: null, limit: 5000 })
  const changes = async (delivery: Delivery, kind: ChangeKind) =>
    listChanges(intake.db, scopeOf(delivery.district), delivery, { kind, after: null, limit: 1000 })
  const codes = (items: { code: string | null }[]) => items.map(item => item.code).sort()

  describe('a layer delivered twice, then with edits, new and missing rows', () => {
    it('changes nothing the second time; then the difference is exactly that', async () => {
      const district = await found()
      const first = await deliver(district, range(0, 700))
      expect(first).toMatchObject({ state: 'published', version: 1, counts: { added: 700, missing: 0 } })
      const again = await deliver(district, range(0, 700), { full: 'district' })
      expect(again).toMatchObject({
        state: 'published',
        version: null,
        counts: { added: 0, changed: 0, unchanged: 700, missing: 0 },
      })

      const edited = range(0, 500).map(lamp => ({
        ...lamp,
        ...(lamp.n < 250 ? { note: '改' } : { shift: 0.00001 }),
      }))
      const third = await deliver(district, [...edited, ...range(500, 650), ...range(700, 800)], {
        full: 'district',
      })
      expect(third).toMatchObject({
        state: 'checked',
        counts: { added: 100, changed: 500, unchanged: 150, missing: 50, refused: 0 },
      })
      expect(codes(await changes(third, 'added'))).toEqual(
        range(700, 800)
          .map(({ n }) => componentCode(n))
          .sort(),
      )
      const changed = await changes(third, 'changed')
      expect(codes(changed)).toEqual(
        range(0, 500)
          .map(({ n }) => componentCode(n))
          .sort(),
      )
      for (const { code, fields, formerGeometry, geometry } of changed) {
        const note = code! < componentCode(250)
        expect(fields).toEqual(note ? [{ field: 'note', before: null, after: '改' }] : [])
        expect(formerGeometry !== null).toBe(!note)
        if (!note) expect(formerGeometry).not.toEqual(geometry)
      }
      const missing = await changes(third, 'missing')
      expect(codes(missing)).toEqual(
        range(650, 700)
          .map(({ n }) => componentCode(n))
          .sort(),
      )
      expect(missing.every(each => each.decision === null && each.fields.length === 0)).toBe(true)
    })

    it('says the same of a published delivery, however often it was changed since', async () => {
      const district = await found()
      await deliver(district, range(0, 10))
      const second = await deliver(district, [{ n: 3, note: 'b' }, { n: 10 }])
      const before = [await changes(second, 'added'), await changes(second, 'changed')]
      await deliver(district, [
        { n: 3, note: 'c' },
        { n: 10, note: 'c' },
      ])
      expect([await changes(second, 'added'), await changes(second, 'changed')]).toEqual(before)
      expect(before[1]).toMatchObject([
        { code: componentCode(3), fields: [{ field: 'note', before: null, after: 'b' }] },
      ])
    })
  })

  describe('what a full delivery does not bring', () => {
    it('stays where nobody decided, and ends where somebody did', async () => {
      const district = await found()
      await deliver(district, range(0, 20))
      const second = await deliver(district, range(0, 15), { full: 'district' })
      expect(second).toMatchObject({ state: 'checked', counts: { unchanged: 15, missing: 5 } })
      expect(await at(district, 1)).toHaveLength(20)
      const [first, other] = await changes(second, 'missing')
      await decideMissing(intake.house, second.id, { ids: null, decision: 'keep', actor: 'a' })
      expect(
        await decideMissing(intake.house, second.id, {
          ids: [first!.id, other!.id],
          decision: 'end',
          actor: 'a',
        }),
      ).toBe(2)
      expect((await changes(second, 'missing')).filter(each => each.decision === 'end')).toHaveLength(2)
      const published = await approveDelivery(intake.house, second.id, 'account:supervisor')
      expect(published).toMatchObject({ state: 'published', version: 2 })
      const left = await at(district, 2)
      expect(left).toHaveLength(18)
      expect(left.some(each => each.id === first!.id || each.id === other!.id)).toBe(false)
      expect(await countCurrent(intake.db, district)).toBe(18)
      expect(await listVersions(intake.db, district, { before: null, limit: 1 })).toMatchObject([
        { no: 2, added: 0, changed: 0, removed: 2, restored: null },
      ])
      expect((await listHistory(intake.db, scopeOf(district), first!.id)).map(each => each.change)).toEqual([
        'removed',
        'added',
      ])
      await expect(
        decideMissing(intake.house, second.id, { ids: null, decision: 'end', actor: 'a' }),
      ).rejects.toMatchObject({ code: 'delivery.state' })
    })

    it('is only of the classes delivered, where it is full for those; a refused row is not missing', async () => {
      const district = await found()
      await deliver(district, range(0, 5), {}, [railing('a')])
      const broken = { properties: { OBJCODE: componentCode(4), OBJNAME: '路灯' }, geometry: null }
      const second = await deliver(district, range(0, 3), { full: 'classes' }, [broken])
      expect(second).toMatchObject({ state: 'checked', counts: { refused: 1, missing: 1 } })
      expect(codes(await changes(second, 'missing'))).toEqual([componentCode(3)])
      const third = await deliver(district, range(0, 5), { full: 'district' })
      expect(codes(await changes(third, 'missing'))).toEqual([componentCode(9000, '0220')])
    })

    const lampsCsv = `OBJCODE,OBJNAME,X,Y\n${componentCode(7)},路灯,120.602,31.302\n`
    it.each<[string, Record<string, string>, Record<string, unknown>, FindingCode]>([
      ['an archive cannot be opened', { 'b.zip': 'not a zip' }, {}, 'file.not-zip'],
      ['a file cannot be opened', { 'b.geojson': '{"type": "FeatureColl' }, {}, 'file.corrupt'],
      ['a layer has no CRS', { 'b.csv': lampsCsv }, {}, 'crs.missing'],
      [
        'a layer lacks a column of its rule',
        { 'b.geojson': featureCollection([feature({ n: 7 })] as never) },
        { layers: { b: { fields: { code: 'NUMMER' } } } },
        'profile.column',
      ],
    ])('is proposed nowhere where %s, and that is said', async (_why, files, rules, fault) => {
      const district = await found()
      await deliver(district, range(0, 10))
      const sent = (profile: object) =>
        intake.load(
          'components',
          { 'a.geojson': featureCollection(range(0, 5).map(feature) as never), ...files },
          {
            district,
            options: { full: 'district' },
            profile: { codeProfile: 'any', fields, position: { x: 'X', y: 'Y' }, ...profile },
          },
        )
      const { delivery, findings } = await sent(rules)
      expect(findings.map(each => each.code)).toEqual([fault, 'load.not-full'])
      expect(delivery).toMatchObject({ state: 'published', counts: { unchanged: 5, missing: 0 } })
      expect(await at(district, 1)).toHaveLength(10)
      // what is left out on purpose hides nothing
      if (!fault.startsWith('crs')) return
      const skipped = await sent({ layers: { b: { skip: true } } })
      expect(skipped.findings).toEqual([])
      expect(skipped.delivery).toMatchObject({ state: 'checked', counts: { missing: 5 } })
    })

    it('is ended as decided when it is approved: a decision in the middle of it counts, or is refused', async () => {
      const district = await found()
      await deliver(district, range(0, 30))
      const second = await deliver(district, range(0, 10), { full: 'district' })
      await decideMissing(intake.house, second.id, { ids: null, decision: 'end', actor: 'a' })
      const outcomes = await Promise.allSettled([
        approveDelivery(intake.house, second.id, 'account:supervisor'),
        decideMissing(intake.house, second.id, { ids: null, decision: 'keep', actor: 'b' }),
      ])
      const [approved, decided] = outcomes.map(each => each.status === 'fulfilled')
      expect(approved || decided).toBe(true)
      // who was told that they stay finds them there
      const left = await countCurrent(intake.db, district)
      if (decided) expect(left).toBe(30)
      else expect(left).toBe(10)
    })

    it('is not ended by an approval that a later version overtook', async () => {
      const district = await found()
      await deliver(district, range(0, 5))
      const second = await deliver(district, range(0, 4), { full: 'district' })
      await decideMissing(intake.house, second.id, { ids: null, decision: 'end', actor: 'a' })
      await deliver(district, [{ n: 4, note: 'somebody was there' }])
      await expect(approveDelivery(intake.house, second.id, 'account:supervisor')).rejects.toMatchObject({
        code: 'delivery.overtaken',
      })
      expect(await at(district, 2)).toHaveLength(5)
    })
  })

  describe('a change that waits', () => {
    it('does not bring back what a later version ended meanwhile', async () => {
      const district = await found()
      await deliver(district, range(0, 5))
      const change = await deliver(district, [{ n: 0, note: 'new' }, ...range(1, 4)], { full: 'district' })
      expect(change).toMatchObject({ state: 'checked', counts: { changed: 1, missing: 1 } })
      const end = await deliver(district, range(1, 5), { full: 'district' })
      await decideMissing(intake.house, end.id, { ids: null, decision: 'end', actor: 'a' })
      await approveDelivery(intake.house, end.id, 'account:supervisor')
      await expect(approveDelivery(intake.house, change.id, 'account:supervisor')).rejects.toMatchObject({
        code: 'delivery.overtaken',
        detail: { n: 1 },
      })
      expect(codes(await at(district, 2))).toEqual(range(1, 5).map(({ n }) => componentCode(n)))
      expect(await countCurrent(intake.db, district)).toBe(4)
      // loaded again it says what it would do now: bring it back as a new thing
      const again = await intake.run(change)
      expect(again.delivery).toMatchObject({ state: 'published', counts: { added: 1, changed: 0 } })
      expect(await at(district, 3)).toHaveLength(5)
      expect(await countCurrent(intake.db, district)).toBe(5)
    })

    it('is published as it was counted, or not at all', async () => {
      const district = await found()
      await deliver(district, range(0, 5))
      const change = await deliver(district, [{ n: 0, note: 'new' }, ...range(1, 4)], { full: 'district' })
      await intake.db.query(
        `UPDATE delivery SET counts = counts || '{"changed": 2, "added": -1}' WHERE district = $1 AND no = $2`,
        [district, change.no],
      )
      await expect(approveDelivery(intake.house, change.id, 'account:supervisor')).rejects.toMatchObject({
        code: 'delivery.overtaken',
        detail: { n: 1 },
      })
      expect(
        (await listVersions(intake.db, district, { before: null, limit: 9 })).map(each => each.no),
      ).toEqual([1])
    })
  })

  describe('an earlier version', () => {
    it('comes back row for row, places and provenance with it, and later ones stay in the history', async () => {
      const district = await found()
      const first = await deliver(district, range(0, 30), {}, [railing('a')])
      const one = await at(district, 1)
      const second = await deliver(
        district,
        [
          ...range(0, 10).map(lamp => ({ ...lamp, note: '改', shift: 0.0001 })),
          ...range(10, 25),
          ...range(40, 45),
        ],
        { full: 'district' },
        [railing('b')],
      )
      await decideMissing(intake.house, second.id, { ids: null, decision: 'end', actor: 'a' })
      await approveDelivery(intake.house, second.id, 'account:supervisor')
      const two = await at(district, 2)
      expect(two).toHaveLength(10 + 15 + 5 + 1)
      expect(two).not.toEqual(one)

      const back = await restore(district, 1)
      expect(back).toMatchObject({
        state: 'published',
        version: 3,
        counts: { added: 5, changed: 11, missing: 5, refused: 0 },
      })
      expect(await at(district, 3)).toEqual(one)
      expect(await at(district, 1)).toEqual(one)
      expect(await at(district, 2)).toEqual(two)
      expect(await countCurrent(intake.db, district)).toBe(one.length)
      const line = one.find(each => each.code === componentCode(9000, '0220'))!
      expect(await findPlacement(intake.db, district, line.id, back.batchNo!)).toMatchObject({
        gridId: expect.any(String),
        touched: expect.arrayContaining([expect.any(String)]),
      })
      const moved = one.find(each => each.code === componentCode(0))!
      expect(await findPlacement(intake.db, district, moved.id, back.batchNo!)).toEqual(
        await findPlacement(intake.db, district, moved.id, first.batchNo!),
      )
      expect((await listHistory(intake.db, scopeOf(district), moved.id)).map(each => each.change)).toEqual([
        'restored',
        'changed',
        'added',
      ])
      // and the way back from there
      await restore(district, 2)
      expect(await at(district, 4)).toEqual(two)
      expect(
        (await listVersions(intake.db, district, { before: null, limit: 9 })).map(each => each.restored),
      ).toEqual([2, 1, null, null])
    })

    it('may be none at all; a version that is not there, or is the current one, is refused', async () => {
      const district = await found()
      await deliver(district, range(0, 3))
      expect(await restore(district, 0)).toMatchObject({
        state: 'published',
        version: 2,
        counts: { missing: 3 },
      })
      expect(await at(district, 2)).toEqual([])
      for (const to of [2, 3, -1])
        expect(await restore(district, to)).toMatchObject({ state: 'failed', version: null })
      expect(await listVersions(intake.db, district, { before: null, limit: 9 })).toHaveLength(2)
      // what came before is known again when it is delivered again, as new things
      expect(await deliver(district, range(0, 3))).toMatchObject({ version: 3, counts: { added: 3 } })
    })

    it('is not published over a version that came after it was prepared', async () => {
      const district = await found('second-person')
      for (const lamps of [range(0, 3), range(0, 6)]) {
        const { id } = await deliver(district, lamps)
        await approveDelivery(intake.house, id, 'account:supervisor')
      }
      const back = await restore(district, 1, 'account:other')
      const between = await deliver(district, range(50, 52))
      await approveDelivery(intake.house, between.id, 'account:supervisor')
      await expect(approveDelivery(intake.house, back.id, 'account:supervisor')).rejects.toMatchObject({
        code: 'delivery.overtaken',
      })
      expect(await at(district, 3)).toHaveLength(8)
      // prepared again it is: from where the registry is now
      await intake.run(back, {}, 'account:other')
      await approveDelivery(intake.house, back.id, 'account:supervisor')
      expect(await at(district, 4)).toHaveLength(3)
    })

    it('waits for a second person where loads do', async () => {
      const district = await found('second-person')
      const first = await deliver(district, range(0, 3))
      await approveDelivery(intake.house, first.id, 'account:supervisor')
      const second = await deliver(district, range(0, 6))
      await approveDelivery(intake.house, second.id, 'account:supervisor')
      const back = await restore(district, 1, 'account:supervisor')
      expect(back).toMatchObject({ state: 'checked' })
      expect(await at(district, 2)).toHaveLength(6)
      await expect(approveDelivery(intake.house, back.id, 'account:supervisor')).rejects.toMatchObject({
        code: 'delivery.own',
      })
      await approveDelivery(intake.house, back.id, 'account:leader')
      expect(await at(district, 3)).toHaveLength(3)
    })
  })
})
