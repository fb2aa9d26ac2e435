/** Sending a delivery's files from the console over a line that is slow, breaks and comes back, and over a page that is loaded anew. */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Line, openLine } from '../support/line.ts'
import { openServed, PASSWORD, type Served } from '../support/served.ts'
import { chromium, noChromium } from '../support/tools.ts'
import { type Console, desk, openBrowser, phone, type Screen, startConsole } from './driver.ts'

const MB = 1_000_000

describe.skipIf(!chromium)(`files on their way${chromium ? '' : ` (${noChromium})`}`, () => {
  let served: Served
  let browser: Browser
  let folder: string
  let big: string
  let sha256: string
  let line: Line
  const opened: Console[] = []

  beforeAll(async () => {
    served = await openServed()
    line = await openLine(served.address)
    browser = await openBrowser()
    folder = await mkdtemp(join(tmpdir(), 'wangge-sending-'))
    big = join(folder, '三街道部件普查成果汇总表（第二次提交）.csv')
    const row = `320599010199,路灯,120.7,31.06,${'备注'.repeat(40)}\n`
    await writeFile(
      big,
      `OBJCODE,OBJNAME,X,Y,NOTE\n${row.repeat(Math.ceil((12 * MB) / Buffer.byteLength(row)))}`,
    )
    sha256 = createHash('sha256')
      .update(await readFile(big))
      .digest('hex')
    await writeFile(join(folder, 'small.csv'), 'OBJCODE,X,Y\n1,120.7,31.06\n')
  }, 180_000)
  afterEach(async () => {
    for (const console of opened.splice(0)) await console.close()
  })
  afterAll(async () => {
    await browser?.close()
    await line?.close()
    await served?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function enter(screen: Screen = desk): Promise<Console> {
    line.mend()
    line.slow(null)
    const console = await startConsole(browser, { server: line.address, screen })
    opened.push(console)
    await console.signIn('contractor', PASSWORD)
    await console.settle()
    return console
  }
  const said = (console: Console, state: string) =>
    console.page.waitForSelector(`.rows li .state:has-text("${state}")`)
  /** Waits until so much of the file has arrived. */
  const share = (console: Console, least: number) =>
    console.page.waitForFunction(
      some => Number(document.querySelector<HTMLProgressElement>('.rows progress')?.value ?? 0) >= some,
      least,
    )
  const filesOf = async (console: Console) => {
    const id = new URL(console.page.url()).hash.split('/').at(-1)
    return served.client.get<{
      files: { name: string; sha256: string }[]
      uploads: { id: string; offset: number; bytes: number }[]
    }>(`/api/deliveries/${id}/files`)
  }

  it('go on by themselves after the line was lost, pause when told, and arrive as they were sent', async () => {
    const console = await enter()
    line.slow(3 * MB)
    await console.deliver('断线', [big, join(folder, 'small.csv')])
    await share(console, 10)
    line.cut()
    await said(console, '断线')
    line.mend()
    await share(console, 40)
    await console.page.click('button:has-text("全部暂停")')
    await said(console, '已暂停')
    // what was on the line still comes; after that nothing does
    const here = async () => (await filesOf(console)).uploads[0]!.offset
    const stands = async () => {
      const before = await here()
      await console.page.waitForTimeout(800)
      return (await here()) === before
    }
    await expect.poll(stands, { timeout: 15_000 }).toBe(true)
    expect(await here()).toBeLessThan((await filesOf(console)).uploads[0]!.bytes)
    line.slow(null)
    await console.page.click('button:has-text("全部继续")')
    await console.page.waitForSelector('text=请核对识别结果')
    const { files, uploads } = await filesOf(console)
    expect(files.map(file => file.name)).toEqual(['small.csv', big.split('/').at(-1)])
    expect(files[1]!.sha256).toBe(sha256)
    expect(uploads).toEqual([])
    await console.page.click('button:has-text("2 个文件")')
    await console.page.waitForSelector(`code:has-text("${sha256}")`)
    expect(await console.cutOff()).toEqual([])
  })

  it('go on after the page was loaded anew, when the same file is chosen again', async () => {
    const console = await enter(phone)
    line.slow(3 * MB)
    await console.deliver('重新打开', [big])
    await share(console, 20)
    await console.page.reload()
    await console.page.waitForSelector('text=请再选一次这个文件')
    const [half] = (await filesOf(console)).uploads
    expect(half!.offset).toBeGreaterThan(MB)
    expect(await console.cutOff()).toEqual([])
    const sent: { url: string; offset: number }[] = []
    console.page.on('request', request => {
      if (request.method() === 'PATCH')
        sent.push({ url: request.url(), offset: Number(request.headers()['upload-offset']) })
    })
    line.slow(null)
    await console.page.setInputFiles('input[type=file]', [big])
    await console.page.waitForSelector('text=请核对识别结果')
    expect(sent[0]!.url).toContain(half!.id)
    expect(sent[0]!.offset).toBeGreaterThanOrEqual(half!.offset)
    expect((await filesOf(console)).files).toMatchObject([{ sha256 }])
  })

  it('leave nothing when they are cancelled, one by one or with the whole delivery', async () => {
    const console = await enter()
    line.slow(MB)
    await console.deliver('取消', [big])
    await share(console, 5)
    await console.page.click('.rows button[aria-label^="取消"]')
    await console.page.waitForSelector('text=还没有文件')
    expect(await filesOf(console)).toEqual({ files: [], uploads: [] })
    await console.page.setInputFiles('input[type=file]', [big])
    await share(console, 5)
    await console.page.click('button:has-text("放弃这次交付")')
    await console.page.click('[role=dialog] .el-button--danger')
    await console.page.waitForSelector('text=已取消，原有数据未受影响')
    await expect.poll(() => filesOf(console)).toEqual({ files: [], uploads: [] })
    line.slow(null)
    expect(
      console.complaints.filter(text => !/ERR_(EMPTY_RESPONSE|CONNECTION)|status of/.test(text)),
    ).toEqual([])
  })
})
