/** Reads of deliveries, their files and mapping profiles. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { Reach } from '../orgs/rules.ts'
import { type Delivery, noCounts, type Profile } from './schema.ts'

const COLUMNS = `district, id, no, kind, name, contractor, firm_id AS "firmId", package_id AS "packageId",
  (SELECT p.name FROM package p WHERE p.district = delivery.district AND p.id = delivery.package_id) AS "packageName", state, profile, options, progress, counts, files, findings,
  batch_no AS "batchNo", version, created_at AS "createdAt", created_by AS "createdBy", senders, started_by AS "startedBy", crs_version AS "crsVersion",
  rules_no AS "rulesVersion", decided_at AS "decidedAt", decided_by AS "decidedBy", reason`

const whole = (row: Delivery): Delivery => ({
  ...row,
  counts: { ...noCounts(), ...row.counts },
  findings: { ...{ errors: 0, warnings: 0, byCode: [] }, ...row.findings },
})

export async function getDelivery(db: Queryable, id: string): Promise<Delivery> {
  const row = await maybe<Delivery>(db, `SELECT ${COLUMNS} FROM delivery WHERE id = $1::uuid`, [id])
  if (!row) throw problem('delivery.unknown', { id })
  return whole(row)
}

/** Those in reach, newest first; without `all`, those that were given up before anything was loaded are left out. */
export async function listDeliveries(
  db: Queryable,
  district: string,
  reach: Reach,
  page: { before: number | null; limit: number; all: boolean },
): Promise<Delivery[]> {
  const rows = await db.query<Delivery>(
    `SELECT ${COLUMNS} FROM delivery WHERE district = $1 AND no < $2 AND ${inReach('delivery', 4)}
       AND ($7::boolean OR state <> 'cancelled' OR progress <> '{}'::jsonb) ORDER BY no DESC LIMIT $3`,
    [district, page.before ?? 2_147_483_647, page.limit, ...reachParams(reach), page.all],
  )
  return rows.map(whole)
}

/** SQL that says whether a delivery is in reach (orgs/rules.ts), its parameters from $at on being `reachParams`. */
export const inReach = (table: string, at: number): string =>
  `($${at}::boolean OR CASE WHEN ${table}.firm_id IS NULL THEN ${table}.created_by = $${at + 2} ELSE ${table}.firm_id = $${at + 1}::uuid END)`

export const reachParams = (reach: Reach): [all: boolean, firm: string | null, actor: string | null] =>
  reach === 'all' ? [true, null, null] : [false, reach.firm, reach.actor]

/** Batches of deliveries in reach: of others it is not told which row of which file they brought. */
export async function listBatchesInReach(
  db: Queryable,
  district: string,
  reach: Reach,
): Promise<{ has(batch: number): boolean }> {
  if (reach === 'all') return { has: () => true }
  const rows = await db.query<{ no: number }>(
    `SELECT b.no FROM batch b JOIN delivery d ON d.district = b.district AND d.id = b.delivery_id
     WHERE b.district = $1 AND ${inReach('d', 2)}`,
    [district, ...reachParams(reach)],
  )
  return new Set(rows.map(row => row.no))
}
/** What was written down of a delivery's files when they came, by name. */
export async function listFileNotes(
  db: Queryable,
  { district, id }: Pick<Delivery, 'district' | 'id'>,
): Promise<Map<string, { sha256: string; sentBy: string; sentAt: Date }>> {
  const rows = await db.query<{ name: string; sha256: string; sentBy: string; sentAt: Date }>(
    `SELECT name, sha256, sent_by AS "sentBy", sent_at AS "sentAt" FROM delivery_file
     WHERE district = $1 AND delivery_id = $2::uuid`,
    [district, id],
  )
  return new Map(rows.map(({ name, ...note }) => [name, note]))
}

export interface SavedProfile {
  name: string
  kind: string
  profile: Profile
}

/** Those of the district, and those in reach. */
export async function listProfiles(
  db: Queryable,
  district: string,
  reach: Reach = 'all',
): Promise<SavedProfile[]> {
  return db.query(
    `SELECT name, kind, profile FROM mapping_profile
     WHERE district = $1 AND ($2::boolean OR CASE WHEN owner IS NULL THEN firm_id IS NULL OR firm_id = $3::uuid ELSE owner = $4 END)
     ORDER BY name`,
    [district, ...reachParams(reach)],
  )
}
