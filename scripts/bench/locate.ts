/**
 * Which area covers each of many points: our locator, built anew each time, against PostGIS's bulk join by
 * ST_Covers (areas outside, an index on the points inside: so each area is prepared once; the other way round
 * takes four times as long). Interleaved, one thread each, the same answers demanded.
 *
 *   wiggly partition, points shuffled  ->  ours | peer | ours | peer ...  ->  medians
 */
import type { PolygonGeometry } from '../../gis/geometry.ts'
import { buildLocator } from '../../gis/locate.ts'
import type { Db } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { type Measurement, median, timed } from '../measurement.ts'
import { startPostgres } from '../postgres.ts'

const [WEST, SOUTH, EAST, NORTH] = [120.4, 31.1, 120.55, 31.25]
type Corner = [lon: number, lat: number]

/** The lowest area of every point that any covers. */
const JOIN = `CREATE TABLE found AS
  SELECT p.i, min(a.i) AS area FROM area a JOIN point p ON ST_Covers(a.geom, p.geom) GROUP BY p.i`

export const measurement: Measurement = {
  about: 'area of each point: raster and edges against PostGIS ST_Covers join',
  options: { points: 231_000, areas: 269, verticesPerSide: 150, rounds: 5 },
  async run({ points = 0, areas = 0, verticesPerSide = 0, rounds = 0 }, say) {
    const random = randomFrom(269)
    const polygons = partition(areas, verticesPerSide, random)
    const lons = Float64Array.from({ length: points }, () => WEST + random() * (EAST - WEST))
    const lats = Float64Array.from({ length: points }, () => SOUTH + random() * (NORTH - SOUTH))
    say(`${polygons.length} areas, ${points} points`)
    const postgres = await startPostgres({
      settings: { work_mem: '64MB', max_parallel_workers_per_gather: '0' },
    })
    const db = openPostgres({ url: postgres.url, maxConnections: 1 })
    try {
      await fill(db, polygons, lons, lats)
      const times: { buildMs: number; ourMs: number; peerMs: number }[] = []
      for (let round = 0; round < rounds; round++) {
        const { ms: buildMs, result: locator } = await timed(() => buildLocator(polygons))
        const ours = await timed(() => Int32Array.from(lons, (lon, i) => locator.covering(lon, lats[i]!)))
        const { ms: peerMs } = await timed(() => db.query(JOIN))
        times.push({ buildMs, ourMs: ours.ms, peerMs })
        say(
          `ours ${ours.ms.toFixed(0)} ms and ${buildMs.toFixed(0)} ms to build, the join ${peerMs.toFixed(0)} ms`,
        )
        const theirs = await db.query<{ i: number; area: number }>('SELECT * FROM found')
        const found = new Int32Array(points).fill(-1)
        for (const { i, area } of theirs) found[i] = area
        const differences = ours.result.reduce((n, area, i) => n + (area === found[i] ? 0 : 1), 0)
        if (differences > 0) throw new Error(`${differences} points differ from ST_Covers`)
        await db.query('DROP TABLE found')
      }
      const [locateMs, buildMs, peerMs] = [
        median(times.map(t => t.ourMs)),
        median(times.map(t => t.buildMs)),
        median(times.map(t => t.peerMs)),
      ]
      return {
        peer: 'PostGIS ST_Covers join',
        ratio: (buildMs + locateMs) / peerMs,
        locateMs,
        buildMs,
        peerMs,
        pointsPerS: (points / locateMs) * 1000,
        peerPointsPerS: (points / peerMs) * 1000,
        differences: 0,
      }
    } finally {
      await db.close()
      await postgres.stop()
    }
  },
}

async function fill(
  db: Db,
  polygons: readonly { geometry: PolygonGeometry }[],
  lons: Float64Array,
  lats: Float64Array,
) {
  await db.script(
    'CREATE TABLE area (i int, geom geometry(Polygon, 4490)); CREATE TABLE point (i int, geom geometry(Point, 4490))',
  )
  await db.query(
    'INSERT INTO area SELECT i - 1, ST_SetSRID(ST_GeomFromGeoJSON(g), 4490) FROM unnest($1::text[]) WITH ORDINALITY u(g, i)',
    [polygons.map(polygon => JSON.stringify(polygon.geometry))],
  )
  await db.query(
    `INSERT INTO point SELECT i - 1, ST_SetSRID(ST_Point(x, y), 4490)
     FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY u(x, y, i)`,
    [[...lons], [...lats]],
  )
  await db.query('CREATE INDEX ON point USING gist (geom)')
  for (const table of ['area', 'point']) await db.query(`VACUUM ANALYZE ${table}`)
}

/** A lattice of areas that share their wiggly borders to the last bit. */
function partition(count: number, perSide: number, random: () => number): { geometry: PolygonGeometry }[] {
  const columns = Math.ceil(Math.sqrt(count))
  const rows = Math.ceil(count / columns)
  const [width, height] = [(EAST - WEST) / columns, (NORTH - SOUTH) / rows]
  const wiggle = 0.15
  const shift = (i: number, last: number) => (i === 0 || i === last ? 0 : (random() - 0.5) * wiggle)
  const corners = Array.from({ length: rows + 1 }, (_, r) =>
    Array.from(
      { length: columns + 1 },
      (_, c): Corner => [WEST + (c + shift(c, columns)) * width, SOUTH + (r + shift(r, rows)) * height],
    ),
  )
  /** From one corner to the next, both included; straight on the outer border. */
  const side = ([ax, ay]: Corner, [bx, by]: Corner, straight: boolean): Corner[] =>
    Array.from({ length: perSide + 1 }, (_, i) => {
      if (i === 0) return [ax, ay]
      if (i === perSide) return [bx, by]
      const [t, off] = [i / perSide, straight ? 0 : (random() - 0.5) / perSide]
      return [ax + (bx - ax) * t - (by - ay) * off, ay + (by - ay) * t + (bx - ax) * off]
    })
  const across = corners.map((line, r) =>
    line.slice(1).map((to, c) => side(line[c]!, to, r === 0 || r === rows)),
  )
  const upward = corners
    .slice(1)
    .map((line, r) => line.map((to, c) => side(corners[r]![c]!, to, c === 0 || c === columns)))
  return Array.from({ length: count }, (_, i) => {
    const [r, c] = [Math.floor(i / columns), i % columns]
    const ring = [
      ...across[r]![c]!,
      ...upward[r]![c + 1]!.slice(1),
      ...across[r + 1]![c]!.toReversed().slice(1),
      ...upward[r]![c]!.toReversed().slice(1),
    ]
    return { geometry: { type: 'Polygon', coordinates: [ring] } }
  })
}

/** The same numbers for the same seed: mulberry32 (Ettinger 2017). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
