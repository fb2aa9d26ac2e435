import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDelivery, folderOf } from '../../../src/domain/survey/commands.ts'
import { Profile } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

/** Things without codes, numbered from 1, from a longitude on. */
const numbered = (name: string, west: number, n = 4) =>
  featureCollection(
    Array.from({ length: n }, (_, i) => ({
      properties: { 序号: i + 1, 名称: name },
      geometry: { type: 'Point', coordinates: [west + i * 0.001, 31.31] },
    })),
  )

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
  const load = async (content: string, contractor: string | null, actor = 'account:admin') => {
    const delivery = await createDelivery(intake.db, {
      district: HOME,
      kind: 'components',
      name: 'numbered',
      contractor,
      profile: Profile.parse({
        kind: 'components',
        fields: { sourceId: '序号', className: '名称' },
      }),
      actor,
    })
    await intake.house.files.put(folderOf(delivery), 'points.geojson', Readable.from([content]), 1e6)
    const ended = await intake.run(delivery)
    expect(ended.delivery.state).toBe('published')
    return ended.delivery.counts
  }
  const current = () =>
    intake.db.query<{ key: string; class: string; lon: number }>(
      `SELECT key, class, ST_X(geom) AS lon FROM component WHERE district = $1 AND closed_version IS NULL ORDER BY key`,
      [HOME],
    )

  describe('running numbers', () => {
    it('of two contractors are two: neither overwrites what the other counted', async () => {
      expect(await load(numbered('路灯', 120.61), '甲测绘')).toMatchObject({ added: 4, changed: 0 })
      expect(await load(numbered('电话亭', 120.65), '乙测绘')).toMatchObject({ added: 4, changed: 0 })
      const rows = await current()
      expect(rows).toHaveLength(8)
      expect(rows.filter(row => row.lon < 120.62)).toHaveLength(4)
      expect(new Set(rows.map(row => row.class)).size).toBe(2)
    })

    it('of one contractor are the same things again, whoever sends them and however the name is spaced', async () => {
      expect(await load(numbered('路灯', 120.61), '甲测绘')).toMatchObject({ unchanged: 4, added: 0 })
      expect(await load(numbered('路灯', 120.61), ' 甲测绘 ', 'account:other')).toMatchObject({
        unchanged: 4,
        added: 0,
      })
      expect(await load(numbered('路灯', 120.6101), '甲测绘')).toMatchObject({ changed: 4, added: 0 })
      expect(await current()).toHaveLength(8)
    })

    it('of deliveries that name no contractor are the account’s, or those of this machine', async () => {
      expect(await load(numbered('路灯', 120.63), null, 'account:jia')).toMatchObject({ added: 4 })
      expect(await load(numbered('路灯', 120.64), null, 'account:yi')).toMatchObject({ added: 4 })
      expect(await load(numbered('路灯', 120.63), null, 'account:jia')).toMatchObject({ unchanged: 4 })
      expect(await load(numbered('路灯', 120.655), null, 'local:one')).toMatchObject({ added: 4 })
      expect(await load(numbered('路灯', 120.655), null, 'local:two')).toMatchObject({ unchanged: 4 })
      expect(await current()).toHaveLength(20)
    })
  })
})
