/**
 * The embedded engine's own thread: PGlite with PostGIS, one statement at a time, spoken to by
 * messages from db-pglite.ts. The only importer of PGlite.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'

export type EngineRequest =
  | { id: number; op: 'query'; sql: string; params: readonly unknown[] }
  | { id: number; op: 'script'; sql: string }
  | { id: number; op: 'copyIn'; sql: string; bytes: Uint8Array[] }
  | { id: number; op: 'copyOut'; sql: string }
  | { id: number; op: 'listen'; channel: string }
  | { id: number; op: 'close' }

export type EngineReply =
  | { id: number; result: unknown }
  | { id: number; error: { message: string; code?: string; detail?: string } }
  | { channel: string; payload: string }

const port = parentPort!
const { dir } = workerData as { dir: string | null }

const pglite = await PGlite.create(dir ?? 'memory://', {
  extensions: { postgis },
  parsers: { 20: Number, 1700: Number, 1082: (text: string) => text },
})
await pglite.exec('CREATE EXTENSION IF NOT EXISTS postgis')
port.postMessage({ id: 0, result: 'ready' })

port.on('message', async (request: EngineRequest) => {
  try {
    const result = await run(request)
    const transfer = request.op === 'copyOut' ? [(result as Uint8Array<ArrayBuffer>).buffer] : []
    port.postMessage({ id: request.id, result } satisfies EngineReply, transfer)
  } catch (error) {
    const { message, code, detail } = error as { message: string; code?: string; detail?: string }
    port.postMessage({
      id: request.id,
      error: { message: message ?? String(error), code, detail },
    } satisfies EngineReply)
  }
})

async function run(request: EngineRequest): Promise<unknown> {
  switch (request.op) {
    case 'query':
      return (await pglite.query(request.sql, request.params as unknown[])).rows
    case 'script':
      return (await pglite.exec(request.sql)).map(result => result.rows)
    case 'copyIn':
      return (
        (await pglite.query(request.sql, [], { blob: new Blob(request.bytes as Uint8Array<ArrayBuffer>[]) }))
          .affectedRows ?? 0
      )
    case 'copyOut': {
      const { blob } = await pglite.query(request.sql)
      return new Uint8Array(await blob!.arrayBuffer())
    }
    case 'listen':
      await pglite.listen(request.channel, payload =>
        port.postMessage({ channel: request.channel, payload } satisfies EngineReply),
      )
      return null
    case 'close':
      await pglite.close()
      return null
  }
}
