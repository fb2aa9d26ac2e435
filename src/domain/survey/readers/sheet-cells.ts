/**
 * The rows of one sheet as they stand: physical row numbers, values by column, nothing known of headers.
 *
 *   <row r="3"> <c r="A3" t="s"><v>12</v></c> <c r="C3" s="4"><f>TODAY()</f><v>42954</v></c> </row>
 *
 * Numbers of rows and cells may be left out by a writer; then they go on from the one before.
 */

import { dateOfSerial, type Meaning } from './cell-format.ts'
import { own } from './csv.ts'
import { corrupt } from './file-bytes.ts'
import { unescaped } from './shared-strings.ts'
import type { SourceValue } from './source.ts'
import { xmlParser, xmlText } from './xml-part.ts'
import type { ZipParts } from './zip-parts.ts'

/** A cell whose value is not there: an error (`#REF!`), or a formula that was never calculated. */
export interface CellFault {
  column: number
  code: 'cell.error' | 'cell.formula'
  value: string | null
}

export interface RawRow {
  row: number
  /** By column from 0; holes and blanks are null or absent. */
  values: (SourceValue | undefined)[]
  faults: CellFault[]
}

/** What a cell's bytes mean by themselves does not suffice to read it. */
export interface CellContext {
  /** undefined where the list has no such text. */
  shared(index: number): string | undefined
  formats: readonly Meaning[]
  from1904: boolean
}

export const mostColumns = 16_384
const mostRows = 1 << 24
/** Few rows at a time: objects that die young cost little. */
const batchRows = 1_000
const batchCharacters = 4 << 20

/** In batches, without rows that have neither value nor fault. Throws FileFault `file.corrupt`. */
export async function* sheetRows(
  parts: ZipParts,
  part: string,
  file: string,
  context: CellContext,
  most = batchRows,
): AsyncGenerator<RawRow[]> {
  let rows: RawRow[] = []
  let characters = 0
  let inData = false
  let current: RawRow | null = null
  let row = 0
  let column = -1
  let type = ''
  let style = 0
  let inCell = false
  let inline = false
  let collecting = false
  let phonetic = false
  let formula = false
  let valued = false
  let text = ''

  const openRow = (attributes: Record<string, string>) => {
    const given = attributes.r
    const next = given === undefined ? row + 1 : Number(given)
    if (!Number.isInteger(next) || next <= row || next > mostRows)
      throw corrupt(file, `${part}: row ${given ?? next} after row ${row}`)
    row = next
    column = -1
    current = { row, values: [], faults: [] }
  }
  const openCell = (attributes: Record<string, string>) => {
    const given = attributes.r
    column = given === undefined ? column + 1 : columnOf(given)
    if (column < 0 || column >= mostColumns)
      throw corrupt(file, `${part}: cell ${given ?? column} in row ${row}`)
    type = attributes.t ?? 'n'
    style = attributes.s === undefined ? 0 : Number(attributes.s)
    inCell = true
    inline = formula = valued = false
    text = ''
  }
  const closeCell = (into: RawRow) => {
    inCell = false
    if (type === 'e') return void into.faults.push({ column, code: 'cell.error', value: text || '#' })
    // some writers leave an empty value where none was calculated
    if (formula && (!valued || (text === '' && type === 'n')))
      return void into.faults.push({ column, code: 'cell.formula', value: null })
    const value = cellValue()
    if (value === undefined) into.faults.push({ column, code: 'cell.error', value: text.slice(0, 200) })
    else if (value !== null) into.values[column] = value
  }
  /** undefined: what stands there is not of the cell's type. */
  const cellValue = (): SourceValue | undefined => {
    if (text === '') return null
    switch (type) {
      case 'n': {
        if (inline) break
        const number = Number(text)
        if (!Number.isFinite(number) || (number === 0 && text.trim() === '')) return undefined
        const meaning = context.formats[style] ?? null
        return meaning === null ? number : dateOfSerial(number, meaning, context.from1904)
      }
      case 's': {
        if (inline) break
        const found = context.shared(Number(text))
        return found === '' ? null : found
      }
      case 'b': {
        const said = text.trim().toLowerCase()
        return said === '1' || said === 'true' ? true : said === '0' || said === 'false' ? false : undefined
      }
      case 'd':
        return own(text.trim().replace(/T00:00(:00(\.0+)?)?Z?$/, '')) || null
    }
    const plain = unescaped(text)
    characters += plain.length
    return own(plain)
  }

  const parser = xmlParser(
    {
      open(name, attributes) {
        if (!inData) {
          if (name === 'sheetData') inData = true
        } else if (inCell) {
          if (name === 'v') collecting = valued = true
          else if (name === 'f') formula = true
          else if (name === 'is') inline = valued = true
          else if (name === 'rPh') phonetic = true
          else if (name === 't' && inline) collecting = !phonetic
        } else if (name === 'c' && current) openCell(attributes)
        else if (name === 'row' && !current) openRow(attributes)
      },
      text(piece) {
        if (collecting) text += piece
      },
      close(name) {
        if (!inData) return
        if (inCell) {
          if (name === 'c') closeCell(current!)
          else if (name === 'rPh') phonetic = false
          else if (name === 'v' || name === 't') collecting = false
        } else if (name === 'row' && current) {
          if (current.values.length > 0 || current.faults.length > 0) rows.push(current)
          current = null
        } else if (name === 'sheetData') inData = false
      },
    },
    file,
    part,
  )
  for await (const piece of xmlText(parts.bytes(part), file, part)) {
    parser.write(piece)
    if (rows.length < most && characters < batchCharacters) continue
    for (; rows.length >= most; rows = rows.slice(most)) yield rows.slice(0, most)
    if (characters < batchCharacters) continue
    if (rows.length > 0) yield rows
    rows = []
    characters = 0
  }
  parser.end()
  if (rows.length > 0) yield rows
}

/** Column of a cell's name from 0: `C17` is 2; -1 for what is no name. */
export function columnOf(name: string): number {
  let column = 0
  let at = 0
  for (; at < name.length; at++) {
    const code = name.charCodeAt(at) & ~0x20
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
  }
  return at === 0 || at > 3 || at === name.length ? -1 : column - 1
}

/** `C` for 2. */
export function lettersOf(column: number): string {
  let letters = ''
  for (let rest = column; rest >= 0; rest = Math.floor(rest / 26) - 1)
    letters = String.fromCharCode(65 + (rest % 26)) + letters
  return letters
}
