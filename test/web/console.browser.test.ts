import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, openBrowser, startConsole } from './driver.ts'

interface Listed {
  id: string
  code: string | null
  class: string
  className: string
  lonLat: [number, number]
}

describe.skipIf(!chromium)(`finding things in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let console: Console
  /** Requests to any other place than the server, blocked. */
  const strangers: string[] = []
  const stacked = ['999991', '999992', '999993'].map(end => `${DISTRICT}0102${end}`)
  let spot: [number, number]
  let listed: Listed[]

  const api = <T>(path: string) => served.client.get<T>(path)

  beforeAll(async () => {
    served = await openServed()
    listed = (await api<{ items: Listed[] }>('/api/components?limit=500')).items
    spot = await emptySpot()
    const file = join(tmpdir(), `wangge-stack-${process.pid}.geojson`)
    const feature = (code: string) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: spot },
      properties: { OBJCODE: code },
    })
    await writeFile(file, JSON.stringify({ type: 'FeatureCollection', features: stacked.map(feature) }))
    await served.load('components', [file])
    await rm(file)
    await vi.waitFor(async () => expect(await api('/api/overview')).toMatchObject({ registryVersion: 2 }))

    browser = await openBrowser()
    console = await startConsole(browser, { server: served.address })
    await console.page.context().route(/.*/, route => {
      const { hostname } = new URL(route.request().url())
      if (hostname === '127.0.0.1' || hostname === '') return route.continue()
      strangers.push(route.request().url())
      return route.abort()
    })
    await console.signIn('dispatcher', PASSWORD)
  }, 180_000)
  afterAll(async () => {
    await console?.close()
    await browser?.close()
    await served?.close()
  })

  /** A position inside an area with nothing within thirty metres. */
  async function emptySpot(): Promise<[number, number]> {
    for (const {
      lonLat: [lon, lat],
    } of listed) {
      const at: [number, number] = [lon + 6e-4, lat + 4e-4]
      const place = `lon=${at[0]}&lat=${at[1]}`
      const near = await api<{ items: unknown[] }>(`/api/pick?${place}&zoom=17&tolerancePx=30`)
      const { verdict } = await api<{ verdict: string }>(`/api/where?${place}`)
      if (near.items.length === 0 && verdict === 'inside') return at
    }
    throw new Error('the small pilot has no empty spot')
  }

  it('dots on top of each other open as a list, and each of them as a card', async () => {
    await console.goTo(...spot, 18)
    await console.clickAt(...spot)
    const ids = await console.stackIds()
    expect(ids.length).toBe(stacked.length)
    expect(await console.cardId()).toBeNull()
    const text = await console.cardText()
    for (const code of stacked) expect(text).toContain(code)
    // the list has the keyboard: one down, open
    await console.page.keyboard.press('ArrowDown')
    await console.page.keyboard.press('Enter')
    await console.page.waitForSelector('.component')
    expect(await console.cardId()).toBe(ids[1])
    await console.page.keyboard.press('Escape')
    await expect.poll(() => console.stackIds()).toEqual(ids)
  })

  it('a component found by its code opens and the map goes there', async () => {
    const wanted = listed.find(each => each.code !== null)!
    await console.goTo(...spot, 14)
    const rows = await console.search(wanted.code!)
    expect(rows.length).toBeGreaterThan(0)
    await console.chooseResult(0)
    await console.page.waitForSelector('.component')
    expect(await console.cardId()).toBe(wanted.id)
    await expect.poll(() => apart(centre(), wanted.lonLat)).toBeLessThan(0.004)
  })

  it('a class found by its name is shown alone', async () => {
    const { className, class: code } = listed[0]!
    const rows = await console.search(className)
    const at = rows.findIndex(row => row.includes(className) && row.includes(code))
    expect(at).toBeGreaterThanOrEqual(0)
    await console.chooseResult(at)
    await expect.poll(() => query().get('on')).toBe(code)
    await console.open('/map')
    await console.settle()
  })

  it('a unit found by its name filters the map', async () => {
    const { items } = await api<{ items: { id: string; name: string }[] }>('/api/units')
    const unit = items[3]!
    const rows = await console.search(unit.name)
    await console.chooseResult(rows.findIndex(row => row.includes(unit.name)))
    await expect.poll(() => query().get('unit')).toBe(unit.id)
    await console.open('/map')
    await console.settle()
  })

  it('an area found by its name is chosen and framed', async () => {
    const { items } = await api<{
      items: { level: number; code: string; name: string; labelPoint: [number, number] }[]
    }>('/api/grids')
    const area = items.find(each => each.level === 3)!
    const rows = await console.search(area.code)
    await console.chooseResult(rows.findIndex(row => row.includes(area.code)))
    await expect.poll(() => query().get('in')).toBe(area.code)
    await expect.poll(() => apart(centre(), area.labelPoint)).toBeLessThan(0.01)
    await console.open('/map')
    await console.settle()
  })

  it('an address and a place are found and looked at', async () => {
    type Found = {
      addresses: { text: string; lonLat: [number, number] }[]
      places: { name: string; lonLat: [number, number] }[]
    }
    const card = await api<{ place: { address: string } }>(`/api/components/${listed[0]!.id}`)
    const { addresses } = await api<Found>(`/api/search?q=${encodeURIComponent(card.place.address)}`)
    const address = addresses[0]!
    const rows = await console.search(address.text)
    await console.chooseResult(rows.findIndex(row => row.includes(address.text)))
    await expect.poll(() => apart(centre(), address.lonLat)).toBeLessThan(0.002)

    const { places } = await api<Found>(`/api/search?q=${encodeURIComponent('小学')}`)
    const place = places[0]!
    const named = await console.search(place.name)
    await console.chooseResult(named.findIndex(row => row.includes(place.name)))
    await expect.poll(() => apart(centre(), place.lonLat)).toBeLessThan(0.002)
  })

  it('a text that is nowhere finds nothing and says so', async () => {
    expect(await console.search('没有这样的东西吧')).toEqual([])
    await console.page.keyboard.press('Escape')
    await console.page.keyboard.press('Escape')
  })

  it('the list holds what the map shows and is walked and opened by keyboard', async () => {
    await console.goTo(...spot, 17)
    const list = console.page.locator('section.list')
    if (!(await list.locator('[role=listbox]').count())) await list.locator('.handle').click()
    await console.settle()
    const shown = list.locator('[role=option]')
    await shown.first().waitFor()
    const third = await shown.nth(2).getAttribute('data-id')
    await list.locator('[role=listbox]').focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter'])
      await console.page.keyboard.press(key)
    await console.page.waitForSelector('.component')
    expect(await console.cardId()).toBe(third)
  })

  it('a link restores place, filter, card and language after a reload', async () => {
    const wanted = listed.find(each => each.class === '0102') ?? listed[0]!
    const [lon, lat] = wanted.lonLat
    await console.open(`/map?at=${lon},${lat},17.50&on=0101,0102&sel=${wanted.id}`)
    await console.settle()
    const before = [...query()]
    expect(Object.fromEntries(before)).toMatchObject({ on: '0101,0102', sel: wanted.id })
    await console.page.reload()
    await console.settle()
    await console.page.waitForSelector('.component')
    expect(await console.cardId()).toBe(wanted.id)
    expect([...query()]).toEqual(before)
    await console.open(`/map?at=${lon},${lat},17.50&lang=en`)
    await expect.poll(() => console.page.evaluate(() => document.documentElement.lang)).toBe('en')
  })

  it('asked nobody but its own server, and complained of nothing', () => {
    expect(strangers).toEqual([])
    expect(console.complaints).toEqual([])
  })

  /** The larger of the two differences, in degrees. */
  const apart = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
  const query = (): URLSearchParams =>
    new URLSearchParams(new URL(console.page.url()).hash.split('?')[1] ?? '')
  const centre = (): number[] => (query().get('at') ?? '').split(',').slice(0, 2).map(Number)
})
