/**
 * 二维码牌: tokens that stand for components on plates in the street. A token says nothing by itself and cannot be
 * guessed (100 bits); a plate that is made anew voids the one before, where that is asked.
 */
import { randomBytes } from 'node:crypto'
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { PlatePolicy } from './plate-schema.ts'

/** Crockford's base 32: no I, L, O, U, so that a plate can be read out. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 20

/** A new token: 20 letters of 5 bits. */
export const newToken = (): string => Array.from(randomBytes(LENGTH), byte => LETTERS[byte & 31]!).join('')

export interface Plate {
  componentId: string
  token: string
  code: string | null
  class: string
}

/**
 * The plates of current components, made where there is none yet.
 * @param renew void the plates that are there: what was printed before leads nowhere any more
 * @throws Problem component.unknown for the first that is not there
 */
export async function issuePlates(
  db: Db,
  {
    district,
    ids,
    renew,
    actor,
  }: { district: string; ids: readonly string[]; renew: boolean; actor: string },
): Promise<Plate[]> {
  return db.transaction(async tx => {
    const there = await listThere(tx, district, ids)
    const missing = ids.find(id => !there.has(id))
    if (missing) throw problem('component.unknown', { id: missing })
    if (renew)
      await tx.query(
        'UPDATE plate SET voided_at = now() WHERE district = $1 AND component_id = ANY($2::uuid[]) AND voided_at IS NULL',
        [district, ids],
      )
    const made = await tx.query<{ id: string }>(
      `INSERT INTO plate (district, token, component_id, issued_by)
       SELECT $1, t, id, $4 FROM unnest($2::text[], $3::uuid[]) AS n (t, id)
       ON CONFLICT (district, component_id) WHERE voided_at IS NULL DO NOTHING RETURNING component_id AS id`,
      [district, ids.map(newToken), ids, actor],
    )
    if (made.length > 0)
      await append(tx, district, actor, [{ kind: 'plates.issued', data: { n: made.length, renewed: renew } }])
    const plates = await tx.query<{ componentId: string; token: string }>(
      'SELECT component_id AS "componentId", token FROM plate WHERE district = $1 AND component_id = ANY($2::uuid[]) AND voided_at IS NULL',
      [district, ids],
    )
    const tokens = new Map(plates.map(plate => [plate.componentId, plate.token]))
    return ids.map(id => ({ componentId: id, token: tokens.get(id)!, ...there.get(id)! }))
  })
}

async function listThere(
  db: Queryable,
  district: string,
  ids: readonly string[],
): Promise<Map<string, { code: string | null; class: string }>> {
  const rows = await db.query<{ id: string; code: string | null; class: string }>(
    `SELECT c.id, c.code, c.class FROM component c
     JOIN batch b ON b.district = c.district AND b.no = c.batch AND b.version IS NOT NULL
     JOIN registry_head h ON h.district = c.district
     WHERE c.district = $1 AND c.id = ANY($2::uuid[]) AND (c.closed_version IS NULL OR c.closed_version > h.version)`,
    [district, ids],
  )
  return new Map(rows.map(({ id, ...rest }) => [id, rest]))
}

export interface FoundPlate {
  district: string
  componentId: string
  /** Null where the component is not there any more. */
  code: string | null
  class: string | null
}

/** @throws Problem plate.unknown, for a voided one too */
export async function getPlate(db: Queryable, token: string): Promise<FoundPlate> {
  const row = await maybe<{ district: string; componentId: string }>(
    db,
    'SELECT district, component_id AS "componentId" FROM plate WHERE token = $1 AND voided_at IS NULL',
    [token.toUpperCase()],
  )
  if (!row) throw problem('plate.unknown')
  const there = (await listThere(db, row.district, [row.componentId])).get(row.componentId)
  return { ...row, code: there?.code ?? null, class: there?.class ?? null }
}

const NO_POLICY: PlatePolicy = { publicPage: false, hotline: null }

/** What people in the street are told in a district. */
export async function getPolicy(db: Queryable, district: string): Promise<PlatePolicy> {
  const sql = 'SELECT public_page AS "publicPage", hotline FROM plate_policy WHERE district = $1'
  return (await maybe<PlatePolicy>(db, sql, [district])) ?? NO_POLICY
}

export async function setPolicy(
  db: Db,
  { district, policy, actor }: { district: string; policy: PlatePolicy; actor: string },
): Promise<void> {
  await db.transaction(async tx => {
    await tx.query(
      `INSERT INTO plate_policy (district, public_page, hotline) VALUES ($1, $2, $3)
       ON CONFLICT (district) DO UPDATE SET public_page = $2, hotline = $3`,
      [district, policy.publicPage, policy.hotline],
    )
    await append(tx, district, actor, [{ kind: 'plates.policy-set', data: { ...policy } }])
  })
}
