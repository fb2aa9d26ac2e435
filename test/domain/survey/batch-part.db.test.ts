/** Where the rows of a delivery land: many in tables of their own, few in the shared ones, whatever the format. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SQUARE, squareComponents, squareGrids } from '../../../scripts/square.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection } from '../../support/ground.ts'
import { type Intake, openIntake } from '../../support/intake.ts'
import { table, xlsxBytes } from './readers/build-xlsx.ts'

const profile = { crs: 'EPSG:4490', codeProfile: 'any', fields: { code: 'OBJCODE', className: 'OBJNAME' } }

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: SQUARE })
    await intake.load('grids', { 'grids.geojson': squareGrids() }, { district: SQUARE })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const load = async (files: Record<string, string | Uint8Array>, more: Record<string, unknown> = {}) => {
    const how = { district: SQUARE, profile: { ...profile, ...more } }
    const { delivery } = await intake.load('components', files, how)
    expect(delivery).toMatchObject({ state: 'published', counts: { refused: 0 } })
    const [batch] = await intake.db.query<{ part: number; rows: number }>(
      `SELECT b.part, (SELECT count(*)::int FROM component c WHERE c.district = b.district AND c.part = b.part AND c.batch = b.no) AS rows
       FROM batch b WHERE b.district = $1 AND b.no = $2`,
      [SQUARE, delivery.batchNo],
    )
    return batch!
  }
  let serial = 500_000
  /** Long notes make few rows large. */
  const rows = (count: number, note = ''): string[][] =>
    Array.from({ length: count }, () => [
      componentCode(++serial),
      '路灯',
      `${120.6011 + (serial % 700) * 0.0001}`,
      `${31.3011 + Math.floor((serial % 490_000) / 700) * 0.0001}`,
      note,
    ])
  const header = ['OBJCODE', 'OBJNAME', 'X', 'Y', 'NOTE']
  const csv = (all: readonly string[][]) => [header, ...all].map(row => row.join()).join('\n')

  it('few share the tables of all, also where the format does not say how many they are', async () => {
    const geojson = (all: readonly string[][]) =>
      featureCollection(
        all.map(([OBJCODE, OBJNAME, x, y]) => ({
          properties: { OBJCODE, OBJNAME },
          geometry: { type: 'Point', coordinates: [Number(x), Number(y)] },
        })),
      )
    const long = '很长的备注'.repeat(200)
    expect([
      await load({ 'a.csv': csv(rows(40)) }),
      await load({ 'b.csv': csv(rows(400, long)) }),
      await load({ 'c.xlsx': await xlsxBytes([table([header, ...rows(300)])]) }),
      await load({ 'd.geojson': geojson(rows(30)) }),
      await load({ 'e.csv': csv(rows(5)), 'f.xlsx': await xlsxBytes([table([header, ...rows(5)])]) }),
    ]).toEqual([40, 400, 300, 30, 10].map(n => ({ part: 0, rows: n })))
  })

  it('many have tables of their own', async () => {
    const wkt = { position: { wkt: 'WKT' } }
    const first = await load({ 'g.csv': squareComponents(1, 22_000) }, wkt)
    expect(first).toMatchObject({ rows: 22_000 })
    expect(first.part).toBeGreaterThan(0)
    const book = await xlsxBytes([table([header, ...rows(21_000)])])
    const second = await load({ 'h.xlsx': book })
    expect(second.part).toBeGreaterThan(first.part)
  })
})
