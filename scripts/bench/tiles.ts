/**
 * Tiles of points that nobody asked for before: ours against ST_AsMVT on one connection (prepared, the table in the
 * order of its index) and against geojson-vt with vt-pbf, which has its tiles cut already (warm). Interleaved, the
 * same tiles; first every feature of ours is compared with PostGIS's.
 *
 *   pilot's points -> columns | table | geojson-vt -> equal? -> ours | ST_AsMVT | geojson-vt | ours ... -> medians
 */
import { gzipSync } from 'node:zlib'
import { VectorTile } from '@mapbox/vector-tile'
import GeoJSONVT from 'geojson-vt'
import { PbfReader } from 'pbf'
import vtPbf from 'vt-pbf'
import { buildColumns, type PointRows } from '../../gis/columns.ts'
import { latOfUnit, lonOfUnit, tileAt, unitX, unitY } from '../../gis/mercator.ts'
import { type PointSet, pointSet } from '../../gis/point-set.ts'
import type { Db } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { binsPerSide, DOTS_FROM, FINE_BINS_FROM } from '../../src/domain/atlas/rules.ts'
import { encodeBins, encodeCrowd } from '../../tiles/bins.ts'
import { encodePoints } from '../../tiles/points.ts'
import { type Measurement, median, timed } from '../measurement.ts'
import { randomFrom } from '../partition.ts'
import { pilotClasses, pilotPoints, pilotStates } from '../pilot-points.ts'
import { startPostgres } from '../postgres.ts'

type Tile = readonly [z: number, x: number, y: number]
const codes = { classCodes: pilotClasses, stateCodes: pilotStates }

export const measurement: Measurement = {
  about: 'tiles of points, nothing cached: ours against ST_AsMVT on one connection and geojson-vt + vt-pbf',
  options: { points: 231_000, tiles: 400, rounds: 5, geojsonVt: 1 },
  async run({ points = 0, tiles = 0, rounds = 0, geojsonVt = 1 }, say) {
    const rows = pilotPoints(points)
    // in the middle of a unit no rounding is a tie, which the two would break by their last bits
    rows.lon.set(rows.lon.map(lon => lonOfUnit(unitX(lon) + 0.5)))
    rows.lat.set(rows.lat.map(lat => latOfUnit(unitY(lat) + 0.5)))
    const { result: set, ms: buildMs } = await timed(() => pointSet(buildColumns(rows)))
    const asked = tilesWithPoints(rows, tiles)
    const postgres = await startPostgres({ settings: { max_parallel_workers_per_gather: '0' } })
    const db = openPostgres({ url: postgres.url, maxConnections: 1 })
    try {
      await fill(db, rows)
      say(`${points} points, ${asked.length} tiles of zoom 12 to 18`)
      const features = await compare(db, set, asked)
      say(`${features} features are those of ST_AsMVT`)
      const cut = geojsonVt ? cutAll(rows) : null
      for (const tile of asked) cutTile(cut, tile)
      const times: Record<'ours' | 'peer' | 'cut', number>[] = []
      for (let round = 0; round < rounds; round++) {
        const ours = await timed(() => sum(asked, ([z, x, y]) => encodePoints(set, z, x, y, codes)!.length))
        const peer = await timed(async () => {
          for (const tile of asked) await askPostgis(db, tile)
        })
        const third = await timed(() => sum(asked, tile => cutTile(cut, tile)))
        times.push({ ours: ours.ms, peer: peer.ms, cut: third.ms })
        say(
          `ours ${ours.ms.toFixed(1)} ms, ST_AsMVT ${peer.ms.toFixed(0)} ms, geojson-vt ${third.ms.toFixed(0)} ms`,
        )
      }
      const of = (name: 'ours' | 'peer' | 'cut') => median(times.map(each => each[name]))
      return {
        peer: 'ST_AsMVT, one connection',
        ratio: of('ours') / of('peer'),
        timesPostgis: of('peer') / of('ours'),
        timesGeojsonVt: cut ? of('cut') / of('ours') : undefined,
        tilesPerS: (asked.length / of('ours')) * 1000,
        postgisTilesPerS: (asked.length / of('peer')) * 1000,
        featuresATile: features / asked.length,
        features,
        buildMs,
        largestKbBelowDots: largestBelowDots(set, rows) / 1000,
      }
    } finally {
      await db.close()
      await postgres.stop()
    }
  },
}

const sum = (tiles: readonly Tile[], of: (tile: Tile) => number): number =>
  tiles.reduce((all, tile) => all + of(tile), 0)

/** Each around some point, at a zoom by chance, none twice. */
function tilesWithPoints(rows: PointRows, count: number): Tile[] {
  const random = randomFrom(12)
  const found = new Map<string, Tile>()
  while (found.size < Math.min(count, rows.n)) {
    const i = Math.floor(random() * rows.n)
    const z = 12 + Math.floor(random() * 7)
    const tile = [z, ...tileAt(rows.lon[i]!, rows.lat[i]!, z)] as const
    found.set(tile.join(), tile)
  }
  return [...found.values()]
}

/** Compressed bytes of the largest tile of those in which components are counted. */
function largestBelowDots(set: PointSet, rows: PointRows): number {
  const [west, east] = [rows.lon.reduce((a, b) => Math.min(a, b)), rows.lon.reduce((a, b) => Math.max(a, b))]
  const [south, north] = [
    rows.lat.reduce((a, b) => Math.min(a, b)),
    rows.lat.reduce((a, b) => Math.max(a, b)),
  ]
  let largest = 0
  for (let z = 0; z < DOTS_FROM; z++) {
    const encode = z < FINE_BINS_FROM ? encodeBins : encodeCrowd
    const [x0, y0] = tileAt(west, north, z)
    const [x1, y1] = tileAt(east, south, z)
    for (let x = x0; x <= x1; x++) {
      for (let y = y0; y <= y1; y++) {
        const bytes = encode(set, z, x, y, { ...codes, perSide: binsPerSide(z) })
        if (bytes !== null) largest = Math.max(largest, gzipSync(bytes, { level: 1 }).length)
      }
    }
  }
  return largest
}

async function fill(db: Db, rows: PointRows): Promise<void> {
  await db.query('CREATE TABLE point (id bigint, class text, state text, geom geometry(Point, 3857))')
  const AT_ONCE = 100_000
  for (let from = 0; from < rows.n; from += AT_ONCE) {
    const part = <A extends Uint16Array | Uint32Array | Float64Array>(all: A) => [
      ...all.subarray(from, from + AT_ONCE),
    ]
    await db.query(
      `INSERT INTO point SELECT id, class, state, ST_Transform(ST_SetSRID(ST_Point(x, y), 4326), 3857)
       FROM unnest($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::float8[]) u(id, class, state, x, y)`,
      [
        part(rows.id),
        part(rows.classIndex).map(c => codes.classCodes[c]),
        part(rows.state).map(s => codes.stateCodes[s]),
        part(rows.lon),
        part(rows.lat),
      ],
    )
  }
  await db.script('CREATE INDEX point_geom ON point USING gist (geom); CLUSTER point USING point_geom')
  await db.query('VACUUM ANALYZE point')
  await db.query(`PREPARE tile (int, int, int) AS SELECT ST_AsMVT(t, 'components', 4096, 'g', 'id') AS mvt FROM (
    SELECT id, class, state, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS g
    FROM point WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 66.0 / 4096)) t WHERE g IS NOT NULL`)
}

async function askPostgis(db: Db, tile: Tile): Promise<Uint8Array> {
  const [answer] = await db.query<{ mvt: Uint8Array }>(`EXECUTE tile(${tile.join()})`)
  return answer!.mvt
}

/** @returns how many features were compared  @throws Error naming a tile that differs */
async function compare(db: Db, set: PointSet, tiles: readonly Tile[]): Promise<number> {
  let features = 0
  for (const tile of tiles) {
    const ours = wordsOf(encodePoints(set, ...tile, codes)!)
    const theirs = wordsOf(await askPostgis(db, tile))
    if (ours.length !== theirs.length || ours.some((words, i) => words !== theirs[i]))
      throw new Error(`tile ${tile.join('/')} is not that of ST_AsMVT`)
    features += ours.length
  }
  return features
}

function wordsOf(bytes: Uint8Array): string[] {
  const layer = new VectorTile(new PbfReader(bytes)).layers.components
  return Array.from({ length: layer?.length ?? 0 }, (_, i) => {
    const feature = layer!.feature(i)
    const [[at] = []] = feature.loadGeometry()
    return `${feature.id} ${feature.properties.class} ${feature.properties.state} ${at?.x} ${at?.y}`
  }).sort()
}

function cutAll(rows: PointRows): GeoJSONVT {
  const features = Array.from({ length: rows.n }, (_, i) => ({
    type: 'Feature' as const,
    id: rows.id[i]!,
    properties: { class: pilotClasses[rows.classIndex[i]!], state: pilotStates[rows.state[i]!] },
    geometry: { type: 'Point' as const, coordinates: [rows.lon[i]!, rows.lat[i]!] },
  }))
  return new GeoJSONVT(
    { type: 'FeatureCollection', features },
    { maxZoom: 18, tolerance: 0, extent: 4096, buffer: 64 },
  )
}

function cutTile(cut: GeoJSONVT | null, [z, x, y]: Tile): number {
  const tile = cut?.getTile(z, x, y)
  return tile ? vtPbf.fromGeojsonVt({ components: tile }, { version: 2 }).length : 0
}
