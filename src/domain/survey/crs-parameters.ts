/**
 * Transformation parameters that a profile states. They are secret: used, never shown, logged or exported. What
 * comes in with them is kept apart, and its place taken by a number that says nothing and can be sent back.
 *
 *   +towgs84=-120.1,38.4,... -> crs_parameters #3, +towgs84=#3 -> the same system, wherever it is used
 */
import { maybe, one, type Queryable } from '../../core/db.ts'
import { STATED, TRANSFORMATION } from './crs-masking.ts'
import type { Profile } from './schema.ts'

/** Numbers that stand where parameters stood. */
const KEPT = /(?<=\+\s*towgs84\s*=\s*|\bTOWGS84\s*\[\s*|^parameters:)#(\d{1,9})(?!\d)/gi

/** The profile with its parameters kept, in the caller's transaction. One that has none, or has their number, stays as it is. */
export async function keepParameters<P extends Profile | null | undefined>(
  tx: Queryable,
  district: string,
  profile: P,
  actor: string,
): Promise<P> {
  const crs = profile?.crs
  if (!crs) return profile
  let kept = ''
  let at = 0
  const found = TRANSFORMATION.test(crs)
    ? [{ index: 0, before: 'parameters:', stated: crs }]
    : [...crs.matchAll(STATED)].map(match => ({ index: match.index, before: match[1]!, stated: match[2]! }))
  for (const { index, before, stated } of found) {
    const end = before === 'parameters:' ? crs.length : index + before.length + stated.length
    kept += `${crs.slice(at, index)}${before}#${await numberOf(tx, district, stated, actor)}`
    at = end
  }
  return found.length === 0 ? profile : { ...profile, crs: kept + crs.slice(at) }
}

async function numberOf(tx: Queryable, district: string, stated: string, actor: string): Promise<number> {
  await tx.query('SELECT 1 FROM district WHERE code = $1 FOR UPDATE', [district])
  const known = await maybe<{ no: number }>(
    tx,
    'SELECT no FROM crs_parameters WHERE district = $1 AND stated = $2 ORDER BY no LIMIT 1',
    [district, stated],
  )
  if (known) return known.no
  const { no } = await one<{ no: number }>(
    tx,
    `INSERT INTO crs_parameters (district, no, stated, stated_by)
     SELECT $1, coalesce(max(no), 0) + 1, $2, $3 FROM crs_parameters WHERE district = $1 RETURNING no`,
    [district, stated, actor],
  )
  return no
}

/** The definition with the parameters its numbers stand for; null where it has none. For use, and nothing else. */
export async function statedWhole(db: Queryable, district: string, crs: string): Promise<string | null> {
  const numbers = [...crs.matchAll(KEPT)].map(match => Number(match[1]))
  if (numbers.length === 0) return null
  const rows = await db.query<{ no: number; stated: string }>(
    'SELECT no, stated FROM crs_parameters WHERE district = $1 AND no = ANY($2::int[])',
    [district, numbers],
  )
  const stated = new Map(rows.map(row => [row.no, row.stated]))
  return crs.replace(KEPT, (whole, no) => stated.get(Number(no)) ?? whole).replace(/^parameters:(?!#)/, '')
}
