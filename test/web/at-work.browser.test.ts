/** The console while a person works: typing while answers come, filters, a server that goes away, roles. */
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

interface Listed {
  id: string
  class: string
  lonLat: [number, number]
}
interface Grid {
  level: number
  code: string
  name: string
  components: number
}

describe.skipIf(!chromium)(`the console at work${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let listed: Listed[]
  let crowded: [number, number]
  const opened: Console[] = []

  const api = <T>(path: string) => served.client.get<T>(path)
  async function enter(
    role: Role,
    screen: Screen = desk,
    language: 'zh-CN' | 'en' = 'zh-CN',
  ): Promise<Console> {
    const console = await startConsole(browser, { server: served.address, screen, language })
    opened.push(console)
    await console.signIn(role, PASSWORD)
    return console
  }

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    listed = (await api<{ items: Listed[] }>('/api/components?limit=500')).items
    for (const { lonLat } of listed) {
      const near = await api<{ items: unknown[] }>(
        `/api/pick?lon=${lonLat[0]}&lat=${lonLat[1]}&zoom=16&tolerancePx=6`,
      )
      if (near.items.length > 2) crowded = lonLat
      if (crowded) break
    }
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
  })

  describe('the keyboard', () => {
    it('stays in the search when the answer to a click comes late, and goes to the list when nobody types', async () => {
      const console = await enter('dispatcher')
      await console.goTo(...crowded, 16)
      const answer = await console.holdAnswers('/api/pick')
      await console.clickLater(...crowded)
      await console.page.keyboard.press('/')
      await console.page.keyboard.type('路灯')
      answer.release()
      await console.page.waitForSelector('.stack')
      await console.page.keyboard.type('1')
      expect(await console.focused()).toEqual({ role: 'combobox', value: '路灯1' })

      await console.page.keyboard.press('Escape')
      await console.page.keyboard.press('Escape')
      await console.page.keyboard.press('Escape')
      await console.page.keyboard.press('Escape')
      await console.clickAt(...crowded)
      await console.page.waitForSelector('.stack')
      expect((await console.focused()).role).toBe('listbox')
    })

    it('moves in the list that a click has opened', async () => {
      const console = await enter('dispatcher')
      await console.goTo(...crowded, 15)
      await console.openList()
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowDown'])
        await console.page.keyboard.press(key)
      expect(await console.currentRow()).toBe(2)
    })

    it('moves in the tree after a click, and shows where', async () => {
      const console = await enter('dispatcher')
      await console.settle()
      await console.page.locator('[role=treeitem]').nth(1).click()
      await console.page.keyboard.press('ArrowDown')
      await console.page.keyboard.press('Enter')
      const towns = (await api<{ items: Grid[] }>('/api/grids')).items.filter(grid => grid.level === 1)
      await expect.poll(() => console.page.url()).toContain(`in=${towns.map(town => town.code).sort()[1]}`)
    })
  })

  describe('a filter', () => {
    it('of unit and town acts on tree, classes, list and map note alike', async () => {
      const { items } = await api<{ items: Grid[] }>('/api/grids')
      const units = await api<{ items: { id: string; counts: { owner: number } }[] }>('/api/units')
      const unit = units.items.toSorted((a, b) => b.counts.owner - a.counts.owner)[0]!
      const [hidden, ...shown] = items.filter(grid => grid.level === 1)
      const query = `unit=${unit.id}&area=${shown.map(town => town.code).join()}`
      const { total } = await api<{ total: number }>(`/api/components?limit=1&${query}`)
      const everything = await api<{ total: number }>('/api/components?limit=1')
      expect(total).toBeGreaterThan(0)
      expect(total).toBeLessThan(everything.total)

      const console = await enter('dispatcher')
      await console.open(`/map?unit=${unit.id}&hide=${hidden!.code}`)
      await console.settle()
      await expect.poll(() => console.counts()).toEqual({ tree: total, classes: total, list: total })

      const spread = await api<{ items: { class: string; count: number }[] }>(`/api/distribution?${query}`)
      await console.open(`/map?unit=${unit.id}&hide=${hidden!.code}&off=${spread.items[0]!.class}`)
      const less = total - spread.items[0]!.count
      await expect.poll(() => console.counts()).toEqual({ tree: less, classes: less, list: less })

      await console.open('/map')
      await expect.poll(async () => (await console.counts()).classes).toBe(everything.total)
    })

    it('leaves the map as it is when a town is chosen, while classes and list speak of the town', async () => {
      const { items } = await api<{ items: Grid[] }>('/api/grids')
      const town = items.find(grid => grid.level === 1)!
      const console = await enter('dispatcher')
      await console.open(`/map?in=${town.code}`)
      await console.settle()
      await console.listInside(town.name)
      await expect
        .poll(() => console.counts())
        .toEqual({
          tree: items.find(grid => grid.level === 0)!.components,
          classes: town.components,
          list: town.components,
        })
    })
  })

  describe('a server that goes away', () => {
    it('is said on the card, which is read by itself when it is back', async () => {
      const console = await enter('dispatcher')
      const one = listed[0]!
      await console.goTo(...one.lonLat, 19)
      expect(await console.asOf()).toEqual(['此刻', '此刻'])
      await console.page.context().setOffline(true)
      await console.clickLater(...one.lonLat)
      await console.page.waitForSelector('.panel [role=alert]')
      expect(await console.cardText()).toMatch(/连不上服务器.*自动重新读取.*重试/)
      expect(await console.asOf()).toEqual([expect.stringMatching(/^截至 /), expect.stringMatching(/^截至 /)])
      expect(await console.cardId()).toBeNull()
      await console.page.context().setOffline(false)
      await console.page.waitForSelector('.component, .stack', { timeout: 30_000 })
      expect(await console.page.locator('.panel [role=alert]').count()).toBe(0)
      expect(await console.asOf()).toEqual(['此刻', '此刻'])
    })

    it('is noticed when the line to it breaks, before anybody clicks', async () => {
      const console = await enter('dispatcher')
      const gone = (path: string) => console.page.route(path, route => route.abort('connectionrefused'))
      await gone('**/api/live*')
      await console.page.reload()
      await console.settle()
      expect(await console.page.locator('.lost').count()).toBe(0)
      await gone('**/api/session*')
      await console.page.waitForSelector('.lost', { timeout: 30_000 })
      await console.page.unrouteAll()
      await console.page.waitForSelector('.lost', { state: 'detached', timeout: 30_000 })
    })

    it('is met at the door by who reloads, and lets in again who was signed in', async () => {
      const console = await enter('dispatcher')
      await console.settle()
      await console.page.route('**/api/**', route => route.abort('connectionrefused'))
      await console.page.reload()
      await console.page.waitForSelector('.door')
      await console.page.waitForSelector('.lost', { timeout: 30_000 })
      await console.page.unrouteAll()
      await console.page.waitForSelector('.shell', { timeout: 30_000 })
      expect(new URL(console.page.url()).hash).toMatch(/^#\/map/)
    })

    it('is said in English too, and a card that a link opens comes when it is back', async () => {
      const console = await enter('dispatcher', desk, 'en')
      await console.open(`/map?at=${listed[0]!.lonLat.join()},19`)
      await console.settle()
      await console.page.route('**/api/components/*', route => route.abort('connectionreset'))
      await console.open(`/map?at=${listed[0]!.lonLat.join()},19&sel=${listed[0]!.id}`)
      await console.page.waitForSelector('.panel [role=alert]')
      expect(await console.cardText()).toMatch(/The server does not answer.*Try again/)
      await console.page.unroute('**/api/components/*')
      await console.page.waitForSelector('.component', { timeout: 30_000 })
      expect(await console.cardId()).toBe(listed[0]!.id)
    })
  })

  describe('a link to a component', () => {
    it.each([
      ['desk', desk],
      ['phone', phone],
    ] as const)(
      'shows it beside its card on a %s, and tells its place in the language that is chosen',
      async (_, screen) => {
        const [lon, lat] = listed[0]!.lonLat
        const console = await enter('dispatcher', screen)
        await console.settle()
        await console.open(`/map?at=${lon},${lat},18.9&sel=${listed[0]!.id}`)
        await console.page.waitForSelector('.component')
        await expect.poll(() => console.covered(lon, lat)).toBe(false)
        expect(await console.cardText()).toMatch(/[东西南北]约|号/)
        await console.open(`/map?at=${lon},${lat},18.9&sel=${listed[0]!.id}&lang=en`)
        const { place } = (await (
          await console.page.request.get(`${served.address}/api/components/${listed[0]!.id}?lang=en`)
        ).json()) as { place: { text: string } }
        await expect
          .poll(async () => (await console.cardText()).toLowerCase())
          .toContain(place.text.toLowerCase())
        expect(await console.cardId()).toBe(listed[0]!.id)
      },
    )
  })

  describe('a role', () => {
    it('without the right is told so, and not to try again', async () => {
      const console = await enter('dispatcher')
      await console.settle()
      await console.open('/survey')
      await console.page.waitForSelector('text=您的角色不能使用这个页面')
      const said = (await console.page.textContent('main')) ?? ''
      expect(said).toContain('查看普查批次')
      expect(said).not.toContain('重试')
      const supervisor = await enter('supervisor')
      await supervisor.settle()
      await supervisor.open('/survey')
      await supervisor.page.waitForSelector('tbody tr')
      await supervisor.open('/survey/new')
      await supervisor.page.waitForSelector('text=您的角色不能使用这个页面')
    })

    it('that is nobody’s yet finds a door without an error', async () => {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on('console', message => message.type() === 'error' && errors.push(message.text()))
      page.on('pageerror', error => errors.push(error.message))
      page.on(
        'response',
        answer => answer.status() >= 400 && errors.push(`${answer.status()} ${answer.url()}`),
      )
      await page.goto(served.address)
      await page.waitForSelector('#name')
      await page.waitForLoadState('networkidle')
      await page.close()
      expect(errors).toEqual([])
    })
  })

  describe('a delivery', () => {
    const bad = join(tmpdir(), `wangge-bad-${process.pid}.zip`)
    const good = join(tmpdir(), `wangge-good-${process.pid}.csv`)
    beforeAll(async () => {
      await writeFile(bad, 'this is no archive')
      await writeFile(good, `OBJCODE,X,Y\n${DISTRICT}0101990001,${crowded.join()}\n`)
    })
    afterAll(async () => {
      await rm(bad)
      await rm(good)
    })

    it('of a file that cannot be read says why, and begins anew with another under the same name', async () => {
      const console = await enter('contractor')
      await console.settle()
      await console.deliver('坏包', [bad])
      await console.page.waitForSelector('text=这些文件里没有能读的数据')
      expect(await console.page.textContent('.mapping')).toContain('不是压缩包')
      expect(await console.page.locator('button:has-text("开始载入")').isDisabled()).toBe(true)
      await console.page.click('button:has-text("重新选文件")')
      expect(await console.page.inputValue('#delivery-name')).toBe('坏包')
      await console.deliver(null, [good])
      await console.page.waitForSelector('text=请核对识别结果')
      expect(await console.page.textContent('.mapping')).toContain('OBJCODE')
      expect(await console.page.locator('button:has-text("开始载入")').isDisabled()).toBe(false)
      const { items } = await api<{ items: { name: string; state: string }[] }>('/api/deliveries?all=true')
      expect(items.slice(0, 2).map(({ name, state }) => [name, state])).toEqual([
        ['坏包', 'received'],
        ['坏包', 'cancelled'],
      ])
    })

    it('that was never loaded is given up by who sent it, and by nobody else', async () => {
      const console = await enter('contractor')
      await console.settle()
      await console.deliver('弃用', [good])
      await console.page.waitForSelector('text=请核对识别结果')
      const link = new URL(console.page.url()).hash.slice(1)
      const other = await enter('administrator')
      await other.settle()
      await other.open(link)
      await other.page.waitForSelector('text=请核对识别结果')
      expect(await other.page.locator('button:has-text("放弃这次交付")').count()).toBe(0)
      await console.page.click('button:has-text("放弃这次交付")')
      await console.page.click('[role=dialog] .el-button--danger')
      await console.page.waitForSelector('text=已取消，原有数据未受影响')
    })

    it('is asked for with its required fields marked, and comes from a dialog that knows the formats', async () => {
      const console = await enter('contractor')
      await console.settle()
      await console.open('/survey/new')
      await console.page.waitForSelector('#delivery-name')
      expect(await console.page.locator('.required').allInnerTexts()).toEqual(['名称', '文件'])
      expect(await console.page.getAttribute('#delivery-name', 'aria-required')).toBe('true')
      expect(await console.page.getAttribute('input[type=file]', 'accept')).toMatch(
        /\.zip.*\.gpkg.*\.geojsonl.*\.xlsx/,
      )
      await console.page.click('button:has-text("上传并识别")')
      await console.page.waitForSelector('text=请给这次交付起个名字')
      expect(await console.page.evaluate(() => document.activeElement?.id)).toBe('delivery-name')
    })
  })

  it.each([
    ['desk', desk],
    ['phone', phone],
  ] as const)('cuts no word of its own off in English on a %s', async (_name, screen) => {
    const console = await enter('administrator', screen, 'en')
    await console.settle()
    expect(await console.cutOff()).toEqual([])
    await expect.poll(() => console.page.textContent('.foot')).toContain('Internal material')
    if (screen === phone) {
      await console.page.click('button:has-text("Filters")')
      await console.page.waitForSelector('.sheet .row')
      expect(await console.cutOff()).toEqual([])
      await console.page.click('button:has-text("Done")')
    }
    await console.openList()
    expect(await console.cutOff()).toEqual([])
    for (const hash of ['/survey', '/survey/new']) {
      await console.open(hash)
      await console.page.waitForSelector('.page h2')
      await console.page.waitForLoadState('networkidle')
      expect([hash, await console.cutOff()]).toEqual([hash, []])
    }
  })
})
