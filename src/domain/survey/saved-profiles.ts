/** Mapping profiles as they are saved and forgotten: each is a firm's, an account's that works for none, or the district's. */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { Reach } from '../orgs/rules.ts'
import { keepParameters, mayUse, type Owner, savedBy } from './crs-parameters.ts'
import type { Profile } from './schema.ts'

/**
 * Saves a profile under a name. Who works for a firm replaces its own ones only, and nobody replaces what is out of
 * reach; whoever replaces one, it stays whose it was.
 * @throws profile.taken
 */
export async function saveProfile(
  db: Db,
  district: string,
  name: string,
  given: Profile,
  actor: string,
  reach: Reach = 'all',
): Promise<void> {
  await db.transaction(async tx => {
    const owner = (await ownProfile(tx, district, name, reach)) ?? savedBy(reach)
    const profile = await keepParameters(tx, given, { district, actor, reach, owner })
    await tx.query(
      `INSERT INTO mapping_profile (district, name, kind, profile, updated_by, firm_id, owner)
       VALUES ($1, $2, $3, $4::jsonb, $5, $6::uuid, $7)
       ON CONFLICT (district, name) DO UPDATE SET kind = $3, profile = $4::jsonb, updated_by = $5, updated_at = now()`,
      [district, name, profile.kind, JSON.stringify(profile), actor, owner.firmId, owner.owner],
    )
    await append(tx, district, actor, [{ kind: 'profile.saved', data: { name, profile } }])
  })
}

/** @returns whose it is, null where there is none @throws profile.taken */
async function ownProfile(
  tx: Queryable,
  district: string,
  name: string,
  reach: Reach,
): Promise<Owner | null> {
  const held = await maybe<Owner>(
    tx,
    'SELECT firm_id AS "firmId", owner FROM mapping_profile WHERE district = $1 AND name = $2 FOR UPDATE',
    [district, name],
  )
  const districts = held?.firmId === null && held.owner === null
  if (held && reach !== 'all' && (districts || !mayUse(reach, held))) throw problem('profile.taken', { name })
  return held
}

/** @throws Problem profile.unknown, profile.taken */
export async function deleteProfile(
  db: Db,
  district: string,
  name: string,
  actor: string,
  reach: Reach = 'all',
): Promise<void> {
  await db.transaction(async tx => {
    await ownProfile(tx, district, name, reach)
    const gone = await tx.query(
      'DELETE FROM mapping_profile WHERE district = $1 AND name = $2 RETURNING name',
      [district, name],
    )
    if (gone.length === 0) throw problem('profile.unknown', { name })
    await append(tx, district, actor, [{ kind: 'profile.deleted', data: { name } }])
  })
}
