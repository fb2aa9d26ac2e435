/** Reads of the registry: what is seen at the current version. */
import { readEwkb } from '../../../gis/ewkb.ts'
import type { Geometry } from '../../../gis/geometry.ts'
import { type CopyRow, readCopy } from '../../core/copy-read.ts'
import { type Db, maybe, one, type Queryable, type Reader } from '../../core/db.ts'
import { literal } from '../grids/store.ts'
import type { Scope } from '../orgs/rules.ts'
import { EMBEDDED_ROWS, FIRST_ID, firstRows } from './ranges.ts'

/** What keeps the rows c of district $1 that are seen now. */
export const SEEN_NOW = `JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version IS NOT NULL
  JOIN registry_head h ON h.district = c.district
  WHERE c.district = $1 AND (c.closed_version IS NULL OR c.closed_version > h.version)`

/** The rows of district $1 that are seen now. */
export const CURRENT = `SELECT c.* FROM component c ${SEEN_NOW}`

/**
 * How many components are seen, now or at a version: what the versions added and took away, without a look at the
 * rows.
 */
export async function countCurrent(
  db: Queryable,
  district: string,
  at: number | null = null,
): Promise<number> {
  const { n } = await one<{ n: number }>(
    db,
    `SELECT coalesce(sum(added - removed), 0)::int AS n FROM registry_version
     WHERE district = $1 AND ($2::int IS NULL OR no <= $2)`,
    [district, at],
  )
  return n
}

/** The version that was current just before a moment; 0 before the first publish. */
export async function versionBefore(db: Queryable, district: string, moment: Date): Promise<number> {
  const row = await maybe<{ no: number | null }>(
    db,
    'SELECT max(no) AS no FROM registry_version WHERE district = $1 AND published_at < $2',
    [district, moment],
  )
  return row?.no ?? 0
}

/** The current version; 0 before the first publish. */
export async function currentVersion(db: Queryable, district: string): Promise<number> {
  const row = await maybe<{ version: number }>(db, 'SELECT version FROM registry_head WHERE district = $1', [
    district,
  ])
  return row?.version ?? 0
}

/**
 * Streams columns of every component seen now, or at a version, in short statements on the embedded engine.
 * `columns` are SQL expressions over `c`; the row's first two fields are always id and batch.
 * @param classes a hint: others are left out where that shortens the statement, and come where it would not
 * @param at a version; the current one where null
 */
export async function eachCurrent(
  db: Reader,
  district: string,
  columns: string,
  each: (row: CopyRow) => void,
  { classes = null, at = null }: { classes?: readonly string[] | null; at?: number | null } = {},
): Promise<void> {
  const version = at === null ? 'h.version' : String(Math.trunc(at))
  const current = CURRENT.replaceAll('$1', literal(district))
    .replace('b.version IS NOT NULL', at === null ? 'b.version IS NOT NULL' : `b.version <= ${version}`)
    .replace('h.version)', `${version})`)
  if (db.engine.longStatements) {
    const of = classes ? `WHERE c.class IN (${classes.map(literal).join(', ')})` : ''
    await readCopy(db.copyOut(`SELECT c.id, c.batch, ${columns} FROM (${current}) c ${of}`), each)
    return
  }
  const parts = await db.query<{ part: number; no: number }>(
    `SELECT part, no FROM batch WHERE district = $1 AND version IS NOT NULL AND ($2::int IS NULL OR version <= $2)
     ORDER BY no`,
    [district, at],
  )
  for (const { part, no } of parts) {
    for (let last = FIRST_ID, read = EMBEDDED_ROWS; read === EMBEDDED_ROWS; ) {
      read = await readCopy(
        db.copyOut(
          `SELECT c.id, c.batch, ${columns} FROM component c JOIN registry_head h ON h.district = c.district
           WHERE c.district = ${literal(district)} AND c.part = ${part} AND c.batch = ${no} AND c.id > '${last}'
             AND (c.closed_version IS NULL OR c.closed_version > ${version}) ORDER BY c.id LIMIT ${EMBEDDED_ROWS}`,
        ),
        row => {
          last = row.uuid(0)!
          each(row)
        },
      )
    }
  }
}

/** One component as the card needs it. */
export interface ComponentRow {
  id: string
  key: string
  surveyNo: string | null
  code: string | null
  class: string
  name: string | null
  geometry: Geometry
  state: string | null
  currency: string | null
  competentId: string | null
  ownerId: string | null
  maintainerId: string | null
  unitStates: string
  surveyedOn: string | null
  changedOn: string | null
  dataSource: string | null
  picture: string | null
  note: string | null
  statedGrid: string | null
  attributes: Record<string, unknown> | null
  fileNo: number
  rowNo: number
  batch: number
  dictionaryId: string
  /** The batch its row came with first, and where that came from. */
  originBatch: number
  source: BatchSource
  deliveryId: string
  file: string | null
  version: number
  publishedAt: Date
  publishedBy: string
}
export type BatchSource = 'delivery' | 'upkeep' | 'handover'

const card = (
  from: string,
) => `SELECT c.id, c.key, c.survey_no AS "surveyNo", c.code, c.class, c.name, ST_AsEWKB(c.geom) AS geom, c.state, c.currency,
    c.competent_id AS "competentId", c.owner_id AS "ownerId", c.maintainer_id AS "maintainerId",
    c.unit_states AS "unitStates", c.surveyed_on AS "surveyedOn", c.changed_on AS "changedOn",
    c.data_source AS "dataSource", c.picture, c.note, c.stated_grid AS "statedGrid", c.attributes,
    c.file_no AS "fileNo", c.row_no AS "rowNo", c.batch, b.dictionary_id AS "dictionaryId",
    b.no AS "originBatch", b.source, b.delivery_id AS "deliveryId", b.files[c.file_no + 1] AS file, v.no AS version,
    v.published_at AS "publishedAt", v.published_by AS "publishedBy"
  FROM ${from}
  JOIN batch s ON s.district = c.district AND s.no = c.batch AND s.version IS NOT NULL
  JOIN batch b ON b.district = c.district AND b.no = coalesce(c.origin_batch, c.batch)
  JOIN registry_version v ON v.district = s.district AND v.no = s.version
  JOIN registry_head h ON h.district = c.district`
const CARD = card('component c')
/** One by one by their ids: a planner that knows little of fresh rows would read all there are. */
const CARDS = card(
  `unnest($2::uuid[]) AS w (id) CROSS JOIN LATERAL (SELECT * FROM component WHERE district = $1 AND id = w.id OFFSET 0) c`,
)

type Raw = Omit<ComponentRow, 'geometry'> & { geom: Uint8Array }
const fromRaw = ({ geom, ...rest }: Raw): ComponentRow => ({ ...rest, geometry: readEwkb(geom) })

/** The component as it is now, or null; whether the scope may see it is the atlas's question. */
export async function findComponent(db: Queryable, scope: Scope, id: string): Promise<ComponentRow | null> {
  const row = await maybe<Raw>(
    db,
    `${CARD} WHERE c.district = $1 AND c.id = $2::uuid AND (c.closed_version IS NULL OR c.closed_version > h.version)
     ORDER BY v.no DESC LIMIT 1`,
    [scope.district, id],
  )
  if (!row) return null
  if (scope.hiddenClasses.includes(row.class)) return null
  return fromRaw(row)
}

/** Those of the components that are there now. */
export async function listCurrentRows(db: Queryable, scope: Scope, ids: readonly string[]) {
  const rows = await db.query<Raw>(
    `${CARDS} WHERE (c.closed_version IS NULL OR c.closed_version > h.version)`,
    [scope.district, ids],
  )
  return rows.map(fromRaw)
}

/** The last row of a component that is not there any more, or null. */
export async function findEnded(db: Queryable, scope: Scope, id: string): Promise<ComponentRow | null> {
  if (await findComponent(db, scope, id)) return null
  const row = await maybe<Raw>(
    db,
    `${CARD} WHERE c.district = $1 AND c.id = $2::uuid ORDER BY v.no DESC LIMIT 1`,
    [scope.district, id],
  )
  return row && !scope.hiddenClasses.includes(row.class) ? fromRaw(row) : null
}

export interface ComponentHistoryEntry {
  version: number
  at: Date
  change: 'added' | 'changed' | 'removed' | 'restored'
}

/** Versions in which the component was added, changed, taken away or brought back, newest first. */
export async function listHistory(db: Queryable, scope: Scope, id: string): Promise<ComponentHistoryEntry[]> {
  return db.query<ComponentHistoryEntry>(
    `WITH came AS (
       SELECT v.no, v.published_at, v.restored, c.closed_version,
         lag(c.closed_version) OVER (ORDER BY v.no) IS NOT DISTINCT FROM v.no AS went_on,
         row_number() OVER (ORDER BY v.no) > 1 AS again
       FROM component c
       JOIN batch b ON b.district = c.district AND b.no = c.batch
       JOIN registry_version v ON v.district = b.district AND v.no = b.version
       WHERE c.district = $1 AND c.id = $2::uuid)
     SELECT no AS version, published_at AS at,
       CASE WHEN restored IS NOT NULL THEN 'restored' WHEN went_on THEN 'changed' WHEN again THEN 'restored' ELSE 'added' END AS change FROM came
     UNION ALL
     SELECT v.no, v.published_at, 'removed' FROM came JOIN registry_version v ON v.district = $1 AND v.no = came.closed_version
     WHERE NOT EXISTS (SELECT 1 FROM came next WHERE next.no = came.closed_version)
     ORDER BY 1 DESC`,
    [scope.district, id],
  )
}

/** What one published version did. */
export interface RegistryVersion {
  no: number
  batchNo: number
  /** Of the delivery it came with; where `source` is another, of what was decided together. */
  deliveryId: string
  source: BatchSource
  added: number
  changed: number
  removed: number
  /** How many were seen at it. */
  components: number
  /** The version whose state it brought back. */
  restored: number | null
  publishedAt: Date
  publishedBy: string
}

/** Versions of the registry, newest first. */
export async function listVersions(
  db: Queryable,
  district: string,
  page: { before: number | null; limit: number },
): Promise<RegistryVersion[]> {
  return db.query(
    `SELECT v.no, v.batch_no AS "batchNo", b.delivery_id AS "deliveryId", b.source, v.added, v.changed, v.removed, v.restored,
       v.components, v.published_at AS "publishedAt", v.published_by AS "publishedBy"
     FROM (SELECT *, (sum(added - removed) OVER (ORDER BY no))::int AS components FROM registry_version WHERE district = $1) v
     JOIN batch b ON b.district = v.district AND b.no = v.batch_no
     WHERE $2::int IS NULL OR v.no < $2 ORDER BY v.no DESC LIMIT $3`,
    [district, page.before, page.limit],
  )
}

/** A component as it was seen at a version. */
export interface PastComponent {
  id: string
  key: string
  code: string | null
  class: string
  name: string | null
  geometry: Geometry
  state: string | null
  content: string
  /** The batch its row came with first. */
  batch: number
  fileNo: number
  rowNo: number
}

/** Rows of all versions that one statement looks through for a page. */
const PAST_AT_ONCE = 2_000

/** The registry as it was at a version, in order of ids; `after` is the last id of the page before. */
export async function listAsOf(
  db: Db,
  scope: Scope,
  version: number,
  page: { after: string | null; limit: number },
): Promise<PastComponent[]> {
  const ranged = {
    from: 'component c WHERE c.district = $1',
    id: 'c.id',
    params: [scope.district],
    size: PAST_AT_ONCE,
    after: page.after ?? undefined,
  }
  const rows = await firstRows<Omit<PastComponent, 'geometry'> & { geom: Uint8Array }>(
    db,
    ranged,
    page.limit,
    {
      params: [version, scope.hiddenClasses],
      sql: (within, more) =>
        `SELECT c.id, c.key, c.code, c.class, c.name, ST_AsEWKB(c.geom) AS geom, c.state, c.content::text AS content,
         coalesce(c.origin_batch, c.batch) AS batch, c.file_no AS "fileNo", c.row_no AS "rowNo"
       FROM component c JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version <= ${more(0)}
       WHERE c.district = $1 AND (c.closed_version IS NULL OR c.closed_version > ${more(0)})
         AND NOT (c.class = ANY(${more(1)}::text[])) ${within} ORDER BY c.id`,
    },
  )
  return rows.map(({ geom, ...rest }) => ({ ...rest, geometry: readEwkb(geom) }))
}
