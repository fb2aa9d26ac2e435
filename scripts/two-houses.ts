/**
 * The square district on a private PostgreSQL, served twice: by a house in this process, which writes, and by a
 * server of its own, which is measured.
 *
 *   PostgreSQL <- house here (loads, decides)        PostgreSQL <- server (asked through its socket)
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, openApp } from '../src/app.ts'
import { clientOf } from '../src/cli/house.ts'
import { readConfig } from '../src/config.ts'
import { socketPath } from '../src/core/data-dir.ts'
import { openLog } from '../src/core/log.ts'
import { approveChanges } from '../src/domain/upkeep/approving.ts'
import { proposeChange } from '../src/domain/upkeep/commands.ts'
import { startPostgres } from './postgres.ts'
import { SQUARE, squareComponents, squareGrids } from './square.ts'
import { takeIn } from './square-load.ts'

export interface Answer {
  status: number
  etag: string | undefined
}

export interface Houses {
  app: App
  server: {
    socket: string
    /** Asks for a path and reads the answer to its end. */
    ask(path: string, headers?: Record<string, string>): Promise<Answer>
    start(): Promise<void>
    /** Ends it at once, as a crash does. */
    kill(): Promise<void>
    pid(): number
  }
  /** A lamp that is not there yet, waiting to be decided. @returns its request */
  propose(lon: number, lat: number): Promise<string>
  /** Resolves when it is committed. */
  decide(ids: readonly string[]): Promise<void>
  stop(): Promise<void>
}

export async function openHouses(components: number, say: (line: string) => void): Promise<Houses> {
  const postgres = await startPostgres()
  const dirs = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'wangge-houses-'))))
  const log = openLog('silent')
  const app = await openApp(
    readConfig({ DATA_DIR: dirs[0], DATABASE_URL: postgres.url, PORT: '0', WARM_DISTRICTS: 'none' }),
    log,
  )
  await clientOf(app.socket).post('/api/districts', { code: SQUARE, name: '方区', approval: 'none' })
  await takeIn(app, dirs[0]!, 'grids', 'grids', squareGrids(), ['published'])
  await takeIn(app, dirs[0]!, 'components', 'components', squareComponents(1, components), ['published'])
  say(`${components} components in 81 areas`)
  const socket = socketPath(dirs[1]!)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  let child: ChildProcess | null = null

  const ask = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      request({ socketPath: socket, path, headers, agent }, answer => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode!, etag: answer.headers.etag }))
        answer.on('error', reject)
      })
        .on('error', reject)
        .end()
    })
  const server: Houses['server'] = {
    socket,
    ask,
    async start() {
      const env = {
        ...process.env,
        DATABASE_URL: postgres.url,
        DATA_DIR: dirs[1],
        PORT: '0',
        LOG_LEVEL: 'error',
        LIVE_STREAMS: '100000',
      }
      child = spawn(process.execPath, ['src/cli.ts', 'serve'], {
        env,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      const ready = () =>
        ask('/readyz').then(
          ({ status }) => status === 200,
          () => false,
        )
      while (!(await ready())) await sleep(50)
      await ask(`/api/overview?district=${SQUARE}`)
    },
    async kill() {
      if (!child || child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      agent.destroy()
    },
    pid: () => child!.pid!,
  }
  await server.start()
  const house = { db: app.db, log }
  return {
    app,
    server,
    async propose(lon, lat) {
      const proposal = {
        change: {
          kind: 'add' as const,
          class: '0118',
          geometry: { type: 'Point' as const, coordinates: [lon, lat] as [number, number] },
          set: {},
        },
        reason: '核实',
        photos: [],
      }
      return (await proposeChange(house, { district: SQUARE, proposal, actor: 'a', lang: 'zh' })).id
    },
    async decide(ids) {
      await approveChanges(house, { district: SQUARE, ids, actor: 'b', lang: 'zh' })
    },
    async stop() {
      await server.kill()
      await app.stop()
      await postgres.stop()
      for (const dir of dirs) await rm(dir, { recursive: true, force: true })
    },
  }
}

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN
