import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listFaults, type Standing, standingOf } from '../../scripts/invariants.ts'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../../scripts/square.ts'
import { clientOf } from '../../src/cli/house.ts'
import type { ShownDelivery } from '../../src/cli/load.ts'
import type { ShownFinding } from '../../src/cli/report.ts'
import { socketPath } from '../../src/core/data-dir.ts'
import { type Desk, openDesk } from '../support/command.ts'
import { onEachEngine } from '../support/engines.ts'

const BASE = 3_000
const DELIVERED = 40_000

// every command opens the house anew, which takes its time on the embedded engine
vi.setConfig({ testTimeout: 300_000 })

onEachEngine(engine => {
  let desk: Desk
  let loadComponents: (name: string, text: string) => readonly string[]
  beforeAll(async () => {
    desk = await openDesk(engine)
    const write = (name: string, text: string) => {
      writeFileSync(join(desk.dir, name), text)
      return join(desk.dir, name)
    }
    const profile = write('profile.json', JSON.stringify(squareProfile))
    loadComponents = (name, text) => ['load', 'components', write(name, text), '--profile', profile]
    const grids = write('grids.geojson', squareGrids())
    const words = ['load', 'grids', grids, '--district', SQUARE, '--district-name', '方区', '--demo']
    expect(await desk.run(...words)).toMatchObject({ code: 0 })
    expect(await desk.run(...loadComponents('base.csv', squareComponents(1, BASE)))).toMatchObject({
      code: 0,
    })
  })
  afterAll(() => desk?.close())

  const standing = () =>
    desk.inHouse(async ({ db }) => {
      expect(await listFaults(db, SQUARE)).toEqual([])
      return standingOf(db, SQUARE)
    })
  const whereText = async () => (await desk.run('where', '120.645', '31.345', '--json')).out

  /** Starts a load and kills its process, worker threads and all, at the moment asked for. */
  async function kill(words: readonly string[], moment: (delivery: ShownDelivery) => boolean): Promise<void> {
    const { child, ended } = desk.start(words)
    const client = clientOf(socketPath(desk.env.DATA_DIR!))
    const former = await newest(client).catch(() => null)
    while (child.exitCode === null) {
      const delivery = await newest(client).catch(() => null)
      if (delivery && delivery.no !== former?.no && delivery.state === 'loading' && moment(delivery)) break
      await sleep(5)
    }
    expect(child.kill('SIGKILL'), 'it ended before it could be killed').toBe(true)
    expect((await ended).code).toBeNull()
    await desk.afterKill()
  }
  async function newest(client: ReturnType<typeof clientOf>): Promise<ShownDelivery | null> {
    const { items } = await client.get<{ items: ShownDelivery[] }>('/api/deliveries?limit=1')
    return items[0] ?? null
  }

  describe('a load whose process is killed', () => {
    let before: Standing
    let where: string
    beforeAll(async () => {
      before = await standing()
      where = await whereText()
      expect(JSON.parse(where)).toMatchObject({ verdict: 'inside' })
    })

    it('while rows land leaves the registry whole, is told as interrupted, and loads when it is started again', async () => {
      const words = loadComponents('landing.csv', squareComponents(1, DELIVERED, 'landing'))
      await kill(words, ({ progress }) => (progress.rowsRead ?? 0) > 0)
      expect(await standing()).toEqual(before)
      expect(await whereText()).toBe(where)
      const list = JSON.parse((await desk.run('deliveries', '--json')).out) as ShownDelivery[]
      expect(list[0]).toMatchObject({ state: 'failed', version: null })
      const told = JSON.parse((await desk.run('findings', list[0]!.id, '--json')).out) as ShownFinding[]
      expect(told).toMatchObject([{ code: 'load.process-gone', severity: 'error' }])
      expect(told[0]!.message).toMatch(/process/)
      expect(told[0]!.remedy).toMatch(/untouched; load again/)

      const again = await desk.run(...words)
      expect(again).toMatchObject({ code: 0, err: '' })
      expect(await standing()).toMatchObject({ version: before.version + 1, components: DELIVERED })
    })

    it('while the version is published leaves the one before or the one after, whole, and loads again', async () => {
      const former = await standing()
      const words = loadComponents('publishing.csv', squareComponents(1, DELIVERED, 'publishing'))
      await kill(words, ({ batchNo }) => batchNo !== null)
      const stood = await standing()
      expect([former.version, former.version + 1]).toContain(stood.version)
      if (stood.version === former.version) expect(stood).toEqual(former)
      expect(await desk.run(...words)).toMatchObject({ code: 0 })
      const after = await standing()
      expect(after).toMatchObject({ version: former.version + 1, components: DELIVERED })
      expect(after.componentSum).not.toBe(former.componentSum)
      if (stood.version !== former.version) expect(stood).toEqual(after)
    })
  })

  describe('grids whose process is killed', () => {
    it('leave the net whole, and load when they are started again', async () => {
      const before = await standing()
      const file = join(desk.dir, 'moved.geojson')
      writeFileSync(file, squareGrids(0.004))
      await kill(['load', 'grids', file], ({ progress }) => progress.phase !== 'waiting')
      expect(await standing()).toEqual(before)
      expect(await desk.run('load', 'grids', file)).toMatchObject({ code: 0 })
      const after = await standing()
      expect(after).toMatchObject({ components: before.components, version: before.version })
      expect(after.gridSum).not.toBe(before.gridSum)
      expect(after.componentSum).not.toBe(before.componentSum)
    })
  })
})
