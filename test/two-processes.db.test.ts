/** Two servers on one PostgreSQL: what is committed anywhere is shown by both, and whoever watches misses nothing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf } from '../src/cli/house.ts'
import { socketPath } from '../src/core/data-dir.ts'
import type { Db } from '../src/core/db.ts'
import { approveChanges } from '../src/domain/upkeep/approving.ts'
import { proposeChange } from '../src/domain/upkeep/commands.ts'
import type { Change } from '../src/domain/upkeep/schema.ts'
import { type OpenedDb, openTestPostgres } from './support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from './support/ground.ts'
import { HOME, type Intake, openIntake } from './support/intake.ts'

interface Told {
  id: string
  kind: string
  no: number
  tiles?: { sets: string[]; boxes: number[][] | null }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let left = 400; left > 0 && !(await holds()); left--)
    await new Promise(resolve => setTimeout(resolve, 50))
}

describe.skipIf(!process.env.WANGGE_TEST_POSTGRES)('two servers on one PostgreSQL', () => {
  const closers: (() => unknown)[] = []
  let opened: OpenedDb
  let intake: Intake
  let servers: Server[] = []
  const db = (): Db => opened.db

  class Server {
    dir: string
    child: ChildProcess | null = null
    constructor(dir: string) {
      this.dir = dir
    }
    async start(): Promise<void> {
      const env = {
        ...process.env,
        DATABASE_URL: opened.place,
        DATA_DIR: this.dir,
        PORT: '0',
        LOG_LEVEL: 'warn',
      }
      this.child = spawn(process.execPath, ['src/cli.ts', 'serve'], { env, stdio: 'ignore' })
      await until(() =>
        this.get('/readyz').then(
          () => true,
          () => false,
        ),
      )
    }
    async kill(signal: NodeJS.Signals): Promise<void> {
      if (!this.child || this.child.exitCode !== null) return
      const gone = once(this.child, 'exit')
      this.child.kill(signal)
      await gone
      this.child = null
    }
    get<T>(path: string): Promise<T> {
      return clientOf(socketPath(this.dir)).get(path) as Promise<T>
    }
    /** Events as they come; `lastId` as a browser says it. */
    watch(lastId?: string) {
      const told: Told[] = []
      let last = lastId
      const call = request(
        {
          socketPath: socketPath(this.dir),
          path: `/api/live?district=${HOME}`,
          headers: lastId === undefined ? {} : { 'last-event-id': lastId },
        },
        answer => {
          let text = ''
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part
            for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
              const lines = text.slice(0, end).split('\n')
              text = text.slice(end + 2)
              const field = (name: string) =>
                lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2)
              last = field('id') ?? last
              if (field('event') !== 'open' && field('data'))
                told.push({ id: last!, ...JSON.parse(field('data')!) })
            }
          })
          answer.on('error', () => {})
        },
      )
      call.on('error', () => {}).end()
      closers.push(() => call.destroy())
      return { told, lastId: () => last, leave: () => call.destroy() }
    }
  }

  beforeAll(async () => {
    opened = await openTestPostgres()
    closers.push(() => opened.close())
    intake = await openIntake(db())
    closers.push(() => intake.close())
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await intake.load('components', {
      'lamps.geojson': featureCollection(
        Array.from({ length: 20 }, (_, i) => ({
          properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯' },
          geometry: { type: 'Point', coordinates: [120.601 + i * 0.001, 31.31] },
        })),
      ),
    })
    for (let i = 0; i < 2; i++) {
      const dir = await mkdtemp(join(tmpdir(), 'wangge-two-'))
      closers.push(() => rm(dir, { recursive: true, force: true }))
      servers.push(new Server(dir))
    }
    closers.push(() => Promise.all(servers.map(server => server.kill('SIGTERM'))))
    await Promise.all(servers.map(server => server.start()))
    for (const server of servers) await until(async () => (await shown(server)) === 20)
  }, 60_000)
  afterAll(async () => {
    for (const close of closers.reverse()) await close()
    servers = []
  })

  const shown = async (server: Server) =>
    (await server.get<{ counts: { components: number } }>(`/api/overview?district=${HOME}`)).counts.components
  const add = async (lon: number, lat = 31.33): Promise<void> => {
    const change: Change = {
      kind: 'add',
      class: '0118',
      geometry: { type: 'Point', coordinates: [lon, lat] },
      set: {},
    }
    const { id } = await proposeChange(intake.house, {
      district: HOME,
      proposal: { change, reason: '核实', photos: [] },
      actor: 'a',
      lang: 'zh',
    })
    await approveChanges(intake.house, { district: HOME, ids: [id], actor: 'b', lang: 'zh' })
  }
  const picked = async (server: Server, lon: number, lat = 31.33) =>
    (
      await server.get<{ items: unknown[] }>(
        `/api/pick?lon=${lon}&lat=${lat}&zoom=18&tolerancePx=5&layers=components`,
      )
    ).items.length

  it('tell whoever watches which tiles changed, and show it when they do', async () => {
    const watches = servers.map(server => server.watch())
    await new Promise(resolve => setTimeout(resolve, 200))
    await add(120.6111)
    for (const [i, { told }] of watches.entries()) {
      await expect.poll(() => told.find(each => each.kind === 'registry.published')).toBeDefined()
      const { tiles } = told.find(each => each.kind === 'registry.published')!
      expect(tiles!.sets).toEqual(['components', 'density'])
      const [west, south, east, north] = tiles!.boxes![0]!
      expect([
        tiles!.boxes!.length,
        west! <= 120.6111,
        east! >= 120.6111,
        south! <= 31.33,
        north! >= 31.33,
      ]).toEqual([1, true, true, true, true])
      expect(east! - west!).toBeLessThan(0.01)
      expect(await picked(servers[i]!, 120.6111)).toBe(1)
      // what shows nothing changes no tile
      expect(
        told.filter(each => each.kind !== 'registry.published').every(each => each.tiles?.sets.length === 0),
      ).toBe(true)
    }
    for (const watch of watches) watch.leave()
  })

  it('lose nothing when the bell cannot be heard for a while', async () => {
    const { told, leave } = servers[1]!.watch()
    await new Promise(resolve => setTimeout(resolve, 200))
    const cut = await db().query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'wangge-listen'`,
    )
    expect(cut.length).toBeGreaterThanOrEqual(2)
    await add(120.6122)
    await expect
      .poll(() => told.some(each => each.kind === 'registry.published'), { timeout: 8_000 })
      .toBe(true)
    expect(await picked(servers[1]!, 120.6122)).toBe(1)
    leave()
  })

  it('give who comes back after a restart what happened meanwhile, each once and in order', async () => {
    const before = servers[1]!.watch()
    await add(120.6133)
    await expect.poll(() => before.told.some(each => each.kind === 'registry.published')).toBe(true)
    const lastId = before.lastId()!
    await servers[1]!.kill('SIGKILL')
    await add(120.6144)
    await add(120.6155)
    await servers[1]!.start()
    const after = servers[1]!.watch(lastId)
    const published = () => after.told.filter(each => each.kind === 'registry.published')
    await expect.poll(() => published().length, { timeout: 10_000 }).toBe(2)
    await add(120.6166)
    await expect.poll(() => published().length).toBe(3)
    const nos = after.told.map(each => each.no)
    expect(nos).toEqual(Array.from({ length: nos.length }, (_, i) => Number(lastId) + 1 + i))
    for (const lon of [120.6144, 120.6155, 120.6166])
      expect([await picked(servers[0]!, lon), await picked(servers[1]!, lon)]).toEqual([1, 1])
    after.leave()
  })

  it('notice when the journal was not whole, read anew and tell whoever watches to read again', async () => {
    const { told, leave } = servers[0]!.watch()
    await new Promise(resolve => setTimeout(resolve, 200))
    await db().query('UPDATE journal_counter SET no = no + 1 WHERE district = $1', [HOME])
    await add(120.6177)
    await expect.poll(() => told.some(each => each.kind === 'live.reset'), { timeout: 8_000 }).toBe(true)
    await expect.poll(() => picked(servers[0]!, 120.6177)).toBe(1)
    expect(await servers[0]!.get<{ ready: boolean }>('/readyz')).toMatchObject({ ready: true })
    leave()
  })
})
