import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { append, follow, type JournalEvent, listEvents, listHeads } from '../../src/core/journal.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'

const DISTRICT = '320506'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => void (await opened.db.script('TRUNCATE journal, journal_counter')))

  /** Appends in a transaction of its own; a refused one appends and then rolls back. */
  const write = async (kinds: string[], { district = DISTRICT, refused = false } = {}) => {
    const work = opened.db.transaction(async tx => {
      const events = kinds.map(kind => ({ kind, data: { kind } }))
      const last = await append(tx, district, 'account:li.ming', events)
      if (refused) throw new Error('refused')
      return last
    })
    return refused ? work.catch(() => 0) : work
  }
  const numbers = async (after = 0) =>
    (await listEvents(opened.db, DISTRICT, after, 10_000)).map(event => event.no)
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
  /** Twenty writers, ten transactions each, one in five refused; how many events were kept. */
  const writeFromTwenty = async () => {
    let kept = 0
    const writer = async (name: number) => {
      for (let i = 0; i < 10; i++) {
        const refused = (name + i) % 5 === 0
        const kinds = upTo((name + i) % 3 || 1).map(n => `written.${name}.${i}.${n}`)
        await write(kinds, { refused })
        if (!refused) kept += kinds.length
      }
    }
    await Promise.all(upTo(20).map(writer))
    return kept
  }

  describe('the journal', () => {
    it('keeps what happened, by whom and when, in the order it was appended', async () => {
      const before = Date.now()
      expect(await write(['component.changed', 'component.closed'])).toBe(2)
      const events = await listEvents(opened.db, DISTRICT, 0)
      expect(events).toMatchObject([
        {
          district: DISTRICT,
          no: 1,
          kind: 'component.changed',
          actor: 'account:li.ming',
          data: { kind: 'component.changed' },
        },
        {
          district: DISTRICT,
          no: 2,
          kind: 'component.closed',
          actor: 'account:li.ming',
          data: { kind: 'component.closed' },
        },
      ])
      // one clock for both, give or take its resolution
      expect(Math.abs(events[0]!.at.getTime() - before)).toBeLessThan(60_000)
    })

    it('counts each district by itself', async () => {
      await write(['a.done', 'b.done'])
      await write(['c.done'], { district: '320507' })
      expect(await write(['d.done'])).toBe(3)
      expect(await listHeads(opened.db)).toEqual(
        new Map([
          [DISTRICT, 3],
          ['320507', 1],
        ]),
      )
    })

    it('has no gap after a refused transaction', async () => {
      await write(['a.done'])
      await write(['never.happened', 'never.either'], { refused: true })
      await write(['b.done'])
      expect((await listEvents(opened.db, DISTRICT, 0)).map(event => [event.no, event.kind])).toEqual([
        [1, 'a.done'],
        [2, 'b.done'],
      ])
    })

    it('lists what came after a number, as far as asked', async () => {
      await write(upTo(10).map(n => `thing${n}.done`))
      expect((await listEvents(opened.db, DISTRICT, 4, 3)).map(event => event.no)).toEqual([5, 6, 7])
      expect(await listEvents(opened.db, DISTRICT, 10)).toEqual([])
    })

    it('is gapless under twenty writers, and whoever reads meanwhile never sees a number before all below it', async () => {
      let done = false
      const snapshots: number[][] = []
      const reading = (async () => {
        while (!done) {
          snapshots.push(await numbers())
          await sleep(1)
        }
      })()
      const kept = await writeFromTwenty()
      done = true
      await reading
      expect(await numbers()).toEqual(upTo(kept))
      expect(snapshots.filter(seen => String(seen) !== String(upTo(seen.length)))).toEqual([])
      // otherwise nobody read while somebody wrote
      expect(new Set(snapshots.map(seen => seen.length)).size).toBeGreaterThan(5)
    })
  })

  describe('a tail', () => {
    it('is handed every event of twenty writers, once, in order', async () => {
      const seen: number[] = []
      const tail = await follow(opened.db, async event => {
        await sleep(0)
        seen.push(event.no)
      })
      const kept = await writeFromTwenty()
      await tail.caughtUp()
      expect(seen).toEqual(upTo(kept))
      await tail.stop()
    })

    it('is woken by the bell, not only by its poll', async () => {
      const seen: string[] = []
      const tail = await follow(opened.db, event => void seen.push(event.kind), { pollMs: 3_600_000 })
      await write(['a.done'])
      await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['a.done'])
      await tail.stop()
    })

    it('loses nothing when no bell rings', async () => {
      const deaf = { ...opened.db, listen: async () => async () => {} }
      const seen: string[] = []
      const tail = await follow(deaf, event => void seen.push(event.kind), { pollMs: 20 })
      await write(['a.done', 'b.done'])
      await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['a.done', 'b.done'])
      await tail.stop()
    })

    it('starts from now: what was there before is not handed on', async () => {
      await write(['before.all'])
      const seen: JournalEvent[] = []
      const tail = await follow(opened.db, event => void seen.push(event))
      await write(['after.it'])
      await tail.caughtUp()
      expect(seen).toMatchObject([{ no: 2, kind: 'after.it' }])
      await tail.stop()
    })

    it('follows districts that come later, each in its order', async () => {
      const seen: string[] = []
      const tail = await follow(opened.db, event => void seen.push(`${event.district} ${event.no}`))
      await Promise.all(
        upTo(5).flatMap(() => ['320507', '320508'].map(district => write(['a.done'], { district }))),
      )
      await tail.caughtUp()
      for (const district of ['320507', '320508'])
        expect(seen.filter(name => name.startsWith(district))).toEqual(upTo(5).map(no => `${district} ${no}`))
      await tail.stop()
    })

    it('goes on after an event that could not be taken, and tells of it', async () => {
      const [seen, errors]: [number[], unknown[]] = [[], []]
      const onError = (error: unknown) => void errors.push(error)
      const broken = new Error('cannot take the second')
      const tail = await follow(
        opened.db,
        event => {
          if (event.no === 2) throw broken
          seen.push(event.no)
        },
        { onError },
      )
      await write(['a.done', 'b.done', 'c.done'])
      await tail.caughtUp()
      expect(seen).toEqual([1, 3])
      expect(errors).toEqual([broken])
      await tail.stop()
    })

    it('takes more events at once than one page holds', async () => {
      const seen: number[] = []
      const tail = await follow(opened.db, event => void seen.push(event.no))
      await write(upTo(1234).map(n => `thing${n}.done`))
      await tail.caughtUp()
      expect(seen).toEqual(upTo(1234))
      await tail.stop()
    })

    it('hears nothing any more once stopped', async () => {
      const seen: number[] = []
      const tail = await follow(opened.db, event => void seen.push(event.no), { pollMs: 5 })
      await tail.stop()
      await write(['a.done'])
      await sleep(100)
      expect(seen).toEqual([])
    })
  })
})
