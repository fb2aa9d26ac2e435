/**
 * The same survey in several formats and sizes, each loaded into a fresh PostgreSQL by a process of its own: rows a
 * second from file to published registry, and the peak memory of that process. The peer is the small size: what a
 * row of the large one costs more, the ratio says (rows a second small / large).
 *
 *   pilot -> one shapefile -> CSV, GeoPackage, workbook by ogr2ogr -> small | large | small | large -> medians
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Measurement, median } from '../measurement.ts'
import { startPostgres } from '../postgres.ts'
import { freshDatabases, oneShapefile } from '../survey-load.ts'

const child = fileURLToPath(new URL('../one-load.ts', import.meta.url))

/** As scripts/wangge starts one. */
const env = { ...process.env, MALLOC_ARENA_MAX: '2' }

const FIELDS = {
  ...{ code: 'OBJCODE', className: 'OBJNAME', statedGrid: 'BGCODE', state: 'OBJSTATE' },
  ...{ competentCode: 'DEPTCODE1', competentName: 'DEPTNAME1', ownerCode: 'DEPTCODE2' },
  ...{ ownerName: 'DEPTNAME2', maintainerCode: 'DEPTCODE3', maintainerName: 'DEPTNAME3' },
  ...{ surveyedOn: 'ORDATE', changedOn: 'CHDATE' },
}
/** A table states no system. */
const TABLE = { kind: 'components', crs: 'EPSG:4549', position: { x: 'X', y: 'Y' }, fields: FIELDS }

interface Survey {
  rows: number
  pilot: string
  parts: Record<string, { parts: string[]; rows: number; profile: object | null }>
}

export const measurement: Measurement = {
  about:
    'shapefile, CSV and GeoPackage of 231,000 and 1.5 M rows, workbook of 100,000: rows a second, memory',
  options: { small: 231_000, large: 1_500_000, workbook: 100_000, rounds: 3 },
  async run({ small = 0, large = 0, workbook = 0, rounds = 0 }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-formats-'))
    const postgres = await startPostgres({ settings: { maintenance_work_mem: '256MB', max_wal_size: '4GB' } })
    const databases = freshDatabases(postgres.url)
    try {
      const surveys = [
        await survey(join(dir, 'small'), small, workbook),
        await survey(join(dir, 'large'), large, 0),
      ]
      const load = async (of: Survey, format: string) => {
        const { parts, rows, profile } = of.parts[format]!
        const url = await databases.fresh('load')
        const told = { url, filesDir: join(dir, 'files'), pilot: of.pilot, parts, rows, profile }
        const said = execFileSync(process.execPath, [child, JSON.stringify(told)], { encoding: 'utf8', env })
        rmSync(join(dir, 'files'), { recursive: true, force: true })
        const { ms, peakMb } = JSON.parse(said) as { ms: number; peakMb: number }
        say(
          `${format} ${rows}: ${ms.toFixed(0)} ms, ${((rows * 1000) / ms).toFixed(0)} rows/s, ${peakMb.toFixed(0)} MB`,
        )
        return { perSecond: (rows * 1000) / ms, peakMb }
      }
      const figures: Record<string, number> = {}
      const ratios: number[] = []
      for (const format of ['shp', 'csv', 'gpkg', 'xlsx'].filter(each => each in surveys[0]!.parts)) {
        const sizes = surveys.filter(each => format in each.parts)
        const runs = sizes.map(() => [] as Awaited<ReturnType<typeof load>>[])
        for (let round = 0; round < rounds; round++)
          for (const [n, of] of sizes.entries()) runs[n]!.push(await load(of, format))
        for (const [n, each] of runs.entries()) {
          const name = `${format}${format === 'xlsx' ? '' : n === 0 ? 'Small' : 'Large'}`
          figures[`${name}RowsPerSecond`] = median(each.map(run => run.perSecond))
          figures[`${name}PeakMb`] = median(each.map(run => run.peakMb))
        }
        const [few, many] = runs
        if (many) {
          figures[`${format}Ratio`] = median(few!.map((run, i) => run.perSecond / many[i]!.perSecond))
          ratios.push(figures[`${format}Ratio`]!)
        }
      }
      return { peer: 'the small size', ratio: Math.max(...ratios), ...figures }
    } finally {
      await databases.close()
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** One survey as files of several formats; a workbook of its first rows where one is wanted. */
async function survey(dir: string, rows: number, workbook: number): Promise<Survey> {
  const { parts, pilot } = await oneShapefile(dir, rows)
  const shp = parts.find(part => part.endsWith('.shp'))!
  const ogr2ogr = (...args: string[]) => execFileSync('ogr2ogr', [...args, '-oo', 'ENCODING=GBK'])
  const at = (ending: string) => join(dir, `all.${ending}`)
  ogr2ogr('-f', 'CSV', at('csv'), shp, '-lco', 'GEOMETRY=AS_XY')
  ogr2ogr('-f', 'GPKG', at('gpkg'), shp)
  const all: Survey['parts'] = {
    shp: { parts, rows, profile: null },
    csv: { parts: [at('csv')], rows, profile: TABLE },
    gpkg: { parts: [at('gpkg')], rows, profile: null },
  }
  if (workbook > 0) {
    execFileSync('ogr2ogr', ['-f', 'XLSX', at('xlsx'), at('csv'), '-limit', String(workbook)])
    all.xlsx = { parts: [at('xlsx')], rows: workbook, profile: TABLE }
  }
  return { rows, pilot, parts: all }
}
