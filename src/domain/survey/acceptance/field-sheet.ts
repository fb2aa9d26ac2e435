/**
 * The field sheet: everything that is looked at as a workbook, to print or to fill in on a tablet. Codes are
 * text, answers have pick lists, and what was found already stands in it.
 *
 *   抽查 a line per row and field   测点 a line per position   走查 lines per area, to write down what is missing
 */
import excel from 'exceljs'
import type { Queryable } from '../../../core/db.ts'
import { currencies, states } from '../../registry/schema.ts'
import { choices, fieldName, inLang, type Lang, sheets } from './field-sheet-words.ts'
import { EXISTS } from './schema.ts'
import { classNames, shape } from './settlement-workbook.ts'
import { counted, type Inspection, type Item } from './store.ts'

/** Empty lines for what is found on a walk. */
const LINES_PER_WALK = 12

type Line = Record<string, string | number>

export async function fieldSheet(
  db: Queryable,
  inspection: Pick<Inspection, 'district'>,
  items: readonly Item[],
  lang: Lang,
): Promise<Uint8Array> {
  const names = await classNames(db, inspection.district, lang)
  const called = (code: string | null) => (code === null ? '' : `${code} ${names.get(code) ?? ''}`.trim())
  const real = counted(items)
  const rows = real.filter(item => item.kind === 'row')
  const workbook = new excel.Workbook()
  write(
    workbook,
    'rows',
    lang,
    rows.flatMap(item => rowLines(item, called(item.class), lang)),
    ['verdict'],
  )
  const points = rows.filter(item => item.measure).map(item => pointLine(item, called(item.class), lang))
  write(workbook, 'points', lang, points, ['impossible'])
  const walks = real.filter(item => item.kind === 'area').flatMap(item => walkLines(item, lang))
  write(workbook, 'walks', lang, walks, ['walked', 'kind'])
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

function rowLines(item: Item, className: string, lang: Lang): Line[] {
  const { content, answer } = item
  const asked = [{ field: EXISTS, value: '' }, ...(content.fields ?? [])]
  return asked.map(({ field, value }, i) => ({
    no: item.no,
    class: className,
    code: content.code ?? '',
    area: item.area ?? '',
    place: i === 0 ? placeOf(item) : '',
    field: fieldName(field, lang),
    value: field === 'class' ? className : worded(field, value, lang),
    verdict: answer?.verdicts?.[field] ? inLang(choices.verdict[answer.verdicts[field]], lang) : '',
    found: answer?.found?.[field] ?? '',
    note: i === 0 ? (answer?.note ?? '') : '',
  }))
}

/** States as the registry says them, in the sheet's language. */
function worded(field: string, value: string, lang: Lang): string {
  const table: Readonly<Record<string, readonly [string, string]>> =
    field === 'state' ? states : field === 'currency' ? currencies : {}
  return Object.hasOwn(table, value) ? inLang(table[value]!, lang) : value
}

const pointLine = (item: Item, className: string, lang: Lang): Line => ({
  no: item.no,
  class: className,
  code: item.content.code ?? '',
  accuracy: item.accuracy ?? '',
  x: item.measuredLon ?? '',
  y: item.measuredLat ?? '',
  crs: item.measuredLon === null ? '' : 'EPSG:4490',
  impossible: item.answer?.position === 'impossible' ? inLang(choices.yes.yes, lang) : '',
})

function walkLines(item: Item, lang: Lang): Line[] {
  const area = `${item.area ?? ''} ${item.content.name ?? ''}`.trim()
  const seen = item.answer?.sightings ?? []
  const first = { no: item.no, area, walked: item.complete ? inLang(choices.yes.yes, lang) : '' }
  const written = seen.map(each => ({
    kind: inLang(choices.kind[each.kind], lang),
    class: each.class,
    code: each.code,
    x: each.lonLat?.[0] ?? '',
    y: each.lonLat?.[1] ?? '',
    crs: each.lonLat ? 'EPSG:4490' : '',
    note: each.note,
    photo: each.photo,
  }))
  const blank = Array.from({ length: Math.max(1, LINES_PER_WALK - written.length) }, (): Line => ({}))
  return [...written, ...blank].map((line, i) => ({ ...line, no: item.no, area, ...(i === 0 ? first : {}) }))
}

function placeOf({ geometry }: Item): string {
  let at: unknown = geometry?.coordinates
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[0]
  const [lon, lat] = (at ?? []) as number[]
  return lon === undefined || lat === undefined ? '' : `${lon.toFixed(7)}, ${lat.toFixed(7)}`
}

const lists: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  verdict: choices.verdict,
  kind: choices.kind,
  walked: choices.yes,
  impossible: choices.yes,
}

function write(
  workbook: excel.Workbook,
  which: keyof typeof sheets,
  lang: Lang,
  lines: readonly Line[],
  picked: readonly string[],
): void {
  const { name, columns } = sheets[which]
  const keys = Object.keys(columns)
  const sheet = workbook.addWorksheet(inLang(name, lang), {
    views: [{ state: 'frozen', ySplit: 1 }],
    pageSetup: {
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: '1:1',
    },
  })
  const header = Object.values(columns).map(both => inLang(both, lang))
  sheet.addRow(header).font = { bold: true }
  for (const line of lines) {
    const row = sheet.addRow(keys.map(key => line[key] ?? ''))
    for (const key of picked) {
      const words = Object.values(lists[key]!).map(both => inLang(both, lang))
      row.getCell(keys.indexOf(key) + 1).dataValidation = {
        type: 'list',
        allowBlank: true,
        formulae: [`"${words.join(',')}"`],
      }
    }
    row.eachCell({ includeEmpty: true }, cell => {
      cell.border = { bottom: { style: 'hair' } }
    })
  }
  shape(
    sheet,
    keys.flatMap((key, i) => (key === 'no' || key === 'x' || key === 'y' ? [] : [i + 1])),
  )
}
