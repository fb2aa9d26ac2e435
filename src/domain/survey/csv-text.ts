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

/** A sum of money or a coordinate below zero runs nothing. */
const belowZero = /^-\d+(\.\d+)?$/
/** What a spreadsheet would make a number of and write otherwise: long codes, and codes with a leading zero. */
const rounded = /^(\d{12,}|0\d+)$/
const runs = (text: string): boolean => !belowZero.test(text) && formula.test(text.replace(/^'+/, ''))

/** The same within a cell, behind what another list separator would split it at. */
const BEGINS = '(?=[^\\S\\t\\r\\n]*(?:[=+@＝＋－＠]|-(?!\\d+(?:\\.\\d+)?(?:[\\s,;)]|$))))'
const within = new RegExp(`([;,\\t\\r\\n])('*)${BEGINS}`, 'g')
const withinGuarded = new RegExp(`([;,\\t\\r\\n])'('*)${BEGINS}`, 'g')

/**
 * A delivered cell as it is sent back to be mended: it runs nothing and is not rounded where it is opened, whatever the
 * list separator there. `unguarded` gives back what stood there, whatever that was.
 */
export function guarded(cell: string): string {
  const text = cell.replace(within, "$1'$2")
  return runs(text) ? `'${text}` : rounded.test(text) ? `\t${text}` : text
}
export function unguarded(cell: string): string {
  const rest = cell.slice(1)
  const text = (cell[0] === "'" && runs(rest)) || (cell[0] === '\t' && rounded.test(rest)) ? rest : cell
  return text.replace(withinGuarded, '$1$2')
}

/** One line of cells as they are, with its end. */
export const csvLine = (cells: readonly string[], delimiter: string): string => {
  const quotes = (cell: unknown) => typeof cell === 'string' && /[;,\t]/.test(cell)
  return `${papa.unparse([cells as string[]], { delimiter, quotes })}\r\n`
}

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
