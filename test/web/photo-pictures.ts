/**
 * Makes the pictures of the chapter on photos in docs/contractor.md from a running demo, in real Chromium:
 * `node test/web/photo-pictures.ts http://127.0.0.1:8080 admin PASSWORD` writes docs/pictures/photos-*.png.
 * Three lamps come with photos, of which two fit, one is missing, one is the other's and one is nobody's.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zipBytes } from '../domain/survey/readers/build-zip.ts'
import { codeOf, type Ground, lonLatOf } from './contractor-file.ts'
import { openBrowser, startConsole } from './driver.ts'

const [server, name, password] = process.argv.slice(2)
if (!server || !name || !password) throw new Error('node test/web/photo-pictures.ts ADDRESS NAME PASSWORD')
const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'wangge-photos-'))
const browser = await openBrowser()
const console = await startConsole(browser, { server, screen: { width: 1120, height: 760 } })
const { page } = console
await console.signIn(name, password)
const read = async <T>(path: string): Promise<T> =>
  (await (await page.request.get(`${server}${path}`)).json()) as T

const { items: districts } = await read<{ items: { code: string }[] }>('/api/districts')
const { items: things } = await read<{ items: { lonLat: [number, number] }[] }>('/api/components?limit=400')
const { items: units } = await read<{ items: { name: string }[] }>('/api/units')
/** Serials, a place and pictures of its own each time, so that it can be run again. */
const first = 100 + (Math.floor(Date.now() / 1000) % 9_000)
const ground: Ground = {
  district: districts[0]!.code,
  origin: things[first % things.length]!.lonLat,
  owner: units[0]!.name,
}
const [a, b, c] = [first, first + 1, first + 2].map(n => codeOf(ground, n))
const rows = [a, b, c].map((code, n) => {
  const [lon, lat] = lonLatOf(ground, n)
  return `${code},路灯,${ground.owner},${lon},${lat},${code}.jpg`
})
const street = await lampPicture('#cfe2ec', 0.62)
const close = await lampPicture('#f4f2ec', 1.15)
const file = join(folder, '路灯与照片.zip')
await writeFile(
  file,
  await zipBytes({
    '03_部件/路灯.csv': `\ufeff标识码,部件名称,权属单位名称,经度,纬度,照片\n${rows.join('\n')}\n`,
    [`05_照片/${a}.jpg`]: street,
    [`05_照片/${a}_近景.jpg`]: close,
    // the same picture under the other's name
    [`05_照片/${b}.jpg`]: street,
    '05_照片/IMG_0001.jpg': await lampPicture('#e5e0d6', 0.5),
  }),
)
await console.deliver('路灯与照片', [file])
await page.waitForSelector('text=请核对识别结果')
await page.waitForLoadState('networkidle')
await page.click('button:has-text("开始载入")')
await page.waitForSelector('.report', { timeout: 60_000 })
await page.waitForLoadState('networkidle')
await page.locator('h3:has-text("检查发现")').evaluate(each => {
  each.scrollIntoView({ block: 'start' })
  // the frame around the page stays where it is
  for (let frame = document.querySelector('main')?.parentElement; frame; frame = frame.parentElement)
    frame.scrollTop = 0
})
await page.waitForSelector('text=/图上 \\d/', { timeout: 30_000 })
await page.waitForLoadState('networkidle')
await page.waitForTimeout(2500)
await console.shot(join(pictures, 'photos-report.png'))

const [lon, lat] = lonLatOf(ground, 0)
await console.goTo(lon, lat, 19)
await console.clickAt(lon, lat)
const stacked = page.locator(`.stack [role=option]:has-text("${a}")`)
if ((await stacked.count()) > 0) await stacked.first().click()
await page.waitForSelector('.photos img')
await page
  .locator('.photos li')
  .first()
  .evaluate(each => each.scrollIntoView({ block: 'center' }))
await page.waitForTimeout(600)
await console.shot(join(pictures, 'photos-card.png'))
await browser.close()
await rm(folder, { recursive: true })

/** A drawn lamp as a camera would file it. @param scale of the lamp */
async function lampPicture(sky: string, scale: number): Promise<Buffer> {
  const easel = await (await browser.newContext({ viewport: { width: 640, height: 480 } })).newPage()
  await easel.setContent(`<body style="margin:0"><svg viewBox="0 0 640 480" width="640" height="480">
    <rect width="640" height="480" fill="${sky}"/><rect y="400" width="640" height="80" fill="#8d8a83"/>
    <g transform="translate(320 400) scale(${scale}) translate(-320 -400)" fill="none" stroke="#17202b" stroke-linecap="round">
      <path d="M320 400V120q0-40 60-40h20" stroke-width="12"/><path d="M392 84h64" stroke-width="20"/>
      <circle cx="436" cy="104" r="14" fill="#f2b84b" stroke="none"/></g>
    <text x="624" y="464" text-anchor="end" font-size="20" fill="#fff">${first}</text></svg></body>`)
  const bytes = await easel.screenshot({ type: 'jpeg', quality: 80 })
  await easel.context().close()
  return bytes
}
