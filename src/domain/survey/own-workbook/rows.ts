/**
 * The rows of a sheet as they are written, with cells that are wrong in a tinted style and what is said of a row in its last
 * column. Cells of which nothing was written are written where they are wrong.
 */
import { corrupt } from '../readers/file-bytes.ts'
import { columnOf, lettersOf } from '../readers/sheet-cells.ts'
import { formulaRewriter } from './formulas.ts'
import { attributeOf, escaped, type Rewriter, type Tag, withAttribute } from './pieces.ts'
import type { Styles, Tint } from './styles.ts'

/** What is wrong with a row; columns from 0. */
export interface RowMarks {
  cells: Map<number, Tint>
  said: string
  tint: Tint
  /** Set once the row was found in the sheet. */
  stands?: true
}

export interface SheetMarks {
  rows: ReadonlyMap<number, RowMarks>
  /** The column that says what is wrong, and the row of its name. */
  problem: { at: number; name: string; row: number }
  /** It was marked before: what was tinted and said then goes. */
  again: boolean
  /** The relationship of the drawing that shows the comments, where the sheet names none yet. */
  drawing: string | null
}

interface RowsInput {
  styles: Styles
  file: string
  /** null for a sheet in which nothing is marked. */
  marks: SheetMarks | null
  /** The style of a column's cells of which nothing is written. */
  columnStyle(column: number): number
}

/** A row as far as it was met. */
interface CurrentRow {
  row: number
  style: number | null
  wrong: RowMarks | undefined
  /** Columns of cells that are still to be marked, in their order. */
  pending: number[]
}

interface Cell {
  column: number
  open: string
  inner: string
}

const holds = (inner: string): boolean => /<(?:[^\s<>/:]+:)?(?:v|t)(?:\s[^>]*)?>[^<]/.test(inner)

/** Throws FileFault `file.corrupt` where something stands in the way of the last column. */
export function rowRewriter({ styles, marks, file, columnStyle }: RowsInput): Rewriter {
  let current: CurrentRow = { row: 0, style: null, wrong: undefined, pending: [] }
  let column = -1
  let cell: Cell | null = null
  const formulas = formulaRewriter()
  const markCell = marks && cellMarker(marks, styles, file)

  /** Cells that are to be marked and of which nothing is written, before a column. */
  const missing = (p: string, before: number): string => {
    const { row, pending, style, wrong } = current
    let made = ''
    while (pending.length > 0 && pending[0]! < before) {
      const at = pending.shift()!
      made +=
        at === marks!.problem.at
          ? markCell!.problem(p, current)
          : `<${p}c r="${lettersOf(at)}${row}" s="${styles.made(style ?? columnStyle(at), wrong!.cells.get(at)!)}"/>`
    }
    return made
  }
  const openRow = (raw: string, { prefix, closes }: Tag): string => {
    const row = Number(attributeOf(raw, 'r') ?? current.row + 1)
    const wrong = marks?.rows.get(row)
    if (wrong) wrong.stands = true
    const says = wrong?.said || marks?.problem.row === row
    const pending = [...(wrong?.cells.keys() ?? []), ...(says ? [marks!.problem.at] : [])].sort(
      (a, b) => a - b,
    )
    const styled = /^(1|true)$/.test(attributeOf(raw, 'customFormat') ?? '')
    current = { row, wrong, pending, style: styled ? Number(attributeOf(raw, 's') ?? 0) : null }
    column = -1
    if (pending.length === 0) return raw
    const open = withAttribute(raw, 'spans', null)
    return closes ? `${open.replace(/\s*\/>$/, '>')}${missing(prefix, Infinity)}</${prefix}row>` : open
  }
  const closeCell = (p: string, close: string): string => {
    const done = cell!
    cell = null
    // a formula that goes and was never calculated stays a fault
    if (formulas.dropped() && !holds(done.inner)) {
      done.open = withAttribute(done.open, 't', 'e')
      done.inner = `<${p}v>#N/A</${p}v>`
    }
    return missing(p, column) + (markCell?.written(p, done, current, close) ?? done.open + done.inner + close)
  }
  return (raw, tag) => {
    if (cell) {
      if (tag?.name === 'c' && !tag.opens) return closeCell(tag.prefix, raw)
      cell.inner += formulas.rewrite(raw, tag)
      return ''
    }
    if (!tag) return raw
    if (tag.name === 'row') return tag.opens ? openRow(raw, tag) : missing(tag.prefix, Infinity) + raw
    if (tag.name !== 'c' || !tag.opens) return raw
    const given = attributeOf(raw, 'r')
    column = given === undefined ? column + 1 : columnOf(given)
    cell = { column, open: raw, inner: '' }
    return tag.closes ? closeCell(tag.prefix, '') : ''
  }
}

/** Single cells, where the row they stand in is known. */
function cellMarker({ problem, again }: SheetMarks, styles: Styles, file: string) {
  let named = 0
  const said = (p: string, { row, wrong }: CurrentRow): string => {
    const [style, text] =
      row === problem.row ? [named, problem.name] : [styles.said(wrong!.tint), wrong!.said]
    return `<${p}c r="${lettersOf(problem.at)}${row}" s="${style}" t="inlineStr"><${p}is><${p}t xml:space="preserve">${escaped(text)}</${p}t></${p}is></${p}c>`
  }
  const last = (p: string, { open, inner }: Cell, current: CurrentRow, close: string): string => {
    const { row, pending } = current
    const below = row > problem.row
    if (!again && below && holds(inner)) throw corrupt(file, `${lettersOf(problem.at)}${row} is taken`)
    if (pending[0] === problem.at) {
      pending.shift()
      return said(p, current)
    }
    return again && below
      ? `<${p}c r="${lettersOf(problem.at)}${row}" s="${styles.said(null)}"/>`
      : open + inner + close
  }
  return {
    problem: said,
    /** A cell as it is written, marked. */
    written(p: string, cell: Cell, current: CurrentRow, close: string): string {
      const { column, open, inner } = cell
      if (column === problem.at) return last(p, cell, current, close)
      const { row, pending, wrong } = current
      const style = Number(attributeOf(open, 's') ?? 0)
      // the name of the last column looks as those beside it
      if (row === problem.row && column < problem.at) named = style
      const before = again && row > problem.row ? styles.made(style, 'clean') : style
      const now = pending[0] === column ? styles.made(before, wrong!.cells.get(pending.shift()!)!) : before
      return (now === style ? open : withAttribute(open, 's', now)) + inner + close
    },
  }
}
