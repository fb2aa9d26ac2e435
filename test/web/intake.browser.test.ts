/** What came of a delivery, in the console: photos on the card, and findings beside their map. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

interface Listed {
  id: string
  code: string
  className: string
  lonLat: [number, number]
}

describe.skipIf(!chromium)(`the intake in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  let listed: Listed[]
  const opened: Console[] = []

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-intake-web-'))
    listed = (await served.client.get<{ items: Listed[] }>('/api/components?limit=400')).items
    await writeFile(
      join(folder, 'profile.yaml'),
      'kind: components\ncrs: EPSG:4490\nposition: { x: X, y: Y }\nfields: { code: OBJCODE, className: OBJNAME }\n',
    )
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function enter(screen: Screen = desk): Promise<Console> {
    const console = await startConsole(browser, { server: served.address, screen })
    opened.push(console)
    await console.signIn('administrator', PASSWORD)
    await console.settle()
    return console
  }
  /** Real pictures: of the sign-in page, in several sizes. */
  async function picture(width: number): Promise<Buffer> {
    const page = await browser.newPage({ viewport: { width, height: 400 } })
    await page.goto(served.address)
    const bytes = await page.screenshot()
    await page.close()
    return bytes
  }

  it('shows a component’s photos on its card, large one after the other, on desk and phone', async () => {
    const one = listed.find(each => each.code)!
    const files = [join(folder, '新增.csv')]
    const [lon, lat] = one.lonLat
    await writeFile(files[0]!, `OBJCODE,OBJNAME,X,Y\n3205990118990001,路灯,${lon + 0.0001},${lat}\n`)
    for (const [name, width] of [
      ['近景', 500],
      ['远景', 700],
    ] as const) {
      files.push(join(folder, `${one.code}${name}.png`))
      await writeFile(files.at(-1)!, await picture(width))
    }
    await served.load('components', files, { profile: join(folder, 'profile.yaml') })
    for (const screen of [desk, phone]) {
      const console = await enter(screen)
      await console.open(`/map?sel=${one.id}`)
      await console.page.waitForSelector('.photos img')
      await console.page.waitForFunction(() =>
        [...document.querySelectorAll<HTMLImageElement>('.photos li img')].every(
          image => image.naturalWidth > 0,
        ),
      )
      expect(await console.page.locator('.photos li').count()).toBe(2)
      await console.shot(`/tmp/photos-card-${screen.width}.png`)
      await console.page.click('.photos li:nth-child(1) button')
      await console.page.waitForSelector('dialog[open] img')
      const first = await console.page.textContent('dialog figcaption .name')
      await console.page.keyboard.press('ArrowRight')
      await expect.poll(() => console.page.textContent('dialog figcaption .name')).not.toBe(first)
      await console.shot(`/tmp/photos-large-${screen.width}.png`)
      await console.page.keyboard.press('Escape')
      await expect.poll(() => console.page.locator('dialog[open]').count()).toBe(0)
      // the card is still there: Escape closed the photo alone
      expect(await console.page.locator('.component').count()).toBe(1)
      expect(await console.cutOff()).toEqual([])
      expect(console.complaints).toEqual([])
    }
  })
})
