import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { append, INSTALLATION } from '../../src/core/journal.ts'
import { type Live, type LiveEvent, type LiveOptions, openLive, RESET } from '../../src/core/live.ts'
import { openReactions, type Reactions } from '../../src/core/reactions.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'

const log = pino({ level: 'silent' })

onEachEngine((_name, open) => {
  let opened: OpenedDb
  let live: Live
  let reactions: Reactions
  /** Over a tail of its own. */
  const start = async (options: Omit<LiveOptions, 'log' | 'reactions'>) => {
    const reactions = await openReactions(opened.db, log)
    const live = await openLive(opened.db, { ...options, log, reactions })
    reactions.begin([{ name: 'live', to: 'every', react: live.happened }])
    return { live, reactions }
  }
  beforeAll(async () => {
    opened = await open()
  })
  beforeEach(async () => {
    live?.stop()
    await reactions?.stop()
    ;({ live, reactions } = await start({ queueLimit: 5 }))
  })
  afterAll(async () => {
    live?.stop()
    await reactions?.stop()
    await opened?.close()
  })

  const happen = (district: string, kinds: string[], data: Record<string, unknown> = {}) =>
    opened.db.transaction(tx =>
      append(
        tx,
        district,
        'test',
        kinds.map(kind => ({ kind, data })),
      ),
    )
  const watch = (wish: Partial<Parameters<Live['watch']>[0]> = {}) =>
    live.watch({ districts: '*', accountId: null, signal: new AbortController().signal, ...wish })
  /** The first n events, then it leaves. */
  const take = async (events: AsyncIterable<LiveEvent>, n: number) => {
    const taken: LiveEvent[] = []
    if (n > 0) for await (const event of events) if (taken.push(event) === n) break
    return taken
  }
  const kinds = (events: LiveEvent[]) => events.map(event => event.kind)

  describe('a watcher', () => {
    it('hears what happens after it came, in order, and nothing of what the event holds', async () => {
      await happen('320101', ['a.before'])
      await live.caughtUp()
      const { events, from } = await watch()
      const no = await happen('320101', ['a.one', 'a.two'], { secret: 'x' })
      const heard = await take(events, 2)
      expect(heard.map(({ no, kind, district }) => [no, kind, district])).toEqual([
        [no - 1, 'a.one', '320101'],
        [no, 'a.two', '320101'],
      ])
      expect(Object.keys(heard[0]!).sort()).toEqual(['at', 'district', 'kind', 'no'])
      expect(from.get('320101')).toBe(no - 2)
    })

    it('hears only of its districts, and never of accounts', async () => {
      const { events, from } = await watch({ districts: ['320102'] })
      const all = await watch()
      await happen('320101', ['b.other'])
      await happen(INSTALLATION, ['session.opened'])
      await happen('320102', ['b.mine'])
      expect(kinds(await take(events, 1))).toEqual(['b.mine'])
      expect(kinds(await take(all.events, 2))).toEqual(['b.other', 'b.mine'])
      expect([...from.keys()]).not.toContain('320101')
      expect([...all.from.keys()]).not.toContain(INSTALLATION)
    })

    it('that comes back hears first what it missed, each event once', async () => {
      const first = await happen('320103', ['c.one', 'c.two', 'c.three'])
      await live.caughtUp()
      const { events } = await watch({ since: new Map([['320103', first - 2]]), districts: ['320103'] })
      await happen('320103', ['c.four'])
      expect(kinds(await take(events, 3))).toEqual(['c.two', 'c.three', 'c.four'])
    })

    it('that comes back hears of a district made while it was away', async () => {
      await happen('320104', ['d.one'])
      await live.caughtUp()
      const { events } = await watch({ since: new Map([['320103', 1]]), districts: ['320104'] })
      expect(kinds(await take(events, 1))).toEqual(['d.one'])
    })

    it('that was away too long, or names a number we never gave, is told to ask anew', async () => {
      const no = await happen('320105', ['e.1', 'e.2', 'e.3', 'e.4', 'e.5', 'e.6', 'e.7'])
      await live.caughtUp()
      for (const named of [0, no + 5]) {
        const { events } = await watch({ since: new Map([['320105', named]]), districts: ['320105'] })
        const after = happen('320105', ['e.after'])
        const heard = await take(events, named === 0 ? 2 : 1)
        expect(heard[0]).toMatchObject({ kind: RESET, district: '320105' })
        await after
      }
    })

    it('that does not read is let go, and the others are not held up', async () => {
      const lazy = await watch({ districts: ['320106'] })
      const quick = await watch({ districts: ['320106'] })
      const heard: LiveEvent[] = []
      const reading = (async () => {
        for await (const event of quick.events) if (heard.push(event) === 8) break
      })()
      for (let i = 0; i < 8; i++) {
        await happen('320106', [`f.${i}`])
        await live.caughtUp()
      }
      await reading
      expect(heard).toHaveLength(8)
      const rest: LiveEvent[] = []
      for await (const event of lazy.events) rest.push(event)
      expect(kinds(rest)).toEqual(['f.0', 'f.1', 'f.2', 'f.3', 'f.4'])
    })

    it('ends when its account loses something, and only then', async () => {
      const mine = await watch({ accountId: 'a1', districts: ['320107'] })
      const others = await watch({ accountId: 'a2', districts: ['320107'] })
      await happen(INSTALLATION, ['account.disabled'], { revokes: 'a1' })
      await happen('320107', ['g.after'])
      await live.caughtUp()
      const heard: LiveEvent[] = []
      for await (const event of mine.events) heard.push(event)
      expect(heard).toEqual([])
      expect(kinds(await take(others.events, 1))).toEqual(['g.after'])
    })

    it('leaves with its signal, and is counted no more', async () => {
      const before = live.watchers
      const abort = new AbortController()
      const { events } = await watch({ signal: abort.signal })
      expect(live.watchers).toBe(before + 1)
      abort.abort()
      const heard: LiveEvent[] = []
      for await (const event of events) heard.push(event)
      expect(heard).toEqual([])
      expect(live.watchers).toBe(before)
      await watch({ signal: AbortSignal.abort() })
      expect(live.watchers).toBe(before)
    })
  })

  it('hands an event on only when it can be read', async () => {
    const gate = Promise.withResolvers<void>()
    let asked = 0
    const { live: slow, reactions: own } = await start({
      ready: async () => {
        asked++
        await gate.promise
      },
    })
    const { events } = await slow.watch({
      districts: '*',
      accountId: null,
      signal: new AbortController().signal,
    })
    let heard = false
    const first = take(events, 1).then(taken => {
      heard = true
      return taken
    })
    await happen('320108', ['h.one'])
    await expect.poll(() => asked).toBe(1)
    expect(heard).toBe(false)
    gate.resolve()
    expect(kinds(await first)).toEqual(['h.one'])
    slow.stop()
    await own.stop()
  })
})
