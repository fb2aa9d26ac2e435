/**
 * Which district a call is about, and making one. Every call asks: the codes are remembered beside the open
 * database, and read anew when one is made here, when the journal tells of one made elsewhere, and when one is
 * asked for that is not among them.
 */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { Principal } from '../../http/endpoint.ts'
import { type District, listDistricts } from './store.ts'

/** Codes of all districts, by database. */
const remembered = new WeakMap<Queryable, Promise<readonly string[]>>()

/** Reads the districts anew: the reaction to DISTRICT_CHANGES. */
export async function rememberDistricts(db: Queryable): Promise<readonly string[]> {
  const reading = listDistricts(db).then(districts => districts.map(({ code }) => code))
  remembered.set(db, reading)
  // what could not be read is asked for again
  reading.catch(() => remembered.get(db) === reading && remembered.delete(db))
  return reading
}

/** Events after which the districts are read anew. */
export const DISTRICT_CHANGES = ['district.added', 'district.changed']

/**
 * The district asked for, or the only one the principal may read.
 * @throws Problem district.unknown, district.needed, district.none
 */
export async function districtOf(
  db: Queryable,
  principal: Principal,
  code: string | undefined,
): Promise<string> {
  const mine = (codes: readonly string[]) =>
    codes.filter(each => principal.districts === '*' || principal.districts.includes(each))
  const known = mine(await (remembered.get(db) ?? rememberDistricts(db)))
  if (code !== undefined) {
    // it may have been made elsewhere a moment ago
    if (known.includes(code) || mine(await rememberDistricts(db)).includes(code)) return code
    throw problem('district.unknown', { code })
  }
  if (known.length === 1) return known[0]!
  if (known.length === 0) throw problem('district.none')
  throw problem('district.needed', { codes: known.join(', ') })
}

export interface NewDistrict {
  code: string
  name: string
  demo: boolean
  approval: 'none' | 'second-person'
  acceptance?: District['acceptance']
  gridCodeProfile?: string
  componentCodeProfile?: string
}

/** @returns false when it was there already (then nothing changes) */
export async function ensureDistrict(db: Db, district: NewDistrict, actor: string): Promise<boolean> {
  const added = await db.transaction(async tx => {
    const made = await maybe(
      tx,
      `INSERT INTO district (code, name, demo, approval, grid_code_profile, component_code_profile, acceptance)
       VALUES ($1, $2, $3, $4, coalesce($5, 'cjj14'), coalesce($6, 'cjt16'), coalesce($7, 'none')) ON CONFLICT DO NOTHING RETURNING code`,
      [
        district.code,
        district.name,
        district.demo,
        district.approval,
        district.gridCodeProfile ?? null,
        district.componentCodeProfile ?? null,
        district.acceptance ?? null,
      ],
    )
    if (made)
      await append(tx, district.code, actor, [{ kind: 'district.added', data: { name: district.name } }])
    return made !== null
  })
  if (added) await rememberDistricts(db)
  return added
}

/** Says whether approvals wait for an acceptance; what was approved before stays. @throws Problem district.unknown */
export async function setAcceptance(
  db: Db,
  code: string,
  acceptance: District['acceptance'],
  actor: string,
): Promise<void> {
  await db.transaction(async tx => {
    const changed = await maybe(tx, 'UPDATE district SET acceptance = $2 WHERE code = $1 RETURNING code', [
      code,
      acceptance,
    ])
    if (!changed) throw problem('district.unknown', { code })
    await append(tx, code, actor, [{ kind: 'district.acceptance-set', data: { acceptance } }])
  })
}

/**
 * Says whether what is loaded or proposed counts by a second person's word alone. What came under the stricter rule
 * keeps it. @throws Problem district.unknown
 */
export async function setApproval(
  db: Db,
  code: string,
  approval: District['approval'],
  actor: string,
): Promise<void> {
  await db.transaction(async tx => {
    const changed = await maybe(
      tx,
      `UPDATE district SET approval = $2,
         second_person_until = CASE WHEN approval <> 'none' AND $2 = 'none' THEN now() ELSE second_person_until END
       WHERE code = $1 RETURNING code`,
      [code, approval],
    )
    if (!changed) throw problem('district.unknown', { code })
    await append(tx, code, actor, [{ kind: 'district.approval-set', data: { approval } }])
  })
}
