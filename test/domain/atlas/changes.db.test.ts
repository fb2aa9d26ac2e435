/** A model that took change after change answers as one built anew; tiles that keep their ETag keep their bytes. */
import { Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tileAt } from '../../../gis/mercator.ts'
import { openReactions, type Reactions } from '../../../src/core/reactions.ts'
import { type Atlas, openAtlas } from '../../../src/domain/atlas/atlas.ts'
import { buildModel } from '../../../src/domain/atlas/build.ts'
import { sieve, type Wish } from '../../../src/domain/atlas/filter.ts'
import { countByGrid, distribution, listPage } from '../../../src/domain/atlas/listing.ts'
import { idOf, type Model } from '../../../src/domain/atlas/model.ts'
import { pick } from '../../../src/domain/atlas/pick.ts'
import { tileSets } from '../../../src/domain/atlas/schema.ts'
import { search } from '../../../src/domain/atlas/search.ts'
import { openTiles } from '../../../src/domain/atlas/tiles.ts'
import { where } from '../../../src/domain/atlas/where.ts'
import { scopeOf } from '../../../src/domain/orgs/rules.ts'
import { createDelivery } from '../../../src/domain/survey/commands.ts'
import { approveDelivery } from '../../../src/domain/survey/deciding.ts'
import { approveChanges } from '../../../src/domain/upkeep/approving.ts'
import { proposeChange } from '../../../src/domain/upkeep/commands.ts'
import type { Change } from '../../../src/domain/upkeep/schema.ts'
import { randomFrom } from '../../gis/random.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import {
  BOX,
  componentCode,
  featureCollection,
  gridsGeojson,
  rectangle,
  squareDistrict,
} from '../../support/ground.ts'
import { HOME, type Intake, openIntake } from '../../support/intake.ts'
import { decode } from '../../tiles/decode.ts'

const scope = scopeOf(HOME)
const SEED = 20_26
const wishes: Wish[] = [{}, { classes: ['0118'] }, { areas: [`${HOME}00100102`] }, { states: ['damaged'] }]

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  let atlas: Atlas
  let reactions: Reactions
  const said: { level: number; msg: string }[] = []
  const random = randomFrom(SEED)
  const tiles = openTiles()
  const between = (low: number, high: number) => low + random() * (high - low)
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  /** Now and then in no area, or outside. */
  const spot = (): [number, number] => [between(BOX.west - 0.001, BOX.east), between(BOX.south, BOX.north)]

  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await grids([120.62, 120.64])
    await intake.load('units', { 'units.csv': '单位名称,单位代码\n路灯所,91320506MA00000002\n' })
    await deliver(
      Array.from({ length: 150 }, (_, i) => ({
        code: componentCode(i + 1),
        geometry: { type: 'Point', coordinates: spot() },
      })),
    )
    const sink = new Writable({
      write(line, _encoding, done) {
        said.push(JSON.parse(String(line)))
        done()
      },
    })
    const log = pino({ level: 'warn' }, sink)
    reactions = await openReactions(opened.db, log)
    atlas = openAtlas(opened.db, log, { reactions, pauseMs: 5 })
    reactions.begin([{ name: 'atlas', to: 'every', react: atlas.changed }])
    await atlas.warm([HOME])
  })
  afterAll(async () => {
    await atlas?.stop()
    await reactions?.stop()
    await intake?.close()
    await opened?.close()
  })

  /** @param ring of the third area, where it is not what the borders leave */
  async function grids(borders: readonly number[], ring?: [number, number][]) {
    const all = squareDistrict(borders)
    if (ring) all[all.length - 1] = { ...all.at(-1)!, ring }
    const { delivery, findings } = await intake.load('grids', { 'grids.geojson': gridsGeojson(all) }, {
      options: { partial: true, fullReplacement: true },
    } as never)
    expect([delivery.state, findings.filter(each => each.severity === 'error')]).toEqual(['published', []])
  }
  async function deliver(things: readonly { code: string; geometry: unknown; name?: string }[]) {
    const { delivery } = await intake.load('components', {
      'things.geojson': featureCollection(
        things.map(({ code, geometry, name = '路灯' }) => ({
          properties: { OBJCODE: code, OBJNAME: name },
          geometry,
        })),
      ),
    })
    expect([delivery.state, delivery.counts.refused]).toEqual(['published', 0])
  }
  async function change(changes: readonly Change[]) {
    const ids: string[] = []
    for (const each of changes) {
      const proposal = { change: each, reason: '核实', photos: [] }
      ids.push((await proposeChange(intake.house, { district: HOME, proposal, actor: 'a', lang: 'zh' })).id)
    }
    await approveChanges(intake.house, { district: HOME, ids, actor: 'b', lang: 'zh' })
  }
  async function goBack(to: number) {
    const back = await createDelivery(opened.db, {
      district: HOME,
      kind: 'components',
      name: '恢复',
      contractor: null,
      profile: null,
      restore: to,
      actor: 'a',
    })
    const { delivery } = await intake.run(back)
    if (delivery.state === 'checked') await approveDelivery(intake.house, delivery.id, 'b')
  }
  const now = async (): Promise<Model> => {
    await atlas.caughtUp(HOME)
    return atlas.get(HOME)
  }
  const someone = (model: Model): string =>
    any(listPage(model, sieve(model, scope, {}), { after: 0, limit: 500 }).items).id

  /** All that a model answers, in an order that does not hang on how it came to be. */
  async function answers(model: Model) {
    const drawn: Record<string, unknown> = {}
    for (const [key, { bytes }] of await allTiles(model)) if (bytes) drawn[key] = features(model, bytes)
    const spots = Array.from({ length: 30 }, (_, i) => [
      BOX.west + (i % 6) * 0.0101,
      BOX.south + Math.floor(i / 6) * 0.0081,
    ])
    return {
      tiles: drawn,
      lists: wishes.map(wish => listPage(model, sieve(model, scope, wish), { after: 0, limit: 1000 })),
      boxed: listPage(model, sieve(model, scope, {}), {
        after: 3,
        limit: 9,
        bbox: [BOX.west, BOX.south, 120.63, 31.32],
      }),
      counts: wishes.map(wish => [
        distribution(model, sieve(model, scope, wish)),
        [...countByGrid(model, sieve(model, scope, wish))].sort(),
      ]),
      picks: spots.map(([lon, lat]) =>
        pick(
          model,
          scope,
          sieve(model, scope, {}),
          { lon: lon!, lat: lat!, zoom: 12, tolerancePx: 12, layers: ['components', 'grids'] },
          50,
        ),
      ),
      found: ['0118', '000007', 'M'].map(q => search(model, scope, sieve(model, scope, {}), q, 20)),
      where: spots.map(([lon, lat]) => where(model, scope, lon!, lat!)),
    }
  }
  async function allTiles(model: Model) {
    const all = new Map<string, { bytes: Uint8Array | null; etag: string }>()
    for (const set of tileSets) await tiles.ready(model, set)
    for (const set of ['components', 'grids', 'density'] as const)
      for (const z of [8, 10, 12, 14, 15, 16]) {
        const [west, north] = tileAt(BOX.west - 0.002, BOX.north + 0.001, z)
        const [east, south] = tileAt(BOX.east + 0.001, BOX.south - 0.001, z)
        for (let x = west; x <= east; x++)
          for (let y = north; y <= south; y++)
            for (const wish of z === 15 ? wishes : [{}])
              all.set(
                `${set} ${z}/${x}/${y} ${JSON.stringify(wish)}`,
                tiles.tile(model, scope, set, z, x, y, wish),
              )
      }
    return all
  }
  const features = (model: Model, bytes: Uint8Array) =>
    Object.fromEntries(
      Object.entries(decode(gunzipSync(bytes))).map(([layer, all]) => [
        layer,
        all
          .map(({ id, type, properties, parts }) =>
            JSON.stringify([
              // a handle is this model's own name of a component
              layer === 'components' && id !== undefined && properties.count === undefined
                ? idOf(model.components, id)
                : (id ?? null),
              type,
              Object.entries(properties).sort(),
              type === 1 ? parts.flat().map(String).sort() : parts,
            ]),
          )
          .sort(),
      ]),
    )

  const steps: [string, (model: Model) => Promise<void>][] = [
    [
      'adds',
      () =>
        change([{ kind: 'add', class: '0118', geometry: { type: 'Point', coordinates: spot() }, set: {} }]),
    ],
    [
      'adds a line and a lawn',
      async () => {
        const [lon, lat] = spot()
        const ring = rectangle(lon, lat, lon + 0.0012, lat + 0.0009)
        await change([
          {
            kind: 'add',
            class: '0211',
            geometry: { type: 'LineString', coordinates: [spot(), spot()] },
            set: {},
          },
          { kind: 'add', class: '0405', geometry: { type: 'Polygon', coordinates: [ring] }, set: {} },
        ])
      },
    ],
    [
      'moves',
      model =>
        change([
          { kind: 'move', componentId: someone(model), geometry: { type: 'Point', coordinates: spot() } },
        ]),
    ],
    [
      'classes anew',
      model => change([{ kind: 'reclass', componentId: someone(model), class: '0119', code: null }]),
    ],
    [
      'says damaged',
      model => change([{ kind: 'edit', componentId: someone(model), set: { state: 'damaged' } }]),
    ],
    ['scraps', model => change([{ kind: 'scrap', componentId: someone(model), endedOn: '2026-01-05' }])],
    [
      'delivers some more',
      model =>
        deliver(
          Array.from({ length: 20 }, (_, i) => ({
            code: componentCode(1000 + model.components.n + i),
            geometry: { type: 'Point', coordinates: spot() },
          })),
        ),
    ],
    ['moves a border', () => grids([between(120.612, 120.625), 120.64])],
    ['adds an area', () => grids([120.62, 120.635, 120.65])],
    ['takes an area away', () => grids([120.62, 120.64])],
    ['leaves a gap', () => grids([120.62, 120.64], rectangle(120.645, BOX.south, BOX.east, BOX.north))],
    ['goes back', model => goBack(model.registryVersion - 2)],
  ]

  describe('a district that changes', () => {
    it('answers after every change as one read anew, and builds its model once', async () => {
      const order = [...steps, ...steps.map(() => any(steps))]
      let before = await allTiles(await now())
      let kept = 0
      const done = new Set<string>()
      for (const [what, step] of order) {
        const version = (await now()).journalNo
        const refused = await step(await now()).then(
          () => null,
          error => {
            // chance may wish for what the rules refuse: a lawn moved to a point, an earlier state that is not there
            if (!/^(change|component|delivery|registry)\./.test(error.code ?? '')) throw error
            return error.code as string
          },
        )
        if (!refused && (await now()).journalNo > version) done.add(what)
        const model = await now()
        const { model: anew } = await buildModel(opened.db, HOME)
        expect([what, await answers(model)]).toEqual([what, await answers(anew)])
        const after = await allTiles(model)
        for (const [key, { etag, bytes }] of after)
          if (before.get(key)?.etag === etag) {
            kept++
            expect([what, key, before.get(key)!.bytes]).toEqual([what, key, bytes])
          }
        before = after
      }
      expect(kept).toBeGreaterThan(order.length * 20)
      expect([...done].sort()).toEqual(steps.map(([what]) => what).sort())
      expect(atlas.tally).toMatchObject({ built: 1, holes: 0 })
      expect(atlas.tally.changed).toBeGreaterThan(order.length / 2)
      expect(said).toEqual([])
    })
  })
})
