import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

const line = (...coordinates: [number, number][]) => ({ type: 'LineString', coordinates })
const railing = (n: number, geometry: unknown) => ({
  properties: { OBJCODE: componentCode(n, '0408'), OBJNAME: '绿地护栏' },
  geometry,
})
const place = (name: string, geometry: unknown) => ({ properties: { name }, geometry })

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

  describe('lines and polygons that reach far out of the district', () => {
    it('are taken when a part of them is near it, and PostGIS says where they belong', async () => {
      const { delivery, findings } = await intake.load('components', {
        'railings.geojson': featureCollection([
          railing(1, line([BOX.east - 0.001, 31.31], [BOX.east + 0.1, 31.31])),
          // round a corner of the box, without touching the district
          railing(2, line([BOX.east - 0.02, BOX.north + 0.08], [BOX.east + 0.08, BOX.north - 0.019])),
          railing(3, line([BOX.east + 0.01, 31.31], [BOX.east + 0.1, 31.31])),
        ]),
      })
      expect(findings.map(found => [found.row, found.code])).toEqual([[3, 'position.outside']])
      expect(delivery).toMatchObject({ state: 'published', counts: { accepted: 2, refused: 1 } })
      const rows = await intake.db.query<{ code: string; area: string | null; reason: string | null }>(
        `SELECT c.code, g.code AS area, p.reason FROM component c
         JOIN placement p ON p.district = c.district AND p.component_id = c.id
         LEFT JOIN grid g ON g.district = c.district AND g.id = p.grid_id
         WHERE c.district = $1 ORDER BY c.code`,
        [HOME],
      )
      expect(rows).toEqual([
        { code: componentCode(1, '0408'), area: areaCode(3), reason: null },
        { code: componentCode(2, '0408'), area: null, reason: 'outside' },
      ])
    })

    it('are taken as places too: a lake whose middle is the neighbour’s', async () => {
      const lake = {
        type: 'Polygon',
        coordinates: [rectangle(BOX.east - 0.01, 31.31, BOX.east + 0.1, 31.33)],
      }
      const far = { type: 'Polygon', coordinates: [rectangle(BOX.east + 0.01, 31.31, BOX.east + 0.1, 31.33)] }
      const { delivery, findings } = await intake.load(
        'places',
        { 'waters.geojson': featureCollection([place('棠湖', lake), place('远湖', far)]) },
        { profile: { fields: { name: 'name' }, layers: { '*': { placeKind: 'water' } } } },
      )
      expect(findings.map(found => [found.row, found.code])).toEqual([[2, 'position.outside']])
      expect(delivery).toMatchObject({ state: 'published', counts: { added: 1, refused: 1 } })
    })

    it('do not make a point beyond the margin pass', async () => {
      const point = (lon: number) => ({ type: 'Point', coordinates: [lon, 31.31] })
      const { findings } = await intake.load('components', {
        'lamps.geojson': featureCollection(
          [BOX.east + 0.004, BOX.east + 0.006].map((lon, i) => ({
            properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯' },
            geometry: point(lon),
          })),
        ),
      })
      expect(findings.map(found => [found.row, found.code])).toEqual([
        [1, 'position.beyond-border'],
        [2, 'position.outside'],
      ])
    })
  })
})
