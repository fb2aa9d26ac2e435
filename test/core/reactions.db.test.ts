import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { append } from '../../src/core/journal.ts'
import { openReactions, type Reactions } from '../../src/core/reactions.ts'
import { type OpenedDb, onEachEngine } from '../support/engines.ts'

onEachEngine((_name, open) => {
  let opened: OpenedDb
  let reactions: Reactions
  const said: Record<string, unknown>[] = []
  const log = pino(
    { level: 'warn' },
    new Writable({
      write(line, _encoding, done) {
        said.push(JSON.parse(String(line)))
        done()
      },
    }),
  )
  beforeAll(async () => {
    opened = await open()
  })
  afterEach(() => reactions.stop())
  afterAll(() => opened?.close())
  const happen = (district: string, ...kinds: string[]) =>
    opened.db.transaction(tx =>
      append(
        tx,
        district,
        'test',
        kinds.map(kind => ({ kind })),
      ),
    )

  describe('reactions', () => {
    it('are told what they are for, in the order of the table, and nothing else', async () => {
      const told: string[] = []
      reactions = await openReactions(opened.db, log)
      reactions.begin([
        { name: 'first', to: ['a.done', 'b.done'], react: ({ kind }) => void told.push(`first ${kind}`) },
        { name: 'second', to: 'every', react: async ({ kind }) => void told.push(`second ${kind}`) },
      ])
      await happen('320101', 'a.done', 'c.done')
      await reactions.caughtUp()
      expect(told).toEqual(['first a.done', 'second a.done', 'second c.done'])
    })

    it('are told what happened between their opening and the table', async () => {
      const told: string[] = []
      await happen('320102', 'before.opening')
      reactions = await openReactions(opened.db, log)
      await happen('320102', 'before.table')
      reactions.begin([{ name: 'late', to: 'every', react: ({ kind }) => void told.push(kind) }])
      await reactions.caughtUp()
      expect(told).toEqual(['before.table'])
    })

    it('that fail are named in the log, and hold up neither the others nor the next event', async () => {
      const told: string[] = []
      reactions = await openReactions(opened.db, log)
      reactions.begin([
        { name: 'broken', to: 'every', react: () => Promise.reject(new Error('no')) },
        { name: 'whole', to: 'every', react: ({ kind }) => void told.push(kind) },
      ])
      await happen('320103', 'x.done', 'y.done')
      await reactions.caughtUp()
      expect(told).toEqual(['x.done', 'y.done'])
      expect(said.map(({ reaction, kind }) => [reaction, kind])).toEqual([
        ['broken', 'x.done'],
        ['broken', 'y.done'],
      ])
    })

    it('can be stopped before they began, with an event waiting', async () => {
      reactions = await openReactions(opened.db, log)
      await happen('320104', 'a.done')
      await reactions.stop()
    })
  })
})
