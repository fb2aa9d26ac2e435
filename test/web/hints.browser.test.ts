/** Hints on coordinates where columns are checked: they say what they saw, and one button writes the proposal. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findCrs, fromLonLat } from '../../gis/crs.ts'
import { announceDelivery, sendFiles } from '../../src/cli/load.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, startConsole } from './driver.ts'

interface Listed {
  code: string | null
  class: string
  lonLat: [number, number]
}

describe.skipIf(!chromium)(`hints on coordinates in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  let listed: Listed[]
  const opened: Console[] = []

  const systemOf = (stated: string) => {
    const answer = findCrs(stated)
    if (!answer.ok) throw new Error(stated)
    return fromLonLat(answer.crs)
  }
  /** Announced and sent, not loaded. */
  async function send(written: string, declared: string): Promise<string> {
    const project = systemOf(written)
    const lines = listed.map(({ code, class: of, lonLat }) => [code, of, ...project(...lonLat)].join(','))
    const file = join(folder, `${written.replace(':', '')}.csv`)
    await writeFile(file, ['标识码,类别代码,X,Y', ...lines].join('\n'))
    const profile = join(folder, `${declared.replace(':', '')}.yaml`)
    await writeFile(
      profile,
      `kind: components\ncrs: ${declared}\nposition: { x: X, y: Y }\nfields: { code: 标识码, classCode: 类别代码 }\n`,
    )
    const request = { kind: 'components', files: [file], district: DISTRICT, profile, options: {} } as const
    const { id } = await announceDelivery(served.client, request)
    await sendFiles(served.client, id, request.files)
    return id
  }
  async function look(id: string, screen = desk, language: 'zh-CN' | 'en' = 'zh-CN'): Promise<Console> {
    const console = await startConsole(browser, { server: served.address, screen, language })
    opened.push(console)
    await console.signIn('administrator', PASSWORD)
    await console.settle()
    await console.open(`/survey/${id}`)
    await console.page.waitForSelector('.mapping', { timeout: 60_000 })
    return console
  }

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-hints-'))
    const { items } = await served.client.get<{ items: Listed[] }>('/api/components?limit=500')
    listed = items.filter(each => each.code)
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  it('say how many points lie in the district now and then, and act when a person presses the button, not before', async () => {
    const id = await send('GCJ-02', 'EPSG:4490')
    const console = await look(id)
    const hint = console.page.locator('.hints [data-code="hint.offset"]')
    await hint.waitFor({ timeout: 60_000 })
    expect(await console.page.locator('.hints article').count()).toBe(1)
    expect(await hint.textContent()).toMatch(
      /像 GCJ-02：整体偏移 4\d\d 米.*登记册中标识码相同的部件，可以确定/,
    )
    expect(await hint.locator('dd').allTextContents()).toHaveLength(2)
    const crs = () => console.page.locator('.settings').textContent()
    expect(await crs()).toContain('EPSG:4490')
    await hint.locator('button').click()
    await hint.waitFor({ state: 'detached', timeout: 60_000 })
    expect(await crs()).toContain('GCJ-02')
    // written into the profile on the page; the delivery has not moved
    expect(await served.client.get(`/api/deliveries/${id}`)).toMatchObject({
      state: 'received',
      profile: { crs: 'EPSG:4490' },
    })
    expect(console.complaints).toEqual([])
  })

  it('stand on a phone without anything beyond its edge, in both languages', async () => {
    const id = await send('EPSG:4528', 'EPSG:4549')
    for (const language of ['zh-CN', 'en'] as const) {
      const console = await look(id, phone, language)
      const hint = console.page.locator('.hints [data-code="hint.zone-prefix"]')
      await hint.waitFor({ timeout: 60_000 })
      expect(await hint.locator('button').textContent()).toContain('EPSG:4528')
      const box = (await hint.boundingBox())!
      expect(box.x + box.width).toBeLessThanOrEqual(phone.width)
      const wide = await console.page.evaluate(() => document.documentElement.scrollWidth)
      expect(wide).toBeLessThanOrEqual(phone.width)
      expect(console.complaints).toEqual([])
    }
  })

  it('are not there for a delivery that lies well', async () => {
    const console = await look(await send('EPSG:4549', 'EPSG:4549'))
    expect(await console.page.locator('.hints').count()).toBe(0)
  })
})
