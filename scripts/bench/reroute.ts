/**
 * Placing components anew: all of them, stored, against one plain UPDATE of as many rows of the same table with the
 * same indexes; and after one border moved, where only what stands beside it is placed. With `--large N` the moved
 * border once more in a registry of N components.
 *
 *   pilot -> one load -> all | UPDATE | border | all ... -> medians
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mapPositions } from '../../gis/geometry.ts'
import { type Db, one } from '../../src/core/db.ts'
import { openPostgres } from '../../src/core/db-pg.ts'
import type { Grid } from '../../src/domain/grids/schema.ts'
import { currentGeneration, listGrids } from '../../src/domain/grids/store.ts'
import { scopeOf } from '../../src/domain/orgs/rules.ts'
import { dropPlacement } from '../../src/domain/registry/commands.ts'
import { placeAll } from '../../src/domain/registry/placing.ts'
import { placeAnew } from '../../src/domain/registry/placing-anew.ts'
import { type Measurement, median, timed } from '../measurement.ts'
import { startPostgres } from '../postgres.ts'
import { DISTRICT, freshDatabases, loadInto, oneShapefile } from '../survey-load.ts'

/** How far the border moves, degrees: some metres. */
const MOVED = 5e-5

export const measurement: Measurement = {
  about: 'components placed anew and stored: all against one plain UPDATE, and what a moved border concerns',
  options: { components: 231_000, large: 0, rounds: 5 },
  async run({ components = 0, large = 0, rounds = 0 }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'wangge-reroute-'))
    const postgres = await startPostgres({ settings: { maintenance_work_mem: '256MB', max_wal_size: '4GB' } })
    const databases = freshDatabases(postgres.url)
    const load = async (name: string, rows: number) => {
      const { parts, pilot } = await oneShapefile(join(dir, name), rows)
      const db = openPostgres({ url: await databases.fresh(name) })
      await loadInto(db, join(dir, 'files'), pilot, parts, rows)
      await db.script('ANALYZE')
      say(`${rows} components`)
      return db
    }
    try {
      const db = await load('small', components)
      const net = await netOf(db)
      const [all, update, border] = [[], [], []] as [number[], number[], number[]]
      let affected = 0
      for (let round = 0; round < rounds; round++) {
        const { ms, result } = await timed(() => placeAll(db, { ...net, grids: net.before }))
        await dropPlacement(db, DISTRICT, result)
        all.push(ms)
        update.push(await plainUpdate(db))
        const moved = await moveBorder(db, net)
        border.push(moved.ms)
        affected = moved.affected
        say(
          `all ${ms.toFixed(0)} ms, UPDATE ${update.at(-1)!.toFixed(0)} ms, border ${moved.ms.toFixed(1)} ms (${affected})`,
        )
      }
      await db.close()
      const figures: Record<string, number> = {}
      if (large > 0) {
        const db = await load('large', large)
        const net = await netOf(db)
        const times: number[] = []
        for (let round = 0; round < rounds; round++) {
          const moved = await moveBorder(db, net)
          times.push(moved.ms)
          figures.largeAffected = moved.affected
        }
        await db.close()
        figures.largeBorderMs = median(times)
        figures.largeMsPerThousand = (median(times) * 1000) / figures.largeAffected!
        say(`border among ${large}: ${figures.largeBorderMs.toFixed(1)} ms (${figures.largeAffected})`)
      }
      return {
        peer: 'one plain UPDATE',
        ratio: median(all.map((ms, i) => ms / update[i]!)),
        allMs: median(all),
        updateMs: median(update),
        borderMs: median(border),
        affected,
        msPerThousand: (median(border) * 1000) / affected,
        ...figures,
      }
    } finally {
      await databases.close()
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

interface Net {
  district: string
  gridGeneration: number
  before: Grid[]
  after: Grid[]
}

/** The net, and the same with one border moved. */
async function netOf(db: Db): Promise<Net> {
  const gridGeneration = await currentGeneration(db, DISTRICT)
  const before = await listGrids(db, scopeOf(DISTRICT), gridGeneration)
  return { district: DISTRICT, gridGeneration, before, after: withMovedBorder(before) }
}

/** Moves the vertices that two neighbours in the middle of the net share and no third has. */
function withMovedBorder(grids: readonly Grid[]): Grid[] {
  const owners = new Map<string, Set<string>>()
  const areas = grids.filter(grid => grid.level === 3)
  for (const { id, geometry } of areas)
    mapPositions(geometry, (x, y) => {
      const key = `${x} ${y}`
      const of = owners.get(key)
      if (of) of.add(id)
      else owners.set(key, new Set([id]))
      return [x, y]
    })
  const middle = areas[areas.length >> 1]!.id
  const neighbours = new Map<string, number>()
  for (const of of owners.values())
    if (of.size === 2 && of.has(middle))
      for (const id of of) if (id !== middle) neighbours.set(id, (neighbours.get(id) ?? 0) + 1)
  const neighbour = [...neighbours].toSorted(([, a], [, b]) => b - a)[0]![0]
  return grids.map(grid =>
    grid.id !== middle && grid.id !== neighbour
      ? grid
      : {
          ...grid,
          geometry: mapPositions(grid.geometry, (x, y) => {
            const of = owners.get(`${x} ${y}`)!
            const moves = of.size === 2 && of.has(middle) && of.has(neighbour)
            return moves ? [x + MOVED, y + MOVED] : [x, y]
          }),
        },
  )
}

async function moveBorder(db: Db, net: Net): Promise<{ ms: number; affected: number }> {
  const { ms, result } = await timed(() => placeAnew(db, net))
  const { affected } = await one<{ affected: number }>(
    db,
    'SELECT count(*)::int AS affected FROM placement WHERE district = $1 AND generation = $2',
    [DISTRICT, result],
  )
  await dropPlacement(db, DISTRICT, result!)
  return { ms, affected }
}

/** A copy of the registry's rows with the registry's indexes, each row updated once. @returns milliseconds of the UPDATE */
async function plainUpdate(db: Db): Promise<number> {
  await db.script(`CREATE TABLE plain AS SELECT * FROM component;
    CREATE UNIQUE INDEX ON plain (district, part, batch, id);
    CREATE INDEX ON plain (district, id);
    CREATE INDEX ON plain USING gist (geom);
    ANALYZE plain`)
  const { ms } = await timed(() => db.query("UPDATE plain SET stated_grid = '32059900100101'"))
  await db.query('DROP TABLE plain')
  return ms
}
