/**
 * A whole house for one test file: the real wiring over a fresh database, a small pilot loaded through the
 * doors everyone uses, accounts with known passwords, and a port of its own.
 *
 *   pilot files (made once per options and generator) -> deliveries over the socket -> published -> serving
 *
 * Starting takes about ten seconds: once per file, in beforeAll; `close` in afterAll.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { generatePilot } from '../../pilot/generate.ts'
import type { PilotManifest, PilotOptions } from '../../pilot/manifest.ts'
import { type App, openApp } from '../../src/app.ts'
import { type Client, clientOf } from '../../src/cli/house.ts'
import { type LoadRequest, loadDelivery, type ShownDelivery } from '../../src/cli/load.ts'
import { readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/core/db.ts'
import { openLog } from '../../src/core/log.ts'
import { createAccount } from '../../src/domain/orgs/commands.ts'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { createTestPostgres } from './engines.ts'

export const DISTRICT = '320599'
/** Of every account here; each is called like its role. */
export const PASSWORD = 'seven grey herons wade'
const SMALL: PilotOptions = { components: 3000, unclaimed: 4 }
const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Served {
  app: App
  /** http://127.0.0.1:PORT */
  address: string
  /** As the command line speaks to it: an administrator on this machine. */
  client: Client
  /** Where its files lie. */
  dataDir: string
  /** The folder with the pilot's files. */
  pilotDir: string
  manifest: PilotManifest
  /** Loads files of this machine and waits for the end. @throws Error when they were not published */
  load(
    kind: LoadRequest['kind'],
    files: readonly string[],
    more?: Partial<LoadRequest>,
  ): Promise<ShownDelivery>
  /** @returns the cookie of a new session */
  signIn(role: Role): Promise<string>
  /** A GET with the cookie, if any. */
  get(path: string, cookie?: string, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export interface ServedOptions {
  pilot?: PilotOptions
  engine?: Engine['name']
}

export async function openServed({
  pilot = SMALL,
  engine = 'embedded',
}: ServedOptions = {}): Promise<Served> {
  const pilotDir = await pilotFiles(pilot)
  const dataDir = await mkdtemp(join(tmpdir(), 'wangge-served-'))
  const postgres = engine === 'postgres' ? await createTestPostgres(inject('postgresTemplate')) : null
  if (!postgres) await cp(inject('embeddedTemplate'), join(dataDir, 'database'), { recursive: true })
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', DATABASE_URL: postgres?.url })
  const app = await openApp(config, openLog('silent'))
  const close = async () => {
    await app.stop()
    await postgres?.drop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const client = clientOf(app.socket)
    const load: Served['load'] = async (kind, files, more = {}) => {
      const { delivery, samples } = await loadDelivery(client, {
        kind,
        files,
        district: DISTRICT,
        options: {},
        ...more,
      })
      if (delivery.state === 'published') return delivery
      throw new Error(`${kind} is ${delivery.state}: ${samples.map(each => each.message).join('; ')}`)
    }
    await client.post('/api/districts', { code: DISTRICT, name: '棠泽区', demo: true })
    await loadPilot(pilotDir, load)
    const roles: Role[] = ['administrator', 'contractor', 'supervisor', 'dispatcher', 'leader']
    for (const role of roles)
      await createAccount(
        app.db,
        { name: role, roles: [role], districts: '*', password: PASSWORD, mustChange: false },
        'test',
      )
    const address = await app.listen()
    return {
      app,
      address,
      client,
      dataDir,
      pilotDir,
      manifest: JSON.parse(readFileSync(join(pilotDir, 'manifest.json'), 'utf8')),
      load,
      async signIn(role) {
        const answer = await fetch(`${address}/api/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: role, password: PASSWORD }),
        })
        if (!answer.ok) throw new Error(await answer.text())
        return answer.headers.getSetCookie()[0]!.split(';')[0]!
      },
      get: (path, cookie, headers = {}) =>
        fetch(address + path, { headers: { ...headers, ...(cookie ? { cookie } : {}) } }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function loadPilot(dir: string, load: Served['load']): Promise<void> {
  const components = (await readdir(join(dir, 'components')))
    .sort()
    .map(file => join(dir, 'components', file))
  await load('grids', [join(dir, 'grids.zip')])
  await load('units', [join(dir, 'units.csv')])
  await load('classes', [join(dir, 'classes.csv')])
  await load('places', [join(dir, 'places.zip')])
  await load('addresses', [join(dir, 'addresses.csv')], {
    profile: join(root, 'pilot/profiles/addresses.yaml'),
  })
  await load('components', components)
}

/** The generated files, whole or not there; another generator or other options make others. */
export async function pilotFiles(options: PilotOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(options))
  for (const file of globSync(['pilot/**/*.ts', 'gis/*.ts'], { cwd: root }).sort())
    hash.update(readFileSync(join(root, file)))
  const dir = join(tmpdir(), `wangge-pilot-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(dir)) return dir
  const partial = `${dir}.${process.pid}`
  await generatePilot(partial, options)
  await rename(partial, dir).catch(async error => {
    // another test file was quicker
    if (!existsSync(dir)) throw error
    await rm(partial, { recursive: true })
  })
  return dir
}
