/**
 * A field sheet that comes back filled in: its lines as answers by item, and a finding for every cell that
 * cannot be read, by sheet and row. Read by the reader that reads deliveries, so a sheet is as safe as one.
 *
 *   .xlsx -> layers by name -> lines by item -> { rows, areas, findings }
 */
import { openSources } from '../readers/open.ts'
import type { SourceLayer, SourceRow } from '../readers/source.ts'
import { choices, fieldCalled, keyOf, type Lang, sheets } from './field-sheet-words.ts'
import { EXISTS, type MeasuredPosition, type Verdict } from './schema.ts'
import { fieldsOf, type Item } from './store.ts'

/** What cannot be read, and where. */
export interface SheetFinding {
  sheet: string
  row: number | null
  column: string | null
  value: string
  message: string
}

export interface ReadRow {
  verdicts: Record<string, Verdict>
  found: Record<string, string>
  note: string
  /** Null: not measurable; undefined: nothing said. */
  position?: MeasuredPosition | null
}
export interface ReadArea {
  walked: boolean
  sightings: {
    kind: 'missing' | 'surplus'
    class: string
    code: string
    position: MeasuredPosition | null
    note: string
    photo: string
  }[]
}
export interface ReadSheet {
  rows: Map<number, ReadRow>
  areas: Map<number, ReadArea>
  findings: SheetFinding[]
}

const said = {
  sheet: ['没有找到这张表', 'The sheet is not there'],
  item: ['检查中没有这个抽查号', 'The inspection has no such item'],
  field: ['该部件没有这个项目', 'The component has no such field'],
  word: ['应填：{words}', 'It must be one of {words}'],
  number: ['坐标须为数值，且东、北坐标都要填', 'A position needs two numbers, easting and northing'],
  class: ['须填类别代码', 'A class code is needed'],
  kind: ['须填漏测或多测', 'Say whether it is missing or surplus'],
  unreadable: ['工作簿无法读取：{why}', 'The workbook cannot be read: {why}'],
} as const

export const sayOf = (what: keyof typeof said, lang: Lang, places: Record<string, string> = {}): string =>
  said[what][lang === 'zh' ? 0 : 1].replace(/\{(\w+)\}/g, (_, key: string) => places[key] ?? '')

type Which = keyof typeof sheets
/** A line's cells by our keys, as texts; and how to tell what is wrong with one. */
interface Line {
  cell(key: string): string
  wrong(key: string | null, message: string): void
}

/** @param path of the workbook */
export async function readFieldSheet(path: string, items: readonly Item[], lang: Lang): Promise<ReadSheet> {
  const read: ReadSheet = { rows: new Map(), areas: new Map(), findings: [] }
  const { layers, findings } = await openSources([{ path, name: 'field-sheet.xlsx' }], {})
  const byNo = new Map(items.map(item => [String(item.no), item]))
  const found = (finding: SheetFinding) => void read.findings.push(finding)
  const file = findings.find(each => each.code !== 'sheet.hidden' && each.code !== 'sheet.no-table')
  if (layers.length === 0)
    found({
      sheet: '',
      row: null,
      column: null,
      value: '',
      message: sayOf('unreadable', lang, { why: file?.code ?? '' }),
    })
  for (const which of Object.keys(sheets) as Which[]) {
    const layer = layers.find(each =>
      sheets[which].name.some(name => name === (each.sheet?.name ?? each.name)),
    )
    // a plan may have no walks, or nothing to measure: what is not there says nothing, but of the rows
    if (!layer) {
      if (which === 'rows' && layers.length > 0)
        found({
          sheet: sheets.rows.name[lang === 'zh' ? 0 : 1],
          row: null,
          column: null,
          value: '',
          message: sayOf('sheet', lang),
        })
      continue
    }
    for await (const rows of layer.rows())
      for (const row of rows) {
        const line = lineOf(layer, which, row, found)
        const item = byNo.get(line.cell('no'))
        if (!item || (item.kind === 'area') !== (which === 'walks')) {
          if (line.cell('no') !== '') line.wrong('no', sayOf('item', lang))
        } else readers[which](read, item, line, lang)
      }
  }
  return read
}

function lineOf(
  layer: SourceLayer,
  which: Which,
  row: SourceRow,
  found: (finding: SheetFinding) => void,
): Line {
  const columns: Readonly<Record<string, readonly [string, string]>> = sheets[which].columns
  const at = (key: string) =>
    layer.fields.findIndex(field => columns[key]!.some(name => name === field.name.trim()))
  const cell = (key: string) => String(row.values[at(key)] ?? '').trim()
  return {
    cell,
    wrong: (key, message) =>
      found({
        sheet: layer.sheet?.name ?? layer.name,
        row: row.row,
        column: key === null ? null : (layer.fields[at(key)]?.name ?? key),
        value: key === null ? '' : cell(key).slice(0, 200),
        message,
      }),
  }
}

const readers: Record<Which, (read: ReadSheet, item: Item, line: Line, lang: Lang) => void> = {
  rows(read, item, line, lang) {
    const asked = [EXISTS, ...fieldsOf(item)]
    const field = fieldCalled(line.cell('field'), asked)
    if (field === undefined) return line.wrong('field', sayOf('field', lang))
    const answer = rowOf(read, item)
    if (line.cell('note') !== '') answer.note = line.cell('note')
    if (line.cell('found') !== '') answer.found[field] = line.cell('found')
    const word = line.cell('verdict')
    const verdict = keyOf(choices.verdict, word)
    if (verdict) answer.verdicts[field] = verdict
    else if (word !== '')
      line.wrong('verdict', sayOf('word', lang, { words: wordsOf(choices.verdict, lang) }))
  },
  points(read, item, line, lang) {
    const position = positionOf(line, lang)
    const word = line.cell('impossible')
    if (position) rowOf(read, item).position = position
    else if (keyOf(choices.yes, word)) rowOf(read, item).position = null
    else if (word !== '') line.wrong('impossible', sayOf('word', lang, { words: wordsOf(choices.yes, lang) }))
  },
  walks(read, item, line, lang) {
    const walked = line.cell('walked')
    const kind = keyOf(choices.kind, line.cell('kind'))
    const classCode = /^[0-9A-Za-z]{2,10}/.exec(line.cell('class'))?.[0]
    const filled = ['kind', 'class', 'code', 'x', 'y', 'note', 'photo'].some(key => line.cell(key) !== '')
    if (walked !== '' && !keyOf(choices.yes, walked))
      line.wrong('walked', sayOf('word', lang, { words: wordsOf(choices.yes, lang) }))
    if (!filled && walked === '') return
    const area = read.areas.get(item.no) ?? { walked: false, sightings: [] }
    read.areas.set(item.no, area)
    area.walked ||= keyOf(choices.yes, walked) !== undefined
    if (!filled) return
    if (!kind) return line.wrong('kind', sayOf('kind', lang))
    if (!classCode) return line.wrong('class', sayOf('class', lang))
    area.sightings.push({
      kind,
      class: classCode,
      code: line.cell('code').slice(0, 40),
      position: positionOf(line, lang),
      note: line.cell('note').slice(0, 1000),
      photo: line.cell('photo').slice(0, 200),
    })
  },
}

function rowOf({ rows }: ReadSheet, item: Item): ReadRow {
  const known = rows.get(item.no) ?? { verdicts: {}, found: {}, note: '' }
  rows.set(item.no, known)
  return known
}

function positionOf(line: Line, lang: Lang): MeasuredPosition | null {
  const [x, y] = [line.cell('x'), line.cell('y')]
  if (x === '' && y === '') return null
  const numbers = [x, y].map(text => (text === '' ? Number.NaN : Number(text.normalize('NFKC'))))
  if (!numbers.every(Number.isFinite)) {
    line.wrong(x !== '' && Number.isFinite(numbers[0]) ? 'y' : 'x', sayOf('number', lang))
    return null
  }
  const crs = line.cell('crs')
  return { x: numbers[0]!, y: numbers[1]!, ...(crs === '' ? {} : { crs: crs.slice(0, 400) }) }
}

const wordsOf = (table: Readonly<Record<string, readonly [string, string]>>, lang: Lang): string =>
  Object.values(table)
    .map(both => both[lang === 'zh' ? 0 : 1])
    .join(' / ')
