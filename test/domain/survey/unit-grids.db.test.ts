/** 单元网格: loaded as a layer of its own, held against what holds, found in a package of everything, and asked by components. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { currentGeneration, listUnitGrids } from '../../../src/domain/grids/store.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { approveDelivery } from '../../../src/domain/survey/deciding.ts'
import { remedy, sentence } from '../../../src/domain/survey/findings.ts'
import { inspect } from '../../../src/domain/survey/inspect.ts'
import type { LoadOptions } from '../../../src/domain/survey/schema.ts'
import type { StoredFinding } from '../../../src/domain/survey/store-findings.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import {
  areaCode,
  BOX,
  componentCode,
  featureCollection,
  gridsGeojson,
  rectangle,
  squareDistrict,
} from '../../support/ground.ts'
import { holdings, type Intake, openIntake } from '../../support/intake.ts'
import { zipBytes } from './readers/build-zip.ts'

/** One column of unit grids over the first two areas, west to east, 0.01 degrees wide. */
const unitCode = (n: number, district: string) => `${district}0010010${String(n).padStart(3, '0')}`
interface Unit {
  code: string
  name?: string | null
  ring: [number, number][]
}
const unit = (n: number, district: string, shift = 0): Unit => ({
  code: unitCode(n, district),
  name: `单元${n}`,
  ring: rectangle(BOX.west + (n - 1) * 0.01 + shift, BOX.south, BOX.west + n * 0.01 + shift, BOX.north),
})
const units = (district: string, ...which: number[]) => which.map(n => unit(n, district))
const layer = (all: readonly Unit[]): string =>
  featureCollection(
    all.map(({ code, name, ring }) => ({
      properties: { BGCODE: code, BGNAME: name },
      geometry: { type: 'Polygon', coordinates: [ring] },
    })),
  )

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
  let last = 320520
  /** A district of its own with a net. */
  async function found(approval: 'none' | 'second-person' = 'none'): Promise<string> {
    const code = String(++last)
    await intake.addDistrict({ code })
    const net = gridsGeojson(squareDistrict([120.62, 120.64], code))
    expect((await intake.load('grids', { 'grids.geojson': net }, { district: code })).delivery.state).toBe(
      'published',
    )
    await intake.db.query('UPDATE district SET approval = $2 WHERE code = $1', [code, approval])
    return code
  }
  const load = (district: string, all: readonly Unit[], options: LoadOptions = {}) =>
    intake.load('unit-grids', { '单元网格.geojson': layer(all) }, { district, options })
  const held = async (district: string) => {
    const net = await intake.db.query<{ id: string; code: string }>(
      'SELECT id, code FROM grid WHERE district = $1 AND level = 3',
      [district],
    )
    const codes = new Map(net.map(each => [each.id, each.code]))
    return (await listUnitGrids(intake.db, scopeOf(district))).map(({ code, name, areaId }) => [
      code,
      name,
      areaId && codes.get(areaId),
    ])
  }
  const said = (findings: readonly StoredFinding[]) =>
    findings.map(({ code, row, value }) => [code, row, value])

  describe('a layer of unit grids', () => {
    it('is loaded below the areas, each in the area most of it lies in, and moves no component', async () => {
      const district = await found()
      const lamp = `OBJCODE,OBJNAME,经度,纬度\n${componentCode(1, '0118', district)},路灯,120.61,31.31\n`
      const profile = { crs: 'EPSG:4490', fields: { code: 'OBJCODE', className: 'OBJNAME' } }
      await intake.load('components', { 'a.csv': lamp }, { district, profile })
      const [generation, before] = [
        await currentGeneration(intake.db, district),
        await holdings(intake.db, district),
      ]
      const { delivery, findings } = await load(district, units(district, 1, 2, 3, 4))
      expect(findings).toEqual([])
      expect(delivery).toMatchObject({ state: 'published', counts: { read: 4, accepted: 4, added: 4 } })
      expect(await held(district)).toEqual(
        [1, 2, 3, 4].map(n => [unitCode(n, district), `单元${n}`, areaCode(n < 3 ? 1 : 2, district)]),
      )
      // the net is as it was, and so is where components belong
      expect(await currentGeneration(intake.db, district)).toBe(generation)
      const after = await holdings(intake.db, district)
      expect(after).toMatchObject({
        placements: before.placements,
        placementGenerations: before.placementGenerations,
        grids: before.grids + 4,
      })
    })

    it('delivered again changes what differs, ends what is missing only where it replaces, and nothing twice', async () => {
      const district = await found()
      await load(district, units(district, 1, 2, 3))
      expect((await load(district, units(district, 1, 2, 3))).delivery.counts).toMatchObject({
        unchanged: 3,
        added: 0,
        changed: 0,
      })
      const moved = [unit(1, district), { ...unit(2, district), name: '改名' }, unit(4, district)]
      expect((await load(district, moved)).delivery.counts).toMatchObject({
        unchanged: 1,
        added: 1,
        changed: 1,
      })
      expect((await held(district)).map(([code, name]) => [code, name])).toEqual(
        [1, 2, 3, 4].map(n => [unitCode(n, district), n === 2 ? '改名' : `单元${n}`]),
      )
      const replaced = await load(district, units(district, 1, 4), { replace: true })
      expect(replaced.delivery.state).toBe('published')
      expect((await held(district)).map(([code]) => code)).toEqual([1, 4].map(n => unitCode(n, district)))
      // history keeps what ended
      const rows = await intake.db.query('SELECT 1 FROM grid WHERE district = $1 AND level = 4', [district])
      expect(rows).toHaveLength(5)
    })

    it('is told where it is ill drawn: codes, twice the same, no polygon, on one ground, in no area', async () => {
      const district = await found()
      const far = { code: unitCode(9, district), ring: rectangle(120.7, 31.3, 120.71, 31.34) }
      const all: Unit[] = [
        unit(1, district),
        unit(2, district, -0.002),
        { ...unit(3, district), code: '12345' },
        { ...unit(4, district), code: unitCode(1, district) },
        far,
      ]
      const { delivery, findings } = await load(district, all, { partial: true })
      expect(delivery).toMatchObject({ state: 'published', counts: { read: 5, accepted: 3, refused: 2 } })
      expect(said(findings).sort()).toEqual([
        ['grid.code', 3, '12345'],
        ['grid.duplicate', 4, unitCode(1, district)],
        ['unit-grid.no-area', 5, unitCode(9, district)],
        ['unit-grid.overlap', 2, unitCode(2, district)],
      ])
      const overlap = findings.find(each => each.code === 'unit-grid.overlap')!
      expect(overlap.detail.other).toBe(unitCode(1, district))
      expect(Number(overlap.detail.m2)).toBeGreaterThan(100_000)
      expect(overlap.lonLat![0]).toBeCloseTo(120.609, 3)
      for (const each of findings)
        for (const lang of ['zh', 'en'] as const) expect(sentence(each, lang)).not.toMatch(/[{}?]/)
      // refused as a whole where not part of it is asked for
      expect((await load(await found(), all)).delivery.state).toBe('failed')
    })

    it('waits for a second person where the district wants one', async () => {
      const district = await found('second-person')
      const { delivery } = await load(district, units(district, 1, 2))
      expect(delivery).toMatchObject({ state: 'checked', counts: { added: 2 } })
      expect(await held(district)).toEqual([])
      await expect(approveDelivery(intake.house, delivery.id, delivery.createdBy)).rejects.toMatchObject({
        code: 'delivery.own',
      })
      expect((await intake.approve(delivery)).delivery.state).toBe('published')
      expect(await held(district)).toHaveLength(2)
    })
  })

  describe('a layer that is only compared', () => {
    it('tells surplus, missing, other names and other outlines, each once, and changes nothing', async () => {
      const district = await found('second-person')
      const before = (await intake.approve((await load(district, units(district, 1, 2, 3, 4))).delivery))
        .delivery
      expect(before.state).toBe('published')
      const stand = [await held(district), await holdings(intake.db, district)]
      const all = [
        unit(1, district),
        { ...unit(2, district), name: '另名' },
        // 0.00002 degrees over 0.04: some 8,500 m2 on each side
        unit(3, district, 0.00002),
        unit(6, district),
      ]
      const { delivery, findings } = await load(district, all, { compare: true })
      expect(said(findings).sort()).toEqual([
        ['grid.name', 2, '另名'],
        ['grid.not-delivered', null, unitCode(4, district)],
        ['grid.not-held', 4, unitCode(6, district)],
        ['grid.outline', 3, unitCode(3, district)],
      ])
      expect(findings.every(each => each.severity === 'warning')).toBe(true)
      const outline = findings.find(each => each.code === 'grid.outline')!
      expect(Number(outline.detail.m2)).toBeGreaterThan(10_000)
      expect(Number(outline.detail.m2)).toBeLessThan(25_000)
      // nobody has to approve what changes nothing
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 4, unchanged: 1, added: 0, changed: 0 },
      })
      expect([await held(district), await holdings(intake.db, district)]).toEqual(stand)
      expect((await load(district, units(district, 1, 2, 3, 4), { compare: true })).findings).toEqual([])
    })

    it('lets outlines differ by what the district lets pass', async () => {
      const district = await found()
      await load(district, units(district, 1))
      const nearly = [unit(1, district, 1e-9)]
      expect((await load(district, nearly, { compare: true })).findings).toEqual([])
      const off = [unit(1, district, 0.00002)]
      expect(said((await load(district, off, { compare: true })).findings)).toHaveLength(1)
      await intake.db.query(
        `INSERT INTO survey_rules (district, no, rules, changed_by) VALUES ($1, 1, '{"grids":{"outlineM2":50000}}', 'a')`,
        [district],
      )
      expect((await load(district, off, { compare: true })).findings).toEqual([])
    })

    it('needs something to be compared with, also where it is the net', async () => {
      const district = await found()
      const { delivery, findings } = await load(district, units(district, 1), { compare: true })
      expect(delivery).toMatchObject({ state: 'failed' })
      expect(said(findings)).toEqual([['grid.none-held', null, null]])
      const net = squareDistrict([120.62, 120.64], district)
      const other = net.flatMap(grid => (grid.code === areaCode(2, district) ? [] : [grid]))
      other.at(-1)!.name = '三片'
      const compared = await intake.load(
        'grids',
        { 'net.geojson': gridsGeojson(other) },
        { district, options: { compare: true } },
      )
      expect(said(compared.findings)).toEqual([
        ['grid.name', 5, '三片'],
        ['grid.not-delivered', null, areaCode(2, district)],
      ])
      expect(compared.delivery.state).toBe('published')
    })
  })

  describe('a package of everything', () => {
    const lamps = (district: string, rows: readonly (readonly [number, number, number, string])[]) =>
      featureCollection(
        rows.map(([n, lon, lat, grid]) => ({
          properties: { OBJCODE: componentCode(n, '0118', district), OBJNAME: '路灯', BGCODE: grid },
          geometry: { type: 'Point', coordinates: [lon, lat] },
        })),
      )
    const pack = async (district: string) => ({
      '成果.zip': await zipBytes({
        '02_单元网格/单元网格.geojson': layer(units(district, 1, 2)),
        '03_部件/0118.geojson': lamps(district, [[1, 120.605, 31.32, unitCode(1, district)]]),
        '04_地理编码/门牌.geojson': featureCollection([
          {
            properties: { 标准地址: '柳桥镇 1 号' },
            geometry: { type: 'Point', coordinates: [120.605, 31.32] },
          },
        ]),
      }),
    })

    it('is loaded kind by kind from the same file, each saying what it passed over', async () => {
      const district = await found()
      for (const [kind, others] of [
        ['unit-grids', ['components', 'addresses']],
        ['components', ['unit-grids', 'addresses']],
        ['addresses', ['unit-grids', 'components']],
      ] as const) {
        const { delivery, findings } = await intake.load(kind, await pack(district), { district })
        expect([kind, delivery.state]).toEqual([kind, 'published'])
        expect(findings.map(each => [each.code, each.detail.kind])).toEqual(
          others.map(each => ['layer.other-kind', each]),
        )
        expect(delivery.counts.accepted).toBe(kind === 'unit-grids' ? 2 : 1)
        expect(sentence(findings[0]!, 'zh')).toMatch(/图层“.+”像是(部件|单元网格)/)
        expect(remedy(findings[0]!, 'en')).toMatch(/delivery of (components|unit grids)/)
      }
    })

    it('is seen in the guess: each layer’s kind, with a profile that leaves the others out', async () => {
      const district = await found()
      const sent = await intake.send('components', await pack(district), { district })
      const seen = await inspect(intake.house, sent, null)
      expect(seen.findings.filter(each => each.code === 'layer.other-kind')).toHaveLength(2)
      expect(seen.findings.filter(each => each.code !== 'layer.other-kind')).toEqual([])
      expect(seen.profile.layers).toEqual({
        '0118': { class: '0118' },
        单元网格: { skip: true },
        门牌: { skip: true },
      })
      expect(seen.profile.fields).toMatchObject({ code: 'OBJCODE', statedGrid: 'BGCODE' })
      // a profile that names the layer is a person's word
      const profile = { fields: { code: 'BGCODE' }, layers: { 单元网格: { level: 3 } } }
      const grids = await intake.load(
        'grids',
        { '单元网格.geojson': layer(units(district, 1)) },
        { district, profile },
      )
      expect(grids.findings.some(each => each.code === 'layer.other-kind')).toBe(false)
    })

    it('states unit grids that are compared with where things stand, once they are held', async () => {
      const district = await found()
      const rows = [
        [11, 120.605, 31.32, unitCode(1, district)],
        [12, 120.615, 31.32, unitCode(1, district)],
        [13, 120.625, 31.32, unitCode(2, district)],
        [14, 120.606, 31.32, areaCode(1, district)],
        [15, 120.606, 31.33, areaCode(2, district)],
      ] as const
      const deliver = () => intake.load('components', { '0118.geojson': lamps(district, rows) }, { district })
      // not held yet: told once, compared with nothing
      expect(said((await deliver()).findings).map(([code]) => code)).toEqual(['grid.stated-unheld'])
      await load(district, units(district, 1, 2))
      const { findings } = await deliver()
      expect(findings.map(each => [each.code, each.row, each.value, each.detail.actual])).toEqual([
        ['grid.stated', 2, unitCode(1, district), unitCode(2, district)],
        // no unit grid there: the area is told
        ['grid.stated', 3, unitCode(2, district), areaCode(2, district)],
        ['grid.stated', 5, areaCode(2, district), areaCode(1, district)],
      ])
    })

    it('states one for what is long: any it may touch is right, one far away is not', async () => {
      const district = await found()
      await load(district, units(district, 1, 2, 3))
      const railing = (n: number, to: number, grid: string) => ({
        properties: { OBJCODE: componentCode(n, '0211', district), OBJNAME: '交通护栏', BGCODE: grid },
        geometry: {
          type: 'LineString',
          coordinates: [
            [120.605, 31.32],
            [to, 31.32],
          ],
        },
      })
      const { findings } = await intake.load(
        'components',
        {
          '0211.geojson': featureCollection([
            railing(1, 120.618, unitCode(2, district)),
            railing(2, 120.608, unitCode(3, district)),
          ]),
        },
        { district },
      )
      expect(said(findings).filter(([code]) => code === 'grid.stated')).toEqual([
        ['grid.stated', 2, unitCode(3, district)],
      ])
    })
  })
})
