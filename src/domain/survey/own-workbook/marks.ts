/**
 * Where findings stand in a sheet: the cells to tint, what to say beside a row and of a cell. A cell that is merged with
 * others is marked where its value stands.
 */
import { remedy, sentence } from '../findings.ts'
import { type MarkedFinding, takenAs } from '../marked-lines.ts'
import { markedName, markedTable } from '../readers/marked-columns.ts'
import { columnOf, lettersOf, mostColumns } from '../readers/sheet-cells.ts'
import type { Merge } from '../readers/sheet-merges.ts'
import type { Sheet } from '../readers/xlsx.ts'
import type { RowMarks, SheetMarks } from './rows.ts'
import type { Tint } from './styles.ts'

export interface Marks extends Omit<SheetMarks, 'rows' | 'drawing'> {
  rows: Map<number, RowMarks>
  /** What is said of cells, by their names. */
  notes: Map<string, string>
}

/** null where the sheet has no column left to say it in. */
export function marksOf(sheet: Sheet, found: readonly MarkedFinding[], lang: 'zh' | 'en'): Marks | null {
  const { columns, headerEnd } = sheet.table
  const last = markedTable(columns.map(({ name }) => name))?.problem ?? null
  const before = sheet.apart ?? (last === null ? null : columns[last]!.at)
  const cellsOf = (each: MarkedFinding) => placesOf(each, columns)
  const right = Math.max(
    columns.at(-1)!.at,
    found.reduce((most, each) => Math.max(most, columnIn(each)), 0),
  )
  const at = before ?? right + 1
  if (at >= mostColumns) return null
  const anchor = anchors(sheet.merges)
  const rows = new Map<number, RowMarks>()
  const notes = new Map<string, string>()
  const marksIn = (row: number): RowMarks => {
    let marks = rows.get(row)
    if (!marks) {
      marks = { cells: new Map(), said: '', tint: 'warning' }
      rows.set(row, marks)
    }
    return marks
  }
  for (const each of found) {
    const tint: Tint = takenAs(each)
    const said = sentence(each, lang)
    const row = marksIn(each.row!)
    row.said += `${row.said && (lang === 'zh' ? '；' : '; ')}${said}`
    if (tint === 'error') row.tint = tint
    for (const column of cellsOf(each)) {
      const place = anchor(column, each.row!)
      const { cells } = marksIn(place.row)
      if (cells.get(place.column) !== 'error') cells.set(place.column, tint)
      const ref = `${lettersOf(place.column)}${place.row}`
      const note = notes.get(ref)
      notes.set(ref, `${note === undefined ? '' : `${note}\n`}${said}\n${remedy(each, lang)}`)
    }
  }
  return {
    rows,
    notes,
    again: before !== null,
    problem: { at, name: markedName('problem', lang), row: headerEnd },
  }
}

/** Columns of the cells that a finding names: by their fields, else the cell itself. */
function placesOf(each: MarkedFinding, columns: Sheet['table']['columns']): number[] {
  const named = (each.field?.split(', ') ?? []).flatMap(
    name => columns.find(column => column.name === name)?.at ?? [],
  )
  if (named.length > 0) return named
  const at = columnIn(each)
  return at < 0 ? [] : [at]
}

/** The column of a cell that a finding names: what is found beside the table lies further right. */
const columnIn = ({ detail }: MarkedFinding): number => columnOf(String(detail.cell ?? ''))

/** Where the value of a cell stands. */
function anchors(merges: readonly Merge[]): (column: number, row: number) => { column: number; row: number } {
  const byColumn = new Map<number, Merge[]>()
  for (const merge of merges)
    for (let column = merge.left; column <= merge.right; column++) {
      const list = byColumn.get(column)
      if (list) list.push(merge)
      else byColumn.set(column, [merge])
    }
  for (const list of byColumn.values()) list.sort((a, b) => a.top - b.top)
  return (column, row) => {
    const list = byColumn.get(column) ?? []
    let [low, high] = [0, list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (list[middle]!.top <= row) low = middle + 1
      else high = middle
    }
    const merge = list[low - 1]
    return merge && row <= merge.bottom ? { column: merge.left, row: merge.top } : { column, row }
  }
}
