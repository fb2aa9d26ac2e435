/**
 * Components placed anew where the net changed: only what lies in a changed area as it was or as it is to be can
 * belong elsewhere afterwards, so a moved border costs what stands beside it and not what the district has. Where much
 * of the net changes, or the district itself, everything is placed (placing.ts).
 *
 *   net before, net after -> changed areas -> their boxes -> components -> placements of a generation of its own
 */
import { type Bbox, bboxOf, type PolygonGeometry } from '../../../gis/geometry.ts'
import { buildLocator } from '../../../gis/locate.ts'
import type { Db } from '../../core/db.ts'
import type { Grid } from '../grids/schema.ts'
import { literal } from '../grids/store.ts'
import { dropPlacement, openPlacement } from './commands.ts'
import { closePart, openPart } from './parts.ts'
import { landPlacements, placeAll } from './placing.ts'
import { SEEN_NOW } from './store.ts'

/** Changed shapes up to which their components are looked for apart; on the embedded engine a look must be short. */
const FEW = 8
const FEW_SHARE = 0.25

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
  return placeWithin(db, net, changed)
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

async function placeWithin(
  db: Db,
  { district, gridGeneration, after }: Parameters<typeof placeAnew>[1],
  changed: readonly Grid[],
): Promise<number> {
  const from = standingIn(
    district,
    changed.map(grid => bboxOf(grid.geometry)),
  )
  const { part, generation } = await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
    const [beside] = db.engine.longStatements
      ? await tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`, [district])
      : []
    const part = await openPart(tx, db.engine, beside?.n ?? 0, ['placement'])
    return {
      part,
      generation: await openPlacement(tx, { district, part, gridGeneration, batchNo: null }),
    }
  })
  try {
    const within = buildLocator(changed)
    const concerns = (lon: number, lat: number) => within.covering(lon, lat) >= 0
    await landPlacements(db, from, { district, part, generation, gridGeneration, grids: after }, concerns)
    await closePart(db, part, ['placement'])
  } catch (error) {
    // the database may be gone too: what is left then is dropped when the interrupted load is noticed
    await dropPlacement(db, district, generation).catch(() => {})
    throw error
  }
  return generation
}

/** The rows seen now whose boxes meet one of the boxes, as `... c WHERE c.district = $1`; found by where they are, whatever the planner thinks. */
function standingIn(district: string, boxes: readonly Bbox[]): string {
  const meets = boxes.map(box => `c.geom && ST_MakeEnvelope(${box.join(', ')}, 4490)`).join(' OR ')
  const near = `SELECT c.district, c.id, c.batch, c.closed_version, c.geom FROM component c
    WHERE c.district = ${literal(district)} AND (${meets}) OFFSET 0`
  return `(SELECT c.* FROM (${near}) c ${SEEN_NOW}) c WHERE c.district = $1`
}
