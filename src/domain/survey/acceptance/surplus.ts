/**
 * What a delivery has under the codes of things that are not on the ground. It is looked for in the area that was
 * walked: a code that stands there is the delivery's to answer for, any other is a slip of the pen.
 */
import type { Queryable } from '../../../core/db.ts'
import type { Delivered } from './schema.ts'
import type { Inspection } from './store.ts'

/** A new row comes before the one it takes the place of. */
const DELIVERED = `SELECT DISTINCT ON (c.code) c.code, c.class,
    CASE WHEN c.batch <> n.no THEN 'unchanged' WHEN c.supersedes THEN 'changed' ELSE 'added' END AS state,
    CASE WHEN ST_Dimension(c.geom) = 1 THEN ST_Length(ST_SetSRID(c.geom, 4326)::geography) ELSE 0 END AS metres,
    CASE WHEN ST_Dimension(c.geom) = 2 THEN ST_Area(ST_SetSRID(c.geom, 4326)::geography) ELSE 0 END AS m2
  FROM inspection_item i JOIN batch n ON n.district = i.district AND n.no = $4
  JOIN component c ON c.district = i.district AND c.geom && i.geom AND c.code = ANY($5::text[])
  JOIN batch b ON b.district = c.district AND b.no = c.batch
  WHERE i.district = $1 AND i.inspection_id = $2::uuid AND i.no = $3 AND (c.batch = n.no
    OR (b.version <= n.base_version AND (c.closed_version IS NULL OR c.closed_version > n.base_version)))
  ORDER BY c.code, (c.batch = n.no) DESC`

/** @returns by code, those of the codes that stand in the area of the item */
export async function deliveredAs(
  db: Queryable,
  { district, id, batchNo }: Pick<Inspection, 'district' | 'id' | 'batchNo'>,
  no: number,
  codes: readonly string[],
): Promise<Record<string, Delivered>> {
  if (codes.length === 0) return {}
  const rows = await db.query<Delivered & { code: string }>(DELIVERED, [district, id, no, batchNo, codes])
  return Object.fromEntries(rows.map(({ code, ...rest }) => [code, rest]))
}
