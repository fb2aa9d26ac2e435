/**
 * Which area covers a point: our locator against PostGIS's bulk join by ST_Covers (areas outside, an index on the
 * points inside: so each area is prepared once; the other way round takes four times as long), against
 * which-polygon point by point, and a moved border against building everything anew. Interleaved, one thread
 * each; the answers of all three are compared first.
 *
 *   partition, points -> equal? -> ours | join | which-polygon | border | build | ours ... -> medians
 */
import whichPolygon from 'which-polygon'
import { buildLocator, type Locator } from '../../gis/locate.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { differences, fillCovers, LOWEST } from '../covers.ts'
import { type Measurement, median, timed } from '../measurement.ts'
import { type Partition, type Points, partition, pointsOn, randomFrom, stored } from '../partition.ts'
import { startPostgres } from '../postgres.ts'

export const measurement: Measurement = {
  about:
    'area of a point: one, many, after a border moved; against which-polygon, ST_Covers join, a full build',
  options: { points: 231_000, onShared: 10_000, areas: 269, verticesPerSide: 150, rounds: 5 },
  async run({ points = 0, onShared = 0, areas = 0, verticesPerSide = 0, rounds = 0 }, say) {
    const random = randomFrom(269)
    const ground = partition(areas, verticesPerSide, random)
    const shuffled = pointsOn(ground.areas, points, onShared, random)
    const inOrder = stored(shuffled)
    say(`${areas} areas, ${shuffled.lons.length} points`)
    const postgres = await startPostgres({
      settings: { work_mem: '64MB', max_parallel_workers_per_gather: '0' },
    })
    const db = openPostgres({ url: postgres.url, maxConnections: 1 })
    try {
      await fillCovers(db, ground.areas, inOrder)
      const { different, shared } = await differences(db, buildLocator(ground.areas), inOrder)
      if (different > 0) throw new Error(`${different} points differ from ST_Covers`)
      say(`all points have the areas ST_Covers gives them; ${shared} have several`)
      const query = whichPolygon(asCollection(ground))
      const times: Record<string, number>[] = []
      for (let round = 0; round < rounds; round++) {
        const { ms: buildMs, result: locator } = await timed(() => buildLocator(ground.areas))
        const bulk = await timed(() => locator.coveringEach(inOrder.lons, inOrder.lats))
        const anyOrder = await timed(() => locator.coveringEach(shuffled.lons, shuffled.lats))
        const single = await timed(() => eachAlone(shuffled, (lon, lat) => locator.covering(lon, lat)))
        const which = await timed(() => eachAlone(shuffled, (lon, lat) => query([lon, lat])?.i ?? -1))
        const join = await timed(() => db.query(LOWEST))
        await db.query('DROP TABLE found')
        times.push({
          buildMs,
          bulkMs: bulk.ms,
          anyOrderMs: anyOrder.ms,
          singleMs: single.ms,
          whichMs: which.ms,
          joinMs: join.ms,
          borderMs: moveBorders(locator, ground),
        })
        say(
          Object.entries(times.at(-1)!)
            .map(([name, ms]) => `${name} ${ms.toPrecision(3)}`)
            .join(', '),
        )
      }
      const of = (name: string) => median(times.map(t => t[name]!))
      const perS = (name: string) => (shuffled.lons.length / of(name)) * 1000
      return {
        peer: 'PostGIS ST_Covers join',
        ratio: of('bulkMs') / of('joinMs'),
        bulkTimes: of('joinMs') / of('bulkMs'),
        withBuildTimes: of('joinMs') / (of('bulkMs') + of('buildMs')),
        singleTimesWhichPolygon: of('whichMs') / of('singleMs'),
        borderTimesBuild: of('buildMs') / of('borderMs'),
        bulkPerS: perS('bulkMs'),
        anyOrderPerS: perS('anyOrderMs'),
        singlePerS: perS('singleMs'),
        whichPolygonPerS: perS('whichMs'),
        joinPerS: perS('joinMs'),
        buildMs: of('buildMs'),
        borderMs: of('borderMs'),
        differences: different,
      }
    } finally {
      await db.close()
      await postgres.stop()
    }
  },
}

/** Sums what is found, so that nothing can be left out. */
function eachAlone({ lons, lats }: Points, ask: (lon: number, lat: number) => number): number {
  let sum = 0
  for (let i = 0; i < lons.length; i++) sum += ask(lons[i]!, lats[i]!)
  return sum
}

/** Milliseconds for the border between two areas, which is two areas with another shape; the median of forty. */
function moveBorders(locator: Locator, { areas, moved }: Partition): number {
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    const first = (i * 7) % (areas.length - 1)
    const started = performance.now()
    for (const p of [first, first + 1]) locator.replace(p, moved[p]!.geometry)
    times.push(performance.now() - started)
    for (const p of [first, first + 1]) locator.replace(p, areas[p]!.geometry)
  }
  return median(times)
}

const asCollection = ({ areas }: Partition) => ({
  type: 'FeatureCollection' as const,
  features: areas.map(({ geometry }, i) => ({ type: 'Feature' as const, properties: { i }, geometry })),
})
