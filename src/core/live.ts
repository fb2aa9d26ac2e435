/**
 * The journal as it grows, for whoever watches: any number of watchers, each
 * with the districts it may see and a bounded queue. A watcher names the numbers it has seen and gets
 * what came since; who was away too long, or reads too slowly, is told so and asks anew.
 *
 *   event ─> ready ─┬─> queue ─> watcher        before: events since the numbers it named
 *                   └─> queue ─> watcher
 */
import type { Db } from './db.ts'
import { INSTALLATION, type JournalEvent, listEvents, listHeads } from './journal.ts'
import type { Log } from './log.ts'
import type { Reactions } from './reactions.ts'

/** What a watcher learns: that something happened, never what is in it. */
export interface LiveEvent {
  no: number
  kind: string
  district: string
  at: Date
  /** What `ready` says of it to everybody. */
  more?: Readonly<Record<string, unknown>>
}

/** Journal numbers by district. */
export type Positions = ReadonlyMap<string, number>

export interface Watch {
  /** Where the watcher stands when it begins; the events follow from there. */
  from: Positions
  /** Ends when the signal does, when the watcher's account loses something, or when its queue overflows. */
  events: AsyncIterable<LiveEvent>
}

export interface Live {
  watch(wish: {
    districts: '*' | readonly string[]
    /** Events after these numbers come first. */
    since?: Positions
    /** Ended when an event revokes something of this account: it has to show itself again. */
    accountId: string | null
    signal: AbortSignal
  }): Promise<Watch>
  readonly watchers: number
  /** Resolves when every event committed before the call has been handed on. */
  caughtUp(): Promise<void>
  /** The reaction to every event: watchers hear of it as soon as it can be read. */
  happened(event: JournalEvent): void
  /** The journal has a hole: everybody who watches the district is told to read everything again. */
  missed(district: string, no: number): void
  stop(): void
}

/** The kind of the event that says: you missed more than is kept for you, read everything again. */
export const RESET = 'live.reset'

export interface LiveOptions {
  log: Log
  reactions: Pick<Reactions, 'caughtUp'>
  /**
   * Waited for before an event is handed on, so that who hears of it can already read it; what it gives goes with
   * the event, for events told again too.
   */
  ready?: (event: JournalEvent) => Promise<LiveEvent['more'] | null>
  /** Events kept for a watcher that reads slowly, and events given to one that was away. */
  queueLimit?: number
}

interface Watcher {
  districts: '*' | ReadonlySet<string>
  accountId: string | null
  push(event: LiveEvent): void
  end(): void
}

export async function openLive(
  db: Db,
  { log, reactions, ready, queueLimit = 500 }: LiveOptions,
): Promise<Live> {
  const watchers = new Set<Watcher>()
  const heads = new Map<string, number>()
  const toldOf = async (event: JournalEvent): Promise<LiveEvent> => {
    const { no, kind, district, at } = event
    try {
      const more = await ready?.(event)
      return { no, kind, district, at, ...(more && { more }) }
    } catch (error) {
      log.error({ err: error }, 'an event is told before it can be read')
      return { no, kind, district, at }
    }
  }
  const tell = (event: LiveEvent, revokes: unknown) => {
    // it was there already when this began
    if (event.no <= (heads.get(event.district) ?? 0)) return
    heads.set(event.district, event.no)
    for (const watcher of watchers) {
      if (sees(watcher.districts, event.district)) watcher.push(event)
      if (watcher.accountId !== null && revokes === watcher.accountId) watcher.end()
    }
  }
  // each district in order for itself: one that is not ready for long holds up no other
  const lines = new Map<string, Promise<void>>()
  for (const [district, no] of await listHeads(db)) heads.set(district, no)

  return {
    async watch({ districts, since, accountId, signal }) {
      const seen = districts === '*' ? '*' : new Set(districts)
      const queue = openQueue(queueLimit)
      const watcher: Watcher = { districts: seen, accountId, push: queue.push, end: queue.end }
      // it listens before it reads what was: nothing falls between
      watchers.add(watcher)
      const leave = () => {
        watchers.delete(watcher)
        queue.end()
      }
      signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) leave()
      const from = new Map([...heads].filter(([district]) => sees(seen, district)))
      for (const [district, no] of since ?? []) if (sees(seen, district)) from.set(district, no)
      const before = since ? await missed(db, { since, heads, seen, limit: queueLimit, toldOf }) : []
      return { from, events: inOrder(before, from, queue, leave) }
    },
    get watchers() {
      return watchers.size
    },
    happened(event) {
      const line = (lines.get(event.district) ?? Promise.resolve())
        .then(() => toldOf(event))
        .then(told => tell(told, event.data.revokes))
      lines.set(event.district, line)
    },
    missed(district, no) {
      const reset: LiveEvent = { no, kind: RESET, district, at: new Date() }
      const line = (lines.get(district) ?? Promise.resolve())
        .then(() => toldOf({ ...reset, actor: '', data: {} }))
        .then(() => {
          heads.set(district, no)
          for (const watcher of watchers) if (sees(watcher.districts, district)) watcher.push(reset)
        })
      lines.set(district, line)
    },
    async caughtUp() {
      await reactions.caughtUp()
      await Promise.all(lines.values())
    },
    stop() {
      for (const watcher of watchers) watcher.end()
    },
  }
}

/** Events of the installation itself (accounts, sign-in) are nobody's business here. */
const sees = (districts: '*' | ReadonlySet<string>, district: string): boolean =>
  district !== INSTALLATION && (districts === '*' || districts.has(district))

/** What came since the numbers named, or one reset per district where that is too much or the number is not ours. */
async function missed(
  db: Db,
  {
    since,
    heads,
    seen,
    limit,
    toldOf,
  }: {
    since: Positions
    heads: Positions
    seen: '*' | ReadonlySet<string>
    limit: number
    toldOf(event: JournalEvent): Promise<LiveEvent>
  },
): Promise<LiveEvent[]> {
  const events: LiveEvent[] = []
  // a district that was not there when the watcher left has everything to tell
  const wanted = new Map([...[...heads.keys()].map(district => [district, 0] as const), ...since])
  for (const [district, no] of wanted) {
    if (!sees(seen, district)) continue
    const head = heads.get(district) ?? 0
    if (head === no) continue
    if (no > head || head - no > limit) events.push({ no: head, kind: RESET, district, at: new Date() })
    else for (const event of await listEvents(db, district, no, head - no)) events.push(await toldOf(event))
  }
  return events
}

async function* inOrder(
  before: readonly LiveEvent[],
  from: Positions,
  queue: AsyncIterable<LiveEvent>,
  leave: () => void,
): AsyncGenerator<LiveEvent> {
  const last = new Map(from)
  try {
    for (const event of before) {
      last.set(event.district, event.no)
      yield event
    }
    for await (const event of queue) {
      if (event.kind !== RESET && event.no <= (last.get(event.district) ?? 0)) continue
      last.set(event.district, event.no)
      yield event
    }
  } finally {
    leave()
  }
}

interface Queue extends AsyncIterable<LiveEvent> {
  push(event: LiveEvent): void
  end(): void
}

/** Hands on what is pushed, in order; ends when it holds more than `limit` unread. */
function openQueue(limit: number): Queue {
  const waiting: LiveEvent[] = []
  let ended = false
  let wake = () => {}
  return {
    push(event) {
      if (waiting.length >= limit) ended = true
      else if (!ended) waiting.push(event)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    async *[Symbol.asyncIterator]() {
      while (true) {
        const event = waiting.shift()
        if (event) yield event
        else if (ended) return
        else await new Promise<void>(resolve => (wake = resolve))
      }
    },
  }
}
