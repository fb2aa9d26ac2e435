/**
 * The embedded engine behind the port. One connection, so every caller takes its turn: a statement
 * alone, or a whole transaction. The engine itself lives in a worker thread (db-pglite-worker.ts).
 */
import { COPY_HEADER, COPY_TRAILER } from './copy.ts'
import { type Db, embeddedEngine, identifier, type Queryable, type Row } from './db.ts'
import type { EngineReply, EngineRequest } from './db-pglite-worker.ts'
import { problem } from './problem.ts'
import { startThread } from './threads.ts'

type Ask = EngineRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never

/** @param dir data directory of the engine, or null for memory only. */
export async function openEmbedded(dir: string | null): Promise<Db> {
  const worker = startThread(new URL('./db-pglite-worker.ts', import.meta.url), { dir })
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>()
  const ears = new Map<string, Set<(payload: string) => void>>()
  let lastId = 0
  let dead: Error | null = null

  const ready = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }))
  worker.on('message', (reply: EngineReply) => {
    if ('channel' in reply) {
      for (const heard of ears.get(reply.channel) ?? []) heard(reply.payload)
      return
    }
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) asked?.reject(translated(reply.error))
    else asked?.resolve(reply.result)
  })
  const die = (error: Error) => {
    dead = error
    for (const { reject } of waiting.values()) reject(problem('database.gone', { what: error.message }))
    waiting.clear()
  }
  worker.on('error', die)
  worker.on('exit', code => die(new Error(`the embedded engine stopped (${code})`)))
  await ready

  const ask = <T>(request: Ask, transfer: ArrayBuffer[] = []): Promise<T> => {
    if (dead) return Promise.reject(problem('database.gone', { what: dead.message }))
    const id = ++lastId
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      worker.postMessage({ ...request, id }, transfer)
    })
  }

  let turn: Promise<unknown> = Promise.resolve()
  /** Runs `work` when everybody before has finished. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  const copyChunk = (table: string, columns: readonly string[], chunk: Uint8Array) =>
    ask<number>({
      op: 'copyIn',
      sql: `COPY ${table} (${columns.map(identifier).join(', ')}) FROM '/dev/blob' (FORMAT binary)`,
      bytes: [COPY_HEADER, chunk, COPY_TRAILER],
    })

  /** Statements without waiting for a turn: the inside of a transaction. */
  const direct: Queryable = {
    query: <R>(sql: string, params: readonly unknown[] = []) => ask<R[]>({ op: 'query', sql, params }),
    script: sql => ask<Row[][]>({ op: 'script', sql }),
    async copyIn(table, columns, chunks) {
      let rows = 0
      for await (const chunk of chunks) rows += await copyChunk(table, columns, chunk)
      return rows
    },
  }

  const db: Db = {
    engine: embeddedEngine,
    snapshot: work => work(db),
    query: <R>(sql: string, params?: readonly unknown[]) => inTurn(() => direct.query<R>(sql, params)),
    script: sql => inTurn(() => direct.script(sql)),
    async copyIn(table, columns, chunks) {
      let rows = 0
      for await (const chunk of chunks) rows += await inTurn(() => copyChunk(table, columns, chunk))
      return rows
    },
    transaction: work =>
      inTurn(async () => {
        await direct.query('BEGIN')
        try {
          const result = await work(direct)
          await direct.query('COMMIT')
          return result
        } catch (error) {
          await direct.query('ROLLBACK').catch(() => {})
          throw error
        }
      }),
    async *copyOut(sql) {
      yield await inTurn(() =>
        ask<Uint8Array>({ op: 'copyOut', sql: `COPY (${sql}) TO '/dev/blob' (FORMAT binary)` }),
      )
    },
    async listen(channel, heard) {
      if (!ears.has(channel)) {
        ears.set(channel, new Set())
        await inTurn(() => ask({ op: 'listen', channel }))
      }
      ears.get(channel)!.add(heard)
      return async () => {
        ears.get(channel)!.delete(heard)
      }
    },
    close: () =>
      inTurn(async () => {
        if (dead) return
        await ask({ op: 'close' })
        worker.removeAllListeners('exit')
        dead = new Error('closed')
        await worker.terminate()
      }),
  }
  return db
}

function translated({ message, code, detail }: { message: string; code?: string; detail?: string }): unknown {
  if (code === '53100' || /no space left|ENOSPC/i.test(message))
    return problem('disk.full', { what: message })
  return Object.assign(new Error(message), { code, detail })
}
