/**
 * Coordinate systems from the file to the registry: what PROJ writes in a system, declared as that system, comes to
 * stand where it is, to the millimetre; an old datum without parameters is refused by name.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DegreesNotation, packDegrees } from '../../../gis/packed-degrees.ts'
import { sentence } from '../../../src/domain/survey/findings.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, holdings, type Intake, openIntake } from '../../support/intake.ts'

const LON_LAT = '+proj=longlat +ellps=GRS80 +no_defs'
const tmerc = (lon: string | number, falseEasting: number, k = 1) =>
  `+proj=tmerc +lat_0=0 +lon_0=${lon} +k=${k} +x_0=${falseEasting} +y_0=0 +ellps=GRS80 +units=m +no_defs`
/** Suzhou 2000: 120 degrees 47 minutes; the false easting is the city's affair. */
const suzhou = (falseEasting: number) => tmerc("120d47'", falseEasting)
const truth = [
  [120.6123457, 31.3123457],
  [120.6333333, 31.3211111],
  [120.6511111, 31.3355555],
] as const

interface Case {
  title: string
  /** By which PROJ writes the numbers. */
  written: string
  declared: Record<string, unknown>
  swap?: boolean
  degrees?: DegreesNotation
}

const northFirst = `PROJCS["CGCS2000 / 3-degree Gauss-Kruger CM 120E",GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",120],PARAMETER["scale_factor",1],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Northing",NORTH],AXIS["Easting",EAST],AUTHORITY["EPSG","4549"]]`

const cases: Case[] = [
  { title: 'EPSG:4549', written: tmerc(120, 500_000), declared: { crs: 'EPSG:4549' } },
  { title: 'EPSG:4528, with the zone', written: tmerc(120, 40_500_000), declared: { crs: 'EPSG:4528' } },
  {
    title: 'EPSG:4549 whose WKT names north first: x stays the easting',
    written: tmerc(120, 500_000),
    declared: { crs: northFirst },
  },
  {
    title: 'EPSG:4528 with X as north, as survey books write it',
    written: tmerc(120, 40_500_000),
    declared: { crs: 'EPSG:4528', swapAxes: true },
    swap: true,
  },
  { title: 'Suzhou 2000 without false easting', written: suzhou(0), declared: { crs: suzhou(0) } },
  {
    title: 'Suzhou 2000 in decimal degrees of meridian, north first',
    written: suzhou(500_000),
    declared: { crs: tmerc(120.783333333333, 500_000), swapAxes: true },
    swap: true,
  },
  {
    title: 'a city’s system with a scale and a shifted origin',
    written:
      '+proj=tmerc +lat_0=31 +lon_0=120.7 +k=1.00002 +x_0=50000 +y_0=20000 +ellps=GRS80 +units=m +no_defs',
    declared: {
      crs: '+proj=tmerc +lat_0=31 +lon_0=120d42 +k_0=1.00002 +x_0=50000 +y_0=20000 +ellps=GRS80 +units=m',
    },
  },
  {
    title: 'degrees, minutes and seconds in one number',
    written: LON_LAT,
    declared: { crs: 'EPSG:4490', degrees: 'd.mmss' },
    degrees: 'd.mmss',
  },
  { title: 'WGS 84', written: LON_LAT, declared: { crs: 'EPSG:4326' } },
  {
    title: 'a conic with two parallels',
    written: '+proj=lcc +lat_0=0 +lon_0=110 +lat_1=25 +lat_2=47 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs',
    declared: {
      crs: '+proj=lcc +lat_0=0 +lon_0=110 +lat_1=25 +lat_2=47 +x_0=0 +y_0=0 +ellps=GRS80 +units=m',
    },
  },
]

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const columns = { position: { x: 'X', y: 'Y' }, fields: { code: 'CODE' } }
  const table = (rows: readonly (readonly [string, number, number])[]): string =>
    ['CODE,X,Y', ...rows.map(row => row.join(','))].join('\n')
  const inProj = async (proj: string, [lon, lat]: readonly [number, number]): Promise<[number, number]> => {
    const [found] = await intake.db.query<{ x: number; y: number }>(
      `SELECT ST_X(p) AS x, ST_Y(p) AS y FROM (SELECT ST_Transform(ST_MakePoint($1, $2), $3, $4) AS p) t`,
      [lon, lat, LON_LAT, proj],
    )
    return [found!.x, found!.y]
  }

  describe('what PROJ writes in a system comes to stand where it is', () => {
    it.each(cases.map((each, n) => [each.title, each, n] as const))('%s', async (_title, each, n) => {
      const { written, declared, swap, degrees = 'decimal' } = each
      const codes = truth.map((_, i) => componentCode(n * 10 + i))
      const rows = []
      for (const [i, place] of truth.entries()) {
        const [x, y] = (await inProj(written, place)).map(value => packDegrees(degrees, value)) as [
          number,
          number,
        ]
        rows.push([codes[i]!, ...(swap ? [y, x] : [x, y])] as [string, number, number])
      }
      const { delivery, findings } = await intake.load(
        'components',
        { 'a.csv': table(rows) },
        { profile: { ...columns, ...declared } },
      )
      expect(findings.filter(found => found.code.startsWith('crs') || found.code.startsWith('hint'))).toEqual(
        [],
      )
      expect(delivery).toMatchObject({ state: 'published', counts: { accepted: 3, added: 3, refused: 0 } })
      const stood = await intake.db.query<{ code: string; lon: number; lat: number }>(
        'SELECT code, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM component WHERE district = $1 AND code = ANY($2) ORDER BY code',
        [HOME, codes],
      )
      expect(stood).toHaveLength(3)
      for (const [i, { lon, lat }] of stood.entries()) {
        expect(Math.abs(lon - truth[i]![0]) * 111_000).toBeLessThan(1e-3)
        expect(Math.abs(lat - truth[i]![1]) * 111_000).toBeLessThan(1e-3)
      }
    })
  })

  describe('an old datum', () => {
    const krass = '+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=krass +units=m'
    const load = (crs: string, first: number) =>
      intake.load(
        'components',
        { 'a.csv': table([[componentCode(first), 560_193, 3_466_000]]) },
        { profile: { ...columns, crs } },
      )

    it.each([
      ['Beijing 54 by its code', 'EPSG:2437', /2437.*Beijing/],
      ['Xian 80 by its code', 'EPSG:2385', /2385.*Xian/],
      ['Beijing 54 by name', '北京54', /北京54/],
      ['Xian 80 by name', 'Xian_1980_3_Degree_GK_CM_120E', /Xian/],
      ['its ellipsoid in a PROJ string', krass, /krass/],
    ])('is refused without parameters, and nothing is loaded: %s', async (_how, crs, named) => {
      const before = await holdings(intake.db)
      const { delivery, findings } = await load(crs, 900)
      expect(delivery).toMatchObject({ state: 'failed', counts: { accepted: 0 } })
      expect(findings).toMatchObject([{ code: 'crs.parameters' }])
      expect(sentence(findings[0]!, 'en')).toMatch(named)
      expect(await holdings(intake.db)).toEqual(before)
    })

    it('is taken with parameters, and moved by them', async () => {
      const towgs84 = '+towgs84=-15.8,154.4,82.3,0,0,0,0'
      const { delivery } = await load(`${krass} ${towgs84}`, 901)
      expect(delivery).toMatchObject({ state: 'published', counts: { accepted: 1 } })
      const at = async (code: string) =>
        (
          await intake.db.query<{ lon: number; lat: number }>(
            'SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM component WHERE district = $1 AND code = $2',
            [HOME, code],
          )
        )[0]!
      const shifted = await at(componentCode(901))
      await load(tmerc(120, 500_000), 902)
      const plain = await at(componentCode(902))
      const m = Math.hypot(
        (shifted.lon - plain.lon) * 111_195 * Math.cos((31.3 * Math.PI) / 180),
        (shifted.lat - plain.lat) * 111_195,
      )
      expect(m).toBeGreaterThan(50)
      expect(m).toBeLessThan(400)
    })
  })

  it('a projected system without place on earth is refused by name', async () => {
    const { findings } = await intake.load(
      'components',
      { 'a.csv': table([[componentCode(910), 1, 2]]) },
      { profile: { ...columns, crs: 'LOCAL_CS["工地坐标",LOCAL_DATUM["x",0],UNIT["metre",1]]' } },
    )
    expect(findings).toMatchObject([{ code: 'crs.unknown' }])
  })
})
