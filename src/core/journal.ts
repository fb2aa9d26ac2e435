/**
 * The one log of the house. `append` is called inside the transaction of the change, as its last
 * statements; `follow` reads it in order, woken by NOTIFY and by a slow poll, so that nothing is lost.
 */
import { type Db, one, type Queryable } from './db.ts'

/** What happened: `noun.past`, by whom, with what. */
export interface JournalEvent {
  district: string
  no: number
  at: Date
  kind: string
  actor: string
  data: Record<string, unknown>
}

/** The district under which events of the installation itself (accounts, sign-in) are kept. */
export const INSTALLATION = '000000'
const CHANNEL = 'journal'

/**
 * Appends events and rings the bell once. Call it last in the transaction: the counter row is locked
 * from here to the commit.
 * @returns the number of the last event
 */
export async function append(
  tx: Queryable,
  district: string,
  actor: string,
  events: readonly { kind: string; data?: Record<string, unknown> }[],
): Promise<number> {
  const { no: last } = await one<{ no: number }>(
    tx,
    `INSERT INTO journal_counter (district, no) VALUES ($1, $2)
     ON CONFLICT (district) DO UPDATE SET no = journal_counter.no + $2 RETURNING no`,
    [district, events.length],
  )
  await tx.query(
    `INSERT INTO journal (district, no, kind, actor, data)
     SELECT $1, $2::bigint + e.ordinality, e.value->>'kind', $3, coalesce(e.value->'data', '{}'::jsonb)
     FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS e`,
    [district, last - events.length, actor, JSON.stringify(events)],
  )
  await tx.query('SELECT pg_notify($1, $2)', [CHANNEL, `${district}:${last}`])
  return last
}

/** Events of a district after a number, oldest first. */
export async function listEvents(
  db: Queryable,
  district: string,
  after: number,
  limit = 500,
): Promise<JournalEvent[]> {
  return db.query<JournalEvent>(
    'SELECT district, no, at, kind, actor, data FROM journal WHERE district = $1 AND no > $2 ORDER BY no LIMIT $3',
    [district, after, limit],
  )
}

/** The newest number per district. */
export async function listHeads(db: Queryable): Promise<Map<string, number>> {
  const rows = await db.query<{ district: string; no: number }>('SELECT district, no FROM journal_counter')
  return new Map(rows.map(row => [row.district, row.no]))
}

export interface Tail {
  /** Resolves when every event committed before the call has been handed on. */
  caughtUp(): Promise<void>
  stop(): Promise<void>
}

/**
 * Hands every event of every district, from now on, to `each`, in order per district, one at a time.
 * An error in `each` is given to `onError`; the tail goes on with the next event. Numbers that are not there, and a
 * head that went back (a database put back from a copy), are told to `onHole` with the number from which it goes on.
 */
export async function follow(
  db: Db,
  each: (event: JournalEvent) => Promise<void> | void,
  { pollMs = 5000, onError = (_error: unknown) => {}, onHole = (_district: string, _no: number) => {} } = {},
): Promise<Tail> {
  const seen = await listHeads(db)
  let running: Promise<void> = Promise.resolve()
  let queued = false
  let stopped = false

  const drain = async () => {
    queued = false
    for (const [district, head] of await listHeads(db)) {
      let last = seen.get(district) ?? 0
      if (head < last) {
        seen.set(district, head)
        onHole(district, head)
      }
      while (last < head && !stopped) {
        const events = await listEvents(db, district, last)
        if (events.length === 0) {
          seen.set(district, head)
          onHole(district, head)
          break
        }
        for (const event of events) {
          if (event.no !== last + 1) onHole(district, event.no - 1)
          try {
            await each(event)
          } catch (error) {
            onError(error)
          }
          last = event.no
          seen.set(district, last)
        }
      }
    }
  }
  const wake = (): Promise<void> => {
    if (!queued && !stopped) {
      queued = true
      running = running.then(drain).catch(onError)
    }
    return running
  }
  const silence = await db.listen(CHANNEL, () => void wake())
  const poll = setInterval(() => void wake(), pollMs)
  poll.unref()
  return {
    caughtUp: wake,
    async stop() {
      stopped = true
      clearInterval(poll)
      await silence()
      await running
    },
  }
}
