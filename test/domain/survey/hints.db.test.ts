/**
 * Hints on coordinates over the pilot district: the same components written and declared in many ways. What was
 * misread is named with what would put it right; what lies well is left alone.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCrs, fromLonLat } from '../../../gis/crs.ts'
import { type DegreesNotation, packDegrees } from '../../../gis/packed-degrees.ts'
import type { Finding } from '../../../src/domain/survey/findings.ts'
import { sentence } from '../../../src/domain/survey/findings.ts'
import { inspect } from '../../../src/domain/survey/inspect.ts'
import { toldHints } from '../../../src/domain/survey/telling.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { featureCollection } from '../../support/ground.ts'
import { type Intake, openIntake } from '../../support/intake.ts'
import { pilotFiles } from '../../support/served.ts'

const SUZHOU = '+proj=tmerc +lat_0=0 +lon_0=120d47 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs'
const FIRST = '320599'
const SECOND = '320598'

interface Thing {
  code: string
  class: string
  lon: number
  lat: number
}
interface Written {
  crs: string
  swap?: boolean
  degrees?: DegreesNotation
  digits?: number
  eastM?: number
  /** Codes nobody has seen. */
  strange?: boolean
}

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let things: Thing[]
  let components: string[]

  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    const dir = await pilotFiles({ components: 3000, unclaimed: 4 })
    components = readdirSync(join(dir, 'components'))
      .sort()
      .map(file => join(dir, 'components', file))
    // a district with all it has, and one with no component and no street: grids alone
    for (const district of [FIRST, SECOND]) {
      await intake.addDistrict({ code: district })
      await intake.load('classes', [join(dir, 'classes.csv')], { district })
    }
    await intake.load('grids', [join(dir, 'grids.zip')], { district: FIRST })
    await intake.load('places', [join(dir, 'places.zip')], { district: FIRST })
    const [border] = await intake.db.query<{ geometry: string }>(
      'SELECT ST_AsGeoJSON(geom, 9) AS geometry FROM grid WHERE district = $1 AND level = 0',
      [FIRST],
    )
    const geometry = JSON.parse(border!.geometry)
    await intake.load(
      'grids',
      { 'border.geojson': featureCollection([{ properties: { code: SECOND, name: '邻区' }, geometry }]) },
      {
        district: SECOND,
        profile: { layers: { '*': { level: 0, fields: { code: 'code', name: 'name' } } } },
      },
    )
  }, 120_000)
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })

  const hintsOf = (findings: readonly Finding[]) => findings.filter(each => each.code.startsWith('hint.'))

  it('are none when the pilot is loaded as it is, street by street and component by component', async () => {
    const { delivery, findings } = await intake.load('components', components, { district: FIRST })
    expect(hintsOf(findings)).toEqual([])
    expect(findings.filter(each => each.row === null)).toEqual([])
    expect(delivery.state).toBe('published')
    things = await intake.db.query<Thing>(
      `SELECT code, class, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM component
       WHERE district = $1 AND code IS NOT NULL AND GeometryType(geom) = 'POINT' ORDER BY code`,
      [FIRST],
    )
    expect(things.length).toBeGreaterThan(2000)
  })

  const system = (stated: string) => {
    const answer = findCrs(stated)
    if (!answer.ok) throw new Error(stated)
    return answer.crs
  }
  function written({ crs, swap, degrees = 'decimal', digits = 8, eastM = 0, strange }: Written): string {
    const project = fromLonLat(system(crs))
    const lines = things.map((thing, i) => {
      const lon = thing.lon + eastM / (111_195 * Math.cos((thing.lat * Math.PI) / 180))
      const xy = project(lon, thing.lat).map(each => packDegrees(degrees, each).toFixed(digits))
      const code = strange ? `${thing.code.slice(0, 10)}9${String(i).padStart(5, '0')}` : thing.code
      return [code, thing.class, ...(swap ? xy.reverse() : xy)].join(',')
    })
    return ['标识码,类别代码,X,Y', ...lines].join('\n')
  }
  async function look(how: Written, declared: Record<string, unknown>, district = FIRST) {
    const profile = {
      position: { x: 'X', y: 'Y' },
      fields: { code: '标识码', classCode: '类别代码' },
      ...declared,
    }
    const sent = await intake.send('components', { 'a.csv': written(how) }, { district, profile })
    const { hints } = await inspect(intake.house, sent, sent.profile)
    return hints.map(({ finding, change, sample, before, after }) => ({
      code: finding.code,
      change,
      before: before / sample,
      after: after === null ? null : after / sample,
      detail: finding.detail,
      says: sentence(finding, 'zh'),
    }))
  }

  describe('a delivery that is looked into', () => {
    it.each<[Written, Record<string, unknown>]>([
      [{ crs: 'EPSG:4549' }, { crs: 'EPSG:4549' }],
      [{ crs: 'EPSG:4528', strange: true }, { crs: 'EPSG:4528' }],
      [{ crs: 'EPSG:4490', strange: true }, { crs: 'EPSG:4490' }],
      [{ crs: 'GCJ-02', strange: true }, { crs: 'GCJ-02' }],
      [{ crs: 'BD-09' }, { crs: 'BD-09' }],
      [
        { crs: SUZHOU, swap: true, digits: 3, strange: true },
        { crs: SUZHOU, swapAxes: true },
      ],
      [
        { crs: 'EPSG:4490', degrees: 'd.mmss' },
        { crs: 'EPSG:4490', degrees: 'd.mmss' },
      ],
    ])('and lies well brings no hint: %o', async (how, declared) => {
      expect(await look(how, declared)).toEqual([])
    })

    it.each<[title: string, Written, Record<string, unknown>, code: string, change: Record<string, unknown>]>(
      [
        [
          'north first',
          { crs: 'EPSG:4549', swap: true },
          { crs: 'EPSG:4549' },
          'hint.swapped',
          { swapAxes: true },
        ],
        [
          'a zone too many',
          { crs: 'EPSG:4528' },
          { crs: 'EPSG:4549' },
          'hint.zone-prefix',
          { crs: 'EPSG:4528' },
        ],
        ['no zone', { crs: 'EPSG:4549' }, { crs: 'EPSG:4528' }, 'hint.zone-prefix', { crs: 'EPSG:4549' }],
        ['117 for 120', { crs: 'EPSG:4549' }, { crs: 'EPSG:4548' }, 'hint.meridian', { crs: 'EPSG:4549' }],
        [
          'metres in degrees',
          { crs: 'EPSG:4549' },
          { crs: 'EPSG:4326' },
          'hint.system',
          { crs: 'EPSG:4549' },
        ],
        [
          'seconds as decimals',
          { crs: 'EPSG:4490', degrees: 'd.mmss' },
          { crs: 'EPSG:4490' },
          'hint.degrees',
          { degrees: 'd.mmss' },
        ],
        [
          'no word on the system, north first',
          { crs: 'EPSG:4528', swap: true },
          {},
          'hint.swapped',
          { crs: 'EPSG:4528', swapAxes: true },
        ],
        ['no word on the system', { crs: 'EPSG:4549' }, {}, 'hint.undeclared', { crs: 'EPSG:4549' }],
        [
          'no word on the system, latitude first',
          { crs: 'EPSG:4490', swap: true },
          {},
          'hint.swapped',
          { crs: 'EPSG:4490', swapAxes: true },
        ],
      ],
    )(
      'with %s is told what would put it right, which then does',
      async (_title, how, declared, code, change) => {
        const [hint, ...more] = await look(how, declared)
        expect(more).toEqual([])
        expect(hint).toMatchObject({ code, change })
        expect(hint!.says).toContain(code === 'hint.swapped' ? 'X、Y 似乎颠倒' : '')
        expect(hint!.says).not.toMatch(/不像 -|[{}]/)
        expect(hint!.before).toBeLessThan(0.05)
        expect(hint!.after).toBeGreaterThan(0.98)
        expect(await look(how, { ...declared, ...change })).toEqual([])
      },
    )

    it('about another meridian is told which: 120°47′ for 120°', async () => {
      const [hint, ...more] = await look({ crs: SUZHOU }, { crs: 'EPSG:4549' })
      expect(more).toEqual([])
      expect(hint).toMatchObject({
        code: 'hint.meridian',
        detail: { meridian: '120°47′', declaredMeridian: '120°' },
      })
      expect(hint!.says).toContain('中央经线似乎是 120°47′，不是 120°')
      expect(await look({ crs: SUZHOU }, { crs: hint!.change!.crs })).toEqual([])
    })

    const shifted = (name: 'GCJ-02' | 'BD-09', declared: string, strange: boolean) =>
      look({ crs: name, strange }, { crs: declared })

    it.each([
      ['GCJ-02', 440, 500],
      ['BD-09', 1000, 1250],
    ] as const)(
      'and looks like %s is told so with the size, by codes and by streets',
      async (name, from, to) => {
        for (const [strange, against, sure] of [
          [false, 'registry', 'certain'],
          [true, 'streets', 'likely'],
        ] as const) {
          const [hint, ...more] = await shifted(name, 'EPSG:4490', strange)
          expect(more).toEqual([])
          expect(hint).toMatchObject({
            code: 'hint.offset',
            change: { crs: name },
            detail: { system: name, against, sure },
          })
          expect(hint!.detail.m).toBeGreaterThan(from)
          expect(hint!.detail.m).toBeLessThan(to)
          expect(hint!.after).toBeGreaterThan(hint!.before)
          // where GCJ-02 puts Suzhou: to the east, and to the south
          expect(Math.sign(Number(hint!.detail.east))).toBe(1)
        }
      },
    )

    it('is told by the border alone where nothing else is known, as possible', async () => {
      const [hint] = await look({ crs: 'BD-09', strange: true }, { crs: 'EPSG:4490' }, SECOND)
      expect(hint).toMatchObject({
        code: 'hint.offset',
        detail: { against: 'border', sure: 'possible', system: 'BD-09' },
      })
      expect(await look({ crs: 'EPSG:4490', strange: true }, { crs: 'EPSG:4490' }, SECOND)).toEqual([])
    })

    it('declared as GCJ-02 though it is not shifted is told so', async () => {
      for (const strange of [false, true])
        expect(await look({ crs: 'EPSG:4490', strange }, { crs: 'GCJ-02' })).toMatchObject([
          { code: 'hint.unshifted', change: { crs: 'EPSG:4490' } },
        ])
    })

    it('that was shifted and then projected is told, and has nothing to be written', async () => {
      const project = fromLonLat(system('EPSG:4549'))
      const shift = fromLonLat(system('GCJ-02'))
      const lines = things.map(({ code, class: of, lon, lat }) =>
        [code, of, ...project(...shift(lon, lat))].join(','),
      )
      const sent = await intake.send(
        'components',
        { 'a.csv': ['标识码,类别代码,X,Y', ...lines].join('\n') },
        {
          district: FIRST,
          profile: {
            crs: 'EPSG:4549',
            position: { x: 'X', y: 'Y' },
            fields: { code: '标识码', classCode: '类别代码' },
          },
        },
      )
      const { hints } = await inspect(intake.house, sent, sent.profile)
      expect(hints).toMatchObject([{ finding: { code: 'hint.offset-projected' }, change: null }])
    })

    it('that lies steadily elsewhere than the registry is told by how much, from some metres on', async () => {
      const [hint, ...more] = await look({ crs: 'EPSG:4549', eastM: 12 }, { crs: 'EPSG:4549' })
      expect(more).toEqual([])
      expect(hint).toMatchObject({ code: 'hint.shift', change: null, detail: { sure: 'certain' } })
      expect(hint!.detail.east).toBeCloseTo(12, 0)
      expect(hint!.detail.north).toBeCloseTo(0, 0)
      expect(await look({ crs: 'EPSG:4549', eastM: 1 }, { crs: 'EPSG:4549' })).toEqual([])
    })

    describe('and tells too little', () => {
      /** Lamps in a row along one street: 1.5 km of what is there, with codes nobody has seen. */
      const rowOfLamps = (n: number, crs: string) => {
        const { lon, lat } = things[0]!
        const project = fromLonLat(system(crs))
        const rows = Array.from({ length: n }, (_, i) => [
          `${FIRST}0118${String(800_000 + i)}`,
          '0118',
          ...project(lon + i * 1e-4, lat + i * 1e-6),
        ])
        return ['标识码,类别代码,X,Y', ...rows.map(row => row.join(','))].join('\n')
      }
      async function told(file: string, district = FIRST) {
        const profile = {
          crs: 'EPSG:4490',
          position: { x: 'X', y: 'Y' },
          fields: { code: '标识码', classCode: '类别代码' },
        }
        const sent = await intake.send('components', { 'a.csv': file }, { district, profile })
        return toldHints((await inspect(intake.house, sent, sent.profile)).hints, 'zh')
      }

      it.each([
        [150, 'narrow', '点集中在一处'],
        [40, 'few', '点太少'],
      ] as const)(
        'of %s lamps along one street is said for information, shifted or not',
        async (n, reason, says) => {
          for (const crs of ['EPSG:4490', 'GCJ-02'])
            expect(await told(rowOfLamps(n, crs))).toMatchObject([
              { code: 'hint.unjudged', severity: 'info', change: null, detail: { reason, sample: n } },
            ])
          expect((await told(rowOfLamps(n, 'EPSG:4490')))[0]!.message).toContain(says)
        },
      )

      it('of things whose codes the registry has, nothing is said, however few and near', async () => {
        const [first] = things
        const near = things
          .toSorted(
            (a, b) =>
              Math.hypot(a.lon - first!.lon, a.lat - first!.lat) -
              Math.hypot(b.lon - first!.lon, b.lat - first!.lat),
          )
          .slice(0, 8)
        const rows = near.map(thing => [thing.code, thing.class, thing.lon, thing.lat].join(','))
        expect(await told(['标识码,类别代码,X,Y', ...rows].join('\n'))).toEqual([])
      })

      it('is no finding of its load', async () => {
        const profile = {
          crs: 'EPSG:4490',
          position: { x: 'X', y: 'Y' },
          fields: { code: '标识码', classCode: '类别代码' },
        }
        const { findings } = await intake.load(
          'components',
          { 'a.csv': rowOfLamps(40, 'EPSG:4490') },
          { district: FIRST, profile },
        )
        expect(hintsOf(findings)).toEqual([])
      })
    })

    it('that was cut to two decimals is told the step, and has nothing to be written', async () => {
      const hints = await look({ crs: 'EPSG:4490', digits: 2 }, { crs: 'EPSG:4490' })
      expect(hints).toMatchObject([{ code: 'hint.coarse', change: null, detail: { step: '0.01°', m: 1112 } }])
    })
  })

  it('are among the findings of a load that was not looked into, beside those of its rows', async () => {
    const how = { position: { x: 'X', y: 'Y' }, fields: { code: '标识码', classCode: '类别代码' } }
    const load = (file: string, crs: string) =>
      intake.load('components', { 'a.csv': file }, { district: FIRST, profile: { ...how, crs } })
    const swapped = await load(written({ crs: 'EPSG:4549', swap: true }), 'EPSG:4549')
    expect(swapped.delivery.state).toBe('failed')
    expect(hintsOf(swapped.findings)).toMatchObject([{ code: 'hint.swapped', row: null, file: 'a.csv' }])
    const web = await load(written({ crs: 'GCJ-02' }), 'EPSG:4490')
    expect(hintsOf(web.findings)).toMatchObject([{ code: 'hint.offset', detail: { against: 'registry' } }])
    // nothing was undone by itself
    const [first] = await intake.db.query<{ m: number }>(
      `SELECT ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint($3, $4), 4490)::geography) AS m FROM component
       WHERE district = $1 AND code = $2 ORDER BY batch DESC LIMIT 1`,
      [FIRST, things[0]!.code, things[0]!.lon, things[0]!.lat],
    )
    expect(first!.m).toBeGreaterThan(400)
  })
})
