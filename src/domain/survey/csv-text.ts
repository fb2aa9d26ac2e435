/**
 * Rows as CSV that people open in spreadsheets: quoted where needed, and no cell of it a formula, whatever somebody
 * planted in a file, a name or a note. The only place where CSV is written.
 */
import papa from 'papaparse'

/** What a spreadsheet would take for a formula, full-width signs and leading blanks included; a leading tab or break hides one. */
const formula = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/

/**
 * Where the list separator is a semicolon or a tab, a cell is split there whether it is quoted or not, unless it is the
 * first of its line: what follows would be a formula of its own.
 */
const hidden = /([;\t\r\n])(?=[\s\0]*[=+\-@＝＋－＠])/g

/** Opens a file: Excel takes UTF-8 for what it is only behind a byte order mark. */
export const CSV_BEGINS = '\ufeff'

export type CsvCell = string | number | null

/**
 * @param codes columns of codes, which get a tab before them: opened by a double click, a spreadsheet would else make
 *   numbers of them and round them
 * @returns lines, each with its end
 */
export function csvLines(rows: readonly (readonly CsvCell[])[], codes: readonly number[] = []): string {
  const lines = rows.map(row =>
    row.map((cell, i) => {
      const text = typeof cell === 'string' ? harmless(cell) : cell
      return codes.includes(i) && text !== null ? `\t${text}` : text
    }),
  )
  const quotes = (cell: unknown) => typeof cell === 'string' && cell.includes(';')
  return `${papa.unparse(lines, { quotes })}\r\n`
}

const harmless = (cell: string): string => `${formula.test(cell) ? "'" : ''}${cell.replace(hidden, "$1'")}`
