/**
 * What measurements of the intake share: the pilot's points put together into one file as surveys come, and a load
 * of it into a fresh database, timed from its start to its version.
 *
 *   generatePilot -> one GBK shapefile -> grids, units, classes -> the load that is timed
 */
import { execFileSync } from 'node:child_process'
import { createReadStream, globSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { generatePilot } from '../pilot/generate.ts'
import type { Db } from '../src/core/db.ts'
import { openPostgres } from '../src/core/db-pg.ts'
import { openFiles } from '../src/core/files.ts'
import { openLog } from '../src/core/log.ts'
import { migrate } from '../src/core/migrate.ts'
import { ensureStandardDictionary } from '../src/domain/catalog/commands.ts'
import { ensureDistrict } from '../src/domain/orgs/districts.ts'
import { createDelivery, folderOf, startLoad } from '../src/domain/survey/commands.ts'
import { openRunner } from '../src/domain/survey/run.ts'
import type { Delivery, DeliveryKind, Profile } from '../src/domain/survey/schema.ts'
import { getDelivery } from '../src/domain/survey/store.ts'
import { timed } from './measurement.ts'

export const DISTRICT = '320599'

/** The columns of the file, with the usual names. */
const FIELDS =
  'OBJCODE,OBJNAME,DEPTCODE1,DEPTNAME1,DEPTCODE2,DEPTNAME2,DEPTCODE3,DEPTNAME3,BGCODE,OBJSTATE,ORDATE,CHDATE'

/** Databases of a private server that begin empty. */
export function freshDatabases(url: string) {
  const admin = openPostgres({ url, maxConnections: 1 })
  return {
    /** @returns the address of a database that was made just now, with an extension where one is named */
    async fresh(name: string, extension?: 'postgis'): Promise<string> {
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await admin.query(`CREATE DATABASE ${name}`)
      const made = url.replace(/\/[^/]*$/, `/${name}`)
      if (extension) {
        const db = openPostgres({ url: made, maxConnections: 1 })
        await db.query(`CREATE EXTENSION ${extension}`)
        await db.close()
      }
      return made
    },
    close: () => admin.close(),
  }
}

/** The pilot's points put together into one shapefile without .cpg, as surveys come. */
export async function oneShapefile(dir: string, rows: number): Promise<{ parts: string[]; pilot: string }> {
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
    execFileSync('ogr2ogr', [
      ...['-append', '-oo', 'ENCODING=GBK', '-lco', 'ENCODING=GBK', '-nln', 'all'],
      ...['-sql', `SELECT ${FIELDS} FROM "${basename(file, '.shp')}" LIMIT ${count}`, out, file],
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
export async function loadInto(
  db: Db,
  filesDir: string,
  pilot: string,
  parts: readonly string[],
  rows: number,
  profile: Profile | null = null,
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
      profile: kind === 'components' ? profile : null,
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
