/** The supervisor's way in the console: draw, go through the items on a phone without a connection, sign, approve, settle. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

interface Shown {
  no: number
  kind: 'row' | 'area'
  complete: boolean
  deviationM: number | null
  measure: boolean
  geometry: { coordinates: [number, number] }
}

describe.skipIf(!chromium)(`the supervisor in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  let delivery: string
  let inspection: string
  const opened: Console[] = []
  const api = <T>(path: string) => served.client.get<T>(path)
  const items = async () => (await api<{ items: Shown[] }>(`/api/inspections/${inspection}/items`)).items

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
  const choose = async ({ page }: Console, no: number) => {
    await page.click(`[role=option][data-no="${no}"]`)
    await page.waitForSelector(`[data-item="${no}"]`)
  }
  const standing = ({ page }: Console, no: number) =>
    page.getAttribute(`[role=option][data-no="${no}"]`, 'data-standing')

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-supervisor-'))
    await served.client.put(`/api/districts/${DISTRICT}/acceptance`, { acceptance: 'required' })
    await served.client.put('/api/acceptance/terms', {
      rows: { share: 0, min: 3, max: 3 },
      positions: { share: 0, min: 1, max: 1 },
      areas: 1,
      prices: { '0118': { unit: 'piece', price: 2.5 } },
    })
    const { items: near } = await api<{ items: { lonLat: [number, number] }[] }>('/api/components?limit=12')
    const rows = near.map(
      ({ lonLat: [lon, lat] }, i) => `32059901189${60000 + i},路灯,完好,${lon + 3e-5},${lat}`,
    )
    await writeFile(join(folder, 'lamps.csv'), ['OBJCODE,OBJNAME,OBJSTATE,经度,纬度', ...rows].join('\n'))
    await writeFile(
      join(folder, 'profile.yaml'),
      'kind: components\ncrs: EPSG:4490\nposition: { x: 经度, y: 纬度 }\nfields: { code: OBJCODE, className: OBJNAME, state: OBJSTATE }\n',
    )
    const how = { profile: join(folder, 'profile.yaml'), contractor: '甲测绘院', name: '城北路灯普查' }
    await served.load('components', [join(folder, 'lamps.csv')], how).catch(() => {})
    delivery = (await api<{ items: { id: string }[] }>('/api/deliveries?limit=1')).items[0]!.id
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  it('begins on the page of the delivery, which is not approved before', async () => {
    const admin = await enter('administrator')
    await admin.open(`/survey/${delivery}`)
    await admin.page.waitForSelector('.approval:has-text("验收后才能审核发布")')
    expect(await admin.page.isDisabled('button:has-text("审核通过并发布")')).toBe(true)
    expect(await admin.page.isDisabled('.approval button:has-text("退回")')).toBe(false)
    await admin.page.click('.approval a:has-text("查看验收")')
    await admin.page.waitForSelector('text=还没有检查方案')
    const leader = await enter('leader')
    await leader.open(`/survey/${delivery}/acceptance`)
    await leader.page.waitForSelector('text=还没有检查方案')
    expect(await leader.page.locator('button:has-text("抽取检查方案")').count()).toBe(0)

    const supervisor = await enter('supervisor')
    await supervisor.open(`/survey/${delivery}`)
    await supervisor.page.click('a:has-text("开始验收")')
    await supervisor.page.click('button:has-text("抽取检查方案")')
    await supervisor.page.waitForSelector('[role=option][data-no]')
    inspection = (await api<{ items: { id: string }[] }>(`/api/deliveries/${delivery}/inspections`)).items[0]!
      .id
    expect(await supervisor.page.locator('[role=option][data-no]').count()).toBe(4)
    expect(await supervisor.page.isDisabled('button:has-text("验收通过")')).toBe(true)
    expect(supervisor.complaints).toEqual([])
  })

  it('is walked with the keyboard, item by item', async () => {
    const { page, open } = await enter('supervisor')
    await open(`/survey/${delivery}/acceptance`)
    await page.waitForSelector('[role=option][data-no]')
    await page.focus('[role=listbox]')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await page.waitForSelector('[data-item="2"]')
    await page.keyboard.press('End')
    await page.waitForSelector('[data-item="4"]')
    // what is asked stands on the screen beside the list
    await page.keyboard.press('Home')
    const asked = page.locator('[data-item="1"] [role=radiogroup]').first()
    const save = page.locator('[data-item="1"] button:has-text("保存，下一项")')
    for (const part of [asked, save]) {
      const box = (await part.boundingBox())!
      expect([box.y > 0, box.y + box.height <= desk.height]).toEqual([true, true])
    }
    await page.fill('#hand', 'NOTHING')
    await page.click('form.hand button:has-text("添加")')
    await page.waitForSelector('[role=alert]:has-text("没有标识码为“NOTHING”的部件")')
  })

  it('goes on without a connection on a phone: answers stay on the device, are counted, and go out when it is back', async () => {
    const console = await enter('supervisor', phone)
    const { page } = console
    await console.open(`/survey/${delivery}/acceptance`)
    await page.waitForSelector('[role=option][data-no]')
    const [first] = (await items()).filter(item => item.measure)
    await choose(console, first!.no)
    await page.context().setOffline(true)
    await page.click('[role=radiogroup][aria-label="实地存在"] [role=radio]:has-text("在")')
    await page.click('button:has-text("其余全对")')
    const [lon, lat] = first!.geometry.coordinates
    await page.fill(`#item-${first!.no}-x`, String(lon + 0.3 / 95_500))
    await page.fill(`#item-${first!.no}-y`, String(lat))
    await page.click('button:has-text("保存，下一项")')
    await page.waitForSelector('[data-unsent="1"]')
    expect(await page.textContent('.unsent')).toContain('1 项未传')
    expect((await items()).every(item => !item.complete)).toBe(true)
    // the device keeps it, whatever becomes of the page
    expect(await page.evaluate(() => localStorage.getItem('wangge.unsent'))).toContain(inspection)
    await page.context().setOffline(false)
    // nobody has to ask: what waits goes out with the connection
    await page.waitForSelector('.unsent', { state: 'detached' })
    await expect.poll(() => standing(console, first!.no)).toBe('right')
    const kept = (await items()).find(item => item.no === first!.no)!
    expect(kept.complete).toBe(true)
    expect(kept.deviationM).toBeCloseTo(0.3, 2)
  })

  it('notes omissions on a walk, replaces what cannot be reached, and computes the results', async () => {
    const console = await enter('supervisor')
    const { page } = console
    await console.open(`/survey/${delivery}/acceptance`)
    await page.waitForSelector('[role=option][data-no]')
    const walk = (await items()).find(item => item.kind === 'area')!
    await choose(console, walk.no)
    await page.click('label:has-text("整个片区已走完")')
    await page.click('.area-form button:has-text("保存，下一项")')
    await expect.poll(() => standing(console, walk.no)).toBe('right')
    const open = (await items()).find(item => !item.complete)!
    await choose(console, open.no)
    await page.click('button:has-text("无法检查，换一项")')
    await page.fill('#why', '院门锁闭')
    await page.click('button:has-text("换一项")')
    await expect.poll(() => standing(console, open.no)).toBe('replaced')
    for (const item of (await items()).filter(each => !each.complete && each.no !== open.no)) {
      await choose(console, item.no)
      await page.click('button:has-text("其余全对")')
      if (item.measure) await page.click('label:has-text("未能测量")')
      await page.click('.row-form button:has-text("保存，下一项")')
      await expect.poll(() => standing(console, item.no)).toBe('right')
    }
    await page.click('[role=tab]:has-text("结果")')
    await page.waitForSelector('[data-conclusion=pass]')
    const total = (await page.textContent('tr[data-class=total]')) ?? ''
    expect(total).toContain('3 / 12')
    expect(total).toMatch(/0\.30 m/)
    await page.click('[role=tab]:has-text("结算")')
    await page.waitForSelector('tr[data-class="0118"]:has-text("30.00")')
    expect(console.complaints).toEqual([])
  })

  it('is signed, then approved by another person, and stands in the settlement of the period', async () => {
    const { page, open } = await enter('supervisor')
    await open(`/survey/${delivery}/acceptance`)
    await page.click('button:has-text("验收通过")')
    await page.click('[role=dialog] button:has-text("签署验收")')
    await page.waitForSelector('header .chip:has-text("已验收")')
    const admin = await enter('administrator')
    await admin.open(`/survey/${delivery}`)
    await admin.page.waitForSelector('.step:has-text("已验收")')
    expect(await admin.page.locator('.approval .wait').count()).toBe(0)
    await admin.page.click('button:has-text("审核通过并发布")')
    await admin.page.waitForSelector('text=已发布')
    await admin.open('/survey/settlement')
    await admin.page.waitForSelector('.deliveries:has-text("城北路灯普查")')
    expect(await admin.page.textContent('tr[data-class=total]')).toContain('30.00')
    expect(await admin.page.inputValue('#prices')).toBe('0118 件 2.5')
    await admin.page.fill('#prices', '0118 斤 2')
    await admin.page.click('button:has-text("保存验收条件")')
    await admin.page.waitForSelector('[role=alert]:has-text("第 1 行无法识别")')
  })

  it.each([
    ['desk', desk],
    ['phone', phone],
  ] as const)('cuts no word of its own off in English on a %s', async (_name, screen) => {
    const console = await enter('administrator', screen, 'en')
    for (const hash of [`/survey/${delivery}`, `/survey/${delivery}/acceptance`, '/survey/settlement']) {
      await console.open(hash)
      await console.page.waitForSelector('.page h2')
      await console.page.waitForLoadState('networkidle')
      expect([hash, await console.cutOff()]).toEqual([hash, []])
    }
  })

  it('stands beside who approves: an administrator sets that, a supervisor is not offered it', async () => {
    const { page, open, complaints } = await enter('administrator')
    await open('/survey/settlement')
    await page.waitForSelector('label:has-text("第二人审核")')
    expect(await page.isDisabled('button:has-text("保存审核方式")')).toBe(true)
    await page.click('label:has-text("第二人审核")')
    await page.click('button:has-text("保存审核方式")')
    await page.waitForSelector('text=已保存审核方式')
    const { items: districts } = await api<{ items: { approval: string }[] }>('/api/districts')
    expect(districts[0]!.approval).toBe('second-person')
    const supervisor = await enter('supervisor')
    await supervisor.open('/survey/settlement')
    await supervisor.page.waitForSelector('.deliveries')
    expect(await supervisor.page.locator('label:has-text("第二人审核")').count()).toBe(0)
    expect(complaints).toEqual([])
  })
})
