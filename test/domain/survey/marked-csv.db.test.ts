/** A contractor's own CSV sent back marked: as it came, with what is wrong behind each row, and taken again as it was. */
import { buffer } from 'node:stream/consumers'
import papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markedReport } from '../../../src/domain/survey/marked-report.ts'
import type { MarkedForm } from '../../../src/domain/survey/marked-worker.ts'
import type { Delivery } from '../../../src/domain/survey/schema.ts'
import { type OpenedDb, onEachEngine } from '../../support/engines.ts'
import { componentCode, gridsGeojson, squareDistrict } from '../../support/ground.ts'
import { HOME, type Intake, type LoadedDelivery, openIntake } from '../../support/intake.ts'
import { zipBytes } from './readers/build-zip.ts'

/** `路灯` and `备注` in GB18030, so that a test needs no encoder. */
const gb = (latin: string): Buffer =>
  Buffer.from(latin.replaceAll('路灯', '\xc2\xb7\xb5\xc6').replaceAll('备注', '\xb1\xb8\xd7\xa2'), 'latin1')
const names = ['OBJCODE', 'OBJNAME', 'X', 'Y', '备注']
const lamp = (n: number, note = '', more: Partial<Record<'code' | 'name' | 'x', string>> = {}) => [
  more.code ?? componentCode(n),
  more.name ?? '路灯',
  more.x ?? String(120.601 + n / 1000),
  '31.31',
  note,
]
const profile = {
  crs: 'EPSG:4490',
  position: { x: 'X', y: 'Y' },
  fields: { code: 'OBJCODE', className: 'OBJNAME', note: '备注' },
}
const table = (rows: string[][], delimiter: string) =>
  papa.unparse([names, ...rows], { delimiter, newline: '\n' })

onEachEngine((_engine, open) => {
  let opened: OpenedDb
  let intake: Intake
  beforeAll(async () => {
    opened = await open()
    intake = await openIntake(opened.db)
    await intake.addDistrict({ code: HOME })
    await intake.load('grids', { 'grids.geojson': gridsGeojson(squareDistrict()) })
  })
  afterAll(async () => {
    await intake?.close()
    await opened?.close()
  })
  const marked = (delivery: Delivery, form: MarkedForm, lang: 'zh' | 'en' = 'zh') =>
    buffer(markedReport(intake.house, delivery, form, lang, new AbortController().signal))
  const csvOf = async (delivery: Delivery, file: string, lang: 'zh' | 'en' = 'zh') =>
    (await marked(delivery, { kind: 'csv', file }, lang)).toString()
  const cells = (csv: string, delimiter: string) =>
    papa.parse<string[]>(csv.slice(1).trimEnd(), { delimiter }).data
  const codes = ({ delivery }: LoadedDelivery) =>
    delivery.findings.byCode.map(each => [each.code, each.count])
  const again = (name: string, content: string, more: object = {}) =>
    intake.load('components', { [name]: content }, { profile: { ...profile, ...more } })

  describe('of semicolons in GB18030, with blank lines and formulas', () => {
    let first: LoadedDelivery
    let csv: string
    const rows = [
      lamp(1, '=HYPERLINK("http://x","y")'),
      lamp(2, '', { code: '12' }),
      lamp(
        3,
        '第一行\n第二行'.replaceAll(/./gs, char => (char === '\n' ? char : 'n')),
      ),
      lamp(4, '+1', { x: '10' }),
      lamp(5, "'=1"),
      lamp(6, '-5.2'),
    ]
    beforeAll(async () => {
      const lines = table(rows, ';').split('\n')
      lines.splice(1, 0, '', '')
      first = await intake.load(
        'components',
        { '路灯.csv': gb(lines.join('\n')) },
        { profile: { ...profile, encoding: 'gb18030' } },
      )
      expect(first.delivery.counts).toMatchObject({ read: 6, added: 4, refused: 2 })
      csv = await csvOf(first.delivery, '路灯.csv')
    })

    it('comes back in UTF-8 with its own marks, columns and order, the lines it had and the problem last', () => {
      expect(csv.startsWith('\ufeff')).toBe(true)
      const data = cells(csv, ';')
      expect(data[0]).toEqual([...names, '原行号〔网格〕', '问题〔网格〕'])
      expect(data).toHaveLength(7)
      expect(data.slice(1).map(row => row[5])).toEqual(['4', '5', '6', '8', '9', '10'])
      expect(data.slice(1).map(row => row[6] !== '')).toEqual([false, true, false, true, false, false])
      expect(data[2]![6]).toMatch(/标识码 12 不符合.*请按编码规则改正/)
      expect(data[1]!.slice(1, 4)).toEqual(rows[0]!.slice(1, 4))
      expect(data[6]![4]).toBe('-5.2')
    })

    it('runs nothing and loses no digit in the spreadsheet that opens it', () => {
      for (const row of cells(csv, ';'))
        for (const cell of row) {
          expect(cell).not.toMatch(/^\s*[=+@＝＋－＠]|^-(?!\d+(\.\d+)?$)/)
          expect(cell).not.toMatch(/^(\d{12,}|0\d+)$/)
        }
    })

    it('delivered again as it is changes nothing, says the same, and has no column of ours in any component', async () => {
      for (const lang of ['zh', 'en'] as const) {
        const sent = await again('路灯.csv', await csvOf(first.delivery, '路灯.csv', lang), {
          encoding: 'gb18030',
        })
        expect(sent.delivery.counts).toMatchObject({
          read: 6,
          unchanged: 4,
          added: 0,
          changed: 0,
          refused: 2,
        })
        expect(codes(sent)).toEqual(codes(first))
        // and marked once more it is what it was
        const twice = await csvOf(sent.delivery, '路灯.csv', lang)
        expect(cells(twice, ';').map(row => row.slice(0, 5))).toEqual(
          cells(csv, ';').map(row => row.slice(0, 5)),
        )
        expect(cells(twice, ';')[0]!.filter(name => /网格|Wangge/.test(name))).toHaveLength(1)
      }
      const kept = await intake.db.query<{ note: string; attributes: unknown }>(
        "SELECT note, attributes FROM component WHERE closed_version IS NULL AND note LIKE '%=%' ORDER BY note",
      )
      expect(kept).toEqual([
        { note: "'=1", attributes: null },
        { note: '=HYPERLINK("http://x","y")', attributes: null },
      ])
    })

    it('mended and delivered again brings what was mended and nothing else', async () => {
      const mended = csv.replace('\n12;', `\n${componentCode(2)};`)
      expect(mended).not.toBe(csv)
      const sent = await again('路灯 (1).csv', mended)
      expect(sent.delivery.counts).toMatchObject({ read: 6, unchanged: 4, added: 1, changed: 0, refused: 1 })
    })
  })

  it('of tabs stays of tabs, without line numbers where lines are as they were, and says what is wrong with all of it', async () => {
    const rows = [lamp(21, 'a\tb'), lamp(22, '', { name: '路登' })]
    const sent = await intake.load(
      'components',
      { '路灯.tsv': table(rows, '\t') },
      { profile: { ...profile, crs: undefined } },
    )
    const data = cells(await csvOf(sent.delivery, '路灯.tsv'), '\t')
    expect(data[0]).toEqual([...names, '问题〔网格〕'])
    expect(data[1]![4]).toBe('a\tb')
    expect(data[1]![5]).toMatch(/^整个文件：没有坐标系说明/)
  })

  it('keeps rows of too many and too few cells apart, and quotes that do not pair', async () => {
    const [header, ...lines] = table([lamp(31), lamp(32), lamp(33), lamp(34)], ',').split('\n')
    lines[1] += ',more'
    lines[2] = lines[2]!.split(',').slice(0, 3).join()
    lines[3] = lines[3]!.replace('路灯', '"路灯')
    const sent = await again('歪.csv', [header, ...lines].join('\n'))
    expect(sent.delivery.counts).toMatchObject({ read: 4, added: 1, refused: 3 })
    const data = cells(await csvOf(sent.delivery, '歪.csv'), ',')
    expect(data.map(row => row.length)).toEqual([6, 6, 7, 6, 6])
    expect(data[2]!.at(-1)).toBe('more')
    expect(data[2]![5]).toContain('该行有 6 列')
    expect(data[3]![5]).toContain('该行有 3 列')
    expect(data[4]![1]).toMatch(/^"路灯,/)
    expect(data[4]![5]).toContain('引号不配对')
  })

  it('knows rows again by the number of the survey, where they have no code', async () => {
    const numbered = (rows: [string, number][]) =>
      ['测点号,OBJNAME,X,Y', ...rows.map(([no, x]) => `${no},路灯,${x},31.32`)].join('\n')
    const how = { ...profile, fields: { sourceId: '测点号', className: 'OBJNAME' } }
    const first = await intake.load(
      'components',
      {
        '东片.csv': numbered([
          ['A1', 120.61],
          ['A2', 120.611],
          ['A3', 10],
        ]),
      },
      { profile: how },
    )
    expect(first.delivery.counts).toMatchObject({ added: 2, refused: 1 })
    const csv = await csvOf(first.delivery, '东片.csv')
    const sent = await intake.load(
      'components',
      { '东片(2).csv': csv.replace('A3,路灯,10,', 'A3,路灯,120.612,') },
      { profile: how },
    )
    expect(sent.delivery.counts).toMatchObject({ read: 3, unchanged: 2, added: 1, changed: 0, refused: 0 })
  })

  it('of several is one of them, or all in a zip that is delivered as it is', async () => {
    const zip = await zipBytes({
      '东/a.csv': table([lamp(41), lamp(42, '', { code: '7' })], ','),
      '西/b.csv': table([lamp(43)], ';'),
      '西/c.geojson': '{"type":"FeatureCollection","features":[]}',
    })
    const first = await intake.load('components', { '部件.zip': zip }, { profile })
    const files = first.delivery.files.map(file => file.name).filter(name => name.endsWith('.csv'))
    expect(files).toEqual(['部件.zip/东/a.csv', '部件.zip/西/b.csv'])
    expect(cells(await csvOf(first.delivery, files[1]!), ';')[1]![0]!.trim()).toBe(componentCode(43))
    const bytes = await marked(first.delivery, { kind: 'zip', files })
    const sent = await intake.load('components', { 'again.zip': bytes }, { profile })
    expect(sent.delivery.files.map(file => file.name)).toEqual(files.map(name => `again.zip/${name}`))
    expect(sent.delivery.counts).toMatchObject({ read: 3, unchanged: 2, refused: 1 })
  })
})
