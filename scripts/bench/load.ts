/**
 * A survey from file to published registry, against plain ogr2ogr: one GBK shapefile of points in
 * EPSG:4549, validated, reprojected, placed, indexed and published in PostGIS by us; reprojected and
 * indexed by ogr2ogr (PG_USE_COPY). Interleaved, into fresh databases of one private server. Where
 * shp2pgsql is installed it loads the same file once a round, reprojecting and indexing. With
 * `--embedded 1` the same file also into the embedded engine, for its rows a second.
 *
 *   pilot (no defects) -> one shapefile by ogr2ogr -> ours | ogr2ogr | shp2pgsql | ours ... -> medians
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openEmbedded } from '../../src/core/db-pglite.ts'
import { type Measurement, median, timed } from '../measurement.ts'
import { startPostgres } from '../postgres.ts'
import { freshDatabases, loadInto, oneShapefile } from '../survey-load.ts'

export const measurement: Measurement = {
  about: '231,000-row GBK shapefile: validated, placed, indexed, published, against ogr2ogr',
  options: { rows: 231_000, rounds: 5, embedded: 1 },
  async run({ rows = 0, rounds = 0, embedded = 0 }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-bench-'))
    const postgres = await startPostgres({ settings: { maintenance_work_mem: '256MB' } })
    const databases = freshDatabases(postgres.url)
    try {
      const { parts, pilot } = await oneShapefile(dir, rows)
      const shp = parts.find(part => part.endsWith('.shp'))!
      say(`${rows} rows in one shapefile`)
      const ours: number[] = []
      const cpu: number[] = []
      const peers: number[] = []
      const others: number[] = []
      for (let round = 0; round < rounds; round++) {
        const db = openPostgres({ url: await databases.fresh('ours') })
        const load = await loadInto(db, join(dir, 'files'), pilot, parts, rows)
        await db.close()
        ours.push(load.ms)
        cpu.push(load.cpuMs)
        const peer = new URL(await databases.fresh('peer', 'postgis'))
        peers.push((await timed(() => ogr2ogr(shp, peer))).ms)
        const said = [`ours ${whole(load.ms)} (CPU ${whole(load.cpuMs)})`, `ogr2ogr ${whole(peers.at(-1)!)}`]
        if (hasShp2pgsql()) {
          const other = new URL(await databases.fresh('other', 'postgis'))
          others.push((await timed(() => shp2pgsql(shp, other))).ms)
          said.push(`shp2pgsql ${whole(others.at(-1)!)}`)
        }
        say(said.join(', '))
      }
      const figures: Record<string, number> = {}
      if (others.length > 0) {
        figures.shp2pgsqlMs = median(others)
        figures.ratioToShp2pgsql = median(ours.map((ms, i) => ms / others[i]!))
      }
      if (embedded) {
        const db = await openEmbedded(null)
        const { ms } = await loadInto(db, join(dir, 'files'), pilot, parts, rows)
        await db.close()
        figures.embeddedMs = ms
        figures.embeddedRowsPerSecond = rows / (ms / 1000)
        say(`embedded ${whole(ms)}`)
      }
      const oursMs = median(ours)
      return {
        peer: 'ogr2ogr',
        ratio: median(ours.map((ms, i) => ms / peers[i]!)),
        oursMs,
        peerMs: median(peers),
        cpuMs: median(cpu),
        rowsPerSecond: rows / (oursMs / 1000),
        peakMb: process.resourceUsage().maxRSS / 1024,
        ...figures,
      }
    } finally {
      await databases.close()
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

const whole = (ms: number): string => `${ms.toFixed(0)} ms`

function ogr2ogr(shp: string, to: URL): void {
  const target = `PG:host=${to.hostname} port=${to.port} user=${to.username} dbname=${to.pathname.slice(1)}`
  execFileSync(
    'ogr2ogr',
    [
      ...['-f', 'PostgreSQL', target, shp, '-t_srs', 'EPSG:4490', '-nln', 'component'],
      ...['-oo', 'ENCODING=GBK', '--config', 'PG_USE_COPY', 'YES'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
}

let installed: boolean | undefined
function hasShp2pgsql(): boolean {
  try {
    installed ??= execFileSync('sh', ['-c', 'command -v shp2pgsql && command -v psql']).length > 0
  } catch {
    installed = false
  }
  return installed
}

function shp2pgsql(shp: string, to: URL): void {
  const pipe = 'shp2pgsql -s 4549:4490 -W GBK -I "$1" component | psql -q -v ON_ERROR_STOP=1 "$2"'
  execFileSync('sh', ['-c', pipe, 'sh', shp, to.href], { stdio: ['ignore', 'ignore', 'pipe'] })
}
