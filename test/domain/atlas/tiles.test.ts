import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { bboxOfTile, tileAt } from '../../../gis/mercator.ts'
import { sieve, type Wish } from '../../../src/domain/atlas/filter.ts'
import { DOTS_FROM, FINE_BINS_FROM } from '../../../src/domain/atlas/rules.ts'
import type { TileSet } from '../../../src/domain/atlas/schema.ts'
import { openTiles } from '../../../src/domain/atlas/tiles.ts'
import { type Scope, scopeOf } from '../../../src/domain/orgs/rules.ts'
import { type Decoded, decode } from '../../tiles/decode.ts'
import { at, box, classCodes, DISTRICT, dotAt, smallModel, type Thing } from './small-model.ts'

const things: Thing[] = Array.from({ length: 400 }, (_, i) => ({
  code: String(i),
  class: classCodes[i % 3]!,
  geometry: dotAt(((i * 7919) % 601) / 100, ((i * 104_729) % 401) / 100),
  ...(i % 5 === 0 ? { owner: 'water' } : {}),
}))
things.push(
  { code: 'line', class: '0201', geometry: { type: 'LineString', coordinates: [at(1, 1), at(1.4, 1.1)] } },
  { code: 'lawn', class: '0102', geometry: box(1, 3, 1.3, 3.3) },
)
const model = smallModel(things)
const everything = scopeOf(DISTRICT)
const tiles = openTiles()

interface Ask {
  wish?: Wish
  scope?: Scope
  of?: typeof model
}
const ask = (
  set: TileSet,
  z: number,
  x: number,
  y: number,
  { wish = {}, scope = everything, of = model }: Ask = {},
) => tiles.tile(of, scope, set, z, x, y, wish)
const layers = (answer: { bytes: Uint8Array | null }): Record<string, Decoded[]> =>
  answer.bytes ? decode(gunzipSync(answer.bytes)) : {}

/** Every tile of a zoom over the district and a little around it. */
function* tilesOf(z: number): Generator<[number, number]> {
  const [west, north] = tileAt(...at(-0.1, 4.1), z)
  const [east, south] = tileAt(...at(6.1, -0.1), z)
  for (let x = west; x <= east; x++) for (let y = north; y <= south; y++) yield [x, y]
}

describe('component tiles', () => {
  it.each([8, 11, 13, DOTS_FROM - 1])('count every component once over all tiles of zoom %d', z => {
    for (const wish of [
      {},
      { classes: ['0102'] },
      { areas: ['V1'] },
      { unit: 'water' },
      { states: [''] },
    ] satisfies Wish[]) {
      const through = sieve(model, everything, wish)
      const expected = things.filter((_, handle) => through.passes(handle)).length
      let sum = 0
      for (const [x, y] of tilesOf(z))
        for (const bin of layers(ask('components', z, x, y, { wish })).components ?? [])
          sum += Number(bin.properties.count) * bin.parts.length
      expect(sum).toBe(expected)
      expect(sum).toBeGreaterThan(0)
    }
  })
  it('count in bins of 32 px far out, and in bins of 4 px from the zoom on at which the console draws density', () => {
    const shared = (z: number, perSide: number): number => {
      let twice = 0
      for (const [x, y] of tilesOf(z)) {
        const bins = (layers(ask('components', z, x, y)).components ?? []).flatMap(bin => bin.parts)
        const cellOf = ([px, py]: readonly number[]) =>
          `${Math.floor((px! * perSide) / 4096)} ${Math.floor((py! * perSide) / 4096)}`
        twice += bins.length - new Set(bins.map(([at]) => cellOf(at!))).size
      }
      return twice
    }
    expect([shared(FINE_BINS_FROM - 1, 16), shared(FINE_BINS_FROM, 128)]).toEqual([0, 0])
    expect(shared(FINE_BINS_FROM, 16)).toBeGreaterThan(0)
    // a district fills a phone at tile zoom 11: it is seen by density there too
    expect(FINE_BINS_FROM).toBeLessThanOrEqual(11)
  })
  it('hold one dot per component from zoom 15 on, with its class and state', () => {
    const seen = new Set<number>()
    for (const [x, y] of tilesOf(DOTS_FROM)) {
      const [west, south, east, north] = bboxOfTile(DOTS_FROM, x, y)
      const dots = layers(ask('components', DOTS_FROM, x, y)).components ?? []
      const inTile = dots.filter(dot =>
        dot.parts[0]!.every(([px, py]) => px >= 0 && px < 4096 && py >= 0 && py < 4096),
      )
      const { lon, lat } = model.components
      const there = [...lon.keys()].filter(
        i => lon[i]! > west && lon[i]! < east && lat[i]! > south && lat[i]! < north,
      )
      expect(inTile.map(dot => dot.id).sort()).toEqual(there.sort())
      for (const dot of dots) {
        expect(dot.properties).toEqual({ class: things[dot.id!]!.class, state: '' })
        seen.add(dot.id!)
      }
    }
    expect(seen.size).toBe(things.length)
  })
  it('draw lines and polygons as they are, near the ground only', () => {
    const where = (z: number): [number, number] => tileAt(...at(1.2, 1.05), z)
    const near = layers(ask('components', 16, ...where(16)))
    expect(near.shapes).toMatchObject([{ type: 2, properties: { class: '0201', state: '' } }])
    expect(layers(ask('components', 14, ...where(14))).shapes).toBeUndefined()
    expect(
      layers(ask('components', 16, ...where(16), { wish: { classes: ['0101'] } })).shapes,
    ).toBeUndefined()
    expect(layers(ask('components', 16, ...tileAt(...at(1.1, 3.1), 16))).shapes).toMatchObject([{ type: 3 }])
  })
  it('hold nothing the scope does not see', () => {
    const scope = scopeOf(DISTRICT, { hiddenClasses: ['0101', '0102'] })
    const of = (z: number) =>
      layers(ask('components', z, ...tileAt(...at(1, 1), z), { scope })).components ?? []
    expect(new Set(of(12).map(bin => bin.properties.class))).toEqual(new Set(['0201']))
    expect(new Set(of(15).map(dot => dot.properties.class))).toEqual(new Set(['0201']))
  })
  it('are null where nothing is, with an ETag all the same', () => {
    expect(ask('components', 15, 0, 0)).toEqual({ bytes: null, etag: expect.stringMatching(/^"\w+"$/) })
    expect(ask('components', 12, ...tileAt(...at(1, 1), 12), { wish: { classes: [] } }).bytes).toBeNull()
  })
  it('are not mixed up by a wish that names nothing real', () => {
    const fresh = openTiles()
    const [x, y] = tileAt(...at(1, 1), 12)
    expect(fresh.tile(model, everything, 'components', 12, x, y, { classes: ['*'] }).bytes).toBeNull()
    expect(fresh.tile(model, everything, 'components', 12, x, y, {}).bytes).not.toBeNull()
  })
})

describe('the ETag of a tile', () => {
  const [x, y] = tileAt(...at(1, 1), 14)
  const tag = (more: Ask = {}, set: TileSet = 'components') => ask(set, 14, x, y, more).etag

  it('stays while nothing changes, kept or made anew', () => {
    expect(tag()).toBe(tag())
    expect(openTiles().tile(smallModel(things), everything, 'components', 14, x, y, {}).etag).toBe(tag())
  })
  it('differs by set, tile, wish, scope and what the model knows', () => {
    const tags = [
      tag(),
      tag({}, 'grids'),
      ask('components', 14, x + 1, y).etag,
      tag({ wish: { classes: ['0101'] } }),
      tag({ scope: scopeOf(DISTRICT, { hiddenClasses: ['0101'] }) }),
      tag({ scope: scopeOf(DISTRICT, { areas: ['V1'] }) }),
      tag({ of: smallModel(things, 's2') }),
    ]
    expect(new Set(tags).size).toBe(tags.length)
  })
  it('changes with the bytes when something is published', () => {
    const next = smallModel([...things, { code: 'new', class: '0101', geometry: dotAt(1, 1) }], 's3')
    expect(ask('components', 14, x, y, { of: next }).bytes).not.toEqual(ask('components', 14, x, y).bytes)
  })
})

describe('grid tiles', () => {
  const all = (scope = everything) => layers(ask('grids', 9, ...tileAt(...at(1, 1), 9), { scope }))
  const codes = (features: Decoded[] | undefined) => (features ?? []).map(each => each.properties.code).sort()

  it('hold a layer per level with code, name and hue, and a label for each grid', () => {
    const found = all()
    expect(codes(found.area)).toEqual(['A1', 'A2', 'A3', 'A4'])
    expect(codes(found.village)).toEqual(['V1', 'V2'])
    expect(codes(found.town)).toEqual(['T'])
    expect(codes(found.district)).toEqual([DISTRICT])
    expect(codes(found.labels)).toEqual([DISTRICT, 'A1', 'A2', 'A3', 'A4', 'T', 'V1', 'V2'])
    const hue = (layer: Decoded[], code: string) =>
      layer.find(each => each.properties.code === code)!.properties.hue
    expect(hue(found.village!, 'V1')).not.toBe(hue(found.village!, 'V2'))
    expect(hue(found.area!, 'A1')).toBe(hue(found.village!, 'V1'))
  })
  it('leave out what the scope does not see', () => {
    const found = all(scopeOf(DISTRICT, { areas: ['V1'] }))
    expect(codes(found.area)).toEqual(['A1', 'A2'])
    expect(codes(found.labels)).toEqual([DISTRICT, 'A1', 'A2', 'T', 'V1'])
  })
})

describe('address tiles', () => {
  const of = (z: number, place: readonly [number, number], more: Ask = {}) =>
    layers(ask('addresses', z, ...tileAt(...place, z), more)).addresses ?? []

  it('tell each address near the ground, and how many further out', () => {
    expect(of(16, at(1, 1)).map(each => each.properties)).toEqual([{ text: '宝带西路1号' }])
    const far = of(8, at(1, 1))
    expect(far.reduce((sum, each) => sum + Number(each.properties.count) * each.parts.length, 0)).toBe(3)
    expect(far.every(each => each.properties.class === undefined)).toBe(true)
  })
  it('tell none on ground that is not asked for or not seen', () => {
    const scope = scopeOf(DISTRICT, { areas: ['A2'] })
    expect(of(16, at(1, 1), { scope })).toEqual([])
    expect(of(16, at(1, 3), { scope })).toHaveLength(1)
    expect(of(16, at(1, 1), { wish: { areas: ['A2'] } })).toEqual([])
    expect(of(8, at(1, 1), { scope })[0]!.properties.count).toBe(1)
  })
})

describe('density tiles', () => {
  beforeAll(() => tiles.ready(model, 'density'))
  const cells = (z: number, more: Ask = {}) => {
    const found = new Map<string, Decoded['properties']>()
    for (const [x, y] of tilesOf(z))
      for (const { properties } of layers(ask('density', z, x, y, more)).cells ?? []) {
        const cell = String(properties.cell)
        // a cell in two tiles says the same in both
        if (found.has(cell)) expect(properties).toEqual(found.get(cell))
        found.set(cell, properties)
      }
    return [...found.values()]
  }
  const total = (some: { count?: unknown }[]) => some.reduce((sum, each) => sum + Number(each.count), 0)

  it.each([7, 10, 12, 14])('count every component of each class once over all cells of zoom %d', z => {
    const all = cells(z)
    expect(total(all)).toBe(things.length)
    for (const code of classCodes)
      expect(all.reduce((sum, each) => sum + Number(each[code] ?? 0), 0)).toBe(
        things.filter(thing => thing.class === code).length,
      )
  })
  it('count only what is asked for and seen', () => {
    const wish = { classes: ['0102'], areas: ['V1'] }
    const through = sieve(model, everything, wish)
    const expected = things.filter((_, handle) => through.passes(handle)).length
    expect(total(cells(12, { wish }))).toBe(expected)
    expect(expected).toBeGreaterThan(10)
    const scope = scopeOf(DISTRICT, { hiddenClasses: ['0101'] })
    expect(cells(12, { scope }).some(each => '0101' in each || each.class === '0101')).toBe(false)
  })
})

describe('the bytes that are kept', () => {
  it('stay within their bound: the oldest go, and what is asked again is made again the same', () => {
    const few = openTiles({ cacheBytes: 8_000 })
    const wanted = [...tilesOf(15)]
    const bytes = (store: typeof few) =>
      wanted.map(([x, y]) => store.tile(model, everything, 'components', 15, x, y, {}).bytes)
    const first = bytes(few)
    expect(few.size()).toBeLessThanOrEqual(8_000)
    expect(few.size()).toBeGreaterThan(4_000)
    expect(bytes(few)).toEqual(first)
    const none = openTiles({ cacheBytes: 0 })
    expect(bytes(none)).toEqual(first)
    expect(none.size()).toBe(0)
    const all = openTiles()
    bytes(all)
    expect(all.size()).toBeGreaterThan(8_000)
  })
})
