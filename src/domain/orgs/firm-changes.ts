/** What changes contractor firms: each appends its event to the district's journal in the same transaction. */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import type { NewFirm } from './firm-schema.ts'
import { findAccount } from './store.ts'

interface Where {
  district: string
  actor: string
}

/** @throws firm.taken, unit.unknown */
export async function addFirm(db: Db, { district, actor }: Where, firm: NewFirm): Promise<string> {
  const id = newId()
  await db.transaction(async tx => {
    const unit = await unitOf(tx, district, firm.unit)
    const row = await maybe(
      tx,
      `INSERT INTO firm (district, id, name, unit_id) VALUES ($1, $2::uuid, $3, $4::uuid)
       ON CONFLICT (district, name) DO NOTHING RETURNING id`,
      [district, id, firm.name, unit],
    )
    if (!row) throw problem('firm.taken', { name: firm.name })
    await append(tx, district, actor, [{ kind: 'firm.added', data: { firm: id, name: firm.name } }])
  })
  return id
}

/** Gives a firm another name, or another place in the directory. @throws firm.unknown, firm.taken, unit.unknown */
export async function changeFirm(
  db: Db,
  { district, actor }: Where,
  id: string,
  firm: NewFirm,
): Promise<void> {
  await db.transaction(async tx => {
    const unit = await unitOf(tx, district, firm.unit)
    const other = await maybe(
      tx,
      'SELECT 1 FROM firm WHERE district = $1 AND name = $2 AND id <> $3::uuid FOR UPDATE',
      [district, firm.name, id],
    )
    if (other) throw problem('firm.taken', { name: firm.name })
    const row = await maybe(
      tx,
      'UPDATE firm SET name = $3, unit_id = $4::uuid WHERE district = $1 AND id = $2::uuid RETURNING id',
      [district, id, firm.name, unit],
    )
    if (!row) throw problem('firm.unknown', { name: id })
    await append(tx, district, actor, [{ kind: 'firm.changed', data: { firm: id, name: firm.name } }])
  })
}

async function unitOf(tx: Queryable, district: string, said: string | null): Promise<string | null> {
  if (said === null) return null
  const row = await maybe<{ id: string }>(
    tx,
    'SELECT id FROM unit WHERE district = $1 AND (code = $2 OR name = $2) ORDER BY (code = $2) DESC LIMIT 1',
    [district, said],
  )
  if (!row) throw problem('unit.unknown', { name: said })
  return row.id
}

/** @throws crew.taken */
export async function addCrew(
  db: Db,
  { district, actor }: Where,
  firm: string,
  name: string,
): Promise<string> {
  const id = newId()
  await db.transaction(async tx => {
    const row = await maybe(
      tx,
      `INSERT INTO crew (district, id, firm_id, name) VALUES ($1, $2::uuid, $3::uuid, $4)
       ON CONFLICT (district, firm_id, name) DO NOTHING RETURNING id`,
      [district, id, firm, name],
    )
    if (!row) throw problem('crew.taken', { name })
    await append(tx, district, actor, [{ kind: 'crew.added', data: { crew: id, firm, name } }])
  })
  return id
}

/** Forgets a crew that never held codes. @throws crew.holds-codes */
export async function removeCrew(
  db: Db,
  { district, actor }: Where,
  crew: { id: string; name: string },
): Promise<void> {
  await db.transaction(async tx => {
    await tx.query('SELECT 1 FROM crew WHERE district = $1 AND id = $2::uuid FOR UPDATE', [district, crew.id])
    const holds = await maybe(
      tx,
      'SELECT 1 FROM code_allotment WHERE district = $1 AND crew_id = $2::uuid LIMIT 1',
      [district, crew.id],
    )
    if (holds) throw problem('crew.holds-codes', { name: crew.name })
    await tx.query('DELETE FROM crew WHERE district = $1 AND id = $2::uuid', [district, crew.id])
    await append(tx, district, actor, [{ kind: 'crew.removed', data: { crew: crew.id, name: crew.name } }])
  })
}

/**
 * Puts a contractor's account under a firm; it leaves the one it worked for in the district.
 * @returns the account's id, whose sessions read anew what they may reach
 * @throws account.unknown, firm.account
 */
export async function joinFirm(
  db: Db,
  { district, actor }: Where,
  firm: string,
  name: string,
): Promise<string> {
  const account = await findAccount(db, name)
  if (!account) throw problem('account.unknown', { name })
  const here = account.districts === '*' || account.districts.includes(district)
  if (!here || !account.roles.includes('contractor')) throw problem('firm.account', { name })
  await db.transaction(async tx => {
    await tx.query(
      `INSERT INTO firm_account (district, account_id, firm_id) VALUES ($1, $2::uuid, $3::uuid)
       ON CONFLICT (district, account_id) DO UPDATE SET firm_id = $3::uuid`,
      [district, account.id, firm],
    )
    await append(tx, district, actor, [
      { kind: 'firm.joined', data: { firm, account: name, revokes: account.id } },
    ])
  })
  return account.id
}

/** Takes an account out of a firm. @throws account.unknown */
export async function leaveFirm(
  db: Db,
  { district, actor }: Where,
  firm: string,
  name: string,
): Promise<string> {
  return db.transaction(async tx => {
    const row = await maybe<{ id: string }>(
      tx,
      `DELETE FROM firm_account m USING account a WHERE a.id = m.account_id AND a.name = $3
         AND m.district = $1 AND m.firm_id = $2::uuid RETURNING a.id`,
      [district, firm, name],
    )
    if (!row) throw problem('account.unknown', { name })
    await append(tx, district, actor, [{ kind: 'firm.left', data: { firm, account: name, revokes: row.id } }])
    return row.id
  })
}
