/** What a re-delivery changes, in the console: tabs, what is missing, versions and the way back, the report, a local system. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import excel from 'exceljs'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

interface Listed {
  code: string
  lonLat: [number, number]
}
type Row = { code: string; lonLat: [number, number]; note: string }

describe.skipIf(!chromium)(`a re-delivery in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  /** A place with ground around it that nothing else stands on. */
  let origin: [number, number]
  let base: number
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
  const row = (n: number, note = '', shift = 0): Row => ({
    code: `${DISTRICT}011899${String(n).padStart(4, '0')}`,
    lonLat: [origin[0] + n * 0.0004 + shift, origin[1]],
    note,
  })
  const file = async (name: string, rows: readonly Row[]): Promise<string> => {
    const path = join(folder, name)
    await writeFile(
      path,
      [
        'OBJCODE,OBJNAME,NOTE,X,Y',
        ...rows.map(({ code, note, lonLat }) => [code, '路灯', note, ...lonLat].join()),
      ].join('\n'),
    )
    return path
  }
  const profile = () => join(folder, 'profile.yaml')
  /** Loads as the operator of this machine; the delivery, whatever became of it. */
  const deliver = async (path: string, options: object = {}) => {
    const before = (await api<{ items: { no: number }[] }>('/api/deliveries')).items[0]!.no
    await served.load('components', [path], { options, profile: profile() }).catch(() => {})
    const made = (await api<{ items: { no: number; id: string; state: string }[] }>('/api/deliveries'))
      .items[0]!
    expect(made.no).toBe(before + 1)
    return made
  }
  const versions = async () =>
    (
      await api<{
        items: { no: number; added: number; changed: number; removed: number; restored: number | null }[]
      }>('/api/registry/versions')
    ).items
  const tab = (console: Console, name: string) => console.page.locator(`[role=tab]:has-text("${name}")`)
  const listedCodes = async (console: Console, name: string) => {
    await tab(console, name).click()
    await console.page.waitForSelector('.changes [role=option]')
    return (
      await console.page
        .locator('.changes [role=option]')
        .evaluateAll(rows => rows.map(each => each.getAttribute('data-code') ?? ''))
    ).sort()
  }
  const codes = (...numbers: number[]) => numbers.map(n => row(n).code).sort()

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-changes-'))
    await writeFile(
      join(folder, 'profile.yaml'),
      'kind: components\ncrs: EPSG:4490\nposition: { x: X, y: Y }\nfields: { code: OBJCODE, className: OBJNAME, note: NOTE }\n',
    )
    const { items } = await api<{ items: Listed[] }>('/api/components?limit=500')
    origin = items[Math.floor(items.length / 2)]!.lonLat
    await served.load(
      'components',
      [
        await file(
          'first.csv',
          [1, 2, 3, 4, 5, 6].map(n => row(n)),
        ),
      ],
      { profile: profile() },
    )
    base = (await versions())[0]!.no
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    if (folder) await rm(folder, { recursive: true })
  })

  describe('with edits, new and missing rows', () => {
    let delivery: { id: string; state: string }
    let missing: number
    beforeAll(async () => {
      const rows = [row(1, '换了灯头'), row(2, '', 0.00005), row(3), row(7), row(8)]
      delivery = await deliver(await file('second.csv', rows), { full: 'classes' })
      const page = await api<{ items: { code: string }[] }>(
        `/api/deliveries/${delivery.id}/changes?kind=missing&limit=1000`,
      )
      missing = page.items.length
      expect(page.items.map(each => each.code)).toEqual(expect.arrayContaining(codes(4, 5, 6)))
    })

    it('waits, and its tabs hold exactly those', async () => {
      expect(delivery.state).toBe('checked')
      const console = await enter('supervisor')
      await console.open(`/survey/${delivery.id}`)
      expect(await listedCodes(console, '新增')).toEqual(codes(7, 8))
      expect(await listedCodes(console, '变更')).toEqual(codes(1, 2))
      const said = (await console.page.textContent('.changes [role=listbox]')) ?? ''
      expect(said).toMatch(/备注\s*空\s*→\s*换了灯头/)
      expect(said).toMatch(/位置移动 4\.\d+ 米/)
      await tab(console, '缺失').click()
      await expect.poll(() => tab(console, '缺失').textContent()).toContain(String(missing))
      expect(console.complaints).toEqual([])
    })

    it('is only looked at by a role that may not approve, and is not there for a contractor whose it is not', async () => {
      const console = await enter('leader')
      await console.open(`/survey/${delivery.id}`)
      await listedCodes(console, '缺失')
      for (const word of ['作废', '保留', '审核通过'])
        expect([word, await console.page.locator(`main button:has-text("${word}")`).count()]).toEqual([
          word,
          0,
        ])
      const other = await enter('contractor')
      await other.open(`/survey/${delivery.id}`)
      await other.page.waitForSelector('text=没有这个批次')
      for (const each of [console, other]) {
        await each.open('/survey/versions')
        await each.page.waitForSelector('tr[data-no]')
        expect(await each.page.locator('button:has-text("恢复")').count()).toBe(0)
      }
      expect(await other.page.locator('a:has-text("查看批次")').count()).toBe(0)
    })

    it('ends the two that were decided, and no other, in a new version', async () => {
      const console = await enter('administrator')
      await console.open(`/survey/${delivery.id}`)
      await listedCodes(console, '缺失')
      const { items } = await api<{ items: { code: string }[] }>(
        `/api/deliveries/${delivery.id}/changes?kind=missing&limit=2`,
      )
      const two = items.map(each => each.code)
      await console.page.check(`[data-code="${two[0]}"] input`)
      await console.page.check(`[data-code="${two[1]}"] input`)
      await console.page.click('button:has-text("作废所选（2）")')
      await console.page.waitForSelector('text=作废 2 件')
      expect(await console.page.textContent('.approval')).toContain(
        `新增 2 件，变更 2 件，作废 2 件。缺失的另外 ${(missing - 2).toLocaleString('en-US')} 件保留。`,
      )
      await console.page.click('button:has-text("审核通过并发布")')
      await console.page.waitForSelector(`text=是第 ${base + 1} 版`)
      expect((await versions())[0]).toMatchObject({ no: base + 1, added: 2, changed: 2, removed: 2 })
      expect(await console.page.locator('button:has-text("作废")').count()).toBe(0)
    })

    it('can be undone: the earlier version comes back as a new one, dots and all', async () => {
      const console = await enter('administrator')
      await console.goTo(...row(7).lonLat, 18)
      await expect.poll(() => console.dotAt(...row(7).lonLat)).toBe(true)
      await console.open('/survey/versions')
      await console.page.click(`tr[data-no="${base}"] button:has-text("恢复")`)
      await console.page.waitForSelector('[role=dialog] >> text=作为新的一版发布')
      await console.page.click(`[role=dialog] button:has-text("恢复到第 ${base} 版")`)
      await console.page.waitForSelector(`text=是第 ${base + 2} 版`)
      const shown = (await console.page.textContent('main')) ?? ''
      expect(shown).toContain(`恢复第 ${base} 版`)
      for (const absent of ['标注工作簿', '改列后重新载入', '各文件']) expect(shown).not.toContain(absent)
      expect((await versions())[0]).toMatchObject({
        no: base + 2,
        restored: base,
        added: 2,
        changed: 2,
        removed: 2,
      })
      await console.goTo(...row(7).lonLat, 18)
      await expect.poll(() => console.dotAt(...row(7).lonLat)).toBe(false)
      expect(await console.dotAt(...row(4).lonLat)).toBe(true)
    })
  })

  it('goes home as a marked workbook that opens', async () => {
    const broken = await file('broken.csv', [row(20), { ...row(21), code: '12' }])
    const { id } = await deliver(broken)
    const console = await enter('leader')
    await console.open(`/survey/${id}`)
    const coming = console.page.waitForEvent('download')
    await console.page.click('a:has-text("标注工作簿")')
    const path = await (await coming).path()
    const workbook = new excel.Workbook()
    await workbook.xlsx.readFile(path)
    const sheet = workbook.worksheets[0]!
    expect((sheet.getRow(1).values as unknown[]).at(-1)).toBe('问题〔网格〕')
    expect(sheet.rowCount).toBe(3)
    const problem = (at: number) => String(sheet.getRow(at).getCell(sheet.columnCount).value ?? '')
    expect([problem(2) === '', problem(3) === '']).toEqual([true, false])
  })

  it('may be in a local system, which an administrator alone fits, and whose points are not shown again', async () => {
    const path = await file('local.csv', [row(30)])
    const console = await enter('administrator')
    await console.deliver('地方坐标', [path])
    await console.page.click('button:has-text("用控制点建立地方坐标系")')
    await console.page.waitForSelector('text=严禁处理涉密信息')
    await console.page.fill('#crs-name', '本地')
    const points = [
      ['甲', 0, 0],
      ['乙', 1000, 0],
      ['丙', 0, 1000],
    ] as const
    const table = (wrong: number) =>
      points
        .map(([name, x, y]) => [name, x, y + (x > 0 ? wrong : 0), x + 557_000, y + 3_464_000].join('\t'))
        .join('\n')
    // a doubtful fit is shown and not saved; what was pasted is still there to be mended
    await console.page.fill('#crs-points', table(700))
    await console.page.waitForSelector('text=读到 3 个点')
    await console.page.click('button:has-text("计算并保存")')
    await console.page.waitForSelector('text=拟合结果可疑，尚未保存')
    await console.page.waitForSelector('text=有的点相差超过 1 米')
    expect(await console.page.locator('button:has-text("用于这一批")').count()).toBe(0)
    expect((await api<{ items: unknown[] }>('/api/local-crs')).items).toEqual([])
    await console.page.click('button:has-text("返回修改")')
    expect(await console.page.inputValue('#crs-points')).toBe(table(700))
    await console.page.fill('#crs-points', table(0))
    await console.page.click('button:has-text("计算并保存")')
    await console.page.waitForSelector('text=中误差 0.0000 米')
    expect(await console.page.locator('[role=dialog] tbody tr').count()).toBe(3)
    expect(await console.page.textContent('[role=dialog]')).not.toContain('557')
    await console.page.click('button:has-text("用于这一批")')
    await expect.poll(() => console.page.textContent('.settings')).toContain('本地（地方坐标系）')
    await console.page.click('button:has-text("用控制点建立地方坐标系")')
    expect(await console.page.inputValue('#crs-points')).toBe('')

    const other = await enter('contractor')
    await other.deliver('地方坐标二', [path])
    await other.page.waitForSelector('#crs')
    expect(await other.page.locator('button:has-text("用控制点建立地方坐标系")').count()).toBe(0)
  })

  it.each([
    ['desk', desk],
    ['phone', phone],
  ] as const)('cuts no word of its own off in English on a %s', async (_name, screen) => {
    const { items } = await api<{ items: { id: string; state: string; kind: string }[] }>('/api/deliveries')
    const console = await enter('administrator', screen, 'en')
    for (const hash of [
      '/survey/versions',
      `/survey/${items.find(each => each.state === 'published')!.id}`,
    ]) {
      await console.open(hash)
      await console.page.waitForSelector('.page h2')
      await console.page.waitForLoadState('networkidle')
      expect([hash, await console.cutOff()]).toEqual([hash, []])
    }
  })
})
