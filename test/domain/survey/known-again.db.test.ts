/** How a row is known again: in another format, under another name of its file, with the code it lacked or had wrong. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeRules } from '../../../src/domain/survey/rule-versions.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const CODES = Array.from({ length: 12 }, (_, i) => componentCode(i + 1, '0118'))

interface Row {
  name?: string
  no?: string
  code?: string
  lon?: number
  lat?: number
  height?: string
}
/** A table in degrees; every row a lamp of its own spot unless it says another. */
const table = (rows: readonly Row[]) =>
  [
    '普查编号,标识码,部件名称,高度,经度,纬度',
    ...rows.map(({ no = '', code = '', lon = 120.605, lat = 31.31, height = '7.5', name = '路灯' }) =>
      [no, code, name, height, lon.toFixed(8), lat.toFixed(8)].join(','),
    ),
  ].join('\r\n')
const geojson = (rows: readonly Row[]) =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: rows.map(({ no = '', code = '', lon = 120.605, lat = 31.31, height = '7.5' }) => ({
      type: 'Feature',
      properties: { 普查编号: no, 标识码: code, 部件名称: '路灯', 高度: Number(height) },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  })
const round = (degrees: number) => Number(degrees.toFixed(8))
const lamps = (n: number, from = 120.605): Row[] =>
  Array.from({ length: n }, (_, i) => ({ no: `Y-${i}`, code: CODES[i]!, lon: round(from + i * 0.001) }))

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

  let districts = 0
  /** A district of its own, so that no test knows another's lamps. */
  const house = async () => {
    const district = `3205${String(10 + districts++)}`
    await intake.addDistrict({ code: district })
    await intake.load(
      'grids',
      { 'grids.geojson': gridsGeojson(squareDistrict([120.62], district)) },
      { district },
    )
    const own = (text: string) => text.replaceAll(HOME, district)
    const load = async (
      name: string,
      content: string,
      how: { contractor?: string; full?: 'district' } = {},
    ) => {
      const { delivery, findings } = await intake.load(
        'components',
        { [name]: own(content) },
        {
          district,
          contractor: how.contractor ?? '甲测绘',
          ...(how.full && { options: { full: how.full } }),
          profile: {
            crs: 'EPSG:4490',
            ...(name.endsWith('.csv') && { position: { x: '经度', y: '纬度' } }),
            fields: { sourceId: '普查编号', code: '标识码', className: '部件名称' },
          },
        },
      )
      const { added, changed, unchanged, refused, missing } = delivery.counts
      return { added, changed, unchanged, refused, missing, delivery, findings }
    }
    const current = () =>
      intake.db.query<{ id: string; code: string | null; attributes: Record<string, unknown> | null }>(
        `SELECT c.id, replace(c.code, $1, '${HOME}') AS code, c.attributes FROM component c
         JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version IS NOT NULL
         WHERE c.district = $1 AND c.closed_version IS NULL ORDER BY ST_X(c.geom), c.code`,
        [district],
      )
    return { district, load, current }
  }
  const codesOf = (rows: readonly { code: string | null }[]) => rows.map(({ code }) => code)
  const told = (findings: readonly { code: string; row: number | null }[], code: string) =>
    findings.filter(each => each.code === code).map(({ row }) => row)

  describe('a row in another format', () => {
    it('is the same: where it stands is no attribute, and a number is the same as its text', async () => {
      const { load, current } = await house()
      expect(await load('路灯.csv', table(lamps(5)))).toMatchObject({ added: 5, refused: 0 })
      expect((await current())[0]!.attributes).toEqual({ 高度: '7.5' })
      expect(await load('路灯.geojson', geojson(lamps(5)))).toMatchObject({
        added: 0,
        changed: 0,
        unchanged: 5,
      })
      expect(await load('路灯.csv', table(lamps(5)))).toMatchObject({ unchanged: 5 })
      const higher = lamps(5).map((row, i) => (i === 2 ? { ...row, height: '7.6' } : row))
      expect(await load('路灯.geojson', geojson(higher))).toMatchObject({ changed: 1, unchanged: 4 })
      expect((await current())[2]!.attributes).toEqual({ 高度: 7.6 })
    })
  })

  describe('a row whose code is mended', () => {
    it('is the thing it was, told so, whether it had none or a wrong one', async () => {
      const { load, current } = await house()
      const wrong = lamps(4)
      wrong[0] = { ...wrong[0]!, code: '' }
      wrong[1] = { ...wrong[1]!, code: CODES[9]! }
      expect(await load('路灯.csv', table(wrong))).toMatchObject({ added: 4 })
      const before = await current()
      const mended = await load('路灯.csv', table(lamps(4)))
      expect(mended).toMatchObject({ added: 0, changed: 2, unchanged: 2 })
      expect(told(mended.findings, 'component.recognised')).toEqual([2, 3])
      const after = await current()
      expect(codesOf(after)).toEqual(CODES.slice(0, 4))
      expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
      const again = await load('路灯.csv', table(lamps(4)))
      expect(again).toMatchObject({ unchanged: 4, added: 0, changed: 0 })
      expect(told(again.findings, 'component.recognised')).toEqual([])
    })

    it('is another thing where another firm, another number or another spot says so', async () => {
      const { load, current } = await house()
      const [lamp] = lamps(1)
      await load('路灯.csv', table([lamp!]))
      const other = { ...lamp!, code: CODES[1]! }
      expect(await load('路灯.csv', table([other]), { contractor: '乙测绘' })).toMatchObject({ added: 1 })
      expect(await load('路灯.csv', table([{ ...other, no: 'Y-7', code: CODES[2]! }]))).toMatchObject({
        added: 1,
      })
      // two metres on
      const beside = { ...lamp!, code: CODES[3]!, lon: lamp!.lon! + 0.00002 }
      expect(await load('路灯.csv', table([beside]))).toMatchObject({ added: 1 })
      expect(await current()).toHaveLength(4)
    })

    it('is no other class’s thing of the same number, with a code or without', async () => {
      const { load, current } = await house()
      await load('路灯.csv', table([{ no: '5' }, { no: '6', code: CODES[0]!, lon: 120.61 }]))
      const covers = [
        { no: '5', name: '上水井盖', lon: 120.605004 },
        { no: '6', name: '上水井盖', code: componentCode(1, '0101'), lon: 120.610004 },
      ]
      expect(await load('井盖.csv', table(covers))).toMatchObject({ added: 2, changed: 0 })
      expect(await current()).toHaveLength(4)
    })

    it('is nobody’s where it may be two things, or where nobody is named', async () => {
      const { load, current } = await house()
      const two = [
        { no: 'Y-1', code: CODES[0]! },
        { no: 'Y-1', code: CODES[1]!, lon: 120.605005 },
      ]
      await load('路灯.csv', table(two))
      expect(await load('路灯.csv', table([{ no: 'Y-1', code: CODES[2]! }]))).toMatchObject({ added: 1 })
      expect(await current()).toHaveLength(3)
    })

    it('is what has its code, whatever order rows come in', async () => {
      for (const turn of [(rows: Row[]) => rows, (rows: Row[]) => rows.toReversed()]) {
        const { load, current } = await house()
        await load('路灯.csv', table([{ no: 'Y-0', code: CODES[0]! }]))
        const [{ id }] = (await current()) as unknown as [{ id: string }]
        const rows = turn([
          { no: 'Y-0', code: CODES[1]! },
          { no: 'Y-0', code: CODES[0]! },
        ])
        expect(await load('路灯.csv', table(rows))).toMatchObject({ added: 1, unchanged: 1, changed: 0 })
        expect((await current()).find(each => each.code === CODES[0])!.id).toBe(id)
        expect(await current()).toHaveLength(2)
      }
    })

    it('takes nothing when it is refused: the true row finds the thing', async () => {
      const { load, current } = await house()
      await load('路灯.csv', table([{ no: 'Y-0', code: CODES[0]! }]))
      const rows = [
        { no: 'Y-8', code: CODES[5]!, lon: 120.61 },
        { no: 'Y-0', code: CODES[5]! },
        { no: 'Y-0', code: CODES[0]! },
      ]
      expect(await load('路灯.csv', table(rows))).toMatchObject({ added: 1, unchanged: 1, refused: 1 })
      expect(codesOf(await current()).sort()).toEqual([CODES[0], CODES[5]])
    })

    it('does not lose the code it has to a row without one', async () => {
      const { load, current } = await house()
      await load('路灯.csv', table(lamps(2)))
      const bare = lamps(2).map((row, i) => (i === 1 ? { ...row, code: '' } : row))
      const sent = await load('路灯.csv', table(bare), { full: 'district' })
      expect(sent).toMatchObject({ unchanged: 1, refused: 1, changed: 0, missing: 0 })
      expect(told(sent.findings, 'code.withheld')).toEqual([3])
      expect(codesOf(await current())).toEqual(CODES.slice(0, 2))
    })

    it('goes by its last number', async () => {
      const { load, current } = await house()
      await load('路灯.csv', table([{ no: 'Y-0', code: CODES[0]! }]))
      expect(await load('路灯.csv', table([{ no: 'Y-3', code: CODES[0]! }]))).toMatchObject({ changed: 1 })
      expect(await load('路灯.csv', table([{ no: 'Y-3', code: CODES[1]! }]))).toMatchObject({
        changed: 1,
        added: 0,
      })
      expect(codesOf(await current())).toEqual([CODES[1]])
    })

    it('takes the place of one thing only, and leaves its former code to the row that has it', async () => {
      const { load, current } = await house()
      await load('路灯.csv', table([{ no: 'Y-0', code: CODES[0]! }]))
      const rows = [
        { no: 'Y-0', code: CODES[1]! },
        { no: 'Y-0', code: CODES[2]! },
        { no: 'Y-9', code: CODES[0]!, lon: 120.61 },
      ]
      expect(await load('路灯.csv', table(rows))).toMatchObject({ changed: 1, added: 2, refused: 0 })
      expect(codesOf(await current()).sort()).toEqual(CODES.slice(0, 3))
      expect(await load('路灯.csv', table(rows))).toMatchObject({ unchanged: 3 })
    })

    it('is not missing from a full delivery', async () => {
      const { load } = await house()
      await load('路灯.csv', table(lamps(4)))
      const rows = lamps(3)
      rows[0] = { ...rows[0]!, code: CODES[8]! }
      expect(await load('路灯.csv', table(rows), { full: 'district' })).toMatchObject({
        missing: 1,
        changed: 1,
      })
    })
  })

  describe('a row without a code', () => {
    it('is the same under another name of its file', async () => {
      const { load, current } = await house()
      const rows = lamps(3).map(row => ({ ...row, code: '' }))
      expect(await load('路灯.csv', table(rows))).toMatchObject({ added: 3 })
      expect(await load('320599-18.csv', table(rows))).toMatchObject({ added: 0, changed: 0, unchanged: 3 })
      const higher = rows.map(row => ({ ...row, height: '9' }))
      const sent = await load('路灯 第2次.csv', table(higher))
      expect(sent).toMatchObject({ added: 0, changed: 3 })
      expect(told(sent.findings, 'component.recognised')).toEqual([2, 3, 4])
      expect(await current()).toHaveLength(3)
    })
  })

  describe('a code of the registry far from its place', () => {
    it('is told with the metres, as far as the district wants', async () => {
      const { district, load } = await house()
      await load('路灯.csv', table(lamps(3)))
      const moved = lamps(3)
      moved[0] = { ...moved[0]!, lat: 31.3127 }
      moved[1] = { ...moved[1]!, lat: 31.31005 }
      const first = await load('路灯.csv', table(moved))
      expect(first).toMatchObject({ changed: 2, unchanged: 1 })
      const found = first.findings.filter(({ code }) => code === 'position.moved')
      expect(found).toMatchObject([{ row: 2, field: '标识码', severity: 'warning' }])
      expect(Number(found[0]!.detail.m)).toBeCloseTo(300, -1)
      await changeRules(intake.db, district, { rules: { moved: { '0118': 1000 } }, actor: 'account:admin' })
      expect(told((await load('路灯.csv', table(lamps(3)))).findings, 'position.moved')).toEqual([])
    })
  })

  describe('a code that stands twice', () => {
    it('is told of the row that was taken too, once', async () => {
      const { load } = await house()
      const rows = [lamps(1)[0]!, ...lamps(3)].map((row, i) => ({ ...row, lon: 120.605 + i * 0.001 }))
      rows.push({ ...rows[0]!, lon: 120.615 })
      const { findings, refused, added } = await load('路灯.csv', table(rows))
      expect([added, refused]).toEqual([3, 2])
      expect(told(findings, 'code.duplicate')).toEqual([3, 6])
      expect(findings.filter(({ code }) => code === 'code.duplicate-kept')).toMatchObject([
        { row: 2, field: '标识码', severity: 'warning', detail: { other: '路灯.csv:3' } },
      ])
    })
  })
})
