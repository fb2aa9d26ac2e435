/**
 * Point location held to ST_Covers at full size on both engines: every point, those on shared vertices and edges
 * too, must have the same set of areas; then half the borders move in the locator and in the database, and all
 * is compared again.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildLocator } from '../../gis/locate.ts'
import type { Db } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openEmbedded } from '../../src/core/db-pglite.ts'
import { differences, fillCovers } from '../covers.ts'
import type { Measurement } from '../measurement.ts'
import { partition, pointsOn, randomFrom } from '../partition.ts'
import { startPostgres } from '../postgres.ts'

/** Areas, and edges a side: as a pilot, and as a nation's villages are few. */
const GROUNDS = [
  [269, 150],
  [10_000, 128],
] as const

export const measurement: Measurement = {
  about: 'areas of points equal to ST_Covers on both engines, before and after borders move',
  options: { points: 231_000, onShared: 10_000, seed: 1, embedded: 1, postgres: 1 },
  async run({ points = 0, onShared = 0, seed = 1, embedded = 1, postgres = 1 }, say) {
    const figures: Record<string, number> = { compared: 0, shared: 0, different: 0 }
    const onEngine = async (name: string, db: Db) => {
      for (const [areas, perSide] of GROUNDS) {
        const random = randomFrom(seed + areas)
        const ground = partition(areas, perSide, random)
        const probes = pointsOn(ground.areas, points, onShared, random)
        const locator = buildLocator(ground.areas)
        const now = [...ground.areas]
        for (const turn of ['as built', 'after moves']) {
          await fillCovers(db, now, probes)
          const { different, shared } = await differences(db, locator, probes)
          await db.script('DROP TABLE area; DROP TABLE point')
          figures.compared! += probes.lons.length
          figures.shared! += shared
          figures.different! += different
          say(
            `${name}, ${areas} areas, ${turn}: ${different} of ${probes.lons.length} differ, ${shared} shared`,
          )
          for (let p = 0; p < areas; p += 2) locator.replace(p, (now[p] = ground.moved[p]!).geometry)
        }
      }
    }
    if (postgres) {
      const server = await startPostgres()
      const db = openPostgres({ url: server.url, maxConnections: 1 })
      await onEngine('PostgreSQL', db).finally(() => db.close().then(server.stop))
    }
    if (embedded) {
      const dir = await mkdtemp(join(tmpdir(), 'wangge-cover-'))
      const db = await openEmbedded(join(dir, 'db'))
      await onEngine('embedded', db).finally(() => db.close().then(() => rm(dir, { recursive: true })))
    }
    if (figures.different! > 0) throw new Error(`${figures.different} points differ`)
    return figures
  },
}
