import { get } from 'node:http'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { append } from '../../src/core/journal.ts'
import { DISTRICT } from '../domain/orgs/open-orgs.ts'
import { MOST_STREAMS, SECOND, type ServedOrgs, serveOrgs } from '../domain/orgs/serve-orgs.ts'
import { onEachEngine } from '../support/engines.ts'

onEachEngine((_name, open) => {
  let served: ServedOrgs
  beforeAll(async () => {
    served = await serveOrgs(open)
  })
  afterAll(() => served?.close())
  const call: ServedOrgs['call'] = (...sent) => served.call(...sent)
  const enter: ServedOrgs['enter'] = (...sent) => served.enter(...sent)

  describe('the live door', () => {
    const happen = (district: string, kind: string, data: Record<string, unknown> = {}) =>
      served.orgs.db.transaction(tx => append(tx, district, 'test', [{ kind, data }]))
    /** Opens the stream and gives its messages one by one. */
    const listen = async (path: string, cookie: string, lastId?: string) => {
      const answer = await new Promise<Readable & { statusCode?: number; headers: Record<string, unknown> }>(
        (resolve, reject) => {
          get(
            {
              port: served.port,
              host: '127.0.0.1',
              path,
              agent: false,
              headers: {
                cookie,
                'accept-encoding': 'gzip, br',
                ...(lastId ? { 'last-event-id': lastId } : {}),
              },
            },
            answer => resolve(answer as never),
          ).on('error', reject)
        },
      )
      const messages = parse(answer)
      return {
        answer,
        next: async () => (await messages.next()).value as Message | undefined,
        close: () => answer.destroy(),
      }
    }

    it('is for who may read the map', async () => {
      expect((await call('GET', '/api/live')).status).toBe(401)
      await served.orgs.account('newcomer', { mustChange: true })
      expect((await call('GET', '/api/live', { cookie: await enter('newcomer') })).status).toBe(403)
      expect((await call('GET', '/api/live?district=320506', { cookie: await enter('narrow') })).status).toBe(
        404,
      )
    })

    it('streams numbers and kinds of the district, with the journal number as id, uncompressed', async () => {
      const stream = await listen(`/api/live?district=${DISTRICT}`, await enter('leader'))
      expect(stream.answer.headers['content-type']).toBe('text/event-stream; charset=utf-8')
      expect(stream.answer.headers['content-encoding']).toBeUndefined()
      expect(await stream.next()).toMatchObject({ event: 'open' })
      await happen(SECOND, 'other.happened')
      const no = await happen(DISTRICT, 'registry.published', { secret: 1 })
      const message = (await stream.next())!
      expect(message.id).toBe(String(no))
      expect(message.data).toEqual({
        no,
        kind: 'registry.published',
        district: DISTRICT,
        at: expect.stringMatching(/Z$/),
      })
      stream.close()
    })

    it('goes on after the last event a browser saw, in one district and in several', async () => {
      const cookie = await enter('leader')
      const one = await listen(`/api/live?district=${DISTRICT}`, cookie)
      await one.next()
      const seen = await happen(DISTRICT, 'x.seen')
      const { id } = (await one.next())!
      one.close()
      await happen(DISTRICT, 'x.missed')
      await served.live.caughtUp()
      const back = await listen(`/api/live?district=${DISTRICT}`, cookie, id)
      expect((await back.next())!.event).toBe('open')
      expect((await back.next())!.data).toMatchObject({ no: seen + 1, kind: 'x.missed' })
      back.close()

      const all = await listen('/api/live', cookie)
      const opening = (await all.next())!
      all.close()
      await happen(SECOND, 'y.missed')
      await happen(DISTRICT, 'y.missed too')
      await served.live.caughtUp()
      const again = await listen('/api/live', cookie, opening.id)
      await again.next()
      const missed = [(await again.next())!, (await again.next())!]
      expect(missed.map(({ data }) => data.district).sort()).toEqual([SECOND, DISTRICT])
      again.close()
    })

    it('begins with what comes next where the id is none of ours', async () => {
      const stream = await listen(
        `/api/live?district=${DISTRICT}`,
        await enter('leader'),
        "1'; DROP TABLE journal",
      )
      await stream.next()
      const no = await happen(DISTRICT, 'z.next')
      expect((await stream.next())!.data.no).toBe(no)
      stream.close()
    })

    it('says something now and then, so that nobody takes the line for dead', async () => {
      const stream = await listen(`/api/live?district=${DISTRICT}`, await enter('leader'))
      let text = ''
      stream.answer.on('data', chunk => {
        text += chunk
      })
      await expect.poll(() => text).toMatch(/\n\n: \n\n/)
      stream.close()
    })

    it('ends when the account is disabled, and its watcher leaves with the client', async () => {
      await served.orgs.account('leaving')
      const cookie = await enter('leaving')
      const stream = await listen('/api/live', cookie)
      await stream.next()
      expect(served.live.watchers).toBeGreaterThan(0)
      await call('POST', '/api/accounts/leaving/disable', { cookie: await enter('admin') })
      let last: Message | undefined
      do last = await stream.next()
      while (last)
      await expect.poll(() => served.live.watchers).toBe(0)
    })

    it('gives one account so many streams and no more, and a seat again when one is closed', async () => {
      const cookie = await enter('leader')
      const others = await enter('admin')
      const streams = []
      for (let i = 0; i < MOST_STREAMS; i++) streams.push(await listen('/api/live', cookie))
      const refused = await call('GET', '/api/live', { cookie })
      expect(refused.status).toBe(429)
      expect(refused.json).toMatchObject({ code: 'live.too-many', n: MOST_STREAMS })
      const another = await listen('/api/live', others)
      expect(another.answer.statusCode).toBe(200)
      another.close()
      streams.pop()!.close()
      await expect.poll(() => served.live.watchers).toBe(MOST_STREAMS - 1)
      const again = await listen('/api/live', cookie)
      expect(again.answer.statusCode).toBe(200)
      for (const stream of [...streams, again]) stream.close()
      await expect.poll(() => served.live.watchers).toBe(0)
    })

    it('ends with the session that opened it, and not before', async () => {
      const stream = await listen('/api/live', await enter('leader'))
      let ended = false
      stream.answer.once('end', () => {
        ended = true
      })
      await stream.next()
      served.orgs.clock.pass(11 * HOUR_MS)
      const no = await happen(DISTRICT, 'still.heard')
      expect((await stream.next())!.data.no).toBe(no)
      expect(ended).toBe(false)
      served.orgs.clock.pass(2 * HOUR_MS)
      expect(await stream.next()).toBeUndefined()
      expect(ended).toBe(true)
    })
  })
})

const HOUR_MS = 3_600_000

interface Message {
  id?: string
  event?: string
  data: Record<string, unknown>
}

async function* parse(stream: Readable): AsyncGenerator<Message, undefined> {
  let text = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block
          .split('\n')
          .filter(line => !line.startsWith(':'))
          .map(line => line.split(/: (.*)/s).slice(0, 2)),
      )
      if (fields.data !== undefined) yield { ...fields, data: JSON.parse(fields.data) }
    }
  }
}
