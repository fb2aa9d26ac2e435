/**
 * What a delivery brings as it was. Nothing of it lands, but it stands on the ground and may be settled, so it is kept
 * by area and class beside the batch: points are counted where they are decoded, lines and polygons measured by the
 * database, whose word on places and sizes is the last.
 */
import type { Queryable } from '../../core/db.ts'
import type { Placer } from '../registry/placing.ts'
import type { Batch, PlacementReason } from '../registry/schema.ts'
import type { Quantity } from './acceptance/schema.ts'
import { noQuantity, plus } from './acceptance/settlement.ts'

export interface Unchanged {
  /** Points, by area id ('' where there is none), by class. */
  points: Record<string, Record<string, number>>
  /** Ids of lines and polygons. */
  shapes: string[]
}

export type UnchangedTally = Unchanged & {
  /** @param place of a point; null of a line or polygon */
  add(classCode: string, place: number | PlacementReason | null, id: () => string): void
}

export function openUnchanged({ areas }: Placer): UnchangedTally {
  const points: Unchanged['points'] = {}
  const shapes: string[] = []
  return {
    points,
    shapes,
    add(classCode, place, id) {
      if (place === null) return void shapes.push(id())
      const here = (points[typeof place === 'number' ? areas[place]!.id : ''] ??= {})
      here[classCode] = (here[classCode] ?? 0) + 1
    },
  }
}

/** By area id ('' where there is none), by class. */
export type Standing = Record<string, Record<string, Quantity>>

const SHAPES_AT_ONCE = 2_000
const SHAPES = `SELECT coalesce(p.grid_id::text, '') AS area, c.class, count(*)::int AS pieces,
    coalesce(sum(ST_Length(ST_SetSRID(c.geom, 4326)::geography)) FILTER (WHERE ST_Dimension(c.geom) = 1), 0) AS metres,
    coalesce(sum(ST_Area(ST_SetSRID(c.geom, 4326)::geography)) FILTER (WHERE ST_Dimension(c.geom) = 2), 0) AS m2
  FROM batch n JOIN unnest($3::uuid[]) AS u(id) ON true
  JOIN component c ON c.district = n.district AND c.id = u.id AND (c.closed_version IS NULL OR c.closed_version > n.base_version)
  JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version <= n.base_version
  LEFT JOIN LATERAL (SELECT p.grid_id FROM placement p
    JOIN placement_generation g ON g.district = p.district AND g.no = p.generation AND g.published
    WHERE p.district = c.district AND p.part = c.part AND p.component_id = c.id AND p.batch = c.batch
    ORDER BY p.generation DESC LIMIT 1) p ON true
  WHERE n.district = $1 AND n.no = $2 GROUP BY 1, 2`

export async function keepUnchanged(
  db: Queryable,
  { district, no }: Pick<Batch, 'district' | 'no'>,
  { points, shapes }: Unchanged,
): Promise<void> {
  const standing: Standing = {}
  const add = (area: string, code: string, quantity: Quantity) => {
    const here = (standing[area] ??= {})
    here[code] = plus(here[code] ?? noQuantity(), quantity)
  }
  for (const [area, classes] of Object.entries(points))
    for (const [code, pieces] of Object.entries(classes)) add(area, code, { pieces, metres: 0, m2: 0 })
  for (let at = 0; at < shapes.length; at += SHAPES_AT_ONCE) {
    const ids = shapes.slice(at, at + SHAPES_AT_ONCE)
    const rows = await db.query<Quantity & { area: string; class: string }>(SHAPES, [district, no, ids])
    for (const { area, class: code, ...quantity } of rows) add(area, code, quantity)
  }
  if (Object.keys(standing).length === 0) return
  await db.query('UPDATE batch SET unchanged = $3::jsonb WHERE district = $1 AND no = $2', [
    district,
    no,
    JSON.stringify(standing),
  ])
}
