/**
 * Transformation parameters that a profile states. They are secret: used, never shown, logged or exported. What
 * comes in with them is kept apart, and its place taken by a number that says nothing and can be sent back by whose they are.
 *
 *   +towgs84=-120.1,38.4,... -> crs_parameters #3, +towgs84=#3 -> the same system, wherever it is used
 */
import { maybe, one, type Queryable } from '../../core/db.ts'
import type { Reach } from '../orgs/rules.ts'
import { STATED, TRANSFORMATION } from './crs-masking.ts'
import type { Profile } from './schema.ts'

/** Numbers that stand where parameters stood. */
const KEPT = /(?<=\+\s*towgs84\s*=\s*|\bTOWGS84\s*\[\s*|^parameters:)#(\d{1,9})(?!\d)/gi

/** Whose kept parameters are: a firm's, an account's that works for none, or the district's, which everybody uses. */
export interface Owner {
  firmId: string | null
  owner: string | null
}

const DISTRICTS: Owner = { firmId: null, owner: null }

/** What a delivery states is its firm's, or who announced it; what somebody saves who reaches all is the district's. */
export const ownerOf = ({ firmId, createdBy }: { firmId: string | null; createdBy: string }): Owner => ({
  firmId,
  owner: firmId === null ? createdBy : null,
})
export const savedBy = (reach: Reach): Owner =>
  reach === 'all' ? DISTRICTS : ownerOf({ firmId: reach.firm, createdBy: reach.actor })

/** Whether something owned so is the district's or in reach. */
export const mayUse = (reach: Reach, { firmId, owner }: Owner): boolean =>
  reach === 'all' || (owner === null ? firmId === null || firmId === reach.firm : owner === reach.actor)

export interface Keeping {
  district: string
  actor: string
  /** Whose parameters the caller may use by their numbers. */
  reach: Reach
  /** Whose they become. */
  owner: Owner
  /** A delivery that is only looked into: what the look before stated is forgotten. */
  draftOf?: string
}

/**
 * The profile with its parameters kept, in the caller's transaction. A number that is another's, or nobody's, becomes
 * #0, which is never one; one that the owner could not use becomes the owner's.
 */
export async function keepParameters<P extends Profile | null | undefined>(
  tx: Queryable,
  profile: P,
  keeping: Keeping,
): Promise<P> {
  const crs = profile?.crs
  if (!crs) return profile
  await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [keeping.district])
  const used = await useNumbers(tx, crs, keeping)
  const whole = TRANSFORMATION.test(used)
  const found = whole
    ? [{ index: 0, before: 'parameters:', stated: used }]
    : [...used.matchAll(STATED)].map(match => ({ index: match.index, before: match[1]!, stated: match[2]! }))
  if (keeping.draftOf !== undefined) await forgetDrafts(tx, keeping, crs)
  let kept = ''
  let at = 0
  for (const { index, before, stated } of found) {
    kept += `${used.slice(at, index)}${before}#${await numberOf(tx, stated, keeping)}`
    at = whole ? used.length : index + before.length + stated.length
  }
  return { ...profile, crs: kept + used.slice(at) }
}

interface Kept extends Owner {
  no: number
  stated: string
}

async function useNumbers(tx: Queryable, crs: string, keeping: Keeping): Promise<string> {
  const numbers = numbersOf(crs)
  if (numbers.length === 0) return crs
  const rows = await tx.query<Kept>(
    'SELECT no, stated, firm_id AS "firmId", owner FROM crs_parameters WHERE district = $1 AND no = ANY($2::int[])',
    [keeping.district, numbers],
  )
  const { firmId, owner } = keeping.owner
  const said = new Map<number, number>()
  for (const row of rows) {
    if (!mayUse(keeping.reach, row)) continue
    const theirs = mayUse({ firm: firmId, actor: owner ?? '' }, row)
    said.set(row.no, theirs ? row.no : await numberOf(tx, row.stated, keeping))
    if (theirs && keeping.draftOf === undefined) await settle(tx, keeping.district, row.no)
  }
  return crs.replace(KEPT, (_, no) => `#${said.get(Number(no)) ?? 0}`)
}

/** What a profile that counts refers to is no draft any more. */
const settle = (tx: Queryable, district: string, no: number) =>
  tx.query('UPDATE crs_parameters SET draft_of = NULL WHERE district = $1 AND no = $2', [district, no])

/** Those of the look before that this one does not use again. */
const forgetDrafts = (tx: Queryable, { district, draftOf }: Keeping, crs: string) =>
  tx.query(
    'DELETE FROM crs_parameters WHERE district = $1 AND draft_of = $2::uuid AND no <> ALL($3::int[])',
    [district, draftOf, numbersOf(crs)],
  )

async function numberOf(
  tx: Queryable,
  stated: string,
  { district, actor, owner, draftOf }: Keeping,
): Promise<number> {
  const known = await maybe<{ no: number }>(
    tx,
    `SELECT no FROM crs_parameters WHERE district = $1 AND stated = $2 AND firm_id IS NOT DISTINCT FROM $3::uuid
       AND owner IS NOT DISTINCT FROM $4 AND (draft_of IS NULL OR draft_of = $5::uuid) ORDER BY no LIMIT 1`,
    [district, stated, owner.firmId, owner.owner, draftOf ?? null],
  )
  if (known) return known.no
  const { no } = await one<{ no: number }>(
    tx,
    'UPDATE district SET last_crs_parameters = last_crs_parameters + 1 WHERE code = $1 RETURNING last_crs_parameters AS no',
    [district],
  )
  await tx.query(
    `INSERT INTO crs_parameters (district, no, stated, stated_by, firm_id, owner, draft_of)
     VALUES ($1, $2, $3, $4, $5::uuid, $6, $7::uuid)`,
    [district, no, stated, actor, owner.firmId, owner.owner, draftOf ?? null],
  )
  return no
}

const numbersOf = (crs: string): number[] => [...crs.matchAll(KEPT)].map(match => Number(match[1]))

/** The definition with the parameters its numbers stand for; null where it has none. For use, and nothing else. */
export async function statedWhole(db: Queryable, district: string, crs: string): Promise<string | null> {
  const numbers = numbersOf(crs)
  if (numbers.length === 0) return null
  const rows = await db.query<{ no: number; stated: string }>(
    'SELECT no, stated FROM crs_parameters WHERE district = $1 AND no = ANY($2::int[])',
    [district, numbers],
  )
  const stated = new Map(rows.map(row => [row.no, row.stated]))
  return crs.replace(KEPT, (whole, no) => stated.get(Number(no)) ?? whole).replace(/^parameters:(?!#)/, '')
}
