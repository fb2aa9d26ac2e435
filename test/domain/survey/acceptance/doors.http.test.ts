import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import excel from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../../../../src/domain/orgs/commands.ts'
import type { Role } from '../../../../src/domain/orgs/rules.ts'
import { DISTRICT, openServed, PASSWORD, type Served } from '../../../support/served.ts'

let served: Served
let folder: string
let delivery: string
let inspection: string
const cookies = new Map<string, string>()

/** Asks as somebody. @returns status and answer */
async function as(who: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(served.address + path, {
    method,
    headers: {
      cookie: cookies.get(who)!,
      origin: served.address,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.text()
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any door
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as any }
}

beforeAll(async () => {
  served = await openServed()
  folder = await mkdtemp(join(tmpdir(), 'wangge-acceptance-'))
  for (const role of ['administrator', 'supervisor', 'contractor', 'leader', 'dispatcher'] as Role[])
    cookies.set(role, await served.signIn(role))
  await as('administrator', 'PUT', `/api/districts/${DISTRICT}/acceptance`, { acceptance: 'required' })
  const { items } = await served.client.get<{ items: { lonLat: [number, number] }[] }>(
    '/api/components?limit=9',
  )
  await writeFile(
    join(folder, 'rows.csv'),
    [
      'OBJCODE,OBJNAME,SPEC,经度,纬度',
      ...items.map(
        ({ lonLat }, i) => `32059901189${70000 + i},路灯,=HYPERLINK(1),${lonLat[0] + 2e-5},${lonLat[1]}`,
      ),
    ].join('\n'),
  )
  await writeFile(
    join(folder, 'profile.yaml'),
    'kind: components\ncrs: EPSG:4490\nposition: { x: 经度, y: 纬度 }\nfields: { code: OBJCODE, className: OBJNAME }\n',
  )
  await served
    .load('components', [join(folder, 'rows.csv')], {
      profile: join(folder, 'profile.yaml'),
      contractor: '=甲',
    })
    .catch(() => {})
  delivery = (await as('administrator', 'GET', `/api/deliveries?district=${DISTRICT}&limit=1`)).body.items[0]
    .id
  await served.client.post('/api/districts', { code: '320588', name: '另一区' })
  await createAccount(
    served.app.db,
    {
      name: 'elsewhere',
      roles: ['supervisor'],
      districts: ['320588'],
      password: PASSWORD,
      mustChange: false,
    },
    'test',
  )
  const signedIn = await fetch(`${served.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'elsewhere', password: PASSWORD }),
  })
  cookies.set('elsewhere', signedIn.headers.getSetCookie()[0]!.split(';')[0]!)
})
afterAll(async () => {
  await served?.close()
  if (folder) await rm(folder, { recursive: true })
})

describe('the doors of acceptance', () => {
  it('let the supervisor draw, and who may only see or send not', async () => {
    for (const role of ['contractor', 'leader', 'dispatcher'])
      expect((await as(role, 'POST', `/api/deliveries/${delivery}/inspections`, {})).body).toMatchObject({
        code: 'right.missing',
      })
    const drawn = await as('supervisor', 'POST', `/api/deliveries/${delivery}/inspections`, {})
    expect([drawn.status, drawn.body.state, drawn.body.results.conclusion]).toEqual([
      201,
      'open',
      'incomplete',
    ])
    inspection = drawn.body.id
    expect((await as('leader', 'GET', `/api/inspections/${inspection}`)).status).toBe(200)
    const chosen = await as('supervisor', 'POST', `/api/deliveries/${delivery}/inspections`, { seed: '7' })
    expect(chosen.status).toBe(400)
    // it was sent by somebody else
    expect((await as('contractor', 'GET', `/api/inspections/${inspection}`)).body.code).toBe(
      'inspection.unknown',
    )
  })

  it('keep the plan from who sent it, and the delivery from being loaded again, until a word is given', async () => {
    const sql = 'SELECT created_by AS "by" FROM delivery WHERE id = $1::uuid'
    const [sent] = await served.app.db.query<{ by: string }>(sql, [delivery])
    const sentBy = (by: string) =>
      served.app.db.query('UPDATE delivery SET created_by = $1 WHERE id = $2::uuid', [by, delivery])
    await sentBy('account:contractor')
    const paths = ['items', 'field-sheet.xlsx', 'settlement', 'settlement.xlsx']
    for (const path of paths)
      expect([
        path,
        (await as('contractor', 'GET', `/api/inspections/${inspection}/${path}`)).body?.code,
      ]).toEqual([path, 'inspection.sealed'])
    const one = await as('contractor', 'GET', `/api/inspections/${inspection}`)
    expect(one).toMatchObject({ status: 200, body: { state: 'open', seed: null, results: null } })
    const { items } = (await as('contractor', 'GET', `/api/deliveries/${delivery}/inspections`)).body
    expect(items).toEqual([one.body])
    expect((await as('supervisor', 'GET', `/api/inspections/${inspection}`)).body.seed).toMatch(
      /^[0-9a-f]{16}$/,
    )
    const load = await as('contractor', 'POST', `/api/deliveries/${delivery}/load?lang=zh`, {})
    expect(load).toMatchObject({ status: 409, body: { code: 'inspection.open' } })
    expect(load.body.title).toContain('请待监理签署、退回或放行')
    const release = (who: string) =>
      as(who, 'POST', `/api/inspections/${inspection}/release`, { reason: '文件传错' })
    expect((await release('contractor')).body.code).toBe('right.missing')
    expect((await release('elsewhere')).body.code).toBe('inspection.unknown')
    expect((await release('supervisor')).body).toMatchObject({ state: 'released', reason: '文件传错' })
    // the next sample has its seed: it is kept as before
    expect((await as('contractor', 'GET', `/api/inspections/${inspection}/items`)).body.code).toBe(
      'inspection.sealed',
    )
    const resumed = await as('supervisor', 'POST', `/api/deliveries/${delivery}/inspections`, {})
    expect(resumed.body).toMatchObject({ id: inspection, state: 'open' })
    await sentBy(sent!.by)
  })

  it('tell who is of another district not even that it is there', async () => {
    for (const [method, path, body] of [
      ['GET', `/api/inspections/${inspection}`],
      ['GET', `/api/inspections/${inspection}/items`],
      ['GET', `/api/inspections/${inspection}/settlement`],
      ['GET', `/api/inspections/${inspection}/field-sheet.xlsx`],
      ['POST', `/api/inspections/${inspection}/accept`, {}],
      ['POST', `/api/inspections/${inspection}/return`, { reason: 'x' }],
      ['PUT', `/api/inspections/${inspection}/items/1`, { walked: true }],
    ] as const)
      expect([path, (await as('elsewhere', method, path, body)).body?.code]).toEqual([
        path,
        'inspection.unknown',
      ])
    expect((await as('elsewhere', 'GET', `/api/deliveries/${delivery}/inspections`)).body.code).toBe(
      'delivery.unknown',
    )
    const set = await as('elsewhere', 'PUT', `/api/districts/${DISTRICT}/acceptance`, { acceptance: 'none' })
    expect(set.body.code).toBe('right.missing')
  })

  it('say what is wrong with an answer, field by field, in the language asked for', async () => {
    const path = `/api/inspections/${inspection}/items/1?lang=zh`
    expect((await as('supervisor', 'PUT', path, { verdicts: { exists: 'perhaps' } })).status).toBe(400)
    const swapped = await as('supervisor', 'PUT', path, {
      verdicts: { exists: 'right' },
      position: { x: 31.3, y: 120.6 },
    })
    expect(swapped.body).toMatchObject({ code: 'inspection.position', status: 400 })
    expect(swapped.body.title).toContain('东坐标与北坐标')
    expect(
      (await as('supervisor', 'PUT', path.replace('items/1', 'items/999'), { walked: true })).status,
    ).toBe(404)
  })

  it('refuse the approval of what is not accepted, and say what to do', async () => {
    const answer = await as('administrator', 'POST', `/api/deliveries/${delivery}/approve?lang=zh`, {})
    expect(answer).toMatchObject({ status: 409, body: { code: 'acceptance.required' } })
    expect(answer.body.title).toContain('请先在“验收”中完成检查并签署')
  })

  it('hand out a field sheet whose codes are text, whose answers are lists, and which holds no formula', async () => {
    const answer = await served.get(
      `/api/inspections/${inspection}/field-sheet.xlsx?lang=zh`,
      cookies.get('supervisor'),
    )
    const workbook = new excel.Workbook()
    await workbook.xlsx.load(await answer.arrayBuffer())
    expect(workbook.worksheets.map(sheet => sheet.name)).toEqual(['抽查', '测点', '走查'])
    const sheet = workbook.getWorksheet('抽查')!
    const rows: unknown[][] = []
    sheet.eachRow(row => void rows.push((row.values as unknown[]).slice(1)))
    const [head, ...lines] = rows
    expect(head).toEqual([
      '抽查号',
      '类别',
      '编号',
      '片区',
      '位置',
      '项目',
      '交付值',
      '判定',
      '实地值',
      '备注',
    ])
    expect(lines.map(line => line[5])).toEqual(Array(8).fill(['实地存在', '编号', '类别', 'SPEC']).flat())
    expect(lines[3]![6]).toBe('=HYPERLINK(1)')
    expect(sheet.getCell(2, 3).value).toMatch(/^32059901189\d{5}$/)
    expect(sheet.getCell(2, 3).numFmt).toBe('@')
    expect(sheet.getCell(2, 8).dataValidation).toMatchObject({ type: 'list', formulae: ['"对,错,未知"'] })
    sheet.eachRow(row => row.eachCell(cell => expect(cell.formula).toBeUndefined()))
  })

  it('take a field sheet that was filled in, and tell every cell that cannot be read', async () => {
    const answer = await served.get(
      `/api/inspections/${inspection}/field-sheet.xlsx?lang=zh`,
      cookies.get('supervisor'),
    )
    const workbook = new excel.Workbook()
    await workbook.xlsx.load(await answer.arrayBuffer())
    const [rows, points, walks] = ['抽查', '测点', '走查'].map(name => workbook.getWorksheet(name)!)
    const lines: [number, string, string, string?][] = [[2, 'H', '对'], [3, 'H', '对'], [4, 'H', 'right'], [5, 'H', '错'], [6, 'H', '好']] // biome-ignore format: a table
    for (const [row, column, value] of lines) rows!.getCell(`${column}${row}`).value = value
    rows!.getCell('I5').value = '不锈钢'
    points!.getCell('H2').value = '是'
    points!.getCell('E3').value = '东边'
    walks!.getCell('C2').value = '是'
    for (const [column, value] of [['D', '漏测'], ['E', '0118'], ['J', '被车挡住']] as const) walks!.getCell(`${column}2`).value = value // biome-ignore format: a table
    walks!.getCell('D3').value = '多测'
    const send = async () => {
      const sent = await fetch(`${served.address}/api/inspections/${inspection}/field-sheet?lang=zh`, {
        method: 'PUT',
        headers: {
          cookie: cookies.get('supervisor')!,
          origin: served.address,
          'content-type': 'application/octet-stream',
        },
        body: new Uint8Array(await workbook.xlsx.writeBuffer()),
      })
      return (await sent.json()) as {
        taken: number
        findings: { sheet: string; row: number; column: string }[]
      }
    }
    const { taken, findings } = await send()
    expect(taken).toBe(2)
    expect(findings.map(({ sheet, row, column }) => [sheet, row, column])).toEqual([
      ['抽查', 6, '判定'],
      ['测点', 3, '东坐标或经度'],
      ['走查', 3, '类别代码'],
    ])
    const { items } = (await as('supervisor', 'GET', `/api/inspections/${inspection}/items`)).body
    expect(items[0]).toMatchObject({
      complete: true,
      answer: {
        verdicts: { exists: 'right', SPEC: 'wrong' },
        found: { SPEC: '不锈钢' },
        position: 'impossible',
      },
    })
    const area = items.find((each: { kind: string }) => each.kind === 'area')
    expect(area).toMatchObject({
      complete: true,
      answer: { sightings: [{ kind: 'missing', class: '0118', note: '被车挡住' }] },
    })
    expect((await send()).taken).toBe(0)
  })

  it('settle what was accepted and published, as a table and as a workbook with its codes as text', async () => {
    const { items } = (await as('supervisor', 'GET', `/api/inspections/${inspection}/items`)).body
    for (const { no, kind, fields, measure, geometry } of items) {
      const verdicts = Object.fromEntries(
        ['exists', ...fields.map((each: { field: string }) => each.field)].map(f => [f, 'right']),
      )
      const [x, y] = kind === 'row' ? geometry.coordinates : []
      const position = measure ? { x, y } : null
      const answer = kind === 'area' ? { walked: true } : { verdicts, position }
      expect(
        (await as('supervisor', 'PUT', `/api/inspections/${inspection}/items/${no}`, answer)).status,
      ).toBe(200)
    }
    expect((await as('supervisor', 'POST', `/api/inspections/${inspection}/accept`, {})).body.state).toBe(
      'accepted',
    )
    expect((await as('administrator', 'POST', `/api/deliveries/${delivery}/approve`, {})).status).toBe(200)
    const query = `district=${DISTRICT}&contractor=${encodeURIComponent('=甲')}`
    const period = (await as('leader', 'GET', `/api/settlement?${query}`)).body
    expect(period).toMatchObject({
      total: { settled: { pieces: 9 }, amount: null },
      contractors: [{ firm: null, name: '=甲' }],
    })
    const foreign = (await as('contractor', 'GET', `/api/settlement?district=${DISTRICT}`)).body
    expect(foreign).toMatchObject({ deliveries: [], contractors: [], total: { settled: { pieces: 0 } } })
    for (const outside of ['from=2999-01-01', 'to=2000-01-01'])
      expect((await as('leader', 'GET', `/api/settlement?${query}&${outside}`)).body.deliveries).toEqual([])
    const answer = await served.get(`/api/settlement.xlsx?${query}&lang=zh`, cookies.get('leader'))
    const workbook = new excel.Workbook()
    await workbook.xlsx.load(await answer.arrayBuffer())
    const [table, list] = workbook.worksheets
    expect((table!.getRow(2).values as unknown[]).slice(1, 9)).toEqual(['0118', '路灯', 9, 0, 0, 0, 0, 9])
    expect(table!.getCell('A2').numFmt).toBe('@')
    expect(list!.getCell('C2')).toMatchObject({ value: '=甲' })
    expect(list!.getCell('C2').formula).toBeUndefined()
  })
})
