import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Geometry } from '../../gis/geometry.ts'
import { bboxOfTile, tileAt } from '../../gis/mercator.ts'
import { pointOn } from '../../src/domain/atlas/anchor.ts'
import { DISTRICT, openServed, pilotFiles, type Served } from '../support/served.ts'
import { type Decoded, decode } from '../tiles/decode.ts'

interface Listed {
  id: string
  code: string | null
  class: string
  lonLat: [number, number]
  areaCode: string | null
}
interface Page {
  total: number
  items: Listed[]
  next: number | null
}
interface CardSeen {
  geometry: Geometry
  lonLat: [number, number]
  place: { text: string }
  competent: { state: string }
  owner: { state: string }
  maintainer: { state: string }
}
interface Grids {
  items: {
    level: number
    code: string
    parentCode: string | null
    components: number
    labelPoint: [number, number]
  }[]
}

let served: Served
let cookie: string
let total: number
let some: Listed

beforeAll(async () => {
  served = await openServed()
  cookie = await served.signIn('dispatcher')
  const page = await json<Page>('/api/components?limit=200')
  total = page.total
  some = page.items.find(each => each.areaCode !== null)!
})
afterAll(() => served?.close())

const get = (path: string, headers?: Record<string, string>) => served.get(path, cookie, headers)
async function json<T>(path: string): Promise<T> {
  const answer = await get(path)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
async function tile(path: string): Promise<Record<string, Decoded[]>> {
  const answer = await get(path)
  return answer.status === 204 ? {} : decode(new Uint8Array(await answer.arrayBuffer()))
}
const tilePath = (set: string, lonLat: [number, number], z: number) => {
  const [x, y] = tileAt(...lonLat, z)
  return `/tiles/${set}/${z}/${x}/${y}.mvt`
}

describe('whose ground a position is', () => {
  it('is answered in exactly the promised form, smallest first', async () => {
    const { items } = await json<Grids>('/api/grids')
    const area = items.find(each => each.level === 3)!
    const [lon, lat] = area.labelPoint
    const answer = await json<{ areas: Record<string, unknown>[] }>(`/api/where?lon=${lon}&lat=${lat}`)
    expect(Object.keys(answer).sort()).toEqual(['areas', 'place', 'verdict'])
    expect(answer).toMatchObject({
      verdict: 'inside',
      areas: [{ level: 3, code: area.code }, { level: 2, code: area.parentCode }, { level: 1 }, { level: 0 }],
    })
    for (const each of answer.areas) expect(Object.keys(each).sort()).toEqual(['code', 'level', 'name'])
    expect(await json('/api/where?lon=0&lat=0')).toEqual({
      areas: [],
      verdict: 'outside',
      place: { text: null, address: null, distanceM: null },
    })
  })
  it('agrees with the labels of all grids of every level', async () => {
    const { items } = await json<Grids>('/api/grids')
    expect(items.length).toBe(1 + 3 + 67 + 269)
    for (const { level, code, labelPoint } of items.filter((_, i) => i % 7 === 0)) {
      const { areas } = await json<{ areas: { level: number; code: string }[] }>(
        `/api/where?lon=${labelPoint[0]}&lat=${labelPoint[1]}`,
      )
      expect(areas).toContainEqual(expect.objectContaining({ level, code }))
    }
  })
})

describe('who is not signed in', () => {
  it('gets 401 at every door but health, readiness and the sign-in page', async () => {
    const shut: string[] = []
    for (const door of served.app.endpoints) {
      const path = door.path.replaceAll(/:(\w+)/g, '1')
      const answer = await fetch(served.address + path, {
        method: door.method.toUpperCase(),
        headers: { 'content-type': 'application/json' },
        ...(['get', 'head'].includes(door.method) ? {} : { body: '{}' }),
      })
      if (door.right === 'open') continue
      expect([path, answer.status]).toEqual([path, 401])
      expect(answer.headers.get('content-type')).toMatch('application/problem+json')
      shut.push(path)
    }
    expect(shut.length).toBeGreaterThan(15)
    for (const path of ['/openapi.json', '/api-docs', '/metrics'])
      expect([path, (await fetch(served.address + path)).status]).toEqual([path, 401])
    for (const path of ['/healthz', '/readyz', '/'])
      expect([path, (await fetch(served.address + path)).status]).toEqual([path, 200])
  })
  it('shows a page of every door of the API, in both languages', async () => {
    const cookie = await served.signIn('administrator')
    for (const language of ['zh', 'en']) {
      const page = await served.get(`/api-docs?lang=${language}`, cookie)
      expect(page.status).toBe(200)
      const text = await page.text()
      for (const { path } of served.app.endpoints) expect(text).toContain(path.replaceAll(/:(\w+)/g, '{$1}'))
    }
  })

  it('finds only signing in and the address on plates, out of all the API, open', () => {
    expect(
      served.app.endpoints
        .filter(door => door.right === 'open')
        .map(door => `${door.method} ${door.path}`)
        .sort(),
    ).toEqual(['delete /api/session', 'get /q/:token', 'post /api/session'])
  })
})

describe('lists, cards and counts', () => {
  it('cover every component once over their pages', async () => {
    const ids = new Set<string>()
    for (let after: number | null = 0; after !== null; ) {
      const page: Page = await json(`/api/components?limit=1000&after=${after}`)
      for (const { id } of page.items) ids.add(id)
      after = page.next
    }
    expect(ids.size).toBe(total)
  })
  it('add up: areas to the district, classes to all, the overview to both', async () => {
    const overview = await json<{
      counts: { components: number }
      unplaced: { gap: number; outside: number }
    }>('/api/overview')
    const { items } = await json<Grids>('/api/grids')
    const classes = await json<{ items: { count: number }[] }>('/api/classes')
    const distribution = await json<{ total: number }>('/api/distribution')
    const sum = (some: { count?: number; components?: number }[]) =>
      some.reduce((all, each) => all + (each.count ?? each.components ?? 0), 0)
    expect(overview.counts.components).toBe(total)
    expect(distribution.total).toBe(total)
    expect(sum(classes.items)).toBe(total)
    for (const level of [0, 1, 2, 3])
      expect(sum(items.filter(each => each.level === level))).toBe(
        total - overview.unplaced.gap - overview.unplaced.outside,
      )
  })
  it('agree under every filter: list, classes, grids and overview count the same things', async () => {
    const { items } = await json<Grids>('/api/grids')
    const units = await json<{ items: { id: string; counts: { owner: number } }[] }>('/api/units')
    const unit = units.items.find(each => each.counts.owner > 0)!.id
    const town = items.find(each => each.level === 1 && each.components > 0)!.code
    const asked = [
      '',
      `class=${some.class}`,
      `area=${town}`,
      `unit=${unit}`,
      `class=${some.class}&area=${town}`,
    ]
    const totals = new Map<string, number>()
    for (const query of [...asked, `area=${town}&unit=${unit}`]) {
      const { total: listed } = await json<Page>(`/api/components?limit=1&${query}`)
      const spread = await json<{ total: number; items: { class: string }[] }>(`/api/distribution?${query}`)
      const seen = await json<{
        counts: { components: number }
        unplaced: { gap: number; outside: number }
      }>(`/api/overview?${query}`)
      const counted = (await json<Grids>(`/api/grids?${query}`)).items
      const placed = seen.counts.components - seen.unplaced.gap - seen.unplaced.outside
      expect([query, spread.total, seen.counts.components]).toEqual([query, listed, listed])
      for (const level of [0, 1, 2, 3]) {
        const sum = counted
          .filter(each => each.level === level)
          .reduce((all, each) => all + each.components, 0)
        expect([query, level, sum]).toEqual([query, level, placed])
      }
      if (query.includes('class=')) expect(spread.items.map(each => each.class)).toEqual([some.class])
      if (query.includes('area=')) expect([query, placed]).toEqual([query, listed])
      totals.set(query, listed)
    }
    // every filter holds something back, and none holds back everything
    for (const query of asked.slice(1)) {
      expect(totals.get(query)).toBeGreaterThan(0)
      expect(totals.get(query)).toBeLessThan(total)
    }
  })
  it('show on the card what was delivered, where it stands in words, its area, and where the record came from', async () => {
    const card = await json<CardSeen>(`/api/components/${some.id}`)
    expect(card).toMatchObject({
      id: some.id,
      code: some.code,
      class: { code: some.class },
      area: {
        reason: null,
        path: [{ level: 3, code: some.areaCode }, { level: 2 }, { level: 1 }, { level: 0, code: DISTRICT }],
      },
      source: { row: expect.any(Number), registryVersion: 1, file: expect.stringMatching(/\.shp$/) },
      history: [{ version: 1, change: 'added' }],
    })
    expect(pointOn(card.geometry)).toEqual(card.lonLat)
    expect(card.place.text).toMatch(/\p{Script=Han}/u)
    for (const role of ['competent', 'owner', 'maintainer'] as const)
      expect(card[role].state).toEqual(expect.any(String))
    const english = await (
      await get(`/api/components/${some.id}?district=${DISTRICT}`, { 'accept-language': 'en' })
    ).json()
    expect((english as typeof card).place.text).not.toBe(card.place.text)
  })
  it('are refused with 404 for what is not there', async () => {
    for (const path of [
      '/api/components/01900000-0000-7000-8000-000000000000',
      '/api/distribution?area=nowhere',
      `/api/distribution?area=${DISTRICT},nowhere`,
    ]) {
      const answer = await get(path)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        expect.stringContaining('problem+json'),
      ])
    }
  })
})

describe('tiles', () => {
  it.each([10, 12, 13])('of zoom %d count every component once', async z => {
    const { bounds } = await json<{ bounds: [number, number, number, number] }>('/tiles/components.json')
    const [west, north] = tileAt(bounds[0], bounds[3], z)
    const [east, south] = tileAt(bounds[2], bounds[1], z)
    let sum = 0
    for (let x = west - 1; x <= east + 1; x++)
      for (let y = north - 1; y <= south + 1; y++)
        for (const bin of (await tile(`/tiles/components/${z}/${x}/${y}.mvt`)).components ?? [])
          sum += Number(bin.properties.count) * bin.parts.length
    expect(sum).toBe(total)
  })
  it('near the ground hold the dots that the list names for the same ground', async () => {
    const dots = (await tile(tilePath('components', some.lonLat, 16))).components!
    const [x, y] = tileAt(...some.lonLat, 16)
    const page = await json<Page>(`/api/components?limit=1000&bbox=${bboxOfTile(16, x, y).join(',')}`)
    const inside = dots.filter(({ parts }) => parts.flat(2).every(value => value >= 0 && value < 4096))
    expect(inside.map(dot => dot.properties.class).sort()).toEqual(page.items.map(each => each.class).sort())
  })
  it('are not sent again while nothing changed, and are empty with 204', async () => {
    const path = tilePath('components', some.lonLat, 16)
    const first = await get(path)
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^"[^"]+"$/)
    expect(first.headers.get('content-type')).toBe('application/vnd.mapbox-vector-tile')
    const again = await get(path, { 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const empty = await get('/tiles/components/16/0/0.mvt')
    expect([empty.status, await empty.text()]).toEqual([204, ''])
  })
  it.each(['components', 'grids', 'addresses', 'density', 'base'])(
    'of set %s are described by TileJSON that names every layer they hold',
    async set => {
      const described = await json<{
        tilejson: string
        tiles: string[]
        vector_layers: { id: string }[]
        bounds: number[]
      }>(`/tiles/${set}.json`)
      expect(described.tilejson).toMatch(/^3\./)
      const names = described.vector_layers.map(layer => layer.id)
      for (const z of [11, 14, 16]) {
        const [x, y] = tileAt(...some.lonLat, z)
        // a client elsewhere needs the whole address
        const address = new URL(
          described.tiles[0]!.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`),
        )
        expect(address.origin).toBe(served.address)
        const held = await tile(address.pathname + address.search)
        expect(Object.keys(held).length).toBeGreaterThan(0)
        for (const name of Object.keys(held)) expect(names).toContain(name)
      }
    },
  )
  it.each(['components', 'grids', 'addresses', 'density', 'base'])(
    'of set %s go down to the zoom its TileJSON names',
    async set => {
      const { maxzoom } = await json<{ maxzoom: number }>(`/tiles/${set}.json`)
      const at = (z: number) => `/tiles/${set}/${z}/${tileAt(...some.lonLat, z).join('/')}.mvt`
      // so near a component need be no address
      const there = set === 'addresses' ? [200, 204] : [200]
      expect(there).toContain((await get(at(maxzoom))).status)
      expect((await get(at(maxzoom + 1))).status).toBe(400)
    },
  )
})

describe('a tile set asked with a filter', () => {
  it('leads from its style to its TileJSON to tiles that are filtered', async () => {
    const style = await json<{ sources: Record<string, { url: string }> }>(
      `/tiles/components.style.json?class=${some.class}`,
    )
    const { pathname, search } = new URL(style.sources.components!.url)
    const { tiles } = await json<{ tiles: string[] }>(pathname + search)
    const [x, y] = tileAt(...some.lonLat, 16)
    const address = new URL(tiles[0]!.replace('{z}', '16').replace('{x}', `${x}`).replace('{y}', `${y}`))
    const held = (await tile(address.pathname + address.search)).components!
    expect(new Set(held.map(each => each.properties.class))).toEqual(new Set([some.class]))
    const all = (await tile(`/tiles/components/16/${x}/${y}.mvt`)).components!
    expect(all.length).toBeGreaterThan(held.length)
  })
  it('of a day before there was anything has no tile, and no count', async () => {
    const path = tilePath('components', some.lonLat, 16)
    expect((await get(`${path}?asOf=2001-01-01`)).status).toBe(204)
    expect(await json('/api/components?asOf=2001-01-01')).toMatchObject({ total: 0 })
    const verdict = await json(`/api/where?lon=${some.lonLat[0]}&lat=${some.lonLat[1]}&asOf=2001-01-01`)
    expect(verdict).toMatchObject({ verdict: 'outside' })
  })
})

describe('absurd input', () => {
  it.each([
    '/tiles/components/99/0/0.mvt',
    '/tiles/components/3/8/0.mvt',
    '/tiles/components/3/-1/0.mvt',
    '/tiles/components/3/1.5/0.mvt',
    '/tiles/components/3/0/NaN.mvt',
    '/tiles/cats/3/0/0.mvt',
    '/tiles/components/3/0/0.mvt?nonsense=1',
    '/tiles/cats.json',
    '/api/where',
    '/api/where?lon=&lat=',
    '/api/where?lon=NaN&lat=31',
    '/api/where?lon=Infinity&lat=31',
    '/api/where?lon=0x10&lat=31',
    '/api/where?lon=31&lat=120.6',
    '/api/where?lon=120&lon=121&lat=31',
    '/api/pick?lon=120.7&lat=31.1&zoom=99',
    '/api/pick?lon=120.7&lat=31.1&zoom=17&tolerancePx=1e6',
    '/api/pick?lon=120.7&lat=31.1&zoom=17&layers=cats',
    '/tiles/components/3/0/0.mvt?asOf=yesterday',
    '/api/components?asOf=2023-02-29',
    '/api/components?bbox=121,31,120,32',
    '/api/components?bbox=120,32,121,31',
    '/api/components?bbox=120,31,121',
    '/api/components?bbox=,,,',
    '/api/components?bbox=a,b,c,d',
    '/api/components?limit=1000000',
    '/api/components?after=-1',
    '/api/components?unit=water',
    '/api/components/not-an-id',
    '/api/search?q=',
    `/api/search?q=${'x'.repeat(200)}`,
    "/api/where?lon=120&lat=31&district=1'--",
  ])('%s is refused with 400 and says what is wrong', async path => {
    const answer = await get(path)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(await answer.json()).toMatchObject({
      status: 400,
      code: path === '/tiles/components/3/8/0.mvt' ? 'tile.none' : 'request.invalid',
      detail: expect.any(String),
    })
  })
  it('that is merely unknown finds nothing', async () => {
    expect(await json('/api/components?class=9999')).toEqual({ total: 0, items: [], next: null })
    expect(await json('/api/pick?lon=0&lat=0&zoom=10')).toEqual({ items: [], more: false })
    for (const [lon, lat] of ['180,0', '-180,0', '0,90', '0,-90'].map(at => at.split(',')))
      expect(await json(`/api/pick?lon=${lon}&lat=${lat}&zoom=3`)).toEqual({ items: [], more: false })
    expect((await get('/api/where?lon=120&lat=31&district=999999')).status).toBe(404)
  })
})

it('the OpenAPI document lists every door with its method', async () => {
  const { paths } = await json<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json')
  for (const { method, path } of served.app.endpoints)
    expect(Object.keys(paths[path.replaceAll(/:(\w+)/g, '{$1}')] ?? {})).toContain(method)
})

describe('a publish', () => {
  it('is at once in tile, pick, list, search, overview and card', async () => {
    const [lon, lat] = some.lonLat.map((value, i) => value + (i === 0 ? 3e-5 : 2e-5)) as [number, number]
    const path = tilePath('components', [lon, lat], 17)
    const before = await get(path)
    const dots = decode(new Uint8Array(await before.arrayBuffer())).components!.length
    const file = join(served.pilotDir, '..', `wangge-addition-${process.pid}.geojson`)
    const code = `${DISTRICT}${some.class}999999`
    await writeFile(
      file,
      JSON.stringify({
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            geometry: { type: 'Point', coordinates: [lon, lat] },
            properties: { OBJCODE: code },
          },
        ],
      }),
    )
    const delivery = await served.load('components', [file])
    expect(delivery.counts).toMatchObject({ read: 1, added: 1, refused: 0 })
    await expect
      .poll(async () => (await json<{ registryVersion: number }>('/api/overview')).registryVersion, {
        timeout: 20_000,
      })
      .toBe(2)

    const after = await get(path, { 'if-none-match': before.headers.get('etag')! })
    expect(after.status).toBe(200)
    expect(decode(new Uint8Array(await after.arrayBuffer())).components!.length).toBe(dots + 1)
    const picked = await json<{ items: Listed[] }>(`/api/pick?lon=${lon}&lat=${lat}&zoom=20`)
    expect(picked.items[0]).toMatchObject({ code })
    const found = await json<{ components: Listed[] }>(`/api/search?q=${code}`)
    expect(found.components).toMatchObject([{ code, id: picked.items[0]!.id }])
    expect((await json<Page>('/api/components?limit=1')).total).toBe(total + 1)
    expect(await json('/api/overview')).toMatchObject({
      registryVersion: 2,
      counts: { components: total + 1 },
    })
    expect(await json(`/api/components/${picked.items[0]!.id}`)).toMatchObject({
      history: [{ version: 2 }],
      source: { row: 1 },
    })
  })
  it('of other grids moves where, lists and counts together', async () => {
    const placed = async () => {
      const { items } = await json<Page>('/api/components?limit=1000')
      return new Map(items.map(each => [each.id, each]))
    }
    const before = await placed()
    const { stamp } = await json<{ stamp: string }>('/api/overview')
    // the same district, but 120 pieces of its ground belong to nobody
    const dir = await pilotFiles({ components: 500, unclaimed: 120 })
    await served.load('grids', [join(dir, 'grids.zip')])
    await expect
      .poll(async () => (await json<{ stamp: string }>('/api/overview')).stamp, { timeout: 20_000 })
      .not.toBe(stamp)

    const lost = [...(await placed()).values()].filter(
      each => each.areaCode === null && before.get(each.id)?.areaCode,
    )
    expect(lost.length).toBeGreaterThan(0)
    for (const {
      lonLat: [lon, lat],
    } of lost)
      expect(await json(`/api/where?lon=${lon}&lat=${lat}`)).toMatchObject({
        verdict: 'gap',
        areas: expect.not.arrayContaining([expect.objectContaining({ level: 3 })]),
      })
    const { unplaced } = await json<{ unplaced: { gap: number } }>('/api/overview')
    expect(unplaced.gap).toBeGreaterThanOrEqual(lost.length)
  })
})
