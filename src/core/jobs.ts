/**
 * Work that outlives a request: pg-boss over the database port, so that a job is sent in the same
 * database its effect is in, on both engines. A handler gets a signal that ends when the process stops.
 */
import { fromPglite, PgBoss } from 'pg-boss'
import type { Db } from './db.ts'
import type { Log } from './log.ts'

export interface Jobs {
  send(queue: string, data: Record<string, unknown>): Promise<void>
  stop(): Promise<void>
}

export type JobHandler = (data: Record<string, unknown>, signal: AbortSignal) => Promise<void>

/**
 * Starts working. Jobs of one queue run one after another in this process. A job that fails is not tried
 * again by itself: handlers record their own failure where a person sees it.
 */
export async function startJobs(db: Db, handlers: Record<string, JobHandler>, log: Log): Promise<Jobs> {
  const adapter = fromPglite({
    query: async <T>(sql: string, params?: unknown[]) => ({ rows: await db.query<T>(sql, params) }),
    exec: async sql => (await db.script(sql)).map(rows => ({ rows })),
    listen: (channel, heard) => db.listen(channel, heard),
  })
  const boss = new PgBoss({
    db: adapter,
    backend: db.engine.name === 'embedded' ? 'pglite' : 'postgres',
    schedule: false,
    useListenNotify: true,
  })
  boss.on('error', error => log.error({ err: error }, 'job queue'))
  boss.on('warning', warning => log.debug({ warning }, 'job queue'))
  await boss.start()
  const stopping = new AbortController()
  for (const [queue, handle] of Object.entries(handlers)) {
    const exists = await boss.getQueue(queue)
    if (!exists) await boss.createQueue(queue, { notify: true, retryLimit: 0, expireInSeconds: 86_000 })
    await boss.work<Record<string, unknown>>(queue, { pollingIntervalSeconds: 2 }, async jobs => {
      for (const job of jobs) await handle(job.data, AbortSignal.any([job.signal, stopping.signal]))
    })
  }
  return {
    async send(queue, data) {
      await boss.send(queue, data)
    },
    async stop() {
      stopping.abort(new Error('the server stops'))
      await boss.stop({ graceful: true, close: false, timeout: 10_000 })
    },
  }
}
