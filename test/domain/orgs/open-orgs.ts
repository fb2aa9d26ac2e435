/** A district, a clock set by hand and the house of principals over an opened database. */
import { pino } from 'pino'
import type { Db } from '../../../src/core/db.ts'
import { INSTALLATION, listEvents } from '../../../src/core/journal.ts'
import { openReactions } from '../../../src/core/reactions.ts'
import { type AccountDraft, createAccount } from '../../../src/domain/orgs/commands.ts'
import { ensureDistrict } from '../../../src/domain/orgs/districts.ts'
import { openPrincipals, type Principals } from '../../../src/domain/orgs/principals.ts'
import { type HandClock, handClock } from '../../support/hand-clock.ts'

export const DISTRICT = '320599'
export const PASSWORD = 'correct horse battery'

export interface OpenOrgs {
  db: Db
  clock: HandClock
  principals: Principals
  stop(): Promise<void>
  /** An account that may sign in at once. */
  account(name: string, draft?: Partial<AccountDraft>): Promise<string>
  /** Kinds of the installation's events after a number. */
  kindsAfter(no: number): Promise<string[]>
  lastNo(): Promise<number>
}

export async function openOrgs(db: Db, bootstrapToken: string | null = null): Promise<OpenOrgs> {
  const clock = handClock(new Date())
  await ensureDistrict(db, { code: DISTRICT, name: '苑江区', demo: true, approval: 'none' }, 'test')
  const log = pino({ level: 'silent' })
  const reactions = await openReactions(db, log)
  const principals = await openPrincipals(db, { bootstrapToken, log, reactions, clock })
  reactions.begin([{ name: 'orgs', to: 'every', react: principals.happened }])
  const events = (no: number) => listEvents(db, INSTALLATION, no)
  return {
    db,
    clock,
    principals,
    stop: () => reactions.stop(),
    async account(name, draft = {}) {
      const { id } = await createAccount(
        db,
        { name, roles: ['dispatcher'], districts: '*', password: PASSWORD, mustChange: false, ...draft },
        'test',
      )
      return id
    },
    kindsAfter: async no => (await events(no)).map(event => event.kind),
    lastNo: async () => (await events(0)).at(-1)?.no ?? 0,
  }
}
