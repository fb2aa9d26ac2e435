/**
 * Workbooks for tests, part by part: what a good writer would write, with the freedoms writers take (prefixes,
 * numbers of rows left out, absolute targets, UTF-16) as options, and raw XML where a test wants more.
 */
import { type Entries, zipBytes } from './build-zip.ts'

/** A plain value, or the inside of `<c …>` as XML: `{ is: '<v>1</v>', t: 'b', s: 1 }`. */
export type Cell = string | number | boolean | null | { is: string; t?: string; s?: number }

export interface SheetDraft {
  name: string
  /** By row from 1; null leaves the row out. */
  rows: (readonly Cell[] | null)[]
  merges?: readonly string[]
  state?: 'hidden' | 'veryHidden'
}

export interface Freedoms {
  /** Texts in the shared list (as Excel does) or in the cells. */
  texts?: 'shared' | 'inline' | 'str'
  /** Rows and cells carry their numbers. */
  numbered?: boolean
  prefix?: string
  strict?: boolean
  absolute?: boolean
  from1904?: boolean
  /** Codes of the cell styles 1, 2 ...; numbers are formats that every Excel knows. */
  formats?: readonly (string | number)[]
  encoding?: 'utf8' | 'utf8-bom' | 'utf16le'
}

const spaces = {
  transitional: [
    'http://schemas.openxmlformats.org/spreadsheetml/2006/main',
    'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
  ],
  strict: [
    'http://purl.oclc.org/ooxml/spreadsheetml/main',
    'http://purl.oclc.org/ooxml/officeDocument/relationships',
  ],
} as const

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The parts of a workbook by their names, as text. */
export function xlsxParts(sheets: readonly SheetDraft[], how: Freedoms = {}): Record<string, string> {
  const [main, office] = spaces[how.strict ? 'strict' : 'transitional']
  const strings: string[] = []
  const p = how.prefix ? `${how.prefix}:` : ''
  const space = how.prefix ? `xmlns:${how.prefix}="${main}"` : `xmlns="${main}"`
  const target = (name: string) => `Target="${how.absolute ? '/xl/' : ''}${name}"`
  const cell = (value: Cell, row: number, column: number): string => {
    if (value === null) return ''
    const r = how.numbered === false ? '' : ` r="${letters(column)}${row}"`
    const made = typeof value === 'object' ? value : plain(value)
    const t = made.t === undefined ? '' : ` t="${made.t}"`
    const s = made.s === undefined ? '' : ` s="${made.s}"`
    return `<${p}c${r}${s}${t}>${made.is}</${p}c>`
  }
  const plain = (value: string | number | boolean): { is: string; t?: string; s?: number } => {
    if (typeof value === 'number') return { is: `<${p}v>${value}</${p}v>` }
    if (typeof value === 'boolean') return { is: `<${p}v>${Number(value)}</${p}v>`, t: 'b' }
    const text = `xml:space="preserve">${escaped(value)}`
    if (how.texts === 'inline') return { is: `<${p}is><${p}t ${text}</${p}t></${p}is>`, t: 'inlineStr' }
    if (how.texts === 'str') return { is: `<${p}v>${escaped(value)}</${p}v>`, t: 'str' }
    let at = strings.indexOf(value)
    if (at < 0) at = strings.push(value) - 1
    return { is: `<${p}v>${at}</${p}v>`, t: 's' }
  }
  const parts: Record<string, string> = {}
  for (const [n, sheet] of sheets.entries()) {
    const rows = sheet.rows.map((cells, at) => {
      if (cells === null) return ''
      const r = how.numbered === false ? '' : ` r="${at + 1}"`
      return `<${p}row${r}>${cells.map((value, column) => cell(value, at + 1, column)).join('')}</${p}row>`
    })
    const merges = (sheet.merges ?? []).map(ref => `<${p}mergeCell ref="${ref}"/>`).join('')
    const behind = merges && `<${p}mergeCells>${merges}</${p}mergeCells>`
    parts[`xl/worksheets/sheet${n + 1}.xml`] =
      `<${p}worksheet ${space}><${p}sheetData>${rows.join('')}</${p}sheetData>${behind}</${p}worksheet>`
  }
  const items = strings.map(text => `<${p}si><${p}t xml:space="preserve">${escaped(text)}</${p}t></${p}si>`)
  parts['xl/sharedStrings.xml'] = `<${p}sst ${space}>${items.join('')}</${p}sst>`
  const formats = how.formats ?? []
  const codes = formats.map((format, n) =>
    typeof format === 'string' ? `<${p}numFmt numFmtId="${200 + n}" formatCode="${escaped(format)}"/>` : '',
  )
  const styles = formats.map(
    (format, n) => `<${p}xf numFmtId="${typeof format === 'number' ? format : 200 + n}"/>`,
  )
  parts['xl/styles.xml'] =
    `<${p}styleSheet ${space}><${p}numFmts>${codes.join('')}</${p}numFmts><${p}cellStyleXfs><${p}xf numFmtId="14"/>` +
    `</${p}cellStyleXfs><${p}cellXfs><${p}xf numFmtId="0"/>${styles.join('')}</${p}cellXfs></${p}styleSheet>`
  const listed = sheets.map(({ name, state }, n) => {
    const shown = state ? ` state="${state}"` : ''
    return `<${p}sheet name="${escaped(name)}" sheetId="${n + 1}" r:id="rId${n + 1}"${shown}/>`
  })
  parts['xl/workbook.xml'] =
    `<${p}workbook ${space} xmlns:r="${office}"><${p}workbookPr${how.from1904 ? ' date1904="1"' : ''}/>` +
    `<${p}sheets>${listed.join('')}</${p}sheets></${p}workbook>`
  const rel = (id: string, kind: string, where: string) =>
    `<Relationship Id="${id}" Type="${office}/${kind}" ${where}/>`
  const rels = sheets.map((_, n) => rel(`rId${n + 1}`, 'worksheet', target(`worksheets/sheet${n + 1}.xml`)))
  const relationships = (...all: string[]) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`
  parts['xl/_rels/workbook.xml.rels'] = relationships(
    ...rels,
    rel('rIdStrings', 'sharedStrings', target('sharedStrings.xml')),
    rel('rIdStyles', 'styles', target('styles.xml')),
  )
  const top = `Target="${how.absolute ? '/' : ''}xl/workbook.xml"`
  parts['_rels/.rels'] = relationships(rel('rId1', 'officeDocument', top))
  return parts
}

export async function xlsxBytes(sheets: readonly SheetDraft[], how: Freedoms = {}): Promise<Buffer> {
  return packed(xlsxParts(sheets, how), how.encoding)
}

/** Zips parts, each with its declaration in front. */
export function packed(
  parts: Record<string, string>,
  encoding: Freedoms['encoding'] = 'utf8',
): Promise<Buffer> {
  const entries: Entries = {}
  for (const [name, xml] of Object.entries(parts)) {
    const wide = encoding === 'utf16le'
    const whole = `${encoding === 'utf8' ? '' : '\ufeff'}<?xml version="1.0" encoding="${wide ? 'UTF-16' : 'UTF-8'}"?>${xml}`
    entries[name] = Buffer.from(whole, wide ? 'utf16le' : 'utf8')
  }
  return zipBytes(entries)
}

/** One sheet by its rows. */
export const table = (rows: SheetDraft['rows'], merges: string[] = [], name = '部件'): SheetDraft => ({
  name,
  rows,
  merges,
})

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26))
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last
}
