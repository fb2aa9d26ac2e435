/**
 * The sheet of what is wrong with no row in particular, or with rows that stand in no table. All its columns are ours, so that
 * it is no table when the workbook comes again.
 */
import { remedy, sentence } from '../findings.ts'
import { type MarkedFinding, takenAs } from '../marked-lines.ts'
import { type MarkedColumn, markedName } from '../readers/marked-columns.ts'
import { lettersOf } from '../readers/sheet-cells.ts'
import { escaped } from './pieces.ts'
import type { Styles } from './styles.ts'

const columns: readonly (readonly [column: MarkedColumn, width: number])[] = [
  ['file', 36],
  ['row', 10],
  ['field', 16],
  ['value', 30],
  ['problem', 70],
  ['remedy', 60],
]

export function* generalSheet(
  found: readonly MarkedFinding[],
  { styles, lang, strict }: { styles: Styles; lang: 'zh' | 'en'; strict: boolean },
): Generator<string> {
  const space = strict
    ? 'http://purl.oclc.org/ooxml/spreadsheetml/main'
    : 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const widths = columns.map(
    ([, width], n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`,
  )
  yield `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${space}"><cols>${widths.join('')}</cols><sheetData>`
  const plain = styles.said(null)
  yield rowOf(
    1,
    columns.map(([column]) => markedName(column, lang)),
    () => plain,
  )
  for (const [n, each] of found.entries()) {
    const texts = [
      each.file,
      each.row === null ? '' : String(each.row),
      each.field ?? '',
      each.value ?? '',
      sentence(each, lang),
      remedy(each, lang),
    ]
    yield rowOf(n + 2, texts, at => (columns[at]![0] === 'problem' ? styles.said(takenAs(each)) : plain))
  }
  yield '</sheetData></worksheet>'
}

const rowOf = (row: number, texts: readonly string[], styleOf: (at: number) => number): string =>
  `<row r="${row}">${texts
    .map(
      (text, at) =>
        `<c r="${lettersOf(at)}${row}" s="${styleOf(at)}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`,
    )
    .join('')}</row>`
