/**
 * A server killed with SIGKILL at any moment of a delivery's way by people, on both engines: announced and sent in
 * pieces by one, loaded, approved by another. After each kill the stored rows are held to what must be true whatever
 * happened (invariants.ts), the server starts again, and the same people go on where they were: what was sent is not
 * sent again, and the delivery ends published. Delivered once more it changes nothing.
 *
 *   prepared copy -> serve -> announce, pieces, load, approve -> SIGKILL -> check -> serve -> go on -> check
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createAccount } from '../../src/domain/orgs/commands.ts'
import type { Role } from '../../src/domain/orgs/rules.ts'
import { listFaults, standingOf } from '../invariants.ts'
import { type Ground, inHouse, openGround, randomOf, same, whole } from '../kill-ground.ts'
import type { Figures, Measurement } from '../measurement.ts'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../square.ts'
import { takeIn } from '../square-load.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const PASSWORD = 'nine slow barges pass'
const BASE_ROWS = 20_000
const KILLS_A_COPY = 8
const PIECES = 8
const STEPS = ['announced', 'sent', 'loaded', 'approved'] as const

export const measurement: Measurement = {
  about: 'a server killed from upload to approval on both engines: the delivery goes on and counts once',
  options: { kills: 25, seed: 1, embedded: 1, postgres: 1 },
  async run({ kills = 0, seed = 0, embedded = 0, postgres = 0 }, say) {
    const figures: Record<string, number> = {}
    const dir = await mkdtemp(join(tmpdir(), 'wangge-kill-served-'))
    try {
      for (const engine of [embedded && 'embedded', postgres && 'postgres'] as const) {
        if (!engine) continue
        const tally = await killMany(engine, join(dir, engine), kills, randomOf(seed), say)
        for (const [name, n] of Object.entries(tally))
          figures[engine + name[0]!.toUpperCase() + name.slice(1)] = n
      }
      return figures as Figures
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
}

async function killMany(
  engine: 'embedded' | 'postgres',
  dir: string,
  kills: number,
  random: () => number,
  say: (line: string) => void,
): Promise<Record<string, number>> {
  await mkdir(dir, { recursive: true })
  const ground = await openGround(engine, dir)
  const tally = { kills: 0, sending: 0, loading: 0, approving: 0, stoodBefore: 0, stoodAfter: 0, faults: 0 }
  let usualMs = 0
  try {
    await prepare(ground)
    for (let attempt = 0; tally.kills < kills; attempt++) {
      if (attempt % KILLS_A_COPY === 0) await ground.renew()
      const rows = 4_000 + 200 * (attempt % 5)
      const csv = Buffer.from(
        squareComponents(BASE_ROWS - rows + 1, rows + 100 * (1 + attempt), `delivery ${attempt}`),
      )
      const before = await inHouse(ground, app => standingOf(app.db, SQUARE))
      const way: Way = { csv, id: null, reached: null }
      const started = performance.now()
      const server = await serve(ground)
      const walking = walk(server.address, way).then(
        () => true,
        () => false,
      )
      if (usualMs === 0) await walking
      else await Promise.race([sleep(random() * usualMs), walking])
      const inTime = server.child.exitCode === null && server.child.kill('SIGKILL')
      const ended = await walking
      if (usualMs === 0) usualMs = performance.now() - started
      await server.gone
      await ground.settle()
      const faults: string[] = []
      const stood = await inHouse(ground, async app => {
        faults.push(...(await listFaults(app.db, SQUARE)))
        return standingOf(app.db, SQUARE)
      })
      await ground.settle()
      const killed = inTime && !ended
      const reached = way.reached
      await goOn(ground, way).catch(error => faults.push(`it could not go on: ${(error as Error).message}`))
      await ground.settle()
      const after = await inHouse(ground, async app => {
        faults.push(...(await listFaults(app.db, SQUARE)).map(fault => `in the end ${fault}`))
        const once = await standingOf(app.db, SQUARE)
        const again = await takeIn(app, dir, 'components', 'again', csv.toString(), ['checked', 'published'])
        const { added, changed } = again.counts
        if (added || changed) faults.push(`delivered again it adds ${added} and changes ${changed}`)
        return once
      })
      if (same(whole(before), whole(after))) faults.push('the delivery changed nothing')
      const stoodBefore = same(stood, before)
      if (!stoodBefore && !same(whole(stood), whole(after)))
        faults.push(`between: ${JSON.stringify([before, stood, after])}`)
      if (killed) {
        tally.kills++
        if (reached === null || reached === 'announced') tally.sending++
        else if (reached === 'sent') tally.loading++
        else tally.approving++
        tally[stoodBefore ? 'stoodBefore' : 'stoodAfter']++
      }
      tally.faults += faults.length
      say(
        `${engine} ${tally.kills}/${kills}: ${killed ? 'killed' : 'ended'} ${reached ?? 'not announced'}, ` +
          `stood ${stoodBefore ? 'before' : 'after'}, went on to its end`,
      )
      for (const fault of faults) say(`  FAULT ${fault}`)
    }
  } finally {
    await ground.end()
  }
  return tally
}

/** What stands before every kill, and who will be at work: one sends, another approves. */
async function prepare(ground: Ground): Promise<void> {
  await inHouse(ground, async app => {
    await app.db.query(`INSERT INTO district (code, name, demo) VALUES ($1, '方区', true)`, [SQUARE])
    const people: [string, Role][] = [
      ['sender', 'contractor'],
      ['approver', 'supervisor'],
    ]
    for (const [name, role] of people) {
      const draft = { name, roles: [role] as [Role], districts: '*' as const, mustChange: false }
      await createAccount(app.db, { ...draft, password: PASSWORD }, 'soak')
    }
  })
  await inHouse(ground, async app => {
    const dir = ground.env.DATA_DIR!
    await takeIn(app, dir, 'grids', 'grids', squareGrids(), ['published'])
    await takeIn(app, dir, 'components', 'base', squareComponents(1, BASE_ROWS), ['published'])
    await app.db.query(`UPDATE district SET approval = 'second-person' WHERE code = $1`, [SQUARE])
  })
  await ground.settle()
}

async function serve(
  ground: Ground,
): Promise<{ child: ChildProcess; address: string; gone: Promise<unknown> }> {
  const env = { PATH: process.env.PATH, ...ground.env, PORT: '0' }
  const child = spawn(process.execPath, [cli, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  let told = ''
  child.stdout!.setEncoding('utf8').on('data', text => (told += text))
  for (;;) {
    const address = /http:\/\/[\d.]+:\d+/.exec(told)?.[0]
    if (address) return { child, address, gone }
    if (child.exitCode !== null) throw new Error(`the server did not start: ${told}`)
    await sleep(50)
  }
}

/** A delivery on its way. */
interface Way {
  csv: Buffer
  id: string | null
  /** The last step that was answered. */
  reached: (typeof STEPS)[number] | null
}

/** Starts the server again and lets the same people finish; it is stopped as an operator would. */
async function goOn(ground: Ground, way: Way): Promise<void> {
  const { child, address, gone } = await serve(ground)
  try {
    await walk(address, way)
  } finally {
    child.kill('SIGTERM')
    await gone
  }
}

/** The whole way, from where it stands. */
async function walk(address: string, way: Way): Promise<void> {
  const sender = await signIn(address, 'sender')
  if (way.id === null) {
    const made = await sender('POST', '/api/deliveries', {
      json: { district: SQUARE, kind: 'components', name: 'walk', profile: squareProfile },
    })
    way.id = ((await made.json()) as { id: string }).id
    way.reached = 'announced'
  }
  const at = `/api/deliveries/${way.id}`
  const state = async (): Promise<string> =>
    ((await (await sender('GET', at)).json()) as { state: string }).state
  const ended = async (): Promise<string> => {
    for (let now = await state(); ; now = await state()) {
      if (now !== 'loading') return now
      await sleep(30)
    }
  }
  if (['received', 'failed'].includes(await ended())) {
    await send(sender, at, way.csv)
    way.reached = 'sent'
    await sender('POST', `${at}/load`, { json: {} })
    const now = await ended()
    if (now !== 'checked') throw new Error(`it is ${now} after loading`)
  }
  way.reached = 'loaded'
  if ((await ended()) === 'checked') {
    const approver = await signIn(address, 'approver')
    await approver('POST', `${at}/approve`, { json: {} })
  }
  const now = await ended()
  if (now !== 'published') throw new Error(`it is ${now} in the end`)
  way.reached = 'approved'
}

/** Sends the file in pieces, from where the server has it; nothing where it has all of it. */
async function send(sender: Ask, at: string, csv: Buffer): Promise<void> {
  const tus = { 'tus-resumable': '1.0.0' }
  const held = await sender('GET', `${at}/files`)
  const { files, uploads } = (await held.json()) as { files: unknown[]; uploads: { id: string }[] }
  if (files.length > 0) return
  let upload: string = uploads[0] ? `${at}/uploads/${uploads[0].id}` : ''
  if (!upload) {
    const name = Buffer.from('部件.csv').toString('base64')
    const headers = { ...tus, 'upload-length': String(csv.length), 'upload-metadata': `filename ${name}` }
    const made = await sender('POST', `${at}/uploads`, { headers })
    upload = new URL(made.headers.get('location')!, 'http://here').pathname
  }
  const head = await sender('HEAD', upload, { headers: tus })
  const piece = Math.ceil(csv.length / PIECES)
  for (let offset = Number(head.headers.get('upload-offset')); offset < csv.length; offset += piece) {
    const headers = {
      ...tus,
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    }
    await sender('PATCH', upload, { headers, body: csv.subarray(offset, offset + piece) })
  }
}

type Ask = (
  method: string,
  path: string,
  more?: { json?: unknown; headers?: Record<string, string>; body?: Buffer },
) => Promise<Response>

async function signIn(address: string, name: string): Promise<Ask> {
  let cookie = ''
  const ask: Ask = async (method, path, { json, headers = {}, body } = {}) => {
    const answer = await fetch(address + path, {
      method,
      headers: {
        origin: address,
        ...(cookie && { cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? (body as Uint8Array<ArrayBuffer> | undefined) : JSON.stringify(json),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const answer = await ask('POST', '/api/session', { json: { name, password: PASSWORD } })
  cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!
  return ask
}
