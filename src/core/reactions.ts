/**
 * Who reacts to what happened, after its commit. A lower room never calls a higher one: the wiring names in
 * one table which room reacts to which events, and one tail of the journal hands them on, in the table's order.
 *
 *   journal -> tail -> reaction, reaction, reaction
 *
 * A reaction is told every event once it began, at least once, in order per district; it must not wait for long
 * work but begin it, and being told again is no harm. One that fails holds up none of the others.
 */
import type { Db } from './db.ts'
import { follow, type JournalEvent } from './journal.ts'
import type { Log } from './log.ts'

export interface Reaction {
  /** For the log. */
  name: string
  /** Kinds of events. */
  to: readonly string[] | 'every'
  react(event: JournalEvent): void | Promise<void>
  /** Told where the journal has a hole: whatever was remembered of the district may be wrong. It goes on after `no`. */
  missed?(district: string, no: number): void
}

export interface Reactions {
  /** Hands events on from the moment the reactions were opened. */
  begin(table: readonly Reaction[]): void
  /** Resolves when every event committed before the call has been handed on. */
  caughtUp(): Promise<void>
  /** How often events were missing. */
  readonly holes: number
  stop(): Promise<void>
}

/** Follows the journal from now on. Open it before the rooms that react read what is: nothing falls between. */
export async function openReactions(db: Db, log: Log): Promise<Reactions> {
  const begun = Promise.withResolvers<readonly Reaction[]>()
  let holes = 0
  const tail = await follow(
    db,
    async event => {
      for (const { name, to, react } of await begun.promise) {
        if (to !== 'every' && !to.includes(event.kind)) continue
        try {
          await react(event)
        } catch (error) {
          const { kind, district, no } = event
          log.error({ err: error, reaction: name, kind, district, no }, 'a reaction failed')
        }
      }
    },
    {
      onError: error => log.error({ err: error }, 'the journal could not be followed'),
      onHole(district, no) {
        holes++
        log.error({ district, no }, 'the journal has a hole: what is remembered of the district is read anew')
        void begun.promise.then(table => {
          for (const { missed } of table) missed?.(district, no)
        })
      },
    },
  )
  return {
    begin: begun.resolve,
    get holes() {
      return holes
    },
    caughtUp: () => tail.caughtUp(),
    stop() {
      // a house that fails to open stops before it began
      begun.resolve([])
      return tail.stop()
    },
  }
}
