/** The atlas when a model cannot be built: said to be behind, tried again, true in the end. */

import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { countPoints } from '../../../gis/point-set.ts'
import type { Reader } from '../../../src/core/db.ts'
import { openReactions, type Reactions } from '../../../src/core/reactions.ts'
import { type Atlas, type AtlasOptions, openAtlas } from '../../../src/domain/atlas/atlas.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, featureCollection, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let atlas: Atlas | null = null
  let reactions: Reactions | null = null
  let said: { level: number; msg: string; class?: string }[] = []
  /** Questions that fail, by a part of their text. */
  let failing: RegExp | null = null
  let failed = 0
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
    await lamps(3)
  })
  afterEach(async () => {
    failing = null
    failed = 0
    await atlas?.stop()
    await reactions?.stop()
    reactions = null
    atlas = null
    said = []
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const lamps = async (n: number, shift = 0) => {
    const { delivery } = await intake.load('components', {
      'lamps.geojson': featureCollection(
        Array.from({ length: n }, (_, i) => ({
          properties: { OBJCODE: componentCode(i + 1), OBJNAME: '路灯' },
          geometry: { type: 'Point', coordinates: [120.601 + shift + i * 0.001, 31.31] },
        })),
      ),
    })
    expect(delivery.state).toBe('published')
  }
  /** The database with a fault in it. */
  const faulty = <R extends Reader>(reader: R): R => ({
    ...reader,
    query: (sql: string, params?: readonly unknown[]) => {
      if (!failing?.test(sql)) return reader.query(sql, params)
      failed++
      return Promise.reject(new Error('no answer'))
    },
    snapshot: <T>(work: (one: Reader) => Promise<T>) => opened.db.snapshot(one => work(faulty(one))),
  })
  const start = async (options: Partial<AtlasOptions> = {}): Promise<Atlas> => {
    const log = pino(
      { level: 'warn' },
      new Writable({
        write(line, _encoding, done) {
          said.push(JSON.parse(String(line)))
          done()
        },
      }),
    )
    reactions = await openReactions(opened.db, log)
    atlas = openAtlas(faulty(opened.db), log, { reactions, pauseMs: 5, ...options })
    reactions.begin([{ name: 'atlas', to: 'every', react: atlas.changed, missed: atlas.missed }])
    return atlas
  }

  describe('a model that cannot be built', () => {
    it('at first is behind until it can; nobody waits for it but who asks', async () => {
      failing = /FROM district d WHERE/
      const atlas = await start()
      await atlas.warm([HOME])
      expect(atlas.behind()).toEqual([HOME])
      expect(atlas.peek(HOME)).toBeNull()
      await expect.poll(() => failed).toBeGreaterThan(2)
      failing = null
      await atlas.caughtUp()
      expect(atlas.behind()).toEqual([])
      expect(atlas.peek(HOME)!.components.n).toBe(3)
      expect(said.length).toBeGreaterThan(2)
      expect(said[0]).toMatchObject({ level: 50, msg: 'atlas could not be built; it is tried again' })
    })

    it('after a change goes on answering as before, is behind, and then true without another event', async () => {
      const atlas = await start()
      await atlas.warm([HOME])
      const before = atlas.peek(HOME)!.components.n
      // the atlas's questions fail, not the intake's
      failing = /part, no FROM batch/
      await lamps(before + 1)
      await expect.poll(() => failed, { timeout: 20_000 }).toBeGreaterThan(0)
      expect(atlas.behind()).toEqual([HOME])
      expect((await atlas.get(HOME)).components.n).toBe(before)
      failing = null
      await atlas.caughtUp(HOME)
      expect(atlas.behind()).toEqual([])
      expect((await atlas.get(HOME)).components.n).toBe(before + 1)
    })

    it('does not keep the atlas from stopping, and says nothing of it then', async () => {
      failing = /FROM district d WHERE/
      const atlas = await start()
      await atlas.warm([HOME])
      await atlas.stop()
      const n = said.length
      failing = null
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(said).toHaveLength(n)
      expect(atlas.peek(HOME)).toBeNull()
    })
  })

  describe('a journal with a hole', () => {
    /** A change whose event is lost: its number is drawn, its row is not there. */
    const lose = () => opened.db.query('UPDATE journal_counter SET no = no + 1 WHERE district = $1', [HOME])

    it('is noticed at the next event: the model is made anew, once, and it is said', async () => {
      const atlas = await start()
      await atlas.warm([HOME])
      const before = countPoints(atlas.peek(HOME)!.points)
      await lose()
      await lamps(before + 1)
      await atlas.caughtUp()
      expect(countPoints(atlas.peek(HOME)!.points)).toBe(before + 1)
      expect([reactions!.holes, atlas.tally.holes, atlas.tally.built]).toEqual([1, 1, 2])
      expect(said.map(({ msg }) => msg)).toEqual([
        expect.stringMatching(/the journal has a hole/),
        expect.stringMatching(/was not told all/),
      ])
      await lamps(before + 2)
      await atlas.caughtUp()
      expect(countPoints(atlas.peek(HOME)!.points)).toBe(before + 2)
      expect(atlas.tally.built).toBe(2)
    })

    it('at its end is noticed without another event, as is a number that went back', async () => {
      const atlas = await start()
      await atlas.warm([HOME])
      const stamp = atlas.peek(HOME)!.stamp
      await lose()
      await atlas.caughtUp()
      expect(atlas.tally).toMatchObject({ holes: 1, built: 2 })
      expect(atlas.peek(HOME)!.stamp).not.toBe(stamp)
      await opened.db.query('UPDATE journal_counter SET no = no - 1 WHERE district = $1', [HOME])
      await atlas.caughtUp()
      expect(atlas.tally).toMatchObject({ holes: 2, built: 3 })
      const again = countPoints(atlas.peek(HOME)!.points) + 1
      await lamps(again)
      await atlas.caughtUp()
      expect(countPoints(atlas.peek(HOME)!.points)).toBe(again)
      expect(atlas.tally).toMatchObject({ holes: 2, built: 3, changed: 1 })
    })

    it('between what the model holds and what a change speaks of, it is made anew', async () => {
      const atlas = await start()
      await atlas.warm([HOME])
      // a component that the model has and the database does not
      const before = countPoints(atlas.peek(HOME)!.points)
      await opened.db.query(
        'UPDATE component SET geom = ST_Translate(geom, 0.0001, 0) WHERE district = $1 AND code = $2',
        [HOME, componentCode(before)],
      )
      await lamps(before, 0.0002)
      await atlas.caughtUp()
      expect(atlas.tally).toMatchObject({ built: 2, holes: 1 })
      expect(countPoints(atlas.peek(HOME)!.points)).toBe(before)
    })
  })

  describe('a district in memory', () => {
    it('is not there before it is asked for, tells what it holds, and leaves when nobody asks for long', async () => {
      const atlas = await start({ idleMs: 150 })
      expect([atlas.peek(HOME), [...atlas.held()], atlas.warming()]).toEqual([null, [], []])
      const asked = atlas.get(HOME)
      expect(atlas.warming()).toEqual([HOME])
      const n = countPoints((await asked).points)
      expect(atlas.warming()).toEqual([])
      expect(atlas.held().get(HOME)).toEqual({ points: n, bytes: expect.any(Number) })
      // who asks keeps it
      for (let i = 0; i < 10; i++) {
        await new Promise(resolve => setTimeout(resolve, 40))
        await atlas.get(HOME)
      }
      expect(atlas.tally).toMatchObject({ built: 1, left: 0 })
      await expect.poll(() => atlas.held().size, { timeout: 5_000 }).toBe(0)
      expect(atlas.tally.left).toBe(1)
      // what happens meanwhile is read with the rest
      await lamps(n + 1)
      await atlas.caughtUp()
      expect(atlas.tally.built).toBe(1)
      expect(countPoints((await atlas.get(HOME)).points)).toBe(n + 1)
    })

    it('that does not exist is not held', async () => {
      const atlas = await start()
      await expect(atlas.get('999999')).rejects.toMatchObject({ code: 'district.unknown' })
      expect([atlas.behind(), atlas.warming(), atlas.held().size]).toEqual([[], [], 0])
    })
  })

  describe('a model made anew', () => {
    it('takes addresses and places over as long as they are the same, and no longer', async () => {
      const atlas = await start()
      await atlas.warm([HOME])
      const { places, components } = atlas.peek(HOME)!
      await lamps(components.n + 1)
      await atlas.caughtUp()
      expect(atlas.peek(HOME)!.components.n).toBe(components.n + 1)
      expect(atlas.peek(HOME)!.places).toBe(places)
      const { delivery } = await intake.load('addresses', {
        'a.geojson': featureCollection([
          {
            properties: { 标准地址: '宝带西路1号' },
            geometry: { type: 'Point', coordinates: [120.605, 31.305] },
          },
        ]),
      })
      expect(delivery.state).toBe('published')
      await atlas.caughtUp()
      expect(atlas.peek(HOME)!.places).not.toBe(places)
      expect(atlas.peek(HOME)!.places.countAddresses()).toBe(1)
    })

    it('shows a component whose class the dictionary does not have under its own code, and says so', async () => {
      await opened.db.query("UPDATE component SET class = '7777' WHERE district = $1 AND code = $2", [
        HOME,
        componentCode(1),
      ])
      const atlas = await start()
      await atlas.warm([HOME])
      const model = atlas.peek(HOME)!
      const at = model.components.codes.indexOf(componentCode(1))
      expect(model.classes[model.components.classIndex[at]!]).toMatchObject({ code: '7777', name: '7777' })
      const others = [...model.components.classIndex].filter((_, i) => i !== at)
      expect(others.length).toBeGreaterThan(2)
      for (const index of others) expect(model.classes[index]!.code).toBe('0118')
      expect(said).toMatchObject([{ level: 40, class: '7777' }])
    })
  })
})
