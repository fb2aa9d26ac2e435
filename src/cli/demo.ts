/** `wangge demo`: a fictional pilot district on the embedded engine, loaded through the same doors everyone uses, then served. */
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatePilot } from '../../pilot/generate.ts'
import type { App } from '../app.ts'
import { demoAccounts } from '../domain/orgs/commands.ts'
import { type Client, clientOf } from './house.ts'
import { loadDelivery, type ShownDelivery } from './load.ts'
import { figures, progressLine, progressText } from './report.ts'

export interface DemoOptions {
  dataDir: string
  components: number
  unclaimed: number
  legacyNets: number
  seed?: number
}

const PILOT = { code: '320599', name: '棠泽区' }

/** Makes what is not there yet: files, district, net, directories, registry, accounts. Every step can be taken again. */
export async function prepareDemo(
  app: App,
  options: DemoOptions,
  say: (line: string) => void,
): Promise<void> {
  const client = clientOf(app.socket)
  const { items } = await client.get<{ items: { code: string }[] }>('/api/districts')
  const overview = items.some(each => each.code === PILOT.code)
    ? await client.get<{ counts: { components: number } }>(`/api/overview?district=${PILOT.code}`)
    : null
  if (overview && overview.counts.components > 0) {
    say(`the pilot is there: ${figures(overview.counts.components)} components`)
  } else {
    const dir = await pilotFiles(options, say)
    await loadPilot(client, dir, say)
  }
  const accounts = await demoAccounts(app.db)
  if (accounts.length > 0) {
    say('')
    say('sign-in (shown once; different in every installation):')
    for (const { name, password, role } of accounts) say(`    ${name.padEnd(12)} ${password}    ${role}`)
    say('')
  } else {
    say('the accounts are there; to list them: scripts/wangge account list')
    say('a password is lost? a new one, shown once: scripts/wangge account password admin')
  }
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
          'generating',
        ),
      )
    },
  )
  progressLine(null)
  await rename(partial, dir)
  say(`generated ${figures(components)} components in ${seconds(started)} (seed ${manifest.options.seed})`)
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
    say(`loaded ${kind}: ${summary(delivery)} in ${seconds(started)}`)
    if (delivery.state !== 'published') {
      throw new Error(
        `${kind} did not load: ${samples.map(each => `${each.file} ${each.row ?? ''} ${each.message}`).join('; ')}`,
      )
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

const summary = ({ counts, findings }: ShownDelivery): string =>
  `${figures(counts.accepted)} of ${figures(counts.read)} accepted, ${figures(findings.errors + findings.warnings)} findings`

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`
