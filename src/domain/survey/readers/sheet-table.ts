/**
 * Where the table of a sheet begins and what its columns are called. Forms carry a title over the whole
 * width and a line of particulars above their header; headers may be two rows high:
 *
 *   1 |        部件普查表（merged A1:F1）        |   title
 *   2 | 填报单位：      |          | 日期：     |   particulars: few cells filled
 *   3 | 标识码 | 名称 |     坐标     | 备注      |   header; 坐标 is merged across, the others down
 *   4 |        |      |   X   |   Y  |           |
 */
import { unlike } from './dbf.ts'
import { isProblemName } from './marked-columns.ts'
import type { RawRow } from './sheet-cells.ts'
import { lettersOf } from './sheet-cells.ts'
import type { Merge } from './sheet-merges.ts'

export interface Table {
  /** The last row of the header; the table's rows lie below. */
  headerEnd: number
  /** Columns in their order; a name that is blank is `column_C`. */
  columns: { at: number; name: string }[]
}

/** Rows looked at for the header. */
export const headRows = 20
const highest = 3

/** null when nothing stands there. */
export function findTable(head: readonly RawRow[], merges: readonly Merge[]): Table | null {
  // what we said beside a table makes no row wider, and none a header
  const said = head.flatMap(({ values }) => values.findLastIndex(isProblemName)).find(column => column >= 0)
  const theirs = (row: RawRow) => filled(row).filter(column => column !== said)
  const widths = head.map(row => theirs(row).length)
  const widest = Math.max(0, ...widths)
  if (widest === 0) return null
  // the first row that is nearly as wide as the table is its header
  const at = widths.findIndex(width => width * 3 >= widest * 2 && (width > 1 || widest === 1))
  const first = head[at]!
  const below = merges.filter(({ top, bottom }) => top === first.row && bottom - top < highest)
  const next = head[at + 1]
  const second = next && isSecondRow(theirs(next), below) ? next.row : 0
  const headerEnd = Math.max(first.row, ...below.map(merge => merge.bottom), second)
  const rows = head.filter(({ row }) => row >= first.row && row <= headerEnd)
  const names = new Map<number, string>()
  for (const row of rows) {
    for (const column of filled(row)) {
      const { right } = below.find(({ left, top }) => left === column && top === row.row) ?? { right: column }
      for (let each = column; each <= right; each++)
        // the lower name is the nearer one; one merged across names only what has no name below
        if (each === column || headerEnd > first.row) names.set(each, nameOf(row.values[column]))
    }
  }
  const ordered = [...names.keys()].sort((a, b) => a - b)
  const taken = new Set<string>()
  const columns: Table['columns'] = []
  const [left, right] = [ordered[0]!, ordered.at(-1)!]
  for (let column = left; column <= right; column++)
    columns.push({ at: column, name: unlike(names.get(column) || `column_${lettersOf(column)}`, taken) })
  return { headerEnd, columns }
}

/** Whether all that stands in the row below a header lies under names merged across. */
function isSecondRow(below: readonly number[], header: readonly Merge[]): boolean {
  const across = header.filter(({ left, right }) => right > left)
  return (
    across.length > 0 &&
    below.every(column => across.some(({ left, right }) => left <= column && column <= right))
  )
}

/** Columns of a row in which something stands. */
export function filled({ values }: Pick<RawRow, 'values'>): number[] {
  const columns: number[] = []
  values.forEach((value, column) => {
    if (stands(value)) columns.push(column)
  })
  return columns
}

export const isBlank = ({ values }: Pick<RawRow, 'values'>): boolean => !values.some(stands)

const stands = (value: unknown): boolean =>
  value !== null && value !== undefined && !(typeof value === 'string' && value.trim() === '')

const nameOf = (value: unknown): string =>
  String(value)
    .replace(/\s*[\r\n]+\s*/g, '')
    .trim()
