/** What the API says that it answers, and what it does answer: every door, over a real house. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ZodType } from 'zod'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { jpeg } from '../support/photos.ts'
import { cameraJpeg } from '../support/pictures.ts'
import { DISTRICT, openServed, type Served } from '../support/served.ts'

interface ShownItem {
  no: number
  kind: string
  area: string
  replacedBy: number | null
  fields: { field: string }[]
}

let served: Served
let cookie: string
const seen = new Set<string>()
const nameOf = ({ method, path }: Pick<Endpoint, 'method' | 'path'>) => `${method} ${path}`
const doorOf = (method: string, path: string) =>
  served.app.endpoints.find(each => each.method === method && each.path === path)!

beforeAll(async () => {
  served = await openServed()
  cookie = await served.signIn('administrator')
})
afterAll(() => served?.close())

/** Asks a door and holds its answer to what it says: no member more, none less. @returns the answer */
async function ask<T = Record<string, unknown>>(
  method: Endpoint['method'],
  path: string,
  {
    at = {},
    query = {},
    headers = {},
    body,
    bytes,
  }: {
    at?: Record<string, string | number>
    query?: Record<string, string | number>
    headers?: Record<string, string>
    body?: unknown
    bytes?: string | Uint8Array<ArrayBuffer>
  } = {},
): Promise<T> {
  const door = doorOf(method, path)
  seen.add(nameOf(door))
  const there = path.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(String(at[name])))
  const search = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  )
  const sent = ['get', 'head', 'options'].includes(method)
    ? {}
    : {
        headers: { 'content-type': bytes === undefined ? 'application/json' : 'application/octet-stream' },
        body: bytes ?? JSON.stringify(body ?? {}),
      }
  const answer = await fetch(`${served.address}${there}?${search}`, {
    method: method.toUpperCase(),
    ...sent,
    headers: { cookie, origin: served.address, ...sent.headers, ...headers },
  })
  const text = await answer.text()
  for (const name of Object.keys(door.answerHeaders ?? {}))
    expect([nameOf(door), name, answer.headers.get(name)]).toEqual([nameOf(door), name, expect.any(String)])
  if (!door.answer) {
    expect([nameOf(door), answer.status, text]).toEqual([nameOf(door), door.status ?? 204, ''])
    return answer.headers as T
  }
  expect([nameOf(door), answer.status, answer.status < 300 ? '' : text]).toEqual([
    nameOf(door),
    door.status ?? 200,
    '',
  ])
  if ('bytes' in door.answer) {
    expect(answer.headers.get('content-type')).toContain(door.answer.bytes.split(';')[0])
    return text as T
  }
  const value = JSON.parse(text)
  expect((door.answer as ZodType).parse(value)).toEqual(value)
  return value as T
}

const csv = (rows: string[]) => ['OBJCODE,OBJNAME,经度,纬度,NOTE', ...rows].join('\n')
const profile = {
  kind: 'components',
  crs: 'EPSG:4490',
  position: { x: '经度', y: '纬度' },
  fields: { code: 'OBJCODE', className: 'OBJNAME', note: 'NOTE' },
}

describe('every door', () => {
  it('of the map answers what it says', async () => {
    const list = await ask<{
      items: { id: string; code: string; lonLat: [number, number]; areaCode: string }[]
    }>('get', '/api/components', { query: { limit: 50 } })
    const one = list.items.find(each => each.areaCode)!
    const [lon, lat] = one.lonLat
    for (const each of list.items.slice(0, 20))
      await ask('get', '/api/components/:id', { at: { id: each.id } })
    await ask('get', '/api/where', { query: { lon, lat } })
    await ask('get', '/api/where', { query: { lon: 0, lat: 0 } })
    await ask('get', '/api/pick', { query: { lon, lat, zoom: 18 } })
    await ask('get', '/api/overview')
    await ask('get', '/api/grids')
    await ask('get', '/api/unit-grids', { query: { limit: 5 } })
    await ask('get', '/api/distribution', { query: { area: one.areaCode } })
    await ask('get', '/api/classes')
    await ask('get', '/api/units')
    for (const q of [one.code, '路', '井盖', '局', '社区', '1号'])
      await ask('get', '/api/search', { query: { q } })
    const layers = 'components,addresses,places,grids'
    await ask('get', '/api/pick', { query: { lon, lat, zoom: 14, tolerancePx: 40, layers } })
    await ask('get', '/api/pick', { query: { lon, lat, zoom: 18, asOf: '2020-02-29' } })
    for (const set of ['components', 'grids', 'addresses', 'density', 'base']) {
      await ask('get', '/tiles/:file', { at: { file: `${set}.json` } })
      await ask('get', '/tiles/:file', { at: { file: `${set}.style.json` }, query: { class: '0101' } })
      const n = 2 ** 14
      const x = Math.floor(((lon + 180) / 360) * n)
      const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n)
      await ask('get', '/tiles/:set/:z/:x/:y', { at: { set, z: 14, x, y: `${y}.mvt` } })
    }
  })

  it('of the intake answers what it says, from the announcement to the way back', async () => {
    const { items } = await ask<{ items: { code: string; bbox: [number, number, number, number] }[] }>(
      'get',
      '/api/districts',
    )
    const [west, south, east, north] = items[0]!.bbox
    const [lon, lat] = [(west + east) / 2, (south + north) / 2]
    const rows = Array.from(
      { length: 5 },
      (_, i) => `32059901189${String(90000 + i)},路灯,${lon + i / 1e4},${lat},`,
    )
    const deliver = async (text: string) => {
      const { id } = await ask<{ id: string }>('post', '/api/deliveries', {
        body: { kind: 'components', name: '路灯.csv', contractor: '甲', profile },
      })
      await ask('put', '/api/deliveries/:id/files/:name', { at: { id, name: '路灯.csv' }, bytes: text })
      return id
    }
    const settled = async (id: string) => {
      for (;;) {
        const delivery = await ask<{ state: string; counts: Record<string, number> }>(
          'get',
          '/api/deliveries/:id',
          { at: { id } },
        )
        if (delivery.state !== 'loading') return delivery
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
    const id = await deliver(csv([...rows, 'bad,什么,1,2,=1+1']))
    await ask('post', '/api/deliveries/:id/guess', { at: { id } })
    await ask('post', '/api/deliveries/:id/load', { at: { id } })
    expect(await settled(id)).toMatchObject({ state: 'published', counts: { added: 5, refused: 1 } })
    await ask('get', '/api/deliveries', { query: { limit: 3, all: 'true' } })
    await ask('get', '/api/intake')
    const findings = await ask<{ total: number }>('get', '/api/deliveries/:id/findings', { at: { id } })
    expect(findings.total).toBeGreaterThan(0)
    await ask('get', '/api/deliveries/:id/findings/sums', { at: { id } })
    await ask('get', '/api/deliveries/:id/findings/marks', {
      at: { id },
      query: { bbox: [west, south, east, north].join(), zoom: 12, severity: 'error' },
    })
    for (const file of [
      'marked.xlsx',
      'marked.csv',
      'marked-csv.zip',
      'findings.csv',
      'findings.geojson',
      'findings.json',
    ])
      await ask('get', `/api/deliveries/:id/${file}`, { at: { id } })

    const again = await deliver(csv([`${rows[0]}改`]))
    await ask('post', '/api/deliveries/:id/load', {
      at: { id: again },
      body: { options: { full: 'classes' } },
    })
    expect(await settled(again)).toMatchObject({ state: 'checked', counts: { changed: 1 } })
    for (const kind of ['added', 'changed', 'missing'])
      await ask('get', '/api/deliveries/:id/changes', { at: { id: again }, query: { kind, limit: 5 } })
    await ask('post', '/api/deliveries/:id/removals', { at: { id: again }, body: { decision: 'keep' } })
    await ask('get', '/api/deliveries/:id/removals', { at: { id: again } })
    await ask('post', '/api/deliveries/:id/approve', { at: { id: again } })
    await ask('get', '/api/registry/versions')
    await ask('get', '/api/registry/versions/:no/components', { at: { no: 1 }, query: { limit: 5 } })
    const back = await ask<{ id: string }>('post', '/api/registry/versions/:no/restore', { at: { no: 2 } })
    expect(await settled(back.id)).toMatchObject({ state: 'published' })

    const third = await deliver(csv([`${rows[1]}又改`]))
    await ask('post', '/api/deliveries/:id/load', {
      at: { id: third },
      body: { options: { full: 'classes' } },
    })
    expect(await settled(third)).toMatchObject({ state: 'checked' })
    await ask('post', '/api/deliveries/:id/reject', { at: { id: third }, body: { reason: '重测' } })
    await ask('post', '/api/deliveries/:id/cancel', { at: { id: await deliver('x') } })
  })

  it('of firms, crews and packages answers what it says', async () => {
    const firm = await ask<{ id: string }>('post', '/api/firms', { body: { name: '吴测' } })
    const at = { id: firm.id }
    await ask('put', '/api/firms/:id', { at, body: { name: '吴地测绘院' } })
    const crew = await ask<{ id: string }>('post', '/api/firms/:id/crews', { at, body: { name: '一组' } })
    await ask('post', '/api/accounts', { body: { name: 'zhou.ce', role: 'contractor' } })
    await ask('put', '/api/firms/:id/accounts/:name', { at: { ...at, name: 'zhou.ce' } })
    await ask('get', '/api/firms')
    const wish = { name: '井盖', classes: ['0101'], dueOn: '2026-12-31' }
    const asked = await ask<{ id: string }>('post', '/api/packages', { body: { ...wish, firm: firm.id } })
    await ask('put', '/api/packages/:id', { at: { id: asked.id }, body: wish })
    const profile = {
      kind: 'components',
      fields: { code: 'OBJCODE', className: 'OBJNAME' },
      crs: 'EPSG:4490',
    }
    const { id } = await ask<{ id: string }>('post', '/api/deliveries', {
      body: { kind: 'components', name: '井盖', package: asked.id, profile },
    })
    await ask('get', '/api/packages')
    const refusal = await fetch(`${served.address}/api/packages/${asked.id}/accept`, {
      method: 'POST',
      headers: { cookie, origin: served.address, 'content-type': 'application/json' },
    })
    expect([refusal.status, await refusal.json()]).toMatchObject([409, { code: 'package.undelivered' }])
    await served.app.db.query("UPDATE delivery SET state = 'published' WHERE id = $1::uuid", [id])
    await ask('post', '/api/packages/:id/accept', { at: { id: asked.id } })
    const other = await ask<{ id: string }>('post', '/api/packages', { body: { ...wish, firm: firm.id } })
    await ask('delete', '/api/packages/:id', { at: { id: other.id } })
    await ask('delete', '/api/crews/:id', { at: { id: crew.id } })
    const holder = await ask<{ id: string }>('post', '/api/firms/:id/crews', { at, body: { name: '二组' } })
    const held = await ask<{ id: string }>('post', '/api/allotments', {
      body: { crew: holder.id, class: '0137', count: 20 },
    })
    await ask('get', '/api/allotments')
    for (const file of [
      'components.xlsx',
      'components.gpkg',
      'components.csv',
      'profile.yaml',
      'shapefile-fields.csv',
    ])
      await ask('get', `/api/templates/${file}`, { query: { class: '0101' } })
    for (const format of ['xlsx', 'csv'])
      await ask('get', `/api/allotments/:id/codes.${format}`, { at: { id: held.id } })
    await ask('post', '/api/allotments/:id/return', { at: { id: held.id }, body: { from: 11 } })
    await ask('delete', '/api/firms/:id/accounts/:name', { at: { ...at, name: 'zhou.ce' } })
  })

  it('of who approves answers what it says', async () => {
    for (const approval of ['second-person', 'none'])
      await ask('put', '/api/districts/:code/approval', { at: { code: DISTRICT }, body: { approval } })
    await ask('get', '/api/districts')
    await ask('get', '/api/overview')
  })

  it('of acceptance answers what it says, from the terms to what is settled', async () => {
    await ask('put', '/api/districts/:code/acceptance', {
      at: { code: DISTRICT },
      body: { acceptance: 'required' },
    })
    const terms = { rows: { min: 2, max: 2 }, areas: 1, prices: { '01': { unit: 'piece', price: 2 } } }
    await ask('put', '/api/acceptance/terms', { body: terms })
    await ask('get', '/api/acceptance/terms')
    const { items } = await ask<{ items: { bbox: [number, number, number, number] }[] }>(
      'get',
      '/api/districts',
    )
    const [west, south, east, north] = items[0]!.bbox
    const folder = await mkdtemp(join(tmpdir(), 'wangge-answers-'))
    /** Sent by the operator of the machine, so that the administrator may accept it. */
    const send = async (name: string) => {
      const path = join(folder, name)
      const at = (i: number) => `${(west + east) / 2 + i / 1e4},${(south + north) / 2}`
      const rows = Array.from({ length: 9 }, (_, i) => `32059901189${80000 + i},路灯,${at(i)},${name}`)
      await writeFile(path, csv(rows))
      await writeFile(join(folder, 'profile.yaml'), JSON.stringify(profile))
      const how = { profile: join(folder, 'profile.yaml'), contractor: '甲' }
      await expect(served.load('components', [path], how)).rejects.toThrow('checked')
      return (await ask<{ items: { id: string }[] }>('get', '/api/deliveries', { query: { limit: 1 } }))
        .items[0]!.id
    }
    try {
      const id = await send('一.csv')
      const { id: inspection } = await ask<{ id: string }>('post', '/api/deliveries/:id/inspections', {
        at: { id },
      })
      const at = { id: inspection }
      await ask('post', '/api/inspections/:id/release', { at, body: { reason: '文件传错' } })
      await ask('post', '/api/deliveries/:id/inspections', { at: { id } })
      const page = await ask<{ items: { no: number; kind: string; measure: boolean }[] }>(
        'get',
        '/api/inspections/:id/items',
        { at },
      )
      const row = page.items.find(each => each.kind === 'row')!
      await ask('post', '/api/inspections/:id/items/:no/replace', {
        at: { ...at, no: row.no },
        body: { reason: '锁闭' },
      })
      const all = await ask<{ items: ShownItem[] }>('get', '/api/inspections/:id/items', { at })
      for (const item of all.items.filter(each => each.replacedBy === null)) {
        const verdicts = Object.fromEntries(
          ['exists', ...item.fields.map(each => each.field)].map(f => [f, 'right']),
        )
        const sightings = [{ kind: 'missing', class: '0118' }]
        await ask('put', '/api/inspections/:id/items/:no', {
          at: { ...at, no: item.no },
          body: item.kind === 'area' ? { walked: true, sightings } : { verdicts, position: null },
        })
      }
      const areas = await ask<{ items: { code: string; level: number }[] }>('get', '/api/grids')
      const walked = all.items.find(each => each.kind === 'area')!.area
      const area = areas.items.find(each => each.level === 3 && each.code !== walked)!.code
      const hand = await ask<{ no: number }>('post', '/api/inspections/:id/items', { at, body: { area } })
      await ask('put', '/api/inspections/:id/items/:no', {
        at: { ...at, no: hand.no },
        body: { walked: true },
      })
      await ask('get', '/api/inspections/:id', { at })
      await ask('get', '/api/inspections/:id/settlement', { at })
      for (const file of ['settlement.xlsx', 'field-sheet.xlsx'])
        await ask('get', `/api/inspections/:id/${file}`, { at })
      const said = await ask<{ taken: number; findings: unknown[] }>(
        'put',
        '/api/inspections/:id/field-sheet',
        {
          at,
          bytes: 'no workbook',
        },
      )
      expect(said).toMatchObject({ taken: 0, findings: [{ row: null }] })
      await ask('post', '/api/inspections/:id/return', { at, body: { reason: '漏测' } })
      await ask('get', '/api/deliveries/:id/inspections', { at: { id } })

      await ask('put', '/api/acceptance/terms', { body: { ...terms, areas: 0, least: { measured: 0 } } })
      const next = await send('二.csv')
      const second = await ask<{ id: string }>('post', '/api/deliveries/:id/inspections', {
        at: { id: next },
      })
      const { items: rows } = await ask<{ items: ShownItem[] }>('get', '/api/inspections/:id/items', {
        at: second,
      })
      for (const { no, fields } of rows) {
        const verdicts = Object.fromEntries(
          ['exists', ...fields.map(each => each.field)].map(f => [f, 'right']),
        )
        await ask('put', '/api/inspections/:id/items/:no', {
          at: { ...second, no },
          body: { verdicts, position: null },
        })
      }
      await ask('post', '/api/inspections/:id/accept', { at: second })
      await ask('post', '/api/deliveries/:id/approve', { at: { id: next } })
      const period = await ask<{ total: { amount: number }; deliveries: unknown[] }>(
        'get',
        '/api/settlement',
        {
          query: { contractor: '甲' },
        },
      )
      expect(period).toMatchObject({ total: { amount: 18 }, deliveries: [{}] })
      await ask('get', '/api/settlement.xlsx')
    } finally {
      await ask('put', '/api/districts/:code/acceptance', {
        at: { code: DISTRICT },
        body: { acceptance: 'none' },
      })
      await rm(folder, { recursive: true })
    }
  })

  it('of files in pieces answers what it says', async () => {
    const tus = { 'tus-resumable': '1.0.0' }
    const { id } = await ask<{ id: string }>('post', '/api/deliveries', {
      body: { kind: 'components', name: '分段' },
    })
    await ask('options', '/api/deliveries/:id/uploads', { at: { id } })
    const open = async () => {
      const opened = await ask<Headers>('post', '/api/deliveries/:id/uploads', {
        at: { id },
        headers: { ...tus, 'upload-length': '9', 'upload-metadata': 'filename YS5jc3Y=' },
      })
      return { id, upload: opened.get('location')!.split('/').at(-1)! }
    }
    const at = await open()
    const bytes = { ...tus, 'content-type': 'application/offset+octet-stream' }
    const patch = (offset: number, text: string) =>
      ask('patch', '/api/deliveries/:id/uploads/:upload', {
        at,
        headers: { ...bytes, 'upload-offset': `${offset}` },
        bytes: text,
      })
    await patch(0, 'OBJ')
    await ask('head', '/api/deliveries/:id/uploads/:upload', { at, headers: tus })
    await ask('get', '/api/deliveries/:id/files', { at: { id } })
    await patch(3, 'NAME,x')
    await ask('head', '/api/deliveries/:id/uploads/:upload', { at, headers: tus })
    await ask('get', '/api/deliveries/:id/files', { at: { id } })
    await ask('delete', '/api/deliveries/:id/files/:name', { at: { id, name: 'a.csv' } })
    await ask('delete', '/api/deliveries/:id/uploads/:upload', { at: await open(), headers: tus })
  })

  it('of upkeep answers what it says, from the request to the version', async () => {
    const { items } = await ask<{ items: { id: string; code: string; lonLat: [number, number] }[] }>(
      'get',
      '/api/components',
      { query: { limit: 20 } },
    )
    const [one, two, three] = items as [(typeof items)[0], (typeof items)[0], (typeof items)[0]]
    const [lon, lat] = one.lonLat
    const propose = (change: object) =>
      ask<{ id: string }>('post', '/api/changes', {
        body: { change, reason: '现场核实' },
      })
    const note = { kind: 'edit', componentId: one.id, set: { note: '已核实' } }
    await ask('post', '/api/changes/check', { body: { change: note } })
    const first = await propose(note)
    await ask('get', '/api/changes/:id', { at: { id: first.id } })
    await ask('post', '/api/changes/:id/withdraw', { at: { id: first.id } })
    const refused = await propose(note)
    await ask('post', '/api/changes/:id/refuse', { at: { id: refused.id }, body: { reason: '再核' } })
    const point = { type: 'Point', coordinates: [lon + 1e-5, lat] }
    const overtaken = await propose({ kind: 'scrap', componentId: two.id, endedOn: '2026-11-01' })
    const together = [
      await propose({ kind: 'merge', componentId: three.id, survivorId: one.id }),
      await propose({ kind: 'edit', componentId: two.id, set: { note: '先行' } }),
      await propose({ kind: 'add', class: '0118', geometry: point, set: { state: 'intact' } }),
    ]
    await ask('post', '/api/changes/approve', { body: { ids: together.map(each => each.id) } })
    await ask('post', '/api/changes/:id/renew', { at: { id: overtaken.id } })
    await ask('get', '/api/changes', { query: { state: 'proposed,approved' } })
    await ask('get', '/api/registry/versions')
    for (const { id } of [one, two]) await ask('get', '/api/components/:id', { at: { id } })

    await ask('put', '/api/plate-policy', { body: { publicPage: true, hotline: '12319' } })
    await ask('get', '/api/plate-policy')
    const { items: plates } = await ask<{ items: { address: string }[] }>('post', '/api/plates', {
      body: { components: [one.id, two.id] },
    })
    const token = plates[0]!.address.split('/').at(-1)!
    await ask('get', '/q/:token', { at: { token } })
    await ask('get', '/api/plates/:token', { at: { token } })
    const said = { kind: 'damaged', text: '灯头松动' }
    await ask('post', '/api/plates/:token/reports', { at: { token }, body: { ...said, phone: '0512 1234' } })
    const tus = { 'tus-resumable': '1.0.0' }
    const bytes = { ...tus, 'content-type': 'application/offset+octet-stream' }
    const picture = cameraJpeg()
    const opening = { headers: { ...tus, 'upload-length': `${picture.length}` } }
    const idOf = (opened: Headers) => opened.get('location')!.split('?')[0]!.split('/').at(-1)!
    const ways = [
      ['/api/evidence/uploads', '/api/evidence/uploads/:id', {}],
      ['/api/plates/:token/photos', '/api/plates/:token/photos/:id', { token }],
    ] as const
    const photos: string[] = []
    for (const [door, path, where] of ways) {
      const upload = idOf(await ask<Headers>('post', door, { at: where, ...opening }))
      const at = { ...where, id: upload }
      const headers = { ...bytes, 'upload-offset': '0' }
      await ask('head', path, { at, headers: tus })
      await ask('patch', path, { at, headers, bytes: new Uint8Array(picture) })
      await ask('head', path, { at, headers: tus })
      const other = idOf(await ask<Headers>('post', door, { at: where, ...opening }))
      await ask('delete', path, { at: { ...where, id: other }, headers: tus })
      photos.push(upload)
    }
    await ask('post', '/api/components/:id/reports', { at: { id: two.id }, body: { ...said, photos } })
    await ask('get', '/api/evidence/:id', { at: { id: photos[0]! } })
    await ask('get', '/api/components/:id/evidence', { at: { id: two.id } })
    const { items: reports } = await ask<{ items: { id: string }[] }>('get', '/api/reports')
    await ask('post', '/api/reports/:id/close', { at: { id: reports[0]!.id }, body: { answer: '已修复' } })

    const { items: units } = await ask<{ items: { id: string }[] }>('get', '/api/units')
    const works = { name: '新路', builder: '一建', handoverOn: '2026-01-01' }
    const announce = () =>
      ask<{ id: string }>('post', '/api/handovers', {
        body: { ...works, ownerId: units[0]!.id, maintainerId: units[1]!.id },
      })
    const { items: sent } = await ask<{
      items: { id: string; kind: string; state: string; counts: { added: number } }[]
    }>('get', '/api/deliveries')
    const small = sent.find(
      each => each.state === 'published' && each.kind === 'components' && each.counts.added < 20,
    )!
    const works1 = await announce()
    await ask('put', '/api/handovers/:id/delivery', {
      at: { id: works1.id },
      body: { delivery: small.id, components: small.counts.added },
    })
    await ask('post', '/api/handovers/:id/accept', { at: { id: works1.id } })
    const handedOver = () =>
      ask<{ items: { id: string; state: string }[] }>('get', '/api/handovers').then(
        ({ items }) => items.find(each => each.id === works1.id)!.state,
      )
    await expect.poll(handedOver, { timeout: 15_000 }).toBe('transferred')
    await served.app.db.query("UPDATE handover SET state = 'stuck' WHERE id = $1::uuid", [works1.id])
    await ask('post', '/api/handovers/:id/retry', { at: { id: works1.id } })
    await expect.poll(handedOver, { timeout: 15_000 }).toBe('transferred')
    await ask('post', '/api/handovers/:id/withdraw', {
      at: { id: (await announce()).id },
      body: { reason: '重报' },
    })
    await ask('get', '/api/handovers')
  })

  it('of photos answers what it says', async () => {
    const { items } = await ask<{ items: { id: string; code: string }[] }>('get', '/api/components', {
      query: { limit: 1 },
    })
    const { id, code } = items[0]!
    await ask('get', '/api/photo-folders')
    const [lon, lat] = (await ask<{ lonLat: [number, number] }>('get', '/api/components/:id', { at: { id } }))
      .lonLat
    const made = await ask<{ id: string }>('post', '/api/deliveries', {
      body: { kind: 'components', name: '照片', profile },
    })
    const put = (name: string, bytes: string | Uint8Array<ArrayBuffer>) =>
      ask('put', '/api/deliveries/:id/files/:name', { at: { id: made.id, name }, bytes })
    await put('一.csv', csv([`3205990118997777,路灯,${lon},${lat},`]))
    await put(`${code}_1.jpg`, new Uint8Array(jpeg('one')))
    await put(`${code}_2.jpg`, 'no picture')
    await ask('post', '/api/deliveries/:id/load', { at: { id: made.id } })
    type Photos = { items: { sha256: string; name: string }[] }
    const photos = async () => (await ask<Photos>('get', '/api/components/:id/photos', { at: { id } })).items
    await expect.poll(photos, { timeout: 30_000 }).toMatchObject([{ name: `${code}_1.jpg` }])
    const [{ sha256 }] = (await photos()) as [Photos['items'][number]]
    await ask('get', '/api/photos/:sha256', { at: { sha256 } })
    const get = (headers: Record<string, string>) =>
      fetch(`${served.address}/api/photos/${sha256}`, { headers })
    const shown = await get({ cookie })
    expect(shown.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff')
    expect(shown.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(shown.headers.get('content-disposition')).toMatch(/^inline; filename="[0-9a-f]{16}\.jpg"$/)
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(jpeg('one'))
    expect((await get({ cookie, 'if-none-match': shown.headers.get('etag')! })).status).toBe(304)
    expect((await get({})).status).toBe(401)
  })

  it('of check rules, profiles, local systems, accounts and sessions answers what it says', async () => {
    const rules = { severity: { 'unit.same': 'warning' }, duplicates: { '0104': 0.25 } }
    await ask('put', '/api/survey-rules', { body: { rules, basedOn: 0 } })
    expect(await ask('get', '/api/survey-rules')).toMatchObject({ no: 1, rules })
    await ask('get', '/api/survey-rules/versions')
    await ask('put', '/api/profiles/:name', { at: { name: '普查' }, body: profile })
    await ask('get', '/api/profiles')
    await ask('delete', '/api/profiles/:name', { at: { name: '普查' } })
    const points = [[0, 0], [1000, 0], [0, 1000]].map(([x, y]) => ({ x, y, toX: 560000 + x!, toY: 3450000 + y! })) // biome-ignore format: a table
    await ask('post', '/api/local-crs', { body: { name: '独立', points } })
    await ask('get', '/api/local-crs')
    await ask('delete', '/api/local-crs/:name', { at: { name: '独立' } })
    await ask('post', '/api/districts', { body: { code: '320588', name: '另一区' } })
    await ask('post', '/api/accounts', { body: { name: 'li.ming', role: 'dispatcher' } })
    await ask('get', '/api/accounts')
    await ask('post', '/api/accounts/:name/password', { at: { name: 'li.ming' } })
    await ask('post', '/api/accounts/:name/disable', { at: { name: 'li.ming' } })
    await ask('get', '/api/session')
  })

  it('was asked, but for those that end or change the session asking, and the stream', () => {
    const left = served.app.endpoints.map(nameOf).filter(name => !seen.has(name))
    expect(left.sort()).toEqual([
      'delete /api/session',
      'get /api/live',
      'post /api/session',
      'post /api/session/password',
    ])
  })
})
