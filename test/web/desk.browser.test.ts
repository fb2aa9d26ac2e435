/** The console on desks of every size: the list that is walked, the first sight of the map, what a form and a link say. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { announceDelivery, type ShownDelivery, sendFiles } from '../../src/cli/load.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

describe.skipIf(!chromium)(`the console at a desk${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  const opened: Console[] = []

  async function enter(screen: Screen = desk, language: 'zh-CN' | 'en' = 'zh-CN'): Promise<Console> {
    const console = await startConsole(browser, { server: served.address, screen, language })
    opened.push(console)
    await console.signIn('administrator', PASSWORD)
    return console
  }
  async function send(name: string, text: string): Promise<ShownDelivery> {
    const file = join(folder, name)
    await writeFile(file, text)
    const delivery = await announceDelivery(served.client, {
      kind: 'components',
      files: [file],
      district: DISTRICT,
      options: {},
    })
    await sendFiles(served.client, delivery.id, [file])
    return delivery
  }

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-desk-'))
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) {
      expect(console.complaints).toEqual([])
      await console.close()
    }
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  describe('the list of what is on the map', () => {
    it('stays as it is while it is walked, though the map goes to what is opened; a hand on the map ends that', async () => {
      const console = await enter()
      const { items } = await served.client.get<{ items: { lonLat: [number, number] }[] }>(
        '/api/components?limit=1',
      )
      await console.goTo(...items[0]!.lonLat, 16.5)
      await console.openList()
      const before = await console.listed()
      expect(before.ids.length).toBeGreaterThan(6)
      for (let n = 0; n < 4; n++) await console.page.keyboard.press('ArrowDown')
      await console.page.keyboard.press('Enter')
      await expect.poll(() => console.cardId()).toBe(before.ids[4])
      await console.settle()
      expect(await console.listed()).toEqual(before)
      expect(await console.currentRow()).toBe(4)

      await console.page.keyboard.press('ArrowDown')
      await console.page.keyboard.press(' ')
      await console.settle()
      expect(await console.currentRow()).toBe(5)
      expect((await console.listed()).ids[5]).toBe(before.ids[5])

      // shown closely, the map holds less than the list that was walked
      await console.drag(40, 30)
      await expect.poll(async () => (await console.listed()).total).toBeLessThan(before.total)
    })
  })

  describe('the first sight of the map', () => {
    const sizes: [string, Screen][] = [
      ['a phone', phone],
      ['a desk', desk],
      ['a wall', { width: 3840, height: 2160 }],
    ]
    it.each(sizes)(
      'is the whole district on %s, said by no number in the address, at whatever size it comes to',
      async (_, screen) => {
        const console = await enter(screen)
        await console.settle()
        const fits = async () => {
          const { width, height, district } = await console.framing()
          const [west, north, east, south] = district
          expect(Math.min(west, north)).toBeGreaterThanOrEqual(0)
          expect(east).toBeLessThanOrEqual(width)
          expect(south).toBeLessThanOrEqual(height)
          expect(Math.max((east - west) / width, (south - north) / height)).toBeGreaterThan(0.75)
        }
        await fits()
        expect(console.page.url()).not.toMatch(/at=/)
        await console.page.setViewportSize({ width: Math.round(screen.width * 0.8), height: screen.height })
        await console.settle()
        await fits()
      },
    )

    it('of a link made on a wide screen shows the same ground on a phone, and a street as it is', async () => {
      const wide = await enter({ width: 1440, height: 900 })
      await wide.settle()
      await wide.zoom(1)
      const link = /at=[^&]*/.exec(wide.page.url())![0]
      expect(link.split(',')).toHaveLength(4)
      const width = Number(link.split(',')[3])
      const narrow = await enter(phone)
      await narrow.open(`/map?${link}`)
      await narrow.settle()
      const [, , zoom] = link.split(',').map(Number)
      await expect
        .poll(() => Number(/at=[^,]*,[^,]*,([^,&]*)/.exec(narrow.page.url())?.[1]))
        .toBeCloseTo(zoom! + Math.log2(390 / width), 1)
      await narrow.open(`/map?${link.replace(`,${zoom!.toFixed(2)},`, ',17.00,')}`)
      await expect.poll(() => narrow.page.url()).toContain(',17.00,390')
    })
  })

  describe('a search', () => {
    it('says where there is more than it lists, and finds classes by other English words', async () => {
      const console = await enter(desk, 'en')
      await console.settle()
      expect((await console.search('manhole')).filter(text => /cover/i.test(text))).toHaveLength(6)
      expect(await console.page.locator('#search-results').textContent()).toMatch(/The first 6 are listed/)
      expect(await console.search('fire hydrant')).toHaveLength(1)
      expect(await console.page.locator('#search-results').textContent()).not.toMatch(/are listed/)
    })
  })

  describe('checking the columns', () => {
    it('waits for a reference system, says what else is open, and forgets it when it is said', async () => {
      const delivery = await send('点.csv', '甲,乙,X,Y\n1,2,560193,3460306\n')
      const console = await enter()
      await console.open(`/survey/${delivery.no}`)
      await expect.poll(() => console.page.url()).toContain(delivery.id)
      const start = console.page.locator('.mapping footer .el-button--primary')
      await start.waitFor({ timeout: 60_000 })
      expect(await start.isDisabled()).toBe(true)
      const text = () => console.page.locator('.mapping').textContent()
      expect(await text()).toMatch(/先选择坐标系/)
      expect(await text()).toMatch(/没有认出“类别”所在的列/)
      expect(await text()).toMatch(/未用作字段的列（2）：甲、乙/)
      await console.page.click('#crs')
      await console.page.click('.el-select-dropdown__item:has-text("EPSG:4549")')
      await expect.poll(() => start.isDisabled()).toBe(false)
      expect(await text()).not.toMatch(/先选择坐标系|没有坐标系说明/)
    })
  })

  describe('the deliveries on a phone', () => {
    it('keep their state beside their name, however long, and their counts in columns', async () => {
      const long = Array.from({ length: 9 }, (_, n) => `0${n + 1}.zip`).join(', ')
      await served.client.post('/api/deliveries', { kind: 'components', name: long, district: DISTRICT })
      const console = await enter(phone)
      await console.open('/survey')
      await console.page.waitForSelector(`text=${long}`)
      const cards = await console.page.locator('tbody tr').evaluateAll(rows =>
        rows.map(row => {
          const box = (n: number) =>
            row.querySelector(`td:nth-child(${n}) > *, td:nth-child(${n})`)!.getBoundingClientRect()
          const counts = [5, 6, 7].map(n => row.querySelector(`td:nth-child(${n})`)!.getBoundingClientRect())
          return {
            nameRight: box(2).right,
            stateLeft: box(4).left,
            counts: counts.map(each => [each.left, each.top]),
          }
        }),
      )
      expect(cards.length).toBeGreaterThan(4)
      for (const { nameRight, stateLeft, counts } of cards) {
        expect(nameRight).toBeLessThanOrEqual(stateLeft)
        expect(counts.map(([left]) => left)).toEqual(cards[0]!.counts.map(([left]) => left))
        expect(new Set(counts.map(([, top]) => top)).size).toBe(1)
      }
    })
  })

  describe('an address', () => {
    it('with the number of a delivery leads there; one of none says so, with a way back', async () => {
      const console = await enter()
      await console.open('/survey/99999')
      await console.page.waitForSelector('text=没有第 99999 批')
      await console.page.click('.notice button')
      await expect.poll(() => console.page.url()).toMatch(/#\/survey$/)
      await console.open('/survey/not-an-id')
      await console.page.waitForSelector('text=没有这个批次')
    })
  })

  describe('a new delivery', () => {
    it('tells all that is wanting at once, beside its field, and names what this server reads', async () => {
      const console = await enter()
      await console.open('/survey/new')
      const { gdal } = await served.client.get<{ gdal: boolean }>('/api/intake')
      await console.page.waitForSelector('.zone')
      if (gdal) await console.page.waitForSelector('text=MapInfo')
      await console.page.click('.el-button--primary:has-text("上传并识别")')
      expect(await console.page.locator('.wrong').allInnerTexts()).toEqual([
        '请给这次交付起个名字',
        expect.stringMatching(/文件/),
      ])
      expect(await console.page.evaluate(() => document.activeElement?.id)).toBe('delivery-name')
      await console.page.fill('#delivery-name', '甲')
      expect(await console.page.locator('.wrong').count()).toBe(1)
    })
  })

  describe('a district without grids', () => {
    it('is not the first one sees, says once what to do, and stays chosen the next time', async () => {
      await served.client.post('/api/districts', { code: '320501', name: '空区' })
      const console = await enter()
      await console.settle()
      expect(await console.page.locator('header.bar').textContent()).toContain('棠泽区')
      await console.page.click('header.bar .el-select')
      await console.page.click('.el-select-dropdown__item:has-text("空区")')
      await console.page.waitForSelector('text=空区还没有数据')
      expect(await console.page.locator('text=还没有数据').count()).toBe(1)
      await console.page.reload()
      await console.page.waitForSelector('text=空区还没有数据')
      await console.page.click('.notice button')
      await expect.poll(() => console.page.url()).toMatch(/survey\/new\?kind=grids/)
    })
  })
})
