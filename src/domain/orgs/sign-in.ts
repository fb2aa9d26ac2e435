/**
 * In and out. A wrong name and a wrong password cannot be told apart, neither by answer nor by time, and
 * both lock: from the fifth failure on, each further one for longer. A failure is counted before the
 * password is looked at, so that many tries at once are no way around the lock.
 */
import type { Clock } from '../../core/clock.ts'
import { type Db, maybe } from '../../core/db.ts'
import { append, INSTALLATION } from '../../core/journal.ts'
import { problem } from '../../core/problem.ts'
import { type Attempts, senderOf } from './attempts.ts'
import { checkPassword, hashPassword } from './password.ts'
import { lockS, passwordFault } from './rules.ts'
import type { Sessions } from './sessions.ts'

/** What signing in stands on. */
export interface Threshold {
  db: Db
  clock: Clock
  sessions: Sessions
  /** Failures per sender. */
  senders: Attempts
  /** Failures per name nobody has: it locks as an account does. */
  strangers: Attempts
  onError(error: unknown): void
}

/**
 * @returns the token of a new session; never one that was there before
 * @throws session.refused, session.locked
 */
export async function signIn(
  house: Threshold,
  { name, password, remote }: { name: string; password: string; remote: string },
): Promise<string> {
  const sender = senderOf(remote)
  refuseFor(house.senders.charge(sender))
  const account = await maybe<{ id: string; hash: string }>(
    house.db,
    'SELECT id, password_hash AS hash FROM account WHERE name = $1 AND disabled_at IS NULL',
    [name],
  )
  await prove(house, account, name, password)
  house.senders.refund(sender)
  return house.db.transaction(async tx => {
    // the password may have been changed, or the account disabled, while we looked at it
    const still =
      'SELECT 1 FROM account WHERE id = $1::uuid AND password_hash = $2 AND disabled_at IS NULL FOR UPDATE'
    if (!(await maybe(tx, still, [account!.id, account!.hash]))) throw problem('session.refused')
    const token = await house.sessions.open(tx, account!.id)
    await append(tx, INSTALLATION, `account:${name}`, [
      { kind: 'session.opened', data: { account: name, remote } },
    ])
    return token
  })
}

/** Ends the session of a token, if there is one. */
export async function signOut({ db, sessions }: Threshold, token: string): Promise<void> {
  const accountId = await db.transaction(async tx => {
    const closed = await sessions.close(tx, token)
    const account =
      closed && (await maybe<{ name: string }>(tx, 'SELECT name FROM account WHERE id = $1::uuid', [closed]))
    if (account) {
      const event = { kind: 'session.closed', data: { account: account.name, revokes: closed } }
      await append(tx, INSTALLATION, `account:${account.name}`, [event])
    }
    return closed
  })
  if (accountId) sessions.forget(accountId)
}

/**
 * Sets a new password and ends every session of the account.
 * @returns the token of a fresh one
 * @throws session.refused, session.locked, session.password
 */
export async function changePassword(
  house: Threshold,
  { accountId, old, fresh }: { accountId: string; old: string; fresh: string },
): Promise<string> {
  const { db, sessions } = house
  const account = await maybe<{ id: string; name: string; hash: string }>(
    db,
    'SELECT id, name, password_hash AS hash FROM account WHERE id = $1::uuid AND disabled_at IS NULL',
    [accountId],
  )
  await prove(house, account, account?.name ?? accountId, old)
  const { name } = account!
  const fault = fresh === old ? '新旧密码相同 / the new password is the old one' : passwordFault(fresh, name)
  if (fault) throw problem('session.password', { rule: fault })
  const hash = await hashPassword(fresh)
  const token = await db.transaction(async tx => {
    await tx.query('UPDATE account SET password_hash = $2, must_change = false WHERE id = $1::uuid', [
      accountId,
      hash,
    ])
    await sessions.closeAll(tx, accountId)
    const opened = await sessions.open(tx, accountId)
    const event = { kind: 'account.password-changed', data: { account: name, revokes: accountId } }
    await append(tx, INSTALLATION, `account:${name}`, [event])
    return opened
  })
  sessions.forget(accountId)
  return token
}

/** Passes when the password is the account's; refuses everything else alike. */
async function prove(
  house: Threshold,
  account: { id: string; hash: string } | null,
  name: string,
  password: string,
): Promise<void> {
  const charge = account
    ? chargeAccount(house, account.id)
    : Promise.resolve({ waitS: house.strangers.charge(name), failures: 0 })
  // side by side: the time of the one hides behind the other's
  const [charged, right] = await Promise.all([charge, checkPassword(account?.hash ?? null, password)])
  refuseFor(charged.waitS)
  if (!right || !account) {
    if (account && lockS(charged.failures) > 0) tellLocked(house, name, charged.failures)
    throw problem('session.refused')
  }
  await house.db.query('UPDATE account SET failures = 0, locked_until = NULL WHERE id = $1::uuid', [
    account.id,
  ])
}

/** Counts a failure ahead of the look at the password; the lock it leads to holds at once. */
async function chargeAccount(
  { db, clock }: Threshold,
  id: string,
): Promise<{ waitS: number; failures: number }> {
  const now = clock.now()
  const charged = await maybe<{ failures: number }>(
    db,
    `UPDATE account SET failures = failures + 1, locked_until = $2::timestamptz + ($3::int[])[least(failures + 1, cardinality($3::int[]))] * interval '1 second'
     WHERE id = $1::uuid AND (locked_until IS NULL OR locked_until <= $2::timestamptz) RETURNING failures`,
    [id, now, LOCKS_S],
  )
  if (charged) return { waitS: 0, failures: charged.failures }
  const held = await maybe<{ until: Date }>(
    db,
    'SELECT locked_until AS until FROM account WHERE id = $1::uuid',
    [id],
  )
  const waitS = Math.max(1, Math.ceil(((held?.until?.getTime() ?? 0) - now.getTime()) / 1000))
  return { waitS, failures: 0 }
}

/** Seconds of lock after the first, second ... failure; the last goes for all further ones. */
const LOCKS_S = Array.from({ length: 16 }, (_, i) => lockS(i + 1))

function refuseFor(seconds: number): void {
  if (seconds > 0) throw problem('session.locked', { seconds })
}

/** Not waited for: a caller must not learn from the time it takes that the account exists. */
function tellLocked({ db, onError }: Threshold, name: string, failures: number): void {
  db.transaction(tx =>
    append(tx, INSTALLATION, `account:${name}`, [
      { kind: 'account.locked', data: { account: name, failures, seconds: lockS(failures) } },
    ]),
  ).catch(onError)
}
