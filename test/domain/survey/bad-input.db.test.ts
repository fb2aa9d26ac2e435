/** What deliveries can have wrong: each is told with file, row, field, value, rule and remedy, and leaves nothing behind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCrs, fromLonLat } from '../../../gis/crs.ts'
import type { DbfColumn } from '../../../pilot/dbf-write.ts'
import { openShapefile } from '../../../pilot/shapefile-write.ts'
import { type Finding, remedy, sentence } from '../../../src/domain/survey/findings.ts'
import { inspect } from '../../../src/domain/survey/inspect.ts'
import { changeRules } from '../../../src/domain/survey/rule-versions.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import {
  componentCode,
  featureCollection,
  gridsGeojson,
  rectangle,
  squareDistrict,
} from '../../support/ground.ts'
import {
  HOME,
  holdings,
  type Intake,
  openIntake,
  type Sending,
  type SentFiles,
} from '../../support/intake.ts'
import { type Cell, table, xlsxBytes } from './readers/build-xlsx.ts'
import { patched, zipBytes, zipWithRawName } from './readers/build-zip.ts'

const CGCS2000_120E =
  'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
const XIAN80 = CGCS2000_120E.replace('CGCS2000_3_Degree_GK_CM_120E', 'Xian_1980_3_Degree_GK_CM_120E')
  .replace('GCS_China_Geodetic_Coordinate_System_2000', 'GCS_Xian_1980')
  .replace('D_China_2000', 'D_Xian_1980')
  .replace('SPHEROID["CGCS2000",6378137.0,298.257222101]', 'SPHEROID["Xian_1980",6378140.0,298.257]')

const answer = findCrs('EPSG:4549')
if (!answer.ok) throw new Error('EPSG:4549 is not known')
const project = fromLonLat(answer.crs)

/** A lamp's shapefile parts, as bytes by name; `prj` null leaves it out. */
function lampFiles(prj: string | null = CGCS2000_120E, name = '0118'): Record<string, Buffer> {
  const dir = mkdtempSync(join(tmpdir(), 'wangge-lamp-'))
  const columns: DbfColumn[] = [
    { name: 'OBJCODE', type: 'C', width: 16 },
    { name: 'OBJNAME', type: 'C', width: 20 },
  ]
  const shapefile = openShapefile({ path: join(dir, name), kind: 'point', columns, prj: prj ?? '' })
  for (let i = 1; i <= 3; i++)
    shapefile.write([project(120.61 + i * 0.01, 31.31)], [componentCode(i), '路灯'])
  shapefile.close()
  const ends = ['shp', 'shx', 'dbf', ...(prj === null ? [] : ['prj'])]
  const parts = Object.fromEntries(
    ends.map(end => [`${name}.${end}`, readFileSync(join(dir, `${name}.${end}`))]),
  )
  rmSync(dir, { recursive: true })
  return parts
}

const without = (files: Record<string, Buffer>, end: string): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith(end)))

interface Row {
  code?: string
  name?: string
  at?: readonly [number, number]
  more?: Record<string, unknown>
}
const lamps = (...rows: Row[]): string =>
  featureCollection(
    rows.map(({ code = componentCode(1), name = '路灯', at = [120.61, 31.31], more }) => ({
      properties: { OBJCODE: code, OBJNAME: name, ...more },
      geometry: { type: 'Point', coordinates: at },
    })),
  )
/** A profile of the usual columns in a reference system. */
const mapped = (crs: string, more: Record<string, unknown> = {}): Sending => ({
  profile: { crs, fields: { code: 'OBJCODE', className: 'OBJNAME' }, ...more },
})
const csv = (x: string | number, y: string | number): string =>
  `OBJCODE,OBJNAME,X,Y\n${componentCode(1)},路灯,${x},${y}\n`

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.addDistrict({ code: '320500' })
    // the lamps of these tests all stand on one spot
    await changeRules(intake.db, HOME, { rules: { duplicates: { '*': 0 } }, actor: 'account:admin' })
    const { delivery } = await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    expect(delivery.state).toBe('published')
    const first = await intake.load('components', { 'first.geojson': lamps({ code: componentCode(900) }) })
    expect(first.delivery).toMatchObject({ state: 'published', version: 1 })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  /** Loads what must be refused as a whole, and gives its findings. */
  async function refused(
    kind: 'components' | 'grids' | 'addresses',
    files: SentFiles,
    how: Sending = {},
  ): Promise<Finding[]> {
    const before = await holdings(intake.db, how.district)
    const { delivery, findings } = await intake.load(kind, files, how)
    expect(delivery.state).toBe('failed')
    expect(delivery.counts).toMatchObject({
      accepted: 0,
      added: 0,
      changed: 0,
      unchanged: 0,
      refused: delivery.counts.read,
    })
    expect(await holdings(intake.db, how.district)).toEqual(before)
    expect(delivery.findings.errors).toBeGreaterThan(0)
    for (const found of findings) wellSaid(found)
    return findings
  }

  /** Loads what is taken with a word of warning, and takes it back out of sight of the other tests. */
  async function warned(files: SentFiles, how: Sending = {}): Promise<Finding[]> {
    const { delivery, findings } = await intake.load('components', files, how)
    expect(delivery).toMatchObject({ state: 'published', counts: { refused: 0 } })
    for (const found of findings) wellSaid(found)
    return findings
  }

  describe('a shapefile', () => {
    for (const part of ['shp', 'dbf', 'shx']) {
      it(`without its .${part} is refused, and the missing part is named`, async () => {
        const [found, ...others] = await refused('components', without(lampFiles(), part))
        expect(others).toEqual([])
        expect(found).toMatchObject({ code: 'file.part-missing', row: null, detail: { part: `.${part}` } })
        expect(found!.file).toMatch(/^0118/)
      })
      it(`whose .${part} was cut short is refused`, async () => {
        const files = lampFiles()
        const name = `0118.${part}`
        files[name] = files[name]!.subarray(0, files[name]!.length - 20)
        const findings = await refused('components', files)
        expect(findings.map(found => found.code)).toEqual(['file.truncated'])
        expect(findings[0]).toMatchObject({ file: name, row: null })
      })
      it(`whose .${part} is empty is refused`, async () => {
        const findings = await refused('components', { ...lampFiles(), [`0118.${part}`]: Buffer.alloc(0) })
        expect(findings.map(found => [found.code, found.file])).toEqual([['file.empty', `0118.${part}`]])
      })
    }

    it('of two of which one is broken lets the whole one through and refuses the other', async () => {
      const whole = featureCollection([
        {
          properties: { OBJCODE: componentCode(901), OBJNAME: '路灯' },
          geometry: { type: 'Point', coordinates: [120.61, 31.31] },
        },
      ])
      const { delivery, findings } = await intake.load('components', {
        'whole.geojson': whole,
        ...without(lampFiles(), 'dbf'),
      })
      expect(delivery).toMatchObject({ state: 'published', counts: { read: 1, accepted: 1 } })
      expect(findings.map(found => found.code)).toEqual(['file.part-missing'])
    })
  })

  describe('other files', () => {
    it('that stop in the middle leave none of the rows that stood before the cut', async () => {
      const text = lamps(
        ...Array.from({ length: 6_000 }, (_, i) => ({ code: componentCode(i + 1), more: { n: i } })),
      )
      const findings = await refused('components', { 'cut.geojson': text.slice(0, text.length - 2_000) })
      expect(findings.filter(found => found.row === null).map(found => found.code)).toEqual([
        expect.stringMatching(/^file\.(truncated|corrupt)$/),
      ])
      expect(findings.at(-1)!.file).toBe('cut.geojson')
    })

    it('that are empty are refused', async () => {
      for (const name of ['empty.csv', 'empty.geojson', 'empty.zip']) {
        const findings = await refused('components', { [name]: '' })
        expect(findings.map(found => [found.code, found.file])).toEqual([['file.empty', name]])
      }
    })

    it('that are named .zip and are none are refused', async () => {
      const findings = await refused('components', { 'a.zip': 'this is no archive at all, only words' })
      expect(findings).toMatchObject([{ code: 'file.not-zip', file: 'a.zip', row: null }])
    })

    it('that are zips and were cut short are refused', async () => {
      const zip = await zipBytes(lampFiles())
      const findings = await refused('components', { 'a.zip': zip.subarray(0, zip.length - 300) })
      expect(findings.map(found => found.code)).toEqual([
        expect.stringMatching(/^file\.(truncated|not-zip|corrupt)$/),
      ])
    })

    it('that grow out of all proportion when they are unpacked are refused', async () => {
      const findings = await refused('components', {
        'bomb.zip': await zipBytes({ 'a.csv': Buffer.alloc(300 * 2 ** 20) }),
      })
      expect(findings).toMatchObject([{ code: 'file.zip-bomb', file: 'bomb.zip' }])
    })

    it('that unpack to more than the operator allows are refused, and exactly as much is taken', async () => {
      const content = 'OBJCODE,OBJNAME,X,Y\n'
      const files = { 'a.zip': await zipBytes({ 'a.csv': content }) }
      const bytes = Buffer.byteLength(content)
      intake.house.unpackLimits = { unpackedBytes: bytes - 1 }
      const [bomb] = await refused('components', files)
      intake.house.unpackLimits = { unpackedBytes: bytes }
      const [other] = await refused('components', files)
      delete intake.house.unpackLimits
      expect(bomb).toMatchObject({ code: 'file.zip-bomb', detail: { limit: `${bytes - 1} bytes` } })
      expect(other).toMatchObject({ code: 'file.no-rows' })
    })

    it('that lie about their size inside a zip do not grow past it', async () => {
      const content = Buffer.alloc(300 * 2 ** 20)
      const findings = await refused('components', {
        'liar.zip': zipWithRawName(Buffer.from('a.csv'), content, { size: 1000 }),
      })
      expect(findings.map(found => found.code)).toEqual([expect.stringMatching(/^file\.(zip-bomb|corrupt)$/)])
    })

    it('that lead out of their archive are refused', async () => {
      const zip = await zipBytes({ 'aa/bb/evil.csv': csv(120.61, 31.31) })
      const evil = patched(zip, Buffer.from('aa/bb/evil.csv'), Buffer.from('../../evil.csv'))
      const findings = await refused('components', { 'a.zip': evil })
      expect(findings).toMatchObject([
        { code: 'file.zip-path', file: 'a.zip', detail: { entry: '../../evil.csv' } },
      ])
    })

    it('whose text is not in the encoding named are refused, with the row and the column', async () => {
      const text = Buffer.concat([
        Buffer.from('OBJCODE,OBJNAME,lon,lat\n'),
        Buffer.from(`${componentCode(1)},`),
        Buffer.from([0xc2, 0xb7, 0xb5, 0xc6]),
        Buffer.from(',120.61,31.31\n'),
      ])
      const findings = await refused(
        'components',
        { 'gbk.csv': text },
        mapped('EPSG:4490', { encoding: 'utf-8' }),
      )
      expect(findings).toMatchObject([{ code: 'encoding.wrong', file: 'gbk.csv' }])
      expect(sentence(findings[0]!, 'en')).toContain('utf-8')
    })

    it('of rows in two encodings are refused, with the row that differs', async () => {
      const [first, second] = [1, 2].map(n => `${componentCode(n)},`)
      const text = Buffer.concat([
        Buffer.from(`OBJCODE,OBJNAME,lon,lat\n${first}`),
        Buffer.from([0xc2, 0xb7, 0xb5, 0xc6]),
        Buffer.from(`,120.61,31.31\n${second}路灯,120.62,31.31\n`),
      ])
      const findings = await refused('components', { 'two.csv': text }, mapped('EPSG:4490'))
      expect(findings).toMatchObject([{ code: 'encoding.mixed', file: 'two.csv', row: 3 }])
    })

    it('of a header alone are refused, and said to have no rows', async () => {
      const findings = await refused('components', { 'a.csv': 'OBJCODE,OBJNAME,X,Y\n' }, mapped('EPSG:4490'))
      expect(findings).toMatchObject([{ code: 'file.no-rows', file: 'a.csv', row: null }])
      expect(sentence(findings[0]!, 'zh')).toContain('没有数据行')
    })

    it('without a row are refused in every form and for every kind; nothing is published of nothing', async () => {
      const header = ['网格编码', '网格名称', '地址', '单位名称', 'X', 'Y']
      const styled = Array.from({ length: 40 }, () => [{ is: '', s: 1 }])
      const forms: Record<string, Record<string, string | Buffer>> = {
        csv: { 'a.csv': `${header.join()}\n\n` },
        geojson: { 'a.geojson': '{"type":"FeatureCollection","features":[]}' },
        xlsx: { 'a.xlsx': await xlsxBytes([table([header])]) },
        'rows of blanks': { 'a.xlsx': await xlsxBytes([table([header, ...styled])]) },
        zip: { 'a.zip': await zipBytes({ 'x/a.csv': `${header.join()}\n` }) },
      }
      const profile = { crs: 'EPSG:4490', fields: { name: '网格名称', code: '网格编码' } }
      const told: unknown[] = []
      for (const kind of ['components', 'grids', 'addresses', 'units'] as const)
        for (const [form, files] of Object.entries(forms)) {
          const how = kind === 'addresses' || form === 'geojson' ? {} : { profile }
          const { delivery, findings } = await intake.load(kind, files, how)
          const said = findings.some(found => found.code === 'file.no-rows' && found.severity === 'error')
          told.push([kind, form, delivery.state, delivery.version, said])
        }
      expect(told).toEqual(told.map(each => [...(each as unknown[]).slice(0, 2), 'failed', null, true]))
      const rows = `OBJCODE,OBJNAME,X,Y\n${componentCode(920)},路灯,120.61,31.31\n`
      const beside = { 'a.geojson': forms.geojson!['a.geojson']!, 'b.csv': rows }
      const { profile: skipping } = mapped('EPSG:4490')
      const skipped = await intake.load('components', beside, {
        profile: { ...skipping, layers: { b: { skip: true } } },
      })
      expect(skipped.delivery).toMatchObject({ state: 'failed', version: null, counts: { read: 0 } })
      const taken = await intake.load('components', beside, mapped('EPSG:4490'))
      expect(taken.findings.map(each => each.code)).toEqual(['layer.empty'])
      expect(taken.delivery).toMatchObject({ state: 'published', counts: { added: 1 } })
    })

    it('with a quote that never closes lose the row it opens in and no other', async () => {
      const rows = [910, 911, 912].map(n => `${componentCode(n)},路灯,120.61,31.3${n - 909}`)
      const text = `OBJCODE,OBJNAME,X,Y\n${rows[0]}\n${rows[1]!.replace('路灯', '"路灯')}\n${rows[2]}\n`
      const { delivery, findings } = await intake.load('components', { 'q.csv': text }, mapped('EPSG:4490'))
      expect(delivery.counts).toMatchObject({ read: 3, accepted: 2, refused: 1 })
      expect(findings.filter(found => found.code === 'row.quote')).toMatchObject([
        { file: 'q.csv', row: 3, field: 'OBJNAME', value: expect.stringContaining('路灯') },
      ])
      for (const found of findings) wellSaid(found)
    })

    it('whose encoding nobody knows are refused', async () => {
      const findings = await refused(
        'components',
        { 'a.csv': csv(120.61, 31.31) },
        mapped('EPSG:4490', { encoding: 'klingon' }),
      )
      expect(findings).toMatchObject([
        { code: 'encoding.unknown', file: 'a.csv', detail: { encoding: 'klingon' } },
      ])
    })
  })

  describe('a cell that holds an error', () => {
    const book = (code: Cell, date: Cell) =>
      xlsxBytes([
        table([
          ['OBJCODE', 'OBJNAME', '初始日期', 'lon', 'lat'],
          [code, '路灯', date, 120.61, 31.31],
        ]),
      ])
    const profile = { crs: 'EPSG:4490', position: { x: 'lon', y: 'lat' }, fields: { code: 'OBJCODE', className: 'OBJNAME', surveyedOn: '初始日期' } } // biome-ignore format: a profile
    const bad = { is: '<v>#DIV/0!</v>', t: 'e' }

    it('is told once, not also as a value that is missing', async () => {
      const codes = async (code: Cell, date: Cell) =>
        (await refused('components', { 'a.xlsx': await book(code, date) }, { profile })).map(each => [
          each.code,
          each.field,
        ])
      expect(await codes(bad, '20260315')).toEqual([['cell.error', 'OBJCODE']])
      expect(await codes(bad, null)).toEqual([
        ['cell.error', 'OBJCODE'],
        ['date.missing', '初始日期'],
      ])
      expect(await codes(bad, bad)).toEqual([
        ['cell.error', 'OBJCODE'],
        ['cell.error', '初始日期'],
      ])
    })

    it('does not hide that another value is missing', async () => {
      const { findings } = await intake.load(
        'components',
        { 'a.xlsx': await book(null, '20260315') },
        { profile },
      )
      expect(findings.map(each => each.code)).toEqual(['code.missing'])
    })
  })

  describe('coordinates', () => {
    it('without a reference system are refused', async () => {
      const profile = { fields: { code: 'OBJCODE', className: 'OBJNAME' } }
      expect(await refused('components', { 'a.csv': csv(120.61, 31.31) }, { profile })).toMatchObject([
        { code: 'crs.missing', file: 'a.csv' },
      ])
      expect(await refused('components', lampFiles(null))).toMatchObject([
        { code: 'crs.missing', file: expect.stringMatching(/^0118/) },
      ])
    })

    it('of which a table has no column are missed, and nothing is said of a reference system', async () => {
      const text = `OBJCODE,OBJNAME,备注\n${componentCode(1)},路灯,a\n${componentCode(2)},路灯,b\n`
      for (const how of [
        {},
        { profile: { crs: 'EPSG:4490', fields: { code: 'OBJCODE', className: 'OBJNAME' } } },
      ])
        expect(await refused('components', { '部件.csv': text }, how)).toMatchObject([
          {
            code: 'position.column',
            file: '部件.csv',
            row: null,
            detail: { columns: 'OBJCODE, OBJNAME, 备注' },
          },
        ])
    })

    it('in an unknown system are refused', async () => {
      const findings = await refused('components', { 'a.csv': csv(1, 2) }, mapped('EPSG:999999'))
      expect(findings).toMatchObject([{ code: 'crs.unknown', file: 'a.csv', value: 'EPSG:999999' }])
    })

    it('in a system without a place on earth are refused', async () => {
      const findings = await refused('components', lampFiles('LOCAL_CS["site",UNIT["Meter",1.0]]'))
      expect(findings).toMatchObject([{ code: 'crs.unknown', file: expect.stringMatching(/^0118/) }])
    })

    it('in Xian 80 are refused, by code, by .prj and by the crs of a GeoJSON', async () => {
      expect(
        await refused('components', { 'a.csv': csv(560_000, 3_460_000) }, mapped('EPSG:2364')),
      ).toMatchObject([{ code: 'crs.parameters', file: 'a.csv' }])
      expect(await refused('components', lampFiles(XIAN80))).toMatchObject([
        { code: 'crs.parameters', value: expect.stringMatching(/Xian/i) },
      ])
      const geojson = {
        ...JSON.parse(lamps({ at: [560_000, 3_460_000] })),
        crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::2364' } },
      }
      expect(await refused('components', { 'a.geojson': JSON.stringify(geojson) })).toMatchObject([
        { code: 'crs.parameters', file: 'a.geojson' },
      ])
    })

    const [east, north] = project(120.61, 31.31) as [number, number]
    const metres = mapped('EPSG:4549')
    const cases: [string, Finding['code'], string, number | string, number | string, Sending][] = [
      ['that are swapped', 'position.swapped', 'metres', north, east, metres],
      ['that are swapped degrees', 'position.swapped', 'degrees', 31.31, 120.61, mapped('EPSG:4490')],
      [
        'with a zone prefix the system has not',
        'position.zone-prefix',
        'prefix',
        40_000_000 + east,
        north,
        metres,
      ],
      [
        'without the zone prefix the system has',
        'position.zone-prefix',
        'bare',
        east,
        north,
        mapped('EPSG:4528'),
      ],
      ['outside the district', 'position.outside', 'far', 116.4, 39.9, mapped('EPSG:4490')],
      ['that are beyond any number', 'position.not-finite', 'huge', '1e400', '31.31', mapped('EPSG:4490')],
    ]
    for (const [what, code, name, x, y, how] of cases)
      it(`${what} are refused with the row and the value`, async () => {
        const findings = await refused('components', { [`${name}.csv`]: csv(x, y) }, how)
        expect(findings).toMatchObject([{ code, file: `${name}.csv`, row: 2 }])
        expect(findings).toHaveLength(1)
        expect(findings[0]!.value).toContain(String(x).slice(0, 5))
        expect(findings[0]!.field).toMatch(/^X(, Y)?$/)
      })

    it('that are no numbers are refused, once, with the column and what stands in it', async () => {
      for (const word of ['NaN', 'abc', '-inf']) {
        const findings = await refused('components', { 'nan.csv': csv(word, 31.31) }, mapped('EPSG:4490'))
        expect(findings).toHaveLength(1)
        expect(findings).toMatchObject([
          { code: 'position.not-finite', file: 'nan.csv', row: 2, field: 'X', value: word },
        ])
      }
      const beyond = lamps({}).replace('120.61', '1e400')
      const findings = await refused('components', { 'beyond.geojson': beyond })
      expect(findings).toHaveLength(1)
      expect(findings).toMatchObject([
        { code: 'position.not-finite', file: 'beyond.geojson', row: 1, field: 'coordinates', value: '1e400' },
      ])
      const grid = gridsGeojson([squareDistrict()[3]!]).replace('120.6', '-1e999')
      const told = await refused('grids', { 'grids.geojson': grid })
      expect(told[0]).toMatchObject({ code: 'position.not-finite', row: 1, value: '-1e999' })
      expect(told.map(found => found.code)).not.toContain('geometry.missing')
    })

    it('of columns that are degrees are still not taken for any system: the guess only proposes one', async () => {
      const text = `OBJCODE,OBJNAME,经度,纬度\n${componentCode(1)},路灯,120.61,31.31\n`
      expect(await refused('components', { '部件.csv': text })).toMatchObject([{ code: 'crs.missing' }])
      const sent = await intake.send('components', { '部件.csv': text })
      const { profile, findings } = await inspect(intake.house, sent, null)
      expect(profile).toMatchObject({ crs: 'EPSG:4490', position: { x: '经度', y: '纬度' } })
      expect(findings).toMatchObject([{ code: 'crs.proposed', file: '部件.csv', field: '经度, 纬度' }])
      for (const found of findings) wellSaid(found)
    })

    it('of addresses are held to the same rules', async () => {
      const text = '地址,经度,纬度\n柳桥镇一号,31.31,120.61\n'
      const findings = await refused(
        'addresses',
        { '地址.csv': text },
        { profile: { crs: 'EPSG:4490', fields: { text: '地址' } } },
      )
      expect(findings).toMatchObject([
        { file: '地址.csv', row: 2, code: expect.stringMatching(/^position\./) },
      ])
    })
  })

  describe('attributes', () => {
    it('of an unknown class are refused', async () => {
      const findings = await refused('components', {
        'a.geojson': lamps({ code: componentCode(1, '9999'), name: '飞碟' }),
      })
      expect(findings).toMatchObject([
        { code: 'class.unknown', file: 'a.geojson', row: 1, field: 'OBJNAME', value: '飞碟' },
      ])
    })

    it('whose class code and name disagree are refused', async () => {
      const profile = { fields: { code: 'OBJCODE', classCode: 'CLASS', className: 'OBJNAME' } }
      const findings = await refused(
        'components',
        { 'a.geojson': lamps({ name: '垃圾箱', more: { CLASS: '0118' } }) },
        { profile },
      )
      expect(findings).toMatchObject([
        { code: 'class.mismatch', file: 'a.geojson', row: 1, field: 'OBJNAME', detail: { code: '0118' } },
      ])
      expect(sentence(findings[0]!, 'zh')).toContain('路灯')
    })

    it('that name no class at all are refused', async () => {
      const profile = { fields: { note: 'OBJNAME' } }
      const findings = await refused('components', { 'a.geojson': lamps({}) }, { profile })
      expect(findings.map(found => found.code)).toContain('class.missing')
    })

    it('with a code that stands twice keep the first and refuse the second, which names the first', async () => {
      const before = await holdings(intake.db)
      const { delivery, findings } = await intake.load('components', {
        'twice.geojson': lamps(
          { code: componentCode(500) },
          { code: componentCode(500), at: [120.62, 31.31] },
        ),
      })
      expect(delivery).toMatchObject({
        state: 'published',
        counts: { read: 2, accepted: 1, refused: 1, added: 1 },
      })
      expect(findings).toMatchObject([
        {
          code: 'code.duplicate-kept',
          file: 'twice.geojson',
          row: 1,
          field: 'OBJCODE',
          value: componentCode(500),
          detail: { other: 'twice.geojson:2' },
        },
        {
          code: 'code.duplicate',
          file: 'twice.geojson',
          row: 2,
          field: 'OBJCODE',
          value: componentCode(500),
          detail: { other: 'twice.geojson:1' },
        },
      ])
      for (const found of findings) wellSaid(found)
      expect((await holdings(intake.db)).components).toBe(before.components + 1)
    })

    it('with a 16-digit code stored as a number are refused', async () => {
      const written = lamps({}).replace(`"${componentCode(1)}"`, '3205990118000001')
      const findings = await refused('components', { 'a.geojson': written })
      expect(findings).toMatchObject([
        { code: 'code.numeric', file: 'a.geojson', row: 1, field: 'OBJCODE', value: '3205990118000001' },
      ])
      // the column is text elsewhere, and no double holds the number
      const mixed = lamps({ code: componentCode(7) }, {}).replace(
        `"${componentCode(1)}"`,
        '32059901180000013',
      )
      const { delivery, findings: some } = await intake.load('components', { 'mixed.geojson': mixed })
      expect(delivery.counts).toMatchObject({ read: 2, accepted: 1, refused: 1 })
      expect(some).toMatchObject(
        [{ code: 'code.numeric', row: 2, field: 'OBJCODE', value: /^320599011800000/ }].map(each => ({
          ...each,
          value: expect.stringMatching(each.value),
        })),
      )
      const spoilt = await refused(
        'components',
        { 'b.csv': csv(120.61, 31.31).replace(componentCode(1), '3.20599E+15') },
        mapped('EPSG:4490'),
      )
      expect(spoilt).toMatchObject([{ code: 'code.numeric', file: 'b.csv', row: 2, value: '3.20599E+15' }])
    })

    it('with a code in a numeric cell of a workbook are refused by sheet and cell, beside text codes that are taken', async () => {
      const rows = [
        ['OBJCODE', 'OBJNAME', '经度', '纬度'],
        [componentCode(920), '路灯', 120.61, 31.31],
        [3205990118000921, '路灯', 120.62, 31.31],
        [componentCode(922), '路灯', 121.92, 31.31],
      ]
      const { delivery, findings } = await intake.load(
        'components',
        { 'a.xlsx': await xlsxBytes([table(rows)]) },
        mapped('EPSG:4490'),
      )
      expect(delivery.counts).toMatchObject({ read: 3, accepted: 1, refused: 2 })
      expect(findings).toMatchObject([
        { code: 'code.numeric', row: 3, field: 'OBJCODE', value: '3205990118000921', detail: { cell: 'A3' } },
        // a position stands in two cells
        { code: 'position.outside', row: 4, field: '经度, 纬度', detail: { cell: 'C4, D4' } },
      ])
    })

    it('with a code that does not fit its rule are refused, and the rule is said', async () => {
      const findings = await refused('components', { 'a.geojson': lamps({ code: '32059901' }) })
      expect(findings).toMatchObject([
        { code: 'code.format', file: 'a.geojson', row: 1, field: 'OBJCODE', value: '32059901' },
      ])
      expect(sentence(findings[0]!, 'en')).toMatch(/6.*2.*2.*6/)
    })

    it('with a unit that is not in the directory are taken, and the unit is named', async () => {
      const profile = { fields: { code: 'OBJCODE', className: 'OBJNAME', ownerName: 'OWNER' } }
      const findings = await warned(
        { 'u.geojson': lamps({ code: componentCode(600), more: { OWNER: '无此单位' } }) },
        { profile },
      )
      expect(findings).toMatchObject([
        { code: 'unit.unknown', file: 'u.geojson', row: 1, field: 'OWNER', value: '无此单位' },
      ])
    })

    it('may lack what the profile names only when the file has it: a missing column is said with those there are', async () => {
      const findings = await refused(
        'components',
        { 'a.geojson': lamps({}) },
        { profile: { fields: { code: 'NR' } } },
      )
      expect(findings).toMatchObject([
        { code: 'profile.column', file: 'a.geojson', field: 'NR', detail: { columns: 'OBJCODE, OBJNAME' } },
      ])
    })
  })

  describe('a district without a polygon', () => {
    const district = '320500'
    it('takes no components, and says what to load first', async () => {
      const findings = await refused('components', { 'a.geojson': lamps({}) }, { district })
      expect(findings).toMatchObject([{ code: 'grid.no-district', row: null }])
    })
    it('takes no addresses either', async () => {
      const text = '地址,经度,纬度\n柳桥镇一号,120.61,31.31\n'
      const findings = await refused(
        'addresses',
        { 'a.csv': text },
        { district, profile: { crs: 'EPSG:4490', fields: { text: '地址' } } },
      )
      expect(findings).toMatchObject([{ code: 'grid.no-district', row: null }])
    })
    it('takes no grids that lack it', async () => {
      const grids = gridsGeojson(squareDistrict([], district).slice(1))
      const findings = await refused('grids', { 'grids.geojson': grids }, { district })
      expect(findings.map(found => found.code)).toContain('grid.no-district')
    })
  })

  describe('grids', () => {
    const whole = squareDistrict()
    const area = whole[3]!
    const bowtie = [
      [120.6, 31.3],
      [120.62, 31.34],
      [120.62, 31.3],
      [120.6, 31.34],
      [120.6, 31.3],
    ] as [number, number][]
    it('with an invalid polygon are not loaded: each is listed with reason and place', async () => {
      const findings = await refused('grids', {
        'grids.geojson': gridsGeojson([...whole.slice(0, 3), { ...area, ring: bowtie }]),
      })
      expect(findings).toMatchObject([
        {
          code: 'geometry.invalid',
          file: 'grids.geojson',
          row: 4,
          value: area.code,
          detail: { reason: 'Self-intersection' },
        },
      ])
      expect(findings[0]!.lonLat![0]).toBeCloseTo(120.61, 6)
      expect(findings[0]!.lonLat![1]).toBeCloseTo(31.32, 6)
    })
    it('with a code twice are not loaded', async () => {
      const findings = await refused('grids', { 'grids.geojson': gridsGeojson([...whole, area]) })
      expect(findings).toMatchObject([
        {
          code: 'grid.duplicate',
          row: 7,
          field: 'code',
          value: area.code,
          detail: { other: 'grids.geojson:4' },
        },
      ])
    })
    it('with a code that does not fit are not loaded', async () => {
      const findings = await refused('grids', {
        'grids.geojson': gridsGeojson([...whole, { ...area, code: '3205' }]),
      })
      expect(findings).toMatchObject([{ code: 'grid.code', row: 7, field: 'code', value: '3205' }])
    })
    it('without code, level or geometry are not loaded', async () => {
      const square = { type: 'Polygon', coordinates: [rectangle(120.6, 31.3, 120.61, 31.31)] }
      const text = featureCollection([
        { properties: { level: 3, code: null, name: 'a' }, geometry: square },
        { properties: { level: 7, code: areaCodeOf(8), name: 'b' }, geometry: square },
        { properties: { level: 3, code: areaCodeOf(9), name: 'c' }, geometry: null },
        {
          properties: { level: 3, code: areaCodeOf(10), name: 'd' },
          geometry: { type: 'Point', coordinates: [120.6, 31.3] },
        },
      ])
      const findings = await refused('grids', { 'grids.geojson': text })
      expect(findings.map(found => [found.row, found.code])).toEqual([
        [1, 'grid.code-missing'],
        [2, 'grid.level'],
        [3, 'geometry.missing'],
        [4, 'geometry.type'],
      ])
    })
    it('whose parent is not there are not loaded', async () => {
      const profile = { fields: { code: 'code', name: 'name', level: 'level', parentCode: 'parent' } }
      const text = JSON.parse(gridsGeojson([area]))
      text.features[0].properties.parent = `${HOME}777777`
      const findings = await refused('grids', { 'grids.geojson': JSON.stringify(text) }, { profile })
      expect(findings).toMatchObject([{ code: 'grid.parent', row: 1, value: `${HOME}777777` }])
    })
    it('without a reference system are not loaded, and count no row twice', async () => {
      const findings = await refused('grids', lampFiles(null), {
        profile: { fields: { code: 'OBJCODE' }, layers: { '*': { level: 3 } } },
      })
      expect(findings.map(found => found.code)).toContain('crs.missing')
    })
    it('that are swapped or far off the earth are not loaded', async () => {
      const swapped = whole.map(grid => ({
        ...grid,
        ring: grid.ring.map(([x, y]) => [y, x] as [number, number]),
      }))
      const findings = await refused('grids', { 'grids.geojson': gridsGeojson(swapped) })
      expect(findings).toHaveLength(whole.length)
    })
  })
})

const areaCodeOf = (n: number) => `${HOME}001001${String(n).padStart(2, '0')}`

/** Both languages say something whole: no place left open, and a remedy. */
function wellSaid(found: Finding): void {
  for (const lang of ['zh', 'en'] as const)
    for (const text of [sentence(found, lang), remedy(found, lang)]) {
      expect(text.trim()).not.toBe('')
      expect(text).not.toMatch(/[{}?？]|undefined|null/)
    }
  expect(found.file).not.toBe('')
}
