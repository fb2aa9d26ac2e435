/** Reads of contractor firms and their crews. What a reach does not cover is not there. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { CrewEntry, FirmEntry } from './firm-schema.ts'
import type { Reach } from './rules.ts'

const FIRM = `SELECT f.id, f.name,
    CASE WHEN u.id IS NULL THEN NULL ELSE json_build_object('id', u.id, 'name', u.name) END AS unit,
    (SELECT coalesce(json_agg(json_build_object('id', c.id, 'name', c.name) ORDER BY c.name COLLATE "C"), '[]')
     FROM crew c WHERE c.district = f.district AND c.firm_id = f.id) AS crews,
    (SELECT coalesce(json_agg(a.name ORDER BY a.name COLLATE "C"), '[]') FROM firm_account m JOIN account a ON a.id = m.account_id
     WHERE m.district = f.district AND m.firm_id = f.id) AS accounts
  FROM firm f LEFT JOIN unit u ON u.district = f.district AND u.id = f.unit_id`

/** All firms by name; only the own one of who works for one. */
export async function listFirms(db: Queryable, district: string, reach: Reach): Promise<FirmEntry[]> {
  return db.query(`${FIRM} WHERE f.district = $1 AND ($2 OR f.id = $3::uuid) ORDER BY f.name COLLATE "C"`, [
    district,
    reach === 'all',
    reach === 'all' ? null : reach.firm,
  ])
}

/** @throws Problem firm.unknown, also for a firm that is out of reach */
export async function getFirm(db: Queryable, district: string, id: string, reach: Reach): Promise<FirmEntry> {
  const row =
    reach === 'all' || reach.firm === id
      ? await maybe<FirmEntry>(db, `${FIRM} WHERE f.district = $1 AND f.id = $2::uuid`, [district, id])
      : null
  if (!row) throw problem('firm.unknown', { name: id })
  return row
}

/** @throws Problem crew.unknown, also for a crew that is out of reach */
export async function getCrew(db: Queryable, district: string, id: string, reach: Reach): Promise<CrewEntry> {
  const row = await maybe<CrewEntry>(
    db,
    `SELECT c.id, c.name, f.id AS "firmId", f.name AS "firmName" FROM crew c
     JOIN firm f ON f.district = c.district AND f.id = c.firm_id WHERE c.district = $1 AND c.id = $2::uuid`,
    [district, id],
  )
  if (!row || (reach !== 'all' && reach.firm !== row.firmId)) throw problem('crew.unknown', { name: id })
  return row
}
