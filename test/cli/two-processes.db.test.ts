import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listFaults, standingOf } from '../../scripts/invariants.ts'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../../scripts/square.ts'
import { answers, socketPath } from '../../src/core/data-dir.ts'
import { type Desk, openDesk, type Started } from '../support/command.ts'
import { onEachEngine } from '../support/engines.ts'

// every command opens the house anew, which takes its time on the embedded engine
vi.setConfig({ testTimeout: 300_000 })

onEachEngine(engine => {
  let desk: Desk
  let profile: string
  const write = (name: string, text: string) => {
    writeFileSync(join(desk.dir, name), text)
    return join(desk.dir, name)
  }
  const components = (first: number, count: number) =>
    [
      'load',
      'components',
      write(`from-${first}.csv`, squareComponents(first, count)),
      '--profile',
      profile,
    ] as const
  beforeAll(async () => {
    desk = await openDesk(engine)
    profile = write('profile.json', JSON.stringify(squareProfile))
    const grids = write('grids.geojson', squareGrids())
    const words = ['load', 'grids', grids, '--district', SQUARE, '--district-name', '方区', '--demo']
    expect(await desk.run(...words)).toMatchObject({ code: 0 })
  })
  afterAll(() => desk?.close())

  const serve = async (): Promise<Started> => {
    const server = desk.start(['serve'])
    await server.said(/Wangge at http/)
    return server
  }
  const holder = () => readFileSync(join(desk.env.DATA_DIR!, 'holder'), 'utf8').trim()

  describe('beside a running server', () => {
    let server: Started
    beforeAll(async () => {
      server = await serve()
    })

    it('a command works through it, and the server knows at once what it did', async () => {
      const { out, code } = await desk.run(...components(1, 500), '--json')
      expect(code).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ state: 'published', counts: { added: 500 } })
      expect(holder()).toBe(String(server.child.pid))
      const [, address] = await server.said(/Wangge at (http\S+)/)
      expect((await fetch(`${address}/healthz`)).status).toBe(200)
    })

    it('a second server is refused, says by whom and what to do, and the first goes on', async () => {
      const second = await desk.start(['serve']).ended
      expect(second).toMatchObject({ code: 1, out: '' })
      expect(second.err).toBe(
        `wangge: The data directory ${desk.env.DATA_DIR} is in use by process ${server.child.pid}; stop it, or work through it\n`,
      )
      const inChinese = await desk.start(['serve'], { LANG: 'zh_CN.UTF-8' }).ended
      expect(inChinese.code).toBe(1)
      expect(inChinese.err).toContain(`正被进程 ${server.child.pid} 使用；请停止该进程，或通过它操作`)
      expect(await desk.run('where', '120.645', '31.345')).toMatchObject({ code: 0, err: '' })
      expect(holder()).toBe(String(server.child.pid))
    })

    it('that is killed the next command works, and so does the next server', async () => {
      server.child.kill('SIGKILL')
      await server.ended
      const where = await desk.run('where', '120.645', '31.345', '--json')
      expect(where).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(where.out)).toMatchObject({ verdict: 'inside' })
      const next = await serve()
      expect(holder()).toBe(String(next.child.pid))
      next.child.kill('SIGKILL')
      await next.ended
      const third = await serve()
      third.child.kill('SIGTERM')
      expect(await third.ended).toMatchObject({ code: 0 })
      expect(await answers(socketPath(desk.env.DATA_DIR!))).toBe(false)
    })
  })

  describe('without a server', () => {
    it('commands that come at the same time all do their work, through whichever was first', async () => {
      const loads = [components(1001, 400), components(2001, 400), components(3001, 400)].map(words =>
        desk.run(...words),
      )
      const asked = desk.run('where', '120.645', '31.345')
      for (const ended of await Promise.all([asked, ...loads]))
        expect(ended).toMatchObject({ code: 0, err: '' })
      await desk.inHouse(async ({ db }) => {
        expect(await standingOf(db, SQUARE)).toMatchObject({ components: 500 + 3 * 400, version: 4 })
        expect(await listFaults(db, SQUARE)).toEqual([])
      })
    })
  })
})
