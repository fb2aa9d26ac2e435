/**
 * Makes the pictures of the guides from a running demo, in real Chromium:
 * `node test/web/pictures.ts http://127.0.0.1:8080 admin PASSWORD` writes docs/pictures/*.png.
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openBrowser, startConsole } from './driver.ts'

const [server, name, password] = process.argv.slice(2)
if (!server || !name || !password) throw new Error('node test/web/pictures.ts ADDRESS NAME PASSWORD')
const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))
mkdirSync(folder, { recursive: true })

const browser = await openBrowser()
/** Small enough that no picture weighs more than 400 kB; the whole district, dot by dot, takes more for its size. */
const screen = { width: 1120, height: 700 }
const small = { width: 900, height: 600 }
const console = await startConsole(browser, { server, screen })
await console.signIn(name, password)
await console.page.setViewportSize(small)
await console.page.reload()
await console.settle()
await console.shot(`${folder}district.png`)
await console.page.setViewportSize(screen)

const answer = await console.page.request.get(`${server}/api/components?class=0101&limit=400`)
const { items } = (await answer.json()) as { items: { lonLat: [number, number] }[] }
const [lon, lat] = items[Math.floor(items.length * 0.75)]!.lonLat
await console.goTo(lon, lat, 18.8)
await console.shot(`${folder}street.png`)
await console.goTo(lon, lat, 17.6)
await console.clickAt(lon, lat)
const stacked = console.page.locator('.stack [role=option]')
if ((await stacked.count()) > 0) await stacked.first().click()
await console.page.waitForSelector('.component')
await console.settle()
await console.shot(`${folder}card.png`)
const link = new URL(console.page.url()).hash.slice(1)
await console.switchLanguage('en')
await console.settle()
await console.shot(`${folder}english.png`)
await console.switchLanguage('zh-CN')

await console.open('/survey')
await console.page.waitForSelector('text=普查成果')
await console.page.waitForLoadState('networkidle')
await console.shot(`${folder}survey.png`)
await console.close()

const phone = await startConsole(browser, { server, screen: { width: 390, height: 844, touch: true } })
await phone.signIn(name, password)
await phone.open(link)
await phone.settle()
await phone.page.waitForSelector('.component')
await phone.settle()
await phone.shot(`${folder}phone.png`)
await phone.close()
await browser.close()
