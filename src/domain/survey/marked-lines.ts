/**
 * What every sheet of a marked workbook is made with: names that the format allows, tints, rows given no faster than
 * they are taken; and sheets of nothing but findings, as many as they need.
 */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type excel from 'exceljs'
import { type Finding, type Severity, severityOf } from './findings.ts'
import { type MarkedColumn, markedName } from './readers/marked-columns.ts'

/** Rows a sheet of the format can hold, its header among them. */
export const SHEET_ROWS = 1_048_576
const tints = { error: 'FFF8D7DA', warning: 'FFFFF3CD' } as const

/** A finding as it was taken; one of the file's own reader, met while it is written, as it is registered. */
export type MarkedFinding = Finding & { severity?: Severity }
export const takenAs = ({ severity, code }: MarkedFinding): Severity => severity ?? severityOf(code)

/** Where sheets are written, and the names that are taken there. */
export interface Into {
  workbook: excel.stream.xlsx.WorkbookWriter
  names: Set<string>
  lang: 'zh' | 'en'
  sheetRows: number
}

type Line = (string | number | null)[]

/**
 * Writes lines of findings: as many sheets as they need, no faster than they are taken.
 * @param columns with their widths, the problem's among them
 */
export async function writeLines(
  { workbook, lang, names, sheetRows }: Into,
  {
    name,
    columns,
    found,
    lineOf,
  }: {
    name: string
    columns: readonly (readonly [column: MarkedColumn, width: number])[]
    found: Iterable<MarkedFinding>
    lineOf(each: MarkedFinding): Line
  },
  signal: AbortSignal,
): Promise<void> {
  const problemAt = columns.findIndex(([column]) => column === 'problem') + 1
  let sheet: excel.Worksheet | null = null
  let n = -1
  for (const each of found) {
    n++
    if (n % (sheetRows - 1) === 0) {
      sheet?.commit()
      sheet = workbook.addWorksheet(sheetName(name, names), { views: [{ state: 'frozen', ySplit: 1 }] })
      sheet.columns = columns.map(([, width]) => ({ width, style: { numFmt: '@' } }))
      header(sheet.addRow(columns.map(([column]) => markedName(column, lang))))
    }
    const row = sheet!.addRow(lineOf(each))
    row.getCell(problemAt).fill = tint(takenAs(each))
    row.commit()
    await taken(sheet!, signal)
    // the thread hears that nobody wants it any more
    if (n % 1000 === 999) await turn()
    signal.throwIfAborted()
  }
  sheet?.commit()
}

/** The inside of exceljs that says whether the zip has taken what its sheets gave it. */
interface Draining {
  stream: { pipes: (Writable & { _writableState: { needDrain: boolean } })[] }
}

/** exceljs takes rows faster than they are compressed and sent: waits until what it holds is taken. */
export async function taken(sheet: excel.Worksheet, signal: AbortSignal): Promise<void> {
  const [sink] = (sheet as unknown as Draining).stream.pipes
  if (sink?._writableState.needDrain) await once(sink, 'drain', { signal })
}

export const tint = (severity: keyof typeof tints): excel.Fill => ({
  type: 'pattern',
  pattern: 'solid',
  fgColor: { argb: tints[severity] },
})

export function header(row: excel.Row): void {
  row.font = { bold: true }
  row.commit()
}

/** A name the format allows, and no two alike. */
export function sheetName(wanted: string, taken: Set<string>): string {
  const base =
    wanted
      .replace(/[\\/?*[\]:]/g, '_')
      .replace(/^'+|'+$/g, '')
      .slice(0, 31) || 'Sheet'
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base.slice(0, 31 - String(n).length - 1)}_${n}`
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
}
