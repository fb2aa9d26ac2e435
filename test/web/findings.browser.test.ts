/** The findings of a delivery beside their map: sifted, walked, chosen on the map and in the list, and kept in the address. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'
import { FAR_ROWS, faultyDelivery } from './findings-delivery.ts'

const ROWS = 240
const EACH = ROWS / 4
const ALL = EACH * 3 + FAR_ROWS

interface Found {
  no: number
  code: string
  lonLat: [number, number] | null
}

describe.skipIf(!chromium)(`findings beside their map${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  let delivery: string
  let found: Found[]
  const opened: Console[] = []

  async function enter(query = '', screen: Screen = desk, language: 'zh-CN' | 'en' = 'zh-CN') {
    const console = await startConsole(browser, { server: served.address, screen, language })
    opened.push(console)
    await console.signIn('supervisor', PASSWORD)
    await console.settle()
    await console.open(`/survey/${delivery}${query}`)
    await drawn(console)
    return console
  }
  /** Waits until list and map have what they asked for. */
  async function drawn({ page }: Console) {
    await page.waitForSelector('.findings [role=option]')
    await page.waitForSelector('.findings [data-here]:not([data-here=""])')
    await page.waitForLoadState('networkidle')
  }
  const total = async ({ page }: Console) =>
    Number(((await page.textContent('.findings .sum')) ?? '').replaceAll(/\D/g, ''))
  const here = async ({ page }: Console) =>
    Number(await page.getAttribute('.findings [data-here]', 'data-here'))
  const listed = ({ page }: Console) =>
    page
      .locator('.findings [role=option][data-no]')
      .evaluateAll(rows => rows.map(row => Number(row.getAttribute('data-no'))))
  const chosen = async ({ page }: Console) => {
    const row = page.locator('.findings [role=option][aria-selected=true]')
    return (await row.count()) === 0 ? null : Number(await row.getAttribute('data-no'))
  }
  const address = ({ page }: Console) => new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '')
  const pixelOf = ({ page }: Console, lonLat: readonly [number, number]) =>
    page.evaluate(
      at =>
        (
          document.querySelector('.findings .canvas') as unknown as {
            pixelOf(at: readonly [number, number]): [number, number]
          }
        ).pixelOf(at),
      lonLat,
    )

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-findings-'))
    const { items } = await served.client.get<{ items: { lonLat: [number, number] }[] }>(
      '/api/components?limit=500',
    )
    const { files, profile } = await faultyDelivery(folder, {
      district: DISTRICT,
      origin: items[250]!.lonLat,
      rows: ROWS,
    })
    await served.app.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [DISTRICT])
    await served.load('components', files, { profile, name: '路灯第三批' }).catch(() => {})
    const list = await served.client.get<{ items: { id: string }[] }>('/api/deliveries?limit=1')
    delivery = list.items[0]!.id
    const page = await served.client.get<{ items: Found[] }>(
      `/api/deliveries/${delivery}/findings?limit=1000`,
    )
    found = page.items
    expect(found).toHaveLength(ALL)
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  it('are grouped with a few of each, all of them counted on the map or told to lie beyond it', async () => {
    const console = await enter()
    const groups = await console.page.locator('.findings .group').allInnerTexts()
    expect(groups.map(text => text.split('\n').at(-1))).toEqual([EACH, FAR_ROWS, EACH, EACH].map(String))
    expect(await listed(console)).toHaveLength(12)
    expect(await total(console)).toBe(ALL)
    expect(await here(console)).toBe(ALL - FAR_ROWS)
    const foot = console.page.locator('.findings-map .foot')
    expect(await foot.textContent()).toContain(`图外 ${FAR_ROWS} 处`)
    await foot.locator('button').click()
    await expect.poll(() => here(console)).toBe(ALL)
    expect(await foot.textContent()).not.toContain('图外')
    expect(console.complaints).toEqual([])
  })

  it('are sifted by what is typed and chosen, counts and map with them, and a link opens the same', async () => {
    const console = await enter()
    const { page } = console
    await page.click('.severities [role=radio]:has-text("提醒")')
    await expect.poll(() => total(console)).toBe(EACH * 2)
    await page.keyboard.press('/')
    await page.keyboard.type('13月')
    await expect.poll(() => total(console)).toBe(EACH)
    await page.keyboard.press('Enter')
    await page.click('.choice >> nth=0')
    await page.click('.el-select-dropdown__item:visible:has-text("西片路灯.csv")')
    await expect.poll(() => total(console)).toBe(EACH / 2)
    await page.click('.findings .group')
    await drawn(console)
    await expect.poll(() => here(console)).toBe(EACH / 2)
    const wanted = found.filter(each => each.code === 'date.invalid').slice(EACH / 2)
    await expect.poll(() => listed(console)).toEqual(wanted.map(each => each.no))
    await page.locator('.findings [role=option]').nth(4).click()
    await expect.poll(() => address(console).get('no')).toBe(String(wanted[4]!.no))
    await page.waitForTimeout(500)

    const other = await enter(new URL(page.url()).hash.replace(/^[^?]*/, ''))
    expect(await total(other)).toBe(EACH / 2)
    expect(await chosen(other)).toBe(wanted[4]!.no)
    expect(await other.page.inputValue('.sieve .text input')).toBe('13月')
    expect(address(other).get('at')).toBe(address(console).get('at'))
    const [x, y] = await pixelOf(other, wanted[4]!.lonLat!)
    const box = (await other.page.locator('.findings .canvas').boundingBox())!
    expect(Math.hypot(x - box.x - box.width / 2, y - box.y - box.height / 2)).toBeLessThan(3)
    await other.page.click('.findings .clear')
    await expect.poll(() => total(other)).toBe(EACH)
    expect(other.complaints).toEqual([])
  })

  it('are walked with the keyboard: arrows choose, Enter goes there, Escape comes back step by step', async () => {
    const console = await enter()
    const { page } = console
    await page.focus('.findings [role=listbox]')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => address(console).get('code')).toBe('class.mismatch')
    await drawn(console)
    await page.focus('.findings [role=listbox]')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    const second = found.filter(each => each.code === 'class.mismatch')[1]!
    await expect.poll(() => chosen(console)).toBe(second.no)
    const before = address(console).get('at')
    await page.keyboard.press('Enter')
    await expect.poll(() => address(console).get('at')).not.toBe(before)
    await expect.poll(() => Number(address(console).get('at')!.split(',')[2])).toBeGreaterThanOrEqual(18)
    for (const [key, left] of [
      ['no', null],
      ['code', null],
    ] as const) {
      await page.keyboard.press('Escape')
      await expect.poll(() => address(console).get(key)).toBe(left)
    }
    await page.waitForSelector('.findings .group')
  })

  it('are chosen by a click on the map, also one the list has not come to yet; several open up', async () => {
    const console = await enter('?code=date.invalid')
    const { page } = console
    const dates = found.filter(each => each.code === 'date.invalid')
    const last = dates.at(-1)!
    // from far they are one mark: a click comes nearer and chooses none
    const [lon, lat] = last.lonLat!
    const zoom = () => Number(address(console).get('at')?.split(',')[2] ?? 0)
    const clickLast = async () => {
      await page.locator('.findings .frame').scrollIntoViewIfNeeded()
      await page.mouse.click(...(await pixelOf(console, last.lonLat!)))
    }
    await console.open(`/survey/${delivery}?code=date.invalid&at=${lon},${lat},11`)
    await expect.poll(zoom).toBe(11)
    await drawn(console)
    await clickLast()
    await expect.poll(zoom).toBeGreaterThan(13)
    expect(await chosen(console)).toBeNull()
    // a link that is followed to the same page is heard
    await console.open(`/survey/${delivery}?code=date.invalid&at=${lon},${lat},20`)
    await expect.poll(zoom).toBe(20)
    await drawn(console)
    expect(await listed(console)).not.toContain(last.no)
    await expect.poll(() => here(console)).toBe(1)
    await clickLast()
    await expect.poll(() => chosen(console)).toBe(last.no)
    expect(await page.textContent('.findings .more')).toContain(String(EACH - 1))
    await page.click('.findings .more')
    await expect.poll(async () => (await listed(console)).length).toBe(51)
    expect((await listed(console)).at(-1)).toBe(last.no)
    expect(console.complaints).toEqual([])
  })

  it('say what to do and what they mean, and where nothing is left how to see more', async () => {
    const console = await enter('?code=all')
    const { page } = console
    await page.locator('.findings [role=option]').first().click()
    await page.waitForSelector('.findings .remedy')
    await page.click('.findings .acts button:has-text("说明")')
    await page.waitForSelector('[role=dialog]:visible')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('没有这样的值')
    await page.waitForSelector('text=没有符合条件的发现')
    expect(await page.locator('.findings [role=option]').count()).toBe(0)
  })

  it.each([
    ['desk', desk, 'en'],
    ['phone', phone, 'en'],
  ] as const)('cut no word of their own off on a %s (%s, %s)', async (_name, screen, language) => {
    const console = await enter('', screen, language)
    expect(await console.cutOff()).toEqual([])
    await console.page.locator('.findings .group').first().click()
    await drawn(console)
    await console.page.locator('.findings [role=option]').first().click()
    await console.page.waitForSelector('.findings .remedy')
    expect(await console.cutOff()).toEqual([])
    // list and map under one another, both within the width of the screen
    const boxes = await Promise.all(
      ['.findings .side', '.findings .map'].map(part => console.page.locator(part).boundingBox()),
    )
    for (const box of boxes) expect(box!.x + box!.width).toBeLessThanOrEqual(screen.width)
  })
})
