/**
 * A survey from file to published registry, against plain ogr2ogr: one GBK shapefile of points in
 * EPSG:4549, validated, reprojected, placed, indexed and published in PostGIS by us; reprojected and
 * indexed by ogr2ogr (PG_USE_COPY). Interleaved, into fresh databases of one private server. With
 * `--embedded 1` the same file also into the embedded engine, for its rows a second.
 *
 *   pilot (no defects) -> one shapefile by ogr2ogr -> ours | ogr2ogr | ours | ogr2ogr ... -> medians
 */
import { execFileSync } from 'node:child_process'
import { createReadStream, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { generatePilot } from '../../pilot/generate.ts'
import type { Db } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import { openEmbedded } from '../../src/core/db-pglite.ts'
import { openFiles } from '../../src/core/files.ts'
import { openLog } from '../../src/core/log.ts'
import { migrate } from '../../src/core/migrate.ts'
import { ensureStandardDictionary } from '../../src/domain/catalog/commands.ts'
import { ensureDistrict } from '../../src/domain/orgs/districts.ts'
import { createDelivery, folderOf, startLoad } from '../../src/domain/survey/commands.ts'
import { openRunner } from '../../src/domain/survey/run.ts'
import type { Delivery, DeliveryKind } from '../../src/domain/survey/schema.ts'
import { getDelivery } from '../../src/domain/survey/store.ts'
import { type Measurement, median, timed } from '../measurement.ts'
import { startPostgres } from '../postgres.ts'

const DISTRICT = '320599'

export const measurement: Measurement = {
  about: '231,000-row GBK shapefile: validated, placed, indexed, published, against ogr2ogr',
  options: { rows: 231_000, rounds: 5, embedded: 1 },
  async run({ rows = 0, rounds = 0, embedded = 0 }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-bench-'))
    const postgres = await startPostgres({ settings: { maintenance_work_mem: '256MB' } })
    const admin = openPostgres({ url: postgres.url, maxConnections: 1 })
    try {
      const { parts, pilot } = await oneShapefile(dir, rows)
      say(`${rows} rows in one shapefile`)
      const fresh = async (name: string): Promise<string> => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
        await admin.query(`CREATE DATABASE ${name}`)
        return postgres.url.replace(/\/[^/]*$/, `/${name}`)
      }
      const ours: number[] = []
      const cpu: number[] = []
      const peers: number[] = []
      for (let round = 0; round < rounds; round++) {
        const db = openPostgres({ url: await fresh('ours') })
        const load = await loadInto(db, join(dir, 'files'), pilot, parts, rows)
        ours.push(load.ms)
        cpu.push(load.cpuMs)
        await db.close()
        const peer = openPostgres({ url: await fresh('peer'), maxConnections: 1 })
        await peer.query('CREATE EXTENSION postgis')
        await peer.close()
        const url = new URL(postgres.url)
        const target = `PG:host=${url.hostname} port=${url.port} user=${url.username} dbname=peer`
        const { ms } = await timed(async () =>
          execFileSync(
            'ogr2ogr',
            [
              '-f',
              'PostgreSQL',
              target,
              shp(parts),
              '-t_srs',
              'EPSG:4490',
              '-nln',
              'component',
              '-oo',
              'ENCODING=GBK',
              '--config',
              'PG_USE_COPY',
              'YES',
            ],
            { stdio: ['ignore', 'ignore', 'inherit'] },
          ),
        )
        peers.push(ms)
        say(`ours ${load.ms.toFixed(0)} ms (CPU ${load.cpuMs.toFixed(0)} ms), ogr2ogr ${ms.toFixed(0)} ms`)
      }
      const figures: Record<string, number> = {}
      if (embedded) {
        const db = await openEmbedded(null)
        const { ms } = await loadInto(db, join(dir, 'files'), pilot, parts, rows)
        await db.close()
        figures.embeddedMs = ms
        figures.embeddedRowsPerSecond = rows / (ms / 1000)
        say(`embedded ${ms.toFixed(0)} ms`)
      }
      const oursMs = median(ours)
      const peerMs = median(peers)
      return {
        peer: 'ogr2ogr',
        ratio: median(ours.map((ms, i) => ms / peers[i]!)),
        oursMs,
        peerMs,
        cpuMs: median(cpu),
        rowsPerSecond: rows / (oursMs / 1000),
        peakMb: process.resourceUsage().maxRSS / 1024,
        ...figures,
      }
    } finally {
      await admin.close()
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

const shp = (parts: readonly string[]): string => parts.find(part => part.endsWith('.shp'))!

/** The pilot's points put together into one shapefile without .cpg, as surveys come. */
async function oneShapefile(dir: string, rows: number): Promise<{ parts: string[]; pilot: string }> {
  const pilot = join(dir, 'pilot')
  await generatePilot(pilot, { components: Math.ceil(rows * 1.05), defects: false })
  const unpacked = join(dir, 'unpacked')
  execFileSync('unzip', ['-q', '-o', join(pilot, 'components', '*.zip'), '-d', unpacked])
  const out = join(dir, 'all.shp')
  let left = rows
  for (const file of globSync(join(unpacked, '**/*.shp')).sort()) {
    if (left === 0) break
    const info = execFileSync('ogrinfo', ['-so', '-al', file], { encoding: 'utf8' })
    const count = Math.min(left, Number(/Feature Count: (\d+)/.exec(info)?.[1]))
    if (!/Geometry: Point/.test(info)) continue
    const fields =
      'OBJCODE,OBJNAME,DEPTCODE1,DEPTNAME1,DEPTCODE2,DEPTNAME2,DEPTCODE3,DEPTNAME3,BGCODE,OBJSTATE,ORDATE,CHDATE'
    execFileSync('ogr2ogr', [
      ...['-append', '-oo', 'ENCODING=GBK', '-lco', 'ENCODING=GBK', '-nln', 'all'],
      ...['-sql', `SELECT ${fields} FROM "${basename(file, '.shp')}" LIMIT ${count}`, out, file],
    ])
    left -= count
  }
  if (left > 0) throw new Error(`${left} rows are missing`)
  rmSync(join(dir, 'all.cpg'), { force: true })
  return { parts: ['shp', 'shx', 'dbf', 'prj'].map(ending => join(dirname(out), `all.${ending}`)), pilot }
}

/**
 * Sets the district up, then loads the file; only the load is timed: from its start to its version. `cpuMs`
 * is what this process took of it, its threads together, and says more on a busy machine.
 */
async function loadInto(
  db: Db,
  filesDir: string,
  pilot: string,
  parts: readonly string[],
  rows: number,
): Promise<{ ms: number; cpuMs: number }> {
  await migrate(db)
  await ensureStandardDictionary(db)
  await ensureDistrict(db, { code: DISTRICT, name: 'bench', demo: true, approval: 'none' }, 'bench')
  const house = { db, files: openFiles(filesDir), log: openLog('silent') }
  const runner = openRunner(house)
  const load = async (
    kind: DeliveryKind,
    paths: readonly string[],
  ): Promise<{ ms: number; delivery: Delivery }> => {
    const { id, district } = await createDelivery(db, {
      district: DISTRICT,
      kind,
      name: kind,
      contractor: null,
      profile: null,
      actor: 'bench',
    })
    for (const path of paths)
      await house.files.put(folderOf({ id, district }), basename(path), createReadStream(path), 1e12)
    await startLoad(db, id, { options: {}, actor: 'bench' })
    const { ms } = await timed(() => runner.run(id, new AbortController().signal))
    const delivery = await getDelivery(db, id)
    if (delivery.state !== 'published')
      throw new Error(`${kind}: ${delivery.state} ${JSON.stringify(delivery.findings)}`)
    return { ms, delivery }
  }
  await load('grids', [join(pilot, 'grids.zip')])
  await load('units', [join(pilot, 'units.csv')])
  await load('classes', [join(pilot, 'classes.csv')])
  const before = process.cpuUsage()
  const { ms, delivery } = await load('components', parts)
  const { user, system } = process.cpuUsage(before)
  if (delivery.counts.added !== rows) throw new Error(`${delivery.counts.added} of ${rows} rows landed`)
  return { ms, cpuMs: (user + system) / 1000 }
}
