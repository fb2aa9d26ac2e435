/** Reads of districts, units, persons and accounts. */
import { maybe, type Queryable } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { type Held, needsSecondPerson, type Role, type Scope, spread } from './rules.ts'
import type { UnitEntry } from './units.ts'

export interface District {
  code: string
  name: string
  demo: boolean
  /** 密级 */
  classification: string
  approval: 'none' | 'second-person'
  /** What came before this moment is held to a second person, whatever holds now. */
  secondPersonUntil: Date | null
  /** Whether an approval waits for a supervisor's acceptance. */
  acceptance: 'none' | 'required'
}

const DISTRICT = `SELECT code, name, demo, classification, approval, second_person_until AS "secondPersonUntil", acceptance
  FROM district`

export async function listDistricts(db: Queryable): Promise<District[]> {
  return db.query(`${DISTRICT} ORDER BY code`)
}

/** @throws Problem district.unknown */
export async function getDistrict(db: Queryable, code: string): Promise<District> {
  const row = await maybe<District>(db, `${DISTRICT} WHERE code = $1`, [code])
  if (!row) throw problem('district.unknown', { code })
  return row
}

/** Whether what came at a moment counts only by a second person's word. */
export async function asksSecondPerson(db: Queryable, district: string, since: Date): Promise<boolean> {
  return needsSecondPerson(await getDistrict(db, district), since)
}

/** The unit directory, by name. */
export async function listUnits(db: Queryable, scope: Scope): Promise<UnitEntry[]> {
  return db.query(
    `SELECT id, code, name, short_name AS "shortName", kind, aliases FROM unit WHERE district = $1
     AND ($2::uuid[] IS NULL OR id = ANY($2::uuid[])) ORDER BY name COLLATE "C"`,
    [scope.district, scope.units === 'all' ? null : scope.units],
  )
}

/** 账号, as who manages them sees it. */
export interface AccountRecord {
  id: string
  name: string
  personName: string | null
  roles: Role[]
  districts: '*' | string[]
  mustChangePassword: boolean
  lockedUntil: Date | null
  disabledAt: Date | null
  createdAt: Date
}

const ACCOUNT = `SELECT a.id, a.name, p.name AS "personName", a.must_change AS "mustChangePassword",
    a.locked_until AS "lockedUntil", a.disabled_at AS "disabledAt", a.created_at AS "createdAt",
    (SELECT coalesce(json_agg(json_build_array(r.district, r.role) ORDER BY r.role, r.district), '[]')
     FROM account_role r WHERE r.account_id = a.id) AS held
  FROM account a LEFT JOIN person p ON p.district = a.person_district AND p.id = a.person_id`

export async function listAccounts(db: Queryable): Promise<AccountRecord[]> {
  return (await db.query<HeldRecord>(`${ACCOUNT} ORDER BY a.name COLLATE "C"`)).map(recordOf)
}

export async function findAccount(db: Queryable, name: string): Promise<AccountRecord | null> {
  const row = await maybe<HeldRecord>(db, `${ACCOUNT} WHERE a.name = $1`, [name])
  return row && recordOf(row)
}

type HeldRecord = Omit<AccountRecord, 'roles' | 'districts'> & { held: Held }

const recordOf = ({ held, ...rest }: HeldRecord): AccountRecord => ({ ...rest, ...spread(held) })
