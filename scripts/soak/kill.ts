/**
 * Many processes killed with SIGKILL while they load: components and grids, at any moment and at the moment
 * of publishing, on both engines. After each kill the house is opened again and the database is held to what
 * must be true whatever happened (invariants.ts): the version before stands whole or the version after, and
 * the same files load again.
 *
 *   prepared copy -> `load ...` -> SIGKILL -> open, check -> load again, check -> next kill
 *
 * The same seed draws the same loads and delays; where a delay falls in a load is the machine's affair. The
 * minute of silence after which PostgreSQL's loads count as interrupted is not waited for: it is set back.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, clientOf } from '../../src/cli/house.ts'
import { type LoadRequest, loadDelivery, type ShownDelivery } from '../../src/cli/load.ts'
import { socketPath } from '../../src/core/data-dir.ts'
import { listFaults, standingOf } from '../invariants.ts'
import { type Ground, inHouse, openGround, randomOf, same, whole } from '../kill-ground.ts'
import type { Figures, Measurement } from '../measurement.ts'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../square.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const BASE_ROWS = 30_000
/** Kills after which a fresh copy is taken, so that the last load is not slower than the first. */
const KILLS_A_COPY = 8
/** About how long publishing takes; kills meant for it fall within. */
const PUBLISHING_MS = { embedded: 2500, postgres: 600 }

export const measurement: Measurement = {
  about: 'loads killed at random moments on both engines: a whole version always stands, and loads again',
  options: { kills: 40, seed: 1, embedded: 1, postgres: 1 },
  async run({ kills = 0, seed = 0, embedded = 0, postgres = 0 }, say) {
    const figures: Record<string, number> = {}
    const dir = await mkdtemp(join(tmpdir(), 'wangge-kill-'))
    try {
      for (const engine of [embedded && 'embedded', postgres && 'postgres'] as const) {
        if (!engine) continue
        const tally = await killMany({ engine, dir: join(dir, engine), kills, random: randomOf(seed), say })
        for (const [name, n] of Object.entries(tally))
          figures[engine + name[0]!.toUpperCase() + name.slice(1)] = n
      }
      return figures as Figures
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
}

async function killMany(input: {
  engine: 'embedded' | 'postgres'
  dir: string
  kills: number
  random: () => number
  say(line: string): void
}): Promise<Record<string, number>> {
  const { engine, dir, kills, random, say } = input
  await mkdir(dir, { recursive: true })
  const ground = await openGround(engine, dir)
  const tally = { kills: 0, stoodBefore: 0, stoodAfter: 0, publishing: 0, grids: 0, faults: 0 }
  const tookMs = new Map<string, number>()
  try {
    await prepare(ground, dir)
    for (let attempt = 0; tally.kills < kills; attempt++) {
      if (attempt % KILLS_A_COPY === 0) await ground.renew()
      const { request, name } = await drawLoad(dir, attempt, random)
      const before = await inHouse(ground, app => standingOf(app.db, SQUARE))
      // publishing is a short part of a load: half the kills are meant for it
      const atPublishing = tookMs.has(name) && random() < 0.5
      const share = random()
      const usualMs = tookMs.get(name) ?? 0
      const child = spawnLoad(ground, request)
      let told = ''
      child.stderr!.setEncoding('utf8').on('data', text => (told += text))
      const ended = once(child, 'exit') as Promise<[number | null, string | null]>
      const started = performance.now()
      const alive = () => child.exitCode === null && child.signalCode === null
      if (!tookMs.has(name)) {
        // the first of its kind shows how long it takes
        await ended
        tookMs.set(name, performance.now() - started)
      } else if (atPublishing && request.kind === 'components') {
        await publishingBegins(ground, alive)
        await sleep(share * PUBLISHING_MS[engine])
      } else await sleep(atPublishing ? (0.6 + 0.4 * share) * usualMs : share * usualMs)
      const struck = alive() && child.kill('SIGKILL')
      const [, signal] = await ended
      const killed = struck && signal === 'SIGKILL'
      const killedMs = performance.now() - started
      await ground.settle()
      const found = await inHouse(ground, async app => {
        const stood = await standingOf(app.db, SQUARE)
        const faults = await listFaults(app.db, SQUARE)
        const newest = await newestDelivery(clientOf(app.socket))
        const { delivery } = await loadDelivery(clientOf(app.socket), request)
        if (delivery.state !== 'published') faults.push(`loaded again it is ${delivery.state}`)
        const after = await standingOf(app.db, SQUARE)
        faults.push(...(await listFaults(app.db, SQUARE)).map(fault => `after the rerun ${fault}`))
        return { stood, faults, newest, after }
      })
      const stoodBefore = same(found.stood, before)
      const stoodAfter = !stoodBefore && same(whole(found.stood), whole(found.after))
      if (!stoodBefore && !stoodAfter)
        found.faults.push(`between: ${JSON.stringify([before, found.stood, found.after])}`)
      if (!killed && !stoodAfter && !same(whole(before), whole(found.after)))
        found.faults.push(`an uninterrupted load did not count: ${told}`)
      if (killed) {
        tally.kills++
        tally.stoodBefore += Number(stoodBefore)
        tally.stoodAfter += Number(stoodAfter)
        tally.publishing += Number(atPublishing)
        tally.grids += Number(request.kind === 'grids')
      }
      tally.faults += found.faults.length
      const stood = stoodBefore ? 'before' : stoodAfter ? 'after' : 'NEITHER'
      const phase = found.newest ? `${found.newest.state} ${found.newest.progress.phase}` : 'nothing sent'
      say(
        `${engine} ${tally.kills}/${kills} ${name}: ${killed ? 'killed' : 'ended'} after ${killedMs.toFixed(0)} ms` +
          `${atPublishing ? ' (publishing)' : ''}, delivery ${phase}, stands: ${stood}`,
      )
      for (const fault of found.faults) say(`  FAULT ${fault}`)
    }
  } finally {
    await ground.end()
  }
  return tally
}

async function prepare(ground: Ground, dir: string): Promise<void> {
  await inHouse(ground, async app => {
    const client = clientOf(app.socket)
    await client.post('/api/districts', { code: SQUARE, name: '方区', demo: true })
    const files = { grids: squareGrids(), components: squareComponents(1, BASE_ROWS) }
    await writeFile(join(dir, 'profile.json'), JSON.stringify(squareProfile))
    for (const kind of ['grids', 'components'] as const) {
      const request = await requestOf(dir, kind, 'base', files[kind])
      const { delivery } = await loadDelivery(client, request)
      if (delivery.state !== 'published') throw new Error(`${kind} of the base: ${delivery.state}`)
    }
  })
  await ground.settle()
}

async function requestOf(
  dir: string,
  kind: 'grids' | 'components',
  name: string,
  text: string,
): Promise<LoadRequest> {
  const file = join(dir, `${name}.${kind === 'grids' ? 'geojson' : 'csv'}`)
  await writeFile(file, text)
  const profile = kind === 'components' ? { profile: join(dir, 'profile.json') } : {}
  return { kind, files: [file], district: SQUARE, ...profile, options: {} }
}

/** What is loaded next: many changed components, some, or all grids with their borders moved. */
async function drawLoad(
  dir: string,
  attempt: number,
  random: () => number,
): Promise<{ name: string; request: LoadRequest }> {
  const draw = random()
  const name = draw < 0.45 ? 'many' : draw < 0.7 ? 'some' : 'grids'
  const file = `${name}-${attempt}`
  if (name === 'grids') {
    const text = squareGrids(0.0005 + (attempt % 8) * 0.001)
    return { name, request: await requestOf(dir, 'grids', file, text) }
  }
  // changed ones and, beyond the base, some that are new
  const rows = name === 'many' ? 24_000 : 6_000
  const text = squareComponents(BASE_ROWS - rows + 1, rows + 300 * (1 + attempt), `delivery ${attempt}`)
  return { name, request: await requestOf(dir, 'components', file, text) }
}

function spawnLoad(ground: Ground, { kind, files, profile }: LoadRequest): ChildProcess {
  const args = ['load', kind, ...files, '--district', SQUARE, ...(profile ? ['--profile', profile] : [])]
  const env = { PATH: process.env.PATH, ...ground.env }
  return spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Looks through the process's own socket until its components are about to count. */
async function publishingBegins(ground: Ground, alive: () => boolean): Promise<void> {
  const client = clientOf(socketPath(ground.env.DATA_DIR!))
  let former: string | null | undefined
  while (alive()) {
    const delivery = await newestDelivery(client).catch(() => null)
    // the first answer may still be the delivery before
    if (delivery && former === undefined && delivery.state !== 'loading') former = delivery.id
    if (delivery && delivery.id !== former) {
      if (delivery.state !== 'received' && delivery.state !== 'loading') return
      if (delivery.batchNo !== null) return
    }
    await sleep(5)
  }
}

async function newestDelivery(client: Client): Promise<ShownDelivery | null> {
  const { items } = await client.get<{ items: ShownDelivery[] }>(`/api/deliveries?district=${SQUARE}&limit=1`)
  return items[0] ?? null
}
