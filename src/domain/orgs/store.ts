/** Reads of districts, units, persons and accounts. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { Scope } from './rules.ts'
import type { UnitEntry } from './units.ts'

export interface District {
  code: string
  name: string
  demo: boolean
  /** 密级 */
  classification: string
  approval: 'none' | 'second-person'
}

const DISTRICT = 'SELECT code, name, demo, classification, approval FROM district'

export async function listDistricts(db: Queryable): Promise<District[]> {
  return db.query(`${DISTRICT} ORDER BY code`)
}

/** @throws Problem district.unknown */
export async function getDistrict(db: Queryable, code: string): Promise<District> {
  const row = await maybe<District>(db, `${DISTRICT} WHERE code = $1`, [code])
  if (!row) throw problem('district.unknown', { code })
  return row
}

/** The unit directory, by name. */
export async function listUnits(db: Queryable, scope: Scope): Promise<UnitEntry[]> {
  return db.query(
    `SELECT id, code, name, short_name AS "shortName", kind, aliases FROM unit WHERE district = $1
     AND ($2::uuid[] IS NULL OR id = ANY($2::uuid[])) ORDER BY name COLLATE "C"`,
    [scope.district, scope.units === 'all' ? null : scope.units],
  )
}
