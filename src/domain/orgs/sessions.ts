/**
 * Sessions: a random token in the cookie, its hash in the table. After first sight a session answers from
 * memory; what another process takes away arrives as a journal event that says `revokes`. A session ends
 * twelve hours after it was last used, and after a week in any case.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { type Db, maybe, type Queryable } from '../../core/db.ts'
import type { JournalEvent } from '../../core/journal.ts'
import { type Held, type Role, spread } from './rules.ts'

export interface Session {
  accountId: string
  name: string
  personName: string | null
  roles: Role[]
  districts: '*' | string[]
  /** The firm it works for, by district. */
  firms: Record<string, string>
  mustChange: boolean
  createdAt: Date
  expiresAt: Date
}

export interface Sessions {
  find(token: string): Promise<Session | null>
  /** @returns the token, which is kept nowhere */
  open(tx: Queryable, accountId: string): Promise<string>
  /** Ends one session. @returns whose it was */
  close(tx: Queryable, token: string): Promise<string | null>
  /** Ends every session of an account. */
  closeAll(tx: Queryable, accountId: string): Promise<void>
  /** Reads the account's sessions from the table again; called when the transaction that changed them is through. */
  forget(accountId: string): void
  heard(event: JournalEvent): void
}

const HOUR_MS = 3_600_000
const IDLE_MS = 12 * HOUR_MS
/** How long a session may live, used or not, in seconds; also the age of its cookie. */
export const LONGEST_SESSION_S = 7 * 24 * 3600
/** How old a written expiry may be before it is written anew. */
const SLACK_MS = HOUR_MS / 6

export function openSessions(
  db: Db,
  { clock, maxKept = 10_000 }: { clock: Clock; maxKept?: number },
): Sessions {
  const kept = new Map<string, Session>()
  // a session read before a revocation must not be kept after it
  let revocations = 0

  const keep = (hash: string, session: Session) => {
    kept.delete(hash)
    kept.set(hash, session)
    if (kept.size > maxKept) kept.delete(kept.keys().next().value!)
  }
  const forget = (accountId: string) => {
    revocations++
    for (const [hash, session] of kept) if (session.accountId === accountId) kept.delete(hash)
  }
  const slide = (hash: string, session: Session, now: number) => {
    if (session.expiresAt.getTime() - now > IDLE_MS - SLACK_MS) return
    const until = new Date(Math.min(now + IDLE_MS, session.createdAt.getTime() + LONGEST_SESSION_S * 1000))
    if (until <= session.expiresAt) return
    session.expiresAt = until
    // nobody waits for it: the next use writes it again should it fail
    db.query('UPDATE session SET expires_at = greatest(expires_at, $2::timestamptz) WHERE token_hash = $1', [
      hash,
      until,
    ]).catch(() => {})
  }

  return {
    async find(token) {
      if (!/^[\w-]{43}$/.test(token)) return null
      const hash = hashOf(token)
      const now = clock.now().getTime()
      let session = kept.get(hash) ?? null
      if (!session || session.expiresAt.getTime() <= now) {
        const before = revocations
        session = await readSession(db, hash)
        kept.delete(hash)
        if (!session || session.expiresAt.getTime() <= now) return null
        if (before === revocations) keep(hash, session)
      } else keep(hash, session)
      slide(hash, session, now)
      return session
    },
    async open(tx, accountId) {
      const token = randomBytes(32).toString('base64url')
      const now = clock.now()
      await tx.query('DELETE FROM session WHERE expires_at <= $1::timestamptz', [now])
      await tx.query(
        'INSERT INTO session (token_hash, account_id, created_at, expires_at) VALUES ($1, $2::uuid, $3::timestamptz, $4::timestamptz)',
        [hashOf(token), accountId, now, new Date(now.getTime() + IDLE_MS)],
      )
      return token
    },
    async close(tx, token) {
      const row = await maybe<{ account_id: string }>(
        tx,
        'DELETE FROM session WHERE token_hash = $1 RETURNING account_id',
        [hashOf(token)],
      )
      return row?.account_id ?? null
    },
    async closeAll(tx, accountId) {
      await tx.query('DELETE FROM session WHERE account_id = $1::uuid', [accountId])
    },
    forget,
    heard(event) {
      if (typeof event.data.revokes === 'string') forget(event.data.revokes)
    },
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

async function readSession(db: Queryable, hash: string): Promise<Session | null> {
  const row = await maybe<Omit<Session, 'roles' | 'districts'> & { held: Held }>(
    db,
    `SELECT a.id AS "accountId", a.name, p.name AS "personName", a.must_change AS "mustChange",
       s.created_at AS "createdAt", s.expires_at AS "expiresAt",
       (SELECT coalesce(json_agg(json_build_array(r.district, r.role) ORDER BY r.role, r.district), '[]')
        FROM account_role r WHERE r.account_id = a.id) AS held,
       (SELECT coalesce(json_object_agg(f.district, f.firm_id), '{}') FROM firm_account f WHERE f.account_id = a.id) AS firms
     FROM session s JOIN account a ON a.id = s.account_id
     LEFT JOIN person p ON p.district = a.person_district AND p.id = a.person_id
     WHERE s.token_hash = $1 AND a.disabled_at IS NULL`,
    [hash],
  )
  if (!row) return null
  const { held, ...rest } = row
  return { ...rest, ...spread(held) }
}
