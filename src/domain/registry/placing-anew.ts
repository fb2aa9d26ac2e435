/**
 * Components placed anew where the net changed: only what lies in a changed area as it was or as it is to be can
 * belong elsewhere afterwards, so a moved border costs what stands beside it and not what the district has. Where much
 * of the net changes, or the district itself, everything is placed (placing.ts).
 *
 *   net before, net after -> changed areas -> ids in their boxes -> components -> placements of a generation of its own
 */
import { bboxOf, type PolygonGeometry } from '../../../gis/geometry.ts'
import { buildLocator } from '../../../gis/locate.ts'
import type { Db } from '../../core/db.ts'
import type { Grid } from '../grids/schema.ts'
import { dropPlacement, openPlacement } from './commands.ts'
import { closePart, openPart } from './parts.ts'
import { landPlacements, placeAll } from './placing.ts'
import { SEEN_NOW } from './store.ts'

/** Changed shapes, as a share of the net, up to which their components are looked for apart; always up to a few. */
const FEW = 8
const FEW_SHARE = 0.25
/** Components up to which they are placed one by one; more are read faster with all the others. */
const MOST = { embedded: 5_000, postgres: 50_000 }
/** Components of one statement. */
const AT_ONCE = 1_000

/**
 * Places what a change of the net concerns, under a generation nobody sees yet.
 * @param before the net that holds
 * @param after the net that is to hold, of `gridGeneration`
 * @returns the placement generation, to be published with the grids; null where nothing can belong elsewhere
 */
export async function placeAnew(
  db: Db,
  net: { district: string; gridGeneration: number; before: readonly Grid[]; after: readonly Grid[] },
): Promise<number | null> {
  const { district, gridGeneration, before, after } = net
  const changed = changedGrids(before, after)
  if (changed.length === 0) return null
  const few = db.engine.longStatements ? Math.max(FEW, FEW_SHARE * after.length) : FEW
  if (changed.some(grid => grid.level === 0) || changed.length > few)
    return placeAll(db, { district, gridGeneration, grids: after })
  const ids = await listStandingIn(db, district, changed)
  return ids === null
    ? placeAll(db, { district, gridGeneration, grids: after })
    : placeThose(db, net, changed, ids)
}

/** Districts and areas that only one of the nets has, or that have another shape in each, in both shapes. */
export function changedGrids(before: readonly Grid[], after: readonly Grid[]): Grid[] {
  const placing = (grids: readonly Grid[]) => grids.filter(({ level }) => level === 0 || level === 3)
  const were = new Map(placing(before).map(grid => [grid.id, grid]))
  const changed: Grid[] = []
  for (const grid of placing(after)) {
    const was = were.get(grid.id)
    were.delete(grid.id)
    if (was && isSameShape(was.geometry, grid.geometry)) continue
    if (was) changed.push(was)
    changed.push(grid)
  }
  return [...changed, ...were.values()]
}

const isSameShape = (one: PolygonGeometry, other: PolygonGeometry): boolean =>
  one.type === other.type && JSON.stringify(one.coordinates) === JSON.stringify(other.coordinates)

async function placeThose(
  db: Db,
  { district, gridGeneration, after }: Parameters<typeof placeAnew>[1],
  changed: readonly Grid[],
  ids: readonly string[],
): Promise<number> {
  const { part, generation } = await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const part = await openPart(tx, db.engine, ids.length, ['placement'])
    return {
      part,
      generation: await openPlacement(tx, { district, part, gridGeneration, batchNo: null }),
    }
  })
  try {
    const within = buildLocator(changed)
    const concerns = (lon: number, lat: number) => within.covering(lon, lat) >= 0
    const under = { district, part, generation, gridGeneration, grids: after }
    for (let at = 0; at < ids.length; at += AT_ONCE)
      await landPlacements(db, rowsOf(ids.slice(at, at + AT_ONCE)), under, concerns)
    await closePart(db, part, ['placement'])
  } catch (error) {
    // the database may be gone too: what is left then is dropped when the interrupted load is noticed
    await dropPlacement(db, district, generation).catch(() => {})
    throw error
  }
  return generation
}

/**
 * Ids of the components seen now whose boxes meet a changed area's, in their order; null where they are too many. Looked
 * for once, by where they are, whatever the planner thinks of it.
 */
async function listStandingIn(
  db: Db,
  district: string,
  changed: readonly Grid[],
): Promise<readonly string[] | null> {
  const most = db.engine.longStatements ? MOST.postgres : MOST.embedded
  const ids = new Set<string>()
  for (const { geometry } of changed) {
    const rows = await db.query<{ id: string }>(
      `SELECT c.id FROM (SELECT c.district, c.id, c.batch, c.closed_version FROM component c
         WHERE c.district = $1 AND c.geom && ST_MakeEnvelope($2, $3, $4, $5, 4490) OFFSET 0) c ${SEEN_NOW} LIMIT ${most + 1}`,
      [district, ...bboxOf(geometry)],
    )
    for (const { id } of rows) ids.add(id)
    if (ids.size > most) return null
  }
  return [...ids].sort()
}

/** The rows seen now of some components, each looked up by its id, as `... c WHERE c.district = $1`. */
function rowsOf(ids: readonly string[]): string {
  const wanted = ids.map(id => `'${id}'`).join(', ')
  return `(SELECT c.* FROM (SELECT c.district, c.id, c.batch, c.closed_version, c.geom
      FROM unnest(ARRAY[${wanted}]::uuid[]) AS w (id)
      CROSS JOIN LATERAL (SELECT * FROM component WHERE district = $1 AND id = w.id OFFSET 0) c) c ${SEEN_NOW}) c
    WHERE c.district = $1`
}
