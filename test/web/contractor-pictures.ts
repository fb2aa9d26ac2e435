/**
 * Makes the pictures of docs/contractor.md from a running demo, in real Chromium, by going the way the guide tells:
 * `node test/web/contractor-pictures.ts http://127.0.0.1:8080 admin PASSWORD` writes docs/pictures/contractor-*.png.
 * It makes a firm, an account and a package of its own each time, so it can be run again.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import excel from 'exceljs'
import { fillIn, type Ground, lonLatOf, mend } from './contractor-file.ts'
import { openBrowser, startConsole } from './driver.ts'

const [server, admin, password] = process.argv.slice(2)
if (!server || !admin || !password)
  throw new Error('node test/web/contractor-pictures.ts ADDRESS NAME PASSWORD')
const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'wangge-pictures-'))
const screen = { width: 1120, height: 760 }
const browser = await openBrowser()

/** The office, over the same doors as its pages. */
const office = await startConsole(browser, { server, screen })
await office.signIn(admin, password)
const ask = async <T>(method: 'get' | 'post' | 'put', path: string, data?: unknown): Promise<T> => {
  const headers = { origin: server, 'content-type': 'application/json' }
  const answer = await office.page.request[method](`${server}${path}`, {
    headers,
    ...(method === 'get' ? {} : { data: JSON.stringify(data ?? {}) }),
  })
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`)
  return (await answer.text()) === '' ? (undefined as T) : ((await answer.json()) as T)
}
const stamp = Date.now().toString(36).slice(-4)
const { items: taken } = await ask<{ items: { name: string }[] }>('get', '/api/firms')
/** Plain where the pictures are made for the first time. */
const again = taken.some(each => each.name === '吴地测绘院') ? ` ${stamp}` : ''
const firm = await ask<{ id: string }>('post', '/api/firms', { name: `吴地测绘院${again}` })
const crew = await ask<{ id: string }>('post', `/api/firms/${firm.id}/crews`, { name: '一组' })
const account = again ? `zhou.${stamp}` : 'zhou.ce'
const { items: districts } = await ask<{ items: { code: string }[] }>('get', '/api/districts')
const first = `first-${stamp}-password`
await ask('post', '/api/accounts', { name: account, role: 'contractor', password: first })
await ask('put', `/api/firms/${firm.id}/accounts/${account}`)
await ask('post', '/api/allotments', { crew: crew.id, class: '0118', count: 500 })
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const wish = { firm: firm.id, classes: ['0118'] }
await ask('post', '/api/packages', {
  ...wish,
  name: '中片路灯',
  dueOn: day(12),
  note: '含支路；杆号写在备注。',
})
await ask('post', '/api/packages', { ...wish, name: '南片井盖', classes: ['0101', '0102'], dueOn: day(40) })
const { items: things } = await ask<{ items: { lonLat: [number, number] }[] }>(
  'get',
  '/api/components?limit=400',
)
const { items: units } = await ask<{ items: { name: string }[] }>('get', '/api/units')
const ground: Ground = {
  district: districts[0]!.code,
  origin: things[Math.floor(things.length / 2)]!.lonLat,
  owner: units[0]!.name,
}

const console = await startConsole(browser, { server, screen })
const { page } = console
const mine = `mine-${stamp}-password`
await firstPassword()
await console.signIn(account, mine)
await page.waitForLoadState('networkidle')
await page.waitForSelector('.tasks')
await page.waitForTimeout(600)
const shot = (name: string) => console.shot(join(pictures, `contractor-${name}.png`))
await shot('1-tasks')

const download = async (selector: string): Promise<Buffer> => {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  return readFile(await file.path())
}
const template = await download('a:has-text("Excel 模板")')
const file = join(folder, '中片路灯.xlsx')
await writeFile(file, await fillIn(template, ground))
await sheetPicture(await readFile(file), 8, '2-template')

await page.click('.tasks li:has-text("中片路灯") a:has-text("交付")')
await page.waitForSelector('#package')
await page.setInputFiles('input[type=file]', [file])
await page.locator('h3:has-text("文件")').scrollIntoViewIfNeeded()
await page.waitForTimeout(400)
await shot('3-new')
await page.click('.el-button--primary:has-text("上传并识别")')
await page.waitForSelector('text=请核对识别结果')
await page.waitForLoadState('networkidle')
await shot('4-guess')
await page.click('button:has-text("开始载入")')
await page.waitForSelector('.report')
await page.waitForLoadState('networkidle')
await page.locator('h3:has-text("检查发现")').evaluate(each => each.scrollIntoView({ block: 'start' }))
await page.waitForTimeout(600)
await shot('5-report')

const marked = await download('.report a')
await sheetPicture(marked, 10, '6-marked')
const mended = join(folder, '中片路灯-改.xlsx')
await writeFile(mended, (await mend(marked, ground)).mended)
await console.open('/tasks')
await page.waitForSelector('.tasks >> text=再次交付')
await page.waitForLoadState('networkidle')
await shot('7-again')
await page.click('.tasks li:has-text("中片路灯") a:has-text("再次交付")')
await page.waitForSelector('#package')
await console.deliver(null, [mended])
await page.waitForSelector('text=请核对识别结果')
await page.click('button:has-text("开始载入")')
await page.waitForSelector('.report')
await page.waitForLoadState('networkidle')
await page.waitForTimeout(600)
await shot('8-green')
const [lon, lat] = lonLatOf(ground, 10)
await console.goTo(lon, lat, 17.5)
await shot('9-map')

await office.open('/contractors')
await office.page.waitForSelector('table')
await office.page.waitForLoadState('networkidle')
await office.shot(join(pictures, 'contractor-office.png'))
const phone = await startConsole(browser, { server, screen: { width: 390, height: 844, touch: true } })
await phone.signIn(account, mine)
await phone.page.waitForSelector('.tasks')
await phone.page.waitForLoadState('networkidle')
await phone.shot(join(pictures, 'contractor-phone.png'))
await browser.close()
await rm(folder, { recursive: true })

/** The first password is changed before anything else. */
async function firstPassword(): Promise<void> {
  const headers = { origin: server!, 'content-type': 'application/json' }
  const post = (path: string, data: unknown, cookie = '') =>
    fetch(server + path, { method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify(data) })
  const entered = await post('/api/session', { name: account, password: first })
  const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!
  await post('/api/session/password', { old: first, new: mine }, cookie)
}

/** The head of a workbook's first sheet, drawn cell by cell as a spreadsheet shows it. */
async function sheetPicture(bytes: Uint8Array, rows: number, name: string): Promise<void> {
  const book = new excel.Workbook()
  await book.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer)
  const sheet = book.worksheets[0]!
  const letters = Array.from({ length: sheet.columnCount }, (_, i) => sheet.getColumn(i + 1).letter)
  // what nobody filled in takes no room
  const shown = letters.filter((_, i) => {
    const last = i === letters.length - 1
    return (
      last || Array.from({ length: rows }, (_, n) => sheet.getRow(n + 2).getCell(i + 1).text).some(Boolean)
    )
  })
  const cell = (row: number, letter: string) => {
    const { fill, text, note, font } = sheet.getCell(`${letter}${row}`)
    const argb = fill?.type === 'pattern' ? fill.fgColor?.argb : undefined
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    return `<td class="${note ? 'note' : ''} ${font?.bold ? 'bold' : ''}" style="${argb ? `background:#${argb.slice(2)}` : ''}">${escaped}</td>`
  }
  const line = (row: number) => `<tr><th>${row}</th>${shown.map(letter => cell(row, letter)).join('')}</tr>`
  const drawing = await (await browser.newContext({ viewport: { width: 1120, height: 420 } })).newPage()
  await drawing.setContent(`<style>
    body { margin: 0; font: 13px/1.5 "Noto Sans CJK SC", sans-serif; color: #17202b }
    table { border-collapse: collapse } td, th { border: 1px solid #d9d5cb; padding: 2px 8px; white-space: nowrap; position: relative }
    td:last-child { white-space: pre-line; max-width: 420px } th { background: #f4f2ec; font-weight: 400; color: #5d6875 } .bold { font-weight: 700 }
    .note::after { content: ""; position: absolute; top: 0; right: 0; border: 5px solid; border-color: #cf2e1b #cf2e1b transparent transparent }
    </style><table><tr><th></th>${shown.map(letter => `<th>${letter}</th>`).join('')}</tr>${Array.from({ length: rows + 1 }, (_, i) => line(i + 1)).join('')}</table>`)
  await drawing.locator('table').screenshot({ path: join(pictures, `contractor-${name}.png`) })
  await drawing.context().close()
}
