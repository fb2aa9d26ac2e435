import { chownSync, cpSync, statSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { listFaults, type Standing, standingOf } from '../../../scripts/invariants.ts'
import { SQUARE, squareComponents, squareGrids, squareProfile } from '../../../scripts/square.ts'
import type { Db } from '../../../src/core/db.ts'
import { openPostgres } from '../../../src/core/db-pg.ts'
import { openEmbedded } from '../../../src/core/db-pglite.ts'
import { buildModel } from '../../../src/domain/atlas/build.ts'
import { openTiles } from '../../../src/domain/atlas/tiles.ts'
import { where } from '../../../src/domain/atlas/where.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { startLoad } from '../../../src/domain/survey/commands.ts'
import { approveDelivery } from '../../../src/domain/survey/deciding.ts'
import { type Finding, remedy, sentence } from '../../../src/domain/survey/findings.ts'
import { recoverLoads } from '../../../src/domain/survey/interruption.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { getDelivery } from '../../../src/domain/survey/store.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { endOf, type Intake, type LoadedDelivery, openIntake } from '../../support/intake.ts'
import { noSmallDisk, openSmallDisk } from '../../support/small-disk.ts'
import { databaseUrl } from '../../support/templates.ts'

const BASE = 3_000
/** Changes every one of the base and brings many more: a batch with tables of its own. */
const DELIVERED = 40_000
const delivered = { 'delivered.csv': squareComponents(1, DELIVERED, 'delivered') }
const how = { district: SQUARE, profile: squareProfile as Record<string, unknown> }
const movedGrids = { 'grids.geojson': squareGrids(0.004) }

/** Everything that must stay as it is: what is stored, and what the map answers from it. */
async function answersOf(db: Db): Promise<Standing & { tiles: string[]; where: unknown }> {
  const { model } = await buildModel(db, SQUARE)
  const scope = scopeOf(SQUARE)
  const tiles = openTiles()
  const wish = {}
  const [lon, lat, z] = [120.645, 31.345, 13]
  const x = Math.floor(((lon + 180) / 360) * 2 ** z)
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z)
  const shown = (['components', 'grids'] as const).map(
    set => tiles.tile(model, scope, set, z, x, y, wish).bytes,
  )
  return {
    ...(await standingOf(db, SQUARE)),
    tiles: shown.map(bytes => Buffer.from(bytes!).toString('base64')),
    where: where(model, scope, lon, lat),
  }
}
/** A house with a standing registry, to be opened again after its database went away. */
interface Stand {
  db: Db
  intake: Intake
  before: Awaited<ReturnType<typeof answersOf>>
}

async function standOn(db: Db, approval: 'none' | 'second-person' = 'none'): Promise<Stand> {
  const intake = await openIntake(db)
  await intake.addDistrict({ code: SQUARE })
  const grids = await intake.load('grids', { 'grids.geojson': squareGrids() }, { district: SQUARE })
  const base = await intake.load('components', { 'base.csv': squareComponents(1, BASE) }, how)
  expect([grids.delivery.state, base.delivery.state]).toEqual(['published', 'published'])
  await db.query('UPDATE district SET approval = $1', [approval])
  return { db, intake, before: await answersOf(db) }
}

/** Nothing of an ended load is left, and it says why it ended and what to do. */
async function expectUntouched({ db, before }: Stand, { delivery, findings }: LoadedDelivery, code: string) {
  expect(delivery).toMatchObject({ state: code === 'load.cancelled' ? 'cancelled' : 'failed', version: null })
  expect(findings.filter(found => found.code.startsWith('load.')).map(found => found.code)).toEqual([code])
  expect(delivery.findings.byCode.map(each => each.code)).toContain(code)
  wellSaid(findings.find(found => found.code === code)!)
  expect(await answersOf(db)).toEqual(before)
  expect(await listFaults(db, SQUARE)).toEqual([])
}

/** The same delivery loads as if nothing had been. */
async function expectRerun({ db, intake }: Stand, delivery: Delivery) {
  const again = await intake.run(delivery)
  expect(again.delivery).toMatchObject({
    state: 'published',
    counts: { read: DELIVERED, accepted: DELIVERED, changed: BASE, added: DELIVERED - BASE, refused: 0 },
  })
  expect(again.findings.filter(found => found.code.startsWith('load.'))).toEqual([])
  expect(await standingOf(db, SQUARE)).toMatchObject({ components: DELIVERED, version: 2 })
  expect(await listFaults(db, SQUARE)).toEqual([])
}

function wellSaid(found: Finding): void {
  for (const lang of ['zh', 'en'] as const)
    for (const text of [sentence(found, lang), remedy(found, lang)]) {
      expect(text.trim()).not.toBe('')
      expect(text).not.toMatch(/[{}?？]|undefined|null/)
    }
}

/** Starts the load of a delivery and does not wait. */
async function begin({ db, intake }: Stand, { id }: Delivery): Promise<{ ended: Promise<LoadedDelivery> }> {
  await startLoad(db, id, startOptions)
  const ended = intake.runner.run(id, new AbortController().signal).then(() => endOf(db, id))
  ended.catch(() => {})
  return { ended }
}
const startOptions = { options: {}, actor: 'sender' }

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await what()); tries++) {
    if (tries > 3000) throw new Error(`it never came to ${what}`)
    await sleep(5)
  }
}

/** Rows of the delivery's own batch are in, or on their way in. */
const landing = (db: Db, watch = db) =>
  until(async () => {
    if (db.engine.name === 'postgres') {
      const copying = await watch.query(
        `SELECT 1 FROM pg_stat_progress_copy p JOIN pg_stat_activity a USING (pid)
         WHERE a.query ~ 'COPY component_' AND p.tuples_processed > 2000`,
      )
      return copying.length > 0
    }
    const [batch] = await db.query<{ part: number }>('SELECT part FROM batch WHERE version IS NULL')
    if (!batch) return false
    return (await db.query(`SELECT 1 FROM component_${batch.part} LIMIT 1`)).length > 0
  })

onEachEngine((engine, open) => {
  const closers: (() => Promise<unknown> | unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })
  const openDb = async (): Promise<OpenedDb> => {
    const opened = await open()
    closers.push(() => opened.close())
    return opened
  }
  const stand = async (db: Db, approval?: 'second-person'): Promise<Stand> => {
    const made = await standOn(db, approval)
    closers.push(() => made.intake.close())
    return made
  }
  const send = ({ intake }: Stand) => intake.send('components', delivered, how)

  describe('a load that is cancelled while its rows land', () => {
    it('leaves the registry as it was, says so, and loads when it is started again', async () => {
      const { db } = await openDb()
      const house = await stand(db)
      const delivery = await send(house)
      const { ended } = await begin(house, delivery)
      await landing(db)
      expect(house.intake.runner.cancel(delivery.id, 'account:other')).toBe(true)
      await expectUntouched(house, await ended, 'load.cancelled')
      expect(house.intake.runner.cancel(delivery.id, 'account:other')).toBe(false)
      await expectRerun(house, delivery)
    })
  })

  describe('grids that are cancelled while components are placed anew', () => {
    it('leave the grids that were and no placements behind', async () => {
      const { db } = await openDb()
      const house = await stand(db)
      const delivery = await house.intake.send('grids', movedGrids, { district: SQUARE })
      const { ended } = await begin(house, delivery)
      await until(
        async () => (await db.query('SELECT 1 FROM grid_generation WHERE published_at IS NULL')).length > 0,
      )
      house.intake.runner.cancel(delivery.id, 'account:other')
      await expectUntouched(house, await ended, 'load.cancelled')
      const again = await house.intake.run(delivery)
      expect(again.delivery.state).toBe('published')
      expect(await standingOf(db, SQUARE)).toMatchObject({ components: BASE, gridGeneration: 2 })
      expect(await listFaults(db, SQUARE)).toEqual([])
    })
  })

  if (engine === 'embedded')
    describe('a database that is gone during a load', () => {
      it('ends the load; opened again it holds what it held, says what happened, and loads', async () => {
        const { db, place } = await openDb()
        const first = await stand(db)
        const delivery = await send(first)
        const { ended } = await begin(first, delivery)
        await landing(db)
        await db.close()
        await expect(ended).rejects.toMatchObject({ code: 'database.gone' })
        const reopened = await openEmbedded(place)
        closers.push(() => reopened.close())
        const house = { ...first, db: reopened, intake: await reopenIntake(first.intake, reopened) }
        expect((await getDelivery(reopened, delivery.id)).state).toBe('loading')
        expect(await recoverLoads(house.intake.house)).toBe(1)
        await expectUntouched(house, await endOf(reopened, delivery.id), 'load.process-gone')
        await expectRerun(house, delivery)
      })

      it('while a version is published leaves the version before, and no component twice after the next', async () => {
        const { db, place } = await openDb()
        const first = await stand(db, 'second-person')
        const whole = { 'base.csv': squareComponents(1, 20_000, 'base') }
        await db.query("UPDATE district SET approval = 'none'")
        expect((await first.intake.load('components', whole, how)).delivery.state).toBe('published')
        await db.query("UPDATE district SET approval = 'second-person'")
        const before = await answersOf(db)
        const { delivery } = await first.intake.load('components', delivered, how)
        expect(delivery.state).toBe('checked')
        const approved = approveDelivery(first.intake.house, delivery.id, 'second')
        approved.catch(() => {})
        await until(
          async () => (await db.query('SELECT 1 FROM component WHERE closed_version = 3 LIMIT 1')).length > 0,
        )
        await db.close()
        await expect(approved).rejects.toMatchObject({ code: 'database.gone' })
        const reopened = await openEmbedded(place)
        closers.push(() => reopened.close())
        const intake = await reopenIntake(first.intake, reopened)
        await recoverLoads(intake.house)
        expect(
          (await reopened.query('SELECT 1 FROM component WHERE closed_version = 3')).length,
        ).toBeGreaterThan(0)
        expect(await answersOf(reopened)).toEqual(before)
        expect(await listFaults(reopened, SQUARE)).toEqual([])
        await approveDelivery(intake.house, delivery.id, 'second')
        expect(await standingOf(reopened, SQUARE)).toMatchObject({ version: 3, components: DELIVERED })
        expect(await listFaults(reopened, SQUARE)).toEqual([])
      })
    })

  if (engine === 'postgres')
    describe('a database that is gone during a load', () => {
      it('for the connection that lands components alone ends the load at once', async () => {
        const { db } = await openDb()
        const house = await stand(db)
        const delivery = await send(house)
        const { ended } = await begin(house, delivery)
        await landing(db)
        await db.query(
          `SELECT pg_terminate_backend(p.pid) FROM pg_stat_progress_copy p JOIN pg_stat_activity a USING (pid)
           WHERE a.datname = current_database() AND a.query ~ 'COPY component_'`,
        )
        await expectUntouched(house, await ended, 'load.database-gone')
        await expectRerun(house, delivery)
      })

      it('for everybody, and back later, ends the load when it is back', async () => {
        const { place } = await openDb()
        const gate = await openGate(place)
        closers.push(() => gate.close())
        const db = openPostgres({ url: gate.url })
        closers.push(() => db.close())
        const watch = openPostgres({ url: place, maxConnections: 1 })
        closers.push(() => watch.close())
        const house = await stand(db)
        const delivery = await send(house)
        const { ended } = await begin(house, delivery)
        await landing(db, watch)
        await gate.shut()
        await expect(db.query('SELECT 1')).rejects.toMatchObject({ code: 'database.gone' })
        expect((await getDelivery(watch, delivery.id)).state).toBe('loading')
        await gate.open()
        await expectUntouched(house, await ended, 'load.database-gone')
        await expectRerun(house, delivery)
      })

      it('while a version is published leaves the version before, and the delivery can be approved again', async () => {
        const { db } = await openDb()
        const house = await stand(db, 'second-person')
        const { delivery } = await house.intake.load('components', delivered, how)
        expect(delivery.state).toBe('checked')
        const held = Promise.withResolvers<void>()
        const holding = db.transaction(async tx => {
          // one row that is to be closed is somebody's: publishing waits for it
          await tx.query('SELECT 1 FROM component WHERE batch = 1 LIMIT 1 FOR UPDATE')
          await held.promise
        })
        const approved = approveDelivery(house.intake.house, delivery.id, 'second')
        approved.catch(() => {})
        const publisher = `FROM pg_stat_activity WHERE datname = current_database()
          AND wait_event_type = 'Lock' AND query ~ 'SET closed_version'`
        await until(async () => (await db.query(`SELECT 1 ${publisher}`)).length > 0)
        await db.query(`SELECT pg_terminate_backend(pid) ${publisher}`)
        await expect(approved).rejects.toMatchObject({ code: 'database.gone' })
        held.resolve()
        await holding
        expect(await answersOf(db)).toEqual(house.before)
        expect(await listFaults(db, SQUARE)).toEqual([])
        await approveDelivery(house.intake.house, delivery.id, 'second')
        expect(await standingOf(db, SQUARE)).toMatchObject({ version: 2, components: DELIVERED })
        expect(await listFaults(db, SQUARE)).toEqual([])
      })

      it('of a process that is silent for a minute is ended by another, and of one that only waits is not', async () => {
        const { db } = await openDb()
        const house = await stand(db)
        const [silent, heard] = [await send(house), await send(house)]
        for (const { id } of [silent, heard]) await startLoad(db, id, startOptions)
        await db.query(`UPDATE delivery SET heard_at = now() - interval '61 seconds' WHERE id = $1::uuid`, [
          silent.id,
        ])
        expect(await recoverLoads(house.intake.house, [silent.id])).toBe(0)
        expect(await recoverLoads(house.intake.house)).toBe(1)
        expect((await getDelivery(db, heard.id)).state).toBe('loading')
        await house.intake.runner.run(heard.id, new AbortController().signal)
        expect((await getDelivery(db, heard.id)).state).toBe('published')
        // its job comes late: it was ended, and stays so
        await house.intake.runner.run(silent.id, new AbortController().signal)
        const { delivery, findings } = await endOf(db, silent.id)
        expect(delivery.state).toBe('failed')
        expect(findings.map(found => found.code)).toEqual(['load.process-gone'])
      })
    })

  const skipped = noSmallDisk ? ` (skipped: ${noSmallDisk})` : ''
  describe.skipIf(noSmallDisk !== null)(`a disk that is full during a load${skipped}`, () => {
    it('leaves the registry as it was, says so, and loads when there is room', async () => {
      const disk = openSmallDisk(engine === 'embedded' ? 400 : 250)
      closers.push(() => disk.close())
      const small = engine === 'embedded' ? await embeddedOn(disk.dir) : await postgresOn(disk.dir)
      closers.push(() => small.close())
      const house = await stand(small.db)
      const delivery = await send(house)
      disk.fill(6 << 20)
      const { ended } = await begin(house, delivery)
      await expectUntouched(house, await ended, 'load.disk-full')
      disk.empty()
      await expectRerun(house, delivery)
    })
  })
})

/** The intake of the former database, with the same files. */
async function reopenIntake(former: Intake, db: Db): Promise<Intake> {
  const { files } = former.house
  return openIntake(db, () => files)
}

async function embeddedOn(dir: string): Promise<{ db: Db; close(): Promise<unknown> }> {
  cpSync(inject('embeddedTemplate'), join(dir, 'db'), { recursive: true })
  const db = await openEmbedded(join(dir, 'db'))
  return { db, close: () => db.close() }
}

/** A database whose tables lie on that disk; the log of the server does not. */
async function postgresOn(dir: string): Promise<{ db: Db; close(): Promise<unknown> }> {
  const server = process.env.WANGGE_TEST_POSTGRES!
  const admin = openPostgres({ url: server, maxConnections: 1 })
  const [data] = await admin.query<{ data_directory: string }>('SHOW data_directory')
  const { uid, gid } = statSync(data!.data_directory)
  chownSync(dir, uid, gid)
  const name = `wangge_test_small_${process.pid}`
  await admin.query(`CREATE TABLESPACE ${name} LOCATION '${dir}'`)
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${inject('postgresTemplate')} TABLESPACE ${name}`)
  const db = openPostgres({ url: databaseUrl(server, name) })
  return {
    db,
    async close() {
      await db.close()
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.query(`DROP TABLESPACE ${name}`)
      await admin.close()
    },
  }
}

/** A door before a server that can be shut: who is inside is thrown out, who knocks is refused. */
async function openGate(url: string) {
  const target = new URL(url)
  const inside = new Set<Socket>()
  let server: Server
  const listen = (port: number) =>
    new Promise<void>(resolve => {
      server = createServer(socket => {
        const on = connect(Number(target.port), target.hostname)
        for (const [a, b] of [
          [socket, on],
          [on, socket],
        ] as const) {
          inside.add(a)
          a.pipe(b)
          a.on('error', () => b.destroy())
          a.on('close', () => {
            inside.delete(a)
            b.destroy()
          })
        }
      }).listen(port, '127.0.0.1', resolve)
    })
  await listen(0)
  const { port } = server!.address() as AddressInfo
  const shut = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      for (const socket of inside) socket.destroy()
    })
  const through = new URL(url)
  through.port = String(port)
  return { url: through.href, shut, open: () => listen(port), close: shut }
}
