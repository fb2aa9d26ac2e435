/** The atlas as it was at the end of an earlier day. */
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tileAt } from '../../../gis/mercator.ts'
import { openReactions, type Reactions } from '../../../src/core/reactions.ts'
import { type Atlas, openAtlas } from '../../../src/domain/atlas/atlas.ts'
import { openTiles } from '../../../src/domain/atlas/tiles.ts'
import { where } from '../../../src/domain/atlas/where.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'
import { decode } from '../../tiles/decode.ts'

const HERE = [120.601, 31.31] as const

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let atlas: Atlas
  let reactions: Reactions

  /** So many lamps, all of which are delivered again with those before. */
  const lamps = async (n: number) => {
    const { delivery } = await intake.load('components', {
      'lamps.geojson': featureCollection(
        Array.from({ length: n }, (_, i) => ({
          properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯' },
          geometry: { type: 'Point', coordinates: [HERE[0] + i * 0.0001, HERE[1]] },
        })),
      ),
    })
    expect(delivery.state).toBe('published')
  }
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await lamps(3)
    await lamps(5)
    // the first a second before midnight in China, the second at midnight
    const at = (no: number, moment: string) =>
      opened.db.query('UPDATE registry_version SET published_at = $3 WHERE district = $1 AND no = $2', [
        HOME,
        no,
        new Date(moment),
      ])
    await at(1, '2024-03-01T15:59:59Z')
    await at(2, '2024-03-02T16:00:00Z')
    await opened.db.query('UPDATE grid_generation SET published_at = $2 WHERE district = $1', [
      HOME,
      new Date('2024-02-10T00:00:00Z'),
    ])
    const log = pino({ level: 'silent' })
    reactions = await openReactions(opened.db, log)
    atlas = openAtlas(opened.db, log, { reactions })
  })
  afterAll(async () => {
    await atlas?.stop()
    await reactions?.stop()
    await intake?.close()
    await opened?.close()
  })

  describe('an earlier day', () => {
    it.each([
      ['2024-02-29', 0, 0],
      ['2024-03-01', 1, 3],
      ['2024-03-02', 1, 3],
      ['2024-03-03', 2, 5],
    ])('%s is told as it was at its end in China', async (day, version, components) => {
      const model = await atlas.asOf(HOME, day)
      expect([model.registryVersion, model.components.n]).toEqual([version, components])
    })
    it('knows which ground was whose then, and that there was none before', async () => {
      const verdict = async (day: string) =>
        where(await atlas.asOf(HOME, day), scopeOf(HOME), ...HERE).verdict
      expect(await verdict('2024-02-10')).toBe('inside')
      expect(await verdict('2024-02-09')).toBe('outside')
    })
    it('has its own tiles and ETags, the same for days between which nothing changed', async () => {
      const tiles = openTiles()
      const tile = async (day: string) => {
        const model = await atlas.asOf(HOME, day)
        return tiles.tile(model, scopeOf(HOME), 'components', 15, ...tileAt(...HERE, 15), {})
      }
      const [first, second, third] = [
        await tile('2024-03-01'),
        await tile('2024-03-02'),
        await tile('2024-03-03'),
      ]
      expect(decode(gunzipSync(first.bytes!)).components).toHaveLength(3)
      expect(decode(gunzipSync(third.bytes!)).components).toHaveLength(5)
      expect(second.etag).toBe(first.etag)
      expect(third.etag).not.toBe(first.etag)
      expect((await tile('2024-02-29')).bytes).toBeNull()
    })
    it('is kept while it is asked for, and is today where nothing changed since', async () => {
      expect(await atlas.asOf(HOME, '2024-03-01')).toBe(await atlas.asOf(HOME, '2024-03-02'))
      expect(await atlas.asOf(HOME, '2024-03-03')).toBe(await atlas.get(HOME))
      expect(await atlas.asOf(HOME, '2999-01-01')).toBe(await atlas.get(HOME))
      const kept = await atlas.asOf(HOME, '2024-03-01')
      await atlas.asOf(HOME, '2024-02-29')
      await atlas.asOf(HOME, '2024-01-01')
      expect(await atlas.asOf(HOME, '2024-03-01')).not.toBe(kept)
    })
    it('of an unknown district is refused', async () => {
      await expect(atlas.asOf('999999', '2024-03-01')).rejects.toMatchObject({ code: 'district.unknown' })
    })
  })
})
