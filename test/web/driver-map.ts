/** What a hand does to the map of the console, and what an eye sees of it; for driver.ts. */
import type { Page } from 'playwright-core'

export interface MapHands {
  /** The rows of the list that are drawn, and the sum beside its name. */
  listed(): Promise<{ ids: string[]; total: number }>
  /** Pulls the map by hand. */
  drag(dx: number, dy: number): Promise<void>
  /** Presses the map's own plus, or minus. */
  zoom(by: 1 | -1): Promise<void>
  /** How the district lies in the map: its west, north, east and south in px from the map's corner. */
  framing(): Promise<{ width: number; height: number; district: [number, number, number, number] }>
}

/** @param settle waits until the map has drawn everything it asked for */
export const mapHands = (page: Page, settle: () => Promise<void>): MapHands => ({
  listed: () =>
    page.evaluate(() => ({
      ids: [...document.querySelectorAll('section.list [role=option]')].map(
        row => row.getAttribute('data-id') ?? '',
      ),
      total: Number(document.querySelector('section.list .total')?.textContent?.replaceAll(/\D/g, '')),
    })),
  async drag(dx, dy) {
    const box = (await page.locator('.canvas').boundingBox())!
    const [x, y] = [box.x + box.width / 4, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + dx, y + dy, { steps: 4 })
    await page.mouse.up()
    await settle()
  },
  async zoom(by) {
    await page
      .locator('.ground .tools button')
      .nth(by > 0 ? 0 : 1)
      .click()
    await settle()
    await page.waitForURL(url => url.hash.includes('at='))
  },
  framing: () =>
    page.evaluate(async () => {
      const answer = await fetch('/api/districts')
      const { items } = (await answer.json()) as { items: { bbox: number[] | null }[] }
      const [west, south, east, north] = items.find(item => item.bbox)!.bbox!
      const canvas = document.querySelector('.canvas') as HTMLElement & {
        pixelOf(at: [number, number]): [number, number]
      }
      const box = canvas.getBoundingClientRect()
      const [left, top] = canvas.pixelOf([west!, north!])
      const [right, bottom] = canvas.pixelOf([east!, south!])
      return {
        width: box.width,
        height: box.height,
        district: [left - box.left, top - box.top, right - box.left, bottom - box.top] as [
          number,
          number,
          number,
          number,
        ],
      }
    }),
})
