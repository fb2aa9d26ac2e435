import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentence } from '../../../src/domain/survey/findings.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { areaCode, BOX, gridsGeojson, rectangle, squareDistrict } from '../../support/ground.ts'
import { type Intake, openIntake } from '../../support/intake.ts'

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
  const whole = rectangle(BOX.west, BOX.south, BOX.east, BOX.north)
  const load = (
    code: string,
    grids: ReturnType<typeof squareDistrict>,
    options: { replace?: boolean; partial?: boolean } = {},
  ) => intake.load('grids', { 'grids.geojson': gridsGeojson(grids) }, { district: code, options })
  const district = async (code: string) => {
    await intake.addDistrict({ code })
    expect((await load(code, squareDistrict([120.62, 120.64], code))).delivery.state).toBe('published')
  }
  /** Every grid that holds, with its parent, which holds too or is null. */
  const net = async (code: string) => {
    const rows = await intake.db.query<{ code: string; parent: string | null }>(
      `SELECT g.code, p.code AS parent FROM grid g
       LEFT JOIN grid p ON p.district = g.district AND p.id = g.parent_id AND p.closed_generation IS NULL
       WHERE g.district = $1 AND g.closed_generation IS NULL ORDER BY g.level, g.code`,
      [code],
    )
    return rows.map(row => [row.code, row.parent])
  }

  describe('a replacement that ends the parent of grids that stay', () => {
    it('is refused, naming grid and parent, and changes nothing; with partial too', async () => {
      const code = '320511'
      await district(code)
      const before = await net(code)
      const village = { level: 2, code: `${code}001002`, name: '河西村', ring: whole }
      for (const options of [{ replace: true }, { replace: true, partial: true }]) {
        const { delivery, findings } = await load(code, [village], options)
        expect(delivery.state).toBe('failed')
        expect(findings.map(found => [found.code, found.value, found.detail.grid])).toEqual(
          [1, 2, 3].map(n => ['grid.parent', `${code}001001`, areaCode(n, code)]),
        )
        expect(sentence(findings[0]!, 'en')).toBe(
          `Grid ${areaCode(1, code)} finds no parent grid ${code}001001`,
        )
        expect(await net(code)).toEqual(before)
      }
    })

    it('is published when the children come with it, and they belong to the new parent', async () => {
      const code = '320512'
      await district(code)
      const village = { level: 2, code: `${code}001002`, name: '河西村', ring: whole }
      // their codes begin with the village that ends, so they are linked by their ground
      const areas = squareDistrict([120.62, 120.64], code).filter(grid => grid.level === 3)
      const { delivery, findings } = await load(code, [village, ...areas], { replace: true })
      expect(findings).toEqual([])
      expect(delivery.state).toBe('published')
      expect(await net(code)).toEqual([
        [code, null],
        [`${code}001`, code],
        [village.code, `${code}001`],
        ...[1, 2, 3].map(n => [areaCode(n, code), village.code]),
      ])
    })

    it('is no matter where only grids without children end', async () => {
      const code = '320513'
      await district(code)
      const areas = squareDistrict([120.62, 120.64], code).filter(
        grid => grid.level === 3 && grid.code !== areaCode(3, code),
      )
      const { delivery, findings } = await load(code, areas, { replace: true })
      expect(findings).toEqual([])
      expect(delivery.state).toBe('published')
      expect((await net(code)).map(([grid]) => grid)).not.toContain(areaCode(3, code))
      expect((await net(code)).filter(([, parent]) => parent === null)).toEqual([[code, null]])
    })
  })
})
