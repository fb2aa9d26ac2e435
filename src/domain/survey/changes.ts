/**
 * What a loaded delivery would change, or did change, component by component: added, changed with each
 * field before and after, missing with what was decided. Read from the rows themselves: a batch's row
 * against the row that was seen before it.
 */
import { readEwkb } from '../../../gis/ewkb.ts'
import type { Geometry } from '../../../gis/geometry.ts'
import type { Queryable } from '../../core/db.ts'
import type { Scope } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import type { Delivery } from './schema.ts'

export type ChangeKind = 'added' | 'changed' | 'missing'

export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

export interface ComponentChange {
  id: string
  code: string | null
  class: string
  name: string | null
  /** As it would be; of what is missing, as it is. */
  geometry: Geometry
  /** Where it was, when it moved. */
  formerGeometry: Geometry | null
  /** Row of the delivery's file; of what is missing, of the file it came with. */
  row: number
  file: string | null
  fields: FieldChange[]
  decision: 'keep' | 'end' | null
}

/** Columns compared one by one; `attributes` are compared member by member. */
const compared = {
  code: 'code',
  class: 'class',
  name: 'name',
  state: 'state',
  currency: 'currency',
  competent_id: 'competent',
  owner_id: 'owner',
  maintainer_id: 'maintainer',
  surveyed_on: 'surveyedOn',
  changed_on: 'changedOn',
  data_source: 'source',
  picture: 'picture',
  note: 'note',
  stated_grid: 'statedGrid',
} as const
const units = new Set(['competent', 'owner', 'maintainer'])

interface Raw {
  id: string
  code: string | null
  class: string
  name: string | null
  geom: Uint8Array
  row: number
  file: string | null
  after: Record<string, unknown> | null
  before: Record<string, unknown> | null
  formerGeom: Uint8Array | null
  decision: 'keep' | 'end' | null
}

/** Changes of one kind in order of ids; `after` is the last id of the page before. Nothing where the batch is gone. */
export async function listChanges(
  db: Queryable,
  scope: Scope,
  delivery: Pick<Delivery, 'district' | 'batchNo'>,
  page: { kind: ChangeKind; after: string | null; limit: number },
): Promise<ComponentChange[]> {
  if (delivery.batchNo === null) return []
  const rows = await db.query<Raw>(page.kind === 'missing' ? MISSING : BROUGHT(page.kind), [
    delivery.district,
    delivery.batchNo,
    page.after ?? '00000000-0000-0000-0000-000000000000',
    page.limit,
    scope.hiddenClasses,
  ])
  const names = new Map((await listUnits(db, scope)).map(unit => [unit.id, unit.name]))
  return rows.map(({ geom, formerGeom, before, after, ...rest }) => ({
    ...rest,
    geometry: readEwkb(geom),
    formerGeometry: formerGeom && readEwkb(formerGeom),
    fields: before && after ? fieldChanges(before, after, names) : [],
  }))
}

/** The version a batch was, or would be, published on. */
const STAND = `SELECT b.district, b.no, b.part, b.files, coalesce(b.version - 1, h.version, 0) AS at
  FROM batch b LEFT JOIN registry_head h ON h.district = b.district WHERE b.district = $1 AND b.no = $2`

const columns = Object.keys(compared)
const json = (row: string) =>
  `jsonb_build_object(${[...columns, 'attributes'].map(column => `'${column}', ${row}.${column}`).join(', ')})`

/** The row of the same component that was seen before. */
const FORMER = `SELECT c.* FROM component c JOIN batch o ON o.district = c.district AND o.no = c.batch AND o.version <= s.at
  WHERE c.district = n.district AND c.id = n.id AND c.batch <> n.batch AND (c.closed_version IS NULL OR c.closed_version > s.at)`

const BROUGHT = (kind: 'added' | 'changed') => `WITH s AS (${STAND})
  SELECT n.id, n.code, n.class, n.name, ST_AsEWKB(n.geom) AS geom, n.row_no AS row, s.files[n.file_no + 1] AS file,
    ${json('n')} AS after, CASE WHEN f.id IS NULL THEN NULL ELSE ${json('f')} END AS before,
    CASE WHEN f.id IS NULL OR ST_AsEWKB(f.geom) = ST_AsEWKB(n.geom) THEN NULL ELSE ST_AsEWKB(f.geom) END AS "formerGeom",
    NULL AS decision
  FROM s JOIN component n ON n.district = s.district AND n.part = s.part AND n.batch = s.no
  LEFT JOIN LATERAL (${FORMER}) f ON true
  WHERE n.id > $3::uuid AND NOT (n.class = ANY($5::text[])) AND (f.id IS NULL) = ${kind === 'added'}
  ORDER BY n.id LIMIT $4`

const MISSING = `WITH s AS (${STAND})
  SELECT c.id, c.code, c.class, c.name, ST_AsEWKB(c.geom) AS geom, c.row_no AS row, b.files[c.file_no + 1] AS file,
    NULL AS after, NULL AS before, NULL AS "formerGeom", r.decision
  FROM s JOIN proposed_removal r ON r.district = s.district AND r.batch = s.no
  JOIN component c ON c.district = r.district AND c.id = r.component_id AND (c.closed_version IS NULL OR c.closed_version > s.at)
  JOIN batch v ON v.district = c.district AND v.no = c.batch AND v.version <= s.at
  JOIN batch b ON b.district = c.district AND b.no = coalesce(c.origin_batch, c.batch)
  WHERE r.component_id > $3::uuid AND NOT (c.class = ANY($5::text[])) ORDER BY r.component_id LIMIT $4`

function fieldChanges(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  names: ReadonlyMap<string, string>,
): FieldChange[] {
  const changes: FieldChange[] = []
  const told = (field: string, value: unknown) =>
    units.has(field) && typeof value === 'string' ? (names.get(value) ?? value) : (value ?? null)
  for (const [column, field] of Object.entries(compared)) {
    if ((before[column] ?? null) === (after[column] ?? null)) continue
    changes.push({ field, before: told(field, before[column]), after: told(field, after[column]) })
  }
  const was = (before.attributes ?? {}) as Record<string, unknown>
  const is = (after.attributes ?? {}) as Record<string, unknown>
  for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
    // what was delivered of a unit is told by the unit
    if (field.endsWith('AsDelivered')) continue
    if (JSON.stringify(was[field]) === JSON.stringify(is[field])) continue
    changes.push({ field, before: was[field] ?? null, after: is[field] ?? null })
  }
  return changes
}
