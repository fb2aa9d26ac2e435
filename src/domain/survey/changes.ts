/**
 * What a loaded delivery would change, or did change, component by component: added, changed with each
 * field before and after, missing with what was decided. Read from the rows themselves: a batch's row
 * against the row that was seen before it.
 */
import { readEwkb } from '../../../gis/ewkb.ts'
import type { Geometry } from '../../../gis/geometry.ts'
import { type Db, maybe } from '../../core/db.ts'
import type { Scope } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import { FIRST_ID, firstRows } from '../registry/ranges.ts'
import { decisionOf } from '../registry/removals.ts'
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
  db: Db,
  scope: Scope,
  delivery: Pick<Delivery, 'district' | 'batchNo' | 'counts'>,
  page: { kind: ChangeKind; after: string | null; limit: number },
): Promise<ComponentChange[]> {
  const { district, batchNo, counts } = delivery
  if (batchNo === null || counts[page.kind] === 0) return []
  const hidden = scope.hiddenClasses
  const rows =
    page.kind === 'missing'
      ? await missing(db, { district, no: batchNo }, { ...page, hidden })
      : await brought(db, { district, no: batchNo }, { ...page, hidden })
  const names = new Map((await listUnits(db, scope)).map(unit => [unit.id, unit.name]))
  return rows.map(({ geom, formerGeom, before, after, ...rest }) => ({
    ...rest,
    geometry: readEwkb(geom),
    formerGeometry: formerGeom && readEwkb(formerGeom),
    fields: before && after ? fieldChanges(before, after, names) : [],
  }))
}

/** Rows of a batch that one statement looks through for those of a page. */
const LOOKED_THROUGH = 5_000
/** Rows told in one statement, with what they were before. */
const TOLD_AT_ONCE = 200

interface Page {
  kind: ChangeKind
  after: string | null
  limit: number
  hidden: readonly string[]
}

/** First which rows, then what there is to tell of them. */
async function brought(db: Db, batch: { district: string; no: number }, page: Page): Promise<Raw[]> {
  const { district, no } = batch
  const found = await maybe<{ part: number }>(db, 'SELECT part FROM batch WHERE district = $1 AND no = $2', [
    district,
    no,
  ])
  if (!found) return []
  const from = 'component n WHERE n.district = $1 AND n.part = $2 AND n.batch = $3'
  const ranged = {
    from,
    id: 'n.id',
    params: [district, found.part, no],
    size: LOOKED_THROUGH,
    after: page.after ?? undefined,
  }
  const ids = await firstRows<{ id: string }>(db, ranged, page.limit, {
    params: [page.kind === 'changed', page.hidden],
    sql: (within, more) =>
      `SELECT n.id FROM ${from} ${within} AND n.supersedes = ${more(0)} AND NOT (n.class = ANY(${more(1)}::text[]))
       ORDER BY n.id`,
  })
  return told(db, BROUGHT, batch, ids, [])
}

/** Proposals in pages, until as many are told as were asked for: those of hidden classes are not. */
async function missing(db: Db, batch: { district: string; no: number }, page: Page): Promise<Raw[]> {
  const rows: Raw[] = []
  for (let after = page.after ?? FIRST_ID, read = page.limit; read === page.limit; ) {
    const ids = await db.query<{ id: string }>(
      `SELECT component_id AS id FROM proposed_removal WHERE district = $1 AND batch = $2 AND component_id > $3::uuid
       ORDER BY component_id LIMIT $4`,
      [batch.district, batch.no, after, page.limit],
    )
    rows.push(...(await told(db, MISSING, batch, ids, [page.hidden])))
    if (rows.length >= page.limit) break
    read = ids.length
    after = ids.at(-1)?.id ?? after
  }
  return rows.slice(0, page.limit)
}

async function told(
  db: Db,
  sql: string,
  { district, no }: { district: string; no: number },
  ids: readonly { id: string }[],
  more: readonly unknown[],
): Promise<Raw[]> {
  const rows: Raw[] = []
  for (let at = 0; at < ids.length; at += TOLD_AT_ONCE) {
    const some = ids.slice(at, at + TOLD_AT_ONCE).map(({ id }) => id)
    rows.push(...(await db.query<Raw>(sql, [district, no, some, ...more])))
  }
  return rows
}

/** The version a batch was, or would be, published on. */
const STAND = `SELECT b.district, b.no, b.part, b.of_all, b.of_all_no, coalesce(b.version - 1, h.version, 0) AS at
  FROM batch b LEFT JOIN registry_head h ON h.district = b.district WHERE b.district = $1 AND b.no = $2`

const columns = Object.keys(compared)
const json = (row: string) =>
  `jsonb_build_object(${[...columns, 'attributes'].map(column => `'${column}', ${row}.${column}`).join(', ')})`

/**
 * The row of a component that is seen at a version. OFFSET 0 keeps it a look by the id: without statistics the
 * planner would read all components to join them.
 */
const seenAt = (id: string, more = '') => `SELECT c.* FROM component c
  JOIN batch v ON v.district = c.district AND v.no = c.batch AND v.version <= s.at
  WHERE c.district = $1 AND c.id = ${id} AND (c.closed_version IS NULL OR c.closed_version > s.at) ${more} OFFSET 0`

const BROUGHT = `WITH s AS (${STAND})
  SELECT n.id, n.code, n.class, n.name, ST_AsEWKB(n.geom) AS geom, n.row_no AS row, o.files[n.file_no + 1] AS file,
    ${json('n')} AS after, CASE WHEN f.id IS NULL THEN NULL ELSE ${json('f')} END AS before,
    CASE WHEN f.id IS NULL OR ST_AsEWKB(f.geom) = ST_AsEWKB(n.geom) THEN NULL ELSE ST_AsEWKB(f.geom) END AS "formerGeom",
    NULL AS decision
  FROM s CROSS JOIN unnest($3::uuid[]) AS w (id)
  CROSS JOIN LATERAL (SELECT * FROM component n
    WHERE n.district = $1 AND n.part = s.part AND n.batch = $2 AND n.id = w.id OFFSET 0) n
  JOIN batch o ON o.district = n.district AND o.no = coalesce(n.origin_batch, n.batch)
  LEFT JOIN LATERAL (${seenAt('n.id', 'AND n.supersedes AND c.batch <> $2')}) f ON true ORDER BY n.id`

const MISSING = `WITH s AS (${STAND})
  SELECT c.id, c.code, c.class, c.name, ST_AsEWKB(c.geom) AS geom, c.row_no AS row, o.files[c.file_no + 1] AS file,
    NULL AS after, NULL AS before, NULL AS "formerGeom",
    ${decisionOf('r', 's')} AS decision
  FROM s JOIN proposed_removal r ON r.district = $1 AND r.batch = $2 AND r.component_id = ANY($3::uuid[])
  CROSS JOIN LATERAL (${seenAt('r.component_id')}) c
  JOIN batch o ON o.district = c.district AND o.no = coalesce(c.origin_batch, c.batch)
  WHERE NOT (c.class = ANY($4::text[])) ORDER BY r.component_id`

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
