/** Point location and ST_Covers on both engines, at a size for every change; scripts/soak/cover.ts has the full one. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildLocator } from '../../gis/locate.ts'
import { differences, fillCovers } from '../../scripts/covers.ts'
import { partition, pointsOn, randomFrom } from '../../scripts/partition.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())

  it('give every point the same set of areas, on shared edges too, also after every other border moved', async () => {
    const random = randomFrom(7)
    const ground = partition(269, 12, random)
    const probes = pointsOn(ground.areas, 4000, 2000, random)
    const locator = buildLocator(ground.areas)
    const now = [...ground.areas]
    for (const turn of ['as built', 'moved']) {
      await fillCovers(opened.db, now, probes)
      const { different, shared } = await differences(opened.db, locator, probes)
      await opened.db.script('DROP TABLE area; DROP TABLE point')
      expect([turn, different]).toEqual([turn, 0])
      expect(shared).toBeGreaterThan(500)
      for (let p = 0; p < now.length; p += 2) locator.replace(p, (now[p] = ground.moved[p]!).geometry)
    }
    // moved borders leave ground twice or not at all: had nothing moved, that would not have been tried
    const alone = buildLocator(ground.areas).coveringEach(probes.lons, probes.lats)
    expect(locator.coveringEach(probes.lons, probes.lats)).not.toEqual(alone)
  })
})
