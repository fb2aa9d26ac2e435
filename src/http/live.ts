/**
 * GET /api/live: the journal as server-sent events (WHATWG HTML, "Server-sent events"). A browser that
 * lost the connection comes back with the id of the last event it saw and gets what it missed.
 *
 *   ?district= or only one district    id: 17
 *   several districts                  id: 320506:17,320507:3     the numbers of all of them
 */
import { Readable } from 'node:stream'
import { z } from 'zod'
import { type Clock, systemClock } from '../core/clock.ts'
import { INSTALLATION } from '../core/journal.ts'
import type { Live, LiveEvent, Positions } from '../core/live.ts'
import { problem } from '../core/problem.ts'
import { openSeats } from '../core/seats.ts'
import { type Endpoint, endpoint, raw } from './endpoint.ts'

const HEARTBEAT_MS = 20_000
const NEVER = new Date(8.64e15)
/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000

export function liveDoor(
  live: Live,
  {
    mostStreams,
    heartbeatMs = HEARTBEAT_MS,
    clock = systemClock,
  }: { mostStreams: number; heartbeatMs?: number; clock?: Clock },
): Endpoint {
  const seats = openSeats(mostStreams)
  return endpoint({
    method: 'get',
    path: '/api/live',
    right: 'registry.read',
    summary:
      'What happens, as it happens: text/event-stream of {no, kind, district, at}, with `tiles` {sets, boxes} that changed (boxes null: everywhere; absent: not known); resumes after Last-Event-ID',
    answer: { bytes: 'text/event-stream' },
    query: z.object({
      district: z
        .string()
        .regex(/^[0-9]{6}$/)
        .optional(),
    }),
    async run({ query }, call) {
      const { districts, accountId } = call.principal
      const wanted = query.district === undefined ? districts : [query.district]
      if (wanted !== '*' && districts !== '*' && wanted.some(code => !districts.includes(code))) {
        throw problem('district.unknown', { code: query.district })
      }
      const single = wanted !== '*' && wanted.length === 1 ? wanted[0]! : null
      const since = readPositions(call.header('last-event-id'), single)
      const leave = seats.take(call.principal.actor)
      if (!leave) throw problem('live.too-many', { n: mostStreams })
      call.signal.addEventListener('abort', leave, { once: true })
      const watch = await live
        .watch({ districts: wanted, accountId, signal: call.signal, ...(since ? { since } : {}) })
        .catch(error => {
          leave()
          throw error
        })
      const positions = new Map(watch.from)
      const id = () => (single ? String(positions.get(single) ?? 0) : writePositions(positions))
      const over = () => (call.principal.endsAt?.() ?? NEVER) <= clock.now()
      const told = lines(watch.events, positions, id)
      const body = Readable.from(withHeartbeat(told, { signal: call.signal, everyMs: heartbeatMs, over }), {
        objectMode: false,
        highWaterMark: 16_384,
      }).once('close', leave)
      return raw({
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store, no-transform',
          // a proxy that collects an answer before it passes it on would hold it for ever
          'x-accel-buffering': 'no',
        },
        body,
      })
    },
  })
}

async function* lines(
  events: AsyncIterable<LiveEvent>,
  positions: Map<string, number>,
  id: () => string,
): AsyncGenerator<string> {
  // the opening gives the browser an id to come back with before anything has happened
  yield `retry: ${RETRY_MS}\nid: ${id()}\nevent: open\ndata: {}\n\n`
  for await (const event of events) {
    positions.set(event.district, event.no)
    yield `id: ${id()}\n${dataOf(event)}`
  }
}

/** An event is the same object for all who watch: written once, not once for each of thousands. */
const written = new WeakMap<LiveEvent, string>()
function dataOf(event: LiveEvent): string {
  let data = written.get(event)
  if (data === undefined) {
    const { no, kind, district, at, more } = event
    data = `data: ${JSON.stringify({ no, kind, district, at, ...more })}\n\n`
    written.set(event, data)
  }
  return data
}

/**
 * Passes text on, and a comment where none came for a while: connections that say nothing are cut. Ends when
 * the session is over: who still holds one comes back with it.
 */
async function* withHeartbeat(
  text: AsyncGenerator<string>,
  { signal, everyMs, over }: { signal: AbortSignal; everyMs: number; over(): boolean },
): AsyncGenerator<string> {
  let next = text.next()
  try {
    while (!signal.aborted && !over()) {
      const { promise, resolve } = Promise.withResolvers<null>()
      const timer = setTimeout(resolve, everyMs, null)
      const step = await Promise.race([next, promise])
      clearTimeout(timer)
      if (step === null) yield ': \n\n'
      else if (step.done) return
      else {
        next = text.next()
        yield step.value
      }
    }
  } finally {
    // it may be waiting for an event that never comes: the signal ends it
    void text.return(undefined)
  }
}

const writePositions = (positions: Positions): string =>
  [[INSTALLATION, 0] as const, ...positions].map(([district, no]) => `${district}:${no}`).join(',')

/** The numbers in a Last-Event-ID of ours, or null: then the watcher begins with what comes next. */
function readPositions(text: string | undefined, single: string | null): Positions | null {
  if (!text) return null
  if (/^\d{1,15}$/.test(text)) return single ? new Map([[single, Number(text)]]) : null
  const pairs = text.split(',').map(pair => /^(\d{6}):(\d{1,15})$/.exec(pair))
  if (pairs.some(pair => pair === null) || pairs.length > 4000) return null
  return new Map(pairs.map(pair => [pair![1]!, Number(pair![2])]))
}
