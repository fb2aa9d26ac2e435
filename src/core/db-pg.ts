/** PostgreSQL behind the port: a pool of `pg`, COPY by pg-copy-streams. The only importer of `pg`. */
import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { COPY_HEADER, COPY_TRAILER } from './copy.ts'
import { type Db, identifier, postgresEngine, type Queryable, type Reader, type Row } from './db.ts'
import { problem } from './problem.ts'

const parsers = new Map<number, (text: string) => unknown>([
  [20, Number],
  [1700, Number],
  [1082, text => text],
])
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

export interface PostgresOptions {
  url: string
  maxConnections?: number
  /** Told of connections that break while idle; the pool replaces them. */
  onError?: (error: Error) => void
}

export function openPostgres({ url, maxConnections = 12, onError = () => {} }: PostgresOptions): Db {
  const pool = new pg.Pool({ connectionString: url, max: maxConnections, types, application_name: 'wangge' })
  pool.on('error', onError)
  const ears = openEars(url, onError)

  const inTransaction = async <T>(work: (tx: Reader) => Promise<T>, begin = 'BEGIN'): Promise<T> => {
    const client = await connected(pool)
    // without a listener a connection that breaks would end the process
    client.on('error', onError)
    let failed: Error | undefined
    try {
      await client.query(begin)
      const result = await work({
        ...queryable(client),
        engine: postgresEngine,
        copyOut: sql => copyOut(client, sql),
      })
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {
        failed = error as Error
      })
      throw translated(error)
    } finally {
      client.off('error', onError)
      client.release(failed)
    }
  }

  return {
    engine: postgresEngine,
    ...queryable(pool),
    copyIn: (table, columns, chunks) => inTransaction(tx => tx.copyIn(table, columns, chunks)),
    transaction: work => inTransaction(work),
    snapshot: work => inTransaction(work, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
    async *copyOut(sql) {
      const client = await connected(pool)
      client.on('error', onError)
      let done = false
      try {
        yield* copyOut(client, sql)
        done = true
      } catch (error) {
        throw translated(error)
      } finally {
        client.off('error', onError)
        client.release(!done)
      }
    },
    listen: ears.listen,
    async close() {
      await ears.close()
      await pool.end()
    },
  }
}

async function* copyOut(client: pg.PoolClient, sql: string): AsyncGenerator<Uint8Array> {
  const stream = client.query(copyTo(`COPY (${sql}) TO STDOUT (FORMAT binary)`))
  for await (const chunk of stream) yield chunk as Uint8Array
}

async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw translated(error)
  }
}

function queryable(client: pg.Pool | pg.PoolClient): Queryable {
  return {
    async query<R>(sql: string, params: readonly unknown[] = []) {
      try {
        const result = await client.query(sql, params as unknown[])
        return result.rows as R[]
      } catch (error) {
        throw translated(error)
      }
    },
    async script(sql) {
      try {
        const results = (await client.query(sql)) as unknown as pg.QueryResult<Row> | pg.QueryResult<Row>[]
        return (Array.isArray(results) ? results : [results]).map(result => result.rows)
      } catch (error) {
        throw translated(error)
      }
    },
    async copyIn(table, columns, chunks) {
      const list = columns.map(identifier).join(', ')
      const stream = (client as pg.PoolClient).query(
        copyFrom(`COPY ${table} (${list}) FROM STDIN (FORMAT binary)`),
      )
      let failed: unknown = null
      stream.on('error', (error: Error) => {
        failed = error
      })
      const send = async (bytes: Uint8Array) => {
        if (failed) throw failed
        if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), once(stream, 'error')])
      }
      try {
        await send(COPY_HEADER)
        for await (const chunk of chunks) await send(chunk)
        await send(COPY_TRAILER)
        if (failed) throw failed
        stream.end()
        await once(stream, 'finish')
        return stream.rowCount
      } catch (error) {
        stream.destroy()
        throw translated(failed ?? error)
      }
    },
  }
}

const COME_BACK_MS = 1000

/**
 * All listening of the process on one connection of its own, opened by the first who listens and given back
 * by the last. After a break it comes back and rings everybody once for what they may have missed.
 */
function openEars(url: string, onError: (error: Error) => void) {
  const ears = new Map<string, Set<{ heard: (payload: string) => void }>>()
  let client: pg.Client | null = null
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }

  const connect = async (): Promise<pg.Client> => {
    if (client) return client
    const fresh = new pg.Client({ connectionString: url, application_name: 'wangge-listen' })
    fresh.on('error', onError)
    fresh.on('notification', ({ channel, payload }) => {
      for (const { heard } of ears.get(channel) ?? []) heard(payload ?? '')
    })
    await fresh.connect()
    client = fresh
    fresh.once('end', () => {
      if (client !== fresh) return
      client = null
      comeBack()
    })
    for (const channel of ears.keys()) await fresh.query(`LISTEN ${identifier(channel)}`)
    for (const { heard } of [...ears.values()].flatMap(all => [...all])) heard('')
    return fresh
  }
  const comeBack = () => {
    const again = () =>
      inTurn(async () => {
        if (ears.size > 0) await connect()
      }).catch(error => {
        onError(error)
        comeBack()
      })
    setTimeout(again, COME_BACK_MS).unref()
  }
  const hangUp = async () => {
    const standing = client
    client = null
    await standing?.end()
  }
  const forget = async (channel: string, ear: { heard: (payload: string) => void }) => {
    const all = ears.get(channel)
    if (!all?.delete(ear) || all.size > 0) return
    ears.delete(channel)
    if (ears.size === 0) await hangUp()
    else await client?.query(`UNLISTEN ${identifier(channel)}`).catch(onError)
  }

  return {
    listen: (channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> =>
      inTurn(async () => {
        const ear = { heard }
        try {
          const standing = await connect()
          const all = ears.get(channel)
          if (all) all.add(ear)
          else {
            ears.set(channel, new Set([ear]))
            await standing.query(`LISTEN ${identifier(channel)}`)
          }
        } catch (error) {
          await forget(channel, ear)
          throw translated(error)
        }
        return () => inTurn(() => forget(channel, ear))
      }),
    close: () =>
      inTurn(async () => {
        ears.clear()
        await hangUp()
      }),
  }
}

const GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '08003',
])

const LOST = /^Connection terminated|^Client has encountered a connection error|^Client was closed/

/** What a server says to who may not come in: 28000 and 28P01, and what the driver says without a password. */
const REFUSED = /^28|^SASL/

/**
 * Connection loss, a refused sign-in and a full disk become problems that say so; everything else stays as it is.
 * Messages of server and driver name users and databases, never a password.
 */
function translated(error: unknown): unknown {
  const { code, message: said } = error as { code?: string; message?: string }
  // several addresses tried in vain have one code and no message
  const message = said || code
  if (code === '3D000') return problem('database.missing', { what: message })
  if (REFUSED.test(code ?? message ?? '')) return problem('database.refused', { what: message })
  if (code === '53100') return problem('disk.full', { what: message })
  if ((code && GONE.has(code)) || (message && LOST.test(message)))
    return problem('database.gone', { what: message })
  return error
}
