/**
 * From a commit to everybody who watches one process, over server-sent events, and across a crash of it: each client
 * comes back with the last id it saw, as a browser does, and must have every number once and in order.
 */
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Measurement } from '../measurement.ts'
import { SQUARE } from '../square.ts'
import { type Houses, openHouses, quantile } from '../two-houses.ts'

/** Clients that connect at the same time. */
const AT_ONCE = 100

interface Client {
  nos: number[]
  /** When each number came. */
  at: Map<number, number>
  lastId: string | null
}

export const measurement: Measurement = {
  about: 'commit to every client of server-sent events on one process, and across its restart',
  options: { components: 20_000, clients: 2_000, changes: 60, pauseMs: 250 },
  async run({ components = 0, clients: wanted = 0, changes = 0, pauseMs = 0 }, say) {
    const houses = await openHouses(components, say)
    try {
      const clients = Array.from({ length: wanted }, (): Client => ({ nos: [], at: new Map(), lastId: null }))
      await connectAll(houses, clients)
      say(`${wanted} clients watch`)
      const first = await head(houses)
      const committed = new Map<number, number>()
      const change = async (i: number) => {
        const id = await houses.propose(120.602 + (i % 80) * 0.001, 31.302 + i * 0.0007)
        await houses.decide([id])
        committed.set(await head(houses), performance.now())
      }
      for (let i = 0; i < changes; i++) {
        await change(i)
        await sleep(pauseMs)
      }
      const last = await head(houses)
      await heard(clients, last)
      const waits = clients.flatMap(({ at }) => [...committed].map(([no, began]) => at.get(no)! - began))
      const rssMb = await rssOf(houses.server.pid())
      await houses.server.kill()
      say('the server was killed')
      for (let i = 0; i < 5; i++) await change(changes + i)
      await houses.server.start()
      const back = performance.now()
      await connectAll(houses, clients)
      const backMs = performance.now() - back
      await change(changes + 5)
      const end = await head(houses)
      await heard(clients, end)
      const lost = clients.filter(
        ({ nos }) => nos.length !== end - first || nos.some((no, i) => no !== first + 1 + i),
      )
      return {
        events: end - first,
        p50Ms: quantile(waits, 0.5),
        p99Ms: quantile(waits, 0.99),
        maxMs: waits.reduce((most, wait) => Math.max(most, wait), 0),
        lostOrTwice: lost.length,
        allBackMs: backMs,
        rssMb,
      }
    } finally {
      await houses.stop()
    }
  },
}

async function head({ app }: Houses): Promise<number> {
  const [row] = await app.db.query<{ no: number }>('SELECT no FROM journal_counter WHERE district = $1', [
    SQUARE,
  ])
  return row!.no
}

async function connectAll(houses: Houses, clients: readonly Client[]): Promise<void> {
  for (let i = 0; i < clients.length; i += AT_ONCE)
    await Promise.all(clients.slice(i, i + AT_ONCE).map(client => connect(houses, client)))
}

/** Resolves when the stream has said its first words. */
function connect({ server }: Houses, client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = client.lastId === null ? {} : { 'last-event-id': client.lastId }
    const asked = request(
      { socketPath: server.socket, path: `/api/live?district=${SQUARE}`, headers, agent: false },
      answer => {
        if (answer.statusCode !== 200) reject(new Error(`a stream was answered ${answer.statusCode}`))
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const event = text.slice(0, end)
            text = text.slice(end + 2)
            const id = /^id: (.+)$/m.exec(event)?.[1]
            if (id) client.lastId = id
            if (/^event: open$/m.test(event)) resolve()
            else if (id) {
              client.nos.push(Number(id))
              client.at.set(Number(id), performance.now())
            }
          }
        })
        answer.on('error', () => {})
      },
    )
    asked.on('error', reject).end()
  })
}

async function heard(clients: readonly Client[], no: number): Promise<void> {
  for (let left = 600; left > 0 && clients.some(({ nos }) => (nos.at(-1) ?? 0) < no); left--) await sleep(50)
}

async function rssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN) / 1024
}
