/** What changes accounts and persons. Each appends its event in the same transaction, under the installation. */
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import { newId } from '../../core/id.ts'
import { append, INSTALLATION } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { generatePassword, hashPassword } from './password.ts'
import { passwordFault, type Role } from './rules.ts'

export interface AccountDraft {
  /** As AccountName (schema.ts) writes it: lower case, folded. */
  name: string
  /** Every role is held in every district of the account, so that rights and districts can be asked apart. */
  roles: readonly [Role, ...Role[]]
  districts: '*' | readonly string[]
  person?: { district: string; name: string; phone: string | null } | undefined
  /** Absent: one is made. */
  password?: string | undefined
  /** Whether the first thing to do is another password; true unless told. */
  mustChange?: boolean
}

/**
 * @returns the id, and the password where it was made here: it is kept nowhere
 * @throws account.taken, session.password, district.unknown
 */
export async function createAccount(
  db: Db,
  draft: AccountDraft,
  actor: string,
): Promise<{ id: string; password: string | null }> {
  const { name, roles, districts, person, mustChange = true } = draft
  const fault = draft.password === undefined ? null : passwordFault(draft.password, name)
  if (fault) throw problem('session.password', { rule: fault })
  const made = draft.password === undefined ? generatePassword(name) : null
  const hash = await hashPassword(draft.password ?? made!)
  const id = newId()
  await db.transaction(async tx => {
    for (const district of districts === '*' ? [] : districts) await mustExist(tx, district)
    const personId = person ? await createPerson(tx, person) : null
    const row = await maybe(
      tx,
      `INSERT INTO account (id, name, password_hash, person_district, person_id, must_change)
       VALUES ($1::uuid, $2, $3, $4, $5::uuid, $6) ON CONFLICT (name) DO NOTHING RETURNING id`,
      [id, name, hash, person?.district ?? null, personId, mustChange],
    )
    if (!row) throw problem('account.taken', { name })
    await tx.query(
      `INSERT INTO account_role (account_id, district, role)
       SELECT $1::uuid, d, r FROM unnest($2::text[]) AS d, unnest($3::text[]) AS r`,
      [id, districts === '*' ? ['*'] : districts, roles],
    )
    const data = { account: name, accountId: id, roles, districts }
    await append(tx, INSTALLATION, actor, [{ kind: 'account.created', data }])
  })
  return { id, password: made }
}

/** A person without an account. @returns the id. The event is the caller's: a person comes with a post or an account. */
export async function createPerson(
  tx: Queryable,
  person: { district: string; name: string; phone: string | null },
): Promise<string> {
  await mustExist(tx, person.district)
  const id = newId()
  await tx.query('INSERT INTO person (district, id, name, phone) VALUES ($1, $2::uuid, $3, $4)', [
    person.district,
    id,
    person.name,
    person.phone,
  ])
  return id
}

/** The account signs in no more and its sessions end. What it did stays under its name. @returns its id */
export const disableAccount = (db: Db, id: string, actor: string): Promise<void> =>
  change(db, id, actor, 'account.disabled', 'disabled_at = coalesce(disabled_at, now())')

/**
 * A fresh password, to be changed at the next sign-in; the lock is lifted and all sessions end.
 * @returns it, kept nowhere
 */
export async function resetPassword(
  db: Db,
  account: { id: string; name: string },
  actor: string,
): Promise<string> {
  const password = generatePassword(account.name)
  const hash = await hashPassword(password)
  const set = 'password_hash = $2, must_change = true, failures = 0, locked_until = NULL'
  await change(db, account.id, actor, 'account.password-reset', set, [hash])
  return password
}

async function change(
  db: Db,
  id: string,
  actor: string,
  kind: string,
  set: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await db.transaction(async tx => {
    const row = await maybe<{ name: string }>(
      tx,
      `UPDATE account SET ${set} WHERE id = $1::uuid RETURNING name`,
      [id, ...values],
    )
    if (!row) throw problem('account.unknown', { name: id })
    await tx.query('DELETE FROM session WHERE account_id = $1::uuid', [id])
    await append(tx, INSTALLATION, actor, [{ kind, data: { account: row.name, revokes: id } }])
  })
}

async function mustExist(tx: Queryable, district: string): Promise<void> {
  if (!(await maybe(tx, 'SELECT 1 FROM district WHERE code = $1', [district])))
    throw problem('district.unknown', { code: district })
}

/** One of each, so that a look around needs no set-up. */
const DEMO: readonly [name: string, role: Role][] = [
  ['admin', 'administrator'],
  ['supervisor', 'supervisor'],
  ['contractor', 'contractor'],
  ['dispatcher', 'dispatcher'],
  ['leader', 'leader'],
]

/** Makes the demo's accounts that are not there yet. @returns those made, with the passwords nobody else has */
export async function demoAccounts(db: Db): Promise<{ name: string; password: string; role: Role }[]> {
  const made: { name: string; password: string; role: Role }[] = []
  for (const [name, role] of DEMO) {
    if (await maybe(db, 'SELECT 1 FROM account WHERE name = $1', [name])) continue
    const { password } = await createAccount(
      db,
      { name, roles: [role], districts: '*', mustChange: false },
      'demo',
    )
    made.push({ name, password: password!, role })
  }
  return made
}
