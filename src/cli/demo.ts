/** `wangge demo`: a fictional pilot district on the embedded engine, loaded through the same doors everyone uses, then served. */
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatePilot } from '../../pilot/generate.ts'
import type { App } from '../app.ts'
import { problem } from '../core/problem.ts'
import { demoAccounts } from '../domain/orgs/commands.ts'
import { demoTasks } from './demo-tasks.ts'
import { type Client, clientOf } from './house.ts'
import { loadDelivery, type ShownDelivery } from './load.ts'
import { figures, progressLine, progressText } from './report.ts'
import { word } from './words.ts'

export interface DemoOptions {
  dataDir: string
  components: number
  unclaimed: number
  legacyNets: number
  seed?: number
}

const PILOT = { code: '320599', name: '棠泽区' }

export interface Prepared {
  district: string
  components: number
  /** Those made now, with passwords that are shown this once; none at a second start. */
  accounts: { name: string; password: string; role: string }[]
}

/** Makes what is not there yet: files, district, net, directories, registry, accounts. Every step can be taken again. */
export async function prepareDemo(
  app: App,
  options: DemoOptions,
  say: (line: string) => void,
): Promise<Prepared> {
  const client = clientOf(app.socket)
  const { items } = await client.get<{ items: { code: string }[] }>('/api/districts')
  const loaded = async () => {
    const path = `/api/overview?district=${PILOT.code}`
    return (await client.get<{ counts: { components: number } }>(path)).counts.components
  }
  const there = items.some(each => each.code === PILOT.code) ? await loaded() : 0
  if (there > 0)
    say(word(`试点区已在：${figures(there)} 个部件`, `the pilot is there: ${figures(there)} components`))
  else await loadPilot(client, await pilotFiles(options, say), say)
  const accounts = await demoAccounts(app.db)
  await demoTasks(client, PILOT.code, 'contractor')
  if (accounts.length > 0) {
    say('')
    say(
      word(
        '登录账号（只显示一次，每次安装都不同）：',
        'sign-in (shown once; different in every installation):',
      ),
    )
    for (const { name, password, role } of accounts) say(`    ${name.padEnd(12)} ${password}    ${role}`)
    say('')
  } else {
    say(
      `${word('账号已在；列出账号：', 'the accounts are there; to list them: ')}scripts/wangge account list`,
    )
    say(
      word('忘了密码？重设一个，只显示一次：', 'a password is lost? a new one, shown once: ') +
        'scripts/wangge account password admin',
    )
  }
  return { district: PILOT.code, components: there || (await loaded()), accounts }
}

/** The generated files, whole or not there: they are written beside their place and renamed. */
async function pilotFiles(options: DemoOptions, say: (line: string) => void): Promise<string> {
  const { components, unclaimed, legacyNets, seed } = options
  const name = `pilot-${components}-${unclaimed}-${legacyNets}${seed === undefined ? '' : `-${seed}`}`
  const dir = join(options.dataDir, name)
  if (existsSync(join(dir, 'manifest.json'))) return dir
  const started = performance.now()
  const partial = `${dir}.part`
  await rm(partial, { recursive: true, force: true })
  const manifest = await generatePilot(
    partial,
    { components, unclaimed, legacyNets, ...(seed === undefined ? {} : { seed }) },
    progress => {
      progressLine(
        progressText(
          { phase: progress.step, rowsRead: progress.done, rowsTotal: progress.total },
          word('生成', 'generating'),
        ),
      )
    },
  )
  progressLine(null)
  await rename(partial, dir)
  const [n, took, { seed: from }] = [figures(components), seconds(started), manifest.options]
  say(
    word(
      `已生成 ${n} 个部件，用时 ${took}（种子 ${from}）`,
      `generated ${n} components in ${took} (seed ${from})`,
    ),
  )
  return dir
}

async function loadPilot(client: Client, dir: string, say: (line: string) => void): Promise<void> {
  await client.post('/api/districts', { ...PILOT, demo: true, ifMissing: true })
  const load = async (
    kind: Parameters<typeof loadDelivery>[1]['kind'],
    files: readonly string[],
    profile?: string,
  ) => {
    const started = performance.now()
    const { delivery, samples } = await loadDelivery(client, {
      kind,
      files: files.map(file => join(dir, file)),
      district: PILOT.code,
      ...(profile ? { profile } : {}),
      options: {},
    })
    const took = seconds(started)
    say(
      word(
        `已载入 ${kind}：${summary(delivery)}，用时 ${took}`,
        `loaded ${kind}: ${summary(delivery)} in ${took}`,
      ),
    )
    if (delivery.state !== 'published') {
      const what = samples.map(each => `${each.file} ${each.row ?? ''} ${each.message}`).join('; ')
      throw problem('demo.not-loaded', { kind, what })
    }
  }
  const components = (await readdir(join(dir, 'components'))).sort().map(file => join('components', file))
  await load('grids', ['grids.zip'])
  await load('units', ['units.csv'])
  await load('classes', ['classes.csv'])
  await load('places', ['places.zip'])
  await load('addresses', ['addresses.csv'], profileOf('addresses'))
  await load('components', components)
}

const profileOf = (kind: string): string =>
  fileURLToPath(new URL(`../../pilot/profiles/${kind}.yaml`, import.meta.url))

function summary({ counts, findings }: ShownDelivery): string {
  const [taken, read, found] = [counts.accepted, counts.read, findings.errors + findings.warnings].map(
    figures,
  )
  return word(`读取 ${read}，接收 ${taken}，问题 ${found}`, `${taken} of ${read} accepted, ${found} findings`)
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`
