/**
 * Drives the console in a real Chromium, in the words of the domain, so that tests read like what a
 * person does. A test never touches a selector; when the console's markup changes, this file follows.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type MapHands, mapHands } from './driver-map.ts'

export interface Screen {
  width: number
  height: number
  touch?: boolean
}
export const desk: Screen = { width: 1440, height: 900 }
export const phone: Screen = { width: 390, height: 844, touch: true }

export interface StartOptions {
  /** Address of a running server, e.g. http://127.0.0.1:8080 */
  server: string
  screen?: Screen
  language?: 'zh-CN' | 'en'
  dark?: boolean
}

/** Where Debian and Ubuntu put Chromium; CHROMIUM names another. */
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=zh-CN'],
  })

export interface Console extends MapHands {
  page: Page
  /** What the page complained about: script errors, refused policies, requests that left the server. */
  complaints: string[]
  signIn(name: string, password: string): Promise<void>
  open(hash: string): Promise<void>
  /** Waits until the map has drawn everything it asked for. */
  settle(): Promise<void>
  goTo(lon: number, lat: number, zoom: number): Promise<void>
  /** Clicks the map at a position of the earth. */
  clickAt(lon: number, lat: number): Promise<void>
  /** Whether the map shows a red dot at the position, to 3 CSS pixels. */
  dotAt(lon: number, lat: number): Promise<boolean>
  /** The open component's id, or null. */
  cardId(): Promise<string | null>
  cardText(): Promise<string>
  /** Ids of the things under the last click. */
  stackIds(): Promise<string[]>
  search(text: string): Promise<string[]>
  chooseResult(index: number): Promise<void>
  switchLanguage(to: 'zh-CN' | 'en'): Promise<void>
  /** Clicks the map without waiting for the answer. */
  clickLater(lon: number, lat: number): Promise<void>
  /** Keeps the server's answers to a path back until they are released. */
  holdAnswers(path: string): Promise<{ release(): void }>
  /** Whether something lies over the map at a position of the earth, or it is off the screen. */
  covered(lon: number, lat: number): Promise<boolean>
  /** What has the keyboard. */
  focused(): Promise<{ role: string; value: string }>
  /** Opens the list of components with the mouse or a thumb. */
  openList(): Promise<void>
  /** The row of the list the keyboard stands on, from 0. */
  currentRow(): Promise<number>
  /** Makes the list one of all the chosen grid, by the name on its switch. */
  listInside(name: string): Promise<void>
  /** The sums on the screen: root of the tree, head of the classes, head of the list. */
  counts(): Promise<{ tree: number; classes: number; list: number }>
  /** As of when top bar and foot speak. */
  asOf(): Promise<string[]>
  /** Of the open component: begins a change by its name in the menu. */
  beginChange(name: string): Promise<void>
  /** Clicks the map where a drafted thing is to be. */
  placeAt(lon: number, lat: number): Promise<void>
  /** Fills the form of a new delivery and sends it; without a name it keeps the one that is there. */
  deliver(name: string | null, files: string[]): Promise<void>
  /** The console's own words that do not fit where they stand. */
  cutOff(): Promise<string[]>
  shot(path: string): Promise<void>
  close(): Promise<void>
}

export async function startConsole(
  browser: Browser,
  { server, screen = desk, language = 'zh-CN', dark = false }: StartOptions,
): Promise<Console> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: screen.width, height: screen.height },
    hasTouch: screen.touch ?? false,
    isMobile: screen.touch ?? false,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: language,
    timezoneId: 'Asia/Shanghai',
    ignoreHTTPSErrors: true,
  })
  await context.addInitScript(chosen => localStorage.setItem('wangge.language', chosen), language)
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(`error: ${error.message}`))
  page.on('console', message => {
    if (message.type() === 'error' && !/status of (401|404|409)/.test(message.text()))
      complaints.push(`console: ${message.text()}`)
  })
  page.on('request', request => {
    if (!request.url().startsWith(server) && !/^(data|blob):/.test(request.url()))
      complaints.push(`left the server: ${request.url()}`)
  })

  const settle = async (): Promise<void> => {
    // a contractor begins at the tasks, where there is no map
    if (page.url().includes('#/tasks')) return page.waitForLoadState('networkidle')
    await page.waitForSelector('.canvas canvas')
    await page.waitForFunction(() => !document.querySelector('.progress.on'))
    await page.waitForTimeout(400) // the list and the address follow the map a moment later
    await page.waitForFunction(() => !document.querySelector('.progress.on'))
  }
  const open = async (hash: string): Promise<void> => {
    await page.goto(`${server}/#${hash}`)
  }
  const count = (selector: string): Promise<number> => page.locator(selector).count()

  const pixelAt = async (lon: number, lat: number): Promise<[number, number]> => {
    const pixel = await page.evaluate(
      ([x, y]) =>
        (
          document.querySelector('.canvas') as unknown as {
            pixelOf(at: [number, number]): [number, number] | null
          }
        ).pixelOf([x!, y!]),
      [lon, lat],
    )
    if (!pixel) throw new Error('the map is not there')
    return pixel
  }

  return {
    page,
    complaints,
    settle,
    open,
    async signIn(name, password) {
      await open('/sign-in')
      await page.fill('#name', name)
      await page.fill('#password', password)
      await page.click('button[type=submit]')
      await page.waitForSelector('.shell, #next')
    },
    async goTo(lon, lat, zoom) {
      await open(`/map?at=${lon},${lat},${zoom}`)
      await page.waitForURL(url => url.hash.includes(`at=${lon.toFixed(4).slice(0, -1)}`))
      await settle()
    },
    async clickAt(lon, lat) {
      const pixel = await pixelAt(lon, lat)
      const answered = page.waitForResponse(response => response.url().includes('/api/pick'))
      await page.mouse.click(pixel[0], pixel[1])
      await answered
      await page.waitForSelector('.panel[aria-busy=false]')
    },
    async dotAt(lon, lat) {
      const pixel = await pixelAt(lon, lat)
      return page.evaluate(([x, y]) => {
        for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.canvas canvas')) {
          const box = canvas.getBoundingClientRect()
          const scale = canvas.width / box.width
          const size = Math.ceil(6 * scale)
          const [left, top] = [(x! - box.left - 3) * scale, (y! - box.top - 3) * scale]
          const { data } = canvas.getContext('2d')!.getImageData(left, top, size, size)
          for (let at = 0; at < data.length; at += 4)
            if (data[at]! > 180 && data[at + 1]! < 90 && data[at + 2]! < 80 && data[at + 3]! > 200)
              return true
        }
        return false
      }, pixel)
    },
    cardId: async () => ((await count('.component')) ? page.getAttribute('.component', 'data-id') : null),
    cardText: async () => (await page.textContent('.panel')) ?? '',
    stackIds: () =>
      page
        .locator('.stack [role=option]')
        .evaluateAll(rows => rows.map(row => row.getAttribute('data-id') ?? '')),
    async search(text) {
      await page.keyboard.press('/')
      await page.fill('[role=combobox]', text)
      await page.waitForSelector('#search-results[aria-busy=false]')
      return page.locator('#search-results [role=option]').allInnerTexts()
    },
    async chooseResult(index) {
      await page.locator('#search-results [role=option]').nth(index).click()
    },
    async switchLanguage(to) {
      await page.click(`.switch button[lang="${to}"]`)
      await page.waitForFunction(lang => document.documentElement.lang === lang, to)
    },
    async clickLater(lon, lat) {
      await page.mouse.click(...(await pixelAt(lon, lat)))
    },
    async holdAnswers(path) {
      let release = (): void => {}
      const released = new Promise<void>(resolve => {
        release = resolve
      })
      const pattern = `**${path}*`
      await page.route(pattern, async route => {
        await released
        await route.continue()
        await page.unroute(pattern)
      })
      return { release }
    },
    async covered(lon, lat) {
      const pixel = await pixelAt(lon, lat)
      return page.evaluate(([x, y]) => !document.elementFromPoint(x!, y!)?.closest('.canvas'), pixel)
    },
    focused: () =>
      page.evaluate(() => ({
        role: document.activeElement?.getAttribute('role') ?? '',
        value: (document.activeElement as HTMLInputElement | null)?.value ?? '',
      })),
    async openList() {
      const thumb = page.locator('.thumb button:not(.primary)')
      await ((await thumb.count()) ? thumb : page.locator('section.list .handle')).click()
      await page.waitForSelector('section.list [role=option]')
      await settle()
    },
    async currentRow() {
      const id = await page.getAttribute('section.list [role=listbox]', 'aria-activedescendant')
      return Number(id?.replace('listed-', ''))
    },
    ...mapHands(page, settle),
    async listInside(name) {
      await page.click(`section.list .scope button:has-text("${name}")`)
    },
    async counts() {
      const number = async (selector: string): Promise<number> =>
        Number(((await page.textContent(selector)) ?? '').replaceAll(/[^\d]/g, ''))
      return {
        tree: await number('[role=treeitem] .number'),
        classes: await number('.classes .total'),
        list: await number('section.list .total'),
      }
    },
    asOf: () => page.locator('.asof, .foot .asof-text').allInnerTexts(),
    async beginChange(name) {
      await page.click('.component .menu')
      await page.click(`.el-dropdown-menu__item:visible:has-text("${name}")`)
      await page.waitForSelector('.change')
    },
    async placeAt(lon, lat) {
      const pixel = await pixelAt(lon, lat)
      await page.mouse.click(pixel[0], pixel[1])
    },
    async deliver(name, files) {
      if (name !== null) await open('/survey/new')
      await page.waitForSelector('#delivery-name')
      if (name !== null) await page.fill('#delivery-name', name)
      await page.setInputFiles('input[type=file]', files)
      await page.click('.el-button--primary:has-text("上传并识别")')
    },
    cutOff: () =>
      page.evaluate(() => {
        const own =
          'button, .chip, th, label, h1, h2, h3, .name, .demo, .secret, .notice *, nav a span, .handle, .total'
        const seen = (element: HTMLElement): boolean =>
          element.offsetParent !== null && element.clientWidth > 1
        return [...document.querySelectorAll<HTMLElement>(own)]
          .filter(
            element =>
              seen(element) &&
              (element.scrollWidth > element.clientWidth + 1 ||
                element.getBoundingClientRect().right > document.documentElement.clientWidth + 1),
          )
          .map(element => element.textContent.trim() || element.outerHTML.slice(0, 120))
      }),
    async shot(path) {
      await page.screenshot({ path })
    },
    close: () => context.close(),
  }
}
