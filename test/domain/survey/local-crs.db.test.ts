/** A city's own coordinate system: fitted, used, and never told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCrs, fromLonLat } from '../../../gis/crs.ts'
import { listEvents } from '../../../src/core/journal.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { listAsOf } from '../../../src/domain/registry/store.ts'
import { withoutParameters } from '../../../src/domain/survey/crs-masking.ts'
import { deleteLocalCrs, fitLocalCrs, listLocalCrs } from '../../../src/domain/survey/local-crs.ts'
import { saveProfile } from '../../../src/domain/survey/saved-profiles.ts'
import { CrsFit, Profile } from '../../../src/domain/survey/schema.ts'
import { listProfiles } from '../../../src/domain/survey/store.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const base = findCrs('EPSG:4549')
if (!base.ok) throw new Error('EPSG:4549 is not known')
const project = fromLonLat(base.crs)
/** The secret: turned by 0.7 degrees, 12 ppm longer, moved by thousands of kilometres. */
const [angle, scale, dx, dy] = [0.0122173, 1.000012, -512_345.678, -3_401_234.567]
const local = (lon: number, lat: number): [number, number] => {
  const [x, y] = project(lon, lat)
  return [
    scale * (Math.cos(angle) * x - Math.sin(angle) * y) + dx,
    scale * (Math.sin(angle) * x + Math.cos(angle) * y) + dy,
  ]
}
const corners = [
  [120.6, 31.3],
  [120.62, 31.3],
  [120.62, 31.32],
  [120.6, 31.32],
] as const
const points = corners.map(([lon, lat], i) => {
  const [x, y] = local(lon, lat)
  const [toX, toY] = project(lon, lat)
  return { name: `控制点${i + 1}`, x, y, toX, toY }
})
type Point = (typeof points)[number]
const lonLat = [120.607_123_4, 31.308_765_4] as const

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
  const fitted = (name: string, over: object = {}) =>
    fitLocalCrs(intake.db, HOME, CrsFit.parse({ name, points, ...over }), 'account:surveyor')
  const deliver = (crs: string) => {
    const [x, y] = local(...lonLat)
    return intake.load(
      'components',
      {
        'a.geojson': featureCollection([
          {
            properties: { OBJCODE: componentCode(1), OBJNAME: '路灯' },
            geometry: { type: 'Point', coordinates: [x, y] },
          },
        ]),
      },
      { profile: { crs, fields: { code: 'OBJCODE', className: 'OBJNAME' } } },
    )
  }

  describe('a system fitted to control points', () => {
    it('says point by point how well it fits, and puts what is delivered in it where it is', async () => {
      const off = points.map((point, i) => (i === 0 ? { ...point, toX: point.toX + 0.08 } : point))
      const report = await fitted('吴中独立', { points: off })
      expect(report.residuals.map(each => each.point)).toEqual(points.map(each => each.name))
      expect(report.rmsM).toBeGreaterThan(0.01)
      expect(report.maxM).toBeLessThan(0.08)
      const exact = await fitted('吴中独立')
      expect(exact.maxM).toBeLessThan(1e-5)

      const { delivery, findings } = await deliver('local:吴中独立')
      expect(findings).toEqual([])
      expect(delivery.state).toBe('published')
      const [only] = await listAsOf(intake.db, scopeOf(HOME), 1, { after: null, limit: 2 })
      const at = only!.geometry.coordinates as [number, number]
      expect(Math.abs(at[0] - lonLat[0]) + Math.abs(at[1] - lonLat[1])).toBeLessThan(1e-8)
    })

    it('is refused by name where the district has none of that name', async () => {
      const { delivery, findings } = await deliver('local:别处')
      expect(delivery.state).toBe('failed')
      expect(findings).toMatchObject([{ code: 'crs.unknown', value: 'local:别处' }])
    })

    it('is not made of points in one place, nor tied to degrees', async () => {
      await expect(fitted('x', { points: [points[0], points[0]] })).rejects.toMatchObject({
        code: 'crs.fit',
        detail: { reason: 'points' },
      })
      for (const base of ['EPSG:4490', 'EPSG:1', 'nonsense'])
        await expect(fitted('x', { base })).rejects.toMatchObject({
          code: 'crs.fit',
          detail: { reason: 'base' },
        })
      expect((await listLocalCrs(intake.db, HOME)).map(each => each.name)).toEqual(['吴中独立'])
    })

    it.each([
      [
        'a point was copied wrongly',
        (p: Point, i: number) => (i === 0 ? { ...p, y: p.y + 3000 } : p),
        ['scale', 'residuals'],
      ],
      ['the units differ', (p: Point) => ({ ...p, x: p.x / 1000, y: p.y / 1000 }), ['scale']],
      ['the points lie elsewhere', (p: Point) => ({ ...p, toY: p.toY + 200_000 }), ['place']],
    ])('is reported and not kept where %s, unless that is accepted', async (_why, spoil, doubts) => {
      const before = await listLocalCrs(intake.db, HOME)
      const spoilt = points.map(spoil)
      const report = await fitted('可疑', { points: spoilt })
      expect(report).toMatchObject({ doubts, version: null })
      expect(report.residuals).toHaveLength(points.length)
      expect(await listLocalCrs(intake.db, HOME)).toEqual(before)
      const accepted = await fitted('可疑', { points: spoilt, accept: true })
      expect(accepted).toMatchObject({ doubts, version: expect.any(Number) })
      expect((await listEvents(intake.db, HOME, 0)).at(-1)).toMatchObject({
        kind: 'crs.fitted',
        data: { name: '可疑', version: accepted.version, doubts },
      })
      await deleteLocalCrs(intake.db, HOME, '可疑', 'account:surveyor')
    })

    it('keeps every fit, and a delivery says with which it was read', async () => {
      const first = await fitted('多次')
      expect((await deliver('local:多次')).delivery.crsVersion).toBe(first.version)
      const second = await fitted('多次')
      expect(second.version).toBe(first.version! + 1)
      expect((await listLocalCrs(intake.db, HOME)).find(each => each.name === '多次')).toMatchObject({
        version: second.version,
      })
      expect((await deliver('local:多次')).delivery.crsVersion).toBe(second.version)
      expect((await deliver('EPSG:4490')).delivery.crsVersion).toBe(null)
      await deleteLocalCrs(intake.db, HOME, '多次', 'account:surveyor')
      expect((await fitted('多次')).version).toBe(second.version! + 1)
      const kept = await intake.db.query('SELECT 1 FROM local_crs WHERE district = $1 AND name = $2', [
        HOME,
        '多次',
      ])
      expect(kept).toHaveLength(3)
      await deleteLocalCrs(intake.db, HOME, '多次', 'account:surveyor')
    })

    it('leaves neither points nor parameters in what is told of it', async () => {
      const told = JSON.stringify([
        await fitted('机密'),
        await listLocalCrs(intake.db, HOME),
        await listEvents(intake.db, HOME, 0),
        await intake.db.query('SELECT * FROM delivery'),
      ])
      expect(told).toMatch(/机密/)
      const secrets = [
        ...points.flatMap(({ x, y, toX, toY }) => [x, y, toX, toY]),
        ...(await intake.db.query<{ parameters: number[] }>('SELECT parameters FROM local_crs')).flatMap(
          row => row.parameters,
        ),
      ]
      expect(secrets.length).toBeGreaterThan(20)
      for (const secret of secrets) expect(told).not.toContain(String(secret).slice(0, 9))
    })

    it('is forgotten when it is deleted, which names who did it', async () => {
      await deleteLocalCrs(intake.db, HOME, '吴中独立', 'account:admin')
      expect((await deliver('local:吴中独立')).delivery.state).toBe('failed')
      await expect(deleteLocalCrs(intake.db, HOME, '吴中独立', 'account:admin')).rejects.toMatchObject({
        code: 'crs.unknown',
      })
      expect(
        (await listEvents(intake.db, HOME, 0)).filter(
          each => each.kind === 'crs.deleted' && each.data.name === '吴中独立',
        ),
      ).toMatchObject([{ actor: 'account:admin' }])
    })
  })

  describe('transformation parameters in a profile', () => {
    const values = '24.125,-123.375,-94.625,0.015,-0.025,0.035,1.125'
    const proj = `+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=krass +towgs84=${values} +units=m +no_defs`
    const system = findCrs(proj)
    if (!system.ok) throw new Error('the definition is not read')
    /** Apart from what was delivered before, so that nothing is taken for the same thing. */
    const there = [120.611_123_4, 31.312_765_4] as const
    const [x, y] = fromLonLat(system.crs)(...there)
    const files = (n: number) => ({
      'b.geojson': featureCollection([
        {
          properties: { OBJCODE: componentCode(n), OBJNAME: '路灯' },
          geometry: { type: 'Point', coordinates: [x, y] },
        },
      ]),
    })
    const fields = { code: 'OBJCODE', className: 'OBJNAME' }
    const secrets = values.split(',').filter(value => value.length > 5)
    const expectKept = (told: unknown) => {
      for (const secret of secrets) expect(JSON.stringify(told)).not.toContain(secret)
    }

    it('are used, and told neither in the delivery, the saved profile, the journal nor a finding', async () => {
      const { delivery, findings } = await intake.load('components', files(71), {
        profile: { crs: proj, fields },
      })
      expect(findings).toEqual([])
      expect(delivery).toMatchObject({ state: 'published', counts: { added: 1 } })
      const [row] = await intake.db.query<{ lon: number; lat: number }>(
        'SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat FROM component WHERE district = $1 AND code = $2',
        [HOME, componentCode(71)],
      )
      expect(Math.abs(row!.lon - there[0]) + Math.abs(row!.lat - there[1])).toBeLessThan(1e-8)
      await saveProfile(intake.db, HOME, '转换', delivery.profile!, 'account:contractor')
      await saveProfile(
        intake.db,
        HOME,
        '再次',
        Profile.parse({ kind: 'components', crs: proj, fields }),
        'account:contractor',
      )
      const saved = (await listProfiles(intake.db, HOME)).filter(({ name }) =>
        ['转换', '再次'].includes(name),
      )
      // those of the delivery are its sender's, those that were saved the district's
      expect(saved[0]!.profile.crs).toBe(saved[1]!.profile.crs)
      expect(saved[0]!.profile.crs).toMatch(/^\+proj=tmerc .*\+towgs84=#\d+ /)
      expect(saved[0]!.profile.crs).not.toBe(delivery.profile!.crs)
      expect(delivery.profile!.crs).toMatch(/^\+proj=tmerc .*\+towgs84=#\d+ /)
      expectKept([delivery, saved, await listEvents(intake.db, HOME, 0)])
    })

    it('are those stored where a profile comes back without them', async () => {
      const { profile } = (await listProfiles(intake.db, HOME)).find(each => each.name === '转换')!
      const again = await intake.load('components', files(71), { profile: { ...profile } })
      expect(again.delivery).toMatchObject({ counts: { unchanged: 1, changed: 0, added: 0 } })
      const none = await intake.load('components', files(72), {
        profile: { crs: proj.replace(values, '#99'), fields },
      })
      expect(none).toMatchObject({ delivery: { state: 'failed' }, findings: [{ code: 'crs.unknown' }] })
    })

    it('are not echoed where the system is not understood, nor where it is a transformation as a whole', async () => {
      for (const crs of [
        `+proj=nonsense +towgs84=${values}`,
        `PROJCS["x",GEOGCS["y",DATUM["z",SPHEROID["k",1,2],TOWGS84[${values}]]],PROJECTION["nonsense"]]`,
        `+proj=pipeline +step +proj=helmert +x=24.125 +y=-123.375 +z=-94.625`,
      ]) {
        const { delivery, findings } = await intake.load('components', files(73), {
          profile: { crs, fields },
        })
        expect(findings.map(found => found.code)).toEqual(['crs.unknown'])
        expectKept([delivery, findings, await listEvents(intake.db, HOME, 0)])
      }
      for (const text of [proj, `BOUNDCRS[SOURCECRS[...],ABRIDGEDTRANSFORMATION[PARAMETER["X",24.125]]]`])
        expectKept(withoutParameters(text))
      expect(withoutParameters('EPSG:4549')).toBe('EPSG:4549')
    })
  })
})
