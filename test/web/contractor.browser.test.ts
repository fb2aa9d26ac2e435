/** The contractor's way: from a template to dots on the map, by mistakes, a marked workbook and a second person. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../../src/domain/orgs/commands.ts'
import { cameraPng } from '../support/pictures.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { codeOf, fillIn, type Ground, lonLatOf, mend, REFUSED, ROWS, WARNED } from './contractor-file.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

/** As long as a firm's name gets. */
const FIRM = '江苏省棠泽市政设施普查与地理信息工程勘测设计研究院有限公司（第二分公司）'
const SURVEYOR = 'zhou.ce'

describe.skipIf(!chromium)(`a contractor in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  let ground: Ground
  let firm: { id: string }
  const opened: Console[] = []

  async function enter(name: string, screen: Screen = desk, language: 'zh-CN' | 'en' = 'zh-CN') {
    const console = await startConsole(browser, { server: served.address, screen, language })
    opened.push(console)
    await console.signIn(name, PASSWORD)
    await console.settle()
    return console
  }
  /** What a link of the page downloads. */
  async function download(console: Console, selector: string): Promise<string> {
    const [file] = await Promise.all([console.page.waitForEvent('download'), console.page.click(selector)])
    const path = join(folder, file.suggestedFilename())
    await file.saveAs(path)
    return path
  }
  const ended = async (console: Console) =>
    console.page.waitForFunction(
      () =>
        !document.querySelector('.progress, .mapping') && document.querySelector('.report, [role=tablist]'),
    )

  interface Drawn {
    no: number
    kind: 'row' | 'area'
    measure: boolean
    complete: boolean
    geometry: { coordinates: [number, number] } | null
    answer: { photos?: string[] } | null
  }
  /** The supervisor's way: a sample is drawn, looked at on the ground, one of it photographed, and signed. */
  async function accept(supervisor: Console, link: string): Promise<void> {
    const { page } = supervisor
    await supervisor.open(link)
    await page.click('a:has-text("开始验收")')
    await page.click('button:has-text("抽取检查方案")')
    await page.waitForSelector('[role=option][data-no]')
    const id = link.split('/').at(-1)
    const [inspection] = (
      await served.client.get<{ items: { id: string }[] }>(`/api/deliveries/${id}/inspections`)
    ).items
    const items = async () =>
      (await served.client.get<{ items: Drawn[] }>(`/api/inspections/${inspection!.id}/items`)).items
    const drawn = await items()
    expect(drawn.map(each => each.kind).sort()).toEqual(['area', 'row', 'row', 'row'])
    for (const [i, item] of drawn.entries()) {
      await page.click(`[role=option][data-no="${item.no}"]`)
      await page.waitForSelector(`[data-item="${item.no}"]`)
      if (item.kind === 'area') await page.click('label:has-text("整个片区已走完")')
      else {
        await page.click('button:has-text("其余全对")')
        if (i === 0) {
          await page
            .locator('.row-form .take input[multiple]')
            .setInputFiles([{ name: '现场.png', mimeType: 'image/png', buffer: cameraPng(90, 120) }])
          await page.waitForSelector('.row-form .take li.done img')
        }
        if (item.measure) {
          const [lon, lat] = item.geometry!.coordinates
          await page.fill(`#item-${item.no}-x`, String(lon))
          await page.fill(`#item-${item.no}-y`, String(lat))
        }
      }
      await page.click('[data-item] button:has-text("保存，下一项")')
      await expect.poll(async () => (await items()).find(each => each.no === item.no)!.complete).toBe(true)
    }
    expect((await items()).map(each => each.answer?.photos?.length ?? 0).sort()).toEqual([0, 0, 0, 1])
    await page.click('[role=tab]:has-text("结果")')
    await page.waitForSelector('[data-conclusion=pass]')
    await page.click('button:has-text("验收通过")')
    await page.click('[role=dialog] button:has-text("签署验收")')
    await page.waitForSelector('header .chip:has-text("已验收")')
    expect(supervisor.complaints).toEqual([])
  }

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-contractor-'))
    const { items } = await served.client.get<{ items: { lonLat: [number, number] }[] }>(
      '/api/components?limit=500',
    )
    const units = await served.client.get<{ items: { name: string }[] }>('/api/units')
    ground = {
      district: DISTRICT,
      origin: items[Math.floor(items.length / 2)]!.lonLat,
      owner: units.items[0]!.name,
    }
    await served.app.db.query("UPDATE district SET approval = 'second-person' WHERE code = $1", [DISTRICT])
    await served.client.put(`/api/districts/${DISTRICT}/acceptance`, { acceptance: 'required' })
    await served.client.put('/api/acceptance/terms', {
      rows: { share: 0, min: 3, max: 3 },
      positions: { share: 0, min: 1, max: 1 },
      areas: 1,
    })
    await createAccount(
      served.app.db,
      { name: SURVEYOR, roles: ['contractor'], districts: [DISTRICT], password: PASSWORD, mustChange: false },
      'test',
    )
    firm = await served.client.post('/api/firms', { name: FIRM })
    await served.client.put(`/api/firms/${firm.id}/accounts/${SURVEYOR}`, {})
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  it('without any task is told so, and what can be done without one', async () => {
    const console = await enter(SURVEYOR)
    const text = await console.page.textContent('main')
    for (const said of [FIRM, '还没有任务包', '还没有交付过', '还没有领到码段', 'Excel 模板'])
      expect(text).toContain(said)
    expect(new URL(console.page.url()).hash).toBe('#/tasks')
    expect(await console.page.locator('nav.rail a').allInnerTexts()).toEqual(['任务', '地图', '普查'])
    expect(await console.cutOff()).toEqual([])
    expect(console.complaints).toEqual([])
  })

  it('is asked for a package and given codes by the office, and finds both, overdue with clock and word', async () => {
    const office = await enter('supervisor')
    const { page } = office
    await office.open('/contractors')
    await page.fill('[placeholder="作业组名称"]', '一组')
    await page.click('dd form:has([placeholder="作业组名称"]) button')
    await page.waitForSelector('.chip:has-text("一组")')
    await page.click('button:has-text("下达任务包")')
    await page.fill('#package-name', '中片路灯')
    await page.click('[role=dialog] .el-button--primary:visible')
    await page.waitForSelector('main >> text=中片路灯')
    await page.click('button:has-text("分配码段")')
    await page.click('#allot-crew')
    await page.click('.el-select-dropdown__item:has-text("一组"):visible')
    await page.click('#allot-class')
    await page.fill('#allot-class', '0118')
    await page.click('.el-select-dropdown__item:has-text("0118"):visible')
    await page.click('[role=dialog] .el-button--primary:visible')
    await page.waitForSelector('.ranges li')
    expect(await page.textContent('.ranges')).toMatch(/0118 路灯.*一组[\s\S]*500 个/)
    expect(office.complaints).toEqual([])
    const { items } = await served.client.get<{ items: { id: string }[] }>('/api/packages')
    await served.client.put(`/api/packages/${items[0]!.id}`, {
      name: '中片路灯',
      classes: ['0118'],
      dueOn: '2020-01-31',
    })

    for (const screen of [desk, phone]) {
      const console = await enter(SURVEYOR, screen)
      const task = await console.page.textContent('.tasks li')
      expect(task).toMatch(/中片路灯[\s\S]*待交付[\s\S]*2020-01-31 截止[\s\S]*已逾期 \d+ 天/)
      expect(task).toContain('下载模板，填好后交付。')
      expect(await console.page.locator('.tasks .over .icon').count()).toBeGreaterThan(0)
      expect(await console.page.textContent('.ranges')).toContain('一组')
      expect(await console.cutOff()).toEqual([])
    }
  })

  it('uploads a workbook with mistakes, mends the marked one, is inspected and accepted by a supervisor, approved by a second person, and sees the dots', async () => {
    const console = await enter(SURVEYOR)
    const { page } = console
    const template = await download(console, 'a:has-text("Excel 模板")')
    const file = join(folder, '中片路灯.xlsx')
    await writeFile(file, await fillIn(await readFile(template), ground))
    await page.click('.tasks a:has-text("交付")')
    await page.waitForSelector('#package')
    await console.deliver(null, [file])
    await page.waitForSelector('text=请核对识别结果')
    await page.click('button:has-text("开始载入")')
    await ended(console)
    const said = await page.textContent('main')
    expect(said).toContain('待审核')
    const { items } = await served.client.get<{
      items: { id: string; state: string; counts: object; findings: object; packageName: string }[]
    }>('/api/deliveries?limit=1')
    expect(items[0]).toMatchObject({
      state: 'checked',
      packageName: '中片路灯',
      counts: { read: ROWS, accepted: ROWS - REFUSED, refused: REFUSED },
      findings: { errors: REFUSED, warnings: WARNED },
    })

    await console.open('/tasks')
    await page.waitForSelector(`.tasks >> text=有 ${REFUSED} 行未收`)
    const { marks, mended } = await mend(
      await readFile(await download(console, '.tasks a:has-text("标注工作簿")')),
      ground,
    )
    expect(marks.map(mark => mark.row)).toEqual([4, 6, 9, 11, 12, 15, 17, 19])
    expect(marks.every(mark => /[\u4e00-\u9fff]/.test(mark.said))).toBe(true)
    const again = join(folder, '中片路灯-改.xlsx')
    await writeFile(again, mended)
    await page.click('.tasks a:has-text("再次交付")')
    await page.waitForSelector('#package')
    await console.deliver(null, [again])
    await page.waitForSelector('text=请核对识别结果')
    await page.click('button:has-text("开始载入")')
    await ended(console)
    const link = new URL(page.url()).hash.slice(1)
    expect(await page.locator('button:has-text("通过")').count()).toBe(0)

    // nobody approves what no supervisor has seen
    const second = await enter('administrator')
    await second.open(link)
    await second.page.waitForSelector('.approval:has-text("验收后才能审核发布")')
    expect(await second.page.isDisabled('button:has-text("审核通过并发布")')).toBe(true)
    await accept(await enter('supervisor'), link)
    await second.open('/map')
    await second.open(link)
    await second.page.waitForSelector('.step:has-text("已验收")')
    await second.page.click('button:has-text("审核通过并发布")')
    await second.page.waitForSelector('.chip:has-text("已发布")')
    expect(second.complaints.filter(said => !/409/.test(said))).toEqual([])

    await console.open('/tasks')
    await page.waitForSelector('.tasks >> text=已发布，等待验收')
    const search = `/api/search?q=${codeOf(ground, 20)}`
    await expect
      .poll(async () => JSON.stringify(await served.client.get(search)), { timeout: 10_000 })
      .toContain(codeOf(ground, 20))
    for (const n of [1, 5, 14, 20]) {
      await console.goTo(...lonLatOf(ground, n), 19)
      expect([n, await console.dotAt(...lonLatOf(ground, n))]).toEqual([n, true])
    }
    expect(console.complaints).toEqual([])
  })

  it('of another firm sees nothing of it, and reads all of that in English too', async () => {
    await createAccount(
      served.app.db,
      { name: 'other', roles: ['contractor'], districts: [DISTRICT], password: PASSWORD, mustChange: false },
      'test',
    )
    const console = await enter('other', phone, 'en')
    const text = await console.page.textContent('main')
    expect(text).toContain('Your account works for no firm yet')
    expect(text).toContain('No packages yet')
    expect(text).not.toMatch(/中片路灯|[\u4e00-\u9fff]/)
    expect(await console.cutOff()).toEqual([])
    expect(console.complaints).toEqual([])
  })
})
