/**
 * Who calls: a session's account, the bearer of BOOTSTRAP_TOKEN, or the operator at the socket. Answers
 * from memory; the journal says when what is remembered no longer holds.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { userInfo } from 'node:os'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Db } from '../../core/db.ts'
import { append, INSTALLATION, type JournalEvent } from '../../core/journal.ts'
import type { Log } from '../../core/log.ts'
import { problem } from '../../core/problem.ts'
import type { Reactions } from '../../core/reactions.ts'
import { nobody, type PrincipalOf } from '../../http/caller.ts'
import type { Principal } from '../../http/endpoint.ts'
import { openAttempts, senderOf } from './attempts.ts'
import { bootstrapRights, localRights, lockS, roles, senderWaitS } from './rules.ts'
import { openSessions, type Session } from './sessions.ts'
import type { Threshold } from './sign-in.ts'

export interface Principals {
  /** For what comes over the network. @throws session.locked for who keeps showing wrong tokens */
  of: PrincipalOf
  /** For what comes through the socket in the data directory. */
  ofLocal: PrincipalOf
  threshold: Threshold
  /** Resolves when every revocation committed before the call holds here. */
  caughtUp(): Promise<void>
  /** The reaction to every event: forgets sessions that one of them revokes. */
  happened(event: JournalEvent): void
}

const HOUR_MS = 3_600_000

export async function openPrincipals(
  db: Db,
  {
    bootstrapToken,
    log,
    reactions,
    clock = systemClock,
  }: { bootstrapToken: string | null; log: Log; reactions: Pick<Reactions, 'caughtUp'>; clock?: Clock },
): Promise<Principals> {
  const onError = (error: unknown) => log.error({ err: error }, 'sessions could not follow the journal')
  const sessions = openSessions(db, { clock })
  const threshold: Threshold = {
    db,
    clock,
    sessions,
    senders: openAttempts({ clock, forgetMs: HOUR_MS / 12, waitS: senderWaitS }),
    strangers: openAttempts({ clock, forgetMs: 24 * HOUR_MS, waitS: lockS }),
    onError,
  }
  const bearer = bootstrapToken === null ? null : await openBootstrap(threshold, bootstrapToken, log)
  const principals = new WeakMap<Session, Principal>()

  return {
    async of(caller) {
      if (caller.bearer !== null) {
        // who shows a token is that or nobody: a cookie beside it does not count
        const sender = senderOf(caller.remote)
        const seconds = threshold.senders.charge(sender)
        if (seconds > 0) throw problem('session.locked', { seconds })
        if (!bearer?.accepts(caller.bearer, caller.remote)) return nobody
        threshold.senders.refund(sender)
        return bearer.principal
      }
      const session = caller.sessionToken === null ? null : await sessions.find(caller.sessionToken)
      if (!session) return nobody
      let principal = principals.get(session)
      if (!principal) principals.set(session, (principal = principalOf(session)))
      return principal
    },
    ofLocal: async () => localPrincipal(),
    threshold,
    caughtUp: () => reactions.caughtUp(),
    happened: sessions.heard,
  }
}

/** Until its first password is changed an account may do nothing but change it. */
function principalOf(session: Session): Principal {
  const rights = session.mustChange ? [] : session.roles.flatMap(role => [...(roles[role] ?? [])])
  return {
    kind: 'account',
    actor: `account:${session.name}`,
    accountId: session.accountId,
    rights: new Set<string>(rights),
    districts: session.districts,
    firms: session.firms,
    mustChange: session.mustChange,
    endsAt: () => session.expiresAt,
  }
}

/** The operator of this machine: who can open the socket could as well open the data. */
export function localPrincipal(): Principal {
  return {
    kind: 'local',
    actor: `local:${osUser()}`,
    accountId: null,
    rights: new Set(localRights),
    districts: '*',
  }
}

function osUser(): string {
  try {
    return userInfo().username
  } catch {
    // a container may run as a number without a name
    return String(process.getuid?.() ?? 'unknown')
  }
}

interface Bootstrap {
  principal: Principal
  accepts(token: string, remote: string): boolean
}

/** BOOTSTRAP_TOKEN is said in the log and the journal when the house opens with it, and per sender who uses it. */
async function openBootstrap({ db, onError }: Threshold, token: string, log: Log): Promise<Bootstrap> {
  log.warn(
    'BOOTSTRAP_TOKEN is set: whoever holds it may read and load; take it away when the installation is set up',
  )
  await db.transaction(tx => append(tx, INSTALLATION, 'bootstrap', [{ kind: 'bootstrap.enabled' }]))
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(token)
  const told = new Set<string>()
  return {
    principal: {
      kind: 'bootstrap',
      actor: 'bootstrap',
      accountId: null,
      rights: new Set(bootstrapRights),
      districts: '*',
    },
    accepts(shown, remote) {
      if (!timingSafeEqual(digest(shown), expected)) return false
      const sender = senderOf(remote)
      if (!told.has(sender) && told.size < 1000) {
        told.add(sender)
        db.transaction(tx =>
          append(tx, INSTALLATION, 'bootstrap', [{ kind: 'bootstrap.used', data: { remote } }]),
        ).catch(onError)
      }
      return true
    },
  }
}
