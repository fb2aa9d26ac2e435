/** Upkeep in the console: a move asked for on the map, decided by a second person, seen at once; at the desk and on a phone. */
import jsQr from 'jsqr'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { cameraPng } from '../support/pictures.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

interface Listed {
  id: string
  code: string
  class: string
  lonLat: [number, number]
}

describe.skipIf(!chromium)(`upkeep in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let things: Listed[]
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
    await console.settle()
    return console
  }

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    await served.app.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [DISTRICT])
    const { items } = await api<{ items: Listed[] }>('/api/components?limit=400&class=0118,0117')
    // such as stand alone: a click means exactly one
    const near = (a: Listed, b: Listed) =>
      Math.hypot(a.lonLat[0] - b.lonLat[0], a.lonLat[1] - b.lonLat[1]) < 4e-4
    const all = (await api<{ items: Listed[] }>('/api/components?limit=1000')).items
    things = items.filter(each => !all.some(one => one.id !== each.id && near(one, each)))
    expect(things.length).toBeGreaterThan(3)
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
  })

  it('moves a component: asked for on the map, not decided by who asked, and at its new place when a second person approved', async () => {
    const { lonLat: from, id } = things[0]!
    const to: [number, number] = [from[0] + 0.00012, from[1] + 0.00006]
    const dispatcher = await enter('dispatcher')
    await dispatcher.goTo(...from, 19.5)
    expect([await dispatcher.dotAt(...from), await dispatcher.dotAt(...to)]).toEqual([true, false])
    await dispatcher.clickAt(...from)
    await dispatcher.beginChange('移动')
    await dispatcher.placeAt(...to)
    await dispatcher.page.waitForSelector('.moved >> text=/移动 1\\d\\.\\d 米/')
    await dispatcher.page.getByLabel('理由').fill('灯杆已移位')
    await dispatcher.page.click('button:has-text("提交申请")')
    await dispatcher.page.waitForSelector('text=等待审核')
    expect(await dispatcher.cardId()).toBe(id)
    await dispatcher.open('/upkeep')
    await dispatcher.page.waitForSelector('[role=option][data-no]')
    expect(await dispatcher.page.locator('button:has-text("通过")').count()).toBe(0)
    expect(await dispatcher.page.locator('button:has-text("撤回")').count()).toBe(1)
    expect(dispatcher.complaints).toEqual([])

    const supervisor = await enter('supervisor')
    await supervisor.open('/upkeep')
    await supervisor.page.waitForSelector('.request .moved')
    await supervisor.page.focus('[role=listbox]')
    await supervisor.page.keyboard.press('a')
    await supervisor.page.waitForSelector('text=/登记册为第 \\d+ 版/')
    await supervisor.goTo(...to, 19.5)
    await expect
      .poll(async () => [await supervisor.dotAt(...from), await supervisor.dotAt(...to)], { timeout: 20_000 })
      .toEqual([false, true])
    await supervisor.clickAt(...to)
    const text = await supervisor.cardText()
    expect(text).toMatch(/动态更新/)
    expect(text).toMatch(/dispatcher 提出/)
    expect(text).toMatch(/supervisor 审核通过/)
    expect(supervisor.complaints).toEqual([])
  })

  it('lets nobody decide his own: the page says who does', async () => {
    const { lonLat, id } = things[1]!
    const supervisor = await enter('supervisor')
    await supervisor.open(`/map?sel=${id}&at=${lonLat[0]},${lonLat[1]},19.5`)
    await supervisor.page.waitForSelector(`[data-id="${id}"]`)
    await supervisor.beginChange('作废')
    await supervisor.page.getByLabel('理由').fill('已拆除')
    await supervisor.page.click('button:has-text("提交申请")')
    await supervisor.page.waitForSelector('text=等待审核')
    await supervisor.open('/upkeep')
    await supervisor.page.waitForSelector('text=本人提出的申请由第二人审核')
    expect(await supervisor.page.locator('footer button:has-text("通过")').count()).toBe(0)
  })

  it('asks for an edit on a phone, with one button under the thumb', async () => {
    const { lonLat, id } = things[2]!
    const console = await enter('dispatcher', phone)
    await console.open(`/map?sel=${id}&at=${lonLat[0]},${lonLat[1]},19.5`)
    await console.page.waitForSelector(`[data-id="${id}"]`)
    await console.beginChange('移动')
    await console.placeAt(lonLat[0] + 0.00005, lonLat[1] + 0.00004)
    await console.page.waitForSelector('.moved')
    const here = console.page.locator('button:has-text("就在这里")')
    expect((await here.boundingBox())!.height).toBeGreaterThanOrEqual(44)
    await here.click()
    await console.page.getByLabel('理由').fill('现场核实')
    const send = console.page.locator('button:has-text("提交申请")')
    const choose = console.page.locator('.take input[multiple]')
    expect(await console.page.locator('.take input[capture=environment]').getAttribute('accept')).toBe(
      'image/*',
    )
    await choose.setInputFiles([
      photo('现场.png', 90),
      { ...photo('不是照片.jpg', 0), buffer: Buffer.from('<html>') },
    ])
    await console.page.waitForSelector('text=照片不能用：不是 JPEG、PNG 或 WebP 图片')
    await console.page
      .locator('.take li.failed')
      .getByRole('button', { name: /去掉照片/ })
      .click()
    await choose.setInputFiles([photo('近景.png', 180)])
    await console.page.waitForFunction(() => document.querySelectorAll('.take li.done img').length === 2)
    expect(await console.cutOff()).toEqual([])
    await console.shot('/tmp/evidence-form-390.png')
    const box = (await send.boundingBox())!
    expect([box.height >= 44, box.y + box.height <= phone.height]).toEqual([true, true])
    await send.click()
    await console.page.waitForSelector('text=等待审核')
    const reviewer = await enter('supervisor', phone)
    await reviewer.open('/upkeep')
    await reviewer.page.waitForSelector('[role=option][data-no]')
    await reviewer.page.click('[role=option][data-no]')
    await reviewer.page.waitForSelector('.request .moved')
    await drawn(reviewer, '.request .photo-row li img', 2)
    await reviewer.shot('/tmp/evidence-review-390.png')
    expect(await reviewer.cutOff()).toEqual([])
    const desk2 = await enter('supervisor', desk)
    await desk2.open('/upkeep')
    await drawn(desk2, '[role=option][data-no] .thumb img', 1)
    await desk2.page.locator('[role=option][data-no]:has(.thumb)').click()
    await drawn(desk2, '.request .photo-row li img', 2)
    await desk2.shot('/tmp/evidence-review-1440.png')
    await desk2.page.focus('[role=listbox]')
    await desk2.page.keyboard.press('a')
    await desk2.page.waitForSelector('text=/登记册为第 \\d+ 版/')
    await console.open(`/map?sel=${id}`)
    await console.page.waitForSelector(`[data-id="${id}"]`)
    await drawn(console, '.photos .photo-row li img', 2)
    expect([
      console.complaints.filter(said => !/400/.test(said)),
      reviewer.complaints,
      desk2.complaints,
    ]).toEqual([[], [], []])
  })

  const photo = (name: string, grey: number) => ({
    name,
    mimeType: 'image/png',
    buffer: cameraPng(grey, 200),
  })
  /** Waits for so many pictures that are really drawn. */
  const drawn = (console: Console, selector: string, n: number) =>
    console.page.waitForFunction(
      ([selector, n]) => {
        const all = [...document.querySelectorAll<HTMLImageElement>(selector)]
        for (const each of all) each.loading = 'eager'
        return all.length === n && all.every(each => each.complete && each.naturalWidth > 0)
      },
      [selector, n] as const,
    )
  /** What a camera reads off the first plate of the page. */
  async function scanned(page: Page): Promise<string | undefined> {
    const side = 360
    const pixels = await page.evaluate(async side => {
      const svg = document.querySelector('.plate svg')!.cloneNode(true) as SVGElement
      svg.setAttribute('width', String(side))
      svg.setAttribute('height', String(side))
      svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
      const image = new Image()
      image.src = URL.createObjectURL(new Blob([svg.outerHTML], { type: 'image/svg+xml' }))
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = canvas.height = side
      const pen = canvas.getContext('2d')!
      pen.drawImage(image, 0, 0, side, side)
      return [...pen.getImageData(0, 0, side, side).data]
    }, side)
    return jsQr(Uint8ClampedArray.from(pixels), side, side)?.data
  }

  it('prints plates: the code on one leads to its very card, where a problem can be reported', async () => {
    const { id } = things[3]!
    const console = await enter('dispatcher')
    await console.open(`/upkeep/plates?component=${id}`)
    await console.page.waitForSelector('.plate svg path')
    const address = await scanned(console.page)
    expect(address).toBe(await console.page.getAttribute('.plate', 'data-address'))
    await console.page.emulateMedia({ media: 'print' })
    expect(
      await console.page
        .locator('.rail, .top, .unprinted')
        .evaluateAll(all => all.filter(each => (each as HTMLElement).offsetParent !== null).length),
    ).toBe(0)
    const box = (await console.page.locator('.plate').boundingBox())!
    expect([Math.round((box.width / 96) * 25.4), Math.round((box.height / 96) * 25.4)]).toEqual([60, 40])
    await console.page.emulateMedia({ media: 'screen' })

    await console.page.goto(address!)
    await console.page.waitForSelector(`[data-id="${id}"]`)
    await console.page.click('.component button:has-text("上报问题")')
    await console.page.click('[role=dialog] label:has-text("破损")')
    await console.page.getByLabel('说明').fill('灯杆倾斜')
    await console.page.click('[role=dialog] button:has-text("上报")')
    await console.page.waitForSelector('text=/问题 #\\d+ 已上报/')
    await console.open('/upkeep/reports')
    await console.page.waitForSelector('li[data-no] >> text=灯杆倾斜')
    expect(console.complaints).toEqual([])
  })

  it('asks a stranger who scans a plate to sign in, or shows the public page where the district wants one', async () => {
    const { items } = await served.client.post<{ items: { address: string }[] }>('/api/plates', {
      components: [things[3]!.id],
    })
    const token = items[0]!.address.split('/').at(-1)
    const stranger = await startConsole(browser, { server: served.address, screen: phone })
    opened.push(stranger)
    await stranger.page.goto(`${served.address}/q/${token}`)
    await stranger.page.waitForSelector('#password')
    await served.app.db.query(
      "INSERT INTO plate_policy (district, public_page, hotline) VALUES ($1, true, '12319')",
      [DISTRICT],
    )
    await stranger.page.goto(`${served.address}/q/${token}`)
    await stranger.page.waitForSelector('h1')
    await stranger.page.click('label:has-text("有危险")')
    await stranger.page.getByLabel('说明').fill('电线外露')
    await stranger.page
      .locator('.take input[multiple]')
      .setInputFiles([1, 2, 3, 4].map(n => photo(`${n}.png`, 50 * n)))
    await stranger.page.waitForSelector('text=最多 3 张，多出的没有加入')
    await stranger.page.waitForFunction(() => document.querySelectorAll('.take li.done img').length === 3)
    await stranger.shot('/tmp/evidence-street-390.png')
    await stranger.page.click('button:has-text("上报")')
    await stranger.page.waitForSelector('text=已收到，谢谢')
    const office = await enter('dispatcher')
    await office.open('/upkeep/reports')
    await drawn(office, 'li[data-no] .photo-row img', 3)
    await office.shot('/tmp/evidence-reports-1440.png')
    expect(office.complaints).toEqual([])
    expect(await stranger.cutOff()).toEqual([])
    expect(stranger.complaints).toEqual([])
  })

  it('takes new works in, from the announcement to the link with their delivery', async () => {
    const console = await enter('supervisor')
    await console.open('/upkeep/handovers')
    await console.page.click('button:has-text("登记新建移交")')
    await console.page.getByLabel('工程名称').fill('星华路改造')
    await console.page.getByLabel('建设单位').fill('吴建集团')
    for (const role of ['移交后权属单位', '移交后养护单位']) {
      await console.page.getByLabel(role).click()
      await console.page.locator('.el-select-dropdown__item:visible').first().click()
    }
    await console.page.getByLabel('移交日期').fill('2027-01-31')
    await console.page.click('[role=dialog] button:has-text("登记新建移交")')
    await console.page.waitForSelector('li[data-no] >> text=移交前由 吴建集团 负责')
    expect(console.complaints).toEqual([])
  })

  it.each([
    ['desk', desk],
    ['phone', phone],
  ] as const)('cuts no word of its own off in English on a %s', async (_name, screen) => {
    const console = await enter('administrator', screen, 'en')
    for (const hash of ['/upkeep', '/upkeep/reports', '/upkeep/handovers', '/upkeep/plates']) {
      await console.open(hash)
      await console.page.waitForSelector('.page :is([role=option], .notice, li[data-no])')
      await console.page.waitForLoadState('networkidle')
      expect([hash, await console.cutOff()]).toEqual([hash, []])
    }
  })
})
