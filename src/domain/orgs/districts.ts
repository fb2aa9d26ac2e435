/** Which district a call is about, and making one. */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { Principal } from '../../http/endpoint.ts'
import { type District, listDistricts } from './store.ts'

/**
 * The district asked for, or the only one the principal may read.
 * @throws Problem district.unknown, district.needed, district.none
 */
export async function districtOf(
  db: Queryable,
  principal: Principal,
  code: string | undefined,
): Promise<string> {
  const mine = (await listDistricts(db)).filter(
    each => principal.districts === '*' || principal.districts.includes(each.code),
  )
  if (code !== undefined) {
    if (mine.some(each => each.code === code)) return code
    throw problem('district.unknown', { code })
  }
  if (mine.length === 1) return mine[0]!.code
  if (mine.length === 0) throw problem('district.none')
  throw problem('district.needed', { codes: mine.map(each => each.code).join(', ') })
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
  return db.transaction(async tx => {
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
