/**
 * The columns a marked workbook has beside what was delivered. Their names say that they are ours, whatever
 * program saved the workbook and wherever its sheet went, so that a mended workbook is read again without them:
 *
 *   原行号〔网格〕 | OBJCODE | ... | X〔网格 EPSG:4549〕 | Y〔网格 EPSG:4549〕 | 问题〔网格〕
 *        passed over                 the position, and its reference system         passed over
 */
import type { StatedCrs } from './source.ts'

const words = {
  row: ['原行号', 'Row'],
  x: ['X', 'X'],
  y: ['Y', 'Y'],
  wkt: ['WKT', 'WKT'],
  field: ['字段', 'Field'],
  value: ['值', 'Value'],
  problem: ['问题', 'Problem'],
  file: ['文件', 'File'],
  remedy: ['处理办法', 'What to do'],
} as const
export type MarkedColumn = keyof typeof words

/** @param crs the code of the reference system that positions are in, where it has one */
export function markedName(column: MarkedColumn, lang: 'zh' | 'en', crs: string | null = null): string {
  const code = crs === null ? '' : ` ${crs}`
  return lang === 'zh' ? `${words[column][0]}〔网格${code}〕` : `${words[column][1]} [Wangge${code}]`
}

interface Marked {
  column: MarkedColumn
  crs: string | null
}

/** null for a column of the contractor's own. */
function markOf(name: string): Marked | null {
  const [, word, crs] = /^(.+?) ?[〔[](?:网格|Wangge)(?: ([\w:-]{1,40}))?[〕\]](?:_\d+)?$/.exec(name) ?? []
  if (word === undefined) return null
  const column = (Object.keys(words) as MarkedColumn[]).find(each =>
    (words[each] as readonly string[]).includes(word),
  )
  return column ? { column, crs: crs ?? null } : null
}

export const isProblemName = (name: unknown): boolean =>
  typeof name === 'string' && markOf(name.trim())?.column === 'problem'

/** What a table's columns are, where some of them are ours. */
export interface MarkedTable {
  /** Indexes of the contractor's own columns. */
  own: number[]
  position: { x: number; y: number } | { wkt: number } | null
  /** Index of the column that says what is wrong. */
  problem: number | null
  crs: StatedCrs
}

/** null for a table that has no column of ours. */
export function markedTable(names: readonly string[]): MarkedTable | null {
  const marks = names.map(markOf)
  if (marks.every(mark => mark === null)) return null
  const at = (column: MarkedColumn) => marks.findIndex(mark => mark?.column === column)
  const [x, y, wkt] = [at('x'), at('y'), at('wkt')]
  const crs = marks.find(mark => mark?.crs)?.crs
  return {
    own: marks.flatMap((mark, n) => (mark ? [] : [n])),
    position: wkt >= 0 ? { wkt } : x >= 0 && y >= 0 ? { x, y } : null,
    problem: at('problem') < 0 ? null : at('problem'),
    crs: crs ? { kind: 'code', code: crs } : { kind: 'none' },
  }
}
