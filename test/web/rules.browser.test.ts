/** Check rules in the console: read by everybody, changed by who may, kept as versions; and findings explained. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/domain/orgs/rules.ts'
import type { SurveyRules } from '../../src/domain/survey/check-rules.ts'
import { openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

describe.skipIf(!chromium)(`check rules in the console${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  const opened: Console[] = []

  const enter = async (role: Role, screen: Screen = desk, language: 'zh-CN' | 'en' = 'zh-CN') => {
    const console = await startConsole(browser, { server: served.address, screen, language })
    opened.push(console)
    await console.signIn(role, PASSWORD)
    await console.settle()
    await console.open('/survey/rules')
    await console.page.waitForSelector('[data-code="unit.unknown"]')
    return console
  }
  const rules = () => served.client.get<{ no: number; rules: SurveyRules }>('/api/survey-rules')
  const picture = (name: string): string => join(process.env.RULES_PICTURES ?? folder, name)

  beforeAll(async () => {
    served = await openServed()
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-rules-'))
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('are changed by an administrator, as a version that tells who and what', async () => {
    const { page, complaints, shot, cutOff } = await enter('administrator')
    expect(await page.locator('.stand').textContent()).toContain('第 0 版')
    await page.locator('[data-code="unit.unknown"] label.error').click()
    await page.locator('[data-code="unit.same"] label.warning').click()
    // what refuses nobody cannot be chosen
    expect(await page.locator('[data-code="duplicate.probable"] input[value="error"]').isDisabled()).toBe(
      true,
    )
    const distance = page.locator('[data-class="0104"] input').last()
    await distance.fill('0.25')
    await distance.blur()
    await shot(picture('rules-desk.png'))
    expect(await cutOff()).toEqual([])
    await page.getByRole('button', { name: '保存为新的一版' }).click()
    await page.waitForSelector('.stand:has-text("第 1 版")')
    expect(await rules()).toMatchObject({
      no: 1,
      rules: {
        severity: { 'unit.unknown': 'error', 'unit.same': 'warning' },
        duplicates: { '0104': 0.25 },
      },
    })
    const history = page.locator('section').last()
    expect(await history.textContent()).toMatch(/第 1 版.*administrator/)
    expect(await history.textContent()).toContain('单位不在目录中 → 错误')
    await history.scrollIntoViewIfNeeded()
    await shot(picture('rules-history.png'))
    expect(complaints).toEqual([])
  })

  it('are not saved over somebody else’s change, which is said', async () => {
    const { page } = await enter('administrator')
    await page.locator('[data-code="date.future"] label.off').click()
    await served.client.put('/api/survey-rules', { rules: {} })
    await page.getByRole('button', { name: '保存为新的一版' }).click()
    expect(await page.locator('.bar [role=alert]').textContent()).toContain('已被他人改为第 2 版')
    expect(await rules()).toMatchObject({ no: 2, rules: {} })
  })

  it('are only read by who loads surveys, on a phone too, in English', async () => {
    const { page, shot, cutOff, complaints } = await enter('contractor', phone, 'en')
    expect(await page.locator('[data-code="unit.unknown"] input:enabled').count()).toBe(0)
    expect(
      await page.getByRole('button', { name: /Save as a new version|Back to the defaults/ }).count(),
    ).toBe(0)
    await shot(picture('rules-phone.png'))
    expect(await cutOff()).toEqual([])
    await page.getByRole('button', { name: /What it means: Unit not in the directory/ }).click()
    await page.waitForSelector('.el-dialog:has-text("The directory has no such name")')
    await shot(picture('guide-phone.png'))
    expect(complaints).toEqual([])
  })

  it('are named by a delivery, whose findings are explained where they stand', async () => {
    const path = join(folder, 'wrong.csv')
    await writeFile(path, 'OBJCODE,OBJNAME,X,Y\nbad,路灯,120.6,31.3\n')
    const profile = join(folder, 'profile.yaml')
    await writeFile(
      profile,
      'kind: components\ncrs: EPSG:4490\nposition: { x: X, y: Y }\nfields: { code: OBJCODE, className: OBJNAME }\n',
    )
    await served.load('components', [path], { profile }).catch(() => {})
    const { items } = await served.client.get<{ items: { id: string }[] }>('/api/deliveries')
    const { page, open, shot } = await enter('administrator')
    await open(`/survey/${items[0]!.id}`)
    await page.getByRole('link', { name: '按检查规则第 2 版检查' }).waitFor()
    await page.getByRole('option', { name: /标识码 bad/ }).click()
    await page.getByRole('button', { name: /说明：标识码 bad/ }).click()
    await page.waitForSelector('.el-dialog:has-text("位数或字符不合本区的编码规则")')
    await shot(picture('guide-desk.png'))
  })
})
