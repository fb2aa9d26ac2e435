import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveChanges } from '../../src/domain/upkeep/approving.ts'
import { proposeChange } from '../../src/domain/upkeep/commands.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, openBrowser, startConsole } from './driver.ts'

interface Listed {
  id: string
  code: string
  className: string
  lonLat: [number, number]
}

describe.skipIf(!chromium)(`the console in a browser${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let console: Console
  let lonely: Listed

  beforeAll(async () => {
    if (!existsSync(join(import.meta.dirname, '../../dist/web/index.html')))
      throw new Error('npm run build first')
    served = await openServed()
    browser = await openBrowser()
    console = await startConsole(browser, { server: served.address })
    await console.signIn('dispatcher', PASSWORD)
    const { items } = await served.client.get<{ items: Listed[] }>('/api/components?class=0118&limit=200')
    // a lamp with nothing else near enough to be under the same click at the lowest of the zooms
    for (const item of items) {
      const [lon, lat] = item.lonLat
      const near = await served.client.get<{ items: unknown[] }>(
        `/api/pick?lon=${lon}&lat=${lat}&zoom=16&tolerancePx=20`,
      )
      if (near.items.length === 1) {
        lonely = item
        break
      }
    }
    if (!lonely) throw new Error('the small pilot has no lamp that stands alone')
  }, 180_000)
  afterAll(async () => {
    await console?.close()
    await browser?.close()
    await served?.close()
  })

  it.each([16, 17, 18.5])('opens the card of the dot that is clicked at zoom %d', async zoom => {
    const [lon, lat] = lonely.lonLat
    await console.goTo(lon + 0.0004, lat + 0.0002, zoom)
    expect(await console.dotAt(lon, lat)).toBe(true)
    await console.clickAt(lon, lat)
    expect(await console.cardId()).toBe(lonely.id)
    expect((await console.cardText()).replaceAll(/\s/g, '')).toContain(lonely.code)
  })

  it('says whose ground it is where no component is', async () => {
    const [lon, lat] = lonely.lonLat
    await console.goTo(lon, lat, 19.5)
    expect(await console.dotAt(lon + 0.00012, lat + 0.00006)).toBe(false)
    await console.clickAt(lon + 0.00012, lat + 0.00006)
    expect(await console.cardId()).toBeNull()
    expect(await console.cardText()).toMatch(/片区|村|社区/)
  })

  it('shows what others decide by itself, and fetches the tiles it lies on, no others', async () => {
    // nowhere near what was clicked before: there stands a mark
    const [lon, lat] = [lonely.lonLat[0] - 0.00012, lonely.lonLat[1] - 0.00006]
    await console.goTo(lon, lat, 17)
    expect(await console.dotAt(lon, lat)).toBe(false)
    const fetched: string[] = []
    console.page.on('request', request => {
      if (request.url().includes('.mvt')) fetched.push(request.url())
    })
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
    const house = { db: served.app.db }
    const { id } = await proposeChange(house, { district: DISTRICT, proposal, actor: 'a', lang: 'zh' })
    await approveChanges(house, { district: DISTRICT, ids: [id], actor: 'b', lang: 'zh' })
    await expect.poll(() => console.dotAt(lon, lat), { timeout: 30_000 }).toBe(true)
    // also when the rest of the console has been read again
    await new Promise(resolve => setTimeout(resolve, 3_000))
    await console.settle()
    expect(await console.dotAt(lon, lat)).toBe(true)
    expect(fetched.length).toBeGreaterThan(0)
    expect(fetched.filter(url => !url.includes('/tiles/components/'))).toEqual([])
    // of the dozen tiles a map of this size shows
    expect(fetched.length).toBeLessThan(6)
    expect(new Set(fetched).size).toBe(fetched.length)
  })

  it('finds a component by its code', async () => {
    const hits = await console.search(lonely.code)
    expect(hits.join(' ')).toContain(lonely.code)
  })

  it('speaks English when asked, and Chinese again', async () => {
    await console.switchLanguage('en')
    expect(await console.page.textContent('body')).toMatch(/Classes/)
    await console.switchLanguage('zh-CN')
    expect(await console.page.textContent('body')).toMatch(/类别/)
  })

  it('asked nobody but its own server, and complained of nothing', () => {
    expect(console.complaints).toEqual([])
  })
})
