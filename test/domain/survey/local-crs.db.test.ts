/** A city's own coordinate system: fitted, used, and never told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCrs, fromLonLat } from '../../../gis/crs.ts'
import { listEvents } from '../../../src/core/journal.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { listAsOf } from '../../../src/domain/registry/store.ts'
import { deleteLocalCrs, fitLocalCrs, listLocalCrs } from '../../../src/domain/survey/local-crs.ts'
import { CrsFit } from '../../../src/domain/survey/schema.ts'
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
        (await listEvents(intake.db, HOME, 0)).filter(each => each.kind === 'crs.deleted'),
      ).toMatchObject([{ actor: 'account:admin', data: { name: '吴中独立' } }])
    })
  })
})
